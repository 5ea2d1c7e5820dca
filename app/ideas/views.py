"""Pages of the authors: beginning, writing, sending, withdrawing."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns import queries as campaigns
from app.campaigns.models import Topic
from app.core import formats
from app.core.clock import received_at
from app.core.db import transaction
from app.core.errors import Invalid, Refused, Stale, WrongState
from app.core.i18n import _
from app.core.limits import by_account, limiter
from app.core.richtext import from_input, to_text
from app.core.text import looks_like_old_encoding
from app.core.web import csrf, or_404
from app.ideas import queries, service
from app.ideas.access import keeps_text, own_idea
from app.ideas.completeness import completeness_of, parts_of
from app.ideas.forms import DraftForm, StartForm, SubmitForm, WithdrawForm, draft_form, kept_values
from app.ideas.models import Idea
from app.ideas.rules import (
    IDEA_FLOW,
    PUBLIC,
    WRITABLE,
    AlreadyDone,
    IdeaState,
    Incomplete,
    Late,
    Missing,
    deadline_of,
    may_submit_at,
)
from app.ideas.wording import wording_of
from app.mine.queries import Answer, answers
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("ideas", __name__)

NO_SCRIPTS = "khong-script"  # sent by <noscript> alone
# where to go after saving, by the button that was pressed
AFTER_SAVING = {"xem": "ideas.preview", "doi": "teams.team", "tep": "attachments.files"}


@bp.route("/nop-y-tuong", methods=["GET", "POST"])
@needs(A.IDEA_CREATE)
@limiter.limit("30/hour", key_func=by_account, methods=["POST"])
def start() -> ResponseReturnValue:
    """Choose a campaign when several take ideas, and begin."""
    open_now = campaigns.open_for_ideas()
    form = StartForm()
    form.campaign.choices = [(row.slug, row.name) for row in open_now]
    if request.method == "GET" and open_now:
        form.campaign.data = open_now[0].slug
    chosen = next((row for row in open_now if row.slug == form.campaign.data), None)
    if form.is_submitted():
        chosen = or_404(chosen)
        try:
            if form.run(service.create_draft, me(), chosen, once_key=form.once_key.data):
                return redirect(url_for(".edit", public_id=form.result.public_id))
        except AlreadyDone:
            earlier = queries.by_once_key(form.once_key.data or "")
            if earlier is None or earlier.created_by_id != me().id:
                raise
            return redirect(url_for(".edit", public_id=earlier.public_id))
    closing = {row.slug: _("Hạn nộp %(when)s", when=formats.deadline(row.closes_at)) for row in open_now}
    return render_template("ideas/start.html", form=form, campaigns=open_now, closing=closing)


@bp.route("/cua-toi/<public_id>/sua", methods=["GET", "POST"])
@keeps_text
@needs(A.IDEA_WRITE)
def edit(public_id: str) -> ResponseReturnValue:
    idea = queries.whole(own_idea(public_id, A.IDEA_WRITE))
    if request.method == "GET" and idea.state not in WRITABLE:
        flash(_("Bài này đã khóa, không sửa được nữa."), "info")
        return redirect(url_for("mine.idea", public_id=public_id))
    if request.method == "POST":
        session[NO_SCRIPTS] = NO_SCRIPTS in request.form
    form = draft_form(idea, plain=session.get(NO_SCRIPTS, False))
    try:
        if form.run(service.save_draft, me(), idea, **form.values):
            return _after_saving(idea)
    except Stale:
        return _conflict(idea, form)
    except WrongState as refused:
        form.refuse(Invalid("", refused.message))
        g.status = 409
    if form.csrf_token.errors:
        form.csrf_token.errors = [_("Phiên làm việc đã đổi từ khi mở trang. Bài vẫn còn đây, hãy lưu lại.")]
    return _edit_page(idea, form)


@bp.post("/cua-toi/<public_id>/luu")
@keeps_text
@needs(A.IDEA_WRITE)
@limiter.limit("120/minute", key_func=by_account)
def autosave(public_id: str) -> ResponseReturnValue:
    """What is typed, saved as one types (docs: the autosave contract of static/js/autosave.js)."""
    csrf.protect()  # on 400 the script asks for a fresh token and sends again
    try:
        with transaction():
            idea = queries.whole(own_idea(public_id, A.IDEA_WRITE))
            form = draft_form(idea)
            if not form.validate():
                return jsonify(
                    message=next(str(text) for texts in form.errors.values() for text in texts)
                ), 422
            service.save_draft(me(), idea, **form.values)
            completeness = completeness_of(idea, me())
    except Stale:
        idea = queries.whole(own_idea(public_id, A.IDEA_WRITE))
        return jsonify(conflict=True, version=idea.version, theirs=_theirs(idea)), 409
    except Refused as refused:
        return jsonify(message=str(refused.message)), refused.status
    return jsonify(
        ok=True,
        version=idea.version,
        saved_at=formats.clock_time(idea.saved_at),
        missing=[{"text": str(one.text), "href": href_of(one)} for one in completeness.missing],
        done=completeness.done,
        total=completeness.total,
    )


@bp.get("/cua-toi/<public_id>/xem-truoc")
@needs(A.IDEA_WRITE)
def preview(public_id: str) -> ResponseReturnValue:
    """The idea as judges will read it."""
    idea = queries.whole(own_idea(public_id, A.IDEA_WRITE))
    if not IDEA_FLOW.can(idea.state, A.IDEA_SUBMIT):
        return redirect(url_for("mine.idea", public_id=public_id))
    content = service.content_of(idea)
    words = " ".join(
        [content["title"], content["summary"], *(to_text(one["html"]) for one in content["sections"])]
    )
    return render_template(
        "ideas/preview.html",
        idea=idea,
        content=content,
        words=wording_of(idea).words,
        old_encoding=looks_like_old_encoding(words),
        unchanged=service.is_unchanged(idea),
        topic=topic_of(idea),
        completeness=completeness_of(idea, me()),
        deadline=_deadline(idea),
        in_time=_in_time(idea),
        href_of=href_of,
    )


@bp.route("/cua-toi/<public_id>/nop", methods=["GET", "POST"])
@needs(A.IDEA_SUBMIT)
@limiter.limit("10/minute", key_func=by_account, methods=["POST"])
def submit(public_id: str) -> ResponseReturnValue:
    idea = own_idea(public_id, A.IDEA_SUBMIT)
    if request.method == "GET" and not IDEA_FLOW.can(idea.state, A.IDEA_SUBMIT):
        return redirect(url_for("mine.idea", public_id=public_id))
    form = SubmitForm(version=idea.version)
    late = ""
    try:
        if form.run(service.submit_idea, me(), idea, **form.values):
            return _sent(public_id, form.result.number)
    except AlreadyDone:
        earlier = queries.version_by_key(form.once_key.data or "")
        if earlier is not None and earlier.idea_id == idea.id:
            return _sent(public_id, earlier.number)
        return redirect(url_for(".preview", public_id=public_id))  # another idea's key: nothing was sent here
    except Stale:
        flash(_("Bài vừa được sửa từ khi bạn mở trang gửi. Hãy xem lại rồi gửi."), "warn")
        return redirect(url_for(".preview", public_id=public_id))
    except Incomplete:
        g.status = 422
    except Late as refused:
        late, g.status = refused.message, 409
    idea = queries.whole(idea)
    return render_template(
        "ideas/submit.html",
        idea=idea,
        title=wording_of(idea).title,
        form=form,
        late=late,
        unchanged=service.is_unchanged(idea),
        completeness=completeness_of(idea, me()),
        deadline=_deadline(idea),
        in_time=_in_time(idea),
        href_of=href_of,
    )


@bp.route("/cua-toi/<public_id>/rut", methods=["GET", "POST"])
@needs(A.IDEA_WITHDRAW)
def withdraw(public_id: str) -> ResponseReturnValue:
    idea = own_idea(public_id, A.IDEA_WITHDRAW)
    if request.method == "GET" and not IDEA_FLOW.can(idea.state, A.IDEA_WITHDRAW):
        return redirect(url_for("mine.idea", public_id=public_id))
    form = WithdrawForm(version=idea.version)
    if form.run(service.withdraw_idea, me(), idea, **form.values):
        flash(_("Đã rút “%(title)s”.", title=idea.title or _("Bản nháp")), "ok")
        return redirect(url_for("mine.home"))
    return render_template("ideas/withdraw.html", idea=idea, form=form)


def href_of(missing: Missing) -> str:
    """Where on the writing page (or elsewhere) this is mended."""
    elsewhere = {"account": "/tai-khoan", "team": "#doi", "total": "#cac-phan"}
    return elsewhere.get(missing.field, f"#{missing.field}")


def _after_saving(idea: Idea) -> ResponseReturnValue:
    pressed = request.form.get("viec", "luu")
    if pressed in AFTER_SAVING:
        return redirect(url_for(AFTER_SAVING[pressed], public_id=idea.public_id))
    flash(_("Đã lưu nháp lúc %(time)s.", time=formats.clock_time(idea.saved_at)), "ok")
    return redirect(url_for(".edit", public_id=idea.public_id))


def topic_of(idea: Idea) -> Topic | None:
    """The topic that stands in the text as it is now, sent or not."""
    slug = wording_of(idea).topic
    return next((topic for topic in idea.campaign.topics if topic.slug == slug), None)


def _edit_page(idea: Idea, form: DraftForm) -> ResponseReturnValue:
    if form.is_submitted():  # the refused command left nothing loaded
        idea = queries.whole(idea)
    return render_template(
        "ideas/edit.html",
        idea=idea,
        form=form,
        parts=parts_of(idea),
        completeness=completeness_of(idea, me()),
        similar=queries.similar(idea, states=PUBLIC),
        deadline=_deadline(idea),
        in_time=_in_time(idea),
        href_of=href_of,
        returned=_last_answer(idea) if idea.state is IdeaState.RETURNED else None,
    )


def _last_answer(idea: Idea) -> Answer | None:
    """What the moderator wrote when the idea came back."""
    return next(iter(answers([idea.id]).get(idea.id, [])), None)


def _conflict(idea: Idea, form: DraftForm) -> ResponseReturnValue:
    """Both texts side by side; the person decides which one stays."""
    idea = queries.whole(idea)
    theirs = kept_values(idea)
    names = [name for name in theirs if name != "version"]
    page = render_template(
        "ideas/conflict.html",
        idea=idea,
        mine=[(form[name].label.text, _readable(form, name, form[name].data)) for name in names],
        theirs=[(form[name].label.text, _readable(form, name, theirs[name])) for name in names],
        typed={name: form[name].data or "" for name in names},
    )
    return make_response(page, 409)


def _readable(form: DraftForm, name: str, value: Any) -> str:
    if name == "topic":
        return next((words for slug, words, *_rest in form.topic.iter_choices() if slug == value), "")
    return to_text(from_input(value)) if name.startswith("p_") and value else str(value or "")


def _theirs(idea: Idea) -> dict[str, Any]:
    return {name: value for name, value in kept_values(idea).items() if name != "version"}


def _sent(public_id: str, number: int) -> ResponseReturnValue:
    found = or_404(queries.by_public_id(public_id))
    if number > 1:
        flash(_("Đã gửi phiên bản %(n)d của %(code)s.", n=number, code=found.code), "ok")
    else:
        flash(_("Đã gửi ý tưởng, mã bài là %(code)s.", code=found.code), "ok")
    return redirect(url_for("mine.idea", public_id=public_id))


def _deadline(idea: Idea) -> Any:
    return deadline_of(idea.state, idea.campaign.closes_at, idea.return_due_at)


def _in_time(idea: Idea) -> bool:
    return may_submit_at(idea.state, received_at(), idea.campaign.closes_at, idea.return_due_at)
