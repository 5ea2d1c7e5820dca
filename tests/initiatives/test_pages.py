"""Pages of the queue: who sees what, what a refusal keeps, files with a report, and the cost of a list."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from app.core.clock import today
from app.core.db import db
from app.core.formats import day
from app.core.stored_files import StoredFile
from app.initiatives import queue
from app.initiatives.models import Initiative, Update
from app.initiatives.rules import InitiativeState
from app.permissions import Action, Role, can
from tests.factories import InitiativeFactory, TopicFactory, UnitFactory, UserFactory
from tests.initiatives.taking import TEXT, take

S = InitiativeState


def picture(colour="white"):
    target = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, "PNG")
    return target.getvalue()


def report(browser, one, *, files=(), status=302, **changed):
    typed = {"percent": "40", "text": TEXT, "is_public": "y", "version": one.version, **changed}
    sent = [(io.BytesIO(content), name) for name, content in files]
    return browser.post(f"/hang-doi/{one.code}/tien-do", {**typed, "files": sent}, status=status)


@pytest.mark.parametrize("role", [None, *(role for role in Role if role is not Role.ANONYMOUS)])
@pytest.mark.parametrize("part", ["leads", "helps", "sent it in", "none"])
def test_list_and_permission_say_the_same(app, role, part):
    mine, other = UnitFactory(), UnitFactory()
    person = UserFactory(role=role, unit_id=mine.id)
    one = InitiativeFactory(
        lead_unit_id=mine.id if part == "leads" else other.id,
        source_unit_id=mine.id if part == "sent it in" else None,
        support_units=[mine] if part == "helps" else [],
    )

    listed = db.session.scalars(sa.select(Initiative.id).where(queue.visible_to(person))).all()

    assert (listed == [one.id]) is can(person, Action.TRACKER_READ, one)


def test_unit_contact_finds_counts_and_opens_only_own_work(browser):
    mine, other = UnitFactory(), UnitFactory()
    contact = browser.as_(UserFactory(role=Role.UNIT_CONTACT, unit_id=mine.id))
    one = InitiativeFactory(title="Việc của tổ", lead_unit_id=mine.id, state=S.ASSIGNED)
    two = InitiativeFactory(title="Việc của người", lead_unit_id=other.id, state=S.ASSIGNED)

    page = contact.get("/hang-doi?q=viec")

    assert one.code in page
    assert two.code not in page
    assert "Đã phân công 1" in page
    contact.get(f"/hang-doi/{one.code}")
    contact.get(f"/hang-doi/{two.code}", status=404)
    contact.get(f"/hang-doi/{two.code}/tien-do", status=404)
    contact.get(f"/hang-doi/{one.code}/phan-cong", status=403)


@pytest.mark.parametrize("role", [Role.YOUTH, Role.JUDGE, Role.MODERATOR])
def test_queue_is_not_for(browser, role):
    one = InitiativeFactory()

    browser.as_(UserFactory(role=role)).get("/hang-doi", status=403)
    browser.as_(UserFactory(role=role)).get(f"/hang-doi/{one.code}", status=403)


@pytest.mark.parametrize("state", S)
def test_page_offers_the_steps_that_can_be_taken(browser, officer, state):
    one = InitiativeFactory(state=state, decline_reason=TEXT)
    staff = browser.as_(officer)

    links = [
        link
        for link in staff.get(f"/hang-doi/{one.code}").links()
        if link.startswith(f"/hang-doi/{one.code}/")
    ]

    steps = {
        S.RECEIVED: ["phan-cong", "gop", "khong-thuc-hien"],
        S.ASSIGNED: ["tien-do", "phan-cong", "ap-dung-thu", "tam-dung", "gop", "khong-thuc-hien"],
        S.IN_PROGRESS: ["tien-do", "phan-cong", "ap-dung-thu", "tam-dung", "hoan-thanh", "khong-thuc-hien"],
        S.TRIAL: ["tien-do", "ap-dung-thu", "ket-thuc-thu", "tam-dung", "hoan-thanh", "khong-thuc-hien"],
        S.PAUSED: ["tiep-tuc", "khong-thuc-hien"],
        S.COMPLETED: ["mo-lai"],
        S.DECLINED: ["mo-lai"],
        S.MERGED: ["mo-lai"],
    }
    assert [link.rsplit("/", 1)[1] for link in links] == steps[state]
    for link in links:
        staff.get(link)


def test_leader_and_administrator_read_without_buttons(browser, leader, administrator):
    one = InitiativeFactory()

    for person in (leader, administrator):
        assert "Bước tiếp theo" not in browser.as_(person).get(f"/hang-doi/{one.code}")


def test_step_that_is_past_has_no_form(browser, officer):
    one = InitiativeFactory(state=S.COMPLETED)

    browser.as_(officer).get(f"/hang-doi/{one.code}/tien-do", status=409)
    browser.as_(officer).get(f"/hang-doi/{one.code}/khong-co", status=404)


def test_assignment_suggests_the_unit_that_leads_the_topic(browser, officer):
    UnitFactory()
    unit = UnitFactory()
    one = InitiativeFactory(topic_id=TopicFactory(lead_unit_id=unit.id).id)

    page = browser.as_(officer).get(f"/hang-doi/{one.code}/phan-cong")

    assert page.value_of("lead_unit_id") == str(unit.id)


def test_assignment_by_form_takes_a_day_as_people_write_it(browser, officer):
    unit, one = UnitFactory(), InitiativeFactory()
    due = today() + timedelta(days=30)
    typed = {
        "lead_unit_id": unit.id,
        "responsible": "Phó Trưởng phòng",
        "due_on": day(due),
        "product": "Mười hai hộp",
        "version": one.version,
    }

    answer = browser.as_(officer).post(f"/hang-doi/{one.code}/phan-cong", typed)

    assert answer.location == f"/hang-doi/{one.code}"
    assert (one.state, one.lead_unit_id, one.due_on) == (S.ASSIGNED, unit.id, due)


def test_refused_step_keeps_every_word(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)
    typed = {
        "summary": "Tốt.",
        "measures-0-name": "Thời gian chờ",
        "measures-0-before": "68,5",
        "measures-0-after": "nhanh",
        "version": one.version,
    }

    page = browser.as_(officer).post(f"/hang-doi/{one.code}/hoan-thanh", typed, status=422)

    assert page.value_of("summary").strip() == "Tốt."
    assert page.value_of("measures-0-name") == "Thời gian chờ"
    assert page.value_of("measures-0-before") == "68,5"
    assert page.value_of("measures-0-after") == "nhanh"
    assert one.state is S.IN_PROGRESS


def test_completion_by_form_reads_numbers_as_people_write_them(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)
    typed = {
        "summary": "Người dân chờ ngắn hơn hẳn.",
        "measures-0-name": "Thời gian chờ",
        "measures-0-before": "68,5",
        "measures-0-after": "23",
        "measures-0-unit": "phút",
        "cost_actual_vnd": "3.500.000",
        "version": one.version,
    }

    browser.as_(officer).post(f"/hang-doi/{one.code}/hoan-thanh", typed, status=302)

    measure = one.outcome.measures[0]
    assert (one.state, one.cost_actual_vnd) == (S.COMPLETED, 3_500_000)
    assert (str(measure.before), measure.after, measure.unit) == ("68.50", 23, "phút")
    assert "68,5 → 23 phút" in browser.get("/sang-kien")


def test_second_officer_gets_both_words_side_by_side(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)
    seen = one.version
    other = UserFactory(role=Role.OFFICER, full_name="Trần Thị Mai")
    take("pause", other, one, reason="Chờ đơn vị thi công trả lời.")

    page = browser.as_(officer).post(
        f"/hang-doi/{one.code}/khong-thuc-hien",
        {"reason": "Vướng quy hoạch vỉa hè.", "version": seen},
        status=409,
    )

    assert "Vướng quy hoạch vỉa hè." in page
    assert "Trần Thị Mai" in page
    assert "Chờ đơn vị thi công trả lời." in page
    assert one.state is S.PAUSED


def test_step_without_the_token_is_refused(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)

    page = report(browser.as_(officer), one, csrf_token="", status=422)

    assert page.value_of("text").strip() == TEXT
    assert one.updates == []


def test_report_carries_files_that_the_public_can_open(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)

    report(browser.as_(officer), one, files=[("hop.png", picture()), ("hop2.png", picture("red"))])

    files = db.session.scalars(sa.select(StoredFile).order_by(StoredFile.id)).all()
    assert [file.original_name for file in files] == ["hop.png", "hop2.png"]
    page = browser.get(f"/sang-kien/{one.code}")
    assert [f"/tep/{file.public_id}" in page.links() for file in files] == [True, True]
    answer = browser.get(f"/tep/{files[0].public_id}").response
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.mimetype == "image/png"


@pytest.mark.parametrize("hidden", ["update", "initiative"])
def test_files_of_what_is_not_public_are_for_the_ward_only(browser, officer, leader, moderator, hidden):
    unit = UnitFactory()
    one = InitiativeFactory(state=S.IN_PROGRESS, lead_unit_id=unit.id, is_public=hidden != "initiative")
    report(
        browser.as_(officer), one, files=[("hop.png", picture())], is_public="" if hidden == "update" else "y"
    )
    address = f"/tep/{db.session.scalars(sa.select(StoredFile.public_id)).one()}"

    for person in (officer, leader, UserFactory(role=Role.UNIT_CONTACT, unit_id=unit.id)):
        answer = browser.as_(person).get(address).response
        assert answer.headers["Cache-Control"] == "private, no-store"
    stranger = UserFactory(role=Role.UNIT_CONTACT, unit_id=UnitFactory().id)
    for reader in (browser, browser.as_(moderator), browser.as_(stranger)):
        reader.get(address, status=404)


def test_file_that_cannot_be_taken_says_why_and_keeps_the_words(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)

    page = report(
        browser.as_(officer), one, files=[("hop.png", picture()), ("kich-ban.exe", b"MZ\x00\x00")], status=422
    )

    assert page.errors()["files"].startswith("kich-ban.exe: ")
    assert page.value_of("text").strip() == TEXT
    assert db.session.scalars(sa.select(StoredFile)).all() == []
    assert one.updates == []


def test_too_many_files_at_once_are_refused(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)

    page = report(browser.as_(officer), one, files=[(f"{n}.png", picture()) for n in range(6)], status=422)

    assert page.errors()["files"] == "Chọn nhiều nhất 5 tệp một lần."


def test_hidden_word_is_for_the_ward_only(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)
    take("report", officer, one, text="Đang thương lượng giá thuê.", is_public=False)
    take("report", officer, one, text="Đã đặt xong tám hộp.")

    assert "Đang thương lượng giá thuê." in browser.as_(officer).get(f"/hang-doi/{one.code}")
    page = browser.get(f"/sang-kien/{one.code}")
    assert "Đã đặt xong tám hộp." in page
    assert "thương lượng" not in page
    assert "thương lượng" not in browser.get("/sang-kien")


@pytest.mark.parametrize("asked", ["pin cu", "PIN", "sk-2026-0007", "0007", "mười hai hộp"])
def test_queue_is_searched_without_marks_and_by_code(browser, officer, asked):
    one = InitiativeFactory(code="SK-2026-0007", title="Gom pin cũ")
    other = InitiativeFactory(code="SK-2026-0100", title="Vườn rau", summary="Trồng rau.")

    page = browser.as_(officer).get("/hang-doi", query_string={"q": asked})

    assert one.code in page
    assert other.code not in page


@pytest.mark.parametrize("asked", ["%", "khongco", "'--"])
def test_filters_take_anything(browser, officer, asked):
    query = {
        "q": asked,
        "trang-thai": asked,
        "don-vi": asked,
        "linh-vuc": asked,
        "loai": asked,
        "trang": asked,
    }

    browser.as_(officer).get("/hang-doi", query_string=query)
    browser.get("/sang-kien", query_string=query)


def test_filters_narrow_the_queue(browser, officer):
    topic, unit = TopicFactory(), UnitFactory(slug="phong-kinh-te")
    one = InitiativeFactory(topic_id=topic.id, lead_unit_id=unit.id, state=S.IN_PROGRESS)
    other = InitiativeFactory(lead_unit_id=UnitFactory().id, state=S.ASSIGNED)
    staff = browser.as_(officer)

    for query in ({"linh-vuc": topic.slug}, {"don-vi": "phong-kinh-te"}, {"trang-thai": "in_progress"}):
        page = staff.get("/hang-doi", query_string=query)
        assert one.code in page
        assert other.code not in page


@pytest.mark.parametrize("many", [1, 25])
def test_queue_and_tracker_cost_the_same_with_few_and_many(browser, officer, many):
    unit, topic = UnitFactory(), TopicFactory()
    for _ in range(many):
        one = InitiativeFactory(lead_unit_id=unit.id, topic_id=topic.id, state=S.IN_PROGRESS)
        take("report", officer, one)

    browser.as_(officer).get("/hang-doi", queries=8)
    browser.get("/sang-kien", queries=6)


def test_page_of_one_costs_the_same_with_many_words(browser, officer):
    one = InitiativeFactory(state=S.IN_PROGRESS)
    for _ in range(12):
        take("report", officer, one)
    assert len(db.session.scalars(sa.select(Update)).all()) == 12

    browser.as_(officer).get(f"/hang-doi/{one.code}", queries=8)
    browser.get(f"/sang-kien/{one.code}", queries=8)
