"""Ideas that are alike: the idea, not the language."""

from __future__ import annotations

from app.core.text import fold
from app.ideas import queries
from app.ideas.rules import IdeaState
from app.ideas.similarity import most_alike
from tests.browser_client import counted_queries
from tests.factories import IdeaFactory

PINS = "Lịch gom pin cũ, bóng đèn hỏng theo con nước: mỗi tổ dân phố một hộp, mỗi kỳ nước một chuyến"
PINS_AGAIN = "Gom pin cũ và bóng đèn hỏng theo lịch, mỗi tổ dân phố một hộp"
BIKES = "Bản đồ đường xe đạp an toàn đến trường do học sinh tự vẽ"


def test_same_idea_in_other_words_is_found_and_another_is_not():
    others = [fold(BIKES), fold(PINS_AGAIN)]

    assert [one.place for one in most_alike(fold(PINS), others, limit=5)] == [1]


def test_words_that_every_text_has_make_nothing_alike():
    others = ["cho nguoi dan cua phuong de lam viec va cac ban em", fold(BIKES)]

    assert most_alike(fold("Ý tưởng làm cho người dân của phường và các bạn"), others, limit=5) == []


def test_title_barely_begun_is_compared_with_nothing():
    assert most_alike("gom pin", [fold(PINS)], limit=5) == []


def test_best_comes_first_and_no_more_than_asked_for():
    found = most_alike(fold(PINS), [fold(PINS_AGAIN), fold(PINS), fold(PINS_AGAIN)], limit=2)

    assert len(found) == 2
    assert found[0].percent >= found[1].percent >= 66


def test_alike_ideas_are_found_in_one_query_among_those_that_were_sent(app):
    idea = IdeaFactory(title=PINS, summary="")
    sent = IdeaFactory(title=PINS_AGAIN, summary="", state=IdeaState.SUBMITTED)
    IdeaFactory(title=PINS_AGAIN, summary="", state=IdeaState.DRAFT)

    with counted_queries() as counter:
        found = queries.similar(idea)

    assert [(row.code, row.title) for row in found] == [(sent.code, sent.title)]
    assert counter["statements"] <= 2
