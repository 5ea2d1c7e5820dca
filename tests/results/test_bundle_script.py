"""The script of the bundle and our own functions say the same of any round."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from app.campaigns.rules import Method
from app.judging.methods.ranking import RankingInput, rank
from app.judging.methods.scoring import Criterion, Rubric
from app.judging.methods.sheets import Candidate, IdeaStatus, Sheet
from app.results.bundle import kiem_chung
from app.results.council.rules import outcome

HERE = Path(kiem_chung.__file__)


@pytest.mark.parametrize("seed", range(12))
def test_the_script_and_our_own_functions_say_the_same_of_any_round(seed):
    dice = random.Random(seed)
    ideas = [f"K{n}" for n in range(dice.randint(3, 40))]
    judges = [f"GK{n}" for n in range(dice.randint(2, 8))]
    k = dice.randint(1, len(judges))
    sheets = {
        (idea, judge): {"moi": dice.randint(0, 4000), "hieu_qua": dice.randint(0, 6000)}
        for idea in ideas
        for judge in dice.sample(judges, k)
        if dice.random() < 0.95
    }
    states = {idea: dice.choice(["active"] * 8 + ["withdrawn", "disqualified"]) for idea in ideas}
    votes = {idea: dice.randint(0, 50) for idea in ideas}
    method = dice.choice(list(Method))
    scale, community = dice.choice([(100, 0), (80, 20)])
    rules = {
        "round": "r",
        "method": method.value,
        "deviation": 15,
        "min_sheets": 2,
        "scale": scale,
        "community_points": community,
        "cut_top": 5,
        "pass_mark": 40,
        "tie_break": ["hieu_qua", "moi"],
        "criteria": [{"id": "moi", "max": 40, "minimum": 12}, {"id": "hieu_qua", "max": 60}],
    }

    lines, used = kiem_chung.rank(rules, {i: (states[i], votes[i], "") for i in ideas}, sheets)
    ours = rank(
        RankingInput(
            rubric=Rubric((Criterion("moi", 40, minimum=12), Criterion("hieu_qua", 60)), scale),
            ideas=[Candidate(idea, IdeaStatus(states[idea])) for idea in ideas],
            sheets=[Sheet(idea, judge, marks) for (idea, judge), marks in sheets.items()],
            method=method,
            tie_break=("hieu_qua", "moi"),
            min_sheets=2,
            deviation=15,
            community=votes,
            community_points=community,
            top=5,
            threshold=40,
        )
    )

    assert (used["phuong_phap"], used["ly_do"]) == (
        ours.method_used.value,
        ours.fallback.value if ours.fallback else "",
    )
    assert {idea: line["khong_xep"] for idea, line in lines.items() if line["khong_xep"]} == {
        idea: why.value for idea, why in ours.unranked.items()
    }
    assert {
        i: (line["hang"], line["diem"], line["cong_dong"], line["phan_dinh"])
        for i, line in lines.items()
        if line["hang"]
    } == {
        row.idea: (str(row.rank), str(row.score), str(row.community), row.tie_break_used or "")
        for row in ours.rows
    }
    assert used["b"] == {judge: str(value) for judge, value in ours.severity.items()}
    assert used["lambda"] == (None if ours.lam is None else str(ours.lam))
    assert {i for i, line in lines.items() if line["di_tiep"]} == set(ours.advance.through)
    assert {i for i, line in lines.items() if line["can_bieu_quyet"]} == set(ours.advance.council)


@pytest.mark.parametrize("seed", range(8))
def test_rubrics_of_topics_and_full_panels_too(seed):
    dice = random.Random(seed)
    own = {"dat": 25, "hieu_qua": 60}
    common = {"moi": 40, "hieu_qua": 60}
    ideas = {f"K{n}": dice.choice(["", "", "cchc"]) for n in range(14)}
    judges = [f"GK{n}" for n in range(5)]
    sheets = {
        (idea, judge): {
            **{name: dice.randint(0, 100 * most) for name, most in (own if topic else common).items()},
            **({} if topic else {"cam_nhan": dice.randint(0, 1000)}),
        }
        for idea, topic in ideas.items()
        for judge in judges
        if dice.random() < 0.8
    }
    method = dice.choice(list(Method))
    plain = [{"id": name, "max": most, "informs_only": False} for name, most in common.items()]
    rules = {
        "round": "r",
        "method": method.value,
        "deviation": 20,
        "min_sheets": None,
        "scale": 100,
        "community_points": 0,
        "cut_top": None,
        "pass_mark": 55,
        "tie_break": ["hieu_qua", "moi"],
        "criteria": [*plain, {"id": "cam_nhan", "max": 10, "informs_only": True}],
        "variants": [
            {"topic": "cchc", "criteria": [{"id": name, "max": most} for name, most in own.items()]}
        ],
    }
    rubric = Rubric(
        (Criterion("moi", 40), Criterion("hieu_qua", 60), Criterion("cam_nhan", 10, inform_only=True))
    )
    variant = Rubric((Criterion("dat", 25), Criterion("hieu_qua", 60)))

    lines, used = kiem_chung.rank(
        rules, {idea: ("active", 0, topic) for idea, topic in ideas.items()}, sheets, len(judges)
    )
    ours = rank(
        RankingInput(
            rubric=rubric,
            ideas=[Candidate(idea, rubric=variant if topic else None) for idea, topic in ideas.items()],
            sheets=[Sheet(idea, judge, marks) for (idea, judge), marks in sheets.items()],
            method=method,
            tie_break=("hieu_qua", "moi"),
            min_sheets=4,
            threshold=55,
        )
    )

    assert {
        i: (line["hang"], line["diem"], line["phan_dinh"]) for i, line in lines.items() if line["hang"]
    } == {row.idea: (str(row.rank), str(row.score), row.tie_break_used or "") for row in ours.rows}
    assert {line["di_tiep"] for i, line in lines.items() if i in ours.advance.through} <= {"1"}
    assert used["b"] == {judge: str(value) for judge, value in ours.severity.items()}


@pytest.mark.parametrize("seed", range(60))
def test_a_vote_is_counted_the_same(seed):
    dice = random.Random(seed)
    voters = dice.randint(1, 7)
    votes = {entry: dice.randint(0, voters) for entry in range(dice.randint(2, 5))}
    places = dice.randint(1, len(votes) - 1)

    ours = {entry: str(result) for entry, result in outcome(votes, places, voters).items()}

    assert kiem_chung.outcome(places, voters, votes) == ours


def test_the_script_is_short_and_needs_nothing():
    text = HERE.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 400
    compile(text, "kiem_chung.py", "exec")
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names) | {"__future__"}
