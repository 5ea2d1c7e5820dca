"""An upgrade gives events of before their leaves and seals them anew; going back restores the chain of before."""

from __future__ import annotations

import hashlib
import json

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from app.audit.sealing import verify
from app.core import migrate
from app.core.db import make_engine
from tests.conftest import DATABASE, fresh_postgres, running_app

pytestmark = pytest.mark.postgres

OURS = "0008"


@pytest.fixture
def url(tmp_path, worker_id) -> str:
    if DATABASE == "sqlite":
        return f"sqlite:///{tmp_path / 'before.db'}"
    return fresh_postgres(f"dong_hai_proof_{worker_id}")


def execute(url: str, *statements: str) -> list:
    engine = make_engine(url)
    with engine.connect().execution_options(write=True) as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
        rows = result.fetchall() if result.returns_rows else []
        connection.commit()
    engine.dispose()
    return rows


def old_hash(previous: str, number: int) -> str:
    event = {
        "id": number,
        "at": f"2026-01-0{number}T01:02:03.000000+00:00",
        "actor_id": None,
        "kind": "consent.given",
        "object_type": "users",
        "object_id": 7,
        "campaign_id": None,
        "data": {"purpose": "du_thi", "words": "đồng ý"},
        "request_id": "",
    }
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + text.encode()).hexdigest()


def test_events_of_before_are_sealed_anew_and_back(url, one_app, tmp_path):
    before = ScriptDirectory.from_config(migrate.config(url)).get_revision(OURS).down_revision
    command.upgrade(migrate.config(url), before)
    first = old_hash("0" * 64, 1)
    chain = [first, old_hash(first, 2)]
    data = '{"purpose": "du_thi", "words": "đồng ý"}'
    zone = "" if DATABASE == "sqlite" else "+00"
    execute(
        url,
        *(
            "INSERT INTO events (id, at, kind, object_type, object_id, data, request_id) VALUES"
            f" ({n}, '2026-01-0{n} 01:02:03.000000{zone}', 'consent.given', 'users', 7, '{data}', '')"
            for n in (1, 2, 3)
        ),
        *(
            f"INSERT INTO seals (number, event_id, hash, sealed_at) VALUES"
            f" ({n}, {n}, '{chain[n - 1]}', '2026-01-0{n} 01:02:04.000000{zone}')"
            for n in (1, 2)
        ),
    )

    migrate.upgrade(url)

    with running_app(one_app, url, tmp_path):
        assert verify()[:2] == (2, 1)
        assert verify().broken_at is None

    command.downgrade(migrate.config(url), before)
    assert [row[0] for row in execute(url, "SELECT hash FROM seals ORDER BY number")] == chain
