"""What an administrator does with mails that did not leave."""

from __future__ import annotations

from app.accounts.models import User
from app.core.clock import now
from app.core.db import lock_row
from app.core.errors import WrongState
from app.core.events import Outbox, OutboxState, record
from app.core.i18n import _l
from app.mail.models import Mail, MailState
from app.mail.outgoing import first_state
from app.permissions import Action, require

RETRIED = frozenset({MailState.PARKED, MailState.UNCERTAIN})


def retry_mail(actor: User, mail: Mail) -> None:
    """Send a mail again that was given up, or of which nobody knows whether it left."""
    require(actor, Action.MAIL_MANAGE, mail)
    lock_row(mail)
    if mail.state not in RETRIED:
        raise WrongState(_l("Thư này không chờ gửi lại. Hãy tải lại trang."))
    mail.state, mail.due_at, mail.tries, mail.leased_until = first_state(), now(), 0, None
    record("mail.retried", mail, actor)


def restart_reaction(actor: User, row: Outbox) -> None:
    """Let what follows an event be tried from the start; what it had done was rolled back."""
    require(actor, Action.MAIL_MANAGE, row)
    lock_row(row)
    if row.state is not OutboxState.PARKED:
        raise WrongState(_l("Việc này không còn dừng. Hãy tải lại trang."))
    row.state, row.due_at, row.tries, row.leased_until = OutboxState.WAITING, now(), 0, None
    record("reaction.restarted", row, actor, event_id=row.event_id)
