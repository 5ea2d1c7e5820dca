"""“Vì sao tôi được kết quả này”: a team's own numbers, from the frozen ranking, that add up; whatever became of it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest

from app.campaigns.rules import Method
from app.core.db import db, transaction
from app.judging.methods.ranking import MIN_DF
from app.judging.models import Mark, PanelMember
from app.judging.panel import remove_panel_member
from app.judging.rules import Exclusion, SheetState
from app.results import letters
from app.results.exclusion import exclude
from app.results.freezing import content_hash, ranking_of
from tests.factories import UserFactory
from tests.judging.contest import contest
from tests.results.podium import out

CENT = Decimal("0.01")


def author_of(idea):
    return db.session.get(type(UserFactory.build()), idea.created_by_id)


def give(made, points):
    """`points(place of the entry, place of the judge)`: of “Tính mới”, while “Hiệu quả” stays at 40."""
    criterion = next(c for c in made.round.rubric.criteria if c.key == "moi")
    for place, entry in enumerate(made.entries):
        for number, judge in enumerate(made.judges):
            sheet = next((s for s in made.sheets if (s.judge_id, s.entry_id) == (judge.id, entry.id)), None)
            if sheet is not None and sheet.state is SheetState.SUBMITTED:
                mark = next(m for m in sheet.marks if m.criterion_id == criterion.id)
                mark.hundredths = round(points(place, number) * 100)
    db.session.commit()


def shown(browser, idea):
    return browser.as_(author_of(idea)).get(f"/cua-toi/{idea.public_id}/ket-qua")


@pytest.fixture
def harsh_and_lenient(app, moderator, leader):
    """24 ideas × 3 of 4 judges, leniency +6, −6, +2, −2 and a little noise: the adjusted method holds."""
    made = contest(ideas=24, judges=4, submitted=True, k=3, method=Method.ADJUSTED)
    for place, entry in enumerate(made.entries):
        made.sheet(made.judges[place % 4], entry).state = SheetState.RECUSED
    lenient = [6, -6, 2, -2]
    give(made, lambda i, j: 20 + (i % 9) + lenient[j] + ((i * 7 + j * 3) % 5) / 4)
    out(made, moderator, leader)
    return made


def test_each_sheet_is_shown_with_leniency_taken_out_and_the_lines_lead_to_the_score(
    browser, harsh_and_lenient
):
    made = harsh_and_lenient
    ranking = ranking_of(made.round)
    assert ranking.method_used == Method.ADJUSTED

    for entry in made.entries[:6]:
        page = shown(browser, entry.idea)
        row = next(row for row in ranking.rows if row.entry_id == entry.id)

        lines = re.findall(r"(GK\d+) (?:[\d,]+ )?([\d,]+) − \(([+−][\d,]+)\) = ([\d,]+)", page.text)
        numbers = [[Decimal(n.replace(",", ".").replace("−", "-")) for n in line[1:]] for line in lines]

        assert len(lines) == row.sheets == 3
        assert all(total - lenient == corrected for total, lenient, corrected in numbers)
        mean = sum(corrected for *_rest, corrected in numbers) / 3
        assert mean.quantize(CENT, ROUND_HALF_UP) == Decimal(row.score) / 100
        assert f"làm tròn đến hai chữ số là {row.score // 100},{row.score % 100:02d} điểm." in page


def test_only_codes_of_judges_are_shown(browser, harsh_and_lenient):
    made = harsh_and_lenient
    codes = {m.code for m in db.session.query(PanelMember).filter_by(round_id=made.round.id)}

    page = shown(browser, made.entries[0].idea)

    assert not [judge.full_name for judge in made.judges if judge.full_name in page.html]
    assert {code for code in codes if re.search(rf"\b{code}\b", page.text)} < codes  # own sheets alone
    others = [entry.idea for entry in made.entries[1:]]
    assert not [idea.title for idea in others if re.search(rf"{re.escape(idea.title)}\b", page.text)]


def test_what_it_cannot_be_told_apart_from_is_said_in_codes(browser, harsh_and_lenient):
    made = harsh_and_lenient
    row = ranking_of(made.round).rows[0]
    codes = letters.idea_codes(row.alike["nearest"])

    page = shown(browser, row.entry.idea)

    assert row.alike["count"] == len(codes) > 0
    assert f"Chưa đủ cơ sở phân biệt với: {', '.join(codes.values())}." in page
    assert f"Hạng 1 (khoảng 1–{row.interval_to})" in page


def test_what_a_ranking_rests_on_is_frozen_with_it(harsh_and_lenient):
    ranking = ranking_of(harsh_and_lenient.round)
    figures = ranking.figures

    assert sum(Decimal(b) for b in figures["severity"].values()).copy_abs() <= Decimal("0.02")
    assert set(figures["severity"]) == {
        m.code for m in db.session.query(PanelMember).filter_by(round_id=harsh_and_lenient.round.id)
    }
    variances = Decimal(figures["error_variance"]), Decimal(figures["judge_variance"])
    assert Decimal(figures["lambda"]) == pytest.approx(variances[0] / variances[1], abs=Decimal("0.001"))
    assert (figures["least_sheets"], figures["groups"]) == (2, 1)
    assert figures["sheets_left_over"] >= MIN_DF


def test_the_page_tells_the_frozen_ranking_whatever_becomes_of_the_sheets(browser, harsh_and_lenient):
    idea = harsh_and_lenient.entries[0].idea
    before = shown(browser, idea).text
    db.session.query(Mark).update({"hundredths": 1})
    db.session.commit()

    assert shown(browser, idea).text == before


def test_the_working_is_part_of_what_the_hash_is_taken_of(harsh_and_lenient):
    ranking = ranking_of(harsh_and_lenient.round)
    row = ranking.rows[0]
    assert content_hash(ranking) == ranking.content_hash

    row.working = {**row.working, "mean": "99.00"}

    assert content_hash(ranking) != ranking.content_hash


def test_a_fallback_says_why_and_takes_nothing_out(browser, moderator, leader):
    made = contest(ideas=3, judges=2, submitted=True, method=Method.ADJUSTED)
    out(made, moderator, leader)

    page = shown(browser, made.entries[0].idea)

    assert "Quá ít phiếu để ước lượng mức rộng tay" in page
    assert "Điểm hiệu chỉnh" not in page
    assert "Cộng 2 phiếu được tính rồi chia cho 2, được 70,00;" in page


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (Method.TRIMMED, ["Không tính: phiếu thấp nhất", "Không tính: phiếu cao nhất"]),
        (Method.VALID, ["Không tính: cách trung bình của mọi phiếu quá 20 điểm"]),
    ],
)
def test_robust_methods_name_the_sheets_they_left_out(browser, moderator, leader, method, words):
    made = contest(ideas=2, judges=5, submitted=True, k=5, method=method)
    give(made, lambda i, j: [40, 38, 39, 37, 5][j])
    out(made, moderator, leader)

    page = shown(browser, made.entries[0].idea)

    assert [word for word in words if word not in page] == []
    heard = 3 if method is Method.TRIMMED else 4
    assert f"Cộng {heard} phiếu được tính rồi chia cho {heard}" in page


def test_too_few_sheets_are_said_with_how_many_there_should_have_been(browser, moderator, leader):
    made = contest(ideas=4, judges=3, submitted=True, k=3)
    for judge in made.judges[:2]:
        made.sheet(judge, made.entries[3]).state = SheetState.OPEN
    db.session.commit()
    out(made, moderator, leader)

    page = shown(browser, made.entries[3].idea)

    assert "Chưa đủ phiếu: bài có 1 phiếu, cần ít nhất 2 phiếu mới xếp hạng." in page
    assert "70,00" in page
    assert "làm tròn" not in page


def test_a_disqualified_idea_reads_that_it_has_no_rank(browser, moderator, leader):
    made = contest(ideas=4, judges=2, submitted=True)
    with transaction():
        exclude(
            moderator, made.entries[3], excluded_as=Exclusion.DISQUALIFIED, reason="Chép nguyên văn bài báo."
        )
    out(made, moderator, leader)

    page = shown(browser, made.entries[3].idea)

    assert "Bài bị loại nên không xếp hạng." in page


def test_a_mean_below_a_minimum_is_said(browser, moderator, leader):
    made = contest(ideas=4, judges=2, submitted=True)
    give(made, lambda i, j: 5 if i == 0 else 30)
    out(made, moderator, leader)

    page = shown(browser, made.entries[0].idea)

    assert "Dưới điểm tối thiểu" in page
    assert "tối thiểu 10" in page
    assert "Dưới điểm tối thiểu" not in shown(browser, made.entries[1].idea)


def test_the_communitys_part_is_added_on_paper(browser, moderator, leader):
    made = contest(ideas=3, judges=2, submitted=True)
    made.round.rubric.community_points = 20
    made.entries[0].community_votes, made.entries[1].community_votes = 40, 10
    db.session.commit()
    out(made, moderator, leader)

    page = shown(browser, made.entries[1].idea)

    assert "Cộng 5,00 điểm bình chọn của cộng đồng: 75,00 điểm." in page


def test_a_score_beyond_the_scale_is_printed_with_its_reason(browser, harsh_and_lenient):
    ranking = ranking_of(harsh_and_lenient.round)
    row = ranking.rows[0]
    row.score = 10250
    db.session.commit()
    why = "có thể vượt quá 100 hoặc dưới 0"

    team, public = (
        shown(browser, row.entry.idea),
        browser.get(f"/ket-qua/{harsh_and_lenient.round.campaign.slug}"),
    )

    assert why in team
    assert why in public
    assert "102,50" in public
    assert why not in shown(browser, ranking.rows[1].entry.idea)


def test_a_judge_who_left_the_panel_keeps_the_code(browser, moderator, leader):
    made = contest(ideas=3, judges=2, submitted=True)
    member = db.session.query(PanelMember).filter_by(judge_id=made.judges[0].id).one()
    code = member.code
    with transaction():
        remove_panel_member(moderator, made.round, member)
    out(made, moderator, leader)

    assert code in shown(browser, made.entries[0].idea)
