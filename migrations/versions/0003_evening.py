"""the judge's evening: keys of saves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_keys",
        sa.Column("sheet_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheets.id"], name=op.f("fk_saved_keys_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "key", name=op.f("pk_saved_keys")),
    )


def downgrade() -> None:
    op.drop_table("saved_keys")
