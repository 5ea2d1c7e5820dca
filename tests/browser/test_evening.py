"""A judge's evening in a real browser: keys and thumbs counted, a lost network, a conflict, an ended session."""

from __future__ import annotations

import re
import sys

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app.accounts.models import LoginSession
from app.campaigns.models import Criterion, Level
from app.core.clock import now
from app.core.db import db, transaction
from app.judging import service
from app.judging.evening.entrance import service as entrance
from app.judging.holding import withdraw
from app.judging.models import PanelMember, ScoreSheet
from app.judging.rules import SheetState
from app.permissions import Role
from tests.browser.conftest import PATIENCE, running_site
from tests.conftest import running_app
from tests.factories import CampaignFactory, RubricFactory, UserFactory
from tests.judging.contest import contest

IDEAS = 40
LEVELS = [("Chưa đạt", 0, 4), ("Trung bình", 5, 9), ("Khá", 10, 14), ("Tốt", 15, 19), ("Rất tốt", 20, 25)]


@pytest.fixture
def site(tmp_path, one_app):
    with running_site("sqlite", tmp_path, "evening") as site, running_app(one_app, site.database, tmp_path):
        campaign = CampaignFactory()
        site.contest = contest(ideas=IDEAS, judges=1, k=1, campaign=campaign, rubric=four_criteria(campaign))
        db.session.query(PanelMember).update({"confirmed_at": now()})
        db.session.commit()
        site.start()
        yield site


def four_criteria(campaign):
    """As the ward's own rubric: four criteria of five levels."""
    names = [("moi", "Tính mới"), ("kha_thi", "Khả thi"), ("hieu_qua", "Hiệu quả"), ("lan_toa", "Lan tỏa")]
    criteria = [
        Criterion(
            key=key,
            name=name,
            question="Vì sao?",
            max_points=25,
            position=position,
            levels=[
                Level(label=label, points_from=a, points_to=b, text=f"Mức {label}.") for label, a, b in LEVELS
            ],
        )
        for position, (key, name) in enumerate(names)
    ]
    return RubricFactory(campaign_id=campaign.id, criteria=criteria)


def way_in(site) -> str:
    with transaction():
        _link, secret = entrance.make(None, site.contest.round, site.contest.judges[0].id, hours=12)
    return entrance.PATH + secret


@pytest.fixture
def at_desk(site, meet):
    return come_in(site, meet(site, "judge at a desk"))


@pytest.fixture
def on_phone(site, meet):
    return come_in(site, meet(site, "judge on a phone", phone=True))


def come_in(site, judge):
    judge.go(way_in(site))
    judge.press("Vào chấm")
    judge.sees("Đã chấm 0 trong 40 bài")
    return judge


def pack_is_there(page: Page):
    expect(page.locator("[data-pack-state]")).to_contain_text("Đã tải sẵn 40/40 bài", timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def sheets(state: SheetState | None = None) -> list[ScoreSheet]:
    db.session.rollback()
    db.session.expire_all()
    found = db.session.scalars(sa.select(ScoreSheet).order_by(ScoreSheet.position)).all()
    return [sheet for sheet in found if state is None or sheet.state is state]


def until(question, *, page: Page, seconds: int = 30):
    for _ in range(seconds * 5):
        if question():
            return
        page.wait_for_timeout(200)
    pytest.fail("it did not happen")


def begin(page: Page):
    page.get_by_role("link", name="Chấm tiếp bài").first.click()
    page.wait_for_selector("form[data-rubric]")


def score_by_levels(page: Page, level: str = "Tốt") -> int:
    """One press a criterion; how many presses."""
    levels = page.get_by_role("button", name=level, exact=True)
    for n in range(levels.count()):
        levels.nth(n).click()
    return levels.count()


def go_on(page: Page):
    before = page.url
    page.locator("[data-submit-next]").click()
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state()


def test_forty_ideas_by_keys_alone(site, at_desk):
    page = at_desk.page
    begin(page)
    presses = 0

    def press(key):
        nonlocal presses
        presses += 1
        page.keyboard.press(key)

    for n in range(IDEAS):
        if n == 0:
            press("1")
        expect(page.locator(".score").first).to_be_focused()
        for criterion, points in enumerate(("18", "21", "15", "12")):
            for digit in points:
                press(digit)
            if criterion < 3:
                press("Enter")
        before = page.url
        press("Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before, timeout=PATIENCE)
        page.wait_for_load_state()

    at_desk.sees("Đã chấm 40 trong 40 bài")
    sys.stdout.write(f"\nkeys: {presses} presses for {IDEAS} ideas, {presses / IDEAS:.1f} an idea")
    assert presses <= 12 * IDEAS + 1
    assert [sum(sheet.points.values()) for sheet in sheets(SheetState.SUBMITTED)] == [6600] * IDEAS


def test_forty_ideas_with_a_thumb(site, on_phone):
    page = on_phone.page
    begin(page)
    taps = 0
    for _ in range(IDEAS):
        page.locator(".jump").click()
        taps += 1 + score_by_levels(page)
        go_on(page)
        taps += 1

    on_phone.sees("Đã chấm 40 trong 40 bài")
    sys.stdout.write(f"\nthumb: {taps} taps for {IDEAS} ideas, {taps / IDEAS:.1f} an idea")
    assert taps <= 6 * IDEAS
    assert len(sheets(SheetState.SUBMITTED)) == IDEAS


def test_two_ideas_marked_without_a_network_arrive_when_it_is_back(site, on_phone):
    page = on_phone.page
    pack_is_there(page)
    on_phone.context.set_offline(True)
    begin(page)
    for _ in range(2):
        score_by_levels(page)
        go_on(page)

    expect(page.locator("[data-offline]")).to_contain_text("Mất mạng. Đã lưu 0/160, 10 chờ mạng")
    assert sheets(SheetState.SUBMITTED) == []
    page.reload()  # a crash of the browser: the page comes from the pack, the marks from the device
    expect(page.locator("[data-offline]")).to_contain_text("10 chờ mạng")

    on_phone.context.set_offline(False)
    until(lambda: len(sheets(SheetState.SUBMITTED)) == 2, page=page)
    assert [sum(sheet.points.values()) for sheet in sheets()[:2]] == [6800, 6800]
    expect(page.locator("[data-offline]")).to_be_hidden()
    on_phone.forgive_lost_network()


def test_a_submitted_sheet_of_the_pack_takes_no_marks_that_would_be_refused(site, on_phone):
    page = on_phone.page
    pack_is_there(page)
    begin(page)
    first = page.url
    score_by_levels(page)
    go_on(page)
    on_phone.context.set_offline(True)

    page.goto(first)

    expect(page.locator(".rubric")).to_contain_text("Phiếu này đã nộp. Khi có mạng, mở lại trang")
    assert page.locator(".score").first.input_value() == "17"
    on_phone.context.set_offline(False)
    page.reload()
    expect(page.get_by_role("button", name="Lấy lại để sửa")).to_be_visible()
    on_phone.forgive_lost_network()


def test_a_mark_given_elsewhere_meanwhile_is_shown_beside_the_own(site, at_desk):
    page = at_desk.page
    begin(page)
    at_desk.context.set_offline(True)
    page.locator(".score").first.fill("18")
    expect(page.locator("[data-offline]")).to_contain_text("1 chờ mạng")
    first = sheets()[0]
    with transaction():
        judge = site.contest.judges[0]
        service.mark_criterion(
            judge, first, first.criteria[0], points="9", comment=None, version=first.version
        )

    at_desk.context.set_offline(False)
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Chỗ này vừa được chấm ở nơi khác")
    expect(dialog).to_contain_text("18")
    expect(dialog).to_contain_text("9")
    dialog.get_by_role("button", name="Giữ bản ở máy này").click()

    until(lambda: list(sheets()[0].points.values()) == [1800], page=page)
    at_desk.forgive_lost_network()


def test_a_sheet_that_went_to_another_judge_meanwhile_gives_back_what_was_typed(site, at_desk):
    page = at_desk.page
    begin(page)
    at_desk.context.set_offline(True)
    page.locator(".score").first.fill("18")
    expect(page.locator("[data-offline]")).to_contain_text("1 chờ mạng")
    with transaction():
        withdraw(UserFactory(role=Role.MODERATOR), [sheets()[0].id])

    at_desk.context.set_offline(False)
    expect(page.locator(".rubric")).to_contain_text("đã chuyển cho giám khảo khác nên không lưu được nữa")
    assert page.locator(".score").first.input_value() == "18"
    page.reload()

    at_desk.sees("đã chuyển cho giám khảo khác")
    kept = page.locator("[data-kept]")
    expect(kept).to_contain_text("Điểm và chữ còn giữ trên máy này")
    expect(kept).to_contain_text("18")
    at_desk.forgive_lost_network()


def test_a_session_that_ended_loses_nothing_at_re_entry(site, at_desk):
    page = at_desk.page
    begin(page)
    with transaction():
        db.session.execute(sa.update(LoginSession).values(revoked_at=now()))
    page.locator(".score").first.fill("17")
    expect(page.locator(".rubric")).to_contain_text("Phiên đăng nhập đã hết")

    other = at_desk.context.new_page()
    other.goto(way_in(site))
    other.get_by_role("button", name="Vào chấm").click()
    other.wait_for_url("**/cham-diem?vong=*")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")

    until(lambda: list(sheets()[0].points.values()) == [1700], page=page)


def test_undo_opens_the_sheet_again(site, at_desk):
    page = at_desk.page
    begin(page)
    code = page.locator("h1 ~ *, .code").first.inner_text()
    score_by_levels(page)
    go_on(page)
    expect(page.locator(".toast")).to_contain_text(f"Đã nộp phiếu {code}")

    page.get_by_role("button", name="Hoàn tác").click()

    at_desk.sees(f"Đã lấy lại phiếu {code}")
    assert sheets(SheetState.SUBMITTED) == []
    assert page.locator(".score").first.input_value() == "17"


def test_signing_out_leaves_no_idea_on_a_shared_computer(site, at_desk):
    page = at_desk.page
    pack_is_there(page)
    page.locator(".who > details.menu > summary").click()
    page.locator(".who > details.menu").get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap*")

    until(
        lambda: (
            page.evaluate(
                "caches.keys().then((all) => all.filter((one) => one.startsWith('cham-goi-')).length)"
            )
            == 0
        ),
        page=page,
    )
    at_desk.context.set_offline(True)
    page.goto("/cham-diem")
    assert re.search("Đang mất mạng", page.content())
    at_desk.forgive_lost_network()
