"""What stands before two rounds begin — people, ideas, panels — and the judges who mark without a browser."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import User
from app.audit.service import adopt
from app.campaigns import service as campaigns
from app.campaigns import standard
from app.campaigns.models import Campaign, Round
from app.campaigns.rules import Method
from app.core import clock
from app.core.db import db, transaction
from app.core.passwords import hash_password
from app.ideas.models import Idea
from app.ideas.rules import IdeaState
from app.judging import panel, service
from app.judging.models import Entry, PanelMember, ScoreSheet
from app.judging.rules import SCORABLE
from app.permissions import Role
from app.results.council import votes
from app.results.council.queries import council_of
from app.results.council.rules import CaseKind
from tests.factories import IdeaFactory, UserFactory

PASSWORD = "con nuoc lon 2026"
JUDGES = 9
TEAM_NAME = "Phạm Bảo An"

# “Bản đồ điểm ngập” and “Tủ sách trao tay” are equal in everything, and only one of them can be third
BATTERIES, TIMETABLE = "Hộp gom pin cũ theo con nước", "Bảng giờ xe container trước cổng trường"
BOOKS, FLOODS = "Tủ sách trao tay ở nhà văn hóa", "Bản đồ điểm ngập do học sinh vẽ"
HELPERS = "Nhóm kèm người lớn tuổi dùng dịch vụ công"
GARDEN = "Vườn rau chung trên đất trống"

FIRST_ROUND = {  # Tính mới, Khả thi, Hiệu quả, Hồ sơ
    BATTERIES: (28, 27, 28, 9),
    TIMETABLE: (26, 26, 26, 8),
    BOOKS: (24, 24, 24, 8),
    FLOODS: (24, 24, 24, 8),
    HELPERS: (20, 22, 20, 7),
    GARDEN: (18, 20, 18, 6),
    "Sân chơi từ lốp xe cũ": (17, 18, 16, 6),
    "Lịch trực nước sạch mùa khô": (16, 16, 15, 6),
}
FINAL = {  # Tính đổi mới, Hiệu quả, Khả năng áp dụng
    BATTERIES: (17, 26, 26),
    TIMETABLE: (18, 26, 26),
    BOOKS: (15, 23, 23),
}
SLIP = (18, 8, 26)  # the last judge's sheet on the timetable: 8 written for 26, found by the appeal


class Cast(NamedTuple):
    """Everybody by address, and what they meet over."""

    admin: User
    moderator: User
    typist: User
    leader: User
    judges: list[User]
    campaign: Campaign
    first: Round
    final: Round

    def team_of(self, title: str) -> User:
        return db.session.scalars(
            sa.select(User).join(Idea, Idea.created_by_id == User.id).where(Idea.title == title)
        ).one()


def prepare() -> Cast:
    """A campaign from the standard frame with eight valid ideas, and nine judges on both panels. No round is open."""
    with transaction():
        standard.load_topics(standard.load_units(with_demo=True))
    secret = hash_password(PASSWORD)

    def person(role: Role, email: str, name: str) -> User:
        return UserFactory(role=role, email=f"{email}@example.vn", full_name=name, password_hash=secret)

    admin = person(Role.ADMINISTRATOR, "quantri", "Phạm Quản Trị")
    moderator = person(Role.MODERATOR, "doan", "Lê Thị Đoàn")
    typist = person(Role.MODERATOR, "nhaplieu", "Trần Văn Nhập")
    leader = person(Role.LEADER, "lanhdao", "Đỗ Lãnh Đạo")
    judges = [person(Role.JUDGE, f"gk{n}", f"Giám Khảo Số {n}") for n in range(1, JUDGES + 1)]
    campaign = planned(admin)
    for n, title in enumerate(FIRST_ROUND, start=1):
        team = person(Role.YOUTH, f"doi{n}", f"{TEAM_NAME} {n}")
        IdeaFactory(campaign=campaign, owner=team, title=title, state=IdeaState.APPROVED)
    first, final = db.session.scalars(
        sa.select(Round).where(Round.campaign_id == campaign.id).order_by(Round.position)
    ).all()
    with transaction():
        # closed before anything was sealed: the draw then follows from the rules, and is the same in every run
        campaign.closes_at = clock.now() - timedelta(days=1)
        first.cut_top, first.pass_mark, first.method, final.method = 3, 50, Method.MEAN, Method.MEAN
        for round_ in (first, final):
            for n, judge in enumerate(judges):
                panel.add_panel_member(moderator, round_, judge, is_chair=n == 0, is_secretary=n == 1)
    with transaction():
        adopt()  # the factories told the record nothing
    return Cast(admin, moderator, typist, leader, judges, campaign, first, final)


def planned(admin: User) -> Campaign:
    with transaction():
        campaign = campaigns.create_campaign(
            admin,
            name="Ý tưởng trẻ hai vòng",
            tagline="",
            opens_on=clock.today() - timedelta(days=10),
            closes_on=clock.today() + timedelta(days=10),
            rules="Điều 1. Ai cũng gửi được. Điều 2. Chấm ẩn danh.",
        )
    with transaction():
        return campaigns.open_campaign(admin, campaign, version=campaign.version)


def fresh() -> None:
    """Read what the site has written meanwhile."""
    db.session.rollback()
    db.session.expire_all()


def confirm_rules(round_: Round, *, but: Collection[User] = ()) -> None:
    """Everybody but these has read the rules."""
    fresh()
    waiting = sa.select(PanelMember).where(
        PanelMember.round_id == round_.id, PanelMember.confirmed_at.is_(None)
    )
    for member in db.session.scalars(waiting).all():
        if member.judge not in but:
            with transaction():
                panel.confirm_rules(member.judge, member)


def sheets(round_: Round, judge: User | None = None) -> list[ScoreSheet]:
    """Sheets of a round, or of one judge in it, in their reading order."""
    fresh()
    query = sa.select(ScoreSheet).join(Entry).where(Entry.round_id == round_.id)
    if judge is not None:
        query = query.where(ScoreSheet.judge_id == judge.id)
    return list(db.session.scalars(query.order_by(ScoreSheet.judge_id, ScoreSheet.position)))


def title_of(sheet: ScoreSheet) -> str:
    return sheet.entry.idea_version.title


def mark_by_command(
    round_: Round,
    given: dict[str, tuple[int, ...]],
    *,
    but: Collection[User] = (),
    slips: dict[tuple[User, str], tuple[int, ...]] | None = None,
) -> None:
    """Everybody but these marks whatever they still hold, as `given` says by title; a slip of the pen counts too."""
    for sheet in sheets(round_):
        judge = db.session.get_one(User, sheet.judge_id)
        if judge in but or sheet.state not in SCORABLE:
            continue
        points = (slips or {}).get((judge, title_of(sheet)), given[title_of(sheet)])
        with transaction():
            for criterion, value in zip(sheet.criteria, points, strict=True):
                service.mark_criterion(
                    judge, sheet, criterion, points=str(value), comment=None, version=sheet.version
                )
            service.submit_sheet(judge, sheet, version=sheet.version)


def vote_by_command(round_: Round, choices: dict[User, str]) -> None:
    """On the tie at the cut: each of these judges for one idea, by title."""
    for judge, title in choices.items():
        fresh()
        held = council_of(round_.id)
        assert held is not None
        case = next(case for case in held.cases if case.kind is CaseKind.CUT_TIE)
        entry = next(line.entry_id for line in case.entries if line.entry.idea_version.title == title)
        with transaction():
            votes.cast_vote(judge, case, [entry])
