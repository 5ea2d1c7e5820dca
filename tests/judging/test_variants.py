"""A topic's own rubric, what only informs, and notes that must be given: from the sheet to the rank."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.campaigns.models import Criterion, Rubric
from app.core.db import db
from app.judging import queries
from app.judging.methods import scoring
from app.judging.methods.ranking import RankingInput, rank
from app.judging.methods.scoring import sheet_total
from app.judging.methods.sheets import Candidate, Sheet
from app.judging.rules import SheetState, needs_note
from tests.factories import EntryFactory, IdeaFactory, ScoreSheetFactory
from tests.judging.contest import contest

unhurried = settings(deadline=None)

COMMON = scoring.Rubric(
    (
        scoring.Criterion("moi", 40, minimum=10),
        scoring.Criterion("hieu_qua", 60),
        scoring.Criterion("cam_nhan", 10, inform_only=True),
    )
)
OWN = scoring.Rubric((scoring.Criterion("dat_dai", 25), scoring.Criterion("hieu_qua", 60)))  # 85 → scale 100
JUDGES, IDEAS = ("GK1", "GK2", "GK3"), ("A", "B", "C", "D")


def mark(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most * 100)


@st.composite
def rounds(draw) -> RankingInput:
    """A small round where the last two ideas are scored on a rubric of their own."""
    sheets = [
        Sheet(
            idea,
            judge,
            {criterion.id: draw(mark(int(criterion.max_points))) for criterion in rubric.criteria},
        )
        for idea, rubric in zip(IDEAS, (COMMON, COMMON, OWN, OWN), strict=True)
        for judge in JUDGES
    ]
    ideas = [Candidate("A"), Candidate("B"), Candidate("C", rubric=OWN), Candidate("D", rubric=OWN)]
    return RankingInput(COMMON, ideas, sheets, tie_break=("hieu_qua",), top=2, threshold=40)


@given(rounds())
@unhurried
def test_each_idea_is_scored_on_its_own_rubric_brought_to_the_common_scale(round_):
    result = rank(round_)

    for row in result.rows:
        rubric = COMMON if row.idea in {"A", "B"} else OWN
        totals = [sheet_total(rubric, sheet.marks) for sheet in round_.sheets if sheet.idea == row.idea]
        mean = sum(totals) / Fraction(len(totals))
        assert abs(Fraction(row.score) - mean) <= Fraction(1, 200)
        assert 0 <= row.score <= 100


@given(rounds(), st.data())
@unhurried
def test_what_only_informs_never_changes_score_rank_or_who_goes_on(round_, data):
    other = [
        replace(sheet, marks={**sheet.marks, "cam_nhan": data.draw(mark(10))})
        if "cam_nhan" in sheet.marks
        else sheet
        for sheet in round_.sheets
    ]

    before, after = rank(round_), rank(replace(round_, sheets=other))

    def decided(result):
        rows = [(row.idea, row.rank, row.score, row.tie_break_used, row.interval) for row in result.rows]
        return rows, result.advance, result.below_minimum, result.severity

    assert decided(before) == decided(after)


def test_what_only_informs_is_shown_as_a_mean_beside_the_criteria():
    sheets = [
        Sheet("A", judge, {"moi": 2000, "hieu_qua": 3000, "cam_nhan": points})
        for judge, points in zip(JUDGES, (500, 700, 800), strict=True)
    ]

    (row,) = rank(RankingInput(COMMON, [Candidate("A")], sheets)).rows

    assert {name: str(mean) for name, mean in row.criteria.items()} == {"moi": "20.00", "hieu_qua": "30.00"}
    assert {name: str(mean) for name, mean in row.informs.items()} == {"cam_nhan": "6.67"}


@pytest.mark.parametrize(
    ("hundredths", "below", "above", "needed"),
    [
        (499, 5, None, True),
        (500, 5, None, False),  # exactly at the limit: no note
        (2801, None, 28, True),
        (2800, None, 28, False),
        (0, None, None, False),
        (3000, 5, 28, True),
        (1500, 5, 28, False),
    ],
)
def test_a_note_is_needed_beyond_the_limits(hundredths, below, above, needed):
    assert needs_note(hundredths, below, above) is needed


@pytest.fixture
def with_variant(app):
    """A round of two topics; the ideas of the second are marked on a rubric of their own."""
    made = contest(ideas=1, judges=2)
    campaign = made.round.campaign
    variant = Rubric(
        campaign_id=campaign.id,
        key="P1-kt",
        name="Riêng cho kinh tế",
        variant_of=made.round.rubric,
        topic=campaign.topics[1],
        criteria=[
            Criterion(key="dat_dai", name="Quỹ đất", max_points=40, position=0),
            Criterion(key="hieu_qua", name="Hiệu quả", max_points=60, position=1, note_below=20),
        ],
    )
    db.session.add(variant)
    db.session.commit()
    idea = IdeaFactory(
        campaign=campaign, topic=campaign.topics[1], state=made.entries[0].idea.state, title="Chợ quê"
    )
    entry = EntryFactory(round=made.round, idea=idea)
    sheets = [ScoreSheetFactory(entry=entry, judge_id=judge.id, position=2) for judge in made.judges]
    return made, sheets


def test_a_judge_sees_the_rubric_of_the_ideas_topic(with_variant, browser):
    made, sheets = with_variant
    judge = browser.as_(made.judges[0])

    own = judge.get(f"/cham-diem/{sheets[0].public_id}")
    common = judge.get(f"/cham-diem/{made.sheet(made.judges[0], made.entries[0]).public_id}")

    assert "Quỹ đất" in own
    assert "Tính mới" not in own
    assert "Tính mới" in common


def test_a_ranking_gives_each_sheet_its_own_rubric(with_variant):
    made, sheets = with_variant
    for sheet in made.sheets:
        sheet.state, marks = SheetState.SUBMITTED, {"moi": 4000, "hieu_qua": 0}
        give(sheet, marks)
    for sheet in sheets:
        sheet.state = SheetState.SUBMITTED
        give(sheet, {"dat_dai": 4000, "hieu_qua": 3000})
    db.session.commit()

    result = rank(queries.ranking_input(made.round))

    assert [(row.idea, str(row.score)) for row in result.rows] == [
        (str(sheets[0].entry_id), "70.00"),
        (str(made.entries[0].id), "40.00"),
    ]


def give(sheet, marks):
    from app.core.clock import now
    from app.judging.models import Mark

    keys = {criterion.key: criterion.id for criterion in sheet.criteria}
    sheet.marks = [
        Mark(criterion_id=keys[key], hundredths=points, saved_at=now()) for key, points in marks.items()
    ]


def test_a_low_mark_without_its_note_is_refused_beside_the_criterion_and_kept(with_variant, browser):
    made, sheets = with_variant
    judge = browser.as_(made.judges[0])
    address = f"/cham-diem/{sheets[0].public_id}"
    typed = {"dat_dai": "30", "hieu_qua": "12,5", "nx_hieu_qua": "", "viec": "nop"}

    page = judge.post(address, {**typed, "version": sheets[0].version})

    assert page.status == 422
    assert "Ghi chú vì sao cho “Hiệu quả” 12,5 điểm, rồi nộp." in page
    assert "Điểm này cần ghi chú." in page
    assert page.value_of("hieu_qua") == "12,5"
    assert sheets[0].state is SheetState.OPEN

    judge.post(address, {**typed, "nx_hieu_qua": "Chưa tính công vận chuyển", "version": sheets[0].version})

    assert sheets[0].state is SheetState.SUBMITTED


def test_what_only_informs_is_outside_the_total_that_a_judge_sees(browser):
    made = contest(ideas=1, judges=1)
    made.round.rubric.criteria.append(
        Criterion(key="cam_nhan", name="Cảm nhận chung", max_points=10, informs_only=True, position=2)
    )
    db.session.commit()
    (sheet,) = made.sheets
    give(sheet, {"moi": 3000, "hieu_qua": 4000, "cam_nhan": 900})
    db.session.commit()

    page = browser.as_(made.judges[0]).get(f"/cham-diem/{sheet.public_id}")

    assert "chỉ tham khảo, không tính điểm" in page
    assert "70/100" in page
    assert "79/100" not in page
