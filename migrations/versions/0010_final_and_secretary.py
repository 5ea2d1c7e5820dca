"""links of the projector that can be renewed, and why a final was planned anew"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    # a final that was cancelled is none, as far as the version before knows
    cancelled = "SELECT id FROM live_finals WHERE state = 'cancelled'"
    op.execute(f"DELETE FROM presentations WHERE final_id IN ({cancelled})")  # noqa: S608
    op.execute("DELETE FROM live_finals WHERE state = 'cancelled'")
    with op.batch_alter_table("live_finals") as table:
        table.drop_column("link_number")
        table.drop_column("plan_reason")
