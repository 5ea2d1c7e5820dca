"""From locked sheets to published winners: freezing a ranking, proposing awards, publishing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Campaign, Prize, Round
from app.campaigns.rules import RoundState
from app.core import clock
from app.core.db import db
from app.core.errors import Invalid, Stale, WrongState
from app.core.events import record
from app.core.i18n import _, _l
from app.ideas.models import Idea
from app.judging import queries as judging
from app.judging import rounds
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.ranking import RankingResult, rank
from app.judging.rules import ROUND_FLOW, RoundAction
from app.permissions import Action as A
from app.permissions import require
from app.results.models import Award, Publication, Ranking, RankRow
from app.results.rules import PUBLICATION_FLOW, PublicationAction, PublicationState


class AwardChoice(NamedTuple):
    """A prize for an idea, and why when it does not follow the ranking."""

    prize_id: int
    idea_id: int
    reason: str = ""


def freeze_ranking(actor: User, round_: Round) -> Ranking:
    """Compute the ranking of a locked round once, exactly, and keep it for ever. A second call finds the first."""
    require(actor, A.RANKING_READ, round_)
    existing = ranking_of(round_)
    if existing is not None:
        return existing
    if round_.state not in {RoundState.LOCKED, RoundState.CLOSED}:
        raise WrongState(_l("Khóa vòng chấm trước khi xếp hạng."))
    result = rank(judging.ranking_input(round_))
    ranking = Ranking(
        round_id=round_.id,
        method_used=result.method_used.value,
        fallback=result.fallback.value if result.fallback else "",
        figures=_figures(round_, result),
        content_hash="",
        computed_at=clock.now(),
        rows=_rows(result),
    )
    ranking.content_hash = content_hash(ranking)
    db.session.add(ranking)
    db.session.flush()
    record("ranking.frozen", round_, actor, ranking_id=ranking.id, content_hash=ranking.content_hash)
    return ranking


def advance_round(actor: User, round_: Round, to: Round) -> list[Entry]:
    """Close a locked round: apply its cut and put the ideas that go on into the next one."""
    require(actor, A.ROUND_MANAGE, round_)
    ranking = freeze_ranking(actor, round_)
    round_.state = ROUND_FLOW.after(round_.state, RoundAction.CLOSE)
    going_on = db.session.scalars(
        sa.select(Idea)
        .join(Entry, Entry.idea_id == Idea.id)
        .join(RankRow, RankRow.entry_id == Entry.id)
        .where(RankRow.ranking_id == ranking.id, RankRow.advances.is_(True))
    ).all()
    entries = rounds.enter_ideas(actor, to, going_on)
    record("round.closed", round_, actor, to_round_id=to.id, entries=len(entries))
    return entries


def propose_awards(
    actor: User, round_: Round, choices: Sequence[AwardChoice], *, note: str = ""
) -> Publication:
    """Say which idea shall have which prize. Somebody else publishes."""
    require(actor, A.AWARD_PROPOSE, round_)
    ranking = freeze_ranking(actor, round_)
    fits_the_prizes(round_, choices)
    publication = Publication(
        campaign_id=round_.campaign_id,
        round_id=round_.id,
        ranking_id=ranking.id,
        proposed_by_id=actor.id,
        proposed_at=clock.now(),
        note=note,
        awards=[Award(prize_id=c.prize_id, idea_id=c.idea_id, reason=c.reason) for c in choices],
    )
    db.session.add(publication)
    record("awards.proposed", publication, actor, ranking_id=ranking.id)
    return publication


def withdraw_proposal(actor: User, publication: Publication, *, version: int) -> Publication:
    """Take a proposal back, so that another can be made."""
    require(actor, A.AWARD_PROPOSE, publication)
    same_version(publication, version)
    publication.state = PUBLICATION_FLOW.after(publication.state, PublicationAction.WITHDRAW)
    record("results.withdrawn", publication, actor)
    return publication


def publish(actor: User, publication: Publication, *, version: int) -> Publication:
    """Make the results public: the ranking is frozen, the page is shown, authors are named who agreed to it.

    Winners are forwarded by initiatives.service.publish_and_forward, in the same transaction.
    """
    require(actor, A.RESULTS_PUBLISH, publication)
    same_version(publication, version)
    earlier = published_of(publication.campaign_id)
    if earlier is not None:
        if earlier.id == publication.id:
            raise WrongState(_l("Kết quả này đã được công bố."))
        earlier.state = PUBLICATION_FLOW.after(earlier.state, PublicationAction.SUPERSEDE)
        db.session.flush()  # before the new one: only one may be published at a time
    publication.state = PUBLICATION_FLOW.after(publication.state, PublicationAction.PUBLISH)
    publication.published_by_id = actor.id
    publication.published_at = clock.now()
    campaign = db.session.get_one(Campaign, publication.campaign_id)
    campaign.published_at = campaign.published_at or clock.now()
    if publication.round.state is RoundState.LOCKED:
        publication.round.state = ROUND_FLOW.after(RoundState.LOCKED, RoundAction.CLOSE)
    db.session.execute(
        sa.update(Idea)
        .where(Idea.campaign_id == campaign.id, Idea.named_at.is_(None))
        .values(named_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.flush()
    record(
        "results.published",
        publication,
        actor,
        ranking_hash=publication.ranking.content_hash,
        awards=[[award.prize_id, award.idea_id] for award in publication.awards],
    )
    return publication


def release_comment(actor: User, sheet: ScoreSheet, *, text: str) -> ScoreSheet:
    """Let a team read a judge's comment, edited where it must be; without the judge's name."""
    require(actor, A.AWARD_PROPOSE)
    sheet.released_comment = text.strip()
    record("comment.released", sheet, actor)
    return sheet


def fits_the_prizes(round_: Round, choices: Sequence[AwardChoice]) -> None:
    """No prize more often than it exists, no idea twice for one prize, only ideas of the round. Raises Invalid."""
    prizes = {
        prize.id: prize
        for prize in db.session.scalars(sa.select(Prize).where(Prize.campaign_id == round_.campaign_id))
    }
    entered = set(
        db.session.scalars(
            sa.select(Entry.idea_id).where(Entry.round_id == round_.id, Entry.is_active.is_(True))
        )
    )
    if not choices:
        raise Invalid("awards", _l("Chọn ít nhất một giải."))
    for prize_id in {choice.prize_id for choice in choices}:
        if prize_id not in prizes:
            raise Invalid("awards", _l("Giải này không thuộc cuộc thi."))
        wanted = [choice for choice in choices if choice.prize_id == prize_id]
        prize = prizes[prize_id]
        if len(wanted) > prize.count:
            raise Invalid(
                "awards", _("%(prize)s chỉ có %(n)d suất.", prize=prize.name, n=prize.count)
            )
        if len({choice.idea_id for choice in wanted}) < len(wanted):
            raise Invalid("awards", _("%(prize)s đang trao hai lần cho một ý tưởng.", prize=prize.name))
    if {choice.idea_id for choice in choices} - entered:
        raise Invalid("awards", _l("Chỉ trao giải cho ý tưởng có trong vòng này."))


def same_version(publication: Publication, version: int) -> None:
    if publication.version != version:
        raise Stale


def ranking_of(round_: Round) -> Ranking | None:
    """The frozen ranking of a round."""
    return db.session.scalars(
        sa.select(Ranking).where(Ranking.round_id == round_.id).order_by(Ranking.id.desc()).limit(1)
    ).first()


def published_of(campaign_id: int) -> Publication | None:
    return db.session.scalars(
        sa.select(Publication).where(
            Publication.campaign_id == campaign_id, Publication.state == PublicationState.PUBLISHED
        )
    ).first()


def content_hash(ranking: Ranking) -> str:
    """SHA-256 of the canonical JSON of everything the ranking says."""
    rows = [
        [
            row.entry_id,
            row.position,
            row.rank,
            row.unranked,
            row.score,
            row.community,
            row.sheets,
            row.criterion_means,
        ]
        for row in ranking.rows
    ]
    whole = [ranking.method_used, ranking.fallback, ranking.figures, rows]
    return hashlib.sha256(
        json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _figures(round_: Round, result: RankingResult) -> dict[str, object]:
    """What the ranking rests on, as text, under the judges' codes."""
    codes = {
        str(judge_id): code
        for judge_id, code in db.session.execute(
            sa.select(PanelMember.judge_id, PanelMember.code).where(PanelMember.round_id == round_.id)
        )
    }
    return {
        "lambda": str(result.lam) if result.lam is not None else None,
        "reliability": f"{result.reliability:.2f}" if result.reliability is not None else None,
        "severity": {codes.get(judge, "GK?"): str(value) for judge, value in result.severity.items()},
        "below_minimum": {entry: list(names) for entry, names in result.below_minimum.items()},
    }


def _rows(result: RankingResult) -> list[RankRow]:
    through, council = set(result.advance.through), set(result.advance.council)
    rows = [
        RankRow(
            entry_id=int(row.idea),
            position=position,
            rank=row.rank,
            score=int(row.score * 100),
            community=int(row.community * 100),
            sheets=row.sheets,
            low=int(row.low * 100),
            high=int(row.high * 100),
            interval_from=row.interval[0],
            interval_to=row.interval[1],
            criterion_means={name: str(mean) for name, mean in row.criteria.items()},
            tie_break=row.tie_break_used or "",
            advances=row.idea in through,
            in_council=row.idea in council,
        )
        for position, row in enumerate(result.rows, start=1)
    ]
    held = dict(zip(result.totals.ideas, result.totals.sheets, strict=True))
    rows += [
        RankRow(
            entry_id=int(entry),
            position=len(rows) + number,
            unranked=reason.value,
            sheets=len(held.get(entry, ())),
            criterion_means={},
        )
        for number, (entry, reason) in enumerate(sorted(result.unranked.items()), start=1)
    ]
    return rows
