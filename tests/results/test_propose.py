"""Awards are proposed down the ranking; whatever leaves it says why; one proposal at a time."""

from __future__ import annotations

import pytest

from app.accounts.models import RoleGrant, User
from app.campaigns.models import Prize, Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, WrongState
from app.permissions import Role
from app.results import service
from app.results.models import Award, Publication
from app.results.rules import AwardChoice, PrizeOffer, PublicationState, Ranked, check_awards, suggested
from tests.factories import IdeaFactory, RoundFactory, UserFactory
from tests.judging.contest import row, together
from tests.results.podium import podium, proposed

WHY = "Hội đồng biểu quyết ngày 20/12/2026."


def given(publication):
    return [(award.prize.key, award.idea_id) for award in publication.awards]


def choice_of(stage, key, place, reason=""):
    prize = next(prize for prize in stage.made.round.campaign.prizes if prize.key == key)
    return AwardChoice(prize.id, stage.ideas[place].id, reason)


def test_the_page_offers_the_ranking_and_stores_what_is_chosen(browser, moderator):
    stage = podium()
    page, address = browser.as_(moderator), f"/quan-tri/giai-thuong/{stage.made.round.id}"

    offered = page.get(address)
    fields = {f"giai-{idea.id}": offered.value_of(f"giai-{idea.id}") for idea in stage.ideas}
    answer = page.post(address, {**fields, "note": "Cảm ơn các bạn."}, status=302)

    publication = db.session.query(Publication).one()
    assert answer.location == f"/quan-tri/cong-bo/{publication.id}"
    assert given(publication) == [
        ("nhat", stage.ideas[0].id), ("nhi", stage.ideas[1].id), ("nhi", stage.ideas[2].id),
    ]  # fmt: skip
    assert (publication.state, publication.note) == (PublicationState.PROPOSED, "Cảm ơn các bạn.")


def test_leaving_the_ranking_needs_a_reason_and_keeps_what_was_chosen(browser, moderator):
    stage = podium()
    first = stage.made.round.campaign.prizes[0].id
    page, address = browser.as_(moderator), f"/quan-tri/giai-thuong/{stage.made.round.id}"

    refused = page.post(address, {f"giai-{stage.ideas[3].id}": first, "note": "Lời đang viết"}, status=422)
    page.post(address, {f"giai-{stage.ideas[3].id}": first, f"ly-do-{stage.ideas[3].id}": WHY}, status=302)

    assert f"Giải Nhất cho {stage.ideas[3].code} không theo thứ hạng" in refused
    assert refused.value_of(f"giai-{stage.ideas[3].id}") == str(first)
    assert refused.value_of("note").strip() == "Lời đang viết"
    assert db.session.query(Award.reason).all() == [(WHY,)]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ([], "Chọn ít nhất một giải"),
        ([("nhat", 0), ("nhat", 1)], "chỉ có 1 suất"),
        ([("nhat", 0), ("nhat", 0)], "hai lần cho một ý tưởng"),
        ([("nhat", 0), ("nhi", 0, WHY)], "hai giải theo thứ hạng"),
    ],
)
def test_more_than_there_is_cannot_be_given(app, moderator, choices, message):
    stage = podium()

    with pytest.raises(Invalid, match=message), transaction():
        service.propose_awards(moderator, stage.made.round, [choice_of(stage, *choice) for choice in choices])

    assert db.session.query(Publication).count() == 0


def test_only_ideas_and_prizes_of_the_round(app, moderator):
    stage = podium()
    foreign = Prize(campaign_id=IdeaFactory().campaign_id, key="la", name="Giải lạ", position=0)
    db.session.add(foreign)
    db.session.commit()

    for choice in (
        AwardChoice(foreign.id, stage.ideas[0].id),
        choice_of(stage, "nhat", 0)._replace(idea_id=99_999),
    ):
        with pytest.raises(Invalid), transaction():
            service.propose_awards(moderator, stage.made.round, [choice])


def test_an_equal_rank_across_two_prizes_is_left_to_a_vote():
    ranked = [Ranked(1, "a", 1), Ranked(2, "b", 2), Ranked(3, "c", 2), Ranked(4, "d", 4)]
    prizes = [
        PrizeOffer(10, "Nhất", 1, True),
        PrizeOffer(11, "Nhì", 1, True),
        PrizeOffer(12, "Riêng", 1, False),
    ]

    assert suggested(ranked, prizes) == [AwardChoice(10, 1)]


def test_an_equal_rank_may_share_the_last_prize_when_somebody_says_so():
    ranked = [Ranked(1, "a", 1), Ranked(2, "b", 2), Ranked(3, "c", 2)]
    prizes = [PrizeOffer(10, "Nhất", 1, True), PrizeOffer(11, "Nhì", 1, True)]

    check_awards(
        [AwardChoice(10, 1), AwardChoice(11, 2, WHY), AwardChoice(11, 3, WHY)], prizes, ranked, {1, 2, 3}
    )
    with pytest.raises(Invalid, match="không theo thứ hạng"):
        check_awards([AwardChoice(10, 1), AwardChoice(11, 2), AwardChoice(11, 3)], prizes, ranked, {1, 2, 3})


def test_a_second_proposal_waits_for_the_first(app, moderator):
    stage = podium()
    first = proposed(stage, moderator)

    with pytest.raises(WrongState, match="đang chờ"):
        proposed(stage, moderator)
    with transaction():
        service.withdraw_proposal(moderator, first, version=first.version)
    proposed(stage, moderator)

    assert [p.state for p in db.session.query(Publication).order_by(Publication.id)] == [
        PublicationState.WITHDRAWN, PublicationState.PROPOSED,
    ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.JUDGE, Role.LEADER, Role.ADMINISTRATOR, Role.YOUTH])
def test_who_may_not_propose(app, browser, role):
    stage, person = podium(), UserFactory(role=role)

    with pytest.raises(NotAllowed):
        proposed(stage, person)
    browser.as_(person).get(f"/quan-tri/giai-thuong/{stage.made.round.id}", status=403)


def test_two_who_propose_at_once_make_one_proposal(app, moderator):
    stage, other = podium(), UserFactory(role=Role.MODERATOR)
    round_id, choices = stage.made.round.id, [choice_of(stage, "nhat", 0)]

    def propose(person_id):
        def prepare():
            person, round_ = row(User, person_id), row(Round, round_id)
            return lambda: service.propose_awards(person, round_, choices)

        return prepare

    ended = together(app, propose(moderator.id), propose(other.id))

    assert sorted(ended) == ["WrongState", "done"]
    assert db.session.query(Publication).count() == 1


def test_nothing_is_proposed_while_another_round_is_open(moderator):
    stage = podium()
    RoundFactory(
        campaign=stage.made.round.campaign,
        position=stage.made.round.position + 1,
        state=RoundState.OPEN,
        gives_awards=False,
    )

    with pytest.raises(WrongState), transaction():
        service.propose_awards(moderator, stage.made.round, [choice_of(stage, "nhat", 0)])

    assert db.session.query(Publication).count() == 0


def test_nobody_proposes_a_prize_of_their_own(app):
    stage = podium()
    author = db.session.get(User, stage.ideas[0].created_by_id)
    author.grants.append(RoleGrant(role=Role.MODERATOR, given_at=now()))
    db.session.commit()

    with pytest.raises(WrongState), transaction():
        service.propose_awards(author, stage.made.round, [choice_of(stage, "nhat", 0)])

    assert db.session.query(Publication).count() == 0
