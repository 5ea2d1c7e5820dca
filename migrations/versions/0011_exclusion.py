"""why an idea has no rank in a round: withdrawn or disqualified, and the reason"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("entries") as table:
        table.add_column(sa.Column("excluded_as", sa.String(length=32), nullable=True))
        table.add_column(
            sa.Column("excluded_reason", sa.String(length=500), nullable=False, server_default="")
        )
    op.execute("UPDATE entries SET excluded_as = 'withdrawn' WHERE NOT is_active")
    with op.batch_alter_table("entries") as table:
        table.alter_column(
            "excluded_reason",
            existing_type=sa.String(length=500),
            existing_nullable=False,
            server_default=None,
        )
        table.drop_column("is_active")


def downgrade() -> None:
    with op.batch_alter_table("entries") as table:
        table.add_column(sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("UPDATE entries SET is_active = false WHERE excluded_as IS NOT NULL")
    with op.batch_alter_table("entries") as table:
        table.alter_column(
            "is_active", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )
        table.drop_column("excluded_reason")
        table.drop_column("excluded_as")
