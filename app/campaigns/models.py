"""What the organisers plan: a campaign with its topics, questions, rubrics, rounds, prizes and rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.campaigns.rules import MARKS_DONE, CampaignState, Method, QuestionKind, RoundState
from app.core.db import MEANINGS, Base, long_text, moment, pk
from app.core.errors import Invalid, Stale
from app.core.i18n import _l


class Campaign(Base):
    """One contest, from announcement to outcome. Dates decide its phases; `state` only says planned, open, closed."""

    __tablename__ = "campaigns"
    __table_args__ = (sa.CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),)

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    tagline: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[str] = mapped_column(sa.String(20), default="youth")  # youth, schools
    year: Mapped[int]
    code_prefix: Mapped[str] = mapped_column(sa.String(8), default="YT")
    state: Mapped[CampaignState] = mapped_column(default=CampaignState.PLANNED)
    opens_at: Mapped[moment]
    closes_at: Mapped[moment]  # the last moment that counts
    blind: Mapped[bool] = mapped_column(default=True)  # promised to authors; new rounds begin with it
    min_age: Mapped[int] = mapped_column(default=12)
    max_age: Mapped[int] = mapped_column(default=35)
    team_max: Mapped[int] = mapped_column(default=5)
    ideas_max: Mapped[int] = mapped_column(default=5)  # for one person, shared ones included
    files_max: Mapped[int] = mapped_column(default=5)
    title_max_chars: Mapped[int] = mapped_column(default=150)
    summary_min_words: Mapped[int] = mapped_column(default=40)
    summary_max_words: Mapped[int] = mapped_column(default=60)
    words_min: Mapped[int] = mapped_column(default=250)  # summary and all answers together
    words_max: Mapped[int] = mapped_column(default=600)
    moderation_days: Mapped[int] = mapped_column(default=5)  # working days
    return_days: Mapped[int] = mapped_column(default=7)  # to mend a returned idea, deadline or not
    appeal_days: Mapped[int] = mapped_column(default=5)  # working days after a publication
    intro: Mapped[long_text]  # sanitised HTML
    closing_note: Mapped[long_text]
    residence: Mapped[str] = mapped_column(sa.String(300), default="")
    pledge: Mapped[long_text]
    prizes_note: Mapped[str] = mapped_column(sa.String(300), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    published_at: Mapped[datetime | None]  # set by results when its awards are published
    version: Mapped[int] = mapped_column()

    topics: Mapped[list[Topic]] = relationship(secondary="campaign_topics", order_by="Topic.position")
    phases: Mapped[list[Phase]] = relationship(order_by="Phase.position")
    questions: Mapped[list[Question]] = relationship(order_by="Question.position")
    prizes: Mapped[list[Prize]] = relationship(order_by="Prize.position")
    rounds: Mapped[list[Round]] = relationship(order_by="Round.position", back_populates="campaign")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def campaign_id(self) -> int:
        return self.id

    @property
    def hides_names(self) -> bool:
        """Are authors nameless until the results are out? Yes as soon as one of its rounds is judged blind."""
        return self.blind or any(round_.blind for round_ in self.rounds)


class Topic(Base):
    """A subject of ideas; shared by campaigns."""

    __tablename__ = "topics"

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    description: Mapped[long_text]
    position: Mapped[int] = mapped_column(default=0)
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"))  # whom the queue suggests
    first_reply_days: Mapped[int] = mapped_column(default=15)


campaign_topics = sa.Table(
    "campaign_topics",
    Base.metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaigns.id"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topics.id"), primary_key=True),
)


class Phase(Base):
    """A stretch of the campaign's calendar; phases may overlap."""

    __tablename__ = "phases"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "key"),)

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    key: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    starts_at: Mapped[moment]
    ends_at: Mapped[moment]
    position: Mapped[int]


class Question(Base):
    """One part of the entry form."""

    __tablename__ = "questions"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "key"),)

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    key: Mapped[str] = mapped_column(sa.String(40))
    label: Mapped[str] = mapped_column(sa.String(160))
    help: Mapped[str] = mapped_column(sa.String(400), default="")
    kind: Mapped[QuestionKind] = mapped_column(default=QuestionKind.RICH)
    required: Mapped[bool] = mapped_column(default=True)
    min_words: Mapped[int] = mapped_column(default=0)
    max_words: Mapped[int] = mapped_column(default=200)
    position: Mapped[int]


class Prize(Base):
    """A prize of the campaign; `rank` orders them, 1 is the first prize."""

    __tablename__ = "prizes"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "key"),)

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    key: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    count: Mapped[int] = mapped_column(default=1)
    amount_vnd: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    extra: Mapped[str] = mapped_column(sa.String(200), default="")
    rule: Mapped[str] = mapped_column(sa.String(300), default="")
    position: Mapped[int]


class Rubric(Base):
    """How ideas of a round are marked. Frozen when the round opens.

    A variant stands in for its rubric on the ideas of one topic; both share the scale.
    """

    __tablename__ = "rubrics"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "key"),
        sa.UniqueConstraint("variant_of_id", "topic_id"),
        sa.CheckConstraint("(variant_of_id IS NULL) = (topic_id IS NULL)", name="variant_has_a_topic"),
    )

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    key: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(160))
    scale: Mapped[int] = mapped_column(default=100)  # the judges' points together
    community_points: Mapped[int] = mapped_column(default=0)
    variant_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rubrics.id"))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topics.id"))  # whose ideas a variant is for
    frozen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    criteria: Mapped[list[Criterion]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan"
    )
    bands: Mapped[list[Band]] = relationship(order_by="Band.position", cascade="all, delete-orphan")
    variants: Mapped[list[Rubric]] = relationship(order_by="Rubric.topic_id", back_populates="variant_of")
    variant_of: Mapped[Rubric | None] = relationship(remote_side="Rubric.id", back_populates="variants")
    topic: Mapped[Topic | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    def of_topic(self, topic_id: int) -> Rubric:
        """The variant for a topic; the rubric itself where there is none."""
        return next((variant for variant in self.variants if variant.topic_id == topic_id), self)


class Criterion(Base):
    """One thing a judge gives points for."""

    __tablename__ = "criteria"
    __table_args__ = (sa.UniqueConstraint("rubric_id", "key"),)

    id: Mapped[pk]
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubrics.id"))
    key: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(200))
    question: Mapped[str] = mapped_column(sa.String(300), default="")
    max_points: Mapped[int]
    minimum: Mapped[int | None]  # below it (on the mean) an idea does not go on
    informs_only: Mapped[bool] = mapped_column(default=False)  # asked and shown, outside sums and ranks
    note_below: Mapped[int | None]  # a mark below it, or above the other, needs a note
    note_above: Mapped[int | None]
    position: Mapped[int]

    levels: Mapped[list[Level]] = relationship(
        order_by="Level.points_from.desc()", cascade="all, delete-orphan"
    )


class Band(Base):
    """A band of a rubric ("Xếp loại A"), from which score on and from which means on. Variants share their rubric's."""

    __tablename__ = "bands"
    __table_args__ = (
        sa.UniqueConstraint("rubric_id", "position"),
        sa.CheckConstraint("floor >= 0", name="not_negative"),
    )

    id: Mapped[pk]
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubrics.id"))
    name: Mapped[str] = mapped_column(sa.String(20))
    floor: Mapped[int]  # points of the printed score
    floors: Mapped[dict[str, Any]]  # key of a criterion → least mean, in points
    position: Mapped[int]  # the first whose floors are all met counts


class Level(Base):
    """What a range of points means, in a sentence."""

    __tablename__ = "levels"

    id: Mapped[pk]
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criteria.id"), index=True)
    points_from: Mapped[int]
    points_to: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(60))
    text: Mapped[str] = mapped_column(sa.String(500))


class Round(Base):
    """A round of judging as planned; judging opens and locks it."""

    __tablename__ = "rounds"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "key"),)

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    key: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubrics.id"))
    starts_at: Mapped[moment]
    ends_at: Mapped[moment]
    sheets_per_idea: Mapped[int] = mapped_column(default=3)
    full_panel: Mapped[bool] = mapped_column(
        default=False
    )  # every judge reads every idea; the number is idle
    blind: Mapped[bool] = mapped_column(default=True)
    method: Mapped[Method] = mapped_column(default=Method.MEAN)
    deviation: Mapped[int] = mapped_column(default=20)  # points, for Method.VALID
    tie_break: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # keys of criteria, in order
    cut_top: Mapped[int | None]
    pass_mark: Mapped[int | None]
    gives_awards: Mapped[bool] = mapped_column(default=False)  # the last round, whose ranking prizes follow
    state: Mapped[RoundState] = mapped_column(default=RoundState.PLANNED)
    opened_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    is_live: Mapped[bool] = mapped_column(default=False)  # a live final alone locks and ranks it
    rules_hash: Mapped[str] = mapped_column(sa.String(64), default="")  # of the newest version of its rules
    position: Mapped[int]
    version: Mapped[int] = mapped_column()

    campaign: Mapped[Campaign] = relationship(back_populates="rounds")
    rubric: Mapped[Rubric] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own protocol

    @property
    def is_locked(self) -> bool:
        """No more marks."""
        return self.state in MARKS_DONE

    @property
    def has_open_figures(self) -> bool:
        """Marks may be read and reckoned with: a live final opens them on the stage, after its lock."""
        return self.is_locked and not self.is_live


class RoundRules(Base):
    """The rules of a round as frozen: at its opening, and at each change since. Never updated."""

    __tablename__ = "round_rules"
    __table_args__ = (sa.UniqueConstraint("round_id", "number"),)

    id: Mapped[pk]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("rounds.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the canonical JSON of `rules`
    rules: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(
        sa.String(500), default=""
    )  # for everybody to read; none at the opening
    made_at: Mapped[moment]
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))

    round: Mapped[Round] = relationship()

    @property
    def campaign_id(self) -> int:
        return self.round.campaign_id


class RulesText(Base):
    """The rules (thể lệ), one row a version; the newest counts, the old ones stay readable."""

    __tablename__ = "rules_texts"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "number"),)

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    number: Mapped[str] = mapped_column(sa.String(16))
    html: Mapped[long_text]
    published_at: Mapped[moment]
    reason: Mapped[str] = mapped_column(sa.String(300), default="")


class FaqEntry(Base):
    __tablename__ = "faq_entries"

    id: Mapped[pk]
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    question: Mapped[str] = mapped_column(sa.String(300))
    answer: Mapped[long_text]
    position: Mapped[int]


MEANINGS["uq_rubrics_campaign_id_key"] = Stale(_l("Người khác vừa làm việc này. Hãy tải lại trang để xem."))
MEANINGS["uq_rounds_campaign_id_key"] = Stale(_l("Người khác vừa làm việc này. Hãy tải lại trang để xem."))
MEANINGS["uq_round_rules_round_id_number"] = Stale()
MEANINGS["uq_bands_rubric_id_position"] = Stale()
MEANINGS["uq_rubrics_variant_of_id_topic_id"] = Invalid(
    "topic_id", _l("Lĩnh vực này đã có bộ tiêu chí riêng.")
)
