"""The outbox of mails for administrators, and the demo's test mailbox."""

from __future__ import annotations

from typing import cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.models import User
from app.audit import queries as audit
from app.audit import words as event_words
from app.core.db import transaction
from app.core.forms import Form
from app.core.i18n import _
from app.core.logs import log
from app.core.security import on_this_machine
from app.core.web import or_404, page_number
from app.mail import deliver, queries, service, words
from app.mail.models import MailState
from app.permissions import Action, needs

bp = Blueprint("mail", __name__)
bp.record_once(lambda state: deliver.init_app(cast(Flask, state.app)))  # the mail server, for the worker


@bp.get("/quan-tri/thu")
@needs(Action.MAIL_MANAGE)
def outbox() -> ResponseReturnValue:
    state = request.args.get("trang-thai", "")
    address = request.args.get("q", "")
    chosen = MailState(state) if state in set(MailState) else None
    return render_template(
        "mail/outbox.html",
        page=queries.mails(state=chosen, address=address, number=page_number()),
        counts=queries.counts(),
        states=list(MailState),
        state=chosen,
        address=address,
        parked=queries.parked_reactions(),
        event_words=event_words.of,
        sends=bool(current_app.config["SETTINGS"].mail_server),
    )


@bp.get("/quan-tri/thu/<int:mail_id>")
@needs(Action.MAIL_MANAGE)
def mail(mail_id: int) -> ResponseReturnValue:
    g.no_referrer = True
    found = or_404(queries.mail_by_id(mail_id))
    log.info("security", what="mail_read", actor=me().id, mail=mail_id)
    return render_template(
        "mail/mail.html",
        mail=found,
        readable=queries.is_readable(found),
        purpose=words.purpose(found.template),
        history=audit.timeline("mails", mail_id),
        can_retry=found.state in service.RETRIED,
        parts=queries.parts(found.body, current_app.config["SETTINGS"].base_url),
    )


@bp.post("/quan-tri/thu/<int:mail_id>/gui-lai")
@needs(Action.MAIL_MANAGE)
def retry(mail_id: int) -> ResponseReturnValue:
    found = or_404(queries.mail_by_id(mail_id))
    form = Form()
    if form.validate_on_submit():
        with transaction():
            service.retry_mail(cast(User, me()), found)
        flash(_("Thư sẽ được gửi lại ngay."))
    return redirect(url_for(".mail", mail_id=mail_id))


@bp.post("/quan-tri/thu/viec/<int:outbox_id>/chay-lai")
@needs(Action.MAIL_MANAGE)
def restart(outbox_id: int) -> ResponseReturnValue:
    found = or_404(queries.outbox_row(outbox_id))
    form = Form()
    if form.validate_on_submit():
        with transaction():
            service.restart_reaction(cast(User, me()), found)
        flash(_("Việc này sẽ được chạy lại ngay."))
    return redirect(url_for(".outbox"))


# --- the demo's test mailbox


def only_here() -> None:
    """The demo only, and only for a browser on this very machine: mails hold links that open accounts."""
    if not (current_app.config["SETTINGS"].demo and on_this_machine()):
        abort(404)


@bp.get("/hop-thu-thu")
@needs(Action.MAILBOX_READ)
def test_mailbox() -> ResponseReturnValue:
    only_here()
    address = request.args.get("q", "")
    page = queries.mails(address=address, number=page_number())
    return unkept(render_template("mail/test_mailbox.html", page=page, address=address))


@bp.get("/hop-thu-thu/<int:mail_id>")
@needs(Action.MAILBOX_READ)
def test_mail(mail_id: int) -> ResponseReturnValue:
    only_here()
    g.no_referrer = True
    found = or_404(queries.mail_by_id(mail_id))
    parts = queries.parts(found.body, current_app.config["SETTINGS"].base_url)
    return unkept(
        render_template("mail/test_mail.html", mail=found, readable=queries.is_readable(found), parts=parts)
    )


def unkept(html: str) -> ResponseReturnValue:
    """Shown, and kept by no cache."""
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response
