"""Reasons that moderators kept: read, put in better words, taken out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.moderation import queries
from app.moderation.models import SavedPhrase
from app.moderation.rules import PHRASE_MAX_CHARS, Outcome

OLD = "Bổ sung ảnh hiện trạng."
NEW = "Bổ sung ảnh chụp nơi sẽ làm."


@pytest.fixture
def phrase(app):
    kept = SavedPhrase(outcome=Outcome.RETURNED, text=OLD)
    db.session.add(kept)
    db.session.commit()
    return kept


def texts():
    return list(db.session.scalars(sa.select(SavedPhrase.text).order_by(SavedPhrase.id)))


def change(browser, person, phrase, text, seen=OLD, status=302):
    return browser.as_(person).post(
        f"/quan-tri/ly-do/{phrase.id}", {"text": text, "seen": seen}, status=status
    )


def test_a_reason_in_better_words_is_what_is_offered_next(browser, moderator, phrase):
    assert OLD in browser.as_(moderator).get("/quan-tri/ly-do")
    assert browser.as_(moderator).get(f"/quan-tri/ly-do/{phrase.id}").value_of("text").strip() == OLD

    change(browser, moderator, phrase, NEW)

    offered = queries.phrases(Outcome.RETURNED)
    assert NEW in offered
    assert OLD not in offered


def test_a_reason_that_is_taken_out_is_offered_no_more(browser, moderator, phrase):
    browser.as_(moderator).post(f"/quan-tri/ly-do/{phrase.id}/xoa", {"seen": OLD}, status=302)

    assert texts() == []


@pytest.mark.parametrize("typed", ["", "   ", "x" * (PHRASE_MAX_CHARS + 1)])
def test_an_empty_or_endless_reason_is_refused_beside_its_field(browser, moderator, phrase, typed):
    page = change(browser, moderator, phrase, typed, status=422)

    assert page.errors().keys() == {"text"}
    assert texts() == [OLD]


def test_a_reason_is_offered_once(browser, moderator, phrase):
    db.session.add(SavedPhrase(outcome=Outcome.RETURNED, text=NEW))
    db.session.commit()

    page = change(browser, moderator, phrase, NEW, status=422)

    assert page.errors() == {"text": "Lý do này đã có sẵn."}
    assert page.value_of("text").strip() == NEW
    assert texts() == [OLD, NEW]


def test_a_page_older_than_the_reason_changes_and_deletes_nothing(browser, moderator, phrase):
    change(browser, moderator, phrase, "Lời cũ hơn.", seen="Đã khác", status=409)
    browser.as_(moderator).post(f"/quan-tri/ly-do/{phrase.id}/xoa", {"seen": "Đã khác"}, status=409)

    assert texts() == [OLD]


def test_a_reason_of_two_lines_can_be_changed_whatever_ends_its_lines(browser, moderator, phrase):
    phrase.text = "Dòng một.\nDòng hai."
    db.session.commit()

    change(browser, moderator, phrase, NEW, seen="Dòng một.\r\nDòng hai.")

    assert texts() == [NEW]


def test_the_list_is_paged_in_a_fixed_number_of_queries(browser, moderator, phrase):
    few = browser.as_(moderator).get("/quan-tri/ly-do").queries
    db.session.add_all(SavedPhrase(outcome=Outcome.REJECTED, text=f"Lý do số {n}.") for n in range(30))
    db.session.commit()

    assert browser.as_(moderator).get("/quan-tri/ly-do").queries == few
    assert "Lý do số 29." in browser.as_(moderator).get("/quan-tri/ly-do?trang=2")


def test_only_those_who_moderate_reach_them(browser, judge, youth, phrase):
    for person in (judge, youth):
        browser.as_(person).get("/quan-tri/ly-do", status=403)
        change(browser, person, phrase, NEW, status=403)
        browser.as_(person).post(f"/quan-tri/ly-do/{phrase.id}/xoa", {"seen": OLD}, status=403)

    assert texts() == [OLD]
