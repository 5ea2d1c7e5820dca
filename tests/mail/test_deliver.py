"""Sending, against a real SMTP server on this machine: sent once, kept trying, never guessed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import msgspec
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from app import ROOT
from app.core import clock
from app.core.db import db, transaction
from app.core.leases import MOST_TRIES
from app.mail import deliver
from app.mail.letters import PreviewMail
from app.mail.models import Mail, MailState
from app.mail.outgoing import write
from tests.test_worker import in_threads


class Server:
    """What a mail server does with what it gets: takes it, refuses it, or breaks off."""

    def __init__(self):
        self.taken = []
        self.address_answer = ""
        self.answer = "250 Taken"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.address_answer:
            return self.address_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        if self.answer == "break off":
            server.transport.abort()
            return "250 nobody hears this"
        if self.answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content))
        return self.answer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(server):
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def use(app, port):
    app.config["SETTINGS"] = msgspec.structs.replace(
        app.config["SETTINGS"], mail_server="127.0.0.1", mail_port=port, mail_use_tls=False
    )
    deliver.init_app(app)


@pytest.fixture
def server(app):
    server = Server()
    with listening(server) as port:
        use(app, port)
        yield server


def put(name="1", *, holds_link=False):
    """One mail that waits."""
    mail = PreviewMail(
        "award_won",
        None,
        "Hoa",
        "hoa@example.vn",
        "Chúc mừng bạn đoạt giải Nhất",
        "Chào Hoa,\nhẹn gặp.\n",
        holds_link,
    )
    with transaction():
        assert write(mail, occasion=name)


def the_mail():
    db.session.rollback()
    return db.session.scalars(sa.select(Mail).order_by(Mail.id)).first()


def test_a_mail_arrives_whole_and_is_marked_sent(app, server):
    put()

    deliver.send_due(10)

    (arrived,) = server.taken
    assert str(make_header(decode_header(arrived["Subject"]))) == "Chúc mừng bạn đoạt giải Nhất"
    assert arrived["To"] == "hoa@example.vn"
    assert arrived["Message-ID"] == the_mail().message_id
    assert arrived.get_payload(decode=True).decode().split() == "Chào Hoa, hẹn gặp.".split()
    assert (the_mail().state, the_mail().tries) == (MailState.SENT, 1)


def test_a_sent_mail_is_not_sent_again(app, server):
    put()

    deliver.send_due(10)
    deliver.send_due(10)

    assert len(server.taken) == 1


def test_the_body_of_a_mail_with_a_link_is_emptied_once_it_has_left(app, server):
    put("1", holds_link=True)
    put("2")

    deliver.send_due(10)

    db.session.rollback()
    bodies = db.session.scalars(sa.select(Mail.body).order_by(Mail.id)).all()
    assert bodies == ["", "Chào Hoa,\nhẹn gặp.\n"]


def test_without_a_mail_server_mails_are_kept(app):
    put()

    deliver.send_due(10)

    assert (the_mail().state, the_mail().tries) == (MailState.KEPT, 0)


def test_two_workers_send_each_mail_once(app, server):
    for number in range(10):
        put(str(number))

    def work():
        with app.app_context(), db.scope():
            deliver.send_due(20)

    in_threads(3, work)

    assert len({mail["Message-ID"] for mail in server.taken}) == 10
    assert len(server.taken) == 10


def test_a_busy_server_is_tried_again_later(app, server):
    server.answer = "451 Try later"
    put()

    deliver.send_due(10)

    mail = the_mail()
    assert (mail.state, mail.tries, mail.last_error) == (MailState.WAITING, 1, "SMTPDataError 451")
    assert mail.due_at > clock.now()


def test_after_eight_tries_a_mail_is_parked(app, server):
    server.answer = "451 Try later"
    put()

    moment = clock.now()
    for _ in range(MOST_TRIES + 2):
        with clock.set_to(moment):
            deliver.send_due(10)
        moment += timedelta(days=1)

    assert (the_mail().state, the_mail().tries) == (MailState.PARKED, MOST_TRIES)


def test_an_address_refused_for_good_is_parked_at_once_and_not_repeated_in_the_error(app, server):
    server.address_answer = "550 hoa@example.vn does not exist"
    put()

    deliver.send_due(10)

    assert (the_mail().state, the_mail().last_error) == (MailState.PARKED, "SMTPRecipientsRefused 550")


def test_one_refused_mail_does_not_hold_up_the_next(app, server):
    server.address_answer = "550 no"
    put("1")
    deliver.send_due(10)
    server.address_answer = ""
    put("2")

    deliver.send_due(10)

    assert len(server.taken) == 1


def test_a_connection_that_breaks_while_sending_leaves_the_mail_uncertain(app, server):
    server.answer = "break off"
    put()

    deliver.send_due(10)
    server.answer = "250 Taken"
    deliver.send_due(10)

    assert the_mail().state is MailState.UNCERTAIN
    assert server.taken == []


def test_a_server_that_is_away_parks_nothing(app):
    use(app, free_port())
    put("1")
    put("2")

    moment = clock.now()
    for _ in range(MOST_TRIES + 4):
        with clock.set_to(moment):
            deliver.send_due(10)
        moment += timedelta(hours=1)

    db.session.rollback()
    assert set(db.session.scalars(sa.select(Mail.state))) == {MailState.WAITING}
    assert the_mail().last_error == "ConnectionRefusedError"


def test_a_server_that_is_away_is_asked_once_a_turn(app):
    use(app, free_port())
    for number in range(5):
        put(str(number))

    assert deliver.send_due(10) == 1


def worker(database, tmp_path, port, **env):
    settings = {
        "DATABASE_URL": database,
        "INSTANCE_PATH": str(tmp_path),
        "SECRET_KEY": "a key for tests only, long enough",
        "BASE_URL": "http://localhost",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_USE_TLS": "false",
        **env,
    }
    return subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT, env={**os.environ, **settings})


def test_a_worker_killed_after_sending_leaves_the_mail_uncertain_not_sent_twice(
    app, server, database, tmp_path
):
    port = app.config["SETTINGS"].mail_port
    put()

    process = worker(database, tmp_path, port, FAULT_POINTS="mail.send.after=kill")
    assert process.wait(timeout=60) == -signal.SIGKILL
    assert len(server.taken) == 1
    assert the_mail().state is MailState.SENDING

    with clock.set_to(clock.now() + deliver.LEASE + timedelta(seconds=1)):
        deliver.send_due(10)

    assert (the_mail().state, the_mail().last_error) == (MailState.UNCERTAIN, "lease ran out")
    assert len(server.taken) == 1


def test_a_worker_asked_to_stop_finishes_and_ends_well(app, server, database, tmp_path):
    put()
    process = worker(database, tmp_path, app.config["SETTINGS"].mail_port)
    arrived = threading.Event()
    for _ in range(600):
        if server.taken:
            arrived.set()
            break
        arrived.wait(0.1)

    process.terminate()

    assert process.wait(timeout=30) == 0
    assert the_mail().state is MailState.SENT
