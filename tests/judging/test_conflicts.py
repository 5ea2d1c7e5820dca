"""Which judge never meets which idea: same unit, the authors themselves, declared, set by staff, handed back."""

from __future__ import annotations

import pytest

from app.core.db import db, transaction
from app.core.errors import Invalid
from app.judging import service
from app.judging.conflicts import declare_conflict, forbidden_pairs
from app.judging.models import Conflict
from app.judging.rules import ConflictKind, SheetState
from tests.factories import UnitFactory, UserFactory
from tests.judging.contest import contest, kinds_of_events

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
