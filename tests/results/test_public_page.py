"""The public result page: scores and ranks by code, how sure they are, how they were made; and nobody's name."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.campaigns.rules import Method
from app.core.db import db, transaction
from app.core.events import record
from app.ideas.rules import IdeaState
from app.initiatives.service import publish_and_forward
from app.judging.methods.ranking import Fallback
from app.results.appeals.rules import AppealState
from app.results.freezing import ranking_of
from tests.factories import AppealFactory
from tests.judging.contest import contest
from tests.results.podium import out, podium, proposed, published


def address(stage):
    return f"/ket-qua/{stage.made.round.campaign.slug}"


def test_every_ranked_idea_stands_in_the_table_by_code_with_score_rank_and_interval(
    browser, moderator, leader
):
    stage = podium(ideas=6)
    published(stage, moderator, leader)

    page = browser.get(address(stage))

    for row in ranking_of(stage.made.round).rows:
        assert row.entry.idea.code in page
        assert f"{row.score // 100},{row.score % 100:02d}" in page
    assert "Hạng 1." in page
    assert "với khoảng 9 trên 10 ý tưởng" in page
    assert "Mỗi ý tưởng chỉ có 2 phiếu" in page
    assert "Tính mới 40,00 · Hiệu quả 40,00" in page


def test_what_cannot_be_told_apart_is_said_beside_the_table(browser, moderator, leader):
    made = contest(ideas=5, judges=3, submitted=True, k=3)
    for n, sheet in enumerate(made.sheets):
        sheet.marks[0].hundredths = 3000 + (n * 700) % 900
    db.session.commit()
    out(made, moderator, leader)
    first = ranking_of(made.round).rows[0]

    page = browser.get(f"/ket-qua/{made.round.campaign.slug}")

    assert first.alike["count"] > 0
    assert "Chưa đủ cơ sở phân biệt với: " in page
    assert f"Hạng {first.rank} (khoảng {first.interval_from}–{first.interval_to})." in page


def test_who_has_no_prize_is_a_code_alone(browser, moderator, leader):
    stage = podium(ideas=5)
    published(stage, moderator, leader)

    page = browser.get(address(stage))

    assert stage.ideas[4].code in page
    assert stage.ideas[4].title not in page
    assert f"/y-tuong/{stage.ideas[4].code}" not in page.links()
    assert f"/y-tuong/{stage.ideas[0].code}" in page.links()


def test_an_idea_withdrawn_since_leaves_its_rank_and_not_its_code(browser, moderator, leader):
    stage = podium(ideas=5)
    published(stage, moderator, leader)
    stage.ideas[4].state = IdeaState.WITHDRAWN
    db.session.commit()

    page = browser.get(address(stage))

    assert stage.ideas[4].code not in page.html
    assert "Bài đã rút" in page
    assert "Hạng 5." in page


def test_the_method_is_said_in_plain_words_and_why_it_fell_back(browser, moderator, leader):
    stage = podium(ideas=4, method=Method.ADJUSTED)
    published(stage, moderator, leader)

    page = browser.get(address(stage))

    assert "Quá ít phiếu để ước lượng" in page
    assert "Điểm là điểm trung bình của các phiếu" in page


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        (Fallback.DISCONNECTED, "Hai nhóm giám khảo không có ý tưởng chung"),
        (Fallback.TOO_LITTLE_DATA, "Quá ít phiếu để ước lượng"),
        (Fallback.NO_DIFFERENCE, "Các giám khảo chấm đều tay như nhau"),
    ],
)
def test_every_reason_for_the_plain_mean_has_its_sentence(browser, moderator, leader, why, sentence):
    stage = podium()
    published(stage, moderator, leader)
    ranking_of(stage.made.round).fallback = why.value
    db.session.commit()
    author = db.session.get(User, stage.ideas[0].created_by_id)

    assert sentence in browser.get(address(stage))
    assert sentence in browser.as_(author).get(f"/cua-toi/{stage.ideas[0].public_id}/ket-qua")


def test_how_many_sheets_were_changed_is_said(browser, moderator, leader):
    stage = podium()
    publication = proposed(stage, moderator)
    untouched = "Không phiếu nào phải sửa"
    with transaction():
        for sheet in stage.made.sheets[:2]:
            record("sheet.reopened", sheet, moderator)
            record("sheet.reopened", sheet, moderator)
    with transaction():
        publish_and_forward(leader, publication, version=publication.version)

    page = browser.get(address(stage))

    assert "2 phiếu được mở lại để giám khảo sửa" in page
    assert untouched not in page


def test_appeals_are_counted_without_names(browser, moderator, leader):
    stage = podium()
    publication = published(stage, moderator, leader)
    states = (AppealState.RECEIVED, AppealState.UPHELD, AppealState.REJECTED, AppealState.WITHDRAWN)
    made = [
        AppealFactory(publication=publication, idea=idea, state=state)
        for idea, state in zip(stage.ideas, states, strict=True)
    ]

    page = browser.get(address(stage))

    assert "Đã nhận 3 khiếu nại, đã trả lời 2, chấp nhận 1." in page
    assert not [one for one in made if one.reason in page.html or one.code in page.html]


def test_the_table_is_paged_and_the_page_stays_light(browser, moderator, leader):
    made = contest(ideas=60, judges=2, submitted=True)
    for place, entry in enumerate(made.entries):
        for judge in made.judges:
            made.sheet(judge, entry).marks[0].hundredths = 4000 - 10 * place
    db.session.commit()
    out(made, moderator, leader)
    codes = [entry.idea.code for entry in made.entries]
    page = f"/ket-qua/{made.round.campaign.slug}"

    first, second = browser.get(page, queries=17), browser.get(f"{page}?trang=2")

    assert len(first.html.encode()) <= 150 * 1024
    assert [code in first for code in (codes[0], codes[49], codes[50])] == [True, True, False]
    assert [code in second for code in (codes[49], codes[50], codes[59])] == [False, True, True]


@pytest.mark.parametrize("is_proposed", [False, True])
def test_nothing_of_a_decision_is_seen_before_its_publication(browser, moderator, is_proposed):
    """Ranks, moving on and prizes are decided and wait: authors, judges and the public find no trace of them."""
    stage = podium()
    round_ = stage.made.round
    if is_proposed:
        proposed(stage, moderator, note="LỜI CHƯA CÔNG BỐ")
    for row in ranking_of(round_).rows:
        row.score, row.interval_to, row.advances = 7171, 4242, True
    db.session.commit()
    idea = stage.ideas[0]
    author, judge = db.session.get(User, idea.created_by_id), db.session.get(User, stage.made.judges[0].id)
    public, team, jury = browser, browser.as_(author), browser.as_(judge)

    pages = [
        *[
            who.get(page)
            for who in (public, team)
            for page in (
                f"/ket-qua/{round_.campaign.slug}",
                "/ket-qua",
                f"/y-tuong/{idea.code}",
                "/y-tuong",
                "/thong-ke",
                "/",
            )
        ],
        team.get("/cua-toi"),
        team.get(f"/cua-toi/{idea.public_id}"),
        jury.get(f"/cham-diem?vong={round_.id}"),
        jury.get(f"/cham-diem/{stage.made.sheets[0].public_id}"),
    ]

    planted = (
        "LỜI CHƯA CÔNG BỐ",
        "71,71",
        "7171",
        "4242",
        "Có giải",
        "Đi tiếp",
        "đi tiếp",
        ranking_hash(round_),
    )
    assert [(page.h1, mark) for page in pages for mark in planted if mark in page.html] == []
    for hidden in ("ket-qua", "khieu-nai"):
        team.get(f"/cua-toi/{idea.public_id}/{hidden}", status=404)


def ranking_hash(round_):
    return ranking_of(round_).content_hash[:16]
