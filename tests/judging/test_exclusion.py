"""An idea that is withdrawn from a round, or disqualified: no rank for it, no other score for anybody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app import worker
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.core.events import Event
from app.judging.rules import Exclusion
from app.mail.models import Mail
from app.results.freezing import lock_and_rank, ranking_of
from app.results.rules import AwardChoice
from app.results.service import propose_awards
from tests.judging.contest import contest

WHY = "Chép nguyên văn một bài đã đăng báo."
ON_THE_RECORD = ("entry.excluded", "entry.readmitted", "ranking.frozen")


@pytest.fixture
def made(app):
    """Four ideas marked by two judges each, the round still open."""
    made = contest(ideas=4, judges=2, submitted=True)
    give(made, lambda i, j: 10 + 4 * i + j)
    return made


def give(made, points) -> None:
    """Each sheet's marks, in points, by the place of idea and judge."""
    for i, entry in enumerate(made.entries):
        for j, judge in enumerate(made.judges):
            for mark in made.sheet(judge, entry).marks:
                mark.hundredths = 100 * points(i, j)
    db.session.commit()


def first_prize(made) -> AwardChoice:
    prize = min(made.round.campaign.prizes, key=lambda prize: prize.position)
    return AwardChoice(prize.id, made.entries[3].idea_id, "")


def address(made, entry) -> str:
    return f"/quan-tri/vong-cham/{made.round.id}/bai/{entry.id}"


def exclude(page, made, entry, excluded_as="disqualified", reason=WHY, **how):
    return page.post(f"{address(made, entry)}/dua-ra", {"excluded_as": excluded_as, "reason": reason}, **how)


def ranks(made) -> dict[int, tuple[int | None, str]]:
    db.session.expire_all()
    return {row.entry_id: (row.rank, row.unranked) for row in ranking_of(made.round).rows}


def scores(made) -> dict[int, object]:
    return {row.entry_id: row.score for row in ranking_of(made.round).rows}


def recorded() -> list[str]:
    kinds = sa.select(Event.kind).where(Event.kind.in_(ON_THE_RECORD)).order_by(Event.id)
    return list(db.session.scalars(kinds))


@pytest.mark.parametrize("excluded_as", list(Exclusion))
def test_an_excluded_idea_gets_no_rank_and_nobody_elses_score_changes(browser, moderator, made, excluded_as):
    twin = contest(ideas=4, judges=2, submitted=True)
    give(twin, lambda i, j: 10 + 4 * i + j)
    first = made.entries[3]

    exclude(browser.as_(moderator), made, first, excluded_as.value)
    with transaction():
        lock_and_rank(moderator, made.round)
        lock_and_rank(moderator, twin.round)

    assert ranks(made) == {
        made.entries[2].id: (1, ""),
        made.entries[1].id: (2, ""),
        made.entries[0].id: (3, ""),
        first.id: (None, excluded_as.value),
    }
    assert list(scores(made).values())[:3] == list(scores(twin).values())[1:]


def test_a_ranking_that_stands_already_follows_in_the_same_step(browser, moderator, made):
    with transaction():
        lock_and_rank(moderator, made.round)

    exclude(browser.as_(moderator), made, made.entries[3])

    assert ranks(made)[made.entries[3].id] == (None, "disqualified")
    assert ranking_of(made.round).number == 2
    assert recorded() == ["ranking.frozen", "entry.excluded", "ranking.frozen"]


def test_an_idea_that_was_taken_out_by_mistake_comes_back(browser, moderator, made):
    page = browser.as_(moderator)
    exclude(page, made, made.entries[3])

    page.post(
        f"{address(made, made.entries[3])}/nhan-lai",
        {"reason": "Bài báo ấy do chính em viết, đã hỏi tòa soạn."},
    )
    with transaction():
        lock_and_rank(moderator, made.round)

    assert ranks(made)[made.entries[3].id] == (1, "")


def test_the_team_reads_why(browser, moderator, made):
    exclude(browser.as_(moderator), made, made.entries[3])
    worker.run_once()

    mail = db.session.scalars(sa.select(Mail).where(Mail.template == "entry_disqualified")).one()
    assert WHY in mail.body
    assert mail.subject.endswith("không được xếp hạng")


@pytest.mark.parametrize("reason", ["", "Ngắn quá"])
def test_a_reason_is_asked_for_and_what_was_typed_stays(browser, moderator, made, reason):
    page = exclude(browser.as_(moderator), made, made.entries[0], reason=reason, status=422)

    assert "Ghi lý do, ít nhất 10 ký tự." in page.text
    assert reason in page.text
    assert recorded() == []


def test_pressing_twice_does_not_take_the_idea_back_in(browser, moderator, made):
    page = browser.as_(moderator)
    exclude(page, made, made.entries[0])

    again = exclude(page, made, made.entries[0], status=409)

    assert WHY in again.text
    assert recorded() == ["entry.excluded"]


def test_a_choice_that_is_none_is_refused(browser, moderator, made):
    page = exclude(browser.as_(moderator), made, made.entries[0], excluded_as="bịa", status=422)

    assert WHY in page.text
    assert recorded() == []


def test_nothing_changes_under_awards_that_were_proposed(browser, moderator, made):
    with transaction():
        lock_and_rank(moderator, made.round)
        propose_awards(moderator, made.round, [first_prize(made)])

    page = exclude(browser.as_(moderator), made, made.entries[3], status=409)

    assert "Hãy rút đề nghị trước" in page.text
    assert ranking_of(made.round).number == 1


def test_nobody_takes_an_idea_out_that_theirs_competes_with(browser, moderator, made):
    made.entries[0].idea.authors[0].user_id = moderator.id
    db.session.commit()

    page = exclude(browser.as_(moderator), made, made.entries[3], status=409)

    assert "Bạn dự thi hoặc có quan hệ liên quan" in page.text
    assert recorded() == []


def test_a_round_that_is_over_shows_no_way_out(browser, moderator, made):
    made.round.state = RoundState.CLOSED
    db.session.commit()

    page = browser.as_(moderator).get(address(made, made.entries[0]))

    assert "Vòng chấm đã xong nên không đổi được nữa." in page.text
    assert 'name="reason"' not in page.text


def test_an_idea_of_another_round_is_not_there(browser, moderator, made):
    other = contest(ideas=1, judges=1)

    browser.as_(moderator).get(f"/quan-tri/vong-cham/{made.round.id}/bai/{other.entries[0].id}", status=404)


@pytest.mark.parametrize("who", ["judge", "youth", "officer", "leader"])
def test_only_organisers_take_ideas_out(request, browser, made, who):
    browser.as_(request.getfixturevalue(who)).get(address(made, made.entries[0]), status=403)
