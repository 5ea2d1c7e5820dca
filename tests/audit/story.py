"""A contest judged through the real commands from start to end, so that every row on record has its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.audit import sealing
from app.audit.service import adopt
from app.audit.verification import Verification, verify
from app.campaigns.models import Round
from app.campaigns.rules import Method
from app.core.db import db, transaction
from app.ideas.rules import IdeaState
from app.initiatives.service import publish_and_forward
from app.judging import panel, rounds, service
from app.judging.models import Entry, ScoreSheet
from app.judging.plan import plan_of
from app.permissions import Role
from app.results import service as results
from app.results.freezing import lock_and_rank, ranking_of
from app.results.models import Publication
from app.results.rules import suggested
from tests.factories import CampaignFactory, IdeaFactory, RoundFactory, UserFactory

# (idea's number, judge's number) → points by criterion: Tính mới, Hiệu quả, and what a test has added
Marks = Callable[[int, int], tuple[str, ...]]


class Story(NamedTuple):
    round: Round
    moderator: User
    leader: User
    judges: list[User]
    publication: Publication | None

    @property
    def sheets(self) -> list[ScoreSheet]:
        rows = sa.select(ScoreSheet).join(Entry).where(Entry.round_id == self.round.id)
        return list(db.session.scalars(rows.order_by(ScoreSheet.id)))


def plainly(idea: int, judge: int) -> tuple[str, str]:
    return f"{38 - 2 * idea}", f"{50 - idea - judge}"


def story(
    *,
    ideas: int = 4,
    judges: int = 3,
    k: int = 2,
    method: Method = Method.MEAN,
    marks: Marks = plainly,
    until: str = "published",
    planned: Callable[[Round], object] = lambda _round: None,
    opened_up: Callable[[User, Round], object] = lambda _moderator, _round: None,
    **round_: object,
) -> Story:
    """Stops after `until`: assigned, submitted, locked or published. Everything is sealed at the end.

    `planned` is called before the round opens, `opened_up` in the transaction that opened it.
    """
    moderator, leader = UserFactory(role=Role.MODERATOR), UserFactory(role=Role.LEADER)
    campaign = CampaignFactory()
    opened = RoundFactory(campaign=campaign, sheets_per_idea=k, method=method, **round_)
    for _ in range(ideas):
        IdeaFactory(campaign=campaign, state=IdeaState.APPROVED)
    people = [UserFactory(role=Role.JUDGE) for _ in range(judges)]
    planned(opened)
    db.session.commit()
    with transaction():
        adopt()  # ideas come from the factory, without events of their own
        for person in people:
            member = panel.add_panel_member(moderator, opened, person)
            panel.confirm_rules(person, member)
        rounds.open_round(moderator, opened)
        opened_up(moderator, opened)
        seen = plan_of(opened).fingerprint
        rounds.assign_judges(moderator, opened, seen=seen, accept_imbalance=True, sure=True)
    told = Story(opened, moderator, leader, people, None)
    if until != "assigned":
        with transaction():
            submit_all(told, marks)
    if until in {"locked", "published"}:
        with transaction():
            lock_and_rank(moderator, opened)
    if until == "published":
        with transaction():
            ranked = results.ranked_ideas(ranking_of(opened))
            choices = suggested(ranked, results.prize_offers(opened))
            publication = results.propose_awards(moderator, opened, choices)
        with transaction():
            publish_and_forward(leader, publication, version=publication.version)
        told = told._replace(publication=publication)
    seal()
    return told


def submit_all(told: Story, marks: Marks = plainly, sheets: Sequence[ScoreSheet] | None = None) -> None:
    """Those sheets, or all that are dealt."""
    order = {
        entry: number
        for number, entry in enumerate(
            db.session.scalars(
                sa.select(Entry.id).where(Entry.round_id == told.round.id).order_by(Entry.idea_id)
            )
        )
    }
    seat = {judge.id: number for number, judge in enumerate(told.judges)}
    people = {judge.id: judge for judge in told.judges}
    for sheet in told.sheets if sheets is None else sheets:
        judge = people[sheet.judge_id]
        given = marks(order[sheet.entry_id], seat[sheet.judge_id])
        for criterion, points in zip(sheet.criteria, given, strict=True):
            service.mark_criterion(
                judge, sheet, criterion, points=points, comment=None, version=sheet.version
            )
        service.submit_sheet(judge, sheet, version=sheet.version)


def seal() -> None:
    while sealing.seal_events():
        pass
    db.session.rollback()


def change(statement: str, **values: object) -> None:
    """What somebody with the password of the database could do, foreign keys or not."""
    db.session.rollback()
    if db.is_sqlite:
        raw = db.engine.raw_connection()
        raw.execute("PRAGMA foreign_keys=OFF")  # heeded outside a transaction only
        raw.execute(statement, values)
        raw.execute("PRAGMA foreign_keys=ON")
        raw.close()
    else:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(sa.text(statement), values)
    db.session.expire_all()


def found() -> list[tuple[str, ...]]:
    """What verification says: (what, why, table, field)."""
    return [(one.what, one.why, one.table, one.field) for one in check().findings]


def check(*copies) -> Verification:
    db.session.rollback()
    return verify(copies)
