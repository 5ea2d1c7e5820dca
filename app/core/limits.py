"""How often something may be done: counters shared by all processes, and waits that grow after wrong passwords.

Strangers can slow down only themselves: nothing here locks an account.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_login import current_user
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage

from app.core.clock import now
from app.core.forms import clean_text

try:  # the same SQLite library as the database, where its wheel exists
    from pysqlite3 import dbapi2 as driver
except ImportError:
    driver = sqlite3

DEFAULT_FILE = "limits.sqlite3"


class SqliteFileStorage(Storage):
    """Counters in one small SQLite file: right across processes, and no harm when it is lost."""

    STORAGE_SCHEME = ["sqlitefile"]
    PURGE_EVERY = 500

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self.file = Path(uri.removeprefix("sqlitefile://"))
        self._local = threading.local()
        self._until_purge = self.PURGE_EVERY

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        error: type[Exception] = driver.Error
        return (error, OSError)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """One statement, so that two processes never count the same hit."""
        moment = now().timestamp()
        self._purge_sometimes(moment)
        row = self._connection().execute(
            """INSERT INTO hits (key, count, expires) VALUES (:key, :amount, :until)
               ON CONFLICT (key) DO UPDATE SET
                 count = CASE WHEN expires <= :now THEN excluded.count ELSE count + excluded.count END,
                 expires = CASE WHEN expires <= :now THEN excluded.expires ELSE expires END
               RETURNING count""",
            {"key": _fingerprint(key), "amount": amount, "until": moment + expiry, "now": moment},
        )
        return int(row.fetchone()[0])

    def get(self, key: str) -> int:
        return int(self._find(key)[0])

    def get_expiry(self, key: str) -> float:
        return float(self._find(key)[1])

    def check(self) -> bool:
        """Asked again and again while the file is away, to return to it when it is back."""
        try:
            self._connection().execute("SELECT 1 FROM hits LIMIT 1")
        except self.base_exceptions:
            return False
        return True

    def reset(self) -> int | None:
        return int(self._connection().execute("DELETE FROM hits").rowcount)

    def clear(self, key: str) -> None:
        self._connection().execute("DELETE FROM hits WHERE key = ?", (_fingerprint(key),))

    def _find(self, key: str) -> tuple[int, float]:
        """Count and end of the running window; nothing counted ends now."""
        moment = now().timestamp()
        found = self._connection().execute(
            "SELECT count, expires FROM hits WHERE key = ? AND expires > ?", (_fingerprint(key), moment)
        )
        count, expires = found.fetchone() or (0, moment)
        return count, expires

    def _purge_sometimes(self, moment: float) -> None:
        self._until_purge -= 1
        if self._until_purge <= 0:
            self._until_purge = self.PURGE_EVERY
            self._connection().execute("DELETE FROM hits WHERE expires <= ?", (moment,))

    def _connection(self) -> Any:
        """One connection a thread; a forked process opens its own."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.connection = self._connect()
            self._local.pid = os.getpid()
        return self._local.connection

    def _connect(self) -> Any:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = driver.connect(str(self.file), isolation_level=None, timeout=5)
        _until_unlocked(lambda: connection.execute("PRAGMA journal_mode = WAL"))
        # counters may be lost at a power cut; waiting for the disk on every request is worse
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires REAL NOT NULL)"
        )
        return connection


def by_address() -> str:
    """The network a request comes from: one IPv4 address, or the /64 that an IPv6 visitor owns."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "address:unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return f"address:{ip_network((int(address), 64), strict=False)}"
        address = address.ipv4_mapped
    return f"address:{address}"


def by_account() -> str:
    """The signed-in account; a visitor counts by address. Pupils of one school share an address, not an account."""
    account = getattr(current_user, "id", None) if hasattr(current_app, "login_manager") else None
    return by_address() if account is None else f"account:{account}"


def by_target(field: str) -> Callable[[], str]:
    """Whom a request is aimed at, such as the mailbox typed in a form: one target, however many senders."""

    def key() -> str:
        typed = request.form.get(field)
        if typed is None and request.is_json:
            body = request.get_json(silent=True)
            typed = body.get(field) if isinstance(body, dict) else None
        return f"target:{_fingerprint(_as_kept(str(typed or '')).lower())}"

    return key


limiter = Limiter(
    key_func=by_account,
    strategy="fixed-window",
    headers_enabled=True,  # Retry-After
    in_memory_fallback_enabled=True,  # the shared store is gone: limits per process, not none
)


def init_app(app: Flask) -> None:
    """Settings: RATE_LIMITS_ENABLED, RATE_LIMITS_STORAGE (redis://… when there are several machines)."""
    app.config["RATELIMIT_ENABLED"] = app.config.get("RATE_LIMITS_ENABLED", True)
    app.config["RATELIMIT_STORAGE_URI"] = (
        app.config.get("RATE_LIMITS_STORAGE")
        or f"sqlitefile://{Path(app.instance_path).absolute() / DEFAULT_FILE}"
    )
    limiter.init_app(app)


class SignInWait:
    """After some wrong passwords for one account from one address, that pair waits longer each time."""

    FREE_TRIES = 5
    FIRST_WAIT_SECONDS = 5
    LONGEST_WAIT_SECONDS = 15 * 60
    FORGOTTEN_AFTER_SECONDS = 60 * 60

    def __init__(self) -> None:
        self._without_store = MemoryStorage()

    def seconds_left(self, account: str) -> int:
        """How long this visitor still waits before the next try for this account; 0 when not at all."""
        return self._ask(lambda store: _seconds_left(store, self._key("wait", account)))

    def failed(self, account: str) -> int:
        """Count a wrong password; returns the seconds to wait now."""
        return self._ask(lambda store: self._count(store, account))

    def succeeded(self, account: str) -> None:
        """The right password: nothing is remembered against this visitor."""

        def forget(store: Storage) -> int:
            store.clear(self._key("failed", account))
            store.clear(self._key("wait", account))
            return 0

        self._ask(forget)

    def _count(self, store: Storage, account: str) -> int:
        tries = store.incr(self._key("failed", account), self.FORGOTTEN_AFTER_SECONDS)
        if tries < self.FREE_TRIES:
            return 0
        # the exponent is capped as well: 2 ** 10000 takes time of its own
        doublings = min(tries - self.FREE_TRIES, 16)
        seconds: int = min(self.FIRST_WAIT_SECONDS * 2**doublings, self.LONGEST_WAIT_SECONDS)
        store.clear(self._key("wait", account))
        store.incr(self._key("wait", account), seconds)
        return seconds

    def _ask(self, question: Callable[[Storage], int]) -> int:
        if not limiter.enabled:
            return 0
        store = limiter.storage
        unavailable: tuple[type[Exception], ...] = (StorageError, *_as_tuple(store.base_exceptions))
        try:
            return question(store)
        except unavailable:
            current_app.logger.warning("limits.store_unavailable")
            return question(self._without_store)

    @staticmethod
    def _key(what: str, account: str) -> str:
        return f"sign-in/{what}/{_fingerprint(account.strip().lower())}/{by_address()}"


sign_in_wait = SignInWait()


def _seconds_left(store: Storage, key: str) -> int:
    return max(0, ceil(store.get_expiry(key) - now().timestamp())) if store.get(key) else 0


def _as_kept(typed: str) -> str:
    """As a form would keep it, or a mark that nobody sees would make a new target; what no form takes stays."""
    try:
        return str(clean_text(typed))
    except ValueError:
        return typed


def _until_unlocked(change: Callable[[], Any]) -> None:
    """Several processes that start together: SQLite does not wait by itself for a change of journal."""
    for _try in range(100):
        try:
            change()
        except driver.OperationalError:
            time.sleep(0.02)
        else:
            return
    change()


def _as_tuple(errors: type[Exception] | tuple[type[Exception], ...]) -> tuple[type[Exception], ...]:
    return errors if isinstance(errors, tuple) else (errors,)


def _fingerprint(key: str) -> str:
    """Neither addresses nor mailboxes are written to the file."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
