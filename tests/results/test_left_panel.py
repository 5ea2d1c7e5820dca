"""A judge who left the panel: their sheets count under their own code, wherever sheets are shown or counted."""

from __future__ import annotations

import pytest

from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.events import record
from app.judging.codes import codes_in, codes_of
from app.judging.models import PanelMember
from app.judging.panel import remove_panel_member
from app.permissions import Role
from app.results.appeals.queries import sheets_of
from app.results.appeals.rules import AppealState
from app.results.council import queries, service
from app.results.council.queries import council_of, summary_of
from app.results.freezing import freeze_ranking
from tests.factories import AppealFactory, UserFactory
from tests.judging.contest import contest, in_the_chair
from tests.results.podium import out
from tests.results.session import locked

WHY = "Đọc lại phần hiệu quả cùng hội đồng."


def seat_of(judge) -> PanelMember:
    return db.session.query(PanelMember).filter_by(judge_id=judge.id).one()


@pytest.fixture
def left(app, moderator):
    """A locked round of three judges whose second one left after submitting; the sheets lie far apart."""
    made = contest(ideas=4, judges=3, k=3, submitted=True)
    chair, judge, _third = in_the_chair(made), made.judges[1], made.judges[2]
    for entry in made.entries:
        made.sheet(chair, entry).marks[0].hundredths = 3900
    for entry, points in zip(made.entries, (100, 2000, 2000, 2000), strict=True):
        made.sheet(judge, entry).marks[0].hundredths = points
    seat = seat_of(judge)
    code = seat.code
    db.session.commit()
    with transaction():
        remove_panel_member(moderator, made.round, seat)
    made.round.state = RoundState.LOCKED
    db.session.commit()
    return made, chair, judge, code


def test_the_code_of_before_is_known(left):
    made, _chair, judge, code = left

    assert codes_of(made.round)[judge.id] == code
    assert codes_in({made.round.id})[made.round.id, judge.id] == code
    assert codes_in({made.round.id})[made.round.id, 99_999] == "GK?"


def test_findings_name_the_judge_and_the_code(browser, left):
    made, chair, judge, code = left

    page = browser.as_(chair).get(f"/hoi-dong/{made.round.id}/so-lieu")

    assert f"{code} {judge.full_name}" in page
    assert "GK?" not in page


def test_the_council_reads_the_sheets_under_their_codes(browser, left):
    made, chair, judge, code = left
    with transaction():
        service.convene(chair, made.round)

    sheets = queries.sheets_of([made.entries[0].id])[made.entries[0].id]
    case = council_of(made.round.id).cases[0]
    page = browser.as_(chair).get(f"/hoi-dong/{made.round.id}/viec/{case.id}")

    assert (code, judge.full_name) in {(line.code, line.person) for line in sheets}
    assert f"{code} {judge.full_name}" in page
    assert "GK?" not in page


def test_an_appeal_lists_the_sheet_under_its_code(browser, left, moderator, leader):
    made, _chair, _judge, code = left
    with transaction():
        freeze_ranking(moderator, made.round)
    publication = out(made, moderator, leader)
    idea = made.entries[0].idea
    filed = AppealFactory(publication=publication, idea=idea, state=AppealState.UPHELD)

    page = browser.as_(UserFactory(role=Role.LEADER)).get(f"/quan-tri/khieu-nai/{filed.id}")

    assert code in {row.judge_code for row in sheets_of(idea.id, made.round.campaign_id)}
    assert code in page
    assert "GK?" not in page


def test_a_sheet_that_was_amended_is_counted_when_its_judge_has_left(app, moderator):
    stage = locked([(30, 30, 30), (20, 20, 20), (10, 10, 10)])
    with transaction():
        service.convene(stage.chair, stage.made.round)
    stage.present(*stage.made.judges)
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[0])
    with transaction():
        service.amend_sheet(
            judge, sheet, points={"moi": "31", "hieu_qua": "40"}, reason=WHY, version=sheet.version
        )
    seat = seat_of(judge)
    code = seat.code
    with transaction():  # no command does it after the lock; a row may have been taken out all the same
        record(
            "panel.changed",
            stage.made.round,
            moderator,
            gone=[seat],
            judge_id=judge.id,
            code=code,
            added=False,
        )
        db.session.delete(seat)

    lines = queries.amended_of(stage.made.round.id)

    assert [(line.code, line.judging_code) for line in lines] == [(code, stage.made.entries[0].judging_code)]
    assert summary_of(stage.made.round.id).amended == len(lines) == 1
