"""The chair's desk: who has done what, in counts; a word to judges who lag, once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import WrongState
from app.judging.desk import service
from app.judging.models import PanelMember
from app.judging.rules import SheetState
from app.mail.models import Mail
from app.permissions import Role
from app.worker import run_once
from tests.factories import UserFactory
from tests.judging.contest import contest, kinds_of_events, row, together


def seat(made, judge, **flags):
    """Make a judge chair or secretary."""
    member = db.session.query(PanelMember).filter_by(round_id=made.round.id, judge_id=judge.id).one()
    for name, value in flags.items():
        setattr(member, name, value)
    db.session.commit()
    return member


def test_the_chair_sees_squares_and_counts_and_never_a_mark(browser):
    made = contest(ideas=3, judges=3, k=3)
    chair, other, _third = made.judges
    seat(made, chair, is_chair=True)
    for entry, state in zip(made.entries, ("submitted", "recused", "open"), strict=True):
        made.sheet(other, entry).state = SheetState(state)
    db.session.commit()

    page = browser.as_(chair).get(f"/ban-giam-khao/{made.round.id}")

    assert "1/8 phiếu đã nộp" in page
    assert "1/2 dở 0, chưa chấm 1, không chấm 1" in page
    codes = [entry.judging_code for entry in made.entries]
    assert f"{codes[0]} : đã nộp" in page
    assert f"{codes[1]} : không chấm" in page
    assert f"{codes[2]} : chưa chấm" in page


def test_marks_stay_off_the_desk(browser):
    made = contest(ideas=2, judges=2, submitted=True)
    seat(made, made.judges[0], is_chair=True)
    made.sheets[-1].marks[0].hundredths = 3111
    db.session.commit()

    page = browser.as_(made.judges[0]).get(f"/ban-giam-khao/{made.round.id}")

    assert "31,11" not in page.html
    assert "71,11" not in page.html


@pytest.mark.parametrize(
    ("who", "status"),
    [("chair", 200), ("secretary", 200), ("judge", 404), ("outsider", 404)],
)
def test_who_may_sit_at_the_desk(browser, who, status):
    made = contest(judges=3)
    seat(made, made.judges[0], is_chair=True)
    seat(made, made.judges[1], is_secretary=True)
    people = {
        "chair": made.judges[0],
        "secretary": made.judges[1],
        "judge": made.judges[2],
        "outsider": UserFactory(role=Role.JUDGE),
    }

    browser.as_(people[who]).get(f"/ban-giam-khao/{made.round.id}", status=status)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.MODERATOR, 200), (Role.ADMINISTRATOR, 200), (Role.LEADER, 403), (Role.YOUTH, 403)],
)
def test_organisers_see_progress_too(browser, role, status):
    made = contest()

    browser.as_(UserFactory(role=role)).get(f"/ban-giam-khao/{made.round.id}", status=status)


def test_a_reminder_goes_to_those_who_lag_once_a_day(browser):
    made = contest(ideas=2, judges=3)
    chair, lagging, done = made.judges
    seat(made, chair, is_chair=True)
    for entry in made.entries:
        made.sheet(done, entry).state = SheetState.SUBMITTED
        made.sheet(chair, entry).state = SheetState.SUBMITTED
    db.session.commit()
    desk = browser.as_(chair)

    desk.post(f"/ban-giam-khao/{made.round.id}/nhac", status=302)
    again = desk.post(f"/ban-giam-khao/{made.round.id}/nhac", status=409)
    run_once()

    mails = db.session.query(Mail.user_id, Mail.template).all()
    assert mails == [(lagging.id, "judge_reminder")]
    assert "Hôm nay đã nhắc" in again
    assert "Nhắc lần cuối" in desk.get(f"/ban-giam-khao/{made.round.id}")
    assert kinds_of_events() == ["judges.reminded"]


def test_the_next_day_they_can_be_reminded_again(app):
    made = contest(ideas=1, judges=1)
    member = seat(made, made.judges[0], is_chair=True)
    member.reminded_at = clock.now() - timedelta(days=1)
    db.session.commit()

    with transaction():
        assert service.remind_judges(made.judges[0], made.round) == [made.judges[0].id]


def test_two_who_remind_at_once_write_once(app):
    made = contest(ideas=1, judges=2)
    for judge in made.judges:
        seat(made, judge, is_chair=True)

    def remind(judge):
        def prepare():
            actor, round_ = row(type(judge), judge.id), row(type(made.round), made.round.id)
            return lambda: service.remind_judges(actor, round_)

        return prepare

    assert sorted(together(app, *map(remind, made.judges))) == ["WrongState", "done"]


def test_nobody_is_reminded_once_the_round_is_locked(app):
    made = contest(judges=1)
    seat(made, made.judges[0], is_chair=True)
    made.round.state = "locked"
    db.session.commit()

    with pytest.raises(WrongState), transaction():
        service.remind_judges(made.judges[0], made.round)


@pytest.mark.parametrize("ideas", [2, 20])
def test_the_desk_costs_the_same_with_few_and_many_ideas(browser, ideas):
    made = contest(ideas=ideas, judges=4)
    seat(made, made.judges[0], is_chair=True)

    browser.as_(made.judges[0]).get(f"/ban-giam-khao/{made.round.id}", queries=15)
