"""Each team's letter: its own levels, the words released to it, what happens next; for nobody else."""

from __future__ import annotations

import pytest

from app.campaigns.models import Criterion, Rubric
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import NotFound, WrongState
from app.judging.models import Mark
from app.judging.rounds import open_round
from app.judging.rules import SheetState
from app.permissions import Role
from app.results import service
from app.results.freezing import lock_and_rank
from tests.factories import RankingFactory, RoundFactory, ScoreSheetFactory, UserFactory
from tests.judging.contest import contest, in_the_chair
from tests.results.podium import Podium, podium, published


def author_of(idea):
    return db.session.get(type(UserFactory.build()), idea.created_by_id)


@pytest.fixture
def stage(app, moderator, leader):
    made = podium()
    for sheet in made.made.sheets:
        sheet.comment = f"Lời gốc {sheet.id}: hỏi thêm tổ dân phố."
    db.session.commit()
    return made


def letter_of(browser, idea, person=None, **kwargs):
    return browser.as_(person or author_of(idea)).get(f"/cua-toi/{idea.public_id}/ket-qua", **kwargs)


def test_a_team_reads_its_levels_and_what_happens_next(browser, stage, moderator, leader):
    published(stage, moderator, leader)

    page = letter_of(browser, stage.ideas[0], queries=15)

    assert "Giải Nhất" in page
    assert "Điểm 80,00, từ 2 phiếu chấm. Hạng 1" in page
    assert "40,00/40" in page
    assert "Tốt" in page
    assert "hàng đợi sáng kiến của phường" in page


def test_a_team_without_a_prize_reads_its_letter_too(browser, stage, moderator, leader):
    published(stage, moderator, leader)

    page = letter_of(browser, stage.ideas[3])

    assert "Hạng 4" in page
    assert "có thể được chuyển sang phường" in page


def test_only_released_words_are_shown_as_edited_and_without_the_judge(browser, stage, moderator, leader):
    published(stage, moderator, leader)
    sheet = next(s for s in stage.made.sheets if s.entry.idea_id == stage.ideas[0].id)
    address = f"/hoi-dong/{stage.made.round.id}/nhan-xet"
    chair = browser.as_(in_the_chair(stage.made))
    before = letter_of(browser, stage.ideas[0])

    chair.post(address, {"sheet": sheet.id, "text": "Hỏi thêm bà con trước."}, status=302)
    after = letter_of(browser, stage.ideas[0])
    chair.post(address, {"sheet": sheet.id, "text": "x", "hide": "1"}, status=302)

    assert "Lời gốc" not in before.html + after.html
    assert "Hỏi thêm bà con trước." in after
    assert not [judge for judge in stage.made.judges if judge.full_name in after.html]
    assert "Hỏi thêm bà con" not in letter_of(browser, stage.ideas[0])
    assert "Hỏi thêm bà con" not in letter_of(browser, stage.ideas[1])


def test_there_is_no_letter_before_publication(browser, stage):
    letter_of(browser, stage.ideas[0], status=404)


def test_the_letter_is_for_the_team_alone(browser, stage, moderator, leader):
    published(stage, moderator, leader)
    idea = stage.ideas[0]

    letter_of(browser, idea, UserFactory(), status=404)
    letter_of(browser, idea, author_of(stage.ideas[1]), status=404)
    letter_of(browser, idea, UserFactory(role=Role.JUDGE), status=403)
    browser.get(f"/cua-toi/{idea.public_id}/ket-qua", status=302)


def test_a_team_that_left_in_the_first_round_reads_of_that_round(browser, moderator, leader):
    first = contest(ideas=2, judges=2, submitted=True, cut_top=1, name="Sơ khảo", gives_awards=False)
    for sheet in first.sheets:
        if sheet.entry_id == first.entries[0].id:
            sheet.marks[0].hundredths = 3900
    final = RoundFactory(campaign=first.round.campaign, position=1, name="Chung khảo", sheets_per_idea=1)
    db.session.commit()
    with transaction():
        lock_and_rank(moderator, first.round)
        entries = service.advance_round(moderator, first.round, final)
        open_round(moderator, final)
    ScoreSheetFactory(entry=entries[0], submitted=True)
    with transaction():
        lock_and_rank(moderator, final)
    published(Podium(first._replace(round=final), []), moderator, leader)

    page = letter_of(browser, first.entries[1].idea)

    assert "Sơ khảo" in page
    assert "Điểm 70,00" in page


def test_words_are_released_only_after_the_lock_and_only_through_their_round(browser):
    running, other = contest(submitted=True), podium()
    sheet = running.sheets[0]

    with pytest.raises(WrongState), transaction():
        service.release_comment(in_the_chair(running), sheet, text="Sớm quá")
    browser.as_(in_the_chair(other.made)).post(
        f"/hoi-dong/{other.made.round.id}/nhan-xet",
        {"sheet": sheet.id, "text": "Nhầm vòng"},
        status=404,
    )

    assert sheet.released_comment == ""


def test_a_word_too_long_is_given_back(browser, stage):
    sheet = stage.made.sheets[0]

    page = browser.as_(in_the_chair(stage.made)).post(
        f"/hoi-dong/{stage.made.round.id}/nhan-xet",
        {"sheet": sheet.id, "text": "a" * 2001},
        status=422,
    )

    assert "a" * 2001 in page.html
    assert sheet.released_comment == ""


def test_organisers_read_no_word_of_a_judge(browser, stage, moderator, administrator, leader):
    published(stage, moderator, leader)

    for person, status in ((moderator, 404), (administrator, 403), (leader, 403)):
        browser.as_(person).get(f"/hoi-dong/{stage.made.round.id}/nhan-xet", status=status)
    browser.as_(stage.made.judges[1]).get(f"/hoi-dong/{stage.made.round.id}/nhan-xet", status=404)
    with pytest.raises(NotFound), transaction():
        service.release_comment(moderator, stage.made.sheets[0], text="Không phải việc của tôi")


def test_a_letter_names_the_criteria_of_the_topics_own_rubric_and_what_only_informs(
    app, browser, moderator, leader
):
    made = contest(ideas=4, judges=2, submitted=False)
    rubric = made.round.rubric
    variant = Rubric(
        campaign_id=rubric.campaign_id,
        key="P1-rieng",
        name="Riêng",
        variant_of=rubric,
        topic_id=made.entries[0].idea_version.topic_id,
        criteria=[
            Criterion(key="hieu_qua", name="Hiệu quả cho lĩnh vực", max_points=100, position=0),
            Criterion(key="cam_nhan", name="Cảm nhận", max_points=10, informs_only=True, position=1),
        ],
    )
    db.session.add(variant)
    db.session.commit()
    points, feeling = variant.criteria
    for sheet in made.sheets:
        hundredths = 8000 - 100 * made.entries.index(sheet.entry)
        sheet.state = SheetState.SUBMITTED
        sheet.marks = [
            Mark(criterion_id=points.id, hundredths=hundredths, saved_at=now()),
            Mark(criterion_id=feeling.id, hundredths=700, saved_at=now()),
        ]
    db.session.commit()
    RankingFactory(round=made.round)
    published(Podium(made, [entry.idea for entry in made.entries]), moderator, leader)

    page = letter_of(browser, made.entries[0].idea)

    assert "Điểm 80,00" in page
    assert "Hiệu quả cho lĩnh vực" in page
    assert "80,00/100" in page
    assert "chỉ tham khảo, không tính điểm" in page
    assert "7,00/10" in page
