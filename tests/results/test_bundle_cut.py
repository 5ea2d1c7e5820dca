"""Who goes on is recomputed: top N, a mark, minimums of criteria, and the council's vote where a rank straddles the line."""

from __future__ import annotations

import json

import pytest

from app.core.db import transaction
from app.results.council.rules import CaseKind
from app.results.freezing import lock_and_rank
from tests.audit.story import story
from tests.results.bundles import (
    Session,
    finish,
    holds,
    in_json,
    refused,
    rewrite_csv,
    rows,
    run,
    then_round,
    unpacked,
)

TIED = {"ideas": 4, "judges": 3, "k": 3, "until": "submitted", "gives_awards": False, "cut_top": 2}


def second_and_third_alike(idea, _judge):
    return (("38", "50"), ("30", "40"), ("30", "40"), ("20", "30"))[idea]


def first_round(folder, field):
    """Of the round with the cut: the idea's place in the file → what stands in the field."""
    name = json.loads((folder / "luat.json").read_text(encoding="utf-8"))["vong"][0]["vong"]
    return [row[field] for row in rows(folder, "xep_hang.csv") if row["vong"] == name]


def ballots(folder):
    shown = [json.loads(row["hien"]) for row in rows(folder, "su_kien.csv")]
    return [one["value"] for one in shown if one["what"] == "ballot"]


def ranked(told):
    with transaction():
        return lock_and_rank(told.moderator, told.round)


# --- by the rules alone


@pytest.fixture
def two_rounds(app):
    """Two of five go on by top N, all of them above the pass mark."""
    told = story(ideas=5, until="submitted", gives_awards=False, cut_top=2, pass_mark=60)
    ranked(told)
    return finish(then_round(told))


def test_the_first_ones_go_on(two_rounds, tmp_path):
    folder = holds(two_rounds, tmp_path)

    assert first_round(folder, "di_tiep") == ["1", "1", "", "", ""]
    assert first_round(folder, "vao_vong_sau") == ["1", "1", "", "", ""]


def test_somebody_else_going_on_is_refused(two_rounds, tmp_path):
    folder = holds(two_rounds, tmp_path)
    rewrite_csv(folder / "xep_hang.csv", 1, "vao_vong_sau", "")
    rewrite_csv(folder / "xep_hang.csv", 2, "vao_vong_sau", "1")

    said = refused(folder)

    second, third = (rows(folder, "xep_hang.csv")[n]["bai"] for n in (1, 2))
    assert f"{second}, vao_vong_sau: công bố (trống), tính lại 1" in said
    assert f"{third}, vao_vong_sau: công bố 1, tính lại (trống)" in said


@pytest.mark.parametrize(
    ("round_", "marks", "going_on"),
    [
        ({"pass_mark": 80}, [("40", "45"), ("40", "40"), ("40", "39")], ["1", "1", ""]),
        ({"pass_mark": 80}, [("40", "45"), ("39", "41"), ("39", "40,99")], ["1", "1", ""]),
        ({"cut_top": 2}, [("9", "60"), ("30", "30"), ("20", "20")], ["", "1", "1"]),
        ({"cut_top": 3, "pass_mark": 70}, [("40", "40"), ("30", "40"), ("20", "20")], ["1", "1", ""]),
    ],
    ids=["pass mark", "to the hundredth", "a criterion below its minimum", "both"],
)
def test_marks_and_minimums(app, tmp_path, round_, marks, going_on):
    told = story(
        ideas=3, until="submitted", gives_awards=False, marks=lambda idea, _judge: marks[idea], **round_
    )
    ranked(told)

    folder = holds(finish(then_round(told)), tmp_path)

    assert first_round(folder, "vao_vong_sau") == going_on


# --- by the council's vote


@pytest.fixture
def voted(app):
    """Second and third are alike; two of three judges vote for the second idea of the case."""
    told = story(marks=second_and_third_alike, **TIED)
    session = Session(told)
    case = session.vote(CaseKind.CUT_TIE, [1, 1, -1])
    chosen = case.entries[1].entry.judging_code
    session.close()
    return finish(then_round(told)), chosen


def test_the_vote_sends_one_of_two_equals_on(voted, tmp_path):
    told, chosen = voted

    folder = holds(told, tmp_path)

    assert first_round(folder, "can_bieu_quyet") == ["", "1", "1", ""]
    through = [row["bai"] for row in rows(folder, "xep_hang.csv") if row["vao_vong_sau"]]
    assert len(through) == 2
    assert chosen in through
    (ballot,) = ballots(folder)
    assert (ballot["places"], ballot["voters"], ballot["votes"][chosen]) == (1, 3, 2)


def test_a_changed_count_is_refused(voted, tmp_path):
    told, chosen = voted
    folder = holds(told, tmp_path)
    place = next(n for n, row in enumerate(rows(folder, "su_kien.csv")) if "ballot" in row["hien"])

    rewrite_csv(
        folder / "su_kien.csv", place, "hien", lambda text: text.replace(f'"{chosen}":2', f'"{chosen}":1')
    )

    said = refused(folder)
    assert "Biểu quyết 1 (vòng" in said or "Biểu quyết 2 (vòng" in said
    assert "biểu quyết" in said


def test_the_other_one_going_on_is_refused(voted, tmp_path):
    told, chosen = voted
    folder = holds(told, tmp_path)
    held = rows(folder, "xep_hang.csv")
    tied = [n for n, row in enumerate(held) if row["can_bieu_quyet"]]
    for place in tied:
        rewrite_csv(
            folder / "xep_hang.csv", place, "vao_vong_sau", "" if held[place]["bai"] == chosen else "1"
        )

    assert f"{chosen}, vao_vong_sau" in refused(folder)


def test_still_equal_both_go_on(app, tmp_path):
    told = story(marks=second_and_third_alike, **TIED)
    session = Session(told)
    session.vote(CaseKind.CUT_TIE, [0, 1, -1])
    session.close()

    folder = holds(finish(then_round(told)), tmp_path)

    assert first_round(folder, "vao_vong_sau") == ["1", "1", "1", ""]


def test_a_count_that_would_give_votes_away_stays_out(app, tmp_path):
    told = story(marks=second_and_third_alike, **TIED)
    session = Session(told)
    case = session.vote(CaseKind.CUT_TIE, [0, 0, None])
    chosen = case.entries[0].entry.judging_code
    session.close()

    folder = holds(finish(then_round(told)), tmp_path)

    (ballot,) = ballots(folder)
    assert ballot["votes"] is None
    assert ballot["outcome"][chosen] == "chosen"
    assert first_round(folder, "vao_vong_sau").count("1") == 2


def test_a_vote_on_paper_is_said_and_left_to_the_minutes(app, tmp_path):
    told = story(marks=second_and_third_alike, **TIED)
    ranking = ranked(told)
    tied = [row.entry.idea_id for row in ranking.rows if row.in_council]

    told = finish(then_round(told, voted=tied[:1]))

    code, said = run(unpacked(told, tmp_path))
    assert code == 0, said
    assert said.count("hội đồng quyết định theo biên bản giấy") == 2


def test_a_vote_on_a_prize_is_counted_too(app, tmp_path):
    told = story(
        marks=lambda idea, _judge: ("38", "50") if idea < 2 else (f"{25 - idea}", "30"),
        **{**TIED, "gives_awards": True, "cut_top": None},
    )
    session = Session(told)
    session.vote(CaseKind.PRIZE_TIE, [0, 0, -1])
    session.close()

    folder = holds(finish(told), tmp_path)

    assert ballots(folder)[0]["kind"] == "prize_tie"


def test_an_earlier_round_ranked_anew_says_that_the_next_one_was_judged_before(two_rounds, tmp_path):
    folder = holds(two_rounds, tmp_path)
    first = json.loads((folder / "luat.json").read_text(encoding="utf-8"))["vong"][0]["vong"]
    in_json(folder / "phuong_phap.json", lambda value: value[first].update(lan_xep=2))
    rewrite_csv(folder / "xep_hang.csv", 1, "vao_vong_sau", "")

    code, said = run(folder)

    assert code == 0, said
    assert "không so với các bài vào vòng sau" in said
