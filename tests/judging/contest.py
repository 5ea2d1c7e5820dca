"""A round as tests need it: a panel, entries, and a sheet for every judge and entry."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from flask import Flask

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event
from app.ideas.models import Idea
from app.judging.models import Conflict, Entry, PanelMember, ScoreSheet
from app.judging.rules import ConflictKind
from app.permissions import Role
from tests.factories import (
    CampaignFactory,
    EntryFactory,
    PanelMemberFactory,
    RoundFactory,
    ScoreSheetFactory,
    UserFactory,
)

Row = TypeVar("Row")


class Contest(NamedTuple):
    round: Round
    judges: list[User]
    entries: list[Entry]
    sheets: list[ScoreSheet]

    def sheet(self, judge: User, entry: Entry) -> ScoreSheet:
        return next(s for s in self.sheets if (s.judge_id, s.entry_id) == (judge.id, entry.id))


def contest(
    *, ideas: int = 2, judges: int = 2, dealt: bool = True, submitted: bool = False, k: int = 2, **round_
) -> Contest:
    """Every judge has a sheet on every entry, unless `dealt` is False."""
    campaign = round_.pop("campaign", None) or CampaignFactory()
    opened = RoundFactory(
        campaign=campaign, state=RoundState.OPEN, sheets_per_idea=k, **{"rules_hash": "ab" * 32, **round_}
    )
    people = [UserFactory(role=Role.JUDGE) for _ in range(judges)]
    for judge in people:
        PanelMemberFactory(round=opened, judge=judge)
    entries = [EntryFactory(round=opened) for _ in range(ideas)]
    sheets = [
        ScoreSheetFactory(entry=entry, judge_id=judge.id, position=place, submitted=submitted)
        for judge in people
        for place, entry in enumerate(entries, start=1)
        if dealt
    ]
    return Contest(opened, people, entries, sheets)


def in_the_chair(made: Contest) -> User:
    """The first judge, who leads the panel from now on."""
    seat = db.session.query(PanelMember).filter_by(round_id=made.round.id, judge_id=made.judges[0].id).one()
    seat.is_chair = True
    db.session.commit()
    return made.judges[0]


def declared(person: User, idea: Idea) -> None:
    """A relation that somebody said they have to an idea; not committed yet."""
    db.session.add(
        Conflict(
            judge_id=person.id,
            campaign_id=idea.campaign_id,
            kind=ConflictKind.DECLARED,
            idea_id=idea.id,
            reason="Người nhà của một tác giả.",
            made_by_id=person.id,
            made_at=now(),
        )
    )


def kinds_of_events(*, without: tuple[str, ...] = ()) -> list[str]:
    """What happened, in order."""
    return [event.kind for event in db.session.query(Event).order_by(Event.id) if event.kind not in without]


def together(app: Flask, *prepared: Callable[[], Callable[[], object]]) -> list[str]:
    """Each in a thread and a session of its own: what to do is prepared, then all are released at once.

    How each ended, in the order given: “done”, or the name of what was raised.
    """
    ready = threading.Barrier(len(prepared), timeout=60)

    def run(prepare: Callable[[], Callable[[], object]]) -> str:
        with app.app_context(), db.scope():
            try:
                act = prepare()
                db.session.rollback()
                ready.wait()
                with transaction():
                    act()
            except Exception as error:  # noqa: BLE001 - the test says which are expected
                return type(error).__name__
            return "done"

    db.session.rollback()
    with ThreadPoolExecutor(len(prepared)) as threads:
        ended = list(threads.map(run, prepared))
    db.session.expire_all()
    return ended


def row(model: type[Row], key: int) -> Row:
    """A row of the session at hand, by its key."""
    return db.session.get_one(model, key)
