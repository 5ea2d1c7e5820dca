"""Pages of the moderators."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.audit import queries as audit
from app.context import work_nav
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import or_404, page_number
from app.gallery import queries as gallery
from app.ideas import queries as ideas
from app.ideas.models import Idea
from app.ideas.rules import IDEA_FLOW, IdeaState
from app.moderation import queries, service
from app.moderation.forms import DecisionForm, ReasonForm
from app.moderation.models import Decision
from app.moderation.rules import Outcome
from app.moderation.words import DECISION_WORDS, FLAG_WORDS, OUTCOME_WORDS, STATE_WORDS
from app.permissions import Action as A
from app.permissions import can, needs, require

bp = Blueprint("moderation", __name__, url_prefix="/quan-tri")


@bp.get("")
@needs(A.ACCOUNT_KEEP)
def home() -> ResponseReturnValue:
    """The home of whatever work this person has."""
    work = work_nav()
    return redirect(work[0][0] if work else "/cua-toi")


@bp.get("/duyet")
@needs(A.QUEUE_READ)
def queue() -> ResponseReturnValue:
    asked = request.args.get("trang-thai", IdeaState.SUBMITTED)
    state = IdeaState(asked) if asked in set(queries.STATES) else IdeaState.SUBMITTED
    text, topic = request.args.get("q", "")[:100], request.args.get("linh-vuc", "")
    return render_template(
        "moderation/queue.html",
        page=queries.queue(state, text=text, topic=topic, number=page_number()),
        waiting=queries.waiting(),
        states=queries.STATES,
        state=state,
        text=text,
        topic=topic,
        topics=gallery.choices()[0],
        state_words=STATE_WORDS,
    )


@bp.get("/duyet/<code>")
@needs(A.IDEA_MODERATE)
def idea(code: str) -> ResponseReturnValue:
    found = _idea(code)
    return _page(found, DecisionForm(version=found.version_number), {})


@bp.post("/duyet/<code>/nhan")
@needs(A.IDEA_MODERATE)
def claim(code: str) -> ResponseReturnValue:
    found = _idea(code)
    with transaction():
        service.claim_idea(me(), found)
    return redirect(url_for(".idea", code=code))


@bp.post("/duyet/<code>/hop-le")
@needs(A.IDEA_APPROVE)
def approve(code: str) -> ResponseReturnValue:
    found = _idea(code)
    form = DecisionForm()
    if form.run(service.approve_idea, me(), found, version=form.version.data):
        flash(_("%(code)s hợp lệ.", code=code), "ok")
        return _onwards(found)
    return _page(found, form, {})


@bp.post("/duyet/<code>/tra-lai")
@needs(A.IDEA_RETURN)
def return_idea(code: str) -> ResponseReturnValue:
    done = _("Đã trả lại %(code)s để tác giả bổ sung.", code=code)
    return _decide_with_reason(code, Outcome.RETURNED, service.return_idea, done)


@bp.post("/duyet/<code>/khong-hop-le")
@needs(A.IDEA_REJECT)
def reject(code: str) -> ResponseReturnValue:
    return _decide_with_reason(
        code, Outcome.REJECTED, service.reject_idea, _("%(code)s không hợp lệ.", code=code)
    )


@bp.post("/duyet/<code>/mo-lai")
@needs(A.IDEA_REOPEN)
def reopen(code: str) -> ResponseReturnValue:
    done = _("Đã mở lại %(code)s cho tác giả.", code=code)
    return _decide_with_reason(code, Outcome.REOPENED, service.reopen_idea, done)


def _idea(code: str) -> Idea:
    found: Idea = or_404(queries.by_code(code))
    require(me(), A.IDEA_MODERATE, found)
    return found


def _decide_with_reason(
    code: str, outcome: Outcome, command: Callable[..., Decision], done: str
) -> ResponseReturnValue:
    found = _idea(code)
    form = ReasonForm(prefix=outcome)
    form.offer(queries.phrases(outcome))
    if form.run(command, me(), found, reason=form.whole_reason, version=form.version.data):
        if form.keep.data and form.reason.data:
            with transaction():
                service.keep_phrase(me(), outcome, form.reason.data)
        flash(done, "ok")
        return _onwards(found)
    return _page(found, DecisionForm(formdata=None, version=found.version_number), {outcome: form})


def _onwards(decided: Idea) -> ResponseReturnValue:
    """To the next idea that waits; back to the queue when there is none."""
    code = queries.next_waiting(decided)
    return redirect(url_for(".idea", code=code) if code else url_for(".queue"))


def _page(found: Idea, approve_form: DecisionForm, typed: dict[Outcome, ReasonForm]) -> ResponseReturnValue:
    """One idea with what helps to decide. `typed`: a form that was refused, shown again as it was."""
    if found.version_number == 0:
        abort(404)
    version, team = queries.version_of(found), queries.team_of(found)
    forms = {}
    for outcome, action in (
        (Outcome.RETURNED, A.IDEA_RETURN),
        (Outcome.REJECTED, A.IDEA_REJECT),
        (Outcome.REOPENED, A.IDEA_REOPEN),
    ):
        if IDEA_FLOW.can(found.state, action) and can(me(), action, found):
            form = typed.get(outcome) or ReasonForm(
                prefix=outcome, formdata=None, version=found.version_number
            )
            form.offer(queries.phrases(outcome))
            forms[outcome.value] = form
    return render_template(
        "moderation/idea.html",
        idea=found,
        version=version,
        team=team,
        flags=queries.flags_of(version, team),
        decisions=queries.decisions_of(found),
        similar=ideas.similar(found),
        timeline=audit.timeline("ideas", found.id),
        reader=queries.reader_of(found, other_than=me().id),
        approve_form=approve_form,
        may_approve=IDEA_FLOW.can(found.state, A.IDEA_APPROVE) and can(me(), A.IDEA_APPROVE, found),
        forms=forms,
        flag_words=FLAG_WORDS,
        outcome_words=OUTCOME_WORDS,
        decision_words=DECISION_WORDS,
    )
