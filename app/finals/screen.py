"""What the projector may show is made here, and nothing else ever reaches it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from app.core.clock import now
from app.finals import queries
from app.finals.models import LiveFinal, Presentation
from app.finals.queries import AwardLine, EntryLine, TotalLine
from app.finals.rules import FinalState, Part, left_ms, ticked_ms
from app.results.rules import PublicationState

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(NamedTuple):
    """The timer at the moment the page was made."""

    part: Part
    left_ms: int
    running: bool
    ends_ms: int = 0  # while it runs: when time is up, in milliseconds since 1970


class Screen(NamedTuple):
    """All that the projector shows now."""

    kind: str  # waiting, lots, presenting, between, closed, totals_held, totals, award, finished
    campaign: str
    round: str
    lines: list[EntryLine] = []  # noqa: RUF012 - a tuple's default, never changed
    lots_of: int = 0
    number: str = ""
    seed: str = ""
    order_reason: str = ""
    plan_reason: str = ""  # why all was planned anew
    place: int = 0
    places: int = 0
    following: EntryLine | None = None
    clock: Clock | None = None
    submitted: int = 0
    sheets: int = 0
    totals: list[TotalLine] = []  # noqa: RUF012
    awards: list[AwardLine] = []  # noqa: RUF012 - revealed ones, the newest last
    awards_of: int = 0
    result_slug: str = ""  # of the public page, once it is published

    @property
    def key(self) -> str:
        """Changes exactly when what is shown changes; the seconds that pass do not count."""
        still = self._replace(
            clock=self.clock and self.clock._replace(left_ms=0 if self.clock.running else self.clock.left_ms)
        )
        return hashlib.sha256(repr(tuple(still)).encode()).hexdigest()[:16]


def clock_of(final: LiveFinal) -> Clock | None:
    present = final.now_presenting
    if present is None:
        return None
    minutes = present.minutes if final.part is Part.TALK else present.question_minutes
    left = left_ms(minutes, final.elapsed_ms, final.ticking_since, now())
    if final.ticking_since is None:
        return Clock(final.part, left, running=False)
    started_ms = ticked_ms(EPOCH, final.ticking_since)
    ends_ms = started_ms + left_ms(minutes, final.elapsed_ms, None, final.ticking_since)
    return Clock(final.part, left, running=True, ends_ms=ends_ms)


def screen_of(final: LiveFinal) -> Screen:
    """What the projector shows in each state. At most three queries."""
    empty = Screen(kind="waiting", campaign=final.round.campaign.name, round=final.round.name)
    if final.state in {FinalState.PLANNED, FinalState.DRAWING}:
        empty = empty._replace(plan_reason=final.plan_reason)
    match final.state:
        case FinalState.PLANNED:
            return empty._replace(lines=queries.entries_of(final.round_id))
        case FinalState.DRAWING:
            return _lots(final, empty)
        case FinalState.RUNNING:
            return _presenting(final, empty)
        case FinalState.SCORING_CLOSED:
            submitted, held = queries.sheet_counts(final)
            return empty._replace(kind="closed", submitted=submitted, sheets=held)
        case FinalState.TOTALS_OPEN:
            if not final.totals_shown:
                return empty._replace(kind="totals_held")
            return empty._replace(kind="totals", totals=queries.totals(final.round_id))
        case _:
            return _awards(final, empty)


def _line(one: Presentation) -> EntryLine:
    return EntryLine(one.entry_id, one.entry.judging_code, one.entry.idea_version.title)


def _lots(final: LiveFinal, empty: Screen) -> Screen:
    """Before the number: who takes part. After it: lots up to the last that was turned over."""
    if not final.presentations:
        return empty._replace(kind="lots", lines=queries.entries_of(final.round_id))
    return empty._replace(
        kind="lots",
        lines=[_line(one) for one in final.presentations[: final.lots_shown]],
        lots_of=len(final.presentations),
        number=final.number,
        seed=final.seed,
        order_reason=final.order_reason,
    )


def _presenting(final: LiveFinal, empty: Screen) -> Screen:
    present, places = final.now_presenting, len(final.presentations)
    submitted, held = queries.sheet_counts(final, present.entry_id if present else None)
    if present is None:
        return empty._replace(kind="between", places=places, submitted=submitted, sheets=held)
    following = next((one for one in final.presentations if one.position == present.position + 1), None)
    return empty._replace(
        kind="presenting",
        lines=[_line(present)],
        place=present.position,
        places=places,
        following=_line(following) if following else None,
        clock=clock_of(final),
        submitted=submitted,
        sheets=held,
    )


def _awards(final: LiveFinal, empty: Screen) -> Screen:
    publication = final.publication
    if publication is None or not queries.stands(publication):
        return empty._replace(kind="award")
    published = publication.state is PublicationState.PUBLISHED
    over = final.state is FinalState.FINISHED
    return empty._replace(
        kind="finished" if over else "award",
        awards=queries.award_lines(publication, final.round.campaign, final.revealed)
        if final.revealed
        else [],
        awards_of=len(publication.awards),
        result_slug=final.round.campaign.slug if over and published else "",
    )
