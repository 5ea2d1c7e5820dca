"""A judged round with a clear order, awards proposed for it, and what follows."""

from __future__ import annotations

from typing import NamedTuple

from app.accounts.models import User
from app.core.db import db, transaction
from app.ideas.models import Idea
from app.initiatives.service import publish_and_forward
from app.results import service
from app.results.freezing import ranking_of
from app.results.models import Publication
from app.results.rules import AwardChoice, suggested
from tests.factories import RankingFactory
from tests.judging.contest import Contest, contest


class Podium(NamedTuple):
    made: Contest
    ideas: list[Idea]  # best first


def podium(*, ideas: int = 4, submitted: bool = True, **more) -> Podium:
    """Locked and ranked: the first idea has most points, each next one a point less."""
    made = contest(ideas=ideas, judges=2, submitted=submitted, **more)
    for n, entry in enumerate(made.entries):
        for judge in made.judges:
            made.sheet(judge, entry).marks[0].hundredths = 4000 - 100 * n
    db.session.commit()
    RankingFactory(round=made.round)
    return Podium(made, [entry.idea for entry in made.entries])


def proposed(stage: Podium, proposer: User, note: str = "") -> Publication:
    round_ = stage.made.round
    choices = suggested(service.ranked_ideas(ranking_of(round_)), service.prize_offers(round_))
    with transaction():
        return service.propose_awards(proposer, round_, choices, note=note)


def out(made: Contest, proposer: User, publisher: User) -> Publication:
    """Locked, ranked and published, with the first prize for whoever stands first, ties or not."""
    if ranking_of(made.round) is None:
        RankingFactory(round=made.round)
    first = service.ranked_ideas(ranking_of(made.round))[0]
    prize = made.round.campaign.prizes[0]
    with transaction():
        publication = service.propose_awards(
            proposer, made.round, [AwardChoice(prize.id, first.idea_id, "Biểu quyết ngày 01/12/2026.")]
        )
    with transaction():
        publish_and_forward(publisher, publication, version=publication.version)
    return publication


def published(stage: Podium, proposer: User, publisher: User) -> Publication:
    publication = proposed(stage, proposer)
    with transaction():
        publish_and_forward(publisher, publication, version=publication.version)
    return publication
