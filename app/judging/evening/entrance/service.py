"""Personal links of a judge's evening: made, sent or printed, used by a press, revoked.

A link opens one round to one judge for some hours, on one browser at a time: whoever comes in by it again (a dead
battery, another browser) ends the session that it began before. The session may judge and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts import sessions
from app.accounts.models import LoginSession, User
from app.accounts.rules import UserState
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState
from app.core.events import Event, record
from app.core.i18n import _l
from app.core.tokens import hash_token, new_token
from app.judging.codes import codes_of
from app.judging.models import JudgeLink, PanelMember
from app.judging.rules import require_open
from app.permissions import Action as A
from app.permissions import require

PATH = "/vao-cham/"
VOID_AFTER = ("user.password_changed", "user.address_changed")
HOURS = (6, 12, 24, 72)  # how long a link may live; never beyond the round
USUAL_HOURS = 12


class Card(NamedTuple):
    """What is printed for one judge. The secret is shown now and never again."""

    name: str
    code: str
    secret: str
    expires_at: datetime


def invite_by_mail(
    actor: User, round_: Round, *, hours: int = USUAL_HOURS, chair: PanelMember | None = None
) -> int:
    """Every judge of the panel is sent a link of their own; the mails make the links, so nobody else sees one.

    By staff, or by the chair of the panel. Returns to how many.
    """
    if chair is None:
        require(actor, A.JUDGE_INVITE, round_)
    else:
        require(actor, A.PANEL_INVITE, chair)
    require_open(round_.state)
    judges = [judge.id for judge in _panel(round_)]
    if not judges:
        raise WrongState(_l("Vòng này chưa có giám khảo."))
    record("judges.invited", round_, actor, judge_ids=judges, hours=_known(hours))
    return len(judges)


def print_cards(actor: User, round_: Round, *, hours: int = USUAL_HOURS) -> list[Card]:
    """A card for every judge, to be handed over in the hall. Links made before no longer work."""
    require(actor, A.JUDGE_INVITE, round_)
    require_open(round_.state)
    codes = codes_of(round_)
    cards = []
    for judge in _panel(round_):
        link, secret = make(actor, round_, judge.id, hours=hours)
        cards.append(Card(judge.full_name, codes[judge.id], secret, link.expires_at))
    return cards


def make(actor: User | None, round_: Round, judge_id: int, *, hours: int) -> tuple[JudgeLink, str]:
    """A new link and its secret; the judge's earlier ones for this round are void."""
    for earlier in _alive(JudgeLink.round_id == round_.id, JudgeLink.judge_id == judge_id):
        earlier.voided_at = now()
        record("judge_link.voided", earlier, actor)
    secret, hashed = new_token()
    link = JudgeLink(
        token_hash=hashed,
        round_id=round_.id,
        judge_id=judge_id,
        made_at=now(),
        expires_at=min(now() + timedelta(hours=_known(hours)), round_.ends_at),
    )
    db.session.add(link)
    record("judge_link.made", link, actor, round_id=round_.id, judge_id=judge_id)
    return link, secret


def mailed(event: Event) -> list[tuple[int, JudgeLink, str]]:
    """The links that the mails of one invitation carry: (judge, link, secret). Nobody who got a newer one meanwhile."""
    round_ = db.session.get_one(Round, event.object_id)
    if round_.state is not RoundState.OPEN:
        return []
    newer = set(
        db.session.scalars(
            sa.select(JudgeLink.judge_id).where(
                JudgeLink.round_id == round_.id, JudgeLink.made_at > event.at, JudgeLink.voided_at.is_(None)
            )
        )
    )
    actor = db.session.get(User, event.actor_id) if event.actor_id else None
    here = {judge.id for judge in _panel(round_)}
    wanted = [judge for judge in event.data["judge_ids"] if judge in here - newer]
    return [(judge, *make(actor, round_, judge, hours=event.data["hours"])) for judge in wanted]


def find(secret: str) -> JudgeLink | None:
    """The link if it still opens something: not void or too old, round open, judge still on the panel.

    From the moment the judge has a new password or address it opens nothing; the worker may void it a little later.
    """
    changed = sa.exists().where(
        Event.object_type == User.__tablename__,
        Event.object_id == JudgeLink.judge_id,
        Event.kind.in_(VOID_AFTER),
        Event.at >= JudgeLink.made_at,
    )
    return next(
        iter(
            _alive(
                JudgeLink.token_hash == hash_token(secret),
                JudgeLink.expires_at > now(),
                ~changed,
                sa.exists().where(Round.id == JudgeLink.round_id, Round.state == RoundState.OPEN),
                sa.exists().where(User.id == JudgeLink.judge_id, User.state == UserState.ACTIVE),
                sa.exists().where(
                    PanelMember.round_id == JudgeLink.round_id, PanelMember.judge_id == JudgeLink.judge_id
                ),
            )
        ),
        None,
    )


def enter(link: JudgeLink) -> LoginSession:
    """A session that may only judge; the one that this link began before ends, and so does the browser's own."""
    _end_session(link)
    sessions.end_current()
    row = sessions.begin(link.judge, judging_only=True, until=link.expires_at)
    link.session_id, link.entered_at = row.id, now()
    record("judge_link.used", link, link.judge)
    return row


def revoke(actor: User, round_: Round, link: JudgeLink) -> None:
    """The link opens nothing any more, and who came in by it is out."""
    require(actor, A.JUDGE_INVITE, round_)
    if link.voided_at is not None:
        return
    link.voided_at = now()
    _end_session(link)
    record("judge_link.voided", link, actor)


def void_after_change(event: Event) -> None:
    """A new password or address: whatever was handed out before opens the account no more."""
    for link in _alive(JudgeLink.judge_id == event.object_id):
        link.voided_at = now()
        _end_session(link)
        record("judge_link.voided", link, None)


def links_of(round_: Round) -> dict[int, JudgeLink]:
    """The living link of each judge, by judge."""
    return {
        link.judge_id: link for link in _alive(JudgeLink.round_id == round_.id, JudgeLink.expires_at > now())
    }


def link_of(round_: Round, link_id: int) -> JudgeLink | None:
    link = db.session.get(JudgeLink, link_id)
    return link if link and link.round_id == round_.id else None


def _alive(*which: sa.ColumnElement[bool]) -> Iterable[JudgeLink]:
    return db.session.scalars(
        sa.select(JudgeLink).where(*which, JudgeLink.voided_at.is_(None)).order_by(JudgeLink.id)
    ).all()


def _end_session(link: JudgeLink) -> None:
    if link.session_id is not None:
        sessions.end(link.judge, session_id=link.session_id)


def _panel(round_: Round) -> list[User]:
    return list(
        db.session.scalars(
            sa.select(User)
            .join(PanelMember, PanelMember.judge_id == User.id)
            .where(PanelMember.round_id == round_.id, User.state == UserState.ACTIVE)
            .order_by(User.id)
        )
    )


def _known(hours: int) -> int:
    if hours not in HOURS:
        raise Invalid("hours", _l("Chọn thời gian trong danh sách."))
    return hours
