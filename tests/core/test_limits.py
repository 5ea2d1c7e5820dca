"""Counters shared by processes, and waits that hurt nobody but the one who guesses."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask_login import LoginManager, UserMixin, login_user

from app.core import limits
from app.core.clock import now, set_to
from app.core.limits import (
    SignInWait,
    SqliteFileStorage,
    by_account,
    by_address,
    by_target,
    limiter,
    sign_in_wait,
)


@limiter.limit("3/minute")
def submit():
    return "ok"


@limiter.limit("2/hour", key_func=by_target("email"))
def reset():
    return "ok"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "limits.sqlite3"


@pytest.fixture
def store(file):
    return SqliteFileStorage(f"sqlitefile://{file}")


@pytest.fixture
def small_app(file):
    """An app whose limits live in one file; the shared limiter is given back afterwards."""
    before = {name: getattr(limiter, name) for name in ("enabled", "_storage", "_limiter", "_storage_dead")}
    app = Flask(__name__)
    app.config.update(SECRET_KEY="test", RATE_LIMITS_STORAGE=f"sqlitefile://{file}")
    limits.init_app(app)
    LoginManager(app).user_loader(lambda _id: Person())

    app.add_url_rule("/submit", view_func=submit, methods=["POST"])
    app.add_url_rule("/reset", view_func=reset, methods=["POST"])
    yield app
    for name, value in before.items():
        setattr(limiter, name, value)


class Person(UserMixin):
    id = 7


def test_a_window_counts_and_then_begins_again(store):
    assert [store.incr("k", 60), store.incr("k", 60), store.incr("k", 60, amount=3)] == [1, 2, 5]
    with set_to(now() + timedelta(seconds=61)):
        assert store.get("k") == 0
        assert store.incr("k", 60) == 1


def test_a_hit_does_not_make_the_window_longer(store):
    store.incr("k", 60)
    ends = store.get_expiry("k")
    with set_to(now() + timedelta(seconds=30)):
        store.incr("k", 60)

        assert store.get_expiry("k") == ends


def test_counters_are_apart_and_can_be_forgotten(store):
    store.incr("a", 60)
    store.incr("b", 60)
    store.clear("a")

    assert (store.get("a"), store.get("b"), store.check()) == (0, 1, True)
    assert (store.reset(), store.get("b")) == (1, 0)


def test_the_file_names_no_address_and_no_mailbox(store, file):
    store.incr("LIMITER/lan@example.vn/203.0.113.7", 60)

    assert b"example" not in file.read_bytes() + file.with_name(file.name + "-wal").read_bytes()


def test_old_counters_do_not_fill_the_file(store):
    store.PURGE_EVERY = store._until_purge = 3
    for key in "abc":
        store.incr(key, 1)
    with set_to(now() + timedelta(seconds=5)):
        for key in "def":
            store.incr(key, 60)

        rows = store._connection().execute("SELECT count(*) FROM hits").fetchone()[0]

    assert rows <= 4


def test_four_processes_together_get_exactly_the_limit(file):
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from limits import parse; from limits.strategies import FixedWindowRateLimiter\n"
        "from app.core.limits import SqliteFileStorage\n"
        f"limiter = FixedWindowRateLimiter(SqliteFileStorage('sqlitefile://{file}'))\n"
        "print(sum(limiter.hit(parse('100/hour'), 'k') for _ in range(80)))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(4)]

    passed = [int(process.communicate()[0]) for process in running]

    assert sum(passed) == 100


def test_threads_share_a_store(store):
    threads = [threading.Thread(target=lambda: [store.incr("k", 60) for _ in range(50)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.get("k") == 300


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.7", "address:203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "address:2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "address:203.0.113.7"),
        ("somewhere", "address:unknown"),
        (None, "address:unknown"),
    ],
)
def test_an_ipv6_visitor_counts_by_the_network_they_own(small_app, address, key):
    with small_app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert by_address() == key


def test_pupils_behind_one_address_count_apart_once_signed_in(small_app):
    with small_app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        assert by_account() == "address:203.0.113.7"
        login_user(Person())
        assert by_account() == "account:7"


def test_too_often_says_when_to_come_back(small_app):
    client = small_app.test_client()

    answers = [client.post("/submit") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_a_mailbox_is_protected_from_many_senders(small_app):
    client = small_app.test_client()

    def ask(mailbox, sender):
        return client.post(
            "/reset", data={"email": mailbox}, environ_base={"REMOTE_ADDR": sender}
        ).status_code

    assert [ask("Lan@example.vn ", "203.0.113.1"), ask("lan@example.vn", "203.0.113.2")] == [200, 200]
    assert ask("lan@example.vn", "203.0.113.3") == 429
    assert ask("nam@example.vn", "203.0.113.3") == 200


def test_a_target_is_read_from_json_too(small_app):
    with small_app.test_request_context(json={"email": "a@b.vn"}):
        from_json = by_target("email")()
    with small_app.test_request_context(method="POST", data={"email": "A@b.vn"}):
        assert by_target("email")() == from_json


@pytest.mark.parametrize("typed", ["a\u200b@b.vn", "\ufeffa@b.vn", " a@b.vn\n", "A@B.VN"])
def test_a_target_written_in_another_way_is_the_same_target(small_app, typed):
    with small_app.test_request_context(method="POST", data={"email": "a@b.vn"}):
        plain = by_target("email")()
    with small_app.test_request_context(method="POST", data={"email": typed}):
        assert by_target("email")() == plain


def test_a_target_that_is_no_text_is_counted_all_the_same(small_app):
    with small_app.test_request_context(method="POST", data={"email": "a\0@b.vn"}):
        assert by_target("email")().startswith("target:")


def test_without_the_shared_store_limits_still_hold(small_app, file):
    client = small_app.test_client()
    client.post("/submit")
    for part in file.parent.glob(f"{file.name}*"):
        part.write_bytes(b"broken" * 1000)
    limiter._storage = SqliteFileStorage(f"sqlitefile://{file}")
    limiter._limiter.storage = limiter._storage

    statuses = [client.post("/submit").status_code for _ in range(5)]

    assert statuses == [200, 200, 200, 429, 429]


def test_limits_can_be_off(file):
    enabled = limiter.enabled
    app = Flask(__name__)
    app.config.update(RATE_LIMITS_ENABLED=False, RATE_LIMITS_STORAGE=f"sqlitefile://{file}")
    limits.init_app(app)

    with app.test_request_context():
        assert [sign_in_wait.failed("lan") for _ in range(9)][-1] == 0
    limiter.enabled = enabled


def visit(app, address):
    return app.test_request_context(environ_base={"REMOTE_ADDR": address})


def test_wrong_passwords_wait_longer_each_time(small_app):
    with visit(small_app, "203.0.113.7"):
        waits = [sign_in_wait.failed("lan@example.vn") for _ in range(14)]
        left = sign_in_wait.seconds_left("Lan@example.vn")

    assert waits == [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert 890 <= left <= 900


def test_a_stranger_cannot_lock_an_account(small_app):
    with visit(small_app, "203.0.113.66"):
        for _ in range(50):
            sign_in_wait.failed("lan@example.vn")
        assert sign_in_wait.seconds_left("lan@example.vn") > 0

    with visit(small_app, "203.0.113.7"):
        assert sign_in_wait.seconds_left("lan@example.vn") == 0


def test_a_classmate_at_the_same_address_does_not_wait(small_app):
    with visit(small_app, "203.0.113.7"):
        for _ in range(9):
            sign_in_wait.failed("lan@example.vn")

        assert sign_in_wait.seconds_left("nam@example.vn") == 0


def test_waiting_ends_and_is_forgotten(small_app):
    with visit(small_app, "203.0.113.7"):
        for _ in range(5):
            sign_in_wait.failed("lan@example.vn")
        with set_to(now() + timedelta(seconds=6)):
            assert sign_in_wait.seconds_left("lan@example.vn") == 0
            assert sign_in_wait.failed("lan@example.vn") == 10
        with set_to(now() + timedelta(seconds=SignInWait.FORGOTTEN_AFTER_SECONDS + 1)):
            assert sign_in_wait.failed("lan@example.vn") == 0


def test_the_right_password_clears_the_score(small_app):
    with visit(small_app, "203.0.113.7"):
        for _ in range(7):
            sign_in_wait.failed("lan@example.vn")
        sign_in_wait.succeeded("lan@example.vn")

        assert sign_in_wait.seconds_left("lan@example.vn") == 0
        assert sign_in_wait.failed("lan@example.vn") == 0


def test_waits_hold_without_the_shared_store(small_app, file, monkeypatch):
    monkeypatch.setattr(
        SqliteFileStorage, "_connection", lambda _self: (_ for _ in ()).throw(limits.driver.OperationalError)
    )
    monkeypatch.setattr(sign_in_wait, "_without_store", limits.MemoryStorage())

    with visit(small_app, "203.0.113.7"):
        assert [sign_in_wait.failed("lan@example.vn") for _ in range(6)] == [0, 0, 0, 0, 5, 10]
