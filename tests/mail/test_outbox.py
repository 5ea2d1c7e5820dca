"""The outbox of mails: what administrators see and start again."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from app import worker
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event, Outbox, OutboxState, record
from app.mail.letters import PreviewMail
from app.mail.models import Mail, MailState
from app.mail.outgoing import write
from app.permissions import Role
from tests.factories import UserFactory

BODY = "Chào Hoa,\nmở http://localhost/xac-nhan/abc. Đừng mở http://ac.example.com/x\n"


def put(state=MailState.KEPT, *, address="hoa@example.vn", holds_link=False, occasion="1"):
    mail = PreviewMail("confirm_address", None, "Hoa", address, "Xác nhận", BODY, holds_link)
    with transaction():
        write(mail, occasion=occasion)
        row = db.session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()
        row.state, row.tries = state, 8
    return row


def kinds():
    db.session.rollback()
    return db.session.scalars(sa.select(Event.kind).order_by(Event.id)).all()


def test_an_administrator_reads_a_mail_and_its_links_lead_to_this_site_only(browser, administrator):
    mail = put()

    page = browser.as_(administrator).get(f"/quan-tri/thu/{mail.id}")

    assert page.h1 == "Xác nhận"
    assert "/xac-nhan/abc" in page.links()
    assert [link for link in page.links() if "example.com" in link] == []
    assert "http://ac.example.com/x" in page


def test_the_list_is_filtered_by_state_and_address(browser, administrator):
    put(MailState.KEPT, address="hoa@example.vn", occasion="1")
    put(MailState.PARKED, address="lan@example.vn", occasion="2")
    mine = browser.as_(administrator)

    parked = mine.get("/quan-tri/thu?trang-thai=parked")
    found = mine.get("/quan-tri/thu?q=hoa")
    unknown = mine.get("/quan-tri/thu?trang-thai=khong-co")

    assert ("lan@example.vn" in parked, "hoa@example.vn" in parked) == (True, False)
    assert ("lan@example.vn" in found, "hoa@example.vn" in found) == (False, True)
    assert "hoa@example.vn" in unknown


def test_the_list_costs_the_same_with_many_mails(browser, administrator):
    mine = browser.as_(administrator)
    put(occasion="0")
    few = mine.get("/quan-tri/thu").queries
    for number in range(1, 30):
        put(occasion=str(number))

    assert mine.get("/quan-tri/thu").queries == few


@pytest.mark.parametrize("state", [MailState.WAITING, MailState.PARKED, MailState.SENT])
def test_a_link_that_was_given_to_the_mail_server_is_shown_to_nobody(browser, administrator, state):
    mail = put(state, holds_link=True)

    page = browser.as_(administrator).get(f"/quan-tri/thu/{mail.id}")

    assert "/xac-nhan/abc" not in page.html


@pytest.mark.parametrize("state", [MailState.PARKED, MailState.UNCERTAIN])
def test_a_mail_that_did_not_leave_is_sent_again(app, browser, administrator, state):
    app.config["SETTINGS"] = msgspec.structs.replace(app.config["SETTINGS"], mail_server="mail.example.vn")
    mail = put(state)

    browser.as_(administrator).post(f"/quan-tri/thu/{mail.id}/gui-lai", status=302)

    db.session.refresh(mail)
    assert (mail.state, mail.tries) == (MailState.WAITING, 0)
    assert kinds() == ["mail.retried"]
    assert "Gửi lại thư" in browser.as_(administrator).get(f"/quan-tri/thu/{mail.id}")


@pytest.mark.parametrize("state", sorted(set(MailState) - {MailState.PARKED, MailState.UNCERTAIN}))
def test_no_other_mail_can_be_sent_again(browser, administrator, state):
    mail = put(state)

    browser.as_(administrator).post(f"/quan-tri/thu/{mail.id}/gui-lai", status=409)

    assert kinds() == []


def parked_reaction():
    person = UserFactory()
    with transaction():
        record("user.join_repeated", person, None)
        row = db.session.scalars(sa.select(Outbox)).one()
        row.state, row.tries, row.last_error, row.due_at = (
            OutboxState.PARKED,
            8,
            "KeyError app.mail.words:51",
            now(),
        )
    return row


def test_a_parked_reaction_is_seen_and_started_again(browser, administrator):
    row = parked_reaction()
    mine = browser.as_(administrator)

    assert "KeyError app.mail.words:51" in mine.get("/quan-tri/thu")
    mine.post(f"/quan-tri/thu/viec/{row.id}/chay-lai", status=302)
    worker.run_once()

    db.session.rollback()
    assert db.session.scalars(sa.select(Mail.template)).all() == ["already_joined"]
    assert kinds() == ["user.join_repeated", "reaction.restarted"]


def test_a_reaction_that_is_not_parked_is_not_started_again(browser, administrator):
    row = parked_reaction()
    worker.run_once()
    mine = browser.as_(administrator)
    mine.post(f"/quan-tri/thu/viec/{row.id}/chay-lai", status=302)

    mine.post(f"/quan-tri/thu/viec/{row.id}/chay-lai", status=409)


@pytest.mark.parametrize("role", [Role.YOUTH, Role.MODERATOR, Role.OFFICER, Role.JUDGE, Role.LEADER])
@pytest.mark.parametrize("address", ["/quan-tri/thu", "/quan-tri/thu/1"])
def test_nobody_else_reads_the_outbox(browser, role, address):
    put()

    browser.as_(UserFactory(role=role)).get(address, status=403)


def test_a_mail_that_does_not_exist_is_not_found(browser, administrator):
    browser.as_(administrator).get("/quan-tri/thu/999", status=404)
