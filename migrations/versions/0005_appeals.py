"""appeals: who objects to a published result, rankings that are computed again, the working of every score"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.add_column(sa.Column("appeal_days", sa.Integer(), nullable=False, server_default="5"))
    with op.batch_alter_table("score_sheets") as batch_op:
        batch_op.add_column(sa.Column("correcting", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("rankings") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint("uq_rankings_round_id", type_="unique")
        batch_op.create_unique_constraint("uq_rankings_round_id_number", ["round_id", "number"])
    with op.batch_alter_table("rank_rows") as batch_op:
        batch_op.add_column(sa.Column("working", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("alike", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "appeals",
        sa.Column("id", big, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("publication_id", big, nullable=False),
        sa.Column("idea_id", big, nullable=False),
        sa.Column("filed_by_id", big, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "taken_up",
                "upheld",
                "rejected",
                "withdrawn",
                name="appealstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("taken_by_id", big, nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", big, nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'rejected') OR (answered_by_id IS NOT NULL AND answer <> '')",
            name=op.f("ck_appeals_answered_with_reasons"),
        ),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_by_id <> filed_by_id",
            name=op.f("ck_appeals_nobody_answers_their_own"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_appeals_publication_id")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_appeals_idea_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["users.id"], name=op.f("fk_appeals_filed_by_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["users.id"], name=op.f("fk_appeals_taken_by_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_appeals_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("code", name=op.f("uq_appeals_code")),
    )
    with op.batch_alter_table("appeals") as batch_op:
        batch_op.create_index(batch_op.f("ix_appeals_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeals_publication_id"), ["publication_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeals_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_appeals_publication_id_idea_id",
            ["publication_id", "idea_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )


def downgrade() -> None:
    """Later rankings of a round go, with the publications made from them: the first release knows one a round."""
    op.drop_table("appeals")
    later = "SELECT id FROM rankings WHERE number > 1"
    of_later = f"SELECT id FROM publications WHERE ranking_id IN ({later})"
    in_use = f"SELECT id FROM awards WHERE publication_id IN ({of_later})"
    op.execute(f"UPDATE initiatives SET award_id = NULL WHERE award_id IN ({in_use})")
    op.execute(f"DELETE FROM awards WHERE publication_id IN ({of_later})")
    op.execute(f"DELETE FROM publications WHERE ranking_id IN ({later})")
    op.execute(f"DELETE FROM rank_rows WHERE ranking_id IN ({later})")
    op.execute("DELETE FROM rankings WHERE number > 1")
    # what was published before is what is public again
    op.execute(
        "UPDATE publications SET state = 'published' WHERE id IN ("
        "SELECT max(id) FROM publications WHERE state = 'superseded' AND campaign_id NOT IN ("
        "SELECT campaign_id FROM publications WHERE state = 'published') GROUP BY campaign_id)"
    )
    with op.batch_alter_table("rank_rows") as batch_op:
        batch_op.drop_column("alike")
        batch_op.drop_column("working")
    with op.batch_alter_table("rankings") as batch_op:
        batch_op.drop_constraint("uq_rankings_round_id_number", type_="unique")
        batch_op.create_unique_constraint("uq_rankings_round_id", ["round_id"])
        batch_op.drop_column("number")
    with op.batch_alter_table("score_sheets") as batch_op:
        batch_op.drop_column("correcting")
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.drop_column("appeal_days")
