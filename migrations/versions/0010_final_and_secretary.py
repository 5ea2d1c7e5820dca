"""secretaries who do not mark; links of the projector that can be renewed, and why a final was planned anew"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("live_finals") as table:
        table.add_column(sa.Column("plan_reason", sa.String(length=500), nullable=False, server_default=""))
        table.add_column(sa.Column("link_number", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("live_finals") as table:
        table.alter_column(
            "plan_reason",
            existing_type=sa.String(length=500),
            existing_nullable=False,
            server_default=None,
        )
        table.alter_column(
            "link_number", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )

    op.create_table(
        "secretaries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("round_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("appointed_by_id", BIG, nullable=False),
        sa.Column("appointed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_secretaries_round_id")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_secretaries_person_id")),
        sa.ForeignKeyConstraint(
            ["appointed_by_id"], ["users.id"], name=op.f("fk_secretaries_appointed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secretaries")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_secretaries_round_id_person_id")),
    )
    op.create_index(op.f("ix_secretaries_round_id"), "secretaries", ["round_id"])
    op.create_index(op.f("ix_secretaries_person_id"), "secretaries", ["person_id"])


def downgrade() -> None:
    op.drop_table("secretaries")
    # a final that was cancelled is none, as far as the version before knows
    cancelled = "SELECT id FROM live_finals WHERE state = 'cancelled'"
    op.execute(f"DELETE FROM presentations WHERE final_id IN ({cancelled})")  # noqa: S608
    op.execute("DELETE FROM live_finals WHERE state = 'cancelled'")
    with op.batch_alter_table("live_finals") as table:
        table.drop_column("link_number")
        table.drop_column("plan_reason")
