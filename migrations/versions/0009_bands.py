"""bands of a rubric ("Xếp loại"), and the one each ranked idea reached"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bands",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rubric_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("floors", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("floor >= 0", name=op.f("ck_bands_not_negative")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubrics.id"], name=op.f("fk_bands_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bands")),
        sa.UniqueConstraint("rubric_id", "position", name=op.f("uq_bands_rubric_id_position")),
    )
    with op.batch_alter_table("rank_rows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("band", sa.String(length=20), nullable=False, server_default=""))
    with op.batch_alter_table("rank_rows", schema=None) as batch_op:
        batch_op.alter_column("band", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("rank_rows", schema=None) as batch_op:
        batch_op.drop_column("band")

    op.drop_table("bands")
