"""Pages of the moderators."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.audit import queries as audit
from app.context import work_nav
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import chosen, or_404, page_number
from app.gallery import queries as gallery
from app.ideas import queries as ideas
from app.ideas.models import Idea
from app.ideas.rules import IDEA_FLOW, IdeaState
from app.initiatives import queries as initiatives
from app.moderation import queries, service
from app.moderation.forms import DecisionForm, PhraseForm, ReasonForm, SeenPhraseForm
from app.moderation.models import Decision, SavedPhrase
from app.moderation.rules import ACTIONS, Outcome, needs_reason
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
    topics = gallery.topics()
    text, topic = request.args.get("q", "")[:100], chosen(request.args.get("linh-vuc"), topics)
    page = queries.queue(me(), state, text=text, topic=topic, number=page_number())
    return render_template(
        "moderation/queue.html",
        page=page,
        flags=queries.flags_in([row.id for row in page.items]),
        flag_words=FLAG_WORDS,
        waiting=queries.waiting(me()),
        states=queries.STATES,
        state=state,
        text=text,
        topic=topic,
        topics=topics,
        state_words=STATE_WORDS,
    )


@bp.get("/ly-do")
@needs(A.IDEA_MODERATE)
def phrases() -> ResponseReturnValue:
    """The reasons that moderators kept."""
    return render_template(
        "moderation/phrases.html", page=queries.kept_phrases(page_number()), outcome_words=OUTCOME_WORDS
    )


@bp.route("/ly-do/<int:phrase_id>", methods=["GET", "POST"])
@needs(A.IDEA_MODERATE)
def phrase(phrase_id: int) -> ResponseReturnValue:
    kept: SavedPhrase = or_404(queries.phrase_by_id(phrase_id))
    form = PhraseForm(text=kept.text, seen=kept.text)
    if form.run(service.change_phrase, me(), kept, text=form.text.data or "", seen=form.seen.data or ""):
        flash(_("Đã sửa lý do."), "ok")
        return redirect(url_for(".phrases"))
    return render_template(
        "moderation/phrase.html",
        phrase=kept,
        form=form,
        removal=SeenPhraseForm(formdata=None, seen=kept.text),
        outcome_words=OUTCOME_WORDS,
    )


@bp.post("/ly-do/<int:phrase_id>/xoa")
@needs(A.IDEA_MODERATE)
def delete_phrase(phrase_id: int) -> ResponseReturnValue:
    kept: SavedPhrase = or_404(queries.phrase_by_id(phrase_id))
    form = SeenPhraseForm()
    if form.run(service.delete_phrase, me(), kept, seen=form.seen.data or ""):
        flash(_("Đã xóa lý do. Các quyết định trước giữ nguyên lời."), "ok")
        return redirect(url_for(".phrases"))
    return redirect(url_for(".phrase", phrase_id=phrase_id))


@bp.get("/duyet/<code>")
@needs(A.IDEA_MODERATE)
def idea(code: str) -> ResponseReturnValue:
    return _page(_idea(code))


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
    return _page(found)


@bp.post("/duyet/<code>/tra-lai")
@needs(A.IDEA_RETURN)
def return_idea(code: str) -> ResponseReturnValue:
    done = _("Đã trả lại %(code)s để tác giả bổ sung.", code=code)
    return _decide_with_reason(code, Outcome.RETURNED, service.return_idea, done)


@bp.post("/duyet/<code>/khong-hop-le")
@needs(A.IDEA_REJECT)
def reject(code: str) -> ResponseReturnValue:
    done = _("%(code)s không hợp lệ.", code=code)
    return _decide_with_reason(code, Outcome.REJECTED, service.reject_idea, done)


@bp.post("/duyet/<code>/mo-lai")
@needs(A.IDEA_REOPEN)
def reopen(code: str) -> ResponseReturnValue:
    done = _("Đã mở lại %(code)s cho tác giả.", code=code)
    return _decide_with_reason(code, Outcome.REOPENED, service.reopen_idea, done)


def _idea(code: str) -> Idea:
    """An idea that has been sent, for those who moderate its campaign."""
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
        if form.keep.data:
            with transaction():
                service.keep_phrase(me(), outcome, form.reason.data or "")
        flash(done, "ok")
        return _onwards(found)
    return _page(found, refused=(outcome, form))


def _onwards(decided: Idea) -> ResponseReturnValue:
    """To the next idea that waits; back to the queue when there is none."""
    code = queries.next_waiting(me(), decided)
    return redirect(url_for(".idea", code=code) if code else url_for(".queue"))


def _page(found: Idea, refused: tuple[Outcome, ReasonForm] | None = None) -> ResponseReturnValue:
    """One idea with what helps to decide. A form that was refused is shown again as it was."""
    version, team = queries.version_of(found), queries.team_of(found)
    open_to = [
        outcome
        for outcome, action in ACTIONS.items()
        if IDEA_FLOW.can(found.state, action) and can(me(), action, found)
    ]
    forms = {outcome: _reason_form(found, outcome) for outcome in open_to if needs_reason(outcome)}
    if refused is not None:
        forms[refused[0]] = refused[1]
    return render_template(
        "moderation/idea.html",
        idea=found,
        version=version,
        sections=ideas.readable(version.sections),
        team=team,
        flags=queries.flags_of(version, team),
        promised=queries.promised_by(version.received_at, found.campaign.moderation_days),
        decisions=queries.decisions_of(found),
        similar=ideas.similar(found, limit=4),
        timeline=audit.timeline("ideas", found.id),
        reader=queries.reader_of(found, other_than=me().id),
        initiative=initiatives.of_idea(found.id),
        approve_form=DecisionForm(formdata=None, version=found.version_number)
        if Outcome.APPROVED in open_to
        else None,
        forms=forms,
        form=refused[1] if refused else None,
        flag_words=FLAG_WORDS,
        outcome_words=OUTCOME_WORDS,
        decision_words=DECISION_WORDS,
    )


def _reason_form(found: Idea, outcome: Outcome) -> ReasonForm:
    form = ReasonForm(prefix=outcome, formdata=None, version=found.version_number)
    form.offer(queries.phrases(outcome))
    return form
