"""The team: the leader invites and divides the shares, each member answers for themselves."""

from __future__ import annotations

from collections.abc import Mapping

from app.accounts.models import User
from app.accounts.rules import mail_address, person_name
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, NotFound, WrongState
from app.core.events import record
from app.core.i18n import _
from app.ideas import queries
from app.ideas.completeness import organises
from app.ideas.models import Author, Idea
from app.ideas.rules import ON_TEAM, AuthorState, IdeaState, require_writable, shares_missing
from app.ideas.service import require_leader
from app.permissions import Action as A
from app.permissions import require


def invite_author(actor: User, idea: Idea, *, email: str, full_name: str, share_percent: int) -> Author:
    """Ask somebody into the team, at a share that comes out of the leader's own."""
    _lead(actor, idea)
    email, full_name = mail_address(email), person_name(full_name)
    author = next((one for one in idea.authors if one.email == email), None)
    if author is not None and author.state in ON_TEAM:
        raise Invalid("email", _("Người này đã có trong đội."))
    if len(idea.team) >= idea.campaign.team_max:
        raise Invalid("email", _("Đội nhiều nhất %(max)d người, kể cả bạn.", max=idea.campaign.team_max))
    _give_from_leader(idea, share_percent)
    if author is None:
        author = Author(email=email)
        idea.authors.append(author)
    author.full_name = full_name
    author.share_percent = share_percent
    author.state = AuthorState.INVITED
    author.share_agreed = True
    author.user_id = None
    author.invited_at = now()
    author.answered_at = None
    db.session.flush()
    record("author.invited", author, actor, idea_id=idea.id)
    return author


def change_shares(actor: User, idea: Idea, *, shares: Mapping[int, int]) -> list[Author]:
    """Divide the hundred percent anew; members whose share changed are asked again."""
    _lead(actor, idea)
    if missing := shares_missing([shares.get(author.id, author.share_percent) for author in idea.team]):
        raise Invalid("", missing.text)
    asked = []
    for author in idea.team:
        share = shares.get(author.id, author.share_percent)
        if share == author.share_percent:
            continue
        author.share_percent = share
        if not author.is_leader and author.state is AuthorState.ACCEPTED:
            author.share_agreed = False
            author.invited_at = now()
            asked.append(author)
    db.session.flush()
    for author in asked:
        record("author.invited", author, actor, idea_id=idea.id)
    return asked


def remove_author(actor: User, idea: Idea, *, author_id: int) -> None:
    """Take a member or an invitation out of the team; the share goes back to the leader."""
    _lead(actor, idea)
    author = next((one for one in idea.team if one.id == author_id and not one.is_leader), None)
    if author is None:
        raise NotFound
    _take_out(idea, author, AuthorState.REMOVED)
    record("author.removed", author, actor, idea_id=idea.id)


def answer_invitation(actor: User, idea: Idea, *, accept: bool) -> Author:
    """Say yes or no to a team that asks this person: to join it, or to a share that was changed."""
    require(actor, A.IDEA_JOIN)
    queries.hold(idea)
    author = queries.invitation_of(idea, actor)
    if author is None:
        raise WrongState(_("Lời mời này không còn hiệu lực."))
    require_open_team(idea)
    if not accept:
        return _decline(author, actor)
    if organises(actor, idea.campaign_id):
        raise WrongState(_("Bạn đang giữ vai trò trong cuộc thi này nên không dự thi được."))
    author.user_id = actor.id
    author.full_name = actor.full_name
    author.state = AuthorState.ACCEPTED
    author.share_agreed = True
    author.answered_at = now()
    record("author.answered", author, actor, idea_id=author.idea_id, accepted=True)
    return author


def decline_by_link(author: Author, *, reported: bool = False) -> Author:
    """Whoever holds the link may say no, with or without an account; `reported`: and wants the organisers to know."""
    queries.hold(author.idea)
    if author.state is not AuthorState.INVITED:
        raise WrongState(_("Lời mời này không còn hiệu lực."))
    return _decline(author, None, reported=reported)


def leave_team(actor: User, idea: Idea) -> None:
    """A member goes; the leader stays as long as the idea does."""
    require(actor, A.IDEA_WRITE, idea)
    queries.hold(idea)
    require_open_team(idea)
    author = next((one for one in idea.team if one.user_id == actor.id and not one.is_leader), None)
    if author is None:
        raise WrongState(_("Trưởng nhóm không rời đội được; hãy rút bài nếu không làm nữa."))
    _decline(author, actor)


def _decline(author: Author, actor: User | None, *, reported: bool = False) -> Author:
    _take_out(author.idea, author, AuthorState.DECLINED)
    author.answered_at = now()
    record("author.answered", author, actor, idea_id=author.idea_id, accepted=False, reported=reported)
    return author


def _take_out(idea: Idea, author: Author, state: AuthorState) -> None:
    if idea.leader is not None:
        idea.leader.share_percent += author.share_percent
    author.share_percent = 0
    author.state = state


def _give_from_leader(idea: Idea, share_percent: int) -> None:
    leader = idea.leader
    if leader is None or not 0 <= share_percent <= leader.share_percent:
        rest = leader.share_percent if leader else 0
        raise Invalid("share_percent", _("Phần của trưởng nhóm chỉ còn %(n)d%% để chia.", n=rest))
    leader.share_percent -= share_percent


def _lead(actor: User, idea: Idea) -> None:
    require(actor, A.IDEA_WRITE, idea)
    queries.hold(idea)
    require_leader(actor, idea)
    require_open_team(idea)


def require_open_team(idea: Idea) -> None:
    """A team that was sent stays as it was checked; it opens again when the idea is returned. Raises WrongState."""
    require_writable(idea.state)
    if idea.state is IdeaState.SUBMITTED:
        raise WrongState(
            _("Bài đã gửi nên đội không đổi được. Cần đổi, nhờ Ban Tổ chức trả lại bài để bổ sung.")
        )
