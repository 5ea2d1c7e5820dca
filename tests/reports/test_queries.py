from datetime import UTC, date, datetime, timedelta

import pytest

from app.campaigns.rules import RoundState
from app.core import clock
from app.core.db import db
from app.core.events import record
from app.ideas.models import Author
from app.ideas.rules import AuthorState, IdeaState
from app.initiatives.rules import InitiativeKind, InitiativeState
from app.moderation.models import Decision
from app.moderation.rules import Outcome
from app.reports import lists, queries
from app.reports.counts import Standing
from app.reports.figures import DIFFICULTIES, WORKS
from app.reports.period import Period
from app.results.models import Award
from app.results.rules import PublicationState
from tests.browser_client import counted_queries
from tests.factories import (
    CampaignFactory,
    IdeaFactory,
    InitiativeFactory,
    PublicationFactory,
    RoundFactory,
    UnitFactory,
    UserFactory,
)
from tests.reports.conftest import QUARTER, SUMMER, agree_to_be_named, at, outcome, step

S = InitiativeState


def idea(moment, **kwargs):
    with clock.set_to(moment):
        return IdeaFactory(**kwargs)


def decide(idea, kind: Outcome, moment):
    db.session.add(
        Decision(
            idea_id=idea.id,
            version_number=1,
            moderator_id=UserFactory().id,
            outcome=kind,
            reason="Bài thiếu phần cách làm.",
            made_at=moment,
        )
    )
    db.session.commit()


def indicators(report) -> dict[str, tuple[int, int]]:
    return {str(line.label): (line.now, line.before) for line in report.indicators()}


def test_figures_equal_what_a_person_counts(app):
    campaign = CampaignFactory()
    school, street = UnitFactory(short_name="THPT A"), UnitFactory(short_name="Tổ 5")
    pupil = UserFactory(unit_id=school.id, birth_date=date(2011, 3, 1))
    for _ in range(2):
        idea(at(5, 10), campaign=campaign, owner=pupil, state=IdeaState.APPROVED)
    idea(at(6, 10), campaign=campaign, owner=UserFactory(unit_id=street.id), state=IdeaState.SUBMITTED)
    idea(at(7, 10), campaign=campaign, state=IdeaState.REJECTED)
    idea(at(8, 10), campaign=campaign, state=IdeaState.WITHDRAWN)
    idea(at(9, 10), campaign=campaign, state=IdeaState.DRAFT)
    idea(at(9, 8), campaign=campaign, state=IdeaState.RETURNED)
    lead = UnitFactory(short_name="Phòng VH - XH")
    done = InitiativeFactory(
        state=S.COMPLETED,
        received_at=at(1, 8),
        finished_at=at(20, 10),
        due_on=date(2026, 10, 20),
        lead_unit_id=lead.id,
        cost_actual_vnd=9_600_000,
    )
    outcome(done, hours=640)
    InitiativeFactory(
        state=S.IN_PROGRESS, received_at=at(2, 10), due_on=date(2026, 11, 23), lead_unit_id=lead.id
    )
    InitiativeFactory(
        state=S.TRIAL, received_at=at(3, 10), due_on=date(2026, 11, 24), trial_from=date(2026, 11, 1)
    )
    InitiativeFactory(
        state=S.DECLINED, received_at=at(3, 10), finished_at=at(4, 11), decline_reason="Không đủ kinh phí."
    )
    InitiativeFactory(state=S.COMPLETED, received_at=at(3, 5), finished_at=at(30, 6))  # before both periods
    InitiativeFactory(
        kind=InitiativeKind.DIFFICULTY, state=S.COMPLETED, received_at=at(3, 10), finished_at=at(9, 10)
    )
    InitiativeFactory(kind=InitiativeKind.OBSTACLE, received_at=at(3, 8))

    report = queries.report(QUARTER)

    assert indicators(report) == {
        "Ý tưởng nhận": (5, 1),
        "Ý tưởng hợp lệ": (2, 0),
        "Tác giả": (4, 1),
        "Giải thưởng đã công bố": (0, 0),
        "Sáng kiến, đề xuất theo dõi trong kỳ": (4, 1),
        "Tiếp nhận mới": (3, 1),
        "Tiếp nhận mới từ cuộc thi": (0, 0),
        "Đúng hạn": (2, 1),
        "Quá hạn": (1, 0),
        "Áp dụng thử": (1, 0),
        "Hoàn thành": (1, 0),
        "Không thực hiện": (1, 0),
        "Giờ làm việc tiết kiệm mỗi tháng": (640, 0),
        "Kinh phí đã chi cho việc hoàn thành": (9_600_000, 0),
        "Khó khăn, vướng mắc theo dõi trong kỳ": (2, 1),
        "Đã giải quyết": (1, 0),
        "Chưa giải quyết": (1, 1),
    }
    assert [(str(share.label), *share[1:]) for share in report.now.work.by_lead()] == [
        ("Phòng VH - XH", 2, 1, 1, 1, 1),
        ("Chưa giao", 2, 1, 0, 1, 0),
    ]
    assert report.measured == {done.code: ["Thời gian chờ: 68 → 23 phút"]}


def test_an_idea_counts_on_the_vietnamese_day_it_first_came_in(app):
    campaign = CampaignFactory()
    day = Period(date(2026, 11, 24), date(2026, 11, 24))
    counted = [at(24, 11, 0, 0, 0), at(24, 11, 23, 59, 59)]
    others = [at(23, 11, 23, 59, 59), at(25, 11, 0, 0, 0)]
    for moment in counted + others:
        idea(moment, campaign=campaign, state=IdeaState.SUBMITTED)

    with clock.set_to(at(30, 11)):
        figures = queries.figures(day)

    assert counted[1] == datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)
    assert figures.ideas.received == 2
    assert figures.ideas.authors == 2


def test_an_initiative_counts_until_the_last_second_of_the_vietnamese_day(app):
    day = Period(date(2026, 11, 23), date(2026, 11, 23))
    InitiativeFactory(received_at=at(23, 11, 23, 59, 59))
    InitiativeFactory(received_at=at(24, 11, 0, 0, 0))
    InitiativeFactory(state=S.COMPLETED, received_at=at(1, 11), finished_at=at(23, 11, 0, 0, 0))
    InitiativeFactory(state=S.COMPLETED, received_at=at(1, 11), finished_at=at(22, 11, 23, 59, 59))

    figures = queries.figures(day)

    assert (figures.work.total, figures.work.received, len(figures.work.completed)) == (2, 1, 1)


def test_an_idea_sent_again_stays_in_its_first_period(app):
    again = idea(at(20, 9), state=IdeaState.SUBMITTED)
    again.submitted_at = at(5, 10)
    db.session.commit()

    report = queries.report(QUARTER)

    assert (report.now.ideas.received, report.before.ideas.received) == (0, 1)


@pytest.mark.parametrize(
    ("decisions", "standing"),
    [
        ([], Standing.REVIEWING),
        ([(Outcome.APPROVED, 8)], Standing.VALID),
        ([(Outcome.APPROVED, 11)], Standing.REVIEWING),  # after the summer
        ([(Outcome.REJECTED, 8)], Standing.INVALID),
        ([(Outcome.REJECTED, 8), (Outcome.REOPENED, 9)], Standing.REVIEWING),
        ([(Outcome.RETURNED, 8), (Outcome.APPROVED, 9), (Outcome.REJECTED, 10)], Standing.VALID),
    ],
)
def test_a_period_that_is_over_is_told_as_it_stood_on_its_last_day(app, decisions, standing):
    one = idea(at(20, 7), state=IdeaState.APPROVED)
    for kind, month in decisions:
        decide(one, kind, at(2, month))

    figures = queries.figures(SUMMER)

    assert figures.ideas.of(standing) == figures.ideas.received == 1


def test_an_idea_withdrawn_after_the_period_still_counts_in_it(app):
    early, late = (idea(at(20, 7), state=IdeaState.WITHDRAWN) for _ in range(2))
    for one, moment in ((early, at(1, 8)), (late, at(1, 10))):
        with clock.set_to(moment):
            record("idea.withdrawn", one, None)
    db.session.commit()

    figures = queries.figures(SUMMER)

    assert (figures.ideas.received, figures.ideas.of(Standing.WITHDRAWN)) == (2, 1)


def test_work_of_a_period_that_is_over_stands_where_its_last_step_left_it(app):
    work = InitiativeFactory(
        state=S.COMPLETED, percent=100, received_at=at(1, 7), due_on=date(2026, 9, 15), finished_at=at(5, 10)
    )
    step(work, S.RECEIVED, at(1, 7))
    step(work, S.TRIAL, at(3, 9), percent=40)
    step(work, S.COMPLETED, at(5, 10), percent=100)

    report = queries.report(QUARTER)
    summer = queries.report(SUMMER)

    assert [row.state for row in report.now.work.works] == [S.COMPLETED]
    assert [(row.state, row.timing(summer.now.day)) for row in summer.now.work.works] == [
        (S.TRIAL, "overdue")
    ]
    (row,) = lists.every_work(summer, WORKS)
    assert (row.state, row.percent, row.overdue, row.finished_on, row.result) == (S.TRIAL, 40, True, None, "")


def test_a_correction_after_the_period_leaves_its_prizes_as_they_stood(app):
    """Two prizes in the first publication; the correction a quarter later gives one."""
    round_ = RoundFactory(state=RoundState.OPEN)
    first = publication(round_, at(5, 8), PublicationState.SUPERSEDED, prizes=2)
    publication(round_, at(8, 10), PublicationState.PUBLISHED, prizes=1, ranked=first.ranking)

    assert queries.figures(SUMMER).awards == 2
    assert queries.figures(QUARTER).awards == 1


def test_a_correction_within_the_period_replaces_what_it_corrects(app):
    round_ = RoundFactory(state=RoundState.OPEN)
    first = publication(round_, at(5, 10), PublicationState.SUPERSEDED, prizes=2)
    publication(round_, at(20, 10), PublicationState.PUBLISHED, prizes=1, ranked=first.ranking)

    assert queries.figures(QUARTER).awards == 1


def publication(round_, moment, state, *, prizes, **kwargs):
    campaign = round_.campaign
    awards = [
        Award(prize_id=campaign.prizes[0].id, idea_id=IdeaFactory(campaign=campaign).id)
        for _ in range(prizes)
    ]
    return PublicationFactory(round_=round_, state=state, published_at=moment, awards=awards, **kwargs)


def test_only_authors_who_agreed_are_named(app):
    agreed, silent = UserFactory(full_name="Trần Thị Đào"), UserFactory(full_name="Lê Văn Kín")
    agree_to_be_named(agreed)
    child = UserFactory(full_name="Phạm Bé Con", birth_date=date(2013, 1, 1))
    agree_to_be_named(child)  # but no guardian did
    source = idea(at(5, 10), owner=agreed, state=IdeaState.APPROVED)
    for person, state in (
        (silent, AuthorState.ACCEPTED),
        (child, AuthorState.ACCEPTED),
        (UserFactory(), AuthorState.INVITED),
    ):
        db.session.add(
            Author(
                idea_id=source.id,
                user_id=person.id,
                email=person.email,
                full_name=person.full_name,
                state=state,
                invited_at=at(5, 10),
            )
        )
    InitiativeFactory(source_idea_id=source.id, received_at=at(6, 10))

    (row,) = lists.every_work(queries.report(QUARTER), WORKS)

    assert (row.authors, row.unnamed_authors) == (("Trần Thị Đào",), 2)
    assert row.author_line == "Trần Thị Đào và 2 tác giả không nêu tên"


def test_consent_taken_back_takes_the_name_out(app):
    person = UserFactory(full_name="Trần Thị Đào")
    agree_to_be_named(person)
    person.consents[-1].withdrawn_at = at(20, 11)
    InitiativeFactory(
        source_idea_id=idea(at(5, 10), owner=person, state=IdeaState.APPROVED).id, received_at=at(6, 10)
    )

    (row,) = lists.every_work(queries.report(QUARTER), WORKS)

    assert (row.authors, row.unnamed_authors) == ((), 1)


def test_lists_are_paged_newest_first(app):
    for number in range(23):
        InitiativeFactory(title=f"Việc {number}", received_at=at(1, 10) + timedelta(days=number))
    InitiativeFactory(kind=InitiativeKind.DIFFICULTY, received_at=at(1, 10))
    report = queries.report(QUARTER)

    first, second = (lists.works_page(report, WORKS, number) for number in (1, 2))

    assert [row.title for row in second.items] == ["Việc 2", "Việc 1", "Việc 0"]
    assert (len(first.items), first.total, first.pages) == (20, 23, 2)
    assert len(lists.works_page(report, DIFFICULTIES, 1).items) == 1


def everything(number: int) -> None:
    campaign = CampaignFactory()
    for _ in range(number):
        source = idea(
            at(5, 10),
            campaign=campaign,
            owner=UserFactory(unit_id=UnitFactory().id),
            state=IdeaState.APPROVED,
        )
        done = InitiativeFactory(
            source_idea_id=source.id,
            topic_id=source.topic_id,
            lead_unit_id=UnitFactory().id,
            state=S.COMPLETED,
            received_at=at(1, 9),
            finished_at=at(20, 10),
        )
        outcome(done)
        InitiativeFactory(kind=InitiativeKind.DIFFICULTY, received_at=at(1, 9))


@pytest.mark.parametrize("number", [1, 12])
def test_a_report_takes_a_set_number_of_queries_whatever_the_size(app, number):
    everything(number)
    db.session.expire_all()

    with counted_queries() as counter:
        report = queries.report(QUARTER)
        lists.every_work(report, WORKS)
        lists.every_work(report, DIFFICULTIES)

    assert report.now.work.total == report.now.difficulties.total == number
    assert counter["statements"] == 14
