"""Deleting one's own account: the person goes at once, ideas follow."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app import worker
from app.accounts.models import LoginSession, RoleGrant
from app.accounts.rules import UserState
from app.core import passwords
from app.core.clock import now
from app.core.db import db
from app.ideas.models import Answer, Author, Idea
from app.ideas.rules import AuthorState, IdeaState
from app.permissions import Role
from tests.factories import IdeaFactory, UserFactory

pytestmark = pytest.mark.postgres

PASSWORD = "con nước lớn đầu mùa"
HASH = passwords.hash_password(PASSWORD)
PROOF = {"current_password": PASSWORD, "sure": "y"}


@pytest.fixture
def mai(app):
    return UserFactory(email="mai@example.vn", full_name="Hoàng Ngọc Mai", password_hash=HASH)


def delete(browser, person, **changes):
    return browser.as_(person).post("/tai-khoan/xoa", {**PROOF, **changes}, status=302)


def follow_everything() -> None:
    while worker.react(20):
        pass
    db.session.expire_all()


def joins(person, idea, state=AuthorState.ACCEPTED):
    db.session.add(
        Author(
            idea=idea,
            user_id=person.id,
            email=person.email,
            full_name=person.full_name,
            state=state,
            invited_at=now(),
        )
    )
    db.session.commit()


def test_nothing_that_tells_who_it_was_is_left(browser, mai):
    delete(browser, mai)

    db.session.refresh(mai)
    assert mai.state is UserState.DEACTIVATED
    assert (mai.full_name, mai.birth_date, mai.password_hash, mai.search_text) == ("", None, "", "")
    assert "mai@" not in mai.email
    assert [consent for consent in mai.consents if consent.withdrawn_at is None] == []
    assert db.session.scalars(sa.select(LoginSession).where(LoginSession.revoked_at.is_(None))).all() == []


def test_the_browser_is_signed_out(browser, mai):
    here = browser.as_(mai)
    here.post("/tai-khoan/xoa", PROOF, status=302)

    here.get("/tai-khoan", status=302)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"current_password": "không phải"}, "Mật khẩu"), ({"sure": ""}, "Đánh dấu để xóa tài khoản.")],
)
def test_password_and_tick_are_asked(browser, mai, changes, said):
    answer = browser.as_(mai).post("/tai-khoan/xoa", {**PROOF, **changes}, status=422)

    assert said in answer.text
    db.session.refresh(mai)
    assert mai.full_name == "Hoàng Ngọc Mai"


def test_whoever_holds_an_office_gives_it_back_first(browser, mai):
    mai.grants.append(RoleGrant(role=Role.OFFICER, given_at=now()))
    db.session.commit()
    here = browser.as_(mai)

    assert "Chưa xóa được" in here.get("/tai-khoan/xoa").text
    here.post("/tai-khoan/xoa", PROOF, status=409)

    db.session.refresh(mai)
    assert mai.full_name == "Hoàng Ngọc Mai"


@pytest.mark.parametrize(
    ("state", "judged", "becomes"),
    [
        (IdeaState.SUBMITTED, False, IdeaState.WITHDRAWN),
        (IdeaState.APPROVED, False, IdeaState.WITHDRAWN),
        (IdeaState.APPROVED, True, IdeaState.APPROVED),
    ],
)
def test_sent_ideas_leave_the_contest_unless_they_are_being_judged(browser, mai, state, judged, becomes):
    idea = IdeaFactory(owner=mai, state=state, judging_started_at=now() if judged else None)

    delete(browser, mai)
    follow_everything()

    assert idea.state is becomes
    assert (idea.leader.full_name, idea.leader.email) == ("Tài khoản đã xóa", f"da-xoa-{mai.id}")


def test_own_drafts_are_deleted_and_other_teams_go_on_without(browser, mai):
    own = IdeaFactory(owner=mai)
    shared = IdeaFactory(owner=UserFactory(full_name="Trần Bình"))
    joins(mai, shared)

    delete(browser, mai)
    follow_everything()

    assert db.session.get(Idea, own.id) is None
    assert [author.full_name for author in shared.team] == ["Trần Bình"]
    assert db.session.scalars(sa.select(Answer).where(Answer.idea_id == own.id)).all() == []
