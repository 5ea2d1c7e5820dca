"""the judge's evening: keys of saves, personal links, calibration"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0003"
down_revision = "0002"
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

    op.create_table(
        "judge_links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("round_id", BIG, nullable=False),
        sa.Column("judge_id", BIG, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=True),
        sa.Column("session_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["judge_id"], ["users.id"], name=op.f("fk_judge_links_judge_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_judge_links_round_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_sessions.id"], name=op.f("fk_judge_links_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_judge_links_token_hash")),
    )
    op.create_index(op.f("ix_judge_links_round_id"), "judge_links", ["round_id"])
    op.create_index(op.f("ix_judge_links_judge_id"), "judge_links", ["judge_id"])
    op.create_table(
        "anchors",
        sa.Column("id", BIG, nullable=False),
        sa.Column("round_id", BIG, nullable=False),
        sa.Column("idea_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_anchors_idea_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_anchors_round_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_anchors_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchors")),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_anchors_round_id_code")),
        sa.UniqueConstraint("round_id", "idea_id", name=op.f("uq_anchors_round_id_idea_id")),
    )
    op.create_index(op.f("ix_anchors_round_id"), "anchors", ["round_id"])
    op.create_table(
        "anchor_sheets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("anchor_id", BIG, nullable=False),
        sa.Column("judge_id", BIG, nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["anchor_id"], ["anchors.id"], name=op.f("fk_anchor_sheets_anchor_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["users.id"], name=op.f("fk_anchor_sheets_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_sheets")),
        sa.UniqueConstraint("anchor_id", "judge_id", name=op.f("uq_anchor_sheets_anchor_id_judge_id")),
    )
    op.create_index(op.f("ix_anchor_sheets_judge_id"), "anchor_sheets", ["judge_id"])
    with op.batch_alter_table("login_sessions") as table:
        table.add_column(sa.Column("judging_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("login_sessions") as table:
        table.alter_column("judging_only", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("login_sessions") as table:
        table.drop_column("judging_only")
    op.drop_table("anchor_sheets")
    op.drop_table("anchors")
    op.drop_table("judge_links")
    op.drop_table("saved_keys")
