"""The methods on JSON files."""

import json
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.judging.methods.files import BadFile, assign_file, rank_file

unhurried = settings(deadline=None)  # a busy machine is no failure

RUBRIC = {
    "scale": 100,
    "criteria": [
        {"id": "moi", "max": 30, "minimum": 10},
        {"id": "kha_thi", "max": 30},
        {"id": "hieu_qua", "max": 30},
        {"id": "ho_so", "max": 10},
    ],
}


def sheet(idea="B-01", judge="GK1", **more):
    marks = {"moi": 25, "kha_thi": "20,5", "hieu_qua": 22, "ho_so": 8, **more.pop("marks", {})}
    return {"idea": idea, "judge": judge, "marks": marks, "status": "submitted", **more}


def round_file(**more):
    return {"rubric": RUBRIC, "ideas": [{"id": "B-01"}, {"id": "B-02"}], "sheets": [sheet()], **more}


def test_a_ranking_is_printed_as_text_with_two_decimals():
    file = round_file(
        method="adjusted",
        tie_break=["hieu_qua", "moi"],
        min_sheets=1,
        min_df=30,
        deviation=20,
        ideas=[{"id": "B-01"}, {"id": "B-02", "status": "withdrawn"}],
        top=12,
        threshold=60,
    )

    assert rank_file(file) == {
        "method_used": "mean",
        "fallback": "too_little_data",
        "ranking": [{"rank": 1, "idea": "B-01", "score": "75.50", "interval": [1, 1]}],
        "unranked": {"B-02": "withdrawn"},
        "criteria": {"B-01": {"moi": "25.00", "kha_thi": "20.50", "hieu_qua": "22.00", "ho_so": "8.00"}},
        "below_minimum": {},
        "severity": {"GK1": "0.00"},
        "lambda": None,
        "reliability": None,
        "advance": {"in": ["B-01"], "council": []},
    }


def test_only_rubric_ideas_and_sheets_are_needed():
    result = rank_file(
        {
            "rubric": {"criteria": [{"id": "a", "max": "10"}]},
            "ideas": [{"id": "B"}],
            "sheets": [
                {"idea": "B", "judge": "GK1", "marks": {"a": 7.5}},
            ],
        }
    )

    assert result["ranking"] == [{"rank": 1, "idea": "B", "score": "75.00", "interval": [1, 1]}]
    assert (result["method_used"], result["fallback"]) == ("mean", None)


def test_numbers_may_be_json_numbers_or_text():
    ways = [25.5, "25.5", "25,5", Decimal("25.5"), "25,50"]

    scores = [
        rank_file(round_file(sheets=[sheet(marks={"moi": way})]))["ranking"][0]["score"] for way in ways
    ]

    assert scores == ["76.00"] * 5


def test_an_id_is_the_same_however_its_letters_are_composed():
    result = rank_file(round_file(ideas=[{"id": "\u00dd"}], sheets=[sheet(idea="Y\u0301")]))

    assert result["ranking"] == [{"rank": 1, "idea": "\u00dd", "score": "75.50", "interval": [1, 1]}]


def test_an_adjusted_ranking_publishes_what_it_took_out():
    marks = {"GK1": (9, 8, 7, 9, 5), "GK2": (7, 6, 5, 8, 3), "GK3": (8, 7, 7, 8, 4)}
    sheets = [
        {"idea": f"B-{n}", "judge": judge, "marks": {"a": row[n]}}
        for judge, row in marks.items()
        for n in range(5)
    ]
    file = {
        "rubric": {"scale": 10, "criteria": [{"id": "a", "max": 10}]},
        "method": "adjusted",
        "min_df": 1,
        "ideas": [{"id": f"B-{n}"} for n in range(5)],
        "sheets": sheets,
    }

    result = rank_file(file)

    # by hand: judges' means 7,6 · 5,8 · 6,8; MSE = 0,15; MSJ = 122/30; s2b = (MSJ − MSE)/5; b = 5(ȳ_j − ȳ)/(5 + λ)
    assert result["method_used"] == "adjusted"
    assert result["lambda"] == "0.1915"
    assert result["severity"] == {"GK1": "0.83", "GK2": "-0.90", "GK3": "0.06"}
    assert [row["score"] for row in result["ranking"]] == ["8.33", "8.00", "7.00", "6.33", "4.00"]


@pytest.mark.parametrize(
    ("more", "where", "message"),
    [
        (
            {"sheets": [sheet(), sheet()]},
            "sheets[1]",
            "Giám khảo GK1 có hai phiếu cho ý tưởng B-01. Hãy giữ lại một phiếu.",
        ),
        (
            {"sheets": [sheet(marks={"moi": "30,5"})]},
            "sheets[0].marks.moi",
            "Điểm cao nhất của tiêu chí này là 30. Hãy nhập từ 0 đến 30.",
        ),
        (
            {"sheets": [sheet(marks={"moi": -1})]},
            "sheets[0].marks.moi",
            "Điểm không được âm. Hãy nhập từ 0 đến 30.",
        ),
        (
            {"sheets": [sheet(marks={"moi": 0.1 + 0.2})]},
            "sheets[0].marks.moi",
            "Điểm có nhiều nhất 2 chữ số sau dấu phẩy. Hãy làm tròn, ví dụ 7,25.",
        ),
        ({"sheets": [sheet(marks={"moi": True})]}, "sheets[0].marks.moi", "Cần một số, ví dụ 7,5."),
        ({"sheets": [sheet(marks={"la": 1})]}, "sheets[0].marks.la", "Không có tiêu chí “la” trong tệp."),
        ({"sheets": [sheet(idea="B-99")]}, "sheets[0].idea", "Không có ý tưởng “B-99” trong tệp."),
        (
            {"sheets": [sheet(status="done")]},
            "sheets[0].status",
            "“done” không dùng được. Hãy chọn: submitted, draft, void.",
        ),
        (
            {"sheets": [{"idea": "B-01", "judge": "GK1", "marks": {"moi": 9, "kha_thi": 9}}]},
            "sheets[0].marks",
            "Phiếu đã nộp còn thiếu điểm: hieu_qua, ho_so.",
        ),
        ({"sheets": [{"idea": "B-01", "judge": "GK1"}]}, "sheets[0].marks", "Thiếu giá trị này."),
        ({"sheets": {}}, "sheets", "Cần một danh sách JSON [ … ]."),
        ({"method": "rasch"}, "method", "“rasch” không dùng được. Hãy chọn: mean, trimmed, valid, adjusted."),
        ({"ideas": [{"id": "B-01"}, {"id": "B-01"}]}, "ideas[1].id", "“B-01” có hai lần trong tệp."),
        (
            {"ideas": [{"id": "B-01", "status": "gone"}]},
            "ideas[0].status",
            "“gone” không dùng được. Hãy chọn: active, withdrawn, disqualified.",
        ),
        ({"ideas": ["B-01"]}, "ideas[0]", "Cần một đối tượng JSON { … }."),
        ({"tie_break": ["dep"]}, "tie_break[0]", "Không có tiêu chí “dep” trong tệp."),
        ({"community": {"B-99": 1}}, "community.B-99", "Không có “B-99” trong tệp."),
        ({"community": {"B-01": -1}}, "community.B-01", "Cần một số nguyên từ 0 trở lên."),
        ({"top": 0}, "top", "Cần một số nguyên từ 1 trở lên."),
        ({"min_sheets": 1.5}, "min_sheets", "Cần một số nguyên."),
        (
            {"threshold": "cao"},
            "threshold",
            "Cần một số từ 0 trở lên, nhiều nhất 2 chữ số thập phân, ví dụ 7,5.",
        ),
        (
            {"rubric": {**RUBRIC, "scale": 0}},
            "rubric.scale",
            "Thang điểm phải lớn hơn 0.",
        ),
        (
            {"sheets": [sheet(judge="\u00fd"), sheet(judge="y\u0301")]},
            "sheets[1]",
            "Giám khảo \u00fd có hai phiếu cho ý tưởng B-01. Hãy giữ lại một phiếu.",
        ),
        (
            {"community": {"\u00fd": 1, "y\u0301": 2}},
            "community",
            "“\u00fd” có hai lần trong cùng một đối tượng JSON. Hãy giữ lại một giá trị.",
        ),
        ({"rubric": {"criteria": []}}, "rubric.criteria", "Cần ít nhất một tiêu chí tính điểm."),
        (
            {"rubric": {"criteria": [{"id": "a", "max": 0}]}},
            "rubric.criteria[0].max",
            "Điểm tối đa phải lớn hơn 0.",
        ),
        (
            {"rubric": {"criteria": [{"id": "a", "max": 5, "minimum": 6}]}},
            "rubric.criteria[0].minimum",
            "Điểm tối thiểu không được lớn hơn điểm tối đa.",
        ),
        ({"rubric": None}, "rubric", "Thiếu giá trị này."),
    ],
)
def test_a_bad_round_says_where_and_what_to_write(more, where, message):
    with pytest.raises(BadFile) as refused:
        rank_file(round_file(**more))

    assert refused.value.as_dict() == {"error": {"where": where, "message": message}}


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_a_file_that_is_no_object_is_refused(data):
    for read in (rank_file, assign_file):
        with pytest.raises(BadFile) as refused:
            read(data)
        assert refused.value.where == "file"


@pytest.mark.parametrize("limit", [2**31, 2**62, 10**30])
def test_a_limit_may_be_any_number(limit):
    assert assign_file({**ASSIGNMENT, "limit": {"GK2": limit}}) == assign_file({**ASSIGNMENT, "limit": {}})


def test_a_file_with_very_many_conflicts_is_read_in_a_moment():
    ideas, judges = [f"B-{n:05}" for n in range(10_000)], [f"GK{n}" for n in range(20)]
    conflicts = [[idea, judge] for idea in ideas for judge in judges[10:]]
    started = process_time()

    with pytest.raises(BadFile) as refused:
        assign_file({"ideas": ideas, "judges": judges, "k": 3, "conflicts": conflicts, "seed": "x"})

    assert refused.value.where == "seed"
    assert process_time() - started < 3  # 0,5 s; 5 s where each name was sought in a list


def test_a_draft_may_be_incomplete():
    draft = {"idea": "B-02", "judge": "GK1", "marks": {"moi": 3}, "status": "draft"}

    assert rank_file(round_file(sheets=[sheet(), draft]))["unranked"] == {"B-02": "no_sheet"}


ASSIGNMENT = {
    "ideas": ["B-01", "B-02"],
    "judges": ["GK1", "GK2", "GK3"],
    "k": 2,
    "conflicts": [["B-01", "GK1"]],
    "limit": {"GK2": 10},
    "topic": {"B-01": "cchc"},
    "expertise": {"GK2": ["cchc"]},
    "locked": [["B-02", "GK3"]],
    "seed": 7,
}


def test_an_assignment_is_printed_whole():
    result = assign_file(ASSIGNMENT)

    assert {name: result[name] for name in result if name != "order"} == {
        "feasible": True,
        "pairs": [["B-01", "GK2"], ["B-01", "GK3"], ["B-02", "GK1"], ["B-02", "GK3"]],
        "loads": {"GK1": 1, "GK2": 1, "GK3": 2},
        "without_expert": [],
        "efficiency": "0.75",
        "connected": True,
    }
    assert {judge: sorted(ideas) for judge, ideas in result["order"].items()} == {
        "GK1": ["B-02"],
        "GK2": ["B-01"],
        "GK3": ["B-01", "B-02"],
    }


def test_an_impossible_assignment_gives_reasons():
    assert assign_file({**ASSIGNMENT, "conflicts": [["B-01", "GK1"], ["B-01", "GK2"]], "locked": []}) == {
        "feasible": False,
        "reasons": [
            {
                "rule": "eligible",
                "ideas": ["B-01"],
                "message": "Ý tưởng B-01 chỉ có 1 giám khảo không xung đột, cần 2. "
                "Thêm 1 giám khảo hoặc giảm số phiếu mỗi ý tưởng.",
            }
        ],
    }


@pytest.mark.parametrize(
    ("more", "where", "message"),
    [
        ({"k": "hai"}, "k", "Cần một số nguyên."),
        ({"k": None}, "k", "Thiếu giá trị này."),
        ({"ideas": ["B-01", "B-01"]}, "ideas[1]", "“B-01” có hai lần trong tệp."),
        ({"judges": [""]}, "judges[0]", "Cần một chuỗi không rỗng."),
        ({"conflicts": [["B-01"]]}, "conflicts[0]", "Cần một cặp [ý tưởng, giám khảo]."),
        ({"conflicts": [["B-01", "GK9"]]}, "conflicts[0][1]", "Không có giám khảo “GK9” trong tệp."),
        ({"locked": [["B-09", "GK1"]]}, "locked[0][0]", "Không có ý tưởng “B-09” trong tệp."),
        ({"limit": {"GK9": 1}}, "limit.GK9", "Không có “GK9” trong tệp."),
        ({"limit": {"GK1": -1}}, "limit.GK1", "Cần một số nguyên từ 0 trở lên."),
        ({"expertise": {"GK1": "cchc"}}, "expertise.GK1", "Cần một danh sách JSON [ … ]."),
        ({"accept_imbalance": 1}, "accept_imbalance", "Cần true hoặc false."),
    ],
)
def test_a_bad_assignment_says_where_and_what_to_write(more, where, message):
    with pytest.raises(BadFile) as refused:
        assign_file({**ASSIGNMENT, **more})

    assert refused.value.as_dict() == {"error": {"where": where, "message": message}}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@unhurried
@given(st.sampled_from(sorted(round_file(method="mean", top=1, community={}, tie_break=[]))), anything)
def test_any_value_anywhere_gives_a_ranking_or_a_place_to_mend(name, value):
    try:
        result = rank_file(round_file(**{name: value}))
    except BadFile as refused:
        result = refused.as_dict()

    assert json.loads(json.dumps(result)) == result


@unhurried
@given(st.sampled_from(sorted(ASSIGNMENT)), anything)
def test_any_value_anywhere_gives_an_assignment_or_a_place_to_mend(name, value):
    try:
        result = assign_file({**ASSIGNMENT, name: value})
    except BadFile as refused:
        result = refused.as_dict()

    assert json.loads(json.dumps(result)) == result


OWN = {"criteria": [{"id": "dat_dai", "max": 20}, {"id": "hieu_qua", "max": 30}]}


def variant_file(own=OWN, **more):
    marks = {"dat_dai": 10, "hieu_qua": "22,5"}
    return round_file(
        variants={"nong-nghiep": own},
        ideas=[{"id": "B-01"}, {"id": "B-02", "rubric": "nong-nghiep"}],
        sheets=[sheet(), {"idea": "B-02", "judge": "GK1", "marks": marks}],
        tie_break=["hieu_qua"],
        **more,
    )


def test_an_idea_may_have_a_rubric_of_its_own_brought_to_the_common_scale():
    result = rank_file(variant_file())

    assert [(row["idea"], row["score"]) for row in result["ranking"]] == [
        ("B-01", "75.50"),
        ("B-02", "65.00"),
    ]
    assert result["criteria"]["B-02"] == {"dat_dai": "10.00", "hieu_qua": "22.50"}


@pytest.mark.parametrize(
    ("own", "where"),
    [
        ({**OWN, "scale": 80}, "variants.nong-nghiep.scale"),
        ({"criteria": [{"id": "dat_dai", "max": 50}]}, "variants.nong-nghiep.criteria"),
        (
            {"criteria": [{"id": "dat_dai", "max": 20}, {"id": "hieu_qua", "max": 40}]},
            "variants.nong-nghiep.criteria",
        ),
    ],
)
def test_a_variant_that_cannot_be_compared_is_told_by_its_place(own, where):
    with pytest.raises(BadFile) as refused:
        rank_file(variant_file(own))

    assert refused.value.where == where


def test_an_unknown_rubric_of_an_idea_is_told_by_its_place():
    with pytest.raises(BadFile) as refused:
        rank_file(round_file(ideas=[{"id": "B-01", "rubric": "la"}]))

    assert refused.value.where == "ideas[0].rubric"
