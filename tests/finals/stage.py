"""A live final as tests need it, at any point of its evening."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.core.db import db, transaction
from app.finals import lots, planning, service
from app.finals.ceremony import service as ceremony
from app.finals.models import LiveFinal
from app.judging.models import PanelMember
from app.permissions import Role
from app.results import service as results
from app.results.freezing import ranking_of
from app.results.rules import suggested
from tests.factories import UserFactory
from tests.judging.contest import Contest, contest

WHY = "Có việc gấp phải về giữa buổi."


class Stage(NamedTuple):
    made: Contest
    chair: User
    final: LiveFinal

    @property
    def address(self) -> str:
        return f"/chung-khao/{self.made.round.id}"

    def do(self, command, *, by: User | None = None, **values):
        """A command on the version that stands now."""
        with transaction():
            return command(by or self.chair, self.final, version=self.final.version, **values)

    def to_running(self) -> Stage:
        self.do(lots.open_draw)
        self.do(lots.draw_lots, number="73129")
        for _lot in self.made.entries:
            self.do(lots.show_lot)
        self.do(service.begin)
        return self

    def to_closed(self) -> Stage:
        self.to_running()
        for _presentation in self.made.entries:
            self.do(service.next_presentation)
        self.do(service.close_scoring)
        return self

    def to_totals(self) -> Stage:
        self.to_closed()
        self.do(service.open_totals, shown=True)
        return self

    def to_reveal(self, proposer: User | None = None) -> Stage:
        self.to_totals()
        self.propose(proposer or UserFactory(role=Role.MODERATOR))
        self.do(ceremony.begin_reveal)
        return self

    def propose(self, proposer: User):
        round_ = self.made.round
        choices = suggested(results.ranked_ideas(ranking_of(round_)), results.prize_offers(round_))
        with transaction():
            return results.propose_awards(proposer, round_, choices)


def stage(*, ideas: int = 3, judges: int = 2, submitted: bool = True, **more) -> Stage:
    """Planned; the first judge chairs; the first entry has most points, each next one a point less."""
    made = contest(ideas=ideas, judges=judges, submitted=submitted, k=judges, **more)
    for n, entry in enumerate(made.entries):
        for judge in made.judges if submitted else ():
            made.sheet(judge, entry).marks[0].hundredths = 3911 - 100 * n
    db.session.execute(
        sa.update(PanelMember)
        .where(PanelMember.round_id == made.round.id, PanelMember.judge_id == made.judges[0].id)
        .values(is_chair=True)
    )
    db.session.commit()
    with transaction():
        final = planning.plan_final(made.judges[0], made.round, minutes=7, question_minutes=5)
    return Stage(made, made.judges[0], final)
