"""The team: invited by its leader, joined by each member's own yes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.accounts import links
from app.accounts.models import OneTimeLink, RoleGrant
from app.accounts.rules import LinkPurpose
from app.core.clock import now
from app.core.db import db, transaction
from app.core.events import Event
from app.ideas.models import Author
from app.ideas.rules import AuthorState, IdeaState
from app.permissions import Role
from tests.factories import CampaignFactory, IdeaFactory, UserFactory

INVITED, ACCEPTED = AuthorState.INVITED, AuthorState.ACCEPTED


def team_of(idea):
    """(address, state, share) of everybody who was ever asked, the leader first."""
    rows = db.session.execute(
        sa.select(Author.email, Author.state, Author.share_percent)
        .where(Author.idea_id == idea.id)
        .order_by(Author.id)
    )
    return [tuple(row) for row in rows]


def last_event():
    return db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()


def invite(mine, idea, email="ban@example.vn", share=30, status=302):
    return mine.post(
        f"/cua-toi/{idea.public_id}/doi",
        {"full_name": "Trần Bình", "email": email, "share_percent": share},
        status=status,
    )


def link_for(idea, email="ban@example.vn"):
    """The secret that the invitation mail would carry."""
    author = next(author for author in idea.authors if author.email == email)
    with transaction():
        return links.issue(LinkPurpose.COAUTHOR, data={"author_id": author.id})


@pytest.fixture
def idea(youth):
    return IdeaFactory(owner=youth)


@pytest.fixture
def friend(app):
    return UserFactory(email="ban@example.vn", full_name="Trần Thị Bình")


def test_leader_invites_at_a_share_out_of_their_own(browser, youth, idea):
    invite(browser.as_(youth), idea, email=" BAN@example.vn ")

    assert team_of(idea) == [(youth.email, ACCEPTED, 70), ("ban@example.vn", INVITED, 30)]
    assert (last_event().kind, last_event().object_type) == ("author.invited", "authors")
    assert "ban@example.vn" not in str(last_event().data)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "khong-phai-thu"}, "email"),
        ({"email": ""}, "email"),
        ({"share": 101}, "share_percent"),
        ({"share": "nửa"}, "share_percent"),
    ],
)
def test_invitation_that_cannot_be_sent_says_why_beside_the_field(browser, youth, idea, changes, field):
    page = invite(browser.as_(youth), idea, status=422, **changes)

    assert page.errors()[field]
    assert page.value_of("full_name") == "Trần Bình"
    assert len(team_of(idea)) == 1


def test_nobody_is_invited_twice(browser, youth, idea):
    mine = browser.as_(youth)
    invite(mine, idea)

    page = invite(mine, idea, status=422)

    assert "đã có trong đội" in page.errors()["email"]


def test_sixth_member_is_refused(browser, youth):
    idea = IdeaFactory(owner=youth, campaign=CampaignFactory(team_max=2))
    mine = browser.as_(youth)
    invite(mine, idea)

    invite(mine, idea, email="nua@example.vn", status=422)

    assert len(team_of(idea)) == 2


def test_member_who_does_not_lead_invites_nobody(browser, youth, idea, friend):
    invite(browser.as_(youth), idea)
    theirs = browser.as_(friend)
    theirs.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=302)

    invite(theirs, idea, email="nua@example.vn", status=409)

    assert len(team_of(idea)) == 2


def test_invitation_waits_in_the_friends_list_and_joins_by_their_own_yes(browser, youth, idea, friend):
    invite(browser.as_(youth), idea)
    theirs = browser.as_(friend)
    assert f"/cua-toi/{idea.public_id}/loi-moi" in theirs.get("/cua-toi", queries=12).links()
    theirs.get(f"/cua-toi/{idea.public_id}", status=404)
    assert idea.title in theirs.get(f"/cua-toi/{idea.public_id}/loi-moi")

    theirs.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=302)

    assert team_of(idea)[1] == ("ban@example.vn", ACCEPTED, 30)
    assert idea.owner_ids == {youth.id, friend.id}
    assert last_event().data["accepted"] is True
    theirs.get(f"/cua-toi/{idea.public_id}/sua")


def test_invitation_is_for_one_person_alone(browser, youth, idea):
    invite(browser.as_(youth), idea)
    stranger = browser.as_(UserFactory())

    stranger.get(f"/cua-toi/{idea.public_id}/loi-moi", status=404)
    stranger.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=404)

    assert team_of(idea)[1][1] is INVITED


def test_no_gives_the_share_back(browser, youth, idea, friend):
    invite(browser.as_(youth), idea)

    browser.as_(friend).post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "tu-choi"}, status=302)

    assert team_of(idea) == [(youth.email, ACCEPTED, 100), ("ban@example.vn", AuthorState.DECLINED, 0)]
    assert last_event().data["accepted"] is False


def test_who_declined_can_be_asked_again(browser, youth, idea, friend):
    mine = browser.as_(youth)
    invite(mine, idea)
    browser.as_(friend).post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "tu-choi"}, status=302)

    invite(mine, idea, share=10)

    assert team_of(idea) == [(youth.email, ACCEPTED, 90), ("ban@example.vn", INVITED, 10)]


def test_judge_of_the_campaign_cannot_join(browser, youth, idea, friend):
    invite(browser.as_(youth), idea)
    friend.grants.append(RoleGrant(role=Role.JUDGE, campaign_id=idea.campaign_id, given_at=now()))
    db.session.commit()

    browser.as_(friend).post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=409)

    assert team_of(idea)[1][1] is INVITED


def test_link_shows_the_draft_and_changes_nothing_by_being_opened(browser, youth, idea):
    invite(browser.as_(youth), idea)
    token = link_for(idea)

    page = browser.get(f"/dong-tac-gia/{token}")

    assert idea.title in page
    assert "b***@example.vn" in page
    assert "ban@example.vn" not in page.html
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert any("/dang-nhap?tiep=/dong-tac-gia/" in link for link in page.links())
    assert team_of(idea)[1][1] is INVITED
    assert db.session.scalars(sa.select(OneTimeLink.used_at)).all() == [None]


def test_yes_by_link_needs_the_account_of_that_mailbox(browser, youth, idea, friend):
    invite(browser.as_(youth), idea)
    token = link_for(idea)
    stranger = browser.as_(UserFactory())
    assert "đăng nhập bằng địa chỉ khác" in stranger.get(f"/dong-tac-gia/{token}")
    stranger.post(f"/dong-tac-gia/{token}", {"answer": "nhan"}, status=302)
    browser.post(f"/dong-tac-gia/{token}", {"answer": "nhan"}, status=302)
    assert team_of(idea)[1][1] is INVITED

    browser.as_(friend).post(f"/dong-tac-gia/{token}", {"answer": "nhan"}, status=302)

    assert team_of(idea)[1][1] is ACCEPTED
    browser.get(f"/dong-tac-gia/{token}", status=410)


def test_no_by_link_needs_no_account_and_uses_the_link_up(browser, youth, idea):
    invite(browser.as_(youth), idea)
    token = link_for(idea)

    browser.post(f"/dong-tac-gia/{token}", {"answer": "bao"}, status=302)

    assert team_of(idea)[1][1] is AuthorState.DECLINED
    assert (last_event().data["accepted"], last_event().data["reported"]) == (False, True)
    browser.post(f"/dong-tac-gia/{token}", {"answer": "tu-choi"}, status=410)


@pytest.mark.parametrize("token", ["khong-co", "x" * 500])
def test_link_that_is_none_says_so(browser, token):
    assert "không còn hiệu lực" in browser.get(f"/dong-tac-gia/{token}", status=410)


def test_member_whose_share_changed_is_asked_again_and_keeps_reading(browser, youth, idea, friend):
    mine, theirs = browser.as_(youth), browser.as_(friend)
    invite(mine, idea)
    theirs.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=302)
    leader, member = idea.authors

    page = mine.post(
        f"/cua-toi/{idea.public_id}/doi/ty-le",
        {f"share_{leader.id}": 50, f"share_{member.id}": 50},
        status=302,
    )

    assert page.location == f"/cua-toi/{idea.public_id}/doi"
    assert (member.share_percent, member.has_agreed) == (50, False)
    assert last_event().kind == "author.invited"
    assert "chờ xác nhận tỷ lệ mới" in mine.get(f"/cua-toi/{idea.public_id}/doi")
    theirs.get(f"/cua-toi/{idea.public_id}")
    theirs.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=302)
    assert member.has_agreed


def test_shares_that_do_not_make_a_hundred_are_refused(browser, youth, idea):
    mine = browser.as_(youth)
    invite(mine, idea)
    leader, member = idea.authors

    page = mine.post(
        f"/cua-toi/{idea.public_id}/doi/ty-le",
        {f"share_{leader.id}": 50, f"share_{member.id}": 40},
        status=422,
    )

    assert "bằng 100%" in page
    assert [share for _email, _state, share in team_of(idea)] == [70, 30]


def test_leader_takes_a_member_out(browser, youth, idea, friend):
    mine, theirs = browser.as_(youth), browser.as_(friend)
    invite(mine, idea)
    theirs.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=302)

    mine.post(f"/cua-toi/{idea.public_id}/doi/{idea.authors[1].id}/bo", status=302)

    assert team_of(idea) == [(youth.email, ACCEPTED, 100), ("ban@example.vn", AuthorState.REMOVED, 0)]
    theirs.get(f"/cua-toi/{idea.public_id}", status=404)


def test_nobody_takes_members_out_of_another_team(browser, youth, idea):
    other = IdeaFactory()

    browser.as_(youth).post(f"/cua-toi/{idea.public_id}/doi/{other.authors[0].id}/bo", status=404)

    assert other.authors[0].state is ACCEPTED


def test_member_leaves_by_themselves_and_the_leader_stays(browser, youth, idea, friend):
    mine, theirs = browser.as_(youth), browser.as_(friend)
    invite(mine, idea)
    theirs.post(f"/cua-toi/{idea.public_id}/loi-moi", {"answer": "nhan"}, status=302)

    theirs.post(f"/cua-toi/{idea.public_id}/doi/roi", status=302)
    mine.post(f"/cua-toi/{idea.public_id}/doi/roi", status=409)

    assert team_of(idea) == [(youth.email, ACCEPTED, 100), ("ban@example.vn", AuthorState.DECLINED, 0)]


def test_team_of_a_decided_idea_stands(browser, youth):
    idea = IdeaFactory(owner=youth, state=IdeaState.APPROVED)

    invite(browser.as_(youth), idea, status=409)

    assert len(team_of(idea)) == 1


def test_team_of_a_sent_idea_stays_as_it_was_checked(browser, youth):
    sent = IdeaFactory(owner=youth, state=IdeaState.SUBMITTED)

    page = invite(browser.as_(youth), sent, status=409)

    assert "đội không đổi được" in page
    assert len(team_of(sent)) == 1


def test_name_of_somebody_invited_is_one_line(browser, youth, idea):
    browser.as_(youth).post(
        f"/cua-toi/{idea.public_id}/doi",
        {"full_name": "Trần\r\nhttp://lua.dao\r\nBình", "email": "ban@example.vn", "share_percent": "10"},
    )

    assert [author.full_name for author in idea.team if not author.is_leader] == ["Trần http://lua.dao Bình"]
