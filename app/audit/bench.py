"""How long verification takes: a round of any size in a database of its own, with every event that it would have.

.venv/bin/flask --app wsgi audit bench --sheets 50000
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.accounts.models import User
from app.accounts.rules import UserState
from app.audit import sealing, service
from app.audit.verification import verify
from app.campaigns.models import Campaign, Criterion, Round, Rubric, Topic
from app.campaigns.rules import RoundState
from app.core import facts, migrate
from app.core.canonical import leaf_hash
from app.core.clock import days_ago, now
from app.core.db import db, transaction
from app.core.events import Event, payload
from app.ideas.models import Idea, Version
from app.ideas.rules import IdeaState
from app.judging.frozen import hash_of, rules_of
from app.judging.models import Entry, Mark, PanelMember, ScoreSheet
from app.judging.rules import SheetState

JUDGES, SHEETS_AN_IDEA = 60, 5
CRITERIA = (("moi", 30), ("kha_thi", 30), ("hieu_qua", 30), ("ho_so", 10))


def measure(sheets: int) -> Iterator[str]:
    """Build, seal, verify; the times in words."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate.upgrade(url)
        db.connect(url)
        with db.scope():
            started = time.perf_counter()
            with transaction():
                _build(sheets)
            while sealing.seal_events():
                pass
            yield f"Dựng và niêm phong: {time.perf_counter() - started:.1f} giây."
            started, worked = time.perf_counter(), time.process_time()
            found = verify()
            seconds, work = time.perf_counter() - started, time.process_time() - worked
            yield (
                f"Kiểm chứng {sheets} phiếu: {seconds:.1f} giây, bộ xử lý {work:.1f} giây"
                f" ({found.sealed} sự kiện, {found.rows} dòng, {len(found.findings)} chỗ không khớp)."
            )
        if db.engine is not None:
            db.engine.dispose()


def _build(sheets: int) -> None:
    round_ = _round()
    ideas = -(-sheets // SHEETS_AN_IDEA)
    moment = now()
    _many(Topic, [{"id": 1, "slug": "do", "name": "Đo"}])
    _many(User, [_judge(n, moment) for n in range(1, JUDGES + 1)])
    _many(Idea, [_idea(n, round_.campaign_id, moment) for n in range(1, ideas + 1)])
    _many(Version, [_version(n, moment) for n in range(1, ideas + 1)])
    _many(Entry, [_entry(n, round_.id, moment) for n in range(1, ideas + 1)])
    _many(
        PanelMember,
        [
            {"id": n, "round_id": round_.id, "judge_id": n, "code": f"GK{n}", "expertise": []}
            for n in range(1, JUDGES + 1)
        ],
    )
    pairs = [
        (idea, (idea * 7 + n * 11) % JUDGES + 1)
        for idea in range(1, ideas + 1)
        for n in range(SHEETS_AN_IDEA)
    ]
    _many(ScoreSheet, [_sheet(n, *pair, moment) for n, pair in enumerate(pairs[:sheets], start=1)])
    criteria = [criterion.id for criterion in round_.rubric.criteria]
    number = count(1)
    _many(
        Mark,
        [
            {
                "id": next(number),
                "sheet_id": sheet,
                "criterion_id": criterion,
                "hundredths": sheet * 37 % 1000,
                "note": "",
                "saved_at": moment,
            }
            for sheet in range(1, sheets + 1)
            for criterion in criteria
        ],
    )
    db.session.expire_all()
    _events(moment, round_.campaign_id)
    service.adopt()


def _events(moment: datetime, campaign_id: int) -> None:
    """One event a sheet, as submitting it would have left."""
    rows = []
    for fact in facts.read_all(ScoreSheet.__tablename__):
        event = Event(
            at=moment,
            actor_id=fact.values["judge"],
            kind="sheet.submitted",
            object_type=ScoreSheet.__tablename__,
            object_id=fact.id,
            campaign_id=campaign_id,
            data={},
            request_id="",
            facts=[[ScoreSheet.__tablename__, fact.id, fact.values]],
            shown=[fact.shown],
            salt=secrets.token_hex(32),
            private_salt=secrets.token_hex(32),
        )
        event.leaf = leaf_hash(event.salt, payload(event))
        rows.append({name: getattr(event, name) for name in Event.__table__.columns.keys() if name != "id"})  # noqa: SIM118
    _many(Event, rows)


def _many(model: type[Any], rows: list[dict[str, Any]]) -> None:
    db.session.execute(sa.insert(model), rows)


def _round() -> Round:
    campaign = Campaign(slug="do", name="Đo", year=2026, opens_at=days_ago(30), closes_at=days_ago(10))
    db.session.add(campaign)
    db.session.flush()
    rubric = Rubric(
        campaign_id=campaign.id,
        key="P1",
        name="Đo",
        criteria=[
            Criterion(key=key, name=key, max_points=most, position=n)
            for n, (key, most) in enumerate(CRITERIA)
        ],
    )
    round_ = Round(
        campaign_id=campaign.id,
        key="so_khao",
        name="Đo",
        rubric=rubric,
        tie_break=["hieu_qua", "moi"],
        starts_at=days_ago(9),
        ends_at=now(),
        state=RoundState.OPEN,
        opened_at=days_ago(9),
        position=0,
    )
    db.session.add(round_)
    db.session.flush()
    round_.rules_hash = hash_of(rules_of(round_))
    db.session.flush()
    return round_


def _judge(n: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": n, "email": f"gk{n}@example.vn", "full_name": f"Giám khảo {n}", "state": UserState.ACTIVE,
        "created_at": moment,
    }  # fmt: skip


def _idea(n: int, campaign_id: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": n, "public_id": f"do{n}", "code": f"DO-{n}", "campaign_id": campaign_id, "version": 1,
        "state": IdeaState.APPROVED, "title": f"Ý tưởng {n}", "created_by_id": 1, "created_at": moment,
        "saved_at": moment, "submitted_at": moment, "version_number": 1,
    }  # fmt: skip


def _version(n: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": n, "idea_id": n, "topic_id": 1, "number": 1, "once_key": f"do{n}", "title": f"Ý tưởng {n}", "summary": "",
        "sections": [], "team": [], "files": [], "words": 300, "content_hash": "0" * 64,
        "received_at": moment, "sent_by_id": 1,
    }  # fmt: skip


def _entry(n: int, round_id: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": n, "round_id": round_id, "idea_id": n, "version_id": n, "judging_code": f"K{n}",
        "entered_at": moment,
    }  # fmt: skip


def _sheet(n: int, entry: int, judge: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": n, "public_id": f"do{n}", "entry_id": entry, "judge_id": judge, "position": n,
        "state": SheetState.SUBMITTED, "assigned_at": moment, "submitted_at": moment, "version": 1,
    }  # fmt: skip
