"""The assignment: seen first, stored as seen, and honest about what cannot be done."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.core.events import Seal, record
from app.judging import panel, rounds, service
from app.judging.conflicts import declare_conflict
from app.judging.methods.assignment import Infeasible
from app.judging.models import PanelMember, ScoreSheet
from app.judging.plan import drawn_from, plan_of
from app.judging.rules import SheetState
from app.permissions import Role
from tests.factories import CampaignFactory, EntryFactory, UserFactory
from tests.judging.contest import contest, kinds_of_events, row, together

REASON = "Là học trò lớp tôi chủ nhiệm."


def pairs():
    db.session.expire_all()
    return Counter(db.session.query(ScoreSheet.judge_id).all())


def test_the_preview_stores_nothing_and_the_button_stores_what_was_shown(browser, moderator):
    made = contest(ideas=6, judges=4, dealt=False)
    page, address = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/phan-cong"

    preview = page.get(address, queries=19)
    before = db.session.query(ScoreSheet).count()
    page.post(address, {"seen": preview.value_of("seen")}, status=302)

    assert before == 0
    assert sorted(pairs().values()) == [3, 3, 3, 3]
    assert Counter(db.session.query(ScoreSheet.entry_id).all()).most_common(1)[0][1] == 2
    assert all(entry.idea.judging_started_at for entry in made.entries)
    assert kinds_of_events() == ["judges.assigned"]


def test_what_changed_since_the_preview_is_shown_again(browser, moderator):
    made = contest(ideas=4, judges=3, dealt=False)
    page, address = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/phan-cong"
    seen = page.get(address).value_of("seen")
    EntryFactory(round=made.round)

    answer = page.post(address, {"seen": seen}, status=409)

    assert "vừa thay đổi" in answer
    assert pairs() == Counter()


def test_conflicts_are_never_dealt_and_what_was_handed_back_goes_to_another(app, moderator):
    made = contest(ideas=2, judges=3, dealt=False)
    first, entry = made.judges[0], made.entries[0]
    with transaction():
        declare_conflict(first, first, made.round.campaign, reason=REASON, idea=entry.idea)
        rounds.assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint)
    sheet = db.session.query(ScoreSheet).filter_by(entry_id=made.entries[1].id).first()
    judge = db.session.get(type(first), sheet.judge_id)
    with transaction():
        service.recuse(judge, sheet, reason=REASON)

    plan = plan_of(made.round, accept_imbalance=True)

    assert not db.session.query(ScoreSheet).filter_by(entry_id=entry.id, judge_id=first.id).count()
    assert [entry_id for entry_id, _ in plan.added] == [made.entries[1].id]
    assert plan.added[0][1] != judge.id


def test_an_assignment_that_cannot_be_says_which_idea_and_what_would_help(browser, moderator):
    made = contest(ideas=2, judges=2, dealt=False)
    judge, idea = made.judges[0], made.entries[0].idea
    with transaction():
        declare_conflict(judge, judge, made.round.campaign, reason=REASON, idea=idea)

    page = browser.as_(moderator).get(f"/quan-tri/vong-cham/{made.round.id}/phan-cong")

    assert f"Ý tưởng {idea.code} chỉ có 1 giám khảo không xung đột, cần 2. Thêm 1 giám khảo" in page
    assert "Phân công như trên" not in page


def test_uneven_loads_are_stored_only_after_somebody_agreed(browser, moderator):
    made = contest(ideas=6, judges=3, k=1, dealt=False)
    judge = made.judges[0]
    with transaction():
        for entry in made.entries[:5]:
            declare_conflict(judge, judge, made.round.campaign, reason=REASON, idea=entry.idea)
    page, address = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/phan-cong"

    refused = page.get(address)
    agreed = page.get(f"{address}?chap-nhan=1")
    page.post(
        address,
        {
            "seen": agreed.value_of("seen"),
            "accept_imbalance": agreed.value_of("accept_imbalance"),
            "sure": "y",
        },
        status=302,
    )

    assert f"{address}?chap-nhan=1" in refused.links()
    assert sum(pairs().values()) == 6


def test_judges_that_cannot_be_compared_are_confirmed_first(browser, moderator):
    made = contest(ideas=4, judges=2, k=1, dealt=False)
    page, address = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/phan-cong"
    seen = page.get(address).value_of("seen")

    refused = page.post(address, {"seen": seen}, status=422)
    page.post(address, {"seen": seen, "sure": "y"}, status=302)

    assert refused.errors() == {"sure": "Đánh dấu nếu vẫn muốn phân công như vậy."}
    assert sum(pairs().values()) == 4


def dealt_then_left(moderator):
    """Six ideas, two judges each; one judge has submitted one of three sheets, and leaves."""
    made = contest(ideas=6, judges=4, dealt=False)
    with transaction():
        rounds.assign_judges(moderator, made.round, seen=plan_of(made.round).fingerprint)
    judge = made.judges[0]
    done = db.session.query(ScoreSheet).filter_by(judge_id=judge.id).first()
    done.state = SheetState.SUBMITTED
    db.session.commit()
    with transaction():
        member = db.session.query(PanelMember).filter_by(judge_id=judge.id).one()
        panel.remove_panel_member(moderator, made.round, member)
    return made, judge, done


def test_a_submitted_sheet_of_a_judge_who_left_is_one_of_the_ideas_sheets(browser, moderator):
    made, judge, done = dealt_then_left(moderator)
    stayed = {(s.entry_id, s.judge_id) for s in db.session.query(ScoreSheet)}
    page, address = browser.as_(moderator), f"/quan-tri/vong-cham/{made.round.id}/phan-cong"

    preview = page.get(address)
    page.post(address, {"seen": preview.value_of("seen")}, status=302)

    after = {(s.entry_id, s.judge_id) for s in db.session.query(ScoreSheet)}
    new = after - stayed
    assert judge.full_name in preview
    assert stayed <= after
    assert judge.id not in {judge_id for _, judge_id in new}
    assert Counter(entry for entry, _ in after) == dict.fromkeys((e.id for e in made.entries), 2)
    assert done.state is SheetState.SUBMITTED


def test_whoever_left_is_no_judge_that_an_idea_could_still_get(app, moderator):
    made, _judge, _done = dealt_then_left(moderator)
    made.round.sheets_per_idea = 4
    db.session.commit()

    with pytest.raises(Infeasible) as refused:
        plan_of(made.round)

    # three are left on the panel, and one idea has the sheet of the fourth
    assert str(refused.value).count("chỉ có 3 giám khảo không xung đột, cần 4") == 5


@pytest.mark.parametrize("state", sorted(set(RoundState) - {RoundState.OPEN}))
def test_only_an_open_round_is_dealt(browser, moderator, state):
    made = contest(dealt=False)
    seen = plan_of(made.round).fingerprint
    made.round.state = state
    db.session.commit()

    with pytest.raises(WrongState):
        rounds.assign_judges(moderator, made.round, seen=seen)
    browser.as_(moderator).get(f"/quan-tri/vong-cham/{made.round.id}/phan-cong", status=409)


@pytest.mark.parametrize("role", [Role.JUDGE, Role.LEADER, Role.YOUTH])
def test_only_organisers_deal(app, browser, role):
    made = contest(dealt=False)

    browser.as_(UserFactory(role=role)).get(f"/quan-tri/vong-cham/{made.round.id}/phan-cong", status=403)


def test_two_who_assign_at_once_deal_every_pair_once(app, moderator):
    made = contest(ideas=4, judges=3, dealt=False)
    round_id, staff_id, seen = made.round.id, moderator.id, plan_of(made.round).fingerprint

    def assign():
        staff, round_ = row(User, staff_id), row(Round, round_id)
        return lambda: rounds.assign_judges(staff, round_, seen=seen)

    ended = together(app, assign, assign)

    assert sum(pairs().values()) == 8
    assert "done" in ended
    assert set(ended) <= {"done", "Stale"}


def test_the_draw_follows_from_the_record_as_it_stood_when_ideas_could_no_longer_be_sent(app):
    told = contest(ideas=6, judges=4, dealt=False)
    round_ = told.round
    closed = clock.now() - timedelta(days=2)
    round_.campaign.opens_at, round_.campaign.closes_at = closed - timedelta(days=30), closed
    round_.opened_at = closed + timedelta(days=1)
    db.session.commit()
    sealed(1, "aa" * 32, at=closed - timedelta(hours=1))
    before = plan_of(round_).fingerprint

    sealed(2, "bb" * 32, at=closed + timedelta(minutes=1))
    assert (drawn_from(round_), plan_of(round_).fingerprint) == ("aa" * 32, before)

    round_.opened_at = closed - timedelta(days=1)  # judged while ideas still came: the opening counts
    db.session.commit()
    assert drawn_from(round_) == round_.rules_hash


def sealed(number: int, head: str, *, at) -> None:
    with transaction():
        event = record("test.happened", CampaignFactory(), None)
        db.session.add(Seal(number=number, event_id=event.id, leaf=event.leaf, head=head, sealed_at=at))
