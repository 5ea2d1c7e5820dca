"""Two rounds of judging, with everything that goes wrong in them, by people with browsers of their own.

Nine judges: one loses the network, one hands an idea back, one writes on paper, one amends a sheet in the council.
Two ideas are equal at the cut; the final is held on a stage; a team appeals and is right.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

import pytest
from playwright.sync_api import expect

from app.core.db import db
from app.judging.models import PanelMember
from app.judging.rules import SheetState
from tests.browser import two_rounds as stage
from tests.browser.conftest import running_site
from tests.browser.two_rounds import (
    BATTERIES,
    BOOKS,
    FINAL,
    FIRST_ROUND,
    FLOODS,
    PASSWORD,
    SLIP,
    TEAM_NAME,
    TIMETABLE,
    title_of,
)
from tests.conftest import running_app
from tests.ideas.attachments.samples import png

LATE = 120_000  # milliseconds: seals, and a bundle after them, come by themselves within a minute or two


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path, one_app):
    """Eight valid ideas and nine judges on both panels; nothing is open yet."""
    with (
        running_site(request.param, tmp_path, "two_rounds") as site,
        running_app(one_app, site.database, tmp_path),
    ):
        site.cast = stage.prepare()
        site.start()
        yield site


def test_two_rounds_with_all_that_can_happen(site, meet):
    cast = site.cast
    moderator, typist = enter(meet, site, cast.moderator), enter(meet, site, cast.typist)
    chair = enter(meet, site, cast.judges[0], phone=True)
    second, third = enter(meet, site, cast.judges[1]), enter(meet, site, cast.judges[2])

    open_and_deal(moderator, cast.first, "24")
    stage.confirm_rules(cast.first, but=cast.judges[:2])
    mark_while_the_network_is_lost(chair, cast)
    hand_one_back(second, cast)
    deal_again(moderator, cast.first)
    mark_on_paper(third, moderator, typist, cast)
    mark_the_rest(second, FIRST_ROUND)
    stage.mark_by_command(cast.first, FIRST_ROUND)

    lock_for_the_council(moderator, cast.first)
    convene(chair, cast.first)
    amend(whoever_may_amend(cast, chair, second, third), cast)
    settle_the_tie(chair, second, cast)
    settle_the_rest(chair, cast.first)
    close_the_council(chair, cast.first)
    let_three_go_on(moderator, cast)

    open_and_deal(moderator, cast.final, "27")
    stage.confirm_rules(cast.final)
    hall = hold_the_final(chair, second, meet(site, "hall"), cast)
    open_the_totals(chair, hall)
    propose(moderator, cast.final)
    reveal(chair, hall)
    leader = enter(meet, site, cast.leader)
    publish(leader, moderator)

    reader = meet(site, "reader")
    read_results(reader, cast, first=BATTERIES)
    check_the_proof(reader, bundles=1, folder=site.folder)

    team = enter(meet, site, cast.team_of(TIMETABLE), phone=True)
    appeal(team)
    uphold(typist)
    correct(typist, enter(meet, site, cast.judges[8]), cast)
    propose(moderator, cast.final)
    publish(leader, moderator)
    read_results(reader, cast, first=TIMETABLE)
    read_what_was_replaced(reader, cast)
    check_the_proof(reader, bundles=2, folder=site.folder)
    the_record_agrees(site)


def enter(meet, site, user, **how):
    """Somebody signs in with a browser of their own."""
    person = meet(site, user.full_name, **how)
    person.sign_in(user.email, PASSWORD)
    return person


def round_page(moderator, round_):
    moderator.go(f"/quan-tri/vong-cham/{round_.id}")


def open_and_deal(moderator, round_, dealt):
    round_page(moderator, round_)
    moderator.follow("Mở vòng chấm")
    moderator.agree("Mở vòng chấm")
    moderator.sees("Đã mở vòng chấm")
    deal(moderator)
    moderator.sees(f"Đã phân công {dealt} phiếu mới")


def deal(moderator):
    """The plan is looked at, and stored as it was seen."""
    moderator.follow("Xem trước phân công")
    moderator.sees("Chưa có gì được ghi")
    for sure in moderator.page.locator("input[name=sure]").all():
        sure.check()
    moderator.press("Phân công như trên")


def deal_again(moderator, round_):
    """The idea that was handed back goes to somebody else."""
    round_page(moderator, round_)
    moderator.sees("Xin không chấm")
    deal(moderator)
    moderator.sees("Đã phân công 1 phiếu mới")


def begin(judge):
    judge.go("/cham-diem")
    if "xac-nhan" in judge.page.url:
        judge.press("Đã đọc, bắt đầu chấm")
        judge.page.wait_for_url("**/cham-diem?vong=*")


def fill_in(judge, given):
    """The sheet at hand, by the title of its idea; who wrote the idea is nowhere."""
    judge.does_not_see(TEAM_NAME)
    points = given[judge.page.locator("h1").inner_text()]
    for box, value in zip(judge.page.locator("input.score").all(), points, strict=True):
        box.fill(str(value))
        box.press("Enter")
    judge.sees("Đủ")


def hand_in(judge):
    here = judge.page.url
    judge.page.locator("[data-submit-next]").click()
    judge.page.wait_for_url(lambda url: url != here)
    judge.page.wait_for_load_state()


def mark_the_rest(judge, given):
    judge.go("/cham-diem")
    while judge.page.get_by_role("link", name="Chấm tiếp").count():
        judge.follow("Chấm tiếp")
        fill_in(judge, given)
        hand_in(judge)
        judge.go("/cham-diem")


def mark_while_the_network_is_lost(judge, cast):
    """In the middle of the evening: the judge goes on, and all of it arrives when the network is back."""
    begin(judge)
    mine = len(stage.sheets(cast.first, cast.judges[0]))
    page = judge.page
    expect(page.locator("[data-pack-state]")).to_contain_text(f"Đã tải sẵn {mine}/{mine} bài", timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    judge.follow("Chấm tiếp")
    page.wait_for_selector("form[data-rubric]")
    page.locator("input.score").first.fill("1")
    judge.sees("Đã lưu")

    judge.context.set_offline(True)
    fill_in(judge, FIRST_ROUND)
    hand_in(judge)
    expect(page.locator("[data-offline]")).to_contain_text("Mất mạng")
    fill_in(judge, FIRST_ROUND)
    hand_in(judge)
    assert not submitted(cast.first, cast.judges[0])

    judge.context.set_offline(False)
    until(page, lambda: len(submitted(cast.first, cast.judges[0])) == 2)
    judge.forgive_lost_network()
    for sheet in submitted(cast.first, cast.judges[0]):
        assert sum(sheet.points.values()) == 100 * sum(FIRST_ROUND[title_of(sheet)])
    mark_the_rest(judge, FIRST_ROUND)
    judge.sees(f"Đã chấm {mine} trong {mine} bài")


def submitted(round_, user):
    return [sheet for sheet in stage.sheets(round_, user) if sheet.state is SheetState.SUBMITTED]


def until(page, question, seconds=30):
    for _ in range(seconds * 5):
        if question():
            return
        page.wait_for_timeout(200)
    pytest.fail("it did not happen")


def hand_one_back(judge, cast):
    """A relation is seen only now: the sheet goes back, with a reason."""
    begin(judge)
    mine = len(stage.sheets(cast.first, cast.judges[1]))
    judge.follow("Chấm tiếp")
    judge.follow("Xin không chấm")
    judge.fill(reason="Tôi nhận ra đây là bài của học trò cũ của tôi.")
    judge.press("Trả lại bài")
    judge.sees("Giám khảo khác sẽ chấm bài này")
    judge.sees(f"Đã chấm 0 trong {mine - 1} bài")


def mark_on_paper(judge, moderator, typist, cast):
    """Scanned, typed by one, typed by another who sees nothing of it, confirmed by the judge whose paper it is."""
    sheet = stage.sheets(cast.first, cast.judges[2])[0]
    code, points = sheet.entry.judging_code, FIRST_ROUND[title_of(sheet)]
    keys = [criterion.key for criterion in sheet.criteria]
    name = cast.judges[2].full_name  # as printed on the paper; codes are for the bundle

    def type_in(person):
        person.go(f"/quan-tri/phieu-giay/vong/{cast.first.id}")
        person.follow(f"Mở {code} {name}")
        person.sees(f"Phiếu {code} của {name}")
        person.fill(**{f"diem-{key}": str(value) for key, value in zip(keys, points, strict=True)})

    type_in(moderator)
    moderator.press("Lưu lần nhập này")
    moderator.sees("Đã nhập lần một")
    moderator.follow(f"Mở {code} {name}")
    moderator.page.locator("input[name=tep]").set_input_files(
        {"name": "phieu.png", "mimeType": "image/png", "buffer": png()}
    )
    moderator.press("Tải lên")
    moderator.sees("Đã đính kèm bản quét")
    type_in(typist)
    typist.press("Lưu lần nhập này")
    typist.sees("Hai lần nhập khớp nhau")

    judge.go("/cham-diem")
    judge.follow(f"Xem phiếu {code}")
    judge.sees("Mở bản quét của phiếu")
    judge.press("Đúng như phiếu giấy, nộp phiếu")
    judge.sees("Phiếu được tính như phiếu chấm trên máy")
    judge.sees("Đã chấm 1 trong")


def lock_for_the_council(moderator, round_):
    round_page(moderator, round_)
    moderator.sees("đã nộp 24/24 phiếu")
    moderator.follow("Khóa vòng chấm")
    moderator.tick("hoi-dong")
    moderator.agree("Khóa vòng chấm")
    moderator.sees("họp xong vòng được xếp hạng")


def convene(chair, round_):
    chair.go(f"/hoi-dong/{round_.id}")
    chair.fill(place="Phòng họp số 2")
    chair.press("Mở phiên họp")
    chair.sees("Đã mở phiên họp hội đồng")
    for member in chair.page.locator("input[name=present_ids]").all():
        member.check()
    chair.press("Ghi thành viên có mặt")
    chair.sees("Thành viên có mặt: 9/9")


def whoever_may_amend(cast, *judges):
    """Sheets are dealt by lot: somebody here holds one of an idea that does not have to stay equal to another."""
    for judge, user in reversed(list(zip(judges, cast.judges, strict=False))):
        if {title_of(sheet) for sheet in submitted(cast.first, user)} - {BOOKS, FLOODS}:
            return judge
    pytest.fail("nobody holds such a sheet")


def amend(judge, cast):
    """Once, the own sheet, with a reason that everybody in the room reads."""
    judge.go(f"/hoi-dong/{cast.first.id}")
    row = judge.page.locator("tr").filter(has=judge.page.get_by_role("link", name="Sửa phiếu"))
    for title in (BOOKS, FLOODS):  # these two stay equal
        row = row.filter(has_not_text=title)
    row.first.get_by_role("link", name="Sửa phiếu").click()
    box = judge.page.locator("[name=diem-kha_thi]")
    box.fill(str(int(box.input_value()) + 1))
    judge.fill(reason="Trao đổi xong tôi thấy bài này dễ làm hơn tôi nghĩ.")
    judge.press("Thay phiếu")
    judge.sees("Đã sửa phiếu")
    judge.sees("1 phiếu đã sửa trong phiên họp")


def open_case(judge, round_, words):
    judge.go(f"/hoi-dong/{round_.id}")
    row = judge.page.locator("tr").filter(has_text=words).first
    row.get_by_role("link", name="Xem").click()


def settle_the_tie(chair, second, cast):
    """A secret vote for the one place that is left: six of nine for the shelf of books."""
    tie = "Bằng điểm ở ranh giới đi tiếp"
    open_case(chair, cast.first, tie)
    chair.sees("2 bài bằng điểm, còn 1 chỗ")
    chair.press("Mở biểu quyết")
    chair.sees("Đã bỏ phiếu: 0/9 người")
    for voter in (chair, second):
        open_case(voter, cast.first, tie)
        voter.page.get_by_role("checkbox", name=BOOKS).check()
        voter.press("Bỏ phiếu", exact=True)
        voter.sees("Hệ thống không giữ ông/bà chọn bài nào")
    for_books, for_floods = cast.judges[2:6], cast.judges[6:]
    stage.vote_by_command(
        cast.first, {**dict.fromkeys(for_books, BOOKS), **dict.fromkeys(for_floods, FLOODS)}
    )
    open_case(chair, cast.first, tie)
    chair.sees("Đã bỏ phiếu: 9/9 người")
    chair.press("Kiểm phiếu và kết thúc biểu quyết")
    chair.sees("6 phiếu · Được chọn")
    chair.sees("3 phiếu · Không được chọn")


def settle_the_rest(chair, round_):
    """Whatever else the sheets call for: talked over, concluded, with a reason."""
    chair.go(f"/hoi-dong/{round_.id}")
    while chair.page.get_by_text("Chưa kết luận", exact=True).count():
        open_case(chair, round_, "Chưa kết luận")
        chair.fill(
            decision="Giữ nguyên điểm các phiếu.", reason="Các giám khảo đã giải thích cách hiểu tiêu chí."
        )
        chair.press("Ghi kết luận")
        chair.sees("Đã ghi kết luận")


def close_the_council(chair, round_):
    chair.follow("Kết thúc phiên họp")
    chair.agree("Kết thúc và xếp hạng")
    chair.sees("Phiên họp đã kết thúc, vòng đã xếp hạng")
    chair.sees("Phòng họp số 2")
    chair.sees("dễ làm hơn tôi nghĩ")


def let_three_go_on(moderator, cast):
    moderator.go(f"/quan-tri/ket-qua/{cast.first.id}")
    moderator.sees("1 phiếu được sửa trong phiên họp hội đồng")
    moderator.sees("Hội đồng đã biểu quyết: 1 bài được đi tiếp")
    moderator.follow("Chọn bài đi tiếp")
    moderator.agree("Chọn bài đi tiếp")
    moderator.sees("3 bài đi tiếp vào Chung khảo")
    rows = moderator.page.locator("tr")
    for title in FINAL:
        expect(rows.filter(has_text=title)).to_have_count(1)
    expect(rows.filter(has_text=FLOODS)).to_have_count(0)


def hold_the_final(chair, judge, hall, cast):
    """Lots, three presentations with the clock, marks while they last; the hall sees every step, and no total."""
    final = cast.final
    chair.go(f"/chung-khao/{final.id}")
    chair.press("Lập buổi chung khảo")
    hall.go(chair.page.get_by_role("link", name="Mở màn chiếu").first.get_attribute("href"))
    hall.sees("Buổi chung khảo sắp bắt đầu")
    chair.press("Mở phần bốc thăm")
    chair.fill(so__number="73129")
    chair.press("Bốc thăm", exact=True)
    hall.sees("Số được đọc: 73129")
    for place in (1, 2, 3):
        chair.press(f"Mở lá thăm thứ {place}")
    hall.sees("đã mở 3 trên 3 lá thăm")
    chair.press("Bắt đầu bài thứ nhất")
    for place in (1, 2, 3):
        hall.sees(f"Bài {place} trên 3")
        chair.press("Chạy đồng hồ")
        hall.sees("06:5")
        mark_who_is_on_stage(judge, final, place)
        chair.press("Bài tiếp theo" if place < 3 else "Xong bài cuối")
    slip = {(cast.judges[8], TIMETABLE): SLIP}
    stage.mark_by_command(final, FINAL, slips=slip)
    chair.sees("Đã nộp 27 trên 27 phiếu")
    return hall


def mark_who_is_on_stage(judge, final, place):
    judge.go(f"/chung-khao/{final.id}/cham")
    judge.sees(f"Đang trình bày: bài {place} trên 3")
    judge.follow("Mở phiếu bài")
    fill_in(judge, FINAL)
    hand_in(judge)


def open_the_totals(chair, hall):
    chair.follow("Khóa phiếu chấm")
    chair.sees("Còn 0 phiếu chưa nộp")
    chair.agree("Khóa phiếu chấm")
    hall.sees("Tổng điểm chưa mở")
    hall.does_not_see("69,00")
    chair.press("Mở tổng điểm")
    hall.sees("69,00")  # batteries
    hall.sees("68,00")  # timetable: 70, less the slip


def propose(moderator, round_):
    moderator.go(f"/quan-tri/ket-qua/{round_.id}")
    moderator.follow("Đề nghị giải thưởng")
    moderator.press("Gửi đề nghị")
    moderator.sees("Người khác sẽ xem lại và công bố")


def reveal(chair, hall):
    """From the lowest prize to the first, one press each."""
    chair.follow("Kịch bản trao giải")
    chair.press("Bắt đầu trao giải")
    hall.sees("Các giải sẽ lần lượt được mở")
    chair.press("Mở trên màn chiếu")
    hall.sees("Giải Nhì")
    chair.press("Mở trên màn chiếu")
    hall.does_not_see("Giải Nhất")
    chair.press("Mở trên màn chiếu")
    hall.sees("Giải Nhất")
    hall.sees(BATTERIES)
    chair.press("Kết thúc buổi chung khảo")
    hall.sees("Chúc mừng các đội")


def publish(leader, moderator):
    """Whoever proposed cannot; the leader reads what will change, and types the word."""
    moderator.does_not_see("Gõ CÔNG BỐ")
    leader.go(moderator.page.url)
    leader.sees("Những gì sẽ thay đổi")
    leader.fill(phrase="CÔNG BỐ")
    leader.press("Công bố kết quả")
    leader.page.wait_for_url("**/ket-qua/**")


def first_prize(reader):
    return reader.page.locator("article.award-1")


def read_results(reader, cast, *, first):
    reader.go(f"/ket-qua/{cast.campaign.slug}")
    expect(first_prize(reader)).to_contain_text(first)
    reader.sees("3 ý tưởng vào Chung khảo, 9 giám khảo, 27 phiếu chấm")


def check_the_proof(reader, *, bundles, folder):
    """Anybody loads every bundle there is and has the results computed anew."""
    links = reader.page.get_by_role("link", name=re.compile("Tải gói"))
    until(
        reader.page,
        lambda: reader.go("/kiem-chung") and links.count() == bundles,
        seconds=LATE // 1000,
    )
    for n in range(bundles):
        with reader.page.expect_download() as download:
            links.nth(n).click()
        unpacked = folder / f"goi-{bundles}-{n}"
        with zipfile.ZipFile(download.value.path()) as bundle:
            bundle.extractall(unpacked)
        said = subprocess.run(
            [sys.executable, str(unpacked / "kiem_chung.py")], capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stdout + said.stderr
        assert said.stdout.startswith("KHỚP: ")


def appeal(team):
    team.go("/cua-toi")
    team.page.locator("main a[href*='/cua-toi/']").first.click()
    team.page.locator("main a[href$='/ket-qua']").first.click()
    team.sees("Kết quả của bạn")
    team.page.locator("main a[href$='/khieu-nai']").first.click()
    team.fill(reason="Một phiếu cho Hiệu quả thấp hơn hẳn tám phiếu còn lại, chúng em nghĩ là ghi nhầm số.")
    team.press("Gửi khiếu nại")
    team.sees("Đã nhận khiếu nại KN-")


def uphold(staff):
    staff.go("/quan-tri/khieu-nai")
    staff.page.locator("main a[href*='/quan-tri/khieu-nai/']").first.click()
    staff.press("Nhận giải quyết")
    staff.sees("Bạn đã nhận giải quyết")
    staff.page.get_by_label("Chấp nhận khiếu nại", exact=True).check()
    staff.fill(
        answer="Phiếu ghi nhầm 8 thay cho 26. Giám khảo sửa lại phiếu, sau đó xếp hạng và công bố lại."
    )
    staff.press("Gửi trả lời")
    staff.sees("Đã trả lời khiếu nại")


def correct(staff, judge, cast):
    """That sheet alone is given back; its judge mends it; only then is the round ranked again."""
    seat = (
        db.session.query(PanelMember).filter_by(round_id=cast.final.id, judge_id=cast.judges[8].id).one().code
    )
    staff.page.locator("select[name=sheet]").select_option(label=f"Chung khảo – {seat}")
    staff.page.get_by_label("Mở lại để giám khảo sửa").check()
    staff.fill(reason="Khiếu nại đúng: ghi 8 thay cho 26.")
    staff.press("Ghi", exact=True)
    staff.sees("Xếp hạng lại khi không còn phiếu nào mở")

    judge.go(f"/cham-diem?vong={cast.final.id}")
    judge.page.locator("tr").filter(has_text=TIMETABLE).get_by_role("link").first.click()
    fill_in(judge, FINAL)
    hand_in(judge)

    staff.press("Xếp hạng lại: Chung khảo")
    staff.sees("Bảng xếp hạng số 2")


def read_what_was_replaced(reader, cast):
    reader.sees("Kết quả này thay cho")
    reader.follow("bản công bố ngày")
    reader.sees("Bản này đã được thay")
    reader.sees("Đã nhận 1 khiếu nại, đã trả lời 1, chấp nhận 1")
    expect(first_prize(reader)).to_contain_text(BATTERIES)


def the_record_agrees(site):
    said = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"],
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Chuỗi nguyên vẹn" in said.stdout
