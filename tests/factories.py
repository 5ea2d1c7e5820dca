"""One factory a table, with defaults that a ward would recognise. A trait sets a state, with what belongs to it."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

import factory

from app.accounts.models import Consent, RoleGrant, Unit, User
from app.accounts.rules import CONSENT_TEXT_VERSION, Purpose, UserState
from app.campaigns.models import (
    Band,
    Campaign,
    Criterion,
    Level,
    Phase,
    Prize,
    Question,
    Round,
    Rubric,
    Topic,
)
from app.campaigns.rules import CampaignState, Method, RoundState
from app.core.clock import now
from app.core.db import db, transaction
from app.ideas.models import Answer, Author, Idea, Version
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.judging.models import Entry, Mark, PanelMember, ScoreSheet
from app.judging.rules import SheetState
from app.permissions import Role
from app.results.appeals.models import Appeal
from app.results.appeals.rules import ANSWERED, AppealState, answer_due
from app.results.freezing import lock_and_rank
from app.results.models import Publication, Ranking


class Factory(factory.Factory):
    """Adds the row and commits it, as an earlier request would have."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row = model_class(*args, **kwargs)
        db.session.add(row)
        db.session.commit()
        return row


class UnitFactory(Factory):
    class Meta:
        model = Unit

    slug = factory.Sequence(lambda n: f"don-vi-{n}")
    kind = "department"
    name = factory.Sequence(lambda n: f"Phòng chuyên môn số {n}")
    short_name = factory.Sequence(lambda n: f"Phòng {n}")
    receives_initiatives = True


class UserFactory(Factory):
    """UserFactory(role=Role.JUDGE); an adult who consented to what the contest needs."""

    class Meta:
        model = User

    class Params:
        role = Role.YOUTH

    email = factory.Sequence(lambda n: f"nguoi{n}@example.vn")
    full_name = factory.Sequence(lambda n: f"Nguyễn Văn An {n}")
    birth_date = date(2000, 5, 20)
    state = UserState.ACTIVE
    created_at = factory.LazyFunction(now)
    confirmed_at = factory.LazyFunction(now)

    @factory.lazy_attribute
    def grants(self):
        return [RoleGrant(role=self.role, given_at=now())] if self.role else []

    @factory.lazy_attribute
    def consents(self):
        return [
            Consent(purpose=purpose, given=True, text_version=CONSENT_TEXT_VERSION, means="thử", at=now())
            for purpose in (Purpose.CONTEST, Purpose.PUBLIC_NAME)
        ]


class TopicFactory(Factory):
    class Meta:
        model = Topic

    slug = factory.Sequence(
        lambda n: (
            ("cchc", "kinh-te", "do-thi", "moi-truong", "giao-duc", "van-hoa")[n % 6]
            + ("" if n < 6 else f"-{n}")
        )
    )
    name = factory.Sequence(lambda n: f"Lĩnh vực {n}")
    description = "Cách làm giúp người dân."


class CampaignFactory(Factory):
    """An open campaign in the middle of taking ideas, with two topics and two questions."""

    class Meta:
        model = Campaign

    slug = factory.Sequence(lambda n: f"cuoc-thi-{n}")
    name = factory.Sequence(lambda n: f"Ý tưởng sáng tạo trẻ lần {n}")
    year = 2026
    state = CampaignState.OPEN
    opens_at = factory.LazyFunction(lambda: now() - timedelta(days=10))
    closes_at = factory.LazyFunction(lambda: now() + timedelta(days=10))
    summary_min_words = 3
    words_min = 10
    intro = "<p>Mời bạn.</p>"

    @factory.lazy_attribute
    def topics(self):
        return [TopicFactory(), TopicFactory()]

    @factory.lazy_attribute
    def questions(self):
        return [
            Question(key="giai_phap", label="Nội dung giải pháp", min_words=5, max_words=220, position=0),
            Question(key="rui_ro", label="Rủi ro", required=False, max_words=80, position=1),
        ]

    @factory.lazy_attribute
    def prizes(self):
        return [
            Prize(key="nhat", name="Giải Nhất", count=1, amount_vnd=5_000_000, position=0),
            Prize(key="nhi", name="Giải Nhì", count=2, amount_vnd=3_000_000, position=1),
        ]

    @factory.lazy_attribute
    def phases(self):
        return [
            Phase(
                key="nhan_bai",
                name="Nhận ý tưởng",
                starts_at=self.opens_at,
                ends_at=self.closes_at,
                position=0,
            )
        ]


class RubricFactory(Factory):
    """Two criteria: Tính mới 40 (at least 10), Hiệu quả 60."""

    class Meta:
        model = Rubric

    key = "P1"
    name = "Sơ khảo hồ sơ"

    @factory.lazy_attribute
    def criteria(self):
        levels = [("Tốt", 20, 40), ("Yếu", 0, 19)]
        return [
            Criterion(
                key="moi",
                name="Tính mới",
                question="Có mới không?",
                max_points=40,
                minimum=10,
                position=0,
                levels=[
                    Level(label=label, points_from=a, points_to=b, text=f"Mức {label}.")
                    for label, a, b in levels
                ],
            ),
            Criterion(key="hieu_qua", name="Hiệu quả", question="Ai được lợi?", max_points=60, position=1),
        ]


class RoundFactory(Factory):
    """RoundFactory(campaign=…): a planned round of three sheets an idea, whose ranking gives the awards.

    bands=[("A", 85, {"moi": 30})]: with bands, in this order.
    """

    class Meta:
        model = Round

    class Params:
        campaign = factory.LazyFunction(CampaignFactory)
        bands = ()

    campaign_id = factory.LazyAttribute(lambda o: o.campaign.id)
    key = factory.Sequence(lambda n: f"vong_{n}")
    name = "Sơ khảo"
    rubric = factory.LazyAttribute(
        lambda o: RubricFactory(
            campaign_id=o.campaign.id,
            key=f"P{o.key}",
            bands=[
                Band(name=name, floor=floor, floors=floors, position=place)
                for place, (name, floor, floors) in enumerate(o.bands)
            ],
        )
    )
    starts_at = factory.LazyFunction(lambda: now() - timedelta(days=1))
    ends_at = factory.LazyFunction(lambda: now() + timedelta(days=5))
    sheets_per_idea = 2
    method = Method.MEAN
    tie_break = factory.LazyFunction(lambda: ["hieu_qua", "moi"])
    gives_awards = True
    position = 0


class IdeaFactory(Factory):
    """IdeaFactory(campaign=…, owner=…, state=…). Anything past a draft has a code and a frozen version."""

    class Meta:
        model = Idea

    class Params:
        owner = factory.LazyFunction(UserFactory)
        answer = "<p>Chúng em đặt hộp gom pin cũ ở mười hai nhà văn hóa.</p>"

    campaign = factory.LazyFunction(CampaignFactory)
    topic = factory.LazyAttribute(lambda o: o.campaign.topics[0])
    state = IdeaState.DRAFT
    title = factory.Sequence(lambda n: f"Hộp gom pin cũ số {n}")
    summary = "Gom pin cũ theo lịch con nước để rác nguy hại không lẫn vào rác nhà."
    public_id = factory.LazyFunction(lambda: secrets.token_urlsafe(12))
    created_at = factory.LazyFunction(now)
    saved_at = factory.LazyFunction(now)
    created_by_id = factory.LazyAttribute(lambda o: o.owner.id)
    code = factory.LazyAttributeSequence(
        lambda o, n: None if o.state is IdeaState.DRAFT else f"YT-2026-{9000 + n}"
    )
    submitted_at = factory.LazyAttribute(lambda o: None if o.state is IdeaState.DRAFT else now())
    version_number = factory.LazyAttribute(lambda o: 0 if o.state is IdeaState.DRAFT else 1)

    @factory.lazy_attribute
    def authors(self):
        return [
            Author(
                user_id=self.owner.id,
                email=self.owner.email,
                full_name=self.owner.full_name,
                share_percent=100,
                is_leader=True,
                state=AuthorState.ACCEPTED,
                invited_at=now(),
                answered_at=now(),
            )
        ]

    @factory.lazy_attribute
    def answers(self):
        return [Answer(question=self.campaign.questions[0], html=self.answer, words=12)]

    @factory.lazy_attribute
    def versions(self):
        if self.state is IdeaState.DRAFT:
            return []
        return [
            Version(
                number=1,
                once_key=secrets.token_urlsafe(12),
                topic_id=self.topic.id,
                title=self.title,
                summary=self.summary,
                sections=[{"key": "giai_phap", "label": "Nội dung giải pháp", "html": self.answer}],
                team=[],
                files=[],
                words=30,
                content_hash="0" * 64,
                received_at=now(),
                sent_by_id=self.owner.id,
            )
        ]


class InitiativeFactory(Factory):
    class Meta:
        model = Initiative

    code = factory.Sequence(lambda n: f"SK-2026-{9000 + n}")
    kind = InitiativeKind.INITIATIVE
    title = factory.Sequence(lambda n: f"Thu gom pin cũ {n}")
    summary = "Mười hai hộp thu gom."
    state = InitiativeState.RECEIVED
    received_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class EntryFactory(Factory):
    """An idea in a round, under a code that only judges know."""

    class Meta:
        model = Entry

    round = factory.LazyFunction(lambda: RoundFactory(state=RoundState.OPEN))
    idea = factory.LazyAttribute(lambda o: IdeaFactory(campaign=o.round.campaign, state=IdeaState.APPROVED))
    idea_version = factory.LazyAttribute(lambda o: o.idea.versions[-1])
    judging_code = factory.Sequence(lambda n: f"K{n + 10}")
    entered_at = factory.LazyFunction(now)


class PanelMemberFactory(Factory):
    """A judge of a round who has read the rules."""

    class Meta:
        model = PanelMember

    round = factory.LazyFunction(lambda: RoundFactory(state=RoundState.OPEN))
    judge = factory.LazyFunction(lambda: UserFactory(role=Role.JUDGE))
    code = factory.Sequence(lambda n: f"GK{n + 1}")
    expertise = factory.LazyFunction(list)
    confirmed_at = factory.LazyFunction(now)


class ScoreSheetFactory(Factory):
    """ScoreSheetFactory(entry=…, judge_id=…, given={"moi": 24}, submitted=True); points by criterion."""

    class Meta:
        model = ScoreSheet
        exclude = ("given",)

    class Params:
        submitted = False

    given = factory.LazyFunction(dict)
    entry = factory.SubFactory(EntryFactory)
    judge_id = factory.LazyAttribute(lambda o: PanelMemberFactory(round=o.entry.round).judge_id)
    public_id = factory.LazyFunction(lambda: secrets.token_urlsafe(12))
    position = factory.Sequence(lambda n: n + 1)
    assigned_at = factory.LazyFunction(now)
    state = factory.LazyAttribute(lambda o: SheetState.SUBMITTED if o.submitted else SheetState.OPEN)
    submitted_at = factory.LazyAttribute(lambda o: now() if o.submitted else None)

    @factory.lazy_attribute
    def marks(self):
        rubric = self.entry.round.rubric.of_topic(self.entry.idea_version.topic_id)
        criteria = {criterion.key: criterion for criterion in rubric.criteria}
        given = self.given or ({"moi": 30, "hieu_qua": 40} if self.submitted else {})
        return [
            Mark(criterion_id=criteria[key].id, hundredths=round(points * 100), saved_at=now())
            for key, points in given.items()
        ]


class RankingFactory(Factory):
    """RankingFactory(round=…): what locking that round leads to, computed from its sheets."""

    class Meta:
        model = Ranking

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        moderator = UserFactory(role=Role.MODERATOR)
        with transaction():
            return lock_and_rank(moderator, kwargs["round"])


class PublicationFactory(Factory):
    """PublicationFactory(round_=…, awards=[Award(…)]): awards proposed after an open round was locked."""

    class Meta:
        model = Publication
        exclude = ("round_", "proposer", "ranked")

    round_ = factory.LazyFunction(lambda: RoundFactory(state=RoundState.OPEN))
    proposer = factory.LazyFunction(lambda: UserFactory(role=Role.MODERATOR))
    ranked = factory.LazyAttribute(lambda o: RankingFactory(round=o.round_))
    campaign_id = factory.LazyAttribute(lambda o: o.round_.campaign_id)
    round_id = factory.LazyAttribute(lambda o: o.round_.id)
    ranking_id = factory.LazyAttribute(lambda o: o.ranked.id)
    proposed_by_id = factory.LazyAttribute(lambda o: o.proposer.id)
    proposed_at = factory.LazyFunction(now)


class AppealFactory(Factory):
    """AppealFactory(publication=…, idea=…, state=…): by the leader of the team; answered where the state says so."""

    class Meta:
        model = Appeal
        exclude = ("answerer",)

    code = factory.Sequence(lambda n: f"KN-2026-{9000 + n}")
    state = AppealState.RECEIVED
    filed_by_id = factory.LazyAttribute(lambda o: o.idea.created_by_id)
    reason = "Phiếu của GK1 cho điểm tiêu chí Tính mới thấp hẳn so với nhận xét đã gửi."
    filed_at = factory.LazyFunction(now)
    due_on = factory.LazyAttribute(lambda o: answer_due(o.filed_at))
    answerer = factory.LazyAttribute(lambda o: UserFactory(role=Role.LEADER) if o.state in ANSWERED else None)
    answered_by_id = factory.LazyAttribute(lambda o: o.answerer.id if o.answerer else None)
    answered_at = factory.LazyAttribute(lambda o: now() if o.answerer else None)
    answer = factory.LazyAttribute(
        lambda o: "Ban Tổ chức đã xem lại phiếu và kết luận như sau." if o.answerer else ""
    )
