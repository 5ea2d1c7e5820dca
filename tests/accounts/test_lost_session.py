"""A session that ended while somebody was writing: every page with a long text gives it back (quality.md D5)."""

from __future__ import annotations

import inspect
from typing import NamedTuple

import pytest

from app.accounts.models import User
from app.core.db import db
from app.core.events import Event
from app.core.web import csrf
from app.permissions import Role
from app.results.appeals.rules import AppealState
from app.results.council.rules import CaseKind
from tests.factories import AppealFactory, UserFactory
from tests.finals.stage import stage
from tests.judging.contest import contest
from tests.results.podium import podium, published
from tests.results.session import sitting
from tests.results.test_council import CALM

TEXT = "Em thấy tiêu chí hiệu quả bị chấm theo một bản mô tả cũ, chưa có số liệu của tháng Mười."


class Writing(NamedTuple):
    """A page with a long text, whoever writes it, the field it stands in, and what else is sent."""

    address: str
    writer: User
    field: str
    more: dict[str, object]
    back: str  # where sign-in leads


def appeal():
    people = [UserFactory(role=role) for role in (Role.MODERATOR, Role.LEADER)]
    made = podium()
    idea = made.ideas[3]
    published(made, *people)
    address = f"/cua-toi/{idea.public_id}/khieu-nai"
    return Writing(address, db.session.get_one(User, idea.created_by_id), "reason", {}, address)


def answer():
    people = [UserFactory(role=role) for role in (Role.MODERATOR, Role.LEADER)]
    made = podium()
    found = AppealFactory(
        publication=published(made, *people), idea=made.ideas[3], state=AppealState.TAKEN_UP
    )
    back = f"/quan-tri/khieu-nai/{found.id}"
    return Writing(
        f"{back}/tra-loi", people[0], "answer", {"decision": "rejected", "version": found.version}, back
    )


def council_note():
    held = sitting([(40, 0, 20), *CALM])
    address = f"{held.address}/viec/{held.case(CaseKind.DISAGREEMENT).id}"
    return Writing(address, held.chair, "note", {"version": 1, "viec": "luu"}, address)


def decision_reason():
    held = sitting([(40, 0, 20), *CALM])
    address = f"{held.address}/viec/{held.case(CaseKind.DISAGREEMENT).id}"
    more = {"version": 1, "viec": "ket-luan", "note": "", "decision": "Giữ nguyên điểm."}
    return Writing(address, held.chair, "reason", more, address)


def shared_prize():
    held = sitting([(10, 10), (30, 30), (30, 30)])
    back = f"{held.address}/viec/{held.case(CaseKind.PRIZE_TIE).id}"
    return Writing(f"{back}/cung-huong", held.chair, "chung-reason", {"chung-version": 1}, back)


def amended_sheet():
    held = sitting([(20, 20, 20), (30, 30, 30)])
    judge = held.made.judges[1]
    sheet = held.made.sheet(judge, held.made.entries[0])
    more = {"diem-moi": "25", "diem-hieu_qua": "40", "version": sheet.version}
    address = f"/hoi-dong/phieu/{sheet.public_id}"
    return Writing(address, judge, "reason", more, address)


def recusal():
    made = contest(ideas=1, judges=1)
    address = f"/cham-diem/{made.sheets[0].public_id}/xin-khong-cham"
    return Writing(address, made.judges[0], "reason", {}, address)


def paper():
    made = contest(ideas=1, judges=1)
    address = f"/quan-tri/phieu-giay/{made.sheets[0].public_id}"
    return Writing(
        address, UserFactory(role=Role.MODERATOR), "chung", {"diem-moi": "20", "version": 1}, address
    )


def order_without_lots():
    show = stage()
    more = {"tt-version": show.final.version, "tt-order": "A10"}
    return Writing(f"{show.address}/thu-tu", show.chair, "tt-reason", more, show.address)


PAGES = [
    appeal,
    answer,
    council_note,
    decision_reason,
    shared_prize,
    amended_sheet,
    recusal,
    paper,
    order_without_lots,
]


@pytest.mark.parametrize("page", PAGES)
def test_who_is_signed_out_finds_the_text_again_and_a_way_to_sign_in(browser, page):
    writing = page()
    before = db.session.query(Event).count()

    given_back = browser.post(writing.address, {**writing.more, writing.field: TEXT}, status=401)

    assert given_back.value_of(writing.field) == TEXT
    assert TEXT in given_back  # to be copied, should all else fail
    assert f"/dang-nhap?tiep={writing.back}" in given_back.links()
    assert db.session.query(Event).count() == before


@pytest.mark.parametrize("page", PAGES)
def test_after_signing_in_again_the_page_shows_the_text_and_waits_for_its_writer(browser, page):
    writing = page()
    before = db.session.query(Event).count()
    sent = {**writing.more, writing.field: TEXT}

    shown = browser.as_(writing.writer).post(writing.address, {**sent, "csrf_token": ""}, status=422)

    assert (shown.value_of(writing.field) or "").strip() == TEXT
    assert "Bấm gửi lại một lần nữa" in shown
    assert shown.value_of("csrf_token") not in {"", None}
    assert db.session.query(Event).count() == before  # a form that another site sends does nothing by itself


def test_nothing_typed_leads_straight_to_the_sign_in_page(browser):
    writing = recusal()

    page = browser.post(writing.address, {}, status=302)

    assert page.location == f"/dang-nhap?tiep={writing.address}"


def test_an_appeal_is_sent_in_the_end(browser):
    writing = appeal()
    signed_out = browser.post(writing.address, {writing.field: TEXT}, status=401)
    mine = browser.as_(writing.writer)
    again = mine.post(
        writing.address, {writing.field: signed_out.value_of(writing.field), "csrf_token": ""}, status=422
    )

    mine.post(writing.address, {writing.field: again.value_of(writing.field).strip()}, status=302)

    assert TEXT in mine.get(writing.address)


def test_a_note_that_came_too_late_is_given_back_with_the_refusal(browser):
    held = sitting([(40, 0, 20), *CALM])
    address = f"{held.address}/viec/{held.case(CaseKind.DISAGREEMENT).id}"
    chair = browser.as_(held.chair)
    chair.post(address, {"note": "Của người kia.", "version": 1, "viec": "luu"}, status=302)

    refused = chair.post(address, {"note": TEXT, "version": 1, "viec": "luu"}, status=409)

    assert TEXT in refused
    assert "Ghi chép của hội đồng" in refused


def test_an_amended_sheet_that_came_too_late_is_given_back_with_its_marks(browser):
    writing = amended_sheet()
    judge = browser.as_(writing.writer)
    judge.post(writing.address, {**writing.more, "reason": TEXT}, status=302)

    refused = judge.post(writing.address, {**writing.more, "reason": TEXT}, status=409)

    assert TEXT in refused
    assert "25" in refused


# how a view that is out of the general check looks at the token itself
OWN_CHECKS = ("csrf.protect()", "has_token()", ".run(", ".validate", "_send(", "_written(")


def test_every_route_that_keeps_what_was_typed_checks_the_token_itself(app):
    exempt = {
        endpoint: inspect.getsource(inspect.unwrap(view))
        for endpoint, view in app.view_functions.items()
        if f"{view.__module__}.{view.__name__}" in csrf._exempt_views
    }

    assert len(exempt) > 20
    assert [name for name, source in exempt.items() if not any(check in source for check in OWN_CHECKS)] == []
