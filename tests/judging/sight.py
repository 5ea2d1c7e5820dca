"""All that a person can be given to read: every address of the site filled in, every answer unpacked, every mail."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import worker
from app.accounts.models import User
from app.core.db import db
from app.judging.models import ScoreSheet
from app.mail.models import Mail
from app.results.appeals.models import Appeal
from app.results.council.models import Council, CouncilCase
from app.results.models import Publication, ResultBundle
from tests.browser_client import Browser, forget_the_last_request, outside_of_the_test
from tests.judging.contest import Contest

Values = Mapping[str, Sequence[Any]]
NOTHING: Sequence[Any] = ("0",)  # arguments of pages that have nothing to do with judging
SAME_FOR_ALL = {"/dang-nhap", "/ngon-ngu"}  # whatever the query says
ELSEWHERE = (
    "token", "purpose", "phrase_id", "conflict_id", "address", "secret",
)  # fmt: skip


def values_of(made: Contest) -> Values:
    """Whatever can be put into an address: the round's own ids, of the first idea and of two sheets on it."""
    entry, round_ = made.entries[0], made.round
    inner = [judge.id for judge in made.judges[1:3]]  # who looks, and who is looked at
    held = sa.select(ScoreSheet).where(ScoreSheet.entry_id == entry.id, ScoreSheet.judge_id.in_(inner))
    sheets = db.session.scalars(held.order_by(ScoreSheet.id)).all()
    cases = sa.select(CouncilCase.id).join(Council).where(Council.round_id == round_.id)
    bundles = db.session.scalars(sa.select(ResultBundle.sha256)).all()
    return {
        **dict.fromkeys(ELSEWHERE, NOTHING),
        "round_id": [round_.id],
        "slug": [round_.campaign.slug],
        "key": [round_.key],
        "rubric_id": [round_.rubric_id],
        "public_id": [entry.idea.public_id, *(sheet.public_id for sheet in sheets)],
        "number": [1],
        "code": [entry.idea.code, entry.judging_code],
        "kind": ["docx", "xlsx"],
        "person_id": [judge.id for judge in made.judges[-2:]],
        "member_id": _ids("panel_members"),
        "entry_id": [entry.id],
        "case_id": db.session.scalars(cases).all(),
        "publication_id": db.session.scalars(sa.select(Publication.id)).all(),
        "appeal_id": db.session.scalars(sa.select(Appeal.id)).all(),
        "mail_id": db.session.scalars(sa.select(Mail.id)).all()[-4:],
        "object_id object_type": [
            *((sheet.id, "score_sheets") for sheet in sheets),
            (round_.id, "rounds"),
            (entry.id, "entries"),
            (entry.idea_id, "ideas"),
            *((1, table) for table in ("rankings", "publications", "councils", "appeals")),
        ],
        "sha256": bundles,
    }


def addresses(app: Flask, values: Values) -> list[str]:
    """Every address that is read with GET. An argument that nobody thought of is a KeyError, not a gap."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        names = sorted(rule.arguments)
        together = " ".join(names)  # what only makes sense as a pair is given as one
        choices = values[together] if together in values and names[1:] else None
        for filled in choices or product(*(values[name] for name in names)):
            address = rule.build(dict(zip(names, filled, strict=True)))
            found.append(address[1] if address else rule.rule)
    return found


def everything(browser: Browser, values: Values, person: User | None = None) -> Iterator[tuple[str, str]]:
    """(address, text) of all answers, further pages of lists among them, and of all mails to the person."""
    waiting = addresses(browser.app, values)
    paths, seen = set(waiting) - SAME_FOR_ALL, set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        body, kind = _get(browser, address)
        for text in unpacked(body):
            yield address, html.unescape(text) if kind == "text/html" else text
        if kind == "text/html" and "?" not in address:
            links = re.findall(r'href="([^"#]+\?[^"#]+)"', body.decode())
            waiting += [link for link in map(html.unescape, links) if link.split("?")[0] in paths]
    if person is not None:
        for mail in db.session.scalars(sa.select(Mail).where(Mail.user_id == person.id)):
            yield f"mail {mail.template}", f"{mail.subject}\n{mail.body}"


def post_has_come() -> None:
    """The worker has had its turn: whatever is to be mailed lies in the outbox."""
    db.session.rollback()
    worker.react(10_000)
    db.session.rollback()


def unpacked(body: bytes) -> Iterator[str]:
    """An answer as text; an archive file by file, archives inside it too."""
    if not body.startswith(b"PK\x03\x04"):
        yield body.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(io.BytesIO(body)) as whole:
        for name in whole.namelist():
            yield name
            yield from unpacked(whole.read(name))


def _get(browser: Browser, address: str) -> tuple[bytes, str]:
    forget_the_last_request()
    db.session.rollback()
    with outside_of_the_test():
        response = browser.client.get(address, base_url="http://localhost")
    db.session.rollback()
    assert response.status_code < 500 or address == "/readyz", address  # says so when nobody seals
    return response.get_data(), response.mimetype


def _ids(table: str) -> Sequence[int]:
    return db.session.scalars(sa.select(sa.column("id")).select_from(sa.table(table))).all()
