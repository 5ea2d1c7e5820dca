"""Whatever the rules of a round are, they are in the bundle as they were sealed, and the scores follow from them."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from app.campaigns.models import Criterion, Rubric
from app.campaigns.rules import Method
from app.core import clock
from app.core.canonical import canonical
from app.core.db import db
from app.core.events import Event
from app.ideas.rules import IdeaState
from app.judging import changes, rounds
from app.judging.models import Entry
from app.permissions import Role
from app.results.bundle import kiem_chung
from tests.audit.story import story
from tests.factories import IdeaFactory, UserFactory
from tests.results.bundles import holds, in_json, noisy, refused, rewrite_csv, rows, without


def law(folder):
    return json.loads((folder / "luat.json").read_text(encoding="utf-8"))["vong"]


# --- criteria


def with_variant_and_impression(round_):
    """Ideas of the second topic have a rubric of their own; the common one asks for an impression, which only informs."""
    campaign = round_.campaign
    round_.rubric.criteria.append(
        Criterion(key="cam_nhan", name="Cảm nhận", max_points=10, position=2, informs_only=True)
    )
    db.session.add(
        Rubric(
            campaign_id=campaign.id,
            key="rieng",
            name="Riêng cho kinh tế",
            variant_of=round_.rubric,
            topic=campaign.topics[1],
            criteria=[
                Criterion(key="quy_dat", name="Quỹ đất", max_points=40, minimum=10, position=0),
                Criterion(key="hieu_qua", name="Hiệu quả", max_points=60, position=1),
            ],
        )
    )
    IdeaFactory(campaign=campaign, topic=campaign.topics[1], state=IdeaState.APPROVED)


def three_and_one(idea, judge):
    return ("15", f"{50 + judge}") if idea == 3 else (f"{30 - idea}", f"{50 - judge}", f"{judge + 1}")


@pytest.fixture
def varied(app):
    return story(ideas=3, marks=three_and_one, planned=with_variant_and_impression, tie_break=["hieu_qua"])


def test_topics_with_a_rubric_of_their_own_and_criteria_that_only_inform(varied, tmp_path):
    folder = holds(varied, tmp_path)

    own = varied.round.campaign.topics[1].slug
    assert sorted(row["bo_tieu_chi"] for row in rows(folder, "y_tuong.csv")) == ["", "", "", own]
    asked = [set(kiem_chung.points(row["tieu_chi"])) for row in rows(folder, "xep_hang.csv")]
    assert asked.count({"moi", "hieu_qua", "cam_nhan"}) == 3
    assert asked.count({"quy_dat", "hieu_qua"}) == 1


def test_another_mean_of_what_only_informs_is_refused(varied, tmp_path):
    folder = holds(varied, tmp_path)
    held = rows(folder, "xep_hang.csv")
    place = next(n for n, row in enumerate(held) if "cam_nhan" in row["tieu_chi"])

    rewrite_csv(
        folder / "xep_hang.csv", place, "tieu_chi", lambda text: text.replace("cam_nhan=", "cam_nhan=9")
    )

    assert f"{held[place]['bai']}, tieu_chi" in refused(folder)


# --- panels and methods


def test_a_full_panel_with_the_rule_of_valid_points(app, tmp_path):
    told = story(ideas=5, judges=6, k=6, full_panel=True, method=Method.VALID, deviation=3, marks=noisy(8))

    folder = holds(told, tmp_path)

    assert law(folder)[0]["phien_ban"][0]["luat"]["min_sheets"] is None
    code = rows(folder, "giam_khao.csv")[0]["ma"]
    without(folder, "giam_khao.csv", lambda row: row["ma"] == code)
    assert f"Giám khảo {code}" in refused(folder)


# --- the community


def votes_counted(moderator, round_):
    entries = db.session.query(Entry).filter_by(round_id=round_.id).order_by(Entry.idea_id)
    rounds.set_votes(moderator, round_, {entry.id: 40 - 7 * n for n, entry in enumerate(entries)})


def for_eighty(round_):
    round_.rubric.scale, round_.rubric.community_points = 80, 20
    round_.rubric.criteria[1].max_points = 40


def of_eighty(idea, judge):
    return f"{30 - idea}", f"{38 - judge}"


@pytest.fixture
def with_votes(app):
    return story(planned=for_eighty, opened_up=votes_counted, marks=of_eighty)


def test_points_of_the_community_are_added(with_votes, tmp_path):
    folder = holds(with_votes, tmp_path)

    assert {row["cong_dong"] for row in rows(folder, "xep_hang.csv")} == {"20.00", "16.50", "13.00", "9.50"}


def test_changed_votes_are_refused_even_where_the_score_was_changed_with_them(with_votes, tmp_path):
    folder = holds(with_votes, tmp_path)
    held = rows(folder, "y_tuong.csv")
    most = max(range(len(held)), key=lambda n: int(held[n]["phieu_binh_chon"]))

    rewrite_csv(folder / "y_tuong.csv", most, "phieu_binh_chon", "41")

    assert f"Bình chọn của {held[most]['bai']}" in refused(folder)


# --- versions of the rules


def changed_twice(_moderator, round_):
    planner = UserFactory(role=Role.ADMINISTRATOR)
    for tie_break, reason in ((["moi"], "Bổ sung theo công văn 12."), (["moi", "hieu_qua"], "Đính chính.")):
        db.session.flush()
        changes.change_round(
            planner,
            round_,
            name=round_.name,
            rubric=str(round_.rubric_id),
            version=round_.version,
            reason=reason + " Công bố ở trang thể lệ.",
            starts_on=clock.local(round_.starts_at).date(),
            ends_on=clock.local(round_.ends_at + timedelta(days=1)).date(),
            full_panel=False,
            sheets_per_idea=round_.sheets_per_idea,
            blind=True,
            method=round_.method,
            deviation=round_.deviation,
            tie_break=tie_break,
            cut_top=None,
            pass_mark=None,
            gives_awards=True,
        )


@pytest.fixture
def with_versions(app):
    return story(opened_up=changed_twice)


def test_every_version_of_the_rules_is_there_with_its_reason_and_the_newest_is_in_force(
    with_versions, tmp_path
):
    folder = holds(with_versions, tmp_path)

    (one,) = law(folder)
    assert one["dang_dung"] == 3
    assert [(v["so"], v["luat"]["tie_break"], v["ly_do"].split(".")[0]) for v in one["phien_ban"]] == [
        (1, ["hieu_qua", "moi"], ""),
        (2, ["moi"], "Bổ sung theo công văn 12"),
        (3, ["moi", "hieu_qua"], "Đính chính"),
    ]
    opened = db.session.query(Event).filter_by(kind="round.opened").one()
    assert one["phien_ban"][0]["ma_bam"] == opened.data["rules_hash"]


def test_another_first_version_is_refused_although_its_hash_was_made_anew(with_versions, tmp_path):
    folder = holds(with_versions, tmp_path)

    def forge(value):
        first = value["vong"][0]["phien_ban"][0]
        first["luat"]["cut_top"] = 3
        first["ma_bam"] = sha256(canonical(first["luat"])).hexdigest()

    in_json(folder / "luat.json", forge)

    assert "Phiên bản luật 1 (vòng" in refused(folder)


def test_a_version_left_out_is_refused(with_versions, tmp_path):
    folder = holds(with_versions, tmp_path)

    in_json(folder / "luat.json", lambda value: value["vong"][0]["phien_ban"].pop())

    said = refused(folder)
    assert "Phiên bản luật 3 (vòng" in said
    assert "phiên bản luật đang dùng: công bố 3, tính lại 2" in said


def test_the_events_of_the_rules_cannot_be_left_out(with_versions, tmp_path):
    folder = holds(with_versions, tmp_path)

    without(folder, "su_kien.csv", lambda row: row["loai"] == "round.rules_changed")

    assert "Phiên bản luật 2 (vòng" in refused(folder)


# --- bands


def test_bands_are_found_again_and_a_changed_one_is_named(app, tmp_path):
    told = story(bands=[("A", 85, {"moi": 37}), ("B", 80, {"moi": 33})])

    folder = holds(told, tmp_path)
    stated = [row["xep_loai"] for row in rows(folder, "xep_hang.csv")]
    rewrite_csv(folder / "xep_hang.csv", -1, "xep_loai", "B")

    assert stated == ["A", "B", "B", ""]
    assert "xep_loai: công bố B, tính lại (trống)." in refused(folder)
