"""Whoever changes what a council left behind is found out, down to the field."""

from __future__ import annotations

import pytest

from app.audit.service import adopt
from app.core.db import transaction
from app.results.council import service
from app.results.council.rules import CaseKind
from tests.audit.story import change, found, seal
from tests.results.session import sitting

pytestmark = pytest.mark.postgres

WHY = "Ghi nhầm dòng của tiêu chí Tính mới."


def on_record(points, **round_):
    """A session whose rows, made by factories, are on record as they stand."""
    stage = sitting(points, **round_)
    with transaction():
        adopt()
    return stage


def test_an_edited_tally_is_named(app):
    stage = on_record([(30, 30, 30), (20, 20, 20), (20, 20, 20)], cut_top=2)
    case = stage.case(CaseKind.CUT_TIE)
    tied = [line.entry_id for line in case.entries]
    stage.vote(case, dict.fromkeys(stage.made.judges, tied[:1]))
    seal()
    assert found() == []

    change("UPDATE council_case_entries SET votes = 9 WHERE entry_id = :entry", entry=tied[1])

    assert found() == [("table", "other value", "council_cases", "entries")]


def test_old_marks_of_an_amended_sheet_cannot_be_rewritten(app):
    stage = on_record([(30, 10, 20), (20, 20, 20)])
    judge = stage.made.judges[1]
    sheet = stage.made.sheet(judge, stage.made.entries[0])
    with transaction():
        service.amend_sheet(
            judge, sheet, points={"moi": "30", "hieu_qua": "40"}, reason=WHY, version=sheet.version
        )
    seal()
    assert found() == []

    change('UPDATE sheet_revisions SET marks = \'{"moi": 3000, "hieu_qua": 4000}\'')

    assert found() == [("table", "other value", "sheet_revisions", "marks.moi")]
