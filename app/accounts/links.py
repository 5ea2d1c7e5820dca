"""Links in mails that work once: issued by whoever writes the mail, followed and consumed on one page each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.models import OneTimeLink
from app.accounts.rules import HELD_BY_THE_PERSON, LINK_LIFE, LinkPurpose
from app.core.clock import now
from app.core.db import db
from app.core.errors import WrongState
from app.core.i18n import _l
from app.core.tokens import hash_token, new_token


def issue(purpose: LinkPurpose, *, user_id: int | None = None, data: dict[str, Any] | None = None) -> str:
    """A new link's secret, for the mail. Call inside a transaction; only its hash is kept."""
    raw, hashed = new_token()
    db.session.add(
        OneTimeLink(
            token_hash=hashed,
            purpose=purpose,
            user_id=user_id,
            data=data or {},
            created_at=now(),
            expires_at=now() + LINK_LIFE[purpose],
        )
    )
    db.session.flush()
    return raw


def find(raw: str, purpose: LinkPurpose) -> OneTimeLink | None:
    """The link if it still works, and works for this."""
    return db.session.execute(
        sa.select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_token(raw), OneTimeLink.purpose == purpose, *_alive()
        )
    ).scalar_one_or_none()


def consume(link: OneTimeLink) -> None:
    """Use the link up. Of two who press at once one is refused: WrongState."""
    used = db.session.execute(
        sa.update(OneTimeLink)
        .where(OneTimeLink.id == link.id, *_alive())
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise WrongState(_l("Liên kết này đã được dùng hoặc đã hết hạn. Hãy xin một liên kết mới."))


def void(user_id: int, purpose: LinkPurpose) -> None:
    """Links for this that were sent before no longer work."""
    _void(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose)


def void_all(user_id: int) -> None:
    """After a new password or address: nothing sent to the person before opens the account any more.

    Links that others hold (a guardian, a team mate) stay: they open nothing of the account.
    """
    _void(OneTimeLink.user_id == user_id, OneTimeLink.purpose.in_(HELD_BY_THE_PERSON))


def _void(*which: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.update(OneTimeLink)
        .where(*which, OneTimeLink.used_at.is_(None), OneTimeLink.voided_at.is_(None))
        .values(voided_at=now())
        .execution_options(synchronize_session=False)
    )


def _alive() -> tuple[sa.ColumnElement[bool], ...]:
    return (OneTimeLink.used_at.is_(None), OneTimeLink.voided_at.is_(None), OneTimeLink.expires_at > now())
