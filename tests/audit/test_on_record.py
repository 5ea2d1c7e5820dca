"""Every table of judging and results is on record, part of a row that is, or left out for a reason that can be read."""

from __future__ import annotations

import pytest

import app.models  # noqa: F401
from app.core import facts
from app.core.db import Base
from tests.audit.story import change, found, story

PACKAGES = ("app.judging", "app.results", "app.finals")

# kept in the facts of another row, which every command that changes them records
PART_OF = {
    "marks": "score_sheets",
    "rank_rows": "rankings",
    "awards": "publications",
    "council_attendances": "councils",
    "council_case_entries": "council_cases",
    "presentations": "live_finals",
    "paper_typings": "paper_sheets",
}
OUTSIDE = {
    "council_voters": "who has voted is on record by events alone, so that no fact stands beside a count that moves; "
    "how many there were is part of the case",
    "judge_links": "a way in, not a judgement; what is done through it is recorded as the judge's",
    "saved_keys": "a device's memory of what it has sent, which no result follows from",
    "result_bundles": "the file is named by its hash, which is printed beside it; what it says follows from the record",
}


def tables() -> set[str]:
    return {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(PACKAGES)
    }


def test_no_table_of_judging_is_forgotten():
    assert tables() - facts.READERS.keys() - PART_OF.keys() - OUTSIDE.keys() == set()


def test_what_is_said_of_tables_is_still_true():
    assert set(PART_OF.values()) <= facts.READERS.keys()
    assert facts.READERS.keys() & (PART_OF.keys() | OUTSIDE.keys()) == set()
    assert PART_OF.keys() | OUTSIDE.keys() <= tables()


@pytest.mark.parametrize(
    ("statement", "table", "field"),
    [
        ("UPDATE rankings SET number = 2", "rankings", "number"),
        ("UPDATE rank_rows SET tie_break = 'moi' WHERE position = 1", "rankings", "rows"),
        (
            "UPDATE prizes SET name = 'Giải nhất' WHERE id = (SELECT max(prize_id) FROM awards)",
            "publications",
            "prizes",
        ),
        ("UPDATE round_rules SET reason = 'Theo công văn 12.'", "round_rules", "reason"),
        ("UPDATE round_rules SET hash = 'ab'", "round_rules", "hash"),
    ],
)
def test_a_change_by_hand_is_named(app, statement, table, field):
    story()

    change(statement)

    assert found() == [("table", "other value", table, field)]
