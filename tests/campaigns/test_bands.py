"""An administrator writes the bands of a rubric; opening freezes them with the rules."""

from __future__ import annotations

import pytest

from app.campaigns.models import Band, Campaign, Rubric, RulesText
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.core.events import Event
from app.judging import frozen
from app.judging.rounds import open_round
from app.permissions import Role
from tests.factories import EntryFactory, RoundFactory, RubricFactory, UserFactory
from tests.judging.contest import contest

REASON = "Ban Tổ chức sửa theo góp ý của Hội đồng ngày 3/12."
AB = [("A", 85, {"moi": 30}), ("B", 70, {"moi": 20})]


def address(rubric: Rubric) -> str:
    slug = db.session.get_one(Campaign, rubric.campaign_id).slug
    return f"/quan-tri/cuoc-thi/{slug}/bo-tieu-chi/{rubric.id}/xep-loai"


def as_typed(rubric: Rubric, *bands: tuple[str, str, str], **more: str) -> dict[str, str]:
    """Name, score, mean of “Tính mới”, as a browser sends them; boxes of “Hiệu quả” stay empty."""
    sent = {"version": str(rubric.version), "viec": "luu", **more}
    for place, (name, floor, moi) in enumerate(bands):
        row = f"bands-{place}"
        sent |= {
            f"{row}-name": name,
            f"{row}-floor": floor,
            f"{row}-floors-0-key": "moi",
            f"{row}-floors-0-points": moi,
            f"{row}-floors-1-key": "hieu_qua",
            f"{row}-floors-1-points": "",
        }
    return sent


def kept(rubric: Rubric) -> list[tuple[str, int, dict[str, int]]]:
    db.session.expire_all()
    return [(band.name, band.floor, band.floors) for band in rubric.bands]


def test_the_preset_for_initiatives_fills_them(admin, campaign):
    for preset in ("P1", "P3"):
        admin.post(f"/quan-tri/cuoc-thi/{campaign.slug}/bo-tieu-chi", {"preset": preset, "name": ""})

    first, third = db.session.query(Rubric).order_by(Rubric.id)
    assert kept(first) == []
    assert kept(third) == [("A", 85, {"moi": 30}), ("B", 70, {"moi": 20}), ("C", 50, {"moi": 10})]
    page = admin.get(f"/quan-tri/cuoc-thi/{campaign.slug}/bo-tieu-chi/{third.id}")
    assert "từ 85 điểm, Tính mới trung bình từ 30" in page


def test_bands_are_written_changed_and_taken_away(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    empty = admin.get(address(rubric))

    admin.post(address(rubric), as_typed(rubric, ("A", "85", "30"), ("B", "70", "")), status=302)
    written = kept(rubric)
    again = admin.get(address(rubric))
    admin.post(address(rubric), as_typed(rubric, ("", "", ""), ("Đạt", "60", "20")), status=302)

    assert empty.value_of("bands-0-name") == ""
    assert written == [("A", 85, {"moi": 30}), ("B", 70, {})]
    assert [again.value_of(f"bands-{n}-name") for n in range(3)] == ["A", "B", ""]
    assert kept(rubric) == [("Đạt", 60, {"moi": 20})]
    assert db.session.query(Band).count() == 1
    event = db.session.query(Event).order_by(Event.id.desc()).first()
    assert (event.kind, event.data["bands"]) == ("rubric.edited", [["Đạt", 60, {"moi": 20}]])


def test_what_cannot_be_is_said_beside_its_box_and_nothing_typed_is_lost(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)

    page = admin.post(
        address(rubric), as_typed(rubric, ("A", "tám lăm", "41"), ("a", "70", ""), ("", "50", "")), status=422
    )

    assert page.errors() == {
        "bands-0-floor": "Viết bằng số nguyên, ví dụ 12.",
        "bands-0-floors-0-points": "Nhiều nhất 40 điểm.",
        "bands-1-name": "Đã có xếp loại tên này.",
        "bands-2-name": "Đặt tên xếp loại, ví dụ: A.",
    }
    assert {link for link in page.links() if link.startswith("#bands")} == {
        f"#{name}" for name in page.errors()
    }
    assert page.value_of("bands-0-floor") == "tám lăm"
    assert kept(rubric) == []


def test_another_row_is_shown_and_nothing_kept(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)

    page = admin.post(address(rubric), as_typed(rubric, ("A", "85", "30"), viec="them"), status=200)

    assert page.value_of("bands-0-name") == "A"
    assert page.value_of("bands-1-floors-0-key") == "moi"
    assert kept(rubric) == []


def test_an_older_page_overwrites_nothing(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    old = as_typed(rubric, ("A", "85", "30"))
    admin.post(address(rubric), as_typed(rubric, ("B", "70", "20")), status=302)

    admin.post(address(rubric), old, status=409)

    assert kept(rubric) == [("B", 70, {"moi": 20})]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.JUDGE, Role.LEADER, Role.YOUTH])
def test_only_administrators_write_bands(browser, campaign, role):
    rubric = RubricFactory(campaign_id=campaign.id)
    page = browser.as_(UserFactory(role=role))

    page.get(address(rubric), status=403)
    page.post(address(rubric), as_typed(rubric, ("A", "85", "30")), status=403)

    assert kept(rubric) == []


def test_rules_with_bands_have_another_hash_and_rules_without_keep_theirs(app):
    plain, banded = RoundFactory(), RoundFactory(bands=AB)
    plain.key = banded.key = "so_khao"
    without = frozen.rules_of(plain)

    assert "bands" not in without
    assert frozen.rules_of(banded) == {
        **without,
        "bands": [
            {"name": "A", "floor": 85, "floors": {"moi": 30}},
            {"name": "B", "floor": 70, "floors": {"moi": 20}},
        ],
    }


def test_a_band_that_nobody_could_reach_stops_the_opening(app, moderator):
    round_ = RoundFactory(bands=[("A", 101, {})])
    EntryFactory(round=round_)

    with pytest.raises(WrongState, match="Không bài nào"), transaction():
        open_round(moderator, round_)


def test_after_the_opening_a_change_is_a_public_version_until_the_lock(admin, browser, moderator):
    made = contest(ideas=1, judges=1, submitted=True, bands=AB)
    with transaction():
        frozen.freeze_rules(moderator, made.round)
    rubric, before = made.round.rubric, made.round.rules_hash
    typed = as_typed(rubric, ("A", "90", "30"))

    short = admin.post(address(rubric), {**typed, "reason": "vì"}, status=422)
    admin.post(address(rubric), {**typed, "reason": REASON}, status=302)

    assert short.errors() == {"reason": "Ghi lý do để mọi người hiểu, ít nhất 20 ký tự."}
    assert kept(rubric) == [("A", 90, {"moi": 30})]
    assert made.round.rules_hash != before
    text = RulesText(
        campaign_id=made.round.campaign_id, number="1.0", html="<p>Điều 1</p>", published_at=now()
    )
    db.session.add(text)
    db.session.commit()
    rules = browser.get(f"/cuoc-thi/{made.round.campaign.slug}/the-le")
    assert "A: từ 90 điểm, Tính mới trung bình từ 30" in rules

    made.round.state = RoundState.LOCKED
    db.session.commit()
    admin.post(address(rubric), {**as_typed(rubric, ("A", "1", "")), "reason": REASON}, status=409)
    assert kept(rubric) == [("A", 90, {"moi": 30})]
    assert "Xếp loại không đổi được nữa." in admin.get(address(rubric))


def test_a_copy_has_the_bands_too_and_a_variant_uses_its_rubrics(admin, campaign):
    rubric = RoundFactory(campaign=campaign, bands=AB).rubric
    topic = campaign.topics[0]
    base = f"/quan-tri/cuoc-thi/{campaign.slug}/bo-tieu-chi/{rubric.id}"

    admin.post(f"{base}/sao-chep", {}, status=302)
    admin.post(f"{base}/linh-vuc", {"topic_id": topic.id}, status=302)

    copy, variant = db.session.query(Rubric).filter(Rubric.id != rubric.id).order_by(Rubric.id)
    assert kept(copy) == kept(rubric) == AB
    assert kept(variant) == []
    admin.get(address(variant), status=404)


def test_a_box_for_a_criterion_that_is_none_is_left_out(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    sent = as_typed(rubric, ("A", "85", "30")) | {
        "bands-0-floors-1-key": "bịa",
        "bands-0-floors-1-points": "rất cao",
    }

    admin.post(address(rubric), sent, status=302)

    assert kept(rubric) == [("A", 85, {"moi": 30})]
