"""Publishing: seen before, done once, by somebody else; names appear with consent and not a moment earlier."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.accounts.models import User
from app.accounts.own import service as own
from app.accounts.rules import Purpose
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import NotAllowed, NotFound, WrongState
from app.initiatives.models import Initiative
from app.initiatives.service import publish_and_forward
from app.mail import preview
from app.mail.models import Mail
from app.permissions import Role
from app.results import service
from app.results.appeals.rules import AppealState
from app.results.models import Award, Publication
from app.results.rules import PublicationState
from app.results.service import AwardChoice
from app.worker import run_once
from tests.factories import AppealFactory, PublicationFactory, UserFactory
from tests.judging.contest import kinds_of_events, row, together
from tests.results.podium import podium, proposed, published

P = PublicationState


def author_of(idea):
    return db.session.get(type(UserFactory.build()), idea.created_by_id)


def withdraw_consent(person):
    with transaction():
        own.withdraw_consent(person, Purpose.PUBLIC_NAME)


def press(browser, person, publication, phrase="CÔNG BỐ", version=None, **kwargs):
    return browser.as_(person).post(
        f"/quan-tri/cong-bo/{publication.id}",
        {"phrase": phrase, "version": version or publication.version},
        **kwargs,
    )


def test_publishing_shows_the_page_closes_the_round_and_forwards_each_winner_once(browser, moderator, leader):
    stage = podium()
    publication = proposed(stage, moderator, note="Cảm ơn các bạn.")

    page = press(browser, leader, publication, status=302)

    assert page.location == f"/ket-qua/{stage.made.round.campaign.slug}"
    assert (publication.state, publication.published_by_id) == (P.PUBLISHED, leader.id)
    assert stage.made.round.state is RoundState.CLOSED
    assert [one.source_idea_id for one in db.session.query(Initiative).order_by(Initiative.id)] == [
        idea.id for idea in stage.ideas[:3]
    ]
    assert kinds_of_events()[-4:] == ["results.published", *["initiative.received"] * 3]
    public = browser.get(page.location)
    assert all(idea.title in public for idea in stage.ideas[:3])
    assert stage.ideas[3].title not in public
    assert "Cảm ơn các bạn." in public


def test_who_proposed_does_not_publish(browser, moderator):
    publication = proposed(podium(), moderator)

    page = press(browser, moderator, publication, status=None)

    assert page.status in {403, 404}
    with pytest.raises((NotAllowed, NotFound)), transaction():
        service.publish(moderator, publication, version=publication.version)
    assert "Chờ người khác công bố" in browser.as_(moderator).get(f"/quan-tri/cong-bo/{publication.id}")
    assert publication.state is P.PROPOSED


def test_the_database_itself_refuses_a_proposer_who_publishes(app, moderator):
    publication = proposed(podium(), moderator)
    publication.published_by_id = moderator.id

    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()


@pytest.mark.parametrize("role", [Role.JUDGE, Role.YOUTH, Role.OFFICER])
def test_who_may_not_publish(browser, moderator, role):
    publication = proposed(podium(), moderator)

    press(browser, UserFactory(role=role), publication, status=403)

    assert publication.state is P.PROPOSED


def test_the_phrase_is_typed_by_hand(browser, moderator, leader):
    publication = proposed(podium(), moderator)

    page = press(browser, leader, publication, phrase="đồng ý", status=422)

    assert page.errors() == {"phrase": "Gõ CÔNG BỐ để xác nhận."}
    assert page.value_of("phrase") == "đồng ý"
    assert publication.state is P.PROPOSED
    press(browser, leader, publication, phrase="cong bo", status=302)


def test_an_older_page_publishes_nothing(browser, moderator, leader):
    publication = proposed(podium(), moderator)

    press(browser, leader, publication, version=99, status=409)

    assert publication.state is P.PROPOSED
    assert db.session.query(Initiative).count() == 0


ACTIONS = {
    "publish": lambda staff, publication: service.publish(staff, publication, version=publication.version),
    "withdraw": lambda staff, publication: service.withdraw_proposal(
        staff, publication, version=publication.version
    ),
}
ENDS_IN = {("publish", P.PROPOSED): P.PUBLISHED, ("withdraw", P.PROPOSED): P.WITHDRAWN}


@pytest.mark.parametrize("state", P)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_from_every_state(app, moderator, action, state):
    publication = PublicationFactory(state=state)

    if (action, state) in ENDS_IN:
        with transaction():
            ACTIONS[action](moderator, publication)
        assert publication.state is ENDS_IN[action, state]
    else:
        with pytest.raises(WrongState), transaction():
            ACTIONS[action](moderator, publication)
        assert publication.state is state


def test_the_preview_lists_exactly_the_mails_that_then_go(browser, moderator, leader):
    stage = podium()
    publication = proposed(stage, moderator)
    shown = browser.as_(leader).get(f"/quan-tri/cong-bo/{publication.id}")
    expected = sorted((mail.template, mail.to_address) for mail in preview.results(publication))
    bodies = sorted(
        mail.body for mail in preview.results(publication) if mail.template != "initiative_forwarded"
    )
    run_once()
    before = db.session.query(Mail.id).filter(Mail.template != "head_published").count()

    press(browser, leader, publication, status=302)
    run_once()

    others = Mail.template != "head_published"  # the head goes to the judges, whenever it is due
    written = db.session.query(Mail).filter(others).order_by(Mail.id).offset(before).all()
    assert sorted((mail.template, mail.to_address) for mail in written) == expected
    assert sorted(mail.body for mail in written if mail.template != "initiative_forwarded") == bodies
    assert f"{len(expected)} thư được gửi" in shown
    assert "3 ý tưởng đạt giải vào hàng đợi" in shown
    assert len(expected) == 4 + 3  # one letter each, and a word about the queue for the three winners


def test_nothing_goes_out_and_nobody_is_named_by_a_preview(browser, moderator, leader):
    stage = podium()
    publication = proposed(stage, moderator)

    browser.as_(leader).get(f"/quan-tri/cong-bo/{publication.id}")
    run_once()

    assert db.session.query(Mail).count() == 0
    assert "Chưa có kết quả" in browser.get(f"/ket-qua/{stage.made.round.campaign.slug}")


def test_public_pages_name_authors_after_publication_and_only_with_consent(browser, moderator, leader):
    stage = podium()
    named, hidden = author_of(stage.ideas[0]), author_of(stage.ideas[1])
    named.full_name, hidden.full_name = "Vũ Thị Hiện Danh", "Lê Văn Ẩn Danh"
    db.session.commit()
    withdraw_consent(hidden)
    pages = [f"/ket-qua/{stage.made.round.campaign.slug}", f"/y-tuong/{stage.ideas[0].code}", "/y-tuong"]
    before = [named.full_name in browser.get(page).text for page in pages]

    published(stage, moderator, leader)

    assert before == [False, False, False]
    assert [named.full_name in browser.get(page).text for page in pages] == [True, True, True]
    assert not [page for page in pages if hidden.full_name in browser.get(page).text]
    assert "Tác giả không công khai tên" in browser.get(pages[0])


def test_a_consent_taken_back_hides_the_name_at_once(browser, moderator, leader):
    stage = podium()
    published(stage, moderator, leader)
    author, page = author_of(stage.ideas[0]), f"/ket-qua/{stage.made.round.campaign.slug}"
    author.full_name = "Vũ Thị Hiện Danh"
    db.session.commit()
    shown = author.full_name in browser.get(page)

    withdraw_consent(author)

    assert shown
    assert author.full_name not in browser.get(page)


def test_results_are_replaced_only_after_an_upheld_appeal(app, moderator, leader):
    stage = podium()
    published(stage, moderator, leader)

    with pytest.raises(WrongState, match="khiếu nại được chấp nhận"):
        proposed(stage, moderator)


def test_a_new_publication_keeps_the_one_it_replaces(browser, moderator, leader):
    stage = podium()
    first = published(stage, moderator, leader)
    AppealFactory(publication=first, idea=stage.ideas[3], state=AppealState.UPHELD)
    prize = stage.made.round.campaign.prizes[0].id
    why = "Khiếu nại được chấp nhận ngày 02/01/2027."
    with transaction():
        second = service.propose_awards(
            moderator, stage.made.round, [AwardChoice(prize, stage.ideas[3].id, why)]
        )
    with transaction():
        publish_and_forward(leader, second, version=second.version)

    address = f"/ket-qua/{stage.made.round.campaign.slug}"
    now_shown, then_shown = browser.get(address), browser.get(f"{address}?phien-ban=1")
    assert (first.state, second.state) == (P.SUPERSEDED, P.PUBLISHED)
    assert stage.ideas[3].title in now_shown
    assert stage.ideas[0].title not in now_shown
    assert f"{address}?phien-ban=1" in now_shown.links()
    assert stage.ideas[0].title in then_shown
    assert "Bản này đã được thay" in then_shown
    assert db.session.query(Award).filter_by(publication_id=first.id).count() == 3
    assert db.session.query(Initiative).count() == 4
    for unknown in ("3", "0", "x", "-1", "9" * 30):
        browser.get(f"{address}?phien-ban={unknown}", status=404)


def test_two_who_publish_at_once_publish_once(app, moderator, leader, administrator):
    stage = podium()
    publication = proposed(stage, moderator)
    publication_id, version, winners = (
        publication.id,
        publication.version,
        [idea.id for idea in stage.ideas[:3]],
    )

    def publish(person_id):
        def prepare():
            person, found = row(User, person_id), row(Publication, publication_id)
            return lambda: publish_and_forward(person, found, version=version)

        return prepare

    ended = together(app, publish(leader.id), publish(administrator.id))

    assert sorted(ended) == ["Stale", "done"]
    assert [one.state for one in db.session.query(Publication)] == [P.PUBLISHED]
    assert sorted(one.source_idea_id for one in db.session.query(Initiative)) == sorted(winners)
    assert kinds_of_events().count("results.published") == 1


@pytest.mark.parametrize("ideas", [3, 12])
def test_the_public_page_costs_the_same_with_few_and_many_ideas(browser, moderator, leader, ideas):
    stage = podium(ideas=ideas)
    published(stage, moderator, leader)

    browser.get(f"/ket-qua/{stage.made.round.campaign.slug}", queries=18)
    browser.get("/ket-qua", queries=4)
