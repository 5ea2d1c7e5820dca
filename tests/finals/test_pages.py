"""Pages of the evening over HTTP: who may open them, and what none of them may say too early."""

from __future__ import annotations

import re

import pytest

from app.core.db import db, transaction
from app.finals import queries, service
from app.finals.ceremony import service as ceremony
from app.finals.link import projector_key
from app.finals.models import LiveFinal
from app.finals.rules import FinalState
from app.ideas.models import Author
from app.initiatives.service import publish_and_forward
from app.judging.rules import SheetState
from app.permissions import Role
from app.results.council.models import Council
from app.results.freezing import ranking_of
from tests.factories import CampaignFactory, UserFactory
from tests.finals.stage import WHY, stage

SECRET_TOTAL = "79,11"  # 39,11 + 40 of the best entry's sheets: nowhere before totals are open
AUTHOR = "Vũ Thị Không Lộ Tên"


def shown(show, suffix=""):
    return f"{show.address}/man-chieu{suffix}?khoa={projector_key(show.final)}"


def press(browser, show, step, who=None, version=None, **kwargs):
    return browser.as_(who or show.chair).post(
        f"{show.address}/buoc/{step}", {"version": version or show.final.version}, **kwargs
    )


def with_author(show):
    """The authors of every entry bear a name that must not be seen."""
    ids = [entry.idea_id for entry in show.made.entries]
    for author in db.session.query(Author).filter(Author.idea_id.in_(ids)):
        author.user.full_name = AUTHOR
        author.full_name = AUTHOR
    db.session.commit()
    return show


def test_the_chair_plans_a_final_once(browser, administrator):
    show = stage()
    assert show.made.round.is_live
    browser.as_(show.chair).get(show.address)

    planned = stage()
    db.session.delete(planned.final)
    planned.made.round.is_live = False
    db.session.commit()
    chair = browser.as_(planned.chair)
    chair.get(planned.address)
    refused = chair.post(planned.address, {"minutes": "0", "question_minutes": "5"}, status=422)
    chair.post(planned.address, {"minutes": "8", "question_minutes": "3"}, status=302)

    assert refused.value_of("minutes") == "0"
    final = queries.final_of(planned.made.round.id)
    assert (final.minutes, final.question_minutes, planned.made.round.is_live) == (8, 3, True)


@pytest.mark.parametrize(
    "path", ["", "/cham", "/kich-ban", "/tien-do.json", "/cham.json", "/man-chieu", "/man-chieu.json"]
)
@pytest.mark.parametrize("role", [Role.YOUTH, Role.OFFICER, Role.LEADER])
def test_others_find_nothing_here(browser, role, path):
    show = stage()

    page = browser.as_(UserFactory(role=role)).get(show.address + path, status=None)

    assert page.status in {403, 404}


@pytest.mark.parametrize(
    "path",
    ["/buoc/mo-boc-tham", "/boc-tham", "/thu-tu", "/so-phut", "/bo-phieu", "/mo-diem", "/kich-ban/mo-giai"],
)
def test_a_judge_controls_nothing(browser, path):
    show = stage()
    before = show.final.version

    page = browser.as_(show.made.judges[1]).post(show.address + path, {"version": before})

    assert page.status in {403, 404}
    assert db.session.get(LiveFinal, show.final.id).version == before


def test_the_projector_opens_by_its_secret_alone(browser):
    show = stage()

    browser.get(shown(show))
    for key in ("", "?khoa=", "?khoa=" + "0" * 32, "?khoa=%C4%90"):
        browser.get(f"{show.address}/man-chieu{key}", status=404)
        browser.get(f"{show.address}/man-chieu.json{key}", status=404)


def test_the_key_of_one_final_does_not_open_another(browser):
    one, other = stage(), stage()

    browser.get(f"{other.address}/man-chieu?khoa={projector_key(one.final)}", status=404)


def test_the_projector_asks_again_without_reading_the_same_twice(browser):
    show = stage().to_running()
    first = browser.get(shown(show, ".json"), queries=6)
    again = browser.get(
        shown(show, ".json"), status=304, headers={"If-None-Match": first.response.headers["ETag"]}
    )
    show.do(service.next_presentation)

    changed = browser.get(shown(show, ".json"), headers={"If-None-Match": first.response.headers["ETag"]})

    assert list(first.json) == ["key"]
    assert again.response.get_data() == b""
    assert changed.json["key"] != first.json["key"]


def test_seconds_that_pass_change_nothing_but_the_clock(browser):
    show = stage().to_running()
    show.do(service.start_timer)

    assert browser.get(shown(show, ".json")).json == browser.get(shown(show, ".json")).json


def test_minutes_changed_while_the_clock_runs_reach_the_projector(browser):
    show = stage().to_running()
    show.do(service.start_timer)
    before = browser.get(shown(show, ".json")).json

    show.do(service.set_minutes, minutes=1, question_minutes=5)

    assert browser.get(shown(show, ".json")).json != before


def everything_said(browser, show, moderator):
    """All that any page or answer says, to everybody who may ask."""
    chair, judge = browser.as_(show.chair), browser.as_(show.made.judges[1])
    round_id = show.made.round.id
    said = [browser.get(shown(show)).html, browser.get(shown(show, ".json")).text]
    for who in (chair, judge):
        said += [who.get(f"{show.address}/cham").html, who.get(f"{show.address}/cham.json").text]
    said += [chair.get(show.address).html, chair.get(f"{show.address}/tien-do.json").text]
    said += [who.get(f"/hoi-dong/{round_id}").html for who in (chair, judge)]
    said += [chair.get(f"/hoi-dong/{round_id}/so-lieu").html, chair.get(f"/ban-giam-khao/{round_id}").html]
    staff = browser.as_(moderator)
    said += [chair.get(f"{show.address}/kich-ban").html, staff.get(f"{show.address}/kich-ban").html]
    said += [
        staff.get(f"/quan-tri/ket-qua/{round_id}").html,
        staff.get(f"/quan-tri/vong-cham/{round_id}").html,
    ]
    return "".join(said)


@pytest.mark.parametrize("until", ["to_running", "to_closed"])
def test_no_total_is_said_before_totals_open(browser, moderator, until):
    show = with_author(stage())
    getattr(show, until)()

    said = everything_said(browser, show, moderator)

    assert SECRET_TOTAL not in said
    assert "79.11" not in said and "7911" not in said
    assert AUTHOR not in browser.get(shown(show)).html
    assert "so với mặt bằng chung" not in browser.as_(show.made.judges[1]).get("/cham-diem").html


def test_no_council_reads_the_sheets_of_a_live_final_before_totals_open(browser):
    show = stage()
    show.to_closed()

    browser.as_(show.chair).post(f"/hoi-dong/{show.made.round.id}/mo", status=409)

    assert db.session.query(Council).count() == 0


def test_totals_are_on_the_projector_once_opened_and_wanted(browser, moderator):
    show = with_author(stage()).to_totals()

    opened = browser.get(shown(show))
    press(browser, show, "bang-diem", status=303)
    held = browser.get(shown(show))

    assert SECRET_TOTAL in opened
    assert AUTHOR not in opened.html
    assert SECRET_TOTAL not in held.html
    assert SECRET_TOTAL in browser.as_(show.chair).get(show.address)


def test_a_judge_sees_no_totals_after_they_are_opened_for_the_chair(browser):
    show = stage().to_totals()

    page = browser.as_(show.made.judges[1]).get(f"{show.address}/cham")

    assert SECRET_TOTAL not in page.html


def test_only_revealed_awards_are_on_the_projector(browser, moderator):
    show = with_author(stage()).to_reveal(moderator)
    titles = [entry.idea_version.title for entry in show.made.entries]
    staff = browser.as_(moderator)

    before = browser.get(shown(show)).html
    staff.post(f"{show.address}/kich-ban/mo-giai", {"version": show.final.version}, status=303)
    after = browser.get(shown(show)).html

    assert [title for title in titles if title in before] == []
    assert [title for title in titles if title in after] == [titles[2]]
    assert "Giải Nhì" in after
    assert "Giải Nhất" not in after
    assert AUTHOR not in after


def test_the_script_reads_from_the_lowest_prize_in_words(browser, moderator):
    show = with_author(stage()).to_reveal(moderator)

    page = browser.as_(moderator).get(f"{show.address}/kich-ban")

    assert re.findall(r"<h2>(.*?)</h2>", page.html) == ["Giải Nhì", "Giải Nhì", "Giải Nhất"]
    assert "Giải Nhất, trị giá năm triệu đồng." in page
    assert AUTHOR not in page.html


def test_after_publishing_names_and_the_way_to_the_results_are_shown(browser, moderator, leader):
    show = with_author(stage()).to_reveal(moderator)
    for _award in range(3):
        show.do(ceremony.reveal_next)
    show.do(ceremony.finish)
    assert AUTHOR not in browser.get(shown(show)).html
    publication = show.final.publication
    with transaction():
        publish_and_forward(leader, publication, version=publication.version)

    page = browser.get(shown(show))

    assert AUTHOR in page
    assert f"/ket-qua/{show.made.round.campaign.slug}" in page.html
    assert "<svg" in page.html


def test_names_are_shown_at_once_where_judging_is_not_blind(browser, moderator):
    show = with_author(stage(campaign=CampaignFactory(blind=False))).to_reveal(moderator)

    show.do(ceremony.reveal_next)

    assert AUTHOR in browser.get(shown(show))


def test_who_presses_second_is_told_and_nothing_is_skipped(browser, administrator):
    show = stage().to_running()
    seen = show.final.version
    press(browser, show, "bai-sau", version=seen, status=303)

    second = browser.as_(administrator)
    second.post(f"{show.address}/buoc/bai-sau", {"version": seen}, status=303)

    assert "Người khác vừa bấm trước bạn" in second.get(show.address)
    assert db.session.get(LiveFinal, show.final.id).position == 2


def test_an_unknown_step_is_no_page(browser):
    show = stage()

    press(browser, show, "khong-co", status=404)


def test_the_chair_voids_all_sheets_of_a_judge_who_left(browser):
    show = stage(judges=3).to_running()
    left = show.made.judges[2]
    chair = browser.as_(show.chair)
    data = {"gk-version": show.final.version, "gk-judge_id": left.id, "gk-reason": "ngắn"}

    refused = chair.post(f"{show.address}/bo-phieu", data, status=422)
    chair.post(f"{show.address}/bo-phieu", {**data, "gk-reason": WHY}, status=303)

    assert refused.value_of("gk-reason") == "ngắn"
    assert {s.state for s in show.made.sheets if s.judge_id == left.id} == {SheetState.VOID}


def test_the_whole_way_is_pressed_on_the_control_page(browser):
    show = stage()
    chair = browser.as_(show.chair)

    def send(path, prefix, **values):
        version = queries.final_of(show.made.round.id).version
        data = {f"{prefix}-{name}": value for name, value in values.items()}
        chair.post(f"{show.address}/{path}", {f"{prefix}-version": version, **data}, status=303)

    press(browser, show, "mo-boc-tham")
    send("boc-tham", "so", number="73129")
    for step in ("mo-la-tham",) * 3 + ("bat-dau", "chay", "dung", "dat-lai", "hoi-dap", "bai-sau"):
        press(browser, show, step)
        chair.get(show.address)
        browser.get(shown(show))
    send("so-phut", "ph", minutes=6, question_minutes=2)
    for step in ("bai-sau", "bai-sau", "khoa-phieu"):
        press(browser, show, step)
        chair.get(show.address)
    send("mo-diem", "md", shown="y")

    final = queries.final_of(show.made.round.id)
    assert (final.state, final.totals_shown) == (FinalState.TOTALS_OPEN, True)
    assert ranking_of(show.made.round) is not None


def test_an_order_typed_by_hand_keeps_what_was_typed(browser):
    show = stage()
    chair = browser.as_(show.chair)
    data = {"tt-version": show.final.version, "tt-order": "X99", "tt-reason": WHY}

    page = chair.post(f"{show.address}/thu-tu", data, status=422)

    assert page.value_of("tt-order").strip() == "X99"
    assert "Ghi mỗi mã chấm đúng một lần" in page


def test_a_judge_is_led_to_the_own_sheet_of_what_is_presented_now(browser):
    show = stage(submitted=False).to_running()
    judge = show.made.judges[1]
    phone = browser.as_(judge)
    own = {s.entry_id: s.public_id for s in show.made.sheets if s.judge_id == judge.id}
    first, second = (one.entry for one in show.final.presentations[:2])

    page, now = phone.get(f"{show.address}/cham"), phone.get(f"{show.address}/cham.json").json
    sheet = phone.get(f"/cham-diem/{own[first.id]}")
    show.do(service.next_presentation)

    assert f"/cham-diem/{own[first.id]}" in page.links()
    assert now["code"] == first.judging_code
    assert f"{show.address}/cham" in sheet.links()
    assert f"/cham-diem/{own[second.id]}" in phone.get(f"{show.address}/cham").links()


def test_a_judge_of_another_round_is_not_led_anywhere(browser):
    show, other = stage(), stage()

    browser.as_(other.made.judges[1]).get(f"{show.address}/cham", status=404)


@pytest.mark.parametrize("ideas", [2, 12])
def test_pages_cost_the_same_with_few_and_many_entries(browser, ideas):
    show = stage(ideas=ideas).to_running()

    browser.get(shown(show), queries=6)
    browser.as_(show.chair).get(show.address, queries=14)
    browser.as_(show.made.judges[1]).get(f"{show.address}/cham", queries=12)
