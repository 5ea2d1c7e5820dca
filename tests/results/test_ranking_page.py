"""The ranking as organisers read it: exact figures, who lacks sheets, who is tied, how sure it is."""

from __future__ import annotations

import pytest

from app.core.db import db
from app.permissions import Role
from app.results.freezing import content_hash, freeze_ranking
from app.results.models import Ranking, RankRow
from tests.factories import RankingFactory, UserFactory
from tests.judging.contest import contest


def marked(made, points):
    """Points of “Tính mới” by entry, then judge; “Hiệu quả” stays at 40."""
    for entry, row in zip(made.entries, points, strict=True):
        for judge, value in zip(made.judges, row, strict=True):
            sheet = made.sheet(judge, entry)
            next(mark for mark in sheet.marks if mark.criterion.key == "moi").hundredths = round(value * 100)
    db.session.commit()


def rows():
    return (
        db.session.query(RankRow.rank, RankRow.score, RankRow.low, RankRow.high)
        .order_by(RankRow.position)
        .all()
    )


def test_scores_are_exact_means_and_ranks_follow_what_is_printed(app):
    made = contest(ideas=3, judges=3, k=3, submitted=True)
    marked(made, [(10, 10, 10.01), (30, 31, 31), (20, 20, 20)])

    RankingFactory(round=made.round)

    assert rows() == [(1, 7067, 7000, 7100), (2, 6000, 6000, 6000), (3, 5000, 5000, 5001)]


def test_equal_scores_look_at_the_criteria_then_share_the_rank(browser, moderator):
    made = contest(ideas=3, judges=2, submitted=True)
    marked(made, [(20, 20), (20, 20), (39, 39)])

    RankingFactory(round=made.round)

    page = browser.as_(moderator).get(f"/quan-tri/ket-qua/{made.round.id}")
    assert [row[0] for row in rows()] == [1, 2, 2]
    assert page.text.count("60,00") == 2


def test_what_lacks_sheets_is_below_a_minimum_or_far_apart_is_said_in_words(browser, moderator):
    made = contest(ideas=3, judges=3, k=3, submitted=True)
    marked(made, [(5, 5, 5), (0, 20, 40), (30, 30, 30)])
    for judge in made.judges[:2]:
        made.sheet(judge, made.entries[2]).state = "open"
    db.session.commit()
    RankingFactory(round=made.round)

    page = browser.as_(moderator).get(f"/quan-tri/ket-qua/{made.round.id}")

    assert "Chưa đủ phiếu" in page
    assert "1/3 phiếu" in page
    assert "Dưới điểm tối thiểu: Tính mới" in page
    assert "Giám khảo lệch nhau" in page


def test_the_ranking_of_a_round_is_kept_for_ever(app, moderator):
    made = contest(submitted=True)
    ranking = RankingFactory(round=made.round)
    before = ranking.content_hash
    marked(made, [(1, 1), (1, 1)])

    assert freeze_ranking(moderator, made.round).content_hash == before == content_hash(ranking)
    assert db.session.query(Ranking).count() == 1


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.MODERATOR, 200),
        (Role.ADMINISTRATOR, 200),
        (Role.LEADER, 200),
        (Role.JUDGE, 403),
        (Role.YOUTH, 403),
    ],
)
def test_who_may_read_a_ranking(browser, role, status):
    made = contest(submitted=True)
    RankingFactory(round=made.round)

    browser.as_(UserFactory(role=role)).get(f"/quan-tri/ket-qua/{made.round.id}", status=status)


def test_a_leader_is_led_to_no_page_that_is_closed_to_leaders(browser, leader):
    made = contest(submitted=True)
    RankingFactory(round=made.round)
    page = browser.as_(leader)

    links = [
        link
        for link in page.get(f"/quan-tri/ket-qua/{made.round.id}").links()
        if link.startswith("/quan-tri")
    ]

    assert {page.get(link).status for link in set(links)} == {200}


@pytest.mark.parametrize("ideas", [2, 30])
def test_the_page_costs_the_same_with_few_and_many_ideas(browser, moderator, ideas):
    made = contest(ideas=ideas, judges=2, submitted=True)
    RankingFactory(round=made.round)

    browser.as_(moderator).get(f"/quan-tri/ket-qua/{made.round.id}", queries=12)
