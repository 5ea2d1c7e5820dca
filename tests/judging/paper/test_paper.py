"""A sheet that came on paper: typed twice by two people, confirmed by its judge, counted like any other."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from app.accounts.models import RoleGrant, User
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event
from app.judging import service as judging
from app.judging.models import ScoreSheet
from app.judging.paper import service
from app.judging.paper.models import PaperSheet, Typing
from app.judging.paper.rules import PaperState
from app.judging.rules import SheetState
from app.permissions import Role
from tests.factories import UserFactory
from tests.ideas.attachments.samples import png
from tests.judging.contest import contest, kinds_of_events, row, together

pytestmark = pytest.mark.postgres

MARKS = {"diem-moi": "21,75", "diem-hieu_qua": "33", "chung": "Ý tưởng rõ ràng."}


class Desk(NamedTuple):
    """A sheet that its judge filled in on paper, and two people to type it."""

    browser: object
    sheet: ScoreSheet
    judge: User
    first: User
    second: User

    @property
    def address(self):
        return f"/quan-tri/phieu-giay/{self.sheet.public_id}"

    def type(self, person, status=302, version=None, **changes):
        paper = self.paper
        data = {**MARKS, "version": str(version or (paper.version if paper else 1)), **changes}
        return self.browser.as_(person).post(self.address, data, status=status)

    def scan(self, person, status=302, name="phieu.png"):
        data = {"tep": (BytesIO(png()), name)}
        return self.browser.as_(person).post(f"{self.address}/ban-quet", data, status=status)

    def typed_twice(self, **changes):
        self.type(self.first)
        self.scan(self.first)
        self.type(self.second, **changes)

    def decide(self, status=302, **data):
        address = f"/cham-diem/{self.sheet.public_id}/phieu-giay"
        version = str(self.paper.version)
        data = {"version": version} if not data else {"sai-version": version, **data}
        return self.browser.as_(self.judge).post(address, data, status=status)

    @property
    def paper(self):
        db.session.expire_all()
        return db.session.scalars(sa.select(PaperSheet)).one_or_none()

    @property
    def state(self):
        return self.paper.state

    @property
    def marks(self):
        db.session.expire_all()
        return {mark.criterion.key: mark.hundredths for mark in self.sheet.marks}


@pytest.fixture
def desk(browser, app):
    round_ = contest(ideas=1, judges=1)
    first, second = UserFactory(role=Role.MODERATOR), UserFactory(role=Role.ADMINISTRATOR)
    return Desk(browser, round_.sheets[0], round_.judges[0], first, second)


def test_typed_twice_alike_and_confirmed_it_counts_as_from_a_screen(desk):
    desk.typed_twice()
    assert desk.state is PaperState.CHECKED
    assert desk.sheet.state is SheetState.OPEN  # nothing counts before the judge has confirmed

    desk.decide()

    assert desk.state is PaperState.CONFIRMED
    assert desk.marks == {"moi": 2175, "hieu_qua": 3300}
    assert (desk.sheet.state, desk.sheet.comment) == (SheetState.SUBMITTED, "Ý tưởng rõ ràng.")
    said = db.session.scalars(sa.select(Event).where(Event.kind == "sheet.submitted")).one()
    assert (said.actor_id, said.data) == (desk.judge.id, {"paper": True})
    assert [kind for kind in kinds_of_events() if kind.startswith("paper")] == [
        "paper.typed",
        "paper.scanned",
        "paper.agreed",
        "paper.confirmed",
    ]


def test_the_second_person_sees_nothing_of_the_first(desk):
    desk.type(desk.first, **{"diem-moi": "17,25", "chung": "Lời chỉ người đầu thấy"})
    desk.scan(desk.first)

    page = desk.browser.as_(desk.second).get(desk.address)

    assert "17,25" not in page.html
    assert "1725" not in page.html
    assert "Lời chỉ người đầu thấy" not in page.html


def test_a_character_that_no_database_keeps_is_refused_beside_the_words(desk):
    desk.type(desk.first, status=422, chung="Tốt\0")

    assert desk.paper is None


def test_one_person_does_not_type_twice(desk):
    desk.type(desk.first)
    desk.scan(desk.first)

    desk.type(desk.first, status=409)

    assert desk.state is PaperState.TYPED
    assert "Chờ người khác nhập lần hai" in desk.browser.as_(desk.first).get(desk.address).text


def test_the_second_time_needs_the_scan(desk):
    desk.type(desk.first)

    refused = desk.type(desk.second, status=409)

    assert "Đính kèm bản quét" in refused.text
    assert desk.state is PaperState.TYPED


def test_where_they_differ_both_see_which_criterion_and_only_their_own_figure(desk):
    desk.typed_twice(**{"diem-moi": "27,5"})
    assert desk.state is PaperState.DIFFERS

    page = desk.browser.as_(desk.first).get(desk.address)

    assert "Hai lần nhập khác nhau ở 1 chỗ" in page.text
    assert "21,75" in page.html
    assert "27,5" not in page.html
    assert page.text.count("Hai lần nhập khác nhau ở tiêu chí này") == 1


def test_whoever_was_wrong_corrects_it_and_every_attempt_is_kept(desk):
    desk.typed_twice(**{"diem-moi": "27,5"})

    desk.type(desk.second)

    assert desk.state is PaperState.CHECKED
    assert [typing.marks["moi"] for typing in desk.paper.typings] == [2175, 2750, 2175]


def test_a_third_person_stays_out_of_a_difference(desk):
    desk.typed_twice(**{"diem-moi": "27,5"})

    desk.type(UserFactory(role=Role.MODERATOR), status=409)

    assert desk.state is PaperState.DIFFERS


def test_marks_that_cannot_be_are_named_beside_their_field_and_kept(desk):
    page = desk.type(desk.first, status=422, **{"diem-moi": "99", "diem-hieu_qua": ""})

    assert page.value_of("diem-moi") == "99"
    assert page.html.count('aria-invalid="true"') == 2
    assert desk.paper is None or not desk.paper.typings


def test_the_judge_who_finds_a_mistake_has_it_typed_anew(desk):
    desk.typed_twice()

    desk.decide(**{"sai-reason": "Tính mới trên giấy là 12,75."})

    assert desk.state is PaperState.WAITING
    assert desk.paper.standing == []
    assert "Tính mới trên giấy là 12,75." in desk.browser.as_(desk.second).get(desk.address).text
    desk.typed_twice(**{"diem-moi": "12,75"})
    assert desk.state is PaperState.DIFFERS  # the first had typed 21,75 again


def test_a_refusal_says_why(desk):
    desk.typed_twice()

    page = desk.decide(status=422, **{"sai-reason": "sai"})

    assert "ít nhất 10 ký tự" in page.text
    assert desk.state is PaperState.CHECKED


def test_what_was_begun_on_the_screen_gives_way_only_to_the_judges_own_yes(desk):
    criterion = desk.sheet.criteria[0]
    with transaction():
        judging.mark_criterion(desk.judge, desk.sheet, criterion, points="5", comment=None, version=1)

    desk.typed_twice()
    assert desk.marks == {criterion.key: 500}
    page = desk.browser.as_(desk.judge).get(f"/cham-diem/{desk.sheet.public_id}/phieu-giay")
    assert "Bạn đã chấm dở bài này trên máy" in page.text
    desk.decide()

    assert desk.marks == {"moi": 2175, "hieu_qua": 3300}


def test_a_sheet_submitted_on_the_screen_takes_no_paper(browser):
    round_ = contest(ideas=1, judges=1, submitted=True)
    desk = Desk(browser, round_.sheets[0], round_.judges[0], UserFactory(role=Role.MODERATOR), None)

    desk.type(desk.first, status=409)

    assert db.session.scalars(sa.select(Typing)).all() == []


@pytest.mark.parametrize(("part", "status"), [("judge", 409), ("author", 404)])
def test_whoever_has_a_part_in_it_does_not_type(desk, part, status):
    person = desk.judge if part == "judge" else db.session.get(User, desk.sheet.entry.idea.created_by_id)
    person.grants.append(RoleGrant(role=Role.ADMINISTRATOR, given_at=now()))
    db.session.commit()

    desk.type(person, status=status)

    assert db.session.scalars(sa.select(Typing)).all() == []


@pytest.mark.parametrize("role", [Role.YOUTH, Role.JUDGE, Role.OFFICER, Role.LEADER])
def test_nobody_else_reaches_the_pages(desk, role):
    person = desk.browser.as_(UserFactory(role=role))

    for address in (desk.address, f"/quan-tri/phieu-giay/vong/{desk.sheet.entry.round_id}"):
        person.get(address, status=403)


def test_another_judge_neither_sees_nor_confirms_it(desk):
    desk.typed_twice()

    desk.browser.as_(UserFactory(role=Role.JUDGE)).get(
        f"/cham-diem/{desk.sheet.public_id}/phieu-giay", status=404
    )


def test_the_scan_is_read_by_its_judge_and_by_those_who_type(desk):
    desk.typed_twice()
    address = f"/tep/{desk.paper.scan.public_id}"

    desk.browser.as_(desk.judge).get(address, status=200)
    desk.browser.as_(desk.second).get(address, status=200)
    desk.browser.as_(UserFactory(role=Role.JUDGE)).get(address, status=404)
    desk.browser.as_(UserFactory()).get(address, status=404)


def test_a_page_older_than_the_paper_is_told(desk):
    desk.type(desk.first)
    desk.scan(desk.first)

    desk.type(desk.second, status=409, version=1)

    assert desk.state is PaperState.TYPED


def test_two_who_type_second_at_once_are_compared_one_after_the_other(desk, app):
    desk.type(desk.first)
    desk.scan(desk.first)
    third = UserFactory(role=Role.MODERATOR)
    version, sheet_id = desk.paper.version, desk.sheet.id

    def typing(person_id, points):
        def prepare():
            person, sheet = row(User, person_id), row(ScoreSheet, sheet_id)
            typed = {"moi": points, "hieu_qua": "33"}
            return lambda: service.type_marks(
                person, sheet, typed=typed, comment="Ý tưởng rõ ràng.", version=version
            )

        return prepare

    ended = together(app, typing(desk.second.id, "21,75"), typing(third.id, "21,75"))

    assert sorted(ended) == ["Stale", "done"]
    assert desk.state is PaperState.CHECKED
    assert len(desk.paper.typings) == 2


def test_the_printed_sheet_says_nothing_of_the_author(desk):
    idea = desk.sheet.entry.idea
    author = db.session.get(User, idea.created_by_id)
    author.full_name = idea.authors[0].full_name = "Dấu Vết Tác Giả"
    db.session.commit()

    page = desk.browser.as_(desk.first).get(f"/quan-tri/phieu-giay/vong/{desk.sheet.entry.round_id}/in")

    assert "Dấu Vết Tác Giả" not in page.html
    assert idea.code not in page.html
    assert author.email not in page.html
    assert desk.sheet.entry.judging_code in page.text
    assert 'class="qr"' in page.html


def test_the_list_counts_where_the_papers_stand(desk):
    desk.typed_twice()

    page = desk.browser.as_(desk.first).get(
        f"/quan-tri/phieu-giay/vong/{desk.sheet.entry.round_id}?trang-thai=checked", queries=12
    )

    assert "Chờ xác nhận" in page.text
    assert desk.sheet.entry.judging_code in page.text
    assert "21,75" not in page.html


def test_the_judge_is_told_that_a_paper_waits(desk):
    desk.typed_twice()

    page = desk.browser.as_(desk.judge).get("/cham-diem")

    assert f"Xem phiếu {desk.sheet.entry.judging_code}" in page.text
