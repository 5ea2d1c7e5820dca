"""A round as tests need it: a panel, entries, and a sheet for every judge and entry."""

from __future__ import annotations

from typing import NamedTuple

from app.accounts.models import User
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.db import db
from app.core.events import Event
from app.judging.models import Entry, ScoreSheet
from app.permissions import Role
from tests.factories import (
    CampaignFactory,
    EntryFactory,
    PanelMemberFactory,
    RoundFactory,
    ScoreSheetFactory,
    UserFactory,
)


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


def kinds_of_events(*, without: tuple[str, ...] = ()) -> list[str]:
    """What happened, in order."""
    return [event.kind for event in db.session.query(Event).order_by(Event.id) if event.kind not in without]
