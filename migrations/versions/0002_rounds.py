"""Rounds and rubrics that organisers write themselves: blindness and tie-break per round, variants, versions of rules.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.core.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

rounds = sa.table(
    "rounds",
    sa.column("id", sa.Integer),
    sa.column("campaign_id", sa.Integer),
    sa.column("rubric_id", sa.Integer),
    sa.column("blind", sa.Boolean),
    sa.column("tie_break", sa.JSON),
    sa.column("position", sa.Integer),
)
round_rules = sa.table(
    "round_rules",
    sa.column("round_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("hash", sa.String),
    sa.column("rules", sa.JSON),
    sa.column("reason", sa.String),
    sa.column("made_at"),
    sa.column("made_by_id", sa.Integer),
)
rubrics = sa.table("rubrics", sa.column("id", sa.Integer), sa.column("tie_break", sa.JSON))
campaigns = sa.table("campaigns", sa.column("id", sa.Integer), sa.column("blind", sa.Boolean))


def upgrade() -> None:
    with op.batch_alter_table("criteria") as table:
        table.add_column(sa.Column("informs_only", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("note_below", sa.Integer(), nullable=True))
        table.add_column(sa.Column("note_above", sa.Integer(), nullable=True))
    with op.batch_alter_table("rounds") as table:
        table.add_column(sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("full_panel", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("tie_break", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    _copy(rubrics.c.tie_break, rounds.c.tie_break, rounds.c.rubric_id == rubrics.c.id)
    _copy(campaigns.c.blind, rounds.c.blind, rounds.c.campaign_id == campaigns.c.id)
    with op.batch_alter_table("rubrics") as table:
        table.add_column(sa.Column("variant_of_id", big, nullable=True))
        table.add_column(sa.Column("topic_id", big, nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.create_foreign_key(op.f("fk_rubrics_variant_of_id"), "rubrics", ["variant_of_id"], ["id"])
        table.create_foreign_key(op.f("fk_rubrics_topic_id"), "topics", ["topic_id"], ["id"])
        table.create_unique_constraint(
            op.f("uq_rubrics_variant_of_id_topic_id"), ["variant_of_id", "topic_id"]
        )
        table.create_check_constraint(
            op.f("ck_rubrics_variant_has_a_topic"), "(variant_of_id IS NULL) = (topic_id IS NULL)"
        )
        table.drop_column("tie_break")
    for name, columns in {
        "criteria": ("informs_only",),
        "rounds": ("blind", "full_panel", "tie_break"),
        "rubrics": ("version",),
    }.items():
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.alter_column(column, server_default=None)
    op.create_table(
        "round_rules",
        sa.Column("id", big, nullable=False),
        sa.Column("round_id", big, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by_id", big, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_rules_round_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_round_rules_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_rules")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_round_rules_round_id_number")),
    )
    _keep_rules_of_opened_rounds()


def downgrade() -> None:
    op.drop_table("round_rules")
    with op.batch_alter_table("rubrics") as table:
        table.add_column(sa.Column("tie_break", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    _copy(rounds.c.tie_break, rubrics.c.tie_break, rounds.c.rubric_id == rubrics.c.id)
    with op.batch_alter_table("rubrics") as table:
        table.drop_constraint(op.f("ck_rubrics_variant_has_a_topic"), type_="check")
        table.drop_constraint(op.f("uq_rubrics_variant_of_id_topic_id"), type_="unique")
        table.drop_constraint(op.f("fk_rubrics_topic_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_rubrics_variant_of_id"), type_="foreignkey")
        table.alter_column("tie_break", server_default=None)
        table.drop_column("version")
        table.drop_column("topic_id")
        table.drop_column("variant_of_id")
    with op.batch_alter_table("rounds") as table:
        table.drop_column("tie_break")
        table.drop_column("full_panel")
        table.drop_column("blind")
    with op.batch_alter_table("criteria") as table:
        table.drop_column("note_above")
        table.drop_column("note_below")
        table.drop_column("informs_only")


def _keep_rules_of_opened_rounds() -> None:
    """Version 1 of rounds that were opened before versions were kept: the rules in the form that was hashed then."""
    bind = op.get_bind()
    opened = bind.execute(sa.text("SELECT * FROM rounds WHERE rules_hash <> ''")).mappings().all()
    rows = []
    for round_ in opened:
        event = bind.execute(
            sa.text(
                "SELECT actor_id FROM events WHERE kind = 'round.opened' AND object_type = 'rounds'"
                " AND object_id = :id AND actor_id IS NOT NULL ORDER BY id LIMIT 1"
            ),
            {"id": round_["id"]},
        ).scalar()
        if event is None:
            continue  # nobody is known to have opened it: its hash stays in the round itself
        rows.append(
            {
                "round_id": round_["id"],
                "number": 1,
                "hash": round_["rules_hash"],
                "rules": _rules_as_hashed_then(bind, round_),
                "reason": "",
                "made_at": round_["opened_at"],
                "made_by_id": event,
            }
        )
    if rows:
        bind.execute(sa.insert(round_rules), rows)


def _rules_as_hashed_then(bind: sa.Connection, round_: sa.RowMapping) -> dict[str, object]:
    rubric = (
        bind.execute(sa.text("SELECT * FROM rubrics WHERE id = :id"), {"id": round_["rubric_id"]})
        .mappings()
        .one()
    )
    tie_break = bind.execute(sa.select(rounds.c.tie_break).where(rounds.c.id == round_["id"])).scalar_one()
    criteria = bind.execute(
        sa.text("SELECT * FROM criteria WHERE rubric_id = :id ORDER BY position"), {"id": rubric["id"]}
    ).mappings()
    levels = sa.text(
        "SELECT points_from, points_to, label, text FROM levels WHERE criterion_id = :id ORDER BY points_from DESC"
    )
    return {
        "round": round_["key"],
        "method": round_["method"],
        "deviation": round_["deviation"],
        "sheets_per_idea": round_["sheets_per_idea"],
        "min_sheets": -(-2 * round_["sheets_per_idea"] // 3),
        "cut_top": round_["cut_top"],
        "pass_mark": round_["pass_mark"],
        "scale": rubric["scale"],
        "community_points": rubric["community_points"],
        "tie_break": tie_break,
        "criteria": [
            {
                "id": row["key"],
                "name": row["name"],
                "max": row["max_points"],
                "minimum": row["minimum"],
                "levels": [list(level) for level in bind.execute(levels, {"id": row["id"]})],
            }
            for row in criteria.all()
        ],
    }


def _copy(source: sa.ColumnClause, target: sa.ColumnClause, where: sa.ColumnElement[bool]) -> None:
    """Fill a new column from the row of the other table that belongs to it; without one the default stays."""
    found = sa.select(source).where(where).limit(1)
    if source.table is rounds:
        found = found.order_by(rounds.c.position)
    found = found.correlate(target.table)
    op.execute(sa.update(target.table).where(sa.exists(found)).values({target: found.scalar_subquery()}))
