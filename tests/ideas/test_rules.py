"""What an idea can become, and what it needs: without an app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel

from app.core.errors import Invalid, Stale, WrongState, same_version
from app.ideas.rules import (
    IDEA_FLOW,
    Draft,
    IdeaState,
    Late,
    Limits,
    Member,
    Part,
    checks,
    content_hash,
    may_submit_at,
    money_of,
    require_before_judging,
    require_in_time,
    require_phrase,
    require_writable,
)
from app.permissions import Action as A

S = IdeaState
CLOSES = datetime(2026, 12, 6, 16, 59, 59, 999000, tzinfo=UTC)  # 23:59:59.999 in Vietnam
LIMITS = Limits(
    title_max_chars=20, words_min=10, words_max=40, min_age=12, max_age=35, team_max=5, ideas_max=5
)


@pytest.fixture(autouse=True)
def _language():
    """Messages are translated inside a request; nothing else of an app is needed.

    A Babel of its own: the site's would remember this app's missing catalogue as the English one.
    """
    app = Flask(__name__)
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


def member(**changes):
    facts = {
        "name": "An",
        "is_me": True,
        "agreed": True,
        "share_percent": 100,
        "age": 20,
        "ideas_sent": 0,
        "is_organiser": False,
    }
    return Member(**{**facts, **changes})


def part(key="summary", words=12, least=3, most=30, required=True):
    return Part(key, key, words, least, most, required)


def draft(**changes):
    return Draft(
        **{
            "title": "Hộp gom pin",
            "has_topic": True,
            "parts": [part()],
            "team": [member()],
            "limits": LIMITS,
            **changes,
        }
    )


def missing_parts(one):
    return [missing for check in checks(one) for missing in check.missing]


def fields(one):
    return [missing.field for missing in missing_parts(one)]


# What each state allows, written out: the table under test is read nowhere else here.
ALLOWED = {
    S.DRAFT: {A.IDEA_SUBMIT, A.IDEA_WITHDRAW},
    S.SUBMITTED: {A.IDEA_SUBMIT, A.IDEA_APPROVE, A.IDEA_RETURN, A.IDEA_REJECT, A.IDEA_WITHDRAW},
    S.APPROVED: {A.IDEA_WITHDRAW},
    S.RETURNED: {A.IDEA_SUBMIT, A.IDEA_WITHDRAW},
    S.REJECTED: {A.IDEA_REOPEN},
    S.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state", list(S))
def test_each_state_allows_just_what_the_rules_say(state):
    assert set(IDEA_FLOW.actions(state)) == ALLOWED[state]


@pytest.mark.parametrize(
    ("state", "received", "due", "accepted"),
    [
        (S.DRAFT, CLOSES, None, True),  # the last moment counts
        (S.DRAFT, CLOSES + timedelta(milliseconds=1), None, False),  # midnight does not
        (S.SUBMITTED, CLOSES + timedelta(milliseconds=1), None, False),
        (S.RETURNED, CLOSES + timedelta(days=1), CLOSES + timedelta(days=2), True),  # its own date
        (S.RETURNED, CLOSES + timedelta(days=3), CLOSES + timedelta(days=2), False),
        (S.RETURNED, CLOSES, CLOSES - timedelta(days=2), True),  # never earlier than everybody's
        (S.DRAFT, CLOSES + timedelta(days=1), CLOSES + timedelta(days=2), False),  # only for a returned one
    ],
)
def test_deadline_is_everybodys_or_the_returned_ideas_own(state, received, due, accepted):
    assert may_submit_at(state, received, CLOSES, due) is accepted


def test_late_says_both_times():
    with pytest.raises(Late) as refused:
        require_in_time(S.DRAFT, CLOSES + timedelta(seconds=5), CLOSES, None)

    assert "23:59 Chủ nhật, 06/12/2026" in str(refused.value.message)
    assert "00:00:04 07/12/2026" in str(refused.value.message)


def test_whole_draft_lacks_nothing():
    assert fields(draft()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": " "}, ["title"]),
        ({"title": "x" * 21}, ["title"]),
        ({"has_topic": False}, ["topic"]),
        ({"parts": [part(words=0)]}, ["summary"]),
        ({"parts": [part(words=2)]}, ["summary"]),
        ({"parts": [part(words=31)]}, ["summary"]),
        ({"parts": [part(words=9)]}, ["total"]),
        ({"parts": [part(words=30), part("p_a", words=11)]}, ["total"]),
        ({"parts": [part(), part("p_a", words=0, required=False)]}, []),
        ({"parts": [part(), part("p_a", words=2, required=False)]}, ["p_a"]),  # begun, so it counts
        ({"team": [member(share_percent=90)]}, ["team"]),
        ({"team": [member(agreed=False)]}, ["team"]),
        ({"team": [member(is_organiser=True)]}, ["team"]),
        ({"team": [member(age=11)]}, ["team"]),
        ({"team": [member(age=12)]}, []),
        ({"team": [member(age=35)]}, []),
        ({"team": [member(age=36)]}, ["team"]),
        ({"team": [member(ideas_sent=4)]}, []),
        ({"team": [member(ideas_sent=5)]}, ["team"]),
        ({"team": [member(blockers=["Xin ý kiến người giám hộ"])]}, ["account"]),
        (
            {"team": [member(), member(name="Bình", is_me=False, share_percent=0, blockers=["riêng"])]},
            ["team"],
        ),
        ({"team": [member(share_percent=20)] * 5}, []),
        ({"team": [member(share_percent=20)] * 5 + [member(share_percent=0)]}, ["team"]),
    ],
)
def test_what_is_missing_names_its_field(changes, expected):
    assert fields(draft(**changes)) == expected


def test_what_a_team_mate_has_not_agreed_to_is_not_told():
    team = [member(share_percent=50), member(name="Bình", is_me=False, share_percent=50, blockers=["bí mật"])]

    told = " ".join(str(missing.text) for missing in missing_parts(draft(team=team)))

    assert "Bình" in told
    assert "bí mật" not in told


def test_progress_counts_an_empty_optional_part_neither_as_done_nor_as_missing():
    parts = [part(), part("p_a", words=0, required=False)]

    assert [check.field for check in checks(draft(parts=parts))] == [
        "title",
        "topic",
        "summary",
        "total",
        "team",
    ]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("", None),
        ("0", 0),
        ("3500000", 3_500_000),
        ("3.500.000", 3_500_000),
        ("3.500.000 đồng", 3_500_000),
        ("3 500 000đ", 3_500_000),
        ("3,5 triệu", 3_500_000),
        ("3.5 triệu", 3_500_000),
        ("500 nghìn", 500_000),
        ("500k", 500_000),
        ("12 triệu đồng", 12_000_000),
        ("1 tỷ", 1_000_000_000),
    ],
)
def test_money_is_read_as_people_write_it(typed, amount):
    assert money_of(typed) == amount


@pytest.mark.parametrize("typed", ["ít thôi", "-5", "3 lần 500", "1e9", "99999999999999", "3 bao"])
def test_what_is_no_money_is_refused_with_an_example(typed):
    with pytest.raises(Invalid) as refused:
        money_of(typed)

    assert refused.value.field == "budget"


@pytest.mark.parametrize("typed", ["RÚT BÀI", "rút bài", " Rút  bài ", "rut bai"])
def test_phrase_may_be_typed_in_any_case(typed):
    require_phrase(typed)


@pytest.mark.parametrize("typed", ["", "rut", "RÚT", "có"])
def test_other_words_withdraw_nothing(typed):
    with pytest.raises(Invalid):
        require_phrase(typed)


@pytest.mark.parametrize("state", [S.APPROVED, S.REJECTED, S.WITHDRAWN])
def test_nobody_writes_in_what_is_decided(state):
    with pytest.raises(WrongState):
        require_writable(state)


def test_old_page_is_stale():
    with pytest.raises(Stale):
        same_version(held=4, seen=3)


def test_idea_under_judging_is_not_withdrawn():
    with pytest.raises(WrongState):
        require_before_judging(CLOSES)


def test_fingerprint_depends_on_content_and_not_on_its_order():
    assert content_hash({"a": 1, "b": "hòa"}) == content_hash({"b": "hòa", "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


def test_sum_of_money_too_long_to_be_one_is_refused():
    with pytest.raises(Invalid):
        money_of("9" * 400)
