"""Ranking (frozen), award, publication."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.models import Campaign, Prize, Round
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Invalid, Stale, WrongState
from app.core.i18n import _l
from app.ideas.models import Idea
from app.judging.models import Entry
from app.results.rules import PublicationState


class Ranking(Base):
    """The ranking of a locked round, computed once, exactly, and never updated.

    After an upheld appeal there is another one with the next number; the earlier ones stay.
    """

    __tablename__ = "rankings"
    __table_args__ = (sa.UniqueConstraint("round_id", "number"),)

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"))
    number: Mapped[int] = mapped_column(default=1)  # 1 at the lock
    method_used: Mapped[str] = mapped_column(sa.String(16))
    fallback: Mapped[str] = mapped_column(sa.String(32), default="")
    figures: Mapped[dict[str, Any]]  # lambda, severity by GK code, variances…: text, as printed
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    computed_at: Mapped[moment]

    rows: Mapped[list[RankRow]] = relationship(back_populates="ranking", order_by="RankRow.position")


class RankRow(Base):
    """One entry in a ranking. Scores are whole hundredths, as printed."""

    __tablename__ = "rank_rows"
    __table_args__ = (sa.UniqueConstraint("ranking_id", "entry_id"),)

    id: Mapped[pk]
    ranking_id: Mapped[int] = mapped_column(sa.ForeignKey("rankings.id"), index=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id"))
    position: Mapped[int]
    rank: Mapped[int | None]  # None: not ranked, see `unranked`
    unranked: Mapped[str] = mapped_column(sa.String(32), default="")
    score: Mapped[int | None]
    community: Mapped[int | None]  # hundredths of the community's points, included in `score`
    sheets: Mapped[int]
    low: Mapped[int | None]  # lowest and highest sheet total
    high: Mapped[int | None]
    interval_from: Mapped[int | None]
    interval_to: Mapped[int | None]
    criterion_means: Mapped[dict[str, Any]]  # key → text with two decimals
    tie_break: Mapped[str] = mapped_column(sa.String(40), default="")
    working: Mapped[dict[str, Any]] = mapped_column(default=dict)  # judging.working, by GK code
    band: Mapped[str] = mapped_column(sa.String(20), default="")  # "Xếp loại", where the rules have any
    alike: Mapped[dict[str, Any]] = mapped_column(default=dict)  # who the sheets cannot tell it apart from
    advances: Mapped[bool] = mapped_column(default=False)
    in_council: Mapped[bool] = mapped_column(default=False)  # an equal rank straddles the cut

    ranking: Mapped[Ranking] = relationship(back_populates="rows")
    entry: Mapped[Entry] = relationship()


class Publication(Base):
    """Awards proposed by one person, published by another. One published at a time for a campaign."""

    __tablename__ = "publications"
    __table_args__ = (
        sa.Index(
            "uq_publications_published",
            "campaign_id",
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
        sa.Index(
            "uq_publications_proposed",
            "campaign_id",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
        sa.CheckConstraint(
            "published_by_id IS NULL OR published_by_id <> proposed_by_id", name="proposer_does_not_publish"
        ),
    )

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"))
    ranking_id: Mapped[int] = mapped_column(sa.ForeignKey("rankings.id"))
    state: Mapped[PublicationState] = mapped_column(default=PublicationState.PROPOSED)
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    proposed_at: Mapped[moment]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    note: Mapped[long_text]  # shown on the result page
    version: Mapped[int] = mapped_column()

    campaign: Mapped[Campaign] = relationship()
    round: Mapped[Round] = relationship()
    ranking: Mapped[Ranking] = relationship()
    awards: Mapped[list[Award]] = relationship(back_populates="publication", order_by="Award.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol


class Award(Base):
    """A prize for an idea, in one publication."""

    __tablename__ = "awards"
    __table_args__ = (sa.UniqueConstraint("publication_id", "prize_id", "idea_id"),)

    id: Mapped[pk]
    publication_id: Mapped[int] = mapped_column(sa.ForeignKey("publications.id"), index=True)
    prize_id: Mapped[int] = mapped_column(sa.ForeignKey("prizes.id"))
    idea_id: Mapped[int] = mapped_column(sa.ForeignKey("ideas.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # when it does not follow the ranking

    publication: Mapped[Publication] = relationship(back_populates="awards")
    prize: Mapped[Prize] = relationship()
    idea: Mapped[Idea] = relationship()


class ResultBundle(Base):
    """The file from which anybody can recompute a publication. It lies in the file store under its SHA-256."""

    __tablename__ = "result_bundles"

    id: Mapped[pk]
    publication_id: Mapped[int] = mapped_column(sa.ForeignKey("publications.id"), unique=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    size_bytes: Mapped[int]
    seals: Mapped[int]  # how many leaves it holds
    made_at: Mapped[moment]

    publication: Mapped[Publication] = relationship()


# SQLite names only the column of a partial index, so the two indexes say the same there
MEANINGS["uq_publications_published"] = WrongState(
    _l("Kết quả cuộc thi này vừa được công bố. Hãy tải lại trang.")
)
MEANINGS["uq_publications_proposed"] = WrongState(_l("Đã có một đề nghị giải thưởng đang chờ công bố."))
MEANINGS["uq_publications_campaign_id"] = MEANINGS["uq_publications_proposed"]
MEANINGS["uq_rankings_round_id_number"] = Stale(_l("Vòng này vừa được xếp hạng. Hãy tải lại trang."))
MEANINGS["uq_awards_publication_id_prize_id_idea_id"] = Invalid("awards", _l("Ý tưởng này đã có giải đó."))
