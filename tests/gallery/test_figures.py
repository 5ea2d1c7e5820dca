"""Figures for everybody: right numbers, and no group of fewer than five people by itself."""

from __future__ import annotations

from app.gallery.figures import Group, bars
from app.ideas.rules import IdeaState
from app.initiatives.rules import InitiativeState
from app.reports.figures import apart
from tests.factories import CampaignFactory, IdeaFactory, InitiativeFactory, TopicFactory

S = IdeaState


def valid(campaign, topic, number):
    for _ in range(number):
        IdeaFactory(campaign=campaign, topic=topic, state=S.APPROVED)


def table(page, heading):
    """Rows of the table under a chart."""
    for found in page.tree.iter("table"):
        if found.findtext("caption") == heading:
            return {row.findtext("th"): row.findtext("td") for row in found.find("tbody").iter("tr")}
    raise AssertionError(heading)


def test_figures_count_valid_ideas_by_topic_and_campaign(browser):
    campaign = CampaignFactory(
        name="Mùa thứ nhất", topics=[TopicFactory(name="Một"), TopicFactory(name="Hai")]
    )
    valid(campaign, campaign.topics[0], 6)
    valid(campaign, campaign.topics[1], 5)
    IdeaFactory(campaign=campaign, state=S.SUBMITTED)
    InitiativeFactory(state=InitiativeState.COMPLETED)
    InitiativeFactory(state=InitiativeState.TRIAL, is_public=False)

    page = browser.get("/thong-ke", queries=6)

    assert table(page, "Ý tưởng hợp lệ theo lĩnh vực") == {"Một": "6", "Hai": "5"}
    assert table(page, "Ý tưởng hợp lệ theo cuộc thi") == {"Mùa thứ nhất": "11"}
    assert table(page, "Phường đã làm tới đâu") == {"Hoàn thành": "1"}


def test_small_groups_are_joined(browser):
    names = ("Một", "Hai", "Ba")
    campaign = CampaignFactory(topics=[TopicFactory(name=name, position=n) for n, name in enumerate(names)])
    for topic, number in zip(campaign.topics, (8, 3, 2), strict=True):
        valid(campaign, topic, number)

    page = browser.get("/thong-ke")

    assert table(page, "Ý tưởng hợp lệ theo lĩnh vực") == {"Một": "8", "Các nhóm còn lại": "5"}


def test_small_rest_takes_another_group_along_so_that_nothing_can_be_subtracted():
    groups = [Group("Một", "a", 9, 9), Group("Hai", "b", 6, 6), Group("Ba", "c", 2, 2)]

    assert bars(*apart(groups, lambda group: group.people), "Còn lại") == [
        ("Một", 9, "a"),
        ("Còn lại", 8, ""),
    ]


def test_with_fewer_than_five_authors_there_are_no_figures(browser):
    campaign = CampaignFactory()
    valid(campaign, campaign.topics[0], 4)

    page = browser.get("/thong-ke")

    assert "Chưa có số liệu" in page
    assert not list(page.tree.iter("table"))


def test_figures_of_an_empty_site(browser):
    assert "Chưa có số liệu" in browser.get("/thong-ke")
