"""the proof of results: salted leaves, published heads, judges' commitments, bundles"""

from __future__ import annotations

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

from app.core.canonical import first_head, leaf_hash, next_head, private_hash
from app.core.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ORIGIN = "Nhật ký Ý tưởng sáng tạo trẻ phường Đông Hải"
AT_ONCE = 500
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
hash_ = sa.String(length=64)

events = sa.table(
    "events",
    sa.column("id", sa.Integer),
    sa.column("at", UtcDateTime),
    sa.column("actor_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("object_type", sa.String),
    sa.column("object_id", sa.Integer),
    sa.column("campaign_id", sa.Integer),
    sa.column("data", sa.JSON),
    sa.column("request_id", sa.String),
    sa.column("salt", sa.String),
    sa.column("private_salt", sa.String),
    sa.column("leaf", sa.String),
)
seals = sa.table(
    "seals",
    sa.column("number", sa.Integer),
    sa.column("event_id", sa.Integer),
    sa.column("leaf", sa.String),
    sa.column("head", sa.String),
    sa.column("hash", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("facts", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("shown", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("salt", hash_, server_default="", nullable=False))
        batch_op.add_column(sa.Column("private_salt", hash_, server_default="", nullable=False))
        batch_op.add_column(sa.Column("leaf", hash_, server_default="", nullable=False))
    with op.batch_alter_table("seals", schema=None) as batch_op:
        batch_op.alter_column("hash", new_column_name="head", existing_type=hash_, existing_nullable=False)
        batch_op.add_column(sa.Column("leaf", hash_, server_default="", nullable=False))
    with op.batch_alter_table("panel_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("salt", hash_, server_default="", nullable=False))
        batch_op.add_column(sa.Column("commitment", hash_, server_default="", nullable=False))
    op.create_table(
        "published_heads",
        sa.Column("id", big, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("head", hash_, nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "hourly", "opened", "locked", "published", name="headreason", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("event_id", big, nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("where", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_published_heads_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_heads")),
        sa.UniqueConstraint("event_id", name=op.f("uq_published_heads_event_id")),
    )
    with op.batch_alter_table("published_heads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_heads_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_published_heads_published_at"), ["published_at"], unique=False)
    op.create_table(
        "result_bundles",
        sa.Column("id", big, nullable=False),
        sa.Column("publication_id", big, nullable=False),
        sa.Column("sha256", hash_, nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("seals", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_result_bundles_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_bundles")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_result_bundles_publication_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_result_bundles_sha256")),
    )
    _salt_what_happened()
    _seal_anew()


def downgrade() -> None:
    op.drop_table("result_bundles")
    with op.batch_alter_table("published_heads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_heads_published_at"))
        batch_op.drop_index(batch_op.f("ix_published_heads_number"))
    op.drop_table("published_heads")
    with op.batch_alter_table("panel_members", schema=None) as batch_op:
        batch_op.drop_column("commitment")
        batch_op.drop_column("salt")
    with op.batch_alter_table("seals", schema=None) as batch_op:
        batch_op.drop_column("leaf")
        batch_op.alter_column("head", new_column_name="hash", existing_type=hash_, existing_nullable=False)
    with op.batch_alter_table("events", schema=None) as batch_op:
        for name in ("leaf", "private_salt", "salt", "shown", "facts"):
            batch_op.drop_column(name)
    _old_chain()


def _salt_what_happened() -> None:
    """Events of before get leaves too; what they changed is not in them, so nothing is compared with the tables."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(events)).all():
        salt, private_salt = secrets.token_hex(32), secrets.token_hex(32)
        private = {
            "at": row.at.isoformat(timespec="microseconds"),
            "actor": row.actor_id,
            "object": [row.object_type, row.object_id],
            "campaign": row.campaign_id,
            "data": row.data,
            "request": row.request_id,
            "facts": [],
        }
        payload = {"kind": row.kind, "shown": [], "private": private_hash(private_salt, private)}
        connection.execute(
            sa.update(events)
            .where(events.c.id == row.id)
            .values(salt=salt, private_salt=private_salt, leaf=leaf_hash(salt, payload))
        )


def _seal_anew() -> None:
    """The same order, with leaves."""
    connection, head = op.get_bind(), first_head(ORIGIN)
    for number, leaf in connection.execute(
        sa.select(seals.c.number, events.c.leaf)
        .join(events, events.c.id == seals.c.event_id)
        .order_by(seals.c.number)
    ).all():
        head = next_head(head, leaf)
        connection.execute(sa.update(seals).where(seals.c.number == number).values(leaf=leaf, head=head))


def _old_chain() -> None:
    """The chain without salts, as the frame made it."""
    connection, previous = op.get_bind(), "0" * 64
    columns = [column for column in events.c if column.name not in {"salt", "private_salt", "leaf"}]
    for number, *values in connection.execute(
        sa.select(seals.c.number, *columns)
        .join(events, events.c.id == seals.c.event_id)
        .order_by(seals.c.number)
    ).all():
        event = dict(zip([column.name for column in columns], values, strict=True))
        event["at"] = event["at"].isoformat(timespec="microseconds")
        text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(previous.encode() + text.encode()).hexdigest()
        connection.execute(sa.update(seals).where(seals.c.number == number).values(hash=previous))
