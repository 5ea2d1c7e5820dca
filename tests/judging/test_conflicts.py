"""Which judge never meets which idea: same unit, the authors themselves, declared, set by staff, handed back."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.campaigns.models import Campaign
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, WrongState
from app.core.events import Event
from app.judging import service
from app.judging.conflicts import declare_conflict, forbidden_pairs, lift_conflict
from app.judging.models import Conflict
from app.judging.rules import ConflictKind, SheetState
from app.permissions import Role
from tests.factories import UnitFactory, UserFactory
from tests.judging.contest import contest, kinds_of_events, row, together

REASON = "Là học trò lớp tôi chủ nhiệm."


def author_of(entry):
    return db.session.get(type(UserFactory.build()), entry.idea.created_by_id)


def test_same_unit_and_own_ideas_are_blocked_by_themselves(app):
    made = contest(dealt=False)
    (first, second), (one, other) = made.judges, made.entries
    first.unit_id = author_of(one).unit_id = UnitFactory().id
    other.idea.authors[0].user_id = second.id
    db.session.commit()

    assert forbidden_pairs(made.round) == {
        (one.id, first.id): ConflictKind.DETECTED,
        (other.id, second.id): ConflictKind.DETECTED,
    }


@pytest.mark.parametrize("about", ["person", "unit", "idea"])
def test_a_declared_relation_blocks_every_idea_that_it_touches(app, about):
    made = contest(dealt=False)
    judge, entry = made.judges[0], made.entries[0]
    author_of(entry).unit_id = unit_id = UnitFactory().id
    db.session.commit()
    what = {
        "person": {"person_id": entry.idea.created_by_id},
        "unit": {"unit_id": unit_id},
        "idea": {"idea": entry.idea},
    }[about]

    with transaction():
        declare_conflict(judge, judge, made.round.campaign, reason=REASON, **what)

    assert forbidden_pairs(made.round) == {(entry.id, judge.id): ConflictKind.DECLARED}


def test_a_judge_declares_by_address_and_cannot_find_out_who_has_an_account(browser):
    made = contest(dealt=False)
    judge, entry = made.judges[0], made.entries[0]
    page, address = browser.as_(judge), f"/cham-diem/vong/{made.round.id}/xac-nhan"
    known = author_of(entry).email

    page.post(address, {"khai-unit_id": 0, "khai-email": known, "khai-reason": REASON}, status=302)
    after_known = page.get(address).text
    page.post(address, {"khai-unit_id": 0, "khai-email": "la@example.vn", "khai-reason": REASON}, status=302)
    after_unknown = page.get(address).text

    assert after_known == after_unknown
    assert [c.person_id for c in db.session.query(Conflict)] == [entry.idea.created_by_id]


def test_a_relation_to_nothing_is_asked_for_again(browser):
    made = contest(dealt=False)

    page = browser.as_(made.judges[0]).post(
        f"/cham-diem/vong/{made.round.id}/xac-nhan",
        {"khai-unit_id": 0, "khai-email": "", "khai-reason": REASON},
        status=422,
    )

    assert "Chọn người, đơn vị hoặc bài có liên quan." in page
    assert page.value_of("khai-reason").strip() == REASON


def test_a_relation_that_comes_late_takes_the_sheet_off_the_judge(browser, moderator):
    made = contest(submitted=True)
    judge, entry = made.judges[0], made.entries[0]

    browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{made.round.id}/xung-dot",
        {"xd-judge_id": judge.id, "xd-unit_id": 0, "xd-idea_code": entry.idea.code, "xd-reason": REASON},
        status=302,
    )

    states = {(s.judge_id, s.entry_id): s.state for s in made.sheets}
    assert states.pop((judge.id, entry.id)) is SheetState.VOID
    assert set(states.values()) == {SheetState.SUBMITTED}
    assert kinds_of_events() == ["sheet.voided", "conflict.declared"]
    assert db.session.query(Conflict).one().kind is ConflictKind.SET


def test_an_idea_handed_back_or_voided_never_comes_again(app, moderator):
    made = contest()
    judge = made.judges[0]
    with transaction():
        service.recuse(judge, made.sheets[0], reason=REASON)
        service.void_sheet(moderator, made.sheets[1], reason="Giao nhầm bài của vòng khác.")

    assert set(forbidden_pairs(made.round)) == {
        (made.sheets[0].entry_id, judge.id),
        (made.sheets[1].entry_id, judge.id),
    }


def test_staff_need_something_to_pin(browser, moderator):
    made = contest(dealt=False)

    page = browser.as_(moderator).post(
        f"/quan-tri/vong-cham/{made.round.id}/xung-dot",
        {"xd-judge_id": made.judges[0].id, "xd-unit_id": 0, "xd-idea_code": "", "xd-reason": REASON},
        status=422,
    )

    assert "Chọn người, đơn vị hoặc bài có liên quan." in page


def test_a_judge_says_nothing_for_another(app):
    made = contest(dealt=False)

    with pytest.raises(Exception, match="quyền"):
        declare_conflict(
            made.judges[0], made.judges[1], made.round.campaign, reason=REASON, idea=made.entries[0].idea
        )
    with pytest.raises(Invalid):
        declare_conflict(made.judges[0], made.judges[0], made.round.campaign, reason=REASON)


# --- staff take back what they set --------------------------------------------------------------------------------------

WHY = "Nhầm người: hai người trùng họ tên."


def pinned(made, staff, **about):
    """A conflict that staff set between the first judge and the first idea."""
    with transaction():
        return declare_conflict(
            staff,
            made.judges[0],
            made.round.campaign,
            reason=REASON,
            **(about or {"idea": made.entries[0].idea}),
        )


def lift_address(made, conflict) -> str:
    return f"/quan-tri/vong-cham/{made.round.id}/xung-dot/{conflict.id}/go"


def test_what_staff_set_is_lifted_with_a_reason_and_stays_on_record(browser, moderator):
    made = contest(dealt=False)
    conflict = pinned(made, moderator)
    page, address = browser.as_(moderator), lift_address(made, conflict)
    home = f"/quan-tri/vong-cham/{made.round.id}"

    offered = page.get(home).links()
    page.post(address, {"reason": WHY}, status=302)

    after = page.get(home)
    rows = [(c.kind, c.reason, c.made_by_id) for c in db.session.query(Conflict).order_by(Conflict.id)]
    assert address in offered
    assert address not in after.links()
    assert WHY in after
    assert rows == [(ConflictKind.SET, REASON, moderator.id), (ConflictKind.LIFTED, WHY, moderator.id)]
    assert forbidden_pairs(made.round) == {}
    event = db.session.query(Event).filter_by(kind="conflict.lifted").one()
    assert event.data == {"set_id": conflict.id}
    assert WHY not in str(event.facts)


@pytest.mark.parametrize("reason", ["", "  ", "Nhầm."])
def test_lifting_without_a_reason_is_asked_for_again(browser, moderator, reason):
    made = contest(dealt=False)
    conflict = pinned(made, moderator)

    page = browser.as_(moderator).post(lift_address(made, conflict), {"reason": reason}, status=422)

    assert page.errors() == {"reason": "Ghi lý do, ít nhất 10 ký tự."}
    assert page.value_of("reason").strip() == reason.strip()
    assert len(forbidden_pairs(made.round)) == 1


def test_lifting_takes_back_only_what_staff_set_about_the_same_thing(app, moderator):
    made = contest(dealt=False)
    judge, (one, other) = made.judges[0], made.entries
    conflict = pinned(made, moderator)
    pinned(made, moderator, idea=other.idea)
    with transaction():
        declare_conflict(judge, judge, made.round.campaign, reason=REASON, idea=one.idea)
        lift_conflict(moderator, made.round.campaign, conflict, reason=WHY)

    assert forbidden_pairs(made.round) == {
        (one.id, judge.id): ConflictKind.DECLARED,
        (other.id, judge.id): ConflictKind.SET,
    }


def test_what_was_lifted_can_be_set_again(app, moderator):
    made = contest(dealt=False)
    conflict = pinned(made, moderator)
    with transaction():
        lift_conflict(moderator, made.round.campaign, conflict, reason=WHY)
    pinned(made, moderator)

    assert list(forbidden_pairs(made.round).values()) == [ConflictKind.SET]


def test_a_sheet_that_was_void_stays_void_and_is_not_dealt_again(app, moderator):
    made = contest()
    conflict = pinned(made, moderator)
    with transaction():
        lift_conflict(moderator, made.round.campaign, conflict, reason=WHY)

    first = made.sheet(made.judges[0], made.entries[0])
    assert first.state is SheetState.VOID
    assert forbidden_pairs(made.round) == {(first.entry_id, first.judge_id): ConflictKind.RECUSED}


def test_what_a_judge_said_is_not_for_staff_to_lift(browser, moderator):
    made = contest()
    judge = made.judges[0]
    with transaction():
        declared = declare_conflict(
            judge, judge, made.round.campaign, reason=REASON, idea=made.entries[0].idea
        )
        service.recuse(judge, made.sheet(judge, made.entries[1]), reason=REASON)
    handed_back = db.session.query(Conflict).filter_by(kind=ConflictKind.RECUSED).one()

    for conflict in (declared, handed_back):
        browser.as_(moderator).post(lift_address(made, conflict), {"reason": WHY}, status=409)

    assert len(forbidden_pairs(made.round)) == 2


def test_lifting_twice_is_refused(app, moderator):
    made = contest(dealt=False)
    conflict = pinned(made, moderator)
    with transaction():
        lift_conflict(moderator, made.round.campaign, conflict, reason=WHY)

    with pytest.raises(WrongState), transaction():
        lift_conflict(moderator, made.round.campaign, conflict, reason=WHY)


def test_two_who_lift_at_once_lift_it_once(app, moderator):
    made = contest(dealt=False)
    conflict_id, staff_id = pinned(made, moderator).id, moderator.id

    def lift():
        staff, conflict = row(User, staff_id), row(Conflict, conflict_id)
        campaign = row(Campaign, conflict.campaign_id)
        return lambda: lift_conflict(staff, campaign, conflict, reason=WHY)

    ended = together(app, lift, lift)

    assert "done" in ended
    assert db.session.query(Conflict).filter_by(kind=ConflictKind.LIFTED).count() == 1


@pytest.mark.parametrize("role", [Role.JUDGE, Role.LEADER, Role.YOUTH, Role.OFFICER])
def test_only_organisers_lift(browser, moderator, role):
    made = contest(dealt=False)
    conflict, other = pinned(made, moderator), UserFactory(role=role)

    browser.as_(other).post(lift_address(made, conflict), {"reason": WHY}, status=403)
    with pytest.raises(NotAllowed):
        lift_conflict(other, made.round.campaign, conflict, reason=WHY)

    assert len(forbidden_pairs(made.round)) == 1


def test_a_locked_round_or_another_one_lifts_nothing(browser, moderator):
    made, elsewhere = contest(dealt=False), contest(dealt=False)
    conflict = pinned(made, moderator)
    page = browser.as_(moderator)

    page.post(lift_address(elsewhere, conflict), {"reason": WHY}, status=404)
    made.round.state = RoundState.LOCKED
    db.session.commit()
    page.post(lift_address(made, conflict), {"reason": WHY}, status=409)

    assert len(forbidden_pairs(made.round)) == 1
