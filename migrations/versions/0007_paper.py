"""paper score sheets, typed twice"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_sheets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "typed",
                "differs",
                "checked",
                "confirmed",
                name="paperstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_files.id"], name=op.f("fk_paper_sheets_scan_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheets.id"], name=op.f("fk_paper_sheets_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheets")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_paper_sheets_scan_id")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_paper_sheets_sheet_id")),
    )
    op.create_table(
        "paper_typings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("typist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("typed_at", UtcDateTime(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper_sheets.id"], name=op.f("fk_paper_typings_paper_id")),
        sa.ForeignKeyConstraint(["typist_id"], ["users.id"], name=op.f("fk_paper_typings_typist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_typings")),
    )
    with op.batch_alter_table("paper_typings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_typings_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_typings_typist_id"), ["typist_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("paper_typings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_typings_typist_id"))
        batch_op.drop_index(batch_op.f("ix_paper_typings_paper_id"))

    op.drop_table("paper_typings")
    op.drop_table("paper_sheets")
