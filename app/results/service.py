"""From a frozen ranking to published winners: moving on, proposing awards, publishing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from app.accounts.models import User
from app.campaigns.models import Campaign, Prize, Round
from app.campaigns.rules import RoundState
from app.core import clock
from app.core.db import MEANINGS, db, lock_row
from app.core.errors import WrongState, same_version
from app.core.events import record
from app.core.i18n import _l
from app.ideas.models import Idea
from app.judging import queries as judging
from app.judging import rounds
from app.judging.models import Entry, ScoreSheet
from app.judging.rules import COMMENT_MAX_CHARS, ROUND_FLOW, RoundAction, short_enough
from app.judging.seats import seats_of
from app.judging.stakes import kept_from, require_no_stake
from app.permissions import Action as A
from app.permissions import require
from app.results.appeals.models import Appeal
from app.results.appeals.rules import AppealState
from app.results.council import queries as council
from app.results.council.rules import refined
from app.results.freezing import computed, freeze_ranking, ranking_of
from app.results.models import Award, Publication, Ranking, RankRow
from app.results.rules import (
    PUBLICATION_FLOW,
    AwardChoice,
    PrizeOffer,
    PublicationAction,
    PublicationState,
    Ranked,
    check_awards,
)


def advance_round(actor: User, round_: Round, to: Round, *, voted: Collection[int] = ()) -> list[Entry]:
    """Close a locked round: apply its cut and put the ideas that go on into the next one.

    `voted`: ideas with an equal rank at the cut which the council voted in; nobody else can be added. Where the
    vote was held here, it alone decides.
    """
    require(actor, A.ROUND_MANAGE, round_)
    ranking = freeze_ranking(actor, round_)
    held = council.voted_on(round_.id)
    if held is None:
        require_no_stake(actor, round_.campaign_id, voted)
    voted = voted if held is None else held
    round_.state = ROUND_FLOW.after(round_.state, RoundAction.CLOSE)
    chosen = sa.or_(
        RankRow.advances.is_(True), sa.and_(RankRow.in_council.is_(True), Entry.idea_id.in_(voted))
    )
    going_on = db.session.scalars(
        sa.select(Idea)
        .join(Entry, Entry.idea_id == Idea.id)
        .join(RankRow, RankRow.entry_id == Entry.id)
        .where(RankRow.ranking_id == ranking.id, chosen)
    ).all()
    entries = rounds.enter_ideas(actor, to, going_on)
    record("round.closed", round_, actor, to_round_id=to.id, entries=len(entries), voted=sorted(voted))
    return entries


def propose_awards(
    actor: User, round_: Round, choices: Sequence[AwardChoice], *, note: str = ""
) -> Publication:
    """Say which idea shall have which prize. Somebody else publishes."""
    require(actor, A.AWARD_PROPOSE, round_)
    require_judged(round_)
    require_no_stake(actor, round_.campaign_id, [choice.idea_id for choice in choices])
    ranking = freeze_ranking(actor, round_)
    if require_cause(round_.campaign_id):
        require_up_to_date(ranking, round_)
    check_awards(choices, prize_offers(round_), ranked_ideas(ranking), _entered(round_))
    if _proposed_of(round_.campaign_id):
        raise MEANINGS["uq_publications_proposed"]
    publication = Publication(
        campaign_id=round_.campaign_id,
        round_id=round_.id,
        ranking_id=ranking.id,
        proposed_by_id=actor.id,
        proposed_at=clock.now(),
        note=note.strip(),
        awards=[Award(prize_id=c.prize_id, idea_id=c.idea_id, reason=c.reason.strip()) for c in choices],
    )
    db.session.add(publication)
    record("awards.proposed", publication, actor, ranking_id=ranking.id)
    return publication


def withdraw_proposal(actor: User, publication: Publication, *, version: int) -> Publication:
    """Take a proposal back, so that another can be made."""
    require(actor, A.AWARD_PROPOSE, publication)
    require_no_stake(actor, publication.campaign_id, [award.idea_id for award in publication.awards])
    same_version(publication.version, version)
    publication.state = PUBLICATION_FLOW.after(publication.state, PublicationAction.WITHDRAW)
    record("results.withdrawn", publication, actor)
    return publication


def publish(actor: User, publication: Publication, *, version: int) -> Publication:
    """Make the results public: the ranking is frozen, the page is shown, authors are named who agreed to it.

    Winners are forwarded by initiatives.service.publish_and_forward, in the same transaction.
    """
    require(actor, A.RESULTS_PUBLISH, publication)
    lock_row(publication)
    same_version(publication.version, version)
    require_judged(publication.round)
    require_no_stake(actor, publication.campaign_id, [award.idea_id for award in publication.awards])
    earlier = published_of(publication.campaign_id)
    if earlier is not None:
        if earlier.id == publication.id:
            raise WrongState(_l("Kết quả này đã được công bố."))
        lock_row(earlier)  # corrections and appeals under way come before this or after, not between
        require_up_to_date(publication.ranking, publication.round)
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
        rows=[publication.round, *([earlier] if earlier else [])],
        ranking_hash=publication.ranking.content_hash,
        awards=[[award.prize_id, award.idea_id] for award in publication.awards],
    )
    return publication


def require_judged(round_: Round) -> None:
    """Raises WrongState while a round of the campaign is open, or a later one has ideas: names would come out early."""
    later = sa.exists().where(Entry.round_id == Round.id)
    unfinished = db.session.execute(
        sa.select(Round.id)
        .where(
            Round.campaign_id == round_.campaign_id,
            sa.or_(Round.state == RoundState.OPEN, sa.and_(Round.position > round_.position, later)),
        )
        .limit(1)
    ).first()
    if unfinished is not None:
        raise WrongState(
            _l("Còn vòng chấm chưa xong. Giải được trao theo vòng cuối, sau khi mọi vòng đã khóa.")
        )


def require_cause(campaign_id: int) -> bool:
    """Are results public already? Raises WrongState when they are and no appeal against them was upheld."""
    current = published_of(campaign_id)
    if current is None:
        return False
    upheld = sa.select(Appeal.id).where(
        Appeal.publication_id == current.id, Appeal.state == AppealState.UPHELD
    )
    if db.session.execute(upheld.limit(1)).first() is None:
        raise WrongState(_l("Kết quả đã công bố. Chỉ công bố lại khi có khiếu nại được chấp nhận."))
    return True


def require_up_to_date(ranking: Ranking, round_: Round) -> None:
    """Raises WrongState when sheets were corrected after an appeal and this ranking does not know of it."""
    newest = ranking_of(round_)
    if newest is not None and newest.id != ranking.id:
        raise WrongState(_l("Vòng này đã xếp hạng lại. Rút đề nghị này và đề nghị theo bảng mới."))
    correcting = (
        sa.select(ScoreSheet.id)
        .join(Entry, ScoreSheet.entry_id == Entry.id)
        .where(Entry.round_id == round_.id, ScoreSheet.correcting.is_(True))
    )
    if db.session.execute(correcting.limit(1)).first() is not None:
        raise WrongState(_l("Còn phiếu mở lại sau khiếu nại chưa nộp."))
    if computed(round_, number=ranking.number).content_hash != ranking.content_hash:
        raise WrongState(_l("Phiếu đã thay đổi từ lần xếp hạng cuối. Hãy xếp hạng lại trước."))


def release_comment(actor: User, sheet: ScoreSheet, *, text: str) -> ScoreSheet:
    """Let a team read a judge's comment, edited where it must be, without the judge's name. Empty: take it back."""
    require(actor, A.COMMENT_RELEASE, seats_of(sheet.entry.round))
    require_no_stake(actor, sheet.campaign_id, {sheet.entry.idea_id})
    if sheet.entry_id in kept_from(actor, sheet.entry.round):
        raise WrongState(_l("Ông/bà có quan hệ liên quan với bài này. Nhờ Trưởng ban hoặc Thư ký khác."))
    if not sheet.entry.round.is_locked:
        raise WrongState(_l("Khóa vòng chấm trước khi đọc nhận xét."))
    sheet.released_comment = short_enough("text", text, COMMENT_MAX_CHARS)
    record("comment.released", sheet, actor, shown=bool(sheet.released_comment))
    return sheet


def prize_offers(round_: Round) -> list[PrizeOffer]:
    """The campaign's prizes in order; a prize with a rule of its own does not follow the ranking."""
    prizes = db.session.scalars(
        sa.select(Prize).where(Prize.campaign_id == round_.campaign_id).order_by(Prize.position)
    )
    return [PrizeOffer(prize.id, prize.name, prize.count, by_rank=not prize.rule) for prize in prizes]


def ranked_ideas(ranking: Ranking) -> list[Ranked]:
    """Ideas that have a rank, best first; an equal rank that the council voted on is parted as it voted."""
    rows = db.session.execute(
        sa.select(Entry.id, Idea.id, Idea.code, RankRow.rank)
        .join(Entry, Entry.idea_id == Idea.id)
        .join(RankRow, RankRow.entry_id == Entry.id)
        .where(RankRow.ranking_id == ranking.id, RankRow.rank.is_not(None))
        .order_by(RankRow.position)
    ).all()
    ideas = {entry_id: (idea_id, code or "") for entry_id, idea_id, code, _rank in rows}
    parted, shared = refined(
        [(entry_id, rank or 0) for entry_id, _idea, _code, rank in rows],
        council.prize_votes(ranking.round_id),
    )
    return [Ranked(*ideas[entry_id], rank, entry_id in shared) for entry_id, rank in parted]


def _entered(round_: Round) -> set[int]:
    active = (
        sa.select(Entry.idea_id)
        .join(Idea, Entry.idea_id == Idea.id)
        .where(Entry.round_id == round_.id, judging.takes_part())
    )
    return set(db.session.scalars(active))


def _proposed_of(campaign_id: int) -> bool:
    proposed = sa.select(Publication.id).where(
        Publication.campaign_id == campaign_id, Publication.state == PublicationState.PROPOSED
    )
    return db.session.execute(proposed).first() is not None


def published_of(campaign_id: int) -> Publication | None:
    return db.session.scalars(
        sa.select(Publication).where(
            Publication.campaign_id == campaign_id, Publication.state == PublicationState.PUBLISHED
        )
    ).first()
