"""The frame itself: a page that does not exist is a designed page."""

from app.ideas.rules import IdeaState
from tests.factories import IdeaFactory


def test_unknown_address_is_a_designed_page(browser):
    page = browser.get("/khong-co-trang-nay", status=404)

    assert page.h1


def test_signed_in_reader_gets_the_same_page(browser, youth):
    browser.as_(youth).get("/khong-co-trang-nay", status=404)


def test_factories_make_rows_that_the_database_accepts(app):
    idea = IdeaFactory(state=IdeaState.APPROVED)

    assert idea.owner_ids == {idea.created_by_id}
