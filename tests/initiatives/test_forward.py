"""From idea to initiative: once, with its lineage both ways, whoever presses when."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.accounts.models import User
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import NotAllowed, WrongState
from app.core.events import Event
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.initiatives import service
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.permissions import Role
from app.results.models import Award, Publication, Ranking
from tests.factories import CampaignFactory, IdeaFactory, RoundFactory, UnitFactory, UserFactory
from tests.ideas.together import at_once

S = IdeaState


def initiatives():
    return db.session.scalars(sa.select(Initiative).order_by(Initiative.id)).all()


def proposed(proposer, campaign, awards):
    """A proposal that waits to be published: [(idea, place of the prize)]."""
    round_ = RoundFactory(campaign=campaign)
    ranking = Ranking(
        round_id=round_.id, method_used="mean", figures={}, content_hash="0" * 64, computed_at=now()
    )
    db.session.add(ranking)
    db.session.flush()
    publication = Publication(
        campaign_id=campaign.id,
        round_id=round_.id,
        ranking_id=ranking.id,
        proposed_by_id=proposer.id,
        proposed_at=now(),
        awards=[Award(idea_id=idea.id, prize_id=campaign.prizes[place].id) for idea, place in awards],
    )
    db.session.add(publication)
    db.session.commit()
    return publication


@pytest.mark.parametrize("state", S)
def test_only_a_valid_idea_is_forwarded(app, officer, state):
    idea = IdeaFactory(state=state)

    if state is S.APPROVED:
        with transaction():
            service.forward_idea(officer, idea)
        assert [one.source_idea_id for one in initiatives()] == [idea.id]
    else:
        with pytest.raises(WrongState), transaction():
            service.forward_idea(officer, idea)
        assert initiatives() == []


def test_initiative_takes_what_was_sent_and_remembers_where_it_came_from(app, officer):
    idea = IdeaFactory(state=S.APPROVED)

    with transaction():
        one = service.forward_idea(officer, idea)

    assert one.code.startswith("SK-")
    assert one.code.endswith("-0001")
    assert (one.title, one.summary, one.topic_id) == (idea.title, idea.summary, idea.topic_id)
    assert (one.state, one.kind) == (InitiativeState.RECEIVED, InitiativeKind.PROPOSAL)
    assert db.session.scalars(sa.select(Event.kind)).all() == ["initiative.received"]


def test_second_time_finds_the_first_initiative(app, officer):
    idea = IdeaFactory(state=S.APPROVED)

    with transaction():
        first = service.forward_idea(officer, idea).id
    with transaction():
        second = service.forward_idea(officer, idea).id

    assert second == first
    assert len(initiatives()) == 1


def test_forwarded_at_once_from_both_sides_makes_one(app, officer, moderator):
    idea_id, people = IdeaFactory(state=S.APPROVED).id, (officer.id, moderator.id)

    def forward(person_id):
        with transaction():
            return service.forward_idea(db.session.get(User, person_id), db.session.get(Idea, idea_id)).code

    results = at_once(app, *[lambda who=who: forward(who) for who in people * 2])

    assert results == [initiatives()[0].code] * 4
    assert len(initiatives()) == 1
    assert db.session.scalars(sa.select(Event.kind)).all() == ["initiative.received"]


def test_several_ideas_at_once_get_numbers_of_their_own(app, officer):
    campaign = CampaignFactory()
    ids, who = [IdeaFactory(campaign=campaign, state=S.APPROVED).id for _ in range(4)], officer.id

    def forward(idea_id):
        with transaction():
            return service.forward_idea(db.session.get(User, who), db.session.get(Idea, idea_id)).code

    results = at_once(app, *[lambda one=one: forward(one) for one in ids])

    assert sorted(code[-4:] for code in results) == ["0001", "0002", "0003", "0004"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANONYMOUS])
def test_moderators_and_officers_forward(app, role):
    idea, person = IdeaFactory(state=S.APPROVED), UserFactory(role=role)

    if role in {Role.MODERATOR, Role.OFFICER}:
        with transaction():
            service.forward_idea(person, idea)
        assert len(initiatives()) == 1
    else:
        with pytest.raises(NotAllowed), transaction():
            service.forward_idea(person, idea)
        assert initiatives() == []


def test_button_asks_first_and_leads_an_officer_to_the_queue(browser, officer):
    idea = IdeaFactory(state=S.APPROVED)
    staff = browser.as_(officer)

    page = staff.get(f"/y-tuong/{idea.code}")
    assert f"Chuyển {idea.code} sang hàng đợi?" in page

    answer = staff.post(f"/y-tuong/{idea.code}/chuyen-tiep")
    one = initiatives()[0]
    assert answer.location == f"/hang-doi/{one.code}"
    assert "Chuyển sang hàng đợi" not in staff.get(f"/y-tuong/{idea.code}")


def test_moderator_forwards_from_the_page_of_a_valid_idea(browser, moderator):
    idea = IdeaFactory(state=S.APPROVED)
    staff = browser.as_(moderator)
    assert "#chuyen-tiep" in staff.get(f"/quan-tri/duyet/{idea.code}").links()

    answer = staff.post(f"/y-tuong/{idea.code}/chuyen-tiep")

    one = initiatives()[0]
    assert answer.location == f"/sang-kien/{one.code}"
    assert f"/sang-kien/{one.code}" in staff.get(f"/quan-tri/duyet/{idea.code}").links()


def test_public_and_authors_see_no_button(browser, youth):
    idea = IdeaFactory(owner=youth, state=S.APPROVED)

    for reader in (browser, browser.as_(youth)):
        assert "#chuyen-tiep" not in reader.get(f"/y-tuong/{idea.code}").links()
    browser.as_(youth).post(f"/y-tuong/{idea.code}/chuyen-tiep", status=403)


def test_lineage_is_readable_both_ways(browser, officer, youth):
    idea = IdeaFactory(owner=youth, state=S.APPROVED)
    with transaction():
        code = service.forward_idea(officer, idea).code

    assert f"/sang-kien/{code}" in browser.get(f"/y-tuong/{idea.code}").links()
    assert f"/y-tuong/{idea.code}" in browser.get(f"/sang-kien/{code}").links()
    assert f"/sang-kien/{code}" in browser.as_(youth).get(f"/cua-toi/{idea.public_id}").links()
    assert f"/y-tuong/{idea.code}" in browser.as_(officer).get(f"/hang-doi/{code}").links()


def test_winners_reach_the_queue_with_the_publication_each_once(app, moderator, leader):
    campaign = CampaignFactory()
    ideas = [IdeaFactory(campaign=campaign, state=S.APPROVED) for _ in range(3)]
    publication = proposed(moderator, campaign, [(ideas[0], 0), (ideas[1], 1), (ideas[0], 1)])

    with transaction():
        service.publish_and_forward(leader, publication, version=publication.version)

    found = {one.source_idea_id: one for one in initiatives()}
    assert set(found) == {ideas[0].id, ideas[1].id}
    assert found[ideas[0].id].award.prize.name == "Giải Nhất"
    assert {one.kind for one in found.values()} == {InitiativeKind.INITIATIVE}


def test_winner_that_was_forwarded_before_stays_one_initiative(app, moderator, leader, officer):
    campaign = CampaignFactory()
    idea = IdeaFactory(campaign=campaign, state=S.APPROVED)
    with transaction():
        first = service.forward_idea(officer, idea).id
    publication = proposed(moderator, campaign, [(idea, 0)])

    with transaction():
        service.publish_and_forward(leader, publication, version=publication.version)

    assert [one.id for one in initiatives()] == [first]


def test_unit_sends_in_what_it_is_stuck_with_once(browser):
    unit = UnitFactory()
    person = UserFactory(role=Role.UNIT_CONTACT, unit_id=unit.id)
    contact = browser.as_(person)
    page = contact.get("/hang-doi/moi")
    typed = {
        "kind": "kho_khan",
        "title": "Thiếu chỗ sinh hoạt cuối tuần",
        "summary": "Đội hình tình nguyện chưa có chỗ họp.",
        "source_unit_id": unit.id,
        "topic_id": IdeaFactory().topic_id,
        "once_key": page.value_of("once_key"),
    }

    answers = [contact.post("/hang-doi/moi", typed).location for _ in range(2)]

    one = initiatives()[0]
    assert answers == [f"/hang-doi/{one.code}"] * 2
    assert (len(initiatives()), one.source_unit_id, one.is_public) == (1, unit.id, False)


def test_unit_does_not_speak_for_another_unit(browser):
    person = UserFactory(role=Role.UNIT_CONTACT, unit_id=UnitFactory().id)
    topic = IdeaFactory().topic_id
    typed = {
        "kind": "kho_khan",
        "title": "Thiếu chỗ sinh hoạt",
        "summary": "Đội hình tình nguyện chưa có chỗ họp.",
        "source_unit_id": UnitFactory().id,
        "topic_id": topic,
        "once_key": "khoa-1",
    }

    page = browser.as_(person).post("/hang-doi/moi", typed, status=422)

    assert page.value_of("title") == "Thiếu chỗ sinh hoạt"
    assert initiatives() == []


def test_same_form_twice_at_once_makes_one(app, officer):
    unit, topic, who = UnitFactory().id, IdeaFactory().topic_id, officer.id

    def create():
        with transaction():
            return service.create_initiative(
                db.session.get(User, who),
                kind=InitiativeKind.DIFFICULTY,
                title="Thiếu chỗ",
                summary="Đội hình tình nguyện chưa có chỗ họp.",
                source_unit_id=unit,
                topic_id=topic,
                once_key="khoa-1",
            ).code

    results = at_once(app, create, create, create)

    assert len(initiatives()) == 1
    assert {result for result in results if isinstance(result, str)} == {initiatives()[0].code}
