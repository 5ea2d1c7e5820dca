"""Contests whose truth is known: the promises are kept, and a method that breaks one is told on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.judging.commands import judging
from app.judging.methods.ranking import rank
from app.judging.methods.simulation import estimators as by
from app.judging.methods.simulation import studies
from app.judging.methods.simulation.contest import Shape, held
from app.judging.methods.simulation.study import Study

SMALL = Shape(40, 8, 3, harshness=8)


def test_the_quick_look_keeps_every_promise(app):
    answer = app.test_cli_runner().invoke(judging, ["simulate", "--quick"])

    assert answer.exit_code == 0, answer.output
    assert answer.output.count("✓") > 10
    assert "✗" not in answer.output


def test_a_method_that_orders_no_better_than_the_mean_is_told_on(app, monkeypatch):
    monkeypatch.setattr(by, "adjusted", by.mean)

    answer = app.test_cli_runner().invoke(judging, ["simulate", "--quick"])

    assert answer.exit_code == 1
    assert "✗ Kendall's tau to the true worth: 200 × 20, 3, 6" in answer.output


def test_the_same_seed_gives_the_same_contest_and_another_one_does_not():
    first, again, other = held(SMALL, 1), held(SMALL, 1), held(SMALL, 2)

    assert np.array_equal(first.points, again.points)
    assert not np.array_equal(first.points, other.points)


def test_harshness_changes_the_judges_and_nothing_else():
    harsh, mild = held(SMALL, 1), held(replace(SMALL, harshness=0), 1)

    assert np.array_equal(harsh.worth, mild.worth)
    assert harsh.leniency.std() > mild.leniency.std() == 0


def test_the_simulated_score_is_the_published_one():
    contest = held(SMALL, 1)
    rows = rank(contest.ranking_input(method=by.Method.ADJUSTED)).rows

    published = [float(row.score) for row in sorted(rows, key=lambda row: row.idea)]

    assert by.adjusted(contest) == pytest.approx(published, abs=0.02)


@pytest.mark.parametrize("method", [by.adjusted, by.least_squares])
def test_nothing_is_taken_out_where_everybody_scores_everything(method):
    contest = held(Shape(12, 5, 5, harshness=8), 1)

    assert method(contest) == pytest.approx(by.mean(contest))


def test_a_judge_of_even_ideas_is_stretched_by_z_scores():
    contest = held(replace(SMALL, harshness=0), 3)

    assert by.agreement(contest, by.z_score(contest)) < by.agreement(contest, by.mean(contest))


@pytest.mark.parametrize(
    ("shape", "gain"),
    [
        (Shape(200, 20, 3, harshness=0), -0.005),
        (Shape(200, 20, 3, harshness=8), 0.08),
        (Shape(200, 20, 5, harshness=8), 0.07),
        (Shape(1000, 60, 5, harshness=15), 0.18),
        (Shape(30, 6, 3, harshness=15), None),  # one small contest may lose by chance
        (Shape(200, 20, 3, noise=10, harshness=15), None),
    ],
)
def test_what_is_promised_depends_on_size_and_harshness(shape, gain):
    assert studies.gain_promised(shape) == gain


def test_the_truly_best_that_shares_first_place_wins_half_the_time():
    contest = held(SMALL, 1)
    scores = np.zeros(contest.ideas)
    scores[[contest.worth.argmax(), contest.worth.argmin()]] = 1

    assert by.finds_the_best(contest, scores) == 0.5


def test_a_table_reads_as_markdown_and_names_what_broke():
    study = Study("Bảng", ("vòng", "tau"))
    study.add("nhỏ", 0.5, holds=True)
    study.add("lớn", 1.0, holds=False)

    assert str(study).splitlines()[2:] == [
        "| vòng | tau |  |",
        "| --- | --- | --- |",
        "| nhỏ | .500 | ✓ |",
        "| lớn | 1.000 | ✗ |",
    ]
    assert study.broken == ["Bảng: lớn"]
