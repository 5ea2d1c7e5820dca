"""A locked round and its council, as tests need them."""

from __future__ import annotations

from typing import NamedTuple

from app.accounts.models import User
from app.campaigns.rules import RoundState
from app.core.db import db, transaction
from app.judging.models import PanelMember
from app.results.council import service, votes
from app.results.council.models import Council, CouncilCase
from app.results.council.queries import council_of
from app.results.council.rules import CaseKind
from tests.judging.contest import Contest, contest


class Sitting(NamedTuple):
    made: Contest
    chair: User
    address: str  # of the council's pages

    @property
    def council(self) -> Council:
        return council_of(self.made.round.id)

    def case(self, kind: CaseKind) -> CouncilCase:
        return next(case for case in self.council.cases if case.kind is kind)

    def present(self, *judges: User) -> None:
        with transaction():
            service.mark_present(self.chair, self.council, {judge.id for judge in judges})

    def vote(self, case: CouncilCase, choices: dict[User, list[int]]) -> None:
        """Opened, cast and counted."""
        with transaction():
            votes.open_vote(self.chair, self.council_case(case.id))
        for judge, entries in choices.items():
            with transaction():
                votes.cast_vote(judge, self.council_case(case.id), entries)
        with transaction():
            votes.close_vote(self.chair, self.council_case(case.id))

    def council_case(self, key: int) -> CouncilCase:
        return next(case for case in self.council.cases if case.id == key)

    def close(self) -> None:
        with transaction():
            service.close_council(self.chair, self.council, version=self.council.version)


def locked(points, **round_) -> Sitting:
    """Points of “Tính mới” by entry, then judge; “Hiệu quả” is 40 everywhere. The first judge is in the chair."""
    made = contest(ideas=len(points), judges=len(points[0]), k=len(points[0]), submitted=True, **round_)
    for entry, row in zip(made.entries, points, strict=True):
        for judge, value in zip(made.judges, row, strict=True):
            sheet = made.sheet(judge, entry)
            next(mark for mark in sheet.marks if mark.criterion.key == "moi").hundredths = value * 100
    chair = made.judges[0]
    db.session.query(PanelMember).filter_by(judge_id=chair.id).one().is_chair = True
    made.round.state = RoundState.LOCKED
    db.session.commit()
    return Sitting(made, chair, f"/hoi-dong/{made.round.id}")


def sitting(points, *, everybody: bool = True, **round_) -> Sitting:
    """The same with its council convened, everybody there."""
    stage = locked(points, **round_)
    with transaction():
        service.convene(stage.chair, stage.made.round, place="Phòng họp số 2")
    if everybody:
        stage.present(*stage.made.judges)
    return stage
