"""After the lock: the sheets of one idea side by side, whether a council sat or not, for those who marked it."""

from __future__ import annotations

import pytest

from app.core.db import db
from app.judging.rules import SheetState
from app.permissions import Role
from tests.factories import UserFactory
from tests.judging.contest import contest, declared, in_the_chair
from tests.results.podium import podium


@pytest.fixture
def ranked(app):
    """Locked and ranked without a council; the second judge wrote to the authors of the first idea."""
    won = podium()
    sheet = won.made.sheet(won.made.judges[1], won.made.entries[0])
    sheet.marks[0].hundredths, sheet.comment = 3137, "Nên thử ở một tổ dân phố."
    db.session.commit()
    return won.made


def address(made):
    return f"/hoi-dong/{made.round.id}/bai/{made.entries[0].judging_code}"


def test_a_judge_who_marked_it_reads_the_others_under_their_codes(browser, ranked):
    judge, other = ranked.judges
    page = browser.as_(judge).get(address(ranked))

    assert "31,37" in page
    assert "71,37" in page
    assert "Nên thử ở một tổ dân phố." in page
    assert other.full_name not in page.html
    own = browser.as_(judge).get(f"/cham-diem/{ranked.sheet(judge, ranked.entries[0]).public_id}")
    assert address(ranked) in own.links()


def test_the_chair_reads_them_with_the_names(browser, ranked):
    page = browser.as_(in_the_chair(ranked)).get(address(ranked))

    assert ranked.judges[1].full_name in page
    assert "31,37" in page


def test_whoever_did_not_mark_it_or_has_a_relation_to_it_is_told_of_no_such_page(browser, ranked):
    stranger = UserFactory(role=Role.JUDGE)
    first, second = ranked.judges
    ranked.sheet(first, ranked.entries[0]).state = SheetState.VOID
    declared(second, ranked.entries[0].idea)
    db.session.commit()

    for person in (first, second, stranger, UserFactory(role=Role.MODERATOR)):
        browser.as_(person).get(address(ranked), status=404)
    browser.as_(UserFactory(role=Role.LEADER)).get(address(ranked), status=403)


def test_before_the_lock_nobody_reads_another_sheet(browser):
    made = contest(submitted=True)
    made.sheets[-1].marks[0].hundredths = 3137
    db.session.commit()

    page = browser.as_(in_the_chair(made)).get(
        f"/hoi-dong/{made.round.id}/bai/{made.entries[-1].judging_code}"
    )

    assert "31,37" not in page
    assert "Vòng chấm chưa khóa" in page
