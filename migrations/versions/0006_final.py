"""the live final of a round"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = ("planned", "drawing", "running", "scoring_closed", "totals_open", "revealing", "finished")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("rounds") as table:
        table.add_column(sa.Column("is_live", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("rounds") as table:
        table.alter_column(
            "is_live", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )
    op.create_table(
        "live_finals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("round_id", BIG, nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="finalstate", native_enum=False, length=32), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("question_minutes", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("order_reason", sa.String(length=500), nullable=False),
        sa.Column("lots_shown", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "part", sa.Enum("talk", "questions", name="part", native_enum=False, length=32), nullable=False
        ),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("ticking_since", UtcDateTime(), nullable=True),
        sa.Column("totals_shown", sa.Boolean(), nullable=False),
        sa.Column("publication_id", BIG, nullable=True),
        sa.Column("revealed", sa.Integer(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "revealed >= 0 AND lots_shown >= 0 AND position >= 0", name=op.f("ck_live_finals_counts_up")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_live_finals_publication_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_live_finals_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_finals")),
        sa.UniqueConstraint("round_id", name=op.f("uq_live_finals_round_id")),
    )
    op.create_table(
        "presentations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("final_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("question_minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_presentations_entry_id")),
        sa.ForeignKeyConstraint(["final_id"], ["live_finals.id"], name=op.f("fk_presentations_final_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentations")),
        sa.UniqueConstraint("final_id", "entry_id", name=op.f("uq_presentations_final_id_entry_id")),
        sa.UniqueConstraint("final_id", "position", name=op.f("uq_presentations_final_id_position")),
    )
    op.create_index(op.f("ix_presentations_final_id"), "presentations", ["final_id"])


def downgrade() -> None:
    op.drop_table("presentations")
    op.drop_table("live_finals")
    with op.batch_alter_table("rounds") as table:
        table.drop_column("is_live")
