"""flask judging rank and assign: the pure functions on a file, JSON in, JSON out."""

from __future__ import annotations

import json

import pytest

RUBRIC = {"criteria": [{"id": "moi", "max": 40, "minimum": 10}, {"id": "hieu_qua", "max": 60}]}


@pytest.fixture
def run(app, tmp_path):
    def run(command, content):
        file = tmp_path / "vong.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        result = app.test_cli_runner().invoke(args=["judging", command, str(file)])
        return result.exit_code, json.loads(result.output)

    return run


def sheet(idea, judge, moi, hieu_qua):
    return {"idea": idea, "judge": judge, "marks": {"moi": moi, "hieu_qua": hieu_qua}}


def test_a_ranking_is_printed(run):
    sheets = [sheet("B-01", "GK1", "20,5", 40), sheet("B-01", "GK2", 20.25, 40), sheet("B-02", "GK1", 9, 60)]

    code, printed = run(
        "rank", {"rubric": RUBRIC, "ideas": [{"id": "B-01"}, {"id": "B-02"}], "sheets": sheets}
    )

    assert code == 0
    assert [(row["rank"], row["idea"], row["score"]) for row in printed["ranking"]] == [
        (1, "B-02", "69.00"), (2, "B-01", "60.38"),
    ]  # fmt: skip
    assert printed["below_minimum"] == {"B-02": ["moi"]}


def test_an_assignment_is_printed(run):
    code, printed = run("assign", {"ideas": ["B-01", "B-02"], "judges": ["GK1", "GK2"], "k": 2})

    assert (code, printed["feasible"], printed["loads"]) == (0, True, {"GK1": 2, "GK2": 2})


def test_what_cannot_be_assigned_is_an_answer_not_an_error(run):
    code, printed = run("assign", {"ideas": ["B-01"], "judges": ["GK1"], "k": 2})

    assert (code, printed["feasible"]) == (0, False)
    assert printed["reasons"][0]["message"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (
            {"rubric": RUBRIC, "ideas": [{"id": "B-01"}], "sheets": [sheet("B-01", "GK1", 41, 1)]},
            "sheets[0].marks.moi",
        ),
        ({"rubric": RUBRIC, "ideas": [], "sheets": [sheet("B-09", "GK1", 1, 1)]}, "sheets[0].idea"),
        ({"ideas": [], "sheets": []}, "rubric"),
        ("không phải JSON", "file"),
        ("[" * 100_000, "file"),
        ('{"threshold": 50, "threshold": 60}', "file"),
        (
            r"""{"rubric": {"criteria": [{"id": "moi", "max": 40}]}, "ideas": [{"id": "B-01"}],
            "sheets": [{"idea": "B-01", "judge": "GK1", "marks": {"\ud800": 1}}]}""",
            "sheets[0].marks.\ud800",
        ),
    ],
)
def test_a_bad_file_says_where_and_exits_with_two(run, content, where):
    code, printed = run("rank", content)

    assert (code, printed["error"]["where"]) == (2, where)
    assert printed["error"]["message"]


def test_a_missing_file_exits_with_two(app):
    result = app.test_cli_runner().invoke(args=["judging", "rank", "/khong/co.json"])

    assert result.exit_code == 2
    assert json.loads(result.output) == {"error": {"where": "file", "message": "Không đọc được tệp này."}}


def test_a_file_saved_by_windows_is_read(run):
    assignment = json.dumps({"ideas": ["B-01"], "judges": ["GK1"], "k": 1})

    assert run("assign", "\ufeff" + assignment)[0] == 0


def test_half_a_character_goes_out_as_it_came_in(run):
    code, printed = run("assign", {"ideas": ["\ud800"], "judges": ["GK1"], "k": 1})

    assert (code, printed["pairs"]) == (0, [["\ud800", "GK1"]])


@pytest.mark.parametrize("way", ["10", "10.00", "1e1", "1E+1", '"10,0"'])
def test_every_way_json_has_of_writing_a_number_is_read(run, way):
    text = json.dumps(
        {"rubric": RUBRIC, "ideas": [{"id": "B-01"}], "sheets": [sheet("B-01", "GK1", "MOI", 40)]}
    )

    code, printed = run("rank", text.replace('"MOI"', way))

    assert (code, printed["ranking"][0]["score"]) == (0, "50.00")
