"""An administrator writes rubrics and rounds; after the opening each change is a new, public version of the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.campaigns import standard
from app.campaigns.models import Campaign, Criterion, Round, RoundRules, Rubric
from app.campaigns.rules import Method, RoundState
from app.core import clock, formats
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event
from app.judging import frozen
from app.judging.models import Mark
from app.judging.rounds import open_round
from app.permissions import Role
from tests.factories import CampaignFactory, PanelMemberFactory, RoundFactory, RubricFactory, UserFactory
from tests.judging.contest import contest

REASON = "Ban Tổ chức sửa theo góp ý của Hội đồng ngày 3/12."


def base(campaign: Campaign) -> str:
    return f"/quan-tri/cuoc-thi/{campaign.slug}"


def day(offset: int) -> str:
    return formats.day(clock.today() + timedelta(days=offset))


def last_event() -> Event:
    return db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()


def as_form(page) -> dict[str, str]:
    """What a browser would send of the form on the page, as it stands, without the buttons."""
    form = next(
        form for form in page.tree.iter("form") if any(e.get("name") == "name" for e in form.iter("input"))
    )
    sent = {}
    for field in form.iter():
        name = field.get("name")
        if name is None or field.tag == "button" or name == "csrf_token":
            continue
        if field.tag == "textarea":
            sent[name] = "".join(field.itertext()).removeprefix("\n")
        elif field.tag == "select":
            chosen = [o for o in field.iter("option") if o.get("selected") is not None] or list(
                field.iter("option")
            )[:1]
            sent[name] = chosen[0].get("value") if chosen else ""
        elif field.get("type") != "checkbox" or field.get("checked") is not None:
            sent[name] = field.get("value", "")
    return sent


# --- rubrics


@pytest.mark.parametrize(("preset", "total"), [("P1", 100), ("P2", 80), ("P3", 100)])
def test_rubric_from_a_preset_is_whole_and_can_open_a_round(admin, campaign, preset, total):
    page = admin.post(f"{base(campaign)}/bo-tieu-chi", {"preset": preset, "name": ""})

    rubric = db.session.scalars(sa.select(Rubric)).one()
    assert page.location == f"{base(campaign)}/bo-tieu-chi/{rubric.id}"
    assert sum(criterion.max_points for criterion in rubric.criteria) == rubric.scale == total
    assert all(criterion.levels for criterion in rubric.criteria)
    round_ = RoundFactory(campaign=campaign, rubric=rubric, tie_break=standard.tie_break(preset))
    assert [finding.key for finding in frozen.findings_of(round_) if finding.stops] == []


def test_second_rubric_of_a_preset_gets_a_key_of_its_own(admin, campaign):
    for _ in range(2):
        admin.post(f"{base(campaign)}/bo-tieu-chi", {"preset": "P1", "name": ""})

    assert sorted(db.session.scalars(sa.select(Rubric.key))) == ["P1", "P1-2"]


def test_rubric_form_keeps_all_when_saved_as_it_stands(admin, campaign):
    admin.post(f"{base(campaign)}/bo-tieu-chi", {"preset": "P1", "name": ""})
    rubric = db.session.scalars(sa.select(Rubric)).one()
    before = frozen.criteria_of(rubric)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"

    admin.post(address, {**as_form(admin.get(address)), "viec": "luu"}, status=302)

    assert frozen.criteria_of(rubric) == before


def test_criterion_is_added_and_its_key_says_what_it_is(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"
    typed = as_form(admin.get(address))

    page = admin.post(address, {**typed, "name": "Tên đang gõ", "viec": "them-tieu-chi"}, status=200)

    assert page.value_of("name") == "Tên đang gõ"  # nothing is kept yet, nothing is lost
    assert rubric.name == "Sơ khảo hồ sơ"
    added = as_form(page) | {
        "criteria-2-name": "Chung",
        "criteria-2-max_points": "10",
        "criteria-2-informs_only": "y",
        "criteria-2-note_below": "3",
        "criteria-2-levels-0-points_from": "0",
        "criteria-2-levels-0-points_to": "10",
        "criteria-2-levels-0-label": "Cảm nhận",
        "viec": "luu",
    }
    admin.post(address, added, status=302)

    new = rubric.criteria[2]
    assert (new.key, new.max_points, new.informs_only, new.note_below) == ("chung_2", 10, True, 3)
    assert [level.label for level in new.levels] == ["Cảm nhận"]
    assert [c.key for c in rubric.criteria] == ["moi", "hieu_qua", "chung_2"]
    assert last_event().kind == "rubric.edited"
    assert last_event().data["criteria"][2] == ["chung_2", 10, None, True, 3, None]


def test_criteria_change_places_with_everything_typed_mistakes_included(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"
    typed = as_form(admin.get(address))

    page = admin.post(address, {**typed, "criteria-0-max_points": "bốn mươi", "viec": "xuong-0"}, status=200)

    assert page.value_of("criteria-1-name") == "Tính mới"
    assert page.value_of("criteria-1-max_points") == "bốn mươi"
    assert page.value_of("criteria-0-name") == "Hiệu quả"


def test_criterion_ticked_away_goes_with_its_levels(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"

    admin.post(address, {**as_form(admin.get(address)), "criteria-0-remove": "y", "viec": "luu"}, status=302)

    assert [c.key for c in rubric.criteria] == ["hieu_qua"]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"criteria-0-name": ""}, {"criteria-0-name": "Đặt tên tiêu chí."}),
        (
            {"criteria-0-max_points": ""},
            {"criteria-0-max_points": "Ghi điểm tối đa, bằng số từ 1."},
        ),
        (
            {"criteria-0-levels-3-label": "Lẻ"},
            {
                "criteria-0-levels-3-points_from": "Ghi điểm của mức này, bằng số.",
                "criteria-0-levels-3-points_to": "Ghi điểm của mức này, bằng số.",
            },
        ),
        ({"name": ""}, {"name": "Đặt tên bộ tiêu chí."}),
    ],
)
def test_mistake_in_a_rubric_is_told_beside_its_field_and_stays_typed(admin, campaign, changes, errors):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"

    page = admin.post(
        address, {**as_form(admin.get(address)), **changes, "criteria-1-question": "Ai lợi?", "viec": "luu"}
    )

    assert page.status == 422
    assert page.errors() == errors
    assert page.value_of("criteria-1-question") == "Ai lợi?"


def test_two_who_write_the_same_rubric_the_second_is_told(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"
    typed = {**as_form(admin.get(address)), "viec": "luu"}
    admin.post(address, {**typed, "name": "Người thứ nhất"}, status=302)

    page = admin.post(address, {**typed, "name": "Người thứ hai"})

    assert page.status == 409
    assert rubric.name == "Người thứ nhất"


def test_preview_shows_the_sheet_of_judges(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)

    page = admin.get(f"{base(campaign)}/bo-tieu-chi/{rubric.id}/xem-truoc")

    assert "Tính mới" in page
    assert "Mức Tốt." in page
    assert "/100" in page


def test_topic_gets_a_rubric_of_its_own_that_follows_the_common_scale(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"

    admin.post(f"{address}/linh-vuc", {"topic_id": campaign.topics[1].id}, status=302)
    admin.post(address, {**as_form(admin.get(address)), "scale": "80", "viec": "luu"}, status=302)

    (variant,) = rubric.variants
    assert (variant.topic_id, variant.scale) == (campaign.topics[1].id, 80)
    assert [c.key for c in variant.criteria] == ["moi", "hieu_qua"]
    page = admin.get(f"{base(campaign)}/bo-tieu-chi/{variant.id}")
    assert page.value_of("scale") is None  # the common rubric's matter


def test_only_administrators_write_rubrics_and_rounds(browser, moderator, campaign):
    for address in ("vong-cham", "vong-cham/moi", "bo-tieu-chi"):
        browser.as_(moderator).get(f"{base(campaign)}/{address}", status=403)


def test_rubric_of_another_campaign_is_not_found(admin, campaign):
    other = RubricFactory(campaign_id=CampaignFactory().id)

    admin.get(f"{base(campaign)}/bo-tieu-chi/{other.id}", status=404)


# --- rounds


def test_the_two_offered_rounds_are_sound(admin, campaign):
    new = f"{base(campaign)}/vong-cham/moi"

    admin.post(new, as_form(admin.get(new)), status=302)
    admin.post(new, as_form(admin.get(new)), status=302)

    first, final = db.session.scalars(sa.select(Round).order_by(Round.position))
    assert (first.key, first.method, first.sheets_per_idea, first.cut_top) == (
        "so_khao",
        Method.ADJUSTED,
        3,
        12,
    )
    assert (final.method, final.deviation, final.full_panel, final.gives_awards) == (
        Method.VALID,
        20,
        True,
        True,
    )
    assert (first.rubric.key, final.rubric.key) == ("P1", "P2")
    assert frozen.findings_of(first) == []
    assert first.tie_break == ["hieu_qua", "moi"]


def test_prizes_after_three_sheets_are_warned_of_and_may_still_be_given(admin, campaign, moderator):
    round_ = RoundFactory(campaign=campaign, sheets_per_idea=3, gives_awards=True)
    page = admin.get(f"{base(campaign)}/vong-cham")

    assert "Trao giải sau 3 phiếu mỗi bài là quá ít" in page

    with transaction():
        open_round(moderator, round_)
    assert round_.state is RoundState.OPEN


def test_round_whose_criteria_do_not_add_up_cannot_be_opened(browser, moderator, campaign):
    rubric = RubricFactory(campaign_id=campaign.id, scale=90)
    round_ = RoundFactory(campaign=campaign, rubric=rubric)

    page = browser.as_(moderator).post(f"/quan-tri/vong-cham/{round_.id}/mo")

    assert page.status == 409
    assert "có tổng 100 điểm, cần đúng 90" in page
    assert round_.state is RoundState.PLANNED


def test_rubric_that_another_round_uses_is_refused_beside_its_field(admin, campaign):
    used = RoundFactory(campaign=campaign)
    other = RoundFactory(campaign=campaign, position=1)
    address = f"{base(campaign)}/vong-cham/{other.key}"

    page = admin.post(address, {**as_form(admin.get(address)), "rubric": used.rubric_id})

    assert page.status == 422
    assert list(page.errors()) == ["rubric"]


def test_rounds_change_places_while_both_are_planned(admin, campaign):
    first = RoundFactory(campaign=campaign, key="mot", position=0)
    second = RoundFactory(campaign=campaign, key="hai", position=1)

    admin.post(f"{base(campaign)}/vong-cham/hai/len", {"version": second.version}, status=302)

    assert (second.position, first.position) == (0, 1)
    assert last_event().data == {"positions": [[first.id, 1], [second.id, 0]]}
    first.state = RoundState.OPEN
    db.session.commit()

    page = admin.post(f"{base(campaign)}/vong-cham/hai/xuong", {"version": second.version})

    assert page.status == 409


def test_only_a_planned_round_without_judges_and_ideas_is_deleted(admin, campaign):
    empty = RoundFactory(campaign=campaign, key="trong")
    peopled = RoundFactory(campaign=campaign, key="co_nguoi", position=1)
    PanelMemberFactory(round=peopled)

    admin.post(f"{base(campaign)}/vong-cham/trong/xoa", {"version": empty.version}, status=302)
    page = admin.post(f"{base(campaign)}/vong-cham/co_nguoi/xoa", {"version": peopled.version})

    assert page.status == 409
    assert list(db.session.scalars(sa.select(Round.key))) == ["co_nguoi"]
    assert "round.deleted" in list(db.session.scalars(sa.select(Event.kind)))


def test_old_address_of_a_round_leads_to_the_new_one(admin, campaign):
    RoundFactory(campaign=campaign, key="so_khao")

    page = admin.get(f"{base(campaign)}/vong/so_khao", status=302)

    assert page.location == f"{base(campaign)}/vong-cham/so_khao"


# --- versions of frozen rules


@pytest.fixture
def opened(campaign) -> Round:
    round_ = RoundFactory(campaign=campaign, key="so_khao", gives_awards=False, cut_top=12)
    with transaction():
        open_round(UserFactory(role=Role.MODERATOR), round_)
    return round_


def versions() -> list[tuple[int, str]]:
    rows = db.session.scalars(sa.select(RoundRules).order_by(RoundRules.number))
    return [(row.number, row.reason) for row in rows]


def test_opening_keeps_the_rules_as_version_one_under_their_hash(opened):
    (version,) = db.session.scalars(sa.select(RoundRules))

    assert (version.number, version.hash, version.rules) == (1, opened.rules_hash, frozen.rules_of(opened))
    assert frozen.hash_of(version.rules) == version.hash


def test_change_after_the_opening_is_a_new_version_with_a_public_reason(admin, browser, campaign, opened):
    address = f"{base(campaign)}/vong-cham/so_khao"
    before = opened.rules_hash

    admin.post(address, {**as_form(admin.get(address)), "cut_top": "15", "reason": REASON}, status=302)

    assert opened.cut_top == 15
    assert versions() == [(1, ""), (2, REASON)]
    assert opened.rules_hash == frozen.hash_of(frozen.rules_of(opened)) != before
    event = last_event()
    assert (event.kind, event.object_id) == ("round.rules_changed", opened.id)
    assert event.data == {"number": 2, "rules_hash": opened.rules_hash, "changed": {"cut_top": [12, 15]}}
    page = browser.get(f"/cuoc-thi/{campaign.slug}")
    assert page.status == 200


def test_change_without_a_reason_is_refused_and_nothing_typed_is_lost(admin, campaign, opened):
    address = f"{base(campaign)}/vong-cham/so_khao"

    page = admin.post(address, {**as_form(admin.get(address)), "cut_top": "15", "reason": "ngắn"})

    assert page.status == 422
    assert page.errors() == {"reason": "Ghi lý do để mọi người hiểu, ít nhất 20 ký tự."}
    assert page.value_of("cut_top") == "15"
    assert opened.cut_top == 12
    assert versions() == [(1, "")]


def test_blindness_is_a_promise_that_stands_once_the_round_is_open(admin, campaign, opened):
    address = f"{base(campaign)}/vong-cham/so_khao"
    typed = as_form(admin.get(address))
    typed.pop("blind")

    page = admin.post(address, {**typed, "reason": REASON})

    assert page.status == 409
    assert opened.blind is True


def test_change_that_breaks_the_rules_is_refused(admin, campaign, opened):
    address = f"{base(campaign)}/vong-cham/so_khao"

    page = admin.post(address, {**as_form(admin.get(address)), "pass_mark": "400", "reason": REASON})

    assert page.status == 409
    assert versions() == [(1, "")]


def test_criteria_change_until_the_first_mark_and_words_until_the_lock(admin, administrator):
    made = contest(ideas=1, judges=2, key="so_khao")
    campaign, rubric = made.round.campaign, made.round.rubric
    rubric.frozen_at = now()
    db.session.commit()
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"

    def send(**changes: str):
        typed = as_form(admin.get(address))
        return admin.post(address, {**typed, **changes, "reason": REASON, "viec": "luu"})

    weights = {"criteria-0-max_points": "30", "criteria-1-max_points": "70"}
    levels = {"criteria-0-levels-0-points_to": "30"}
    assert send(**weights, **levels).status == 302
    assert [c.max_points for c in rubric.criteria] == [30, 70]

    db.session.add(
        Mark(sheet_id=made.sheets[0].id, criterion_id=rubric.criteria[0].id, hundredths=2500, saved_at=now())
    )
    db.session.commit()
    refused = send(**{"criteria-0-max_points": "20", "criteria-1-max_points": "80"})
    assert refused.status == 409
    assert "chỉ sửa được lời" in refused
    assert send(**{"criteria-0-question": "Phường ta đã có chưa?"}).status == 302
    assert rubric.criteria[0].question == "Phường ta đã có chưa?"
    assert [number for number, _reason in versions()] == [1, 2]

    made.round.state = RoundState.LOCKED
    db.session.commit()
    assert 'name="criteria-0-name"' not in admin.get(address).html
    typed = {"version": rubric.version, "name": "Khác", "scale": 100, "reason": REASON, "viec": "luu"}
    assert admin.post(address, typed).status == 409


def test_no_command_writes_a_frozen_rubric_past_its_versions(admin, campaign, opened):
    variant = admin.post(
        f"{base(campaign)}/bo-tieu-chi/{opened.rubric_id}/linh-vuc", {"topic_id": campaign.topics[0].id}
    )
    delete = admin.post(
        f"{base(campaign)}/bo-tieu-chi/{opened.rubric_id}/xoa", {"version": opened.rubric.version}
    )

    assert (variant.status, delete.status) == (409, 409)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Rubric)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Criterion)) == 2


def test_public_page_tells_the_rules_their_hash_and_why_they_changed(admin, browser, campaign, opened):
    from app.campaigns.models import RulesText

    db.session.add(RulesText(campaign_id=campaign.id, number="1.0", html="<p>Điều 1</p>", published_at=now()))
    db.session.commit()
    address = f"{base(campaign)}/vong-cham/so_khao"
    admin.post(address, {**as_form(admin.get(address)), "cut_top": "15", "reason": REASON}, status=302)

    page = browser.get(f"/cuoc-thi/{campaign.slug}/the-le")

    assert "15 bài cao nhất." in page
    assert "Tính mới : 40 điểm, trung bình ít nhất 10 mới đi tiếp" in page
    assert "xét Hiệu quả, xét Tính mới, rồi đồng hạng" in page
    assert "Thể lệ chấm điểm, phiên bản 2 từ" in page
    assert REASON in page
    assert opened.rules_hash[:16] in page


def test_what_is_no_number_and_what_is_too_long_is_told_in_our_words(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"
    typed = {"criteria-0-max_points": "bốn mươi", "criteria-1-name": "x" * 201}

    page = admin.post(address, {**as_form(admin.get(address)), **typed, "viec": "luu"})

    assert page.errors() == {
        "criteria-0-max_points": "Viết bằng số nguyên, ví dụ 12.",
        "criteria-1-name": "Rút gọn, nhiều nhất 200 ký tự.",
    }
    assert page.value_of("criteria-0-max_points") == "bốn mươi"


def test_rubric_that_no_round_uses_is_deleted_with_its_variants(admin, campaign):
    rubric = RubricFactory(campaign_id=campaign.id)
    address = f"{base(campaign)}/bo-tieu-chi/{rubric.id}"
    admin.post(f"{address}/linh-vuc", {"topic_id": campaign.topics[0].id}, status=302)

    admin.post(f"{address}/xoa", {"version": rubric.version}, status=302)

    for table in (Rubric, Criterion):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_rubric_in_use_is_not_deleted(admin, campaign):
    round_ = RoundFactory(campaign=campaign)

    page = admin.post(
        f"{base(campaign)}/bo-tieu-chi/{round_.rubric_id}/xoa", {"version": round_.rubric.version}
    )

    assert page.status == 409
    assert "đang dùng cho một vòng chấm" in page


def test_copy_is_a_rubric_of_its_own_even_of_a_frozen_one(admin, campaign, opened):
    admin.post(f"{base(campaign)}/bo-tieu-chi/{opened.rubric_id}/sao-chep", status=302)

    copy = db.session.scalars(sa.select(Rubric).order_by(Rubric.id.desc())).first()
    assert (copy.name, copy.frozen_at) == ("Sơ khảo hồ sơ (bản sao)", None)
    assert frozen.criteria_of(copy) == frozen.criteria_of(opened.rubric)


@pytest.mark.parametrize("address", ["vong-cham", "bo-tieu-chi"])
def test_lists_ask_as_often_for_many_as_for_few(admin, campaign, address):
    def another(position: int) -> None:
        round_ = RoundFactory(campaign=campaign, position=position)
        rubric = f"{base(campaign)}/bo-tieu-chi/{round_.rubric_id}"
        admin.post(f"{rubric}/linh-vuc", {"topic_id": campaign.topics[0].id}, status=302)

    another(0)
    few = admin.get(f"{base(campaign)}/{address}").queries
    for position in range(1, 5):
        another(position)

    assert admin.get(f"{base(campaign)}/{address}").queries == few
