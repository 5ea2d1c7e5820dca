"""One campaign from an empty site to an outcome, by everybody who takes part, in browsers of their own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.accounts.commands import first_administrator
from app.campaigns import standard
from app.core import clock, formats
from app.core.db import db, transaction
from tests.browser.conftest import running_site
from tests.conftest import running_app

PASSWORD = "con nuoc lon 2026"
SENTENCE = "Mỗi tổ dân phố đặt một hộp gom pin cũ có khóa và cân công khai mỗi kỳ nước. "
PUPIL, COAUTHOR, GUARDIAN = "be.an@example.vn", "chi.binh@example.vn", "me.an@example.vn"
STAFF = {
    "moderator": "doan@example.vn",
    "judge": ("gk1@example.vn", "gk2@example.vn", "gk3@example.vn"),
    "officer": "canbo@example.vn",
    "leader": "lanhdao@example.vn",
}
PUPIL_NAME = "Phạm Bảo An"


def words(count: int) -> str:
    return " ".join((SENTENCE * (count // 12 + 1)).split()[:count])


def day(offset: int) -> str:
    return formats.day(clock.today() + timedelta(days=offset))


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path, one_app):
    """An empty site with the ward's units, and the link of its first administrator."""
    with running_site(request.param, tmp_path, "story") as site:
        with running_app(one_app, site.database, tmp_path):
            with transaction():
                standard.load_topics(standard.load_units(with_demo=True))
            db.session.remove()
            site.first_link = first_administrator("quantri@example.vn", "Phạm Quản Trị")
        site.start()
        yield site


def test_one_campaign_from_announcement_to_outcome(site, meet):
    admin = meet(site, "administrator")
    take_office(admin, f"/loi-moi/{site.first_link}", "Phạm Quản Trị")
    campaign = plan_campaign(admin)
    staff = invite_staff(admin, meet, site)

    pupil, coauthor = join(meet, site)
    code = write_and_send(pupil, coauthor)
    second = write_alone(coauthor)

    return_and_mend(staff["moderator"], pupil, code)
    for waiting in (second, code):
        approve(staff["moderator"], waiting)
    nobody_is_named_yet(meet(site, "reader"), code)

    judges = [staff[email] for email in STAFF["judge"]]
    judge_round(staff["moderator"], judges, "Sơ khảo")
    go_on(staff["moderator"])
    judge_round(staff["moderator"], judges, "Chung khảo")
    propose(staff["moderator"])
    publish(staff["leader"], staff["moderator"])

    reader = meet(site, "reader")
    reader.go(f"/ket-qua/{campaign}")
    reader.sees("Giải Nhất")
    read_letter(pupil)

    initiative = follow_to_an_outcome(staff["officer"], code)
    reader.go(f"/sang-kien/{initiative}")
    reader.sees("Kết quả áp dụng")
    reader.sees("68")
    pupil.open_mail(PUPIL, "hoàn thành")
    report(staff["officer"])
    see_what_happened(admin)


def take_office(person, link, name):
    """Set a password by the link of an invitation."""
    person.go(link)
    person.fill(full_name=name, password=PASSWORD)
    person.press("Nhận lời mời")
    person.page.wait_for_url(lambda url: "/loi-moi" not in url)
    if "/dang-nhap" in person.page.url:
        person.fill(password=PASSWORD)


def plan_campaign(admin):
    admin.sign_in("quantri@example.vn", PASSWORD)
    admin.go("/quan-tri/cuoc-thi/moi")
    admin.fill(name="Ý tưởng trẻ thử nghiệm", opens_on=day(-1), closes_on=day(10))
    admin.page.get_by_role("textbox", name="Thể lệ").first.fill(
        "Điều 1. Ai cũng gửi được. Điều 2. Chấm ẩn danh."
    )
    admin.press("Lập cuộc thi")
    admin.sees("Đã lập cuộc thi")
    admin.follow("Mở cuộc thi")
    admin.page.locator("dialog[open]").get_by_role("button", name="Mở").click()
    admin.sees("Đã mở cuộc thi")
    campaign = admin.page.url.rsplit("/", 1)[1]
    admin.follow("Thiết lập Chung khảo")
    admin.fill(sheets_per_idea="3")
    admin.press("Lưu")
    admin.sees("Đã lưu cách chấm")
    return campaign


def invite_staff(admin, meet, site):
    """Moderator, three judges, officer and leader: invited by the administrator, each follows the mail."""
    people = {}
    roles = [("moderator", STAFF["moderator"]), *(("judge", email) for email in STAFF["judge"])]
    roles += [("officer", STAFF["officer"]), ("leader", STAFF["leader"])]
    for number, (role, email) in enumerate(roles):
        admin.go("/quan-tri/nguoi-dung/moi")
        admin.fill(full_name=f"Cán Bộ {number}", email=email)
        admin.page.locator(f"input[value='{role}']").check()
        admin.press("Gửi lời mời")
        admin.page.wait_for_url(lambda url: not url.endswith("/moi"))
        person = meet(site, role)
        person.follow_mail(email, "mời", "/loi-moi/")
        take_office(person, person.page.url, f"Cán Bộ {number}")
        person.sign_in(email, PASSWORD)
        people[role if role != "judge" else email] = person
    return people


def join(meet, site):
    """A pupil of 13 with a guardian, on a phone; a co-author of age."""
    pupil, guardian = meet(site, "pupil", phone=True), meet(site, "guardian", phone=True)
    born = clock.today().replace(year=clock.today().year - 13, day=1)
    sign_up(pupil, PUPIL_NAME, PUPIL, born, guardian=True)
    confirm(pupil, PUPIL)
    guardian.follow_mail(GUARDIAN, "muốn dự thi", "/giam-ho/")
    guardian.tick("du_thi", "cong_khai", "chuyen_ubnd")
    guardian.fill(guardian_name="Lê Thị Mẹ")
    guardian.press("Gửi ý kiến")
    guardian.page.wait_for_url("**/giam-ho/da-tra-loi**")
    coauthor = meet(site, "co-author")
    sign_up(coauthor, "Trần Chị Bình", COAUTHOR, born.replace(year=born.year - 8))
    confirm(coauthor, COAUTHOR)
    pupil.sign_in(PUPIL, PASSWORD)
    coauthor.sign_in(COAUTHOR, PASSWORD)
    return pupil, coauthor


def sign_up(person, name, email, born, *, guardian=False):
    person.go("/dang-ky")
    person.fill(full_name=name, email=email, password=PASSWORD)
    person.fill(day=str(born.day), month=str(born.month), year=str(born.year))
    person.tick("du_thi", "cong_khai", "chuyen_ubnd")
    if guardian:
        person.tick("assent")
        person.fill(guardian_name="Lê Thị Mẹ", guardian_email=GUARDIAN)
        person.page.locator("[name=guardian_relation]").select_option(index=1)
    person.page.locator("main").get_by_role("button", name="Tạo tài khoản").click()
    person.page.wait_for_url("**/dang-ky/da-gui")


def confirm(person, email):
    person.follow_mail(email, "Xác nhận", "/xac-nhan/")
    person.press("Xác nhận", exact=True)
    person.page.wait_for_url(lambda url: "/xac-nhan/" not in url)


def begin(person, title):
    person.go("/nop-y-tuong")
    person.press("Bắt đầu viết")
    person.page.wait_for_url("**/sua")
    person.fill(title=title, summary=words(48))
    person.page.locator("input[name=topic]").first.check()
    for box in person.page.locator("[role=textbox][contenteditable=true]").all():
        box.fill(words(50))
    person.page.keyboard.press("Tab")
    person.sees("Đã lưu lúc")


def write_and_send(pupil, coauthor):
    """Written on a phone, saved by itself; the co-author accepts by mail; sent with a code."""
    begin(pupil, "Hộp gom pin cũ theo con nước")
    pupil.press("Mời và chia tỷ lệ")
    pupil.page.wait_for_url("**/doi")
    pupil.page.locator("form:has-text('Mời thêm') [name=full_name], [name=full_name]").first.fill(
        "Trần Chị Bình"
    )
    pupil.fill(email=COAUTHOR, share_percent="40")
    pupil.press("Gửi thư mời")
    coauthor.follow_mail(COAUTHOR, "mời bạn cùng làm", "/dong-tac-gia/")
    coauthor.press("Nhận lời")
    coauthor.page.wait_for_url(lambda url: "/dong-tac-gia/" not in url)
    return send(pupil)


def write_alone(person):
    begin(person, "Bảng giờ xe container trước cổng trường")
    return send(person)


def send(person):
    """From wherever the person is: the newest draft, previewed, pledged and sent."""
    person.go("/cua-toi")
    person.page.locator("a[href$='/sua']").first.click()
    person.press("Xem lại rồi gửi")
    person.page.wait_for_url("**/xem-truoc")
    person.page.locator("a[href$='/nop']").first.click()
    person.tick("pledge")
    person.press("Gửi dự thi")
    person.page.wait_for_url(lambda url: not url.endswith("/nop"))
    code = re.search(r"YT-\d{4}-\d{4}", person.page.locator("main").inner_text())
    assert code, person.page.locator("main").inner_text()[:500]
    return code[0]


def return_and_mend(moderator, pupil, code):
    """Sent back with a reason; the reason arrives by mail; mended, sent again as version 2."""
    moderator.go(f"/quan-tri/duyet/{code}")
    moderator.page.locator("details.decision summary", has_text="Trả lại").click()
    form = moderator.page.locator("form[action$='/tra-lai']")
    form.locator("textarea").fill("Nêu rõ ai giữ chìa khóa của hộp và bao lâu gom một lần.")
    form.get_by_role("button", name="Trả lại để bổ sung").click()
    moderator.page.wait_for_url(lambda url: not url.endswith("/tra-lai"))
    pupil.open_mail(PUPIL, "cần bổ sung")
    pupil.sees("Nêu rõ ai giữ chìa khóa")
    pupil.go("/cua-toi")
    pupil.page.locator("a[href$='/sua']").first.click()
    pupil.page.locator("[role=textbox][contenteditable=true]").first.fill(words(45))
    pupil.page.keyboard.press("Tab")
    pupil.sees("Đã lưu lúc")
    assert send(pupil) == code


def approve(moderator, code):
    moderator.go(f"/quan-tri/duyet/{code}")
    moderator.press("Xác nhận hợp lệ")
    moderator.page.wait_for_url(lambda url: not url.endswith("/hop-le"))


def nobody_is_named_yet(reader, code):
    reader.go(f"/y-tuong/{code}")
    reader.sees("Hộp gom pin cũ")
    reader.does_not_see(PUPIL_NAME)


def open_round(moderator, name):
    moderator.go("/quan-tri/vong-cham")
    moderator.follow(name)
    moderator.sees("Ban Giám khảo")


def judge_round(moderator, judges, name):
    """Three judges on the panel, the round opened, dealt as previewed, marked blind, locked."""
    open_round(moderator, name)
    for _judge in judges:
        form = moderator.page.locator("form[action$='/giam-khao']")
        if not form.locator("select").is_visible():
            moderator.page.locator("details:has(form[action$='/giam-khao']) > summary").click()
        form.locator("select").first.select_option(index=0)
        form.get_by_role("button", name="Thêm").click()
        moderator.sees("Đã thêm")
    moderator.follow("Mở vòng chấm")
    moderator.page.locator("dialog[open]").get_by_role("button", name="Mở vòng chấm").click()
    moderator.sees("Đã mở vòng chấm")
    moderator.follow("Xem trước phân công")
    moderator.press("Phân công như trên")
    moderator.sees("Đã phân công")
    for number, judge in enumerate(judges):
        mark_everything(judge, number)
    open_round(moderator, name)
    moderator.follow("Khóa vòng chấm")
    moderator.page.locator("dialog[open]").get_by_role("button", name="Khóa").click()
    moderator.page.wait_for_url("**/quan-tri/ket-qua/**")


def mark_everything(judge, number):
    judge.go("/cham-diem")
    if "xac-nhan" in judge.page.url:
        judge.press("Đã đọc, bắt đầu chấm")
    judge.does_not_see(PUPIL_NAME)
    while judge.page.get_by_role("link", name="Chấm tiếp").count():
        judge.follow("Chấm tiếp")
        judge.does_not_see(PUPIL_NAME)
        better = judge.page.get_by_role("heading", name="Hộp gom pin").count()
        for place, box in enumerate(judge.page.locator("input.score").all()):
            most = float(box.get_attribute("data-max"))
            box.fill(str(most - 2 + better - number - place * 0.5).replace(".", ","))
            box.press("Enter")
        judge.sees("Đủ")
        here = judge.page.url
        judge.page.locator("[data-submit-next]").click()
        judge.page.wait_for_url(lambda url, here=here: url != here)
        judge.go("/cham-diem")
    judge.sees("Đã chấm 2 trong 2")


def go_on(moderator):
    moderator.follow("Chọn bài đi tiếp")
    moderator.page.locator("dialog[open]").get_by_role("button", name="Chọn bài đi tiếp").click()
    moderator.sees("đi tiếp vào")


def propose(moderator):
    moderator.follow("Đề nghị giải thưởng")
    moderator.press("Gửi đề nghị")
    moderator.sees("Người khác sẽ xem lại")


def publish(leader, moderator):
    """The proposer cannot; the leader sees everything that will change, and types the word."""
    address = moderator.page.url
    moderator.does_not_see("Gõ CÔNG BỐ")
    leader.go(address)
    leader.sees("Những gì sẽ thay đổi")
    leader.sees("Thư sẽ gửi")
    leader.fill(phrase="CÔNG BỐ")
    leader.press("Công bố kết quả")
    leader.page.wait_for_url("**/ket-qua/**")


def read_letter(pupil):
    pupil.go("/cua-toi")
    pupil.page.locator("main a[href*='/cua-toi/']").first.click()
    pupil.page.locator("main a[href$='/ket-qua']").first.click()
    pupil.sees("Kết quả của bạn")
    pupil.sees("Từng tiêu chí")


def follow_to_an_outcome(officer, code):
    """Assigned, reported, tried out, completed with a figure before and after."""
    officer.go("/hang-doi?q=pin+cu")
    officer.follow("Hộp gom pin cũ theo con nước")
    officer.sees(code)
    initiative = officer.page.url.rsplit("/", 1)[1]
    step(officer, initiative, "phan-cong")
    officer.fill(responsible="Phó Trưởng phòng", due_on=day(30), product="Mười hai hộp gom")
    done(officer)
    step(officer, initiative, "tien-do")
    officer.fill(percent="40", text="Đã đặt bốn hộp ở bốn nhà văn hóa.")
    done(officer)
    step(officer, initiative, "ap-dung-thu")
    officer.fill(place="Bốn tổ dân phố", trial_from=day(0), text="Thử trong một kỳ nước.")
    done(officer)
    step(officer, initiative, "hoan-thanh")
    officer.fill(summary="Pin cũ không còn lẫn trong rác ở bốn tổ dân phố.")
    officer.fill(measures__0__name="Pin trong 40 túi rác", measures__0__before="68", measures__0__after="5")
    done(officer)
    officer.sees("Hoàn thành")
    return initiative


def step(officer, initiative, address):
    officer.go(f"/hang-doi/{initiative}/{address}")


def done(officer):
    officer.page.locator("main form button.btn[type=submit]").last.click()
    officer.page.wait_for_url(re.compile(r"/hang-doi/SK-\d{4}-\d{4}$"))


def report(officer):
    officer.go("/bao-cao")
    for words_on_button in ("Word", "Excel"):
        with officer.page.expect_download() as download:
            officer.page.get_by_role("button", name=re.compile(words_on_button)).first.click()
        assert download.value.path().stat().st_size > 5000


def see_what_happened(admin):
    admin.go("/quan-tri/nhat-ky")
    admin.sees("Công bố kết quả")
