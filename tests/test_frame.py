"""The frame itself: a page that does not exist is a designed page."""

import pytest

from app.ideas.rules import IdeaState
from tests.factories import IdeaFactory


def test_unknown_address_is_a_designed_page(browser):
    page = browser.get("/khong-co-trang-nay", status=404)

    assert page.h1


def test_signed_in_reader_gets_the_same_page(browser, youth):
    browser.as_(youth).get("/khong-co-trang-nay", status=404)


@pytest.mark.parametrize("address", ["/quan-tri/nguoi-dung/", "/quan-tri/thu/", "/quan-tri/vong-cham/"])
def test_a_number_too_large_for_a_database_names_nothing(browser, administrator, address):
    browser.as_(administrator).get(f"{address}{'9' * 20}", status=404)


def test_factories_make_rows_that_the_database_accepts(app):
    idea = IdeaFactory(state=IdeaState.APPROVED)

    assert idea.owner_ids == {idea.created_by_id}
