"""Appeals are answered once, with reasons, by somebody without a stake in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import RoleGrant, User
from app.accounts.retention import erase
from app.core.clock import now, today
from app.core.db import db, transaction
from app.core.errors import NotAllowed, NotFound, WrongState
from app.core.events import Event
from app.mail.models import Mail
from app.permissions import Action, Role, can
from app.results.appeals import service
from app.results.appeals.models import Appeal
from app.results.appeals.rules import AppealState
from app.worker import run_once
from tests.factories import AppealFactory, UserFactory
from tests.judging.contest import row, together
from tests.results.podium import podium, published

ANSWER = "Đã đối chiếu phiếu với nhận xét: giám khảo ghi nhầm, phiếu được mở lại."
S = AppealState


@pytest.fixture
def stage(app, moderator, leader):
    return podium()


@pytest.fixture
def appeal(stage, moderator, leader):
    return AppealFactory(publication=published(stage, moderator, leader), idea=stage.ideas[1])


def page_of(appeal, part=""):
    return f"/quan-tri/khieu-nai/{appeal.id}{part}"


def test_it_is_taken_up_and_answered_with_its_history(browser, appeal, moderator):
    staff = browser.as_(moderator)

    staff.post(page_of(appeal, "/nhan"), {"version": appeal.version}, status=302)
    staff.post(
        page_of(appeal, "/tra-loi"),
        {"version": appeal.version, "decision": "rejected", "answer": ANSWER},
        status=302,
    )

    assert (appeal.state, appeal.answer) == (S.REJECTED, ANSWER)
    assert (appeal.taken_by_id, appeal.answered_by_id) == (moderator.id, moderator.id)
    page = staff.get(page_of(appeal), queries=25)
    assert "Bắt đầu xem xét khiếu nại" in page
    assert "Không chấp nhận khiếu nại" in page
    author = db.session.get(User, appeal.filed_by_id)
    own = browser.as_(author).get(f"/cua-toi/{appeal.idea.public_id}/khieu-nai")
    assert ANSWER in own
    assert moderator.full_name not in own.html


STEPS = {
    "take_up": lambda who, appeal: service.take_up(who, appeal, version=appeal.version),
    "uphold": lambda who, appeal: service.answer_appeal(
        who, appeal, upheld=True, answer=ANSWER, version=appeal.version
    ),
    "reject": lambda who, appeal: service.answer_appeal(
        who, appeal, upheld=False, answer=ANSWER, version=appeal.version
    ),
    "withdraw": lambda _who, appeal: service.withdraw_appeal(
        db.session.get(User, appeal.filed_by_id), appeal, version=appeal.version
    ),
}
ENDS_IN = {
    ("take_up", S.RECEIVED): S.TAKEN_UP,
    ("uphold", S.TAKEN_UP): S.UPHELD,
    ("reject", S.TAKEN_UP): S.REJECTED,
    ("withdraw", S.RECEIVED): S.WITHDRAWN,
    ("withdraw", S.TAKEN_UP): S.WITHDRAWN,
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state(stage, moderator, leader, step, state):
    appeal = AppealFactory(publication=published(stage, moderator, leader), idea=stage.ideas[1], state=state)

    if (step, state) in ENDS_IN:
        with transaction():
            STEPS[step](moderator, appeal)
        assert appeal.state is ENDS_IN[step, state]
    else:
        with pytest.raises(WrongState), transaction():
            STEPS[step](moderator, appeal)
        assert appeal.state is state


def grant(person, role):
    db.session.add(RoleGrant(user_id=person.id, role=role, given_at=now()))
    db.session.commit()
    db.session.expire_all()


@pytest.mark.parametrize("stake", ["author", "judge"])
@pytest.mark.parametrize("role", [Role.LEADER, Role.MODERATOR, Role.ADMINISTRATOR])
def test_nobody_answers_an_appeal_they_have_a_stake_in(browser, stage, appeal, stake, role):
    person = db.session.get(User, appeal.filed_by_id) if stake == "author" else stage.made.judges[0]
    grant(person, role)

    page = browser.as_(person).get(page_of(appeal))
    browser.as_(person).post(page_of(appeal, "/nhan"), {"version": appeal.version}, status=404)

    assert "Bạn chỉ đọc." in page
    assert "Nhận giải quyết" not in page
    with pytest.raises((NotFound, NotAllowed)), transaction():
        service.take_up(person, appeal, version=appeal.version)
    assert appeal.state is S.RECEIVED


def test_a_judge_of_other_ideas_has_no_stake(stage, appeal):
    outsider = UserFactory(role=Role.JUDGE)
    grant(outsider, Role.LEADER)

    assert can(outsider, Action.APPEAL_ANSWER, appeal)


def test_the_database_itself_refuses_who_answers_their_own(appeal):
    appeal.answered_by_id = appeal.filed_by_id

    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_an_answer_without_reasons_is_given_back(browser, appeal, moderator):
    with transaction():
        service.take_up(moderator, appeal, version=appeal.version)

    page = browser.as_(moderator).post(
        page_of(appeal, "/tra-loi"),
        {"version": appeal.version, "decision": "upheld", "answer": "Đồng ý."},
        status=422,
    )

    assert page.value_of("answer").strip() == "Đồng ý."
    assert "ít nhất 30 ký tự" in page.errors()["answer"]
    assert appeal.state is S.TAKEN_UP


def test_two_who_answer_at_once_answer_once(app, appeal, moderator, leader):
    with transaction():
        service.take_up(moderator, appeal, version=appeal.version)
    ids, version = (moderator.id, leader.id, appeal.id), appeal.version

    def answer(person_id, upheld):
        def prepare():
            person, found = row(User, person_id), row(Appeal, ids[2])
            return lambda: service.answer_appeal(person, found, upheld=upheld, answer=ANSWER, version=version)

        return prepare

    ended = together(app, answer(ids[0], upheld=True), answer(ids[1], upheld=False))

    assert sorted(ended) == ["Stale", "done"]
    answers = [
        e.kind for e in db.session.query(Event).filter(Event.kind.in_(["appeal.upheld", "appeal.rejected"]))
    ]
    assert answers == [f"appeal.{appeal.state}"]


def test_the_author_is_written_to_with_the_answer(appeal, moderator):
    with transaction():
        service.take_up(moderator, appeal, version=appeal.version)
    with transaction():
        service.answer_appeal(moderator, appeal, upheld=True, answer=ANSWER, version=appeal.version)

    run_once()

    mail = db.session.query(Mail).filter_by(template="appeal_answered").one()
    assert mail.user_id == appeal.filed_by_id
    assert ANSWER in mail.body
    assert "chấp nhận khiếu nại KN-" in mail.body


def test_the_queue_shows_what_waits_the_most_pressing_first(browser, stage, moderator, leader):
    publication = published(stage, moderator, leader)
    late = AppealFactory(
        publication=publication,
        idea=stage.ideas[0],
        filed_at=now() - timedelta(days=30),
        due_on=today() - timedelta(days=1),
    )
    fresh = AppealFactory(publication=publication, idea=stage.ideas[1])
    done = AppealFactory(publication=publication, idea=stage.ideas[2], state=S.REJECTED)

    page = browser.as_(moderator).get("/quan-tri/khieu-nai", queries=12)

    assert page.text.index(late.code) < page.text.index(fresh.code)
    assert done.code not in page
    assert "Quá hạn" in page
    assert "2 khiếu nại đang chờ" in page
    over = browser.as_(moderator).get("/quan-tri/khieu-nai?xem=da-xong")
    assert done.code in over
    assert fresh.code not in over


def test_the_queue_is_paged(browser, stage, moderator, leader):
    publication = published(stage, moderator, leader)
    for _ in range(21):
        AppealFactory(publication=publication, idea=stage.ideas[0], state=S.WITHDRAWN)

    page = browser.as_(moderator).get("/quan-tri/khieu-nai?xem=da-xong", queries=12)

    assert "/quan-tri/khieu-nai?xem=da-xong&trang=2" in page.links()


@pytest.mark.parametrize("role", [Role.YOUTH, Role.JUDGE, Role.OFFICER, Role.UNIT_CONTACT])
def test_who_may_not_read_appeals(browser, appeal, role):
    person = browser.as_(UserFactory(role=role))

    person.get("/quan-tri/khieu-nai", status=403)
    person.get(page_of(appeal), status=403)


def test_an_appeal_of_somebody_who_deleted_their_account_is_still_answered(browser, appeal, moderator):
    author = db.session.get(User, appeal.filed_by_id)
    name = author.full_name
    with transaction():
        erase(author, author)
    run_once()
    staff = browser.as_(moderator)

    page = staff.get(page_of(appeal))
    staff.post(page_of(appeal, "/nhan"), {"version": appeal.version}, status=302)
    staff.post(
        page_of(appeal, "/tra-loi"),
        {"version": appeal.version, "decision": "rejected", "answer": ANSWER},
        status=302,
    )
    run_once()

    assert name not in page.html
    assert db.session.get(Appeal, appeal.id).state is S.REJECTED
    answered = sa.select(Mail).where(Mail.template == "appeal_answered")
    assert db.session.scalars(answered).all() == []
