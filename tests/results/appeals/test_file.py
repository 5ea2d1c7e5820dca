"""An author objects: once, in time, with reasons; nothing that was written is lost, nobody else reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.models import User
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Invalid
from app.core.events import Event
from app.mail.models import Mail
from app.permissions import Role
from app.results.appeals import service
from app.results.appeals.models import Appeal
from app.results.appeals.rules import AppealState, answer_due, appeals_until
from app.results.queries import published as published_now
from app.worker import run_once
from tests.factories import AppealFactory, IdeaFactory, UserFactory
from tests.judging.contest import row, together
from tests.results.podium import podium, published

REASON = "Phiếu GK1 ghi “mới, chưa nơi nào làm” mà tiêu chí Tính mới chỉ có 5 điểm."
S = AppealState


def author_of(idea):
    return db.session.get(User, idea.created_by_id)


def address(idea):
    return f"/cua-toi/{idea.public_id}/khieu-nai"


@pytest.fixture
def stage(app, moderator, leader):
    made = podium()
    published(made, moderator, leader)
    return made


def kinds_about_appeals():
    return [e.kind for e in db.session.query(Event).filter_by(object_type="appeals").order_by(Event.id)]


def test_an_author_files_an_appeal_and_follows_it(browser, stage):
    idea = stage.ideas[1]
    team = browser.as_(author_of(idea))

    team.post(address(idea), {"reason": REASON}, status=302)

    appeal = db.session.query(Appeal).one()
    assert (appeal.state, appeal.reason, appeal.idea_id) == (S.RECEIVED, REASON, idea.id)
    assert appeal.due_on == answer_due(appeal.filed_at)
    assert kinds_about_appeals() == ["appeal.received"]
    page = team.get(address(idea), queries=25)
    assert REASON in page
    assert appeal.code in page
    assert "Nhận khiếu nại" in page
    assert appeal.code in team.get(f"/cua-toi/{idea.public_id}/ket-qua")


def test_no_event_holds_a_word_of_it(browser, stage):
    idea = stage.ideas[1]

    browser.as_(author_of(idea)).post(address(idea), {"reason": REASON}, status=302)

    told = db.session.query(Event).filter_by(kind="appeal.received").one().data
    assert REASON not in str(told)
    assert set(told) >= {"code", "idea_id", "publication_id", "state"}


@pytest.mark.parametrize("reason", ["", "Không công bằng", " " * 40, "x" * 4001])
def test_a_reason_nobody_can_look_into_is_given_back_as_it_was(browser, stage, reason):
    idea = stage.ideas[1]

    page = browser.as_(author_of(idea)).post(address(idea), {"reason": reason}, status=422)

    assert "reason" in page.errors()
    assert page.value_of("reason").strip() == reason.strip()
    assert db.session.query(Appeal).count() == 0


def test_the_second_appeal_of_a_team_is_refused_and_its_words_are_kept(browser, stage):
    idea = stage.ideas[1]
    team = browser.as_(author_of(idea))
    team.post(address(idea), {"reason": REASON}, status=302)

    page = team.post(address(idea), {"reason": f"{REASON} Lần hai."}, status=422)

    assert page.errors() == {"reason": "Đội bạn đã gửi khiếu nại về kết quả này. Tải lại trang để theo dõi."}
    assert page.value_of("reason").strip() == f"{REASON} Lần hai."
    assert db.session.query(Appeal).count() == 1


def test_two_of_a_team_who_file_at_once_file_once(app, stage):
    idea = stage.ideas[1]
    ids = idea.created_by_id, idea.id, stage.made.round.campaign_id

    def file():
        person, own = row(User, ids[0]), row(type(idea), ids[1])
        publication = published_now(ids[2])
        return lambda: service.file_appeal(person, own, publication, reason=REASON)

    assert sorted(together(app, file, file)) == ["Invalid", "done"]
    assert db.session.query(Appeal).count() == 1


def test_a_withdrawn_appeal_makes_room_for_another(browser, stage):
    idea = stage.ideas[1]
    team = browser.as_(author_of(idea))
    team.post(address(idea), {"reason": REASON}, status=302)
    first = db.session.query(Appeal).one()

    team.post(f"{address(idea)}/{first.id}/rut", {"version": first.version}, status=302)
    team.post(address(idea), {"reason": f"{REASON} Viết lại."}, status=302)

    assert [one.state for one in db.session.query(Appeal).order_by(Appeal.id)] == [S.WITHDRAWN, S.RECEIVED]
    assert kinds_about_appeals() == ["appeal.received", "appeal.withdrawn", "appeal.received"]


@pytest.mark.parametrize("state", [S.UPHELD, S.REJECTED, S.WITHDRAWN])
def test_what_is_over_cannot_be_withdrawn(browser, stage, leader, state):
    idea = stage.ideas[1]
    appeal = AppealFactory(publication=published_now(idea.campaign_id), idea=idea, state=state)

    browser.as_(author_of(idea)).post(
        f"{address(idea)}/{appeal.id}/rut", {"version": appeal.version}, status=409
    )

    assert appeal.state is state


def test_the_deadline_is_judged_by_when_it_was_received_and_the_words_are_kept(browser, stage):
    idea, campaign = stage.ideas[1], stage.made.round.campaign
    until = appeals_until(campaign.published_at, campaign.appeal_days)

    with clock.set_to(until + timedelta(milliseconds=1)):
        page = browser.as_(author_of(idea)).post(address(idea), {"reason": REASON}, status=422)
    late = db.session.query(Appeal).count()
    with clock.set_to(until):
        browser.as_(author_of(idea)).post(address(idea), {"reason": REASON}, status=302)

    assert page.errors() == {"reason": "Đã hết hạn khiếu nại kết quả này."}
    assert page.value_of("reason").strip() == REASON
    assert late == 0
    assert db.session.query(Appeal).count() == 1


def test_the_days_are_working_days_and_the_campaigns_own(browser, stage):
    friday = datetime(2026, 11, 27, 3, tzinfo=UTC)

    assert clock.local(appeals_until(friday, 5)).strftime("%d/%m %H:%M") == "04/12 23:59"
    assert clock.local(appeals_until(friday, 1)).strftime("%d/%m") == "30/11"
    assert answer_due(friday).isoformat() == "2026-12-08"

    stage.made.round.campaign.appeal_days = 60
    db.session.commit()
    until = appeals_until(stage.made.round.campaign.published_at, 60)
    shown = clock.local(until).strftime("%d/%m/%Y")
    idea = stage.ideas[0]
    assert shown in browser.get(f"/ket-qua/{stage.made.round.campaign.slug}")
    assert shown in browser.as_(author_of(idea)).get(f"/cua-toi/{idea.public_id}/ket-qua")


def test_only_its_own_team_files_reads_or_withdraws_an_appeal(browser, stage):
    idea, other = stage.ideas[1], stage.ideas[2]
    browser.as_(author_of(idea)).post(address(idea), {"reason": REASON}, status=302)
    appeal = db.session.query(Appeal).one()
    stranger = browser.as_(author_of(other))

    stranger.get(address(idea), status=404)
    stranger.post(address(idea), {"reason": REASON}, status=404)
    stranger.post(f"{address(idea)}/{appeal.id}/rut", {"version": 1}, status=404)
    stranger.post(f"{address(other)}/{appeal.id}/rut", {"version": 1}, status=404)
    browser.as_(UserFactory(role=Role.JUDGE)).get(address(idea), status=403)
    browser.get(address(idea), status=302)

    assert db.session.query(Appeal).count() == 1
    assert appeal.state is S.RECEIVED
    assert REASON not in stranger.get(f"/ket-qua/{stage.made.round.campaign.slug}").html


def test_an_idea_that_was_not_judged_has_nothing_to_appeal_against(browser, stage):
    idea = IdeaFactory(campaign=stage.made.round.campaign)

    browser.as_(author_of(idea)).get(address(idea), status=404)
    publication = published_now(idea.campaign_id)
    with pytest.raises(Invalid, match="không vào vòng chấm"), transaction():
        service.file_appeal(author_of(idea), idea, publication, reason=REASON)


def test_the_author_has_a_receipt_and_those_who_answer_are_told(browser, stage, moderator):
    idea, author = stage.ideas[1], author_of(stage.ideas[1])
    run_once()
    db.session.rollback()  # what was read before the worker wrote
    before = db.session.query(Mail.id).count()

    browser.as_(author).post(address(idea), {"reason": REASON}, status=302)
    run_once()

    written = db.session.query(Mail).order_by(Mail.id).offset(before)
    mails = {(mail.template, mail.to_address): mail for mail in written}
    receipt = mails["appeal_received", author.email]
    assert ("appeal_filed", moderator.email) in mails
    assert {template for template, _to in mails} - {"head_published"} == {"appeal_received", "appeal_filed"}
    assert "bằng văn bản trước hết ngày" in receipt.body
    assert not [mail for mail in mails.values() if REASON in mail.body]


def test_appeals_of_a_team_are_listed_a_page_at_a_time(browser, stage):
    idea = stage.ideas[1]
    publication = published_now(idea.campaign_id)
    filed = [AppealFactory(publication=publication, idea=idea, state=S.WITHDRAWN) for _ in range(7)]
    team = browser.as_(author_of(idea))

    first, second = team.get(address(idea)), team.get(f"{address(idea)}?trang=2")
    shown = [[one.code for one in filed if one.code in page] for page in (first, second)]

    assert [len(codes) for codes in shown] == [5, 2]
    assert sorted([*shown[0], *shown[1]]) == sorted(one.code for one in filed)
    assert "Mỗi đội gửi một khiếu nại" in second  # all were withdrawn: another one may be filed
