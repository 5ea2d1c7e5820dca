"""What a moderator decides: every state and move, the reasons, and whoever was first."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.clock import end_of, now, today
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, NotFound, Stale
from app.core.events import Event, Outbox
from app.ideas.rules import IdeaState
from app.moderation import queries, service
from app.moderation.models import Claim, Decision, SavedPhrase
from app.moderation.rules import COMMON_REASONS, Outcome
from app.permissions import Role
from tests.factories import CampaignFactory, IdeaFactory, UserFactory

S = IdeaState
REASON = "Nêu rõ hơn ai làm và làm ở đâu, em nhé."

# move → where it may start, where it ends; written out, not read from the table under test
MOVES = {
    "approve": ({S.SUBMITTED}, S.APPROVED),
    "return": ({S.SUBMITTED}, S.RETURNED),
    "reject": ({S.SUBMITTED}, S.REJECTED),
    "reopen": ({S.REJECTED}, S.RETURNED),
}
ADDRESS = {"approve": "hop-le", "return": "tra-lai", "reject": "khong-hop-le", "reopen": "mo-lai"}
OUTCOME = {"approve": "approved", "return": "returned", "reject": "rejected", "reopen": "reopened"}


def decide(move, actor, idea, *, version=1, reason=REASON):
    with transaction():
        if move == "approve":
            return service.approve_idea(actor, idea, version=version)
        return getattr(service, f"{move}_idea")(actor, idea, reason=reason, version=version)


def send(browser, move, idea, *, reason=REASON, version=1, **more):
    prefix = "" if move == "approve" else f"{OUTCOME[move]}-"
    typed = {f"{prefix}version": version}
    if move != "approve":
        typed |= {f"{prefix}reason": reason, **{f"{prefix}{name}": value for name, value in more.items()}}
    return browser.post(f"/quan-tri/duyet/{idea.code}/{ADDRESS[move]}", typed)


def kinds():
    return db.session.scalars(sa.select(Event.kind).order_by(Event.id)).all()


@pytest.mark.parametrize("state", [state for state in S if state is not S.DRAFT])
@pytest.mark.parametrize("move", MOVES)
def test_each_move_starts_only_where_the_table_says(app, moderator, move, state):
    starts, end = MOVES[move]
    idea = IdeaFactory(state=state)

    if state in starts:
        decide(move, moderator, idea)
        assert idea.state is end
        assert kinds() == [f"idea.{OUTCOME[move]}"]
    else:
        with pytest.raises(Stale):
            decide(move, moderator, idea)
        assert idea.state is state
        assert kinds() == []


@pytest.mark.parametrize("move", MOVES)
def test_decision_event_and_outbox_row_are_there_together(app, moderator, move):
    idea = IdeaFactory(state=next(iter(MOVES[move][0])))

    decide(move, moderator, idea)

    decision = db.session.scalars(sa.select(Decision)).one()
    event = db.session.scalars(sa.select(Event)).one()
    assert (decision.outcome, decision.version_number) == (Outcome(OUTCOME[move]), 1)
    assert decision.reason == ("" if move == "approve" else REASON)
    assert event.data == {"decision_id": decision.id, "version": 1}
    assert db.session.scalars(sa.select(Outbox.event_id)).all() == [event.id]


@pytest.mark.parametrize("move", ["return", "reopen"])
def test_authors_get_days_of_their_own_to_mend(app, moderator, move):
    campaign = CampaignFactory(return_days=7)
    idea = IdeaFactory(campaign=campaign, state=next(iter(MOVES[move][0])))

    decide(move, moderator, idea)

    assert (idea.return_due_at - end_of(today())).days == 7


@pytest.mark.parametrize("move", ["return", "reject", "reopen"])
@pytest.mark.parametrize("reason", ["", "   ", "Chưa được.", "x" * 2001])
def test_reason_that_says_nothing_changes_nothing(app, moderator, move, reason):
    state = next(iter(MOVES[move][0]))
    idea = IdeaFactory(state=state)

    with pytest.raises(Invalid) as refused:
        decide(move, moderator, idea, reason=reason)

    assert refused.value.field == "reason"
    assert idea.state is state
    assert db.session.scalars(sa.select(Decision)).all() == []


@pytest.mark.parametrize("move", MOVES)
def test_nobody_decides_on_their_own_idea(app, move):
    author = UserFactory(role=Role.MODERATOR)
    idea = IdeaFactory(owner=author, state=next(iter(MOVES[move][0])))

    with pytest.raises(NotFound):
        decide(move, author, idea)

    assert kinds() == []


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.MODERATOR, Role.ANONYMOUS}])
def test_only_moderators_decide(app, role):
    idea = IdeaFactory(state=S.SUBMITTED)
    person = UserFactory(role=role)

    with pytest.raises((NotAllowed, NotFound)):
        decide("approve", person, idea)

    assert idea.state is S.SUBMITTED


def test_moderator_of_another_campaign_may_not_decide(app, moderator):
    elsewhere = CampaignFactory()
    moderator.grants[0].campaign_id = elsewhere.id
    db.session.commit()
    idea = IdeaFactory(state=S.SUBMITTED)

    with pytest.raises(NotFound):
        decide("approve", moderator, idea)


def test_page_that_shows_an_older_version_decides_nothing(app, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)

    with pytest.raises(Stale) as refused:
        decide("return", moderator, idea, version=2)

    assert refused.value.mine == [("Trả lại để bổ sung", REASON)]
    assert idea.state is S.SUBMITTED


def test_decision_on_the_page_goes_on_to_the_next_idea_that_waits(browser, moderator):
    first, second = IdeaFactory(state=S.SUBMITTED), IdeaFactory(state=S.SUBMITTED)

    answer = send(browser.as_(moderator), "approve", first)

    assert answer.location == f"/quan-tri/duyet/{second.code}"
    assert first.state is S.APPROVED


def test_last_decision_leads_back_to_the_queue(browser, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)

    assert send(browser.as_(moderator), "return", idea).location == "/quan-tri/duyet"


def test_ticked_reasons_and_own_words_go_together(browser, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)
    ticked = COMMON_REASONS[Outcome.RETURNED][2]

    send(browser.as_(moderator), "return", idea, phrases=ticked, reason="Hộp đặt ở đâu?")

    assert db.session.scalars(sa.select(Decision.reason)).one() == f"{ticked}\nHộp đặt ở đâu?"


def test_refused_reason_stays_in_its_box_with_what_to_do(browser, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)
    ticked = COMMON_REASONS[Outcome.REJECTED][0]

    page = send(browser.as_(moderator), "reject", idea, reason="Không.")

    assert page.status == 422
    assert page.value_of("rejected-reason") == "Không."
    assert page.errors() == {"rejected-reason": "Viết rõ hơn để tác giả biết phải làm gì, ít nhất 15 ký tự."}
    assert page.tree.findtext(".//title").startswith("Lỗi:")
    assert ticked in page
    assert idea.state is S.SUBMITTED


def test_second_moderator_gets_the_conflict_page_with_both_decisions(browser, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)
    other = UserFactory(role=Role.MODERATOR, full_name="Hoàng Thị Dung")
    send(browser.as_(other), "reject", idea, reason="Phần lớn câu chữ trùng với bài khác.")

    page = send(browser.as_(moderator), "return", idea, reason=REASON)

    assert page.status == 409
    assert REASON in page
    assert "Không hợp lệ, Hoàng Thị Dung" in page
    assert "Phần lớn câu chữ trùng với bài khác." in page
    assert idea.state is S.REJECTED
    assert kinds() == ["idea.rejected"]


def test_authors_who_withdrew_meanwhile_stop_the_decision_and_the_words_are_kept(browser, moderator):
    idea = IdeaFactory(state=S.WITHDRAWN)

    page = send(browser.as_(moderator), "return", idea)

    assert page.status == 409
    assert REASON in page
    assert "Đã rút" in page
    assert idea.state is S.WITHDRAWN


def test_kept_phrase_is_offered_next_time_and_only_once(browser, moderator):
    staff = browser.as_(moderator)
    ideas = [IdeaFactory(state=S.SUBMITTED) for _ in range(3)]

    for idea in ideas[:2]:
        send(staff, "return", idea, reason="Bổ sung ảnh hiện trạng giúp phường.", keep="y")

    assert db.session.scalars(sa.select(SavedPhrase.text)).all() == ["Bổ sung ảnh hiện trạng giúp phường."]
    assert "Bổ sung ảnh hiện trạng giúp phường." in staff.get(f"/quan-tri/duyet/{ideas[2].code}")


def test_claim_tells_colleagues_and_ends_with_the_decision(browser, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)
    other = UserFactory(role=Role.MODERATOR, full_name="Hoàng Thị Dung")
    browser.as_(other).post(f"/quan-tri/duyet/{idea.code}/nhan")

    mine = browser.as_(moderator)
    assert "Hoàng Thị Dung đang xem bài này." in mine.get(f"/quan-tri/duyet/{idea.code}")
    assert "Hoàng Thị Dung" in mine.get("/quan-tri/duyet")

    send(mine, "approve", idea)
    assert db.session.scalars(sa.select(Claim)).all() == []


def test_claim_runs_out_by_itself(app, moderator):
    idea = IdeaFactory(state=S.SUBMITTED)
    db.session.add(Claim(idea_id=idea.id, moderator_id=moderator.id, until=now()))
    db.session.commit()

    assert queries.reader_of(idea, other_than=0) is None


def test_a_visitor_and_an_author_do_not_reach_the_queue(browser, youth):
    idea = IdeaFactory(state=S.SUBMITTED)

    assert browser.get("/quan-tri/duyet", status=302).location.startswith("/dang-nhap")
    browser.as_(youth).get("/quan-tri/duyet", status=403)
    browser.as_(youth).get(f"/quan-tri/duyet/{idea.code}", status=403)
