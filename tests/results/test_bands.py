"""“Xếp loại” from the lock to the public page, the team's letter and the bundle; nowhere where rules have no bands."""

from __future__ import annotations

import csv
import json
import re

from app.audit.verification import verify
from app.core.db import db
from app.results.freezing import content_hash, ranking_of
from app.results.models import RankRow
from tests.audit.story import change, story
from tests.judging.contest import contest
from tests.results.bundles import run, unpacked
from tests.results.podium import out, podium, published
from tests.results.test_why import author_of, give

# podium: “Tính mới” 40, 39, 38, 37 and “Hiệu quả” 40 for everybody
BANDS = [("A", 79, {"moi": 40}), ("B", 78, {"moi": 20}), ("C", 10, {"hieu_qua": 41})]


def bands_of(round_) -> list[str]:
    return [row.band for row in ranking_of(round_).rows]


def test_the_lock_puts_each_idea_into_its_band(app):
    stage = podium(bands=BANDS)

    assert bands_of(stage.made.round) == ["A", "B", "B", ""]


def test_who_is_below_a_minimum_has_none(app, moderator, leader):
    made = contest(ideas=2, judges=2, submitted=True, bands=[("Đạt", 10, {})])
    give(made, lambda idea, judge: 9 if idea else 30)  # the least mean of “Tính mới” is 10
    out(made, moderator, leader)

    assert bands_of(made.round) == ["Đạt", ""]


def test_the_ranking_page_has_a_column_of_bands_and_says_how(browser, moderator):
    stage = podium(bands=BANDS)

    page = browser.as_(moderator).get(f"/quan-tri/ket-qua/{stage.made.round.id}")

    column = re.findall(r'data-l="Xếp loại"><b>([^<]*)</b>', page.html)
    assert column == ["A", "B", "B", "–"]
    assert "A: từ 79 điểm, Tính mới trung bình từ 40" in page


def test_the_public_page_shows_the_band_of_every_ranked_idea(browser, moderator, leader):
    stage = podium(bands=BANDS)
    published(stage, moderator, leader)

    page = browser.get(f"/ket-qua/{stage.made.round.campaign.slug}")

    assert re.findall(r'data-l="Xếp loại"><b>([^<]*)</b>', page.html) == ["A", "B", "B", "–"]
    assert "xếp loại A" in page
    assert "B: từ 78 điểm, Tính mới trung bình từ 20" in page


def test_a_team_reads_which_band_it_reached_and_which_not(browser, moderator, leader):
    stage = podium(bands=BANDS)
    published(stage, moderator, leader)
    second, last = stage.ideas[1], stage.ideas[3]

    page = browser.as_(author_of(second)).get(f"/cua-toi/{second.public_id}/ket-qua")
    none = browser.as_(author_of(last)).get(f"/cua-toi/{last.public_id}/ket-qua")

    assert "Xếp loại B." in page
    assert "A: từ 79 điểm, Tính mới trung bình từ 40 – chưa đạt" in page
    assert "B: từ 78 điểm, Tính mới trung bình từ 20 – đạt" in page
    assert "Bài chưa đạt xếp loại nào." in none


def test_without_bands_nothing_speaks_of_them(browser, moderator, leader):
    stage = podium()
    published(stage, moderator, leader)
    idea = stage.ideas[0]

    pages = [
        browser.as_(moderator).get(f"/quan-tri/ket-qua/{stage.made.round.id}"),
        browser.get(f"/ket-qua/{stage.made.round.campaign.slug}"),
        browser.as_(author_of(idea)).get(f"/cua-toi/{idea.public_id}/ket-qua"),
    ]

    assert not [page for page in pages if "ếp loại" in page]
    assert set(bands_of(stage.made.round)) == {""}


def test_the_hash_of_a_ranking_holds_the_bands_and_is_the_old_one_without(app):
    plain, banded = ranking_of(podium().made.round), ranking_of(podium(bands=BANDS).made.round)
    hash_before = content_hash(banded)

    banded.rows[0].band = "B"

    assert content_hash(banded) != hash_before == banded.content_hash
    plain.rows[0].band = ""
    assert content_hash(plain) == plain.content_hash


def rows_of(folder, name):
    return list(csv.DictReader((folder / name).read_text(encoding="utf-8-sig").splitlines()))


def test_the_bundle_holds_the_rules_and_each_idea_s_band_and_still_agrees(app, tmp_path):
    told = story(until="published", bands=[("A", 85, {"moi": 38}), ("B", 80, {})])

    folder = unpacked(told, tmp_path)

    law = json.loads((folder / "luat.json").read_text(encoding="utf-8"))["vong"][0]["phien_ban"][-1]["luat"]
    assert law["bands"] == [
        {"name": "A", "floor": 85, "floors": {"moi": 38}},
        {"name": "B", "floor": 80, "floors": {}},
    ]
    kept = [row.band for row in ranking_of(told.round).rows]
    assert [row["xep_loai"] for row in rows_of(folder, "xep_hang.csv")] == kept
    assert kept[0] == "A"
    assert "B" in kept
    assert run(folder)[0] == 0


def test_a_bundle_without_bands_has_no_column_of_them(app, tmp_path):
    folder = unpacked(story(until="published"), tmp_path)

    assert "xep_loai" not in rows_of(folder, "xep_hang.csv")[0]
    assert (
        "bands"
        not in json.loads((folder / "luat.json").read_text(encoding="utf-8"))["vong"][0]["phien_ban"][-1][
            "luat"
        ]
    )


def test_a_band_changed_in_the_tables_is_found(app):
    story(until="published", bands=[("A", 85, {"moi": 38}), ("B", 80, {})])
    assert verify().findings == []

    row_id = db.session.query(RankRow.id).filter_by(band="B").first()[0]
    change("UPDATE rank_rows SET band = 'A' WHERE id = :id", id=row_id)
    in_the_ranking = [(one.table, one.field) for one in verify().findings]
    change("UPDATE rank_rows SET band = 'B' WHERE id = :id", id=row_id)
    change("UPDATE bands SET floor = 10 WHERE name = 'B'")
    in_the_rules = [(one.table, one.field) for one in verify().findings]

    assert in_the_ranking == [("rankings", "rows")]
    assert in_the_rules == [("rounds", "rules_now")]
