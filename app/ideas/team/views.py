"""Pages of the team: inviting, dividing, answering."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import links
from app.accounts.identity import me
from app.accounts.rules import LinkPurpose, hidden_address
from app.core.db import transaction
from app.core.i18n import _
from app.core.limits import by_account, by_address, by_target, limiter
from app.core.web import or_404
from app.ideas import queries
from app.ideas.access import own_idea
from app.ideas.models import Author, Idea
from app.ideas.rules import WRITABLE, AuthorState
from app.ideas.service import content_of
from app.ideas.team import service
from app.ideas.team.forms import ActForm, AnswerForm, InviteForm, SharesForm, shares_form
from app.ideas.wording import wording_of
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("teams", __name__)


@bp.route("/cua-toi/<public_id>/doi", methods=["GET", "POST"])
@needs(A.IDEA_WRITE)
@limiter.limit("20/hour", key_func=by_account, methods=["POST"])
@limiter.limit("3/hour", key_func=by_target("email"), methods=["POST"])
def team(public_id: str) -> ResponseReturnValue:
    """Who is in the team; its leader invites here."""
    idea = own_idea(public_id, A.IDEA_WRITE)
    form = InviteForm()
    if form.run(service.invite_author, me(), idea, **form.values):
        flash(_("Đã gửi thư mời tới %(name)s.", name=form.full_name.data), "ok")
        return redirect(url_for(".team", public_id=public_id))
    return _team_page(idea, form, None)


@bp.post("/cua-toi/<public_id>/doi/ty-le")
@needs(A.IDEA_WRITE)
@limiter.limit("20/hour", key_func=by_account)
def shares(public_id: str) -> ResponseReturnValue:
    idea = own_idea(public_id, A.IDEA_WRITE)
    form = shares_form(idea)
    if form.run(service.change_shares, me(), idea, **form.values):
        asked = ", ".join(author.full_name for author in form.result)
        flash(
            _("Đã đổi tỷ lệ. Chờ %(names)s xác nhận lại.", names=asked) if asked else _("Đã đổi tỷ lệ."), "ok"
        )
        return redirect(url_for(".team", public_id=public_id))
    return _team_page(idea, None, form)


@bp.post("/cua-toi/<public_id>/doi/<int:author_id>/bo")
@needs(A.IDEA_WRITE)
def remove_author(public_id: str, author_id: int) -> ResponseReturnValue:
    idea = own_idea(public_id, A.IDEA_WRITE)
    if ActForm().run(service.remove_author, me(), idea, author_id=author_id):
        flash(_("Đã bỏ khỏi đội; tỷ lệ trả về cho trưởng nhóm."), "ok")
    return redirect(url_for(".team", public_id=public_id))


@bp.post("/cua-toi/<public_id>/doi/roi")
@needs(A.IDEA_WRITE)
def leave(public_id: str) -> ResponseReturnValue:
    idea = own_idea(public_id, A.IDEA_WRITE)
    ActForm().run(service.leave_team, me(), idea)
    flash(_("Bạn đã rời đội."), "ok")
    return redirect(url_for("mine.home"))


@bp.route("/cua-toi/<public_id>/loi-moi", methods=["GET", "POST"])
@needs(A.IDEA_JOIN)
def invitation(public_id: str) -> ResponseReturnValue:
    """A team that waits for the answer of whoever is signed in; shows the draft before they say yes."""
    idea = or_404(queries.by_public_id(public_id))
    author = or_404(queries.invitation_of(idea, me()))
    form = AnswerForm()
    accept = form.answer.data == "nhan"
    if form.run(service.answer_invitation, me(), idea, accept=accept):
        return _answered(idea, accept)
    return _invitation_page(idea, author, form, answer_url=url_for(".invitation", public_id=public_id))


@bp.route("/dong-tac-gia/<token>", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
@limiter.limit("30/minute", key_func=by_address)
def invitation_link(token: str) -> ResponseReturnValue:
    """The link of the invitation mail: read first; yes needs the account of that mailbox, no does not."""
    g.no_referrer = True
    link = links.find(token, LinkPurpose.COAUTHOR)
    author = queries.author_by_id(link.data["author_id"]) if link else None
    if link is None or author is None or author.state is not AuthorState.INVITED:
        return render_template("ideas/invitation_over.html"), 410
    idea, person, form = author.idea, me(), AnswerForm()
    mine = person.is_authenticated and person.email == author.email
    if form.is_submitted() and form.validate():
        if form.answer.data == "nhan" and not mine:
            return redirect(url_for(".invitation_link", token=token))
        with transaction():
            links.consume(link)
            if form.answer.data == "nhan":
                service.answer_invitation(person, idea, accept=True)
            else:
                service.decline_by_link(author, reported=form.answer.data == "bao")
        return _answered(idea, form.answer.data == "nhan")
    here = url_for(".invitation_link", token=token)
    return _invitation_page(idea, author, form, answer_url=here, mine=mine, by_link=True)


def _team_page(idea: Idea, invite: InviteForm | None, shares: SharesForm | None) -> ResponseReturnValue:
    idea = queries.whole(idea)
    leader = idea.leader
    return render_template(
        "ideas/team.html",
        idea=idea,
        form=invite or shares,
        invite=invite or InviteForm(formdata=None),
        shares=shares or shares_form(idea),
        leads=leader is not None and leader.user_id == me().id,
        declined=[author for author in idea.authors if author.state is AuthorState.DECLINED],
        is_open=idea.state in WRITABLE,
    )


def _invitation_page(
    idea: Idea, author: Author, form: AnswerForm, *, answer_url: str, mine: bool = True, by_link: bool = False
) -> ResponseReturnValue:
    idea = queries.whole(idea)
    return render_template(
        "ideas/invitation.html",
        idea=idea,
        author=author,
        content=content_of(idea),
        topic=next((one for one in idea.campaign.topics if one.slug == wording_of(idea).topic), None),
        form=form,
        answer_url=answer_url,
        mine=mine,
        by_link=by_link,
        mailbox=hidden_address(author.email),
    )


def _answered(idea: Idea, accept: bool) -> ResponseReturnValue:
    if not accept:
        flash(_("Đã từ chối lời mời. Trưởng nhóm sẽ thấy câu trả lời."), "ok")
        return redirect(url_for("mine.home") if me().is_authenticated else "/")
    flash(_("Bạn đã vào đội của “%(title)s”.", title=idea.title or _("Bản nháp")), "ok")
    return redirect(url_for("mine.idea", public_id=idea.public_id))
