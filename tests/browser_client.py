"""A strict visitor: every page it reads must be whole, accessible at a glance, safe, and cheap."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from typing import Any

import html5lib
import sqlalchemy as sa
from flask import Flask, g
from flask.globals import _cv_app
from werkzeug.test import TestResponse

from app.accounts import sessions
from app.accounts.models import User
from app.core.clock import now
from app.core.db import db, transaction

MOST_QUERIES = 25  # no page needs more; pages with a budget of their own say so
MOST_WRITING_QUERIES = 70
XHTML = "{http://www.w3.org/1999/xhtml}"


class Page:
    """An answer as its reader sees it."""

    def __init__(self, response: TestResponse, queries: int) -> None:
        self.response = response
        self.status = response.status_code
        self.queries = queries
        self.html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        self.tree = html5lib.parse(self.html, namespaceHTMLElements=False) if self.html else None

    @property
    def json(self) -> Any:
        return self.response.get_json()

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "").removeprefix("http://localhost")

    @property
    def text(self) -> str:
        """All that is written on the page, spaces joined."""
        if self.tree is None:
            return self.response.get_data(as_text=True)
        return " ".join(" ".join(self.tree.find("body").itertext()).split())

    @property
    def h1(self) -> str:
        return " ".join("".join(self.tree.find(".//h1").itertext()).split())

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def errors(self) -> dict[str, str]:
        """Message beside each field, by the field's name."""
        found = {}
        for field in self.tree.iter("div"):
            if "field" not in (field.get("class") or "").split():
                continue
            control = next((e for e in field.iter() if e.tag in {"input", "textarea", "select"}), None)
            message = next((e for e in field.iter() if "err" in (e.get("class") or "").split()), None)
            if control is not None and message is not None and message.get("hidden") is None:
                found[control.get("name")] = " ".join("".join(message.itertext()).split())
        return found

    def value_of(self, name: str) -> str | None:
        """What stands in a form field."""
        for element in self.tree.iter():
            if element.get("name") == name:
                if element.tag == "textarea":
                    return "".join(element.itertext())
                if element.tag == "select":
                    chosen = [o for o in element.iter("option") if o.get("selected") is not None]
                    return chosen[0].get("value") if chosen else None
                return element.get("value", "")
        return None

    def links(self) -> list[str]:
        return [a.get("href") for a in self.tree.iter("a") if a.get("href")]


@contextmanager
def counted_queries():
    """Counts statements sent to the database inside the block (BEGIN and COMMIT are not counted)."""
    counter = Counter()

    def count(_connection, _cursor, statement, *_rest):
        if not statement.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            counter["statements"] += 1

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield counter
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)


@contextmanager
def outside_of_the_test():
    """A request has an application context of its own; the test's must not lend it its `g`."""
    token = _cv_app.set(None)
    try:
        yield
    finally:
        _cv_app.reset(token)


class Browser:
    """Requests as one person (or nobody), each page checked as a strict visitor would."""

    def __init__(self, app: Flask, person: User | None = None) -> None:
        self.app = app
        self.client = app.test_client()
        if person is not None:
            self._sign_in(person)

    def as_(self, person: User) -> Browser:
        """A browser of its own, signed in as that person."""
        return Browser(self.app, person)

    def _sign_in(self, person: User) -> None:
        with self.app.test_request_context("/", base_url="http://localhost"), transaction():
            row = sessions.begin(person)
        with self.client.session_transaction(base_url="http://localhost") as cookie:
            cookie[sessions.TOKEN] = row.raw_token
            cookie[sessions.SEEN] = int(now().timestamp())

    def get(
        self, address: str, *, status: int | None = 200, queries: int = MOST_QUERIES, **kwargs: Any
    ) -> Page:
        return self._open("GET", address, status, queries, **kwargs)

    def post(
        self,
        address: str,
        data: dict[str, Any] | None = None,
        *,
        status: int | None = None,
        queries: int = MOST_WRITING_QUERIES,
        **kwargs: Any,
    ) -> Page:
        """Send a form as its page would: with the token. Without `status`, anything but a breakdown will do."""
        data = {"csrf_token": self.token(), **(data or {})}
        return self._open("POST", address, status, queries, data=data, **kwargs)

    def token(self) -> str:
        from flask_wtf.csrf import generate_csrf

        forget_the_last_request()
        with self.client.session_transaction(base_url="http://localhost") as cookie:
            held = dict(cookie)
        with self.app.test_request_context("/", base_url="http://localhost"):
            from flask import session

            session.update(held)
            token = generate_csrf()
            held = dict(session)
        with self.client.session_transaction(base_url="http://localhost") as cookie:
            cookie.update(held)
        return token

    def _open(self, method: str, address: str, status: int | None, queries: int, **kwargs: Any) -> Page:
        forget_the_last_request()
        db.session.rollback()  # what this test holds must not be read from an old snapshot
        with counted_queries() as counter, outside_of_the_test():
            response = self.client.open(address, method=method, base_url="http://localhost", **kwargs)
        db.session.rollback()
        db.session.expire_all()
        page = Page(response, counter["statements"])
        if status is not None:
            assert page.status == status, (
                f"{method} {address}: {page.status}, not {status}\n{page.text[:600]}"
            )
        assert page.status < 500 or status == page.status, f"{method} {address}: {page.text[:600]}"
        assert page.queries <= queries, f"{method} {address}: {page.queries} queries, at most {queries}"
        if page.tree is not None:
            check_as_a_strict_visitor(page, address)
        return page


def forget_the_last_request() -> None:
    """A test holds one application context; without this `g`, and who was signed in, would last from request to request."""
    vars(g).clear()


def check_as_a_strict_visitor(page: Page, address: str) -> None:
    """One h1, a title, a language, labelled controls, unique ids, nothing inline, nothing from another host."""
    tree, html = page.tree, page.html
    where = f"on {address}"
    assert len(tree.findall(".//h1")) == 1, f"one h1 {where}"
    assert (tree.findtext(".//title") or "").strip(), f"a title {where}"
    assert tree.get("lang"), f"a language {where}"
    ids = Counter(e.get("id") for e in tree.iter() if e.get("id"))
    assert not [name for name, n in ids.items() if n > 1], f"unique ids {where}: {ids.most_common(2)}"
    for element in tree.iter():
        attributes = element.attrib
        assert "style" not in attributes, f"no inline style {where}: {element.tag}"
        assert not [a for a in attributes if a.startswith("on")], f"no inline handler {where}: {element.tag}"
    for script in tree.iter("script"):
        assert script.get("src"), f"no inline script {where}"
    assert not tree.findall(".//style"), f"no inline style sheet {where}"
    for link in re.findall(r'(?:src|href|action)="(https?:)?//([^"/]+)', html):
        assert link[1].split(":")[0] in {"localhost", "example.vn", "dichvucong.gov.vn"}, (
            f"host {link[1]} {where}"
        )
    labels = {label.get("for") for label in tree.iter("label")}
    wrapped = {e for label in tree.iter("label") for e in label.iter()}
    for control in tree.iter():
        if control.tag not in {"input", "textarea", "select"} or control.get("type") in {"hidden", "submit"}:
            continue
        named = control.get("id") in labels or control in wrapped or control.get("aria-label")
        assert named or control.get("aria-labelledby"), f"a label for {control.get('name')} {where}"
    for name in re.findall(r'href="#([^"]+)"', html):
        assert name in ids or name == "noi-dung", f"#{name} leads nowhere {where}"
