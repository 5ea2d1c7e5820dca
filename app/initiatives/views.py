"""The officers' queue and the public tracker."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.core.clock import today
from app.core.db import transaction
from app.core.errors import Stale, WrongState
from app.core.i18n import _
from app.core.limits import by_account, limiter
from app.core.uploads import LIMIT_BYTES
from app.core.web import chosen, csrf, or_404, page_number
from app.gallery import queries as gallery
from app.ideas import queries as ideas
from app.ideas.rules import AlreadyDone
from app.initiatives import queries, service, steps
from app.initiatives.forms import FILES_MAX, NewForm
from app.initiatives.models import Initiative
from app.initiatives.queue import OVERDUE, QueueFilters, counts, queued, unit_choices
from app.initiatives.rules import INITIATIVE_FLOW, is_overdue
from app.initiatives.tracker import PublicFilters, public_counts, tracked
from app.initiatives.words import KIND_WORDS, STATE_WORDS
from app.permissions import Action as A
from app.permissions import can, needs, require

bp = Blueprint("initiatives", __name__)

FILES_LIMIT_BYTES = (FILES_MAX + 1) * LIMIT_BYTES  # every file, and the form around them


@bp.get("/hang-doi")
@needs(A.TRACKER_READ)
def queue() -> ResponseReturnValue:
    units, topics = unit_choices(), gallery.topics()
    filters = QueueFilters(
        state=request.args.get("trang-thai", ""),
        unit=chosen(request.args.get("don-vi"), units),
        topic=chosen(request.args.get("linh-vuc"), topics),
        kind=request.args.get("loai", ""),
        text=request.args.get("q", "")[:100],
    )
    return render_template(
        "initiatives/queue.html",
        page=queued(me(), filters, page_number()),
        counts=counts(me()),
        filters=filters,
        units=units,
        topics=topics,
        kinds=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        state_words=STATE_WORDS,
        kind_words=KIND_WORDS,
        OVERDUE=OVERDUE,
    )


@bp.route("/hang-doi/moi", methods=["GET", "POST"])
@needs(A.INITIATIVE_CREATE)
def new() -> ResponseReturnValue:
    form = NewForm(source_unit_id=getattr(me(), "unit_id", None))
    form.source_unit_id.choices = queries.units_of(me())
    form.topic_id.choices = queries.topic_choices()
    try:
        if form.run(service.create_initiative, me(), **form.values):
            return _entered(form.result)
    except AlreadyDone:
        return _entered(or_404(queries.by_once_key(form.once_key.data or "")))
    return render_template("initiatives/new.html", form=form)


def _entered(initiative: Initiative) -> ResponseReturnValue:
    flash(_("Đã ghi vào hàng đợi với mã %(code)s.", code=initiative.code), "ok")
    return redirect(url_for(".one", code=initiative.code))


@bp.get("/hang-doi/<code>")
@needs(A.TRACKER_READ)
def one(code: str) -> ResponseReturnValue:
    initiative = _initiative(code)
    return render_template(
        "initiatives/one.html",
        initiative=initiative,
        overdue=is_overdue(initiative.state, initiative.due_on, today()),
        updates=queries.updates_of(initiative),
        steps=steps.offered(me(), initiative),
        kind_words=KIND_WORDS,
    )


@bp.route("/hang-doi/<code>/<address>", methods=["GET", "POST"])
@csrf.exempt  # the form checks the token itself, once the limit of this route is set: it lies in the body
@needs(A.TRACKER_READ)
@limiter.limit("30/minute", key_func=by_account, methods=["POST"])
def step(code: str, address: str) -> ResponseReturnValue:
    """One step as a page of its own."""
    request.max_content_length = FILES_LIMIT_BYTES
    initiative, page = _initiative(code), or_404(steps.by_address(address))
    require(me(), page.action, initiative)
    form = steps.form_for(page, initiative)
    try:
        if form.run(steps.take, page, me(), initiative, form):
            flash(f"{code}: {page.done}", "ok")
            return redirect(url_for(".one", code=code))
    except (Stale, WrongState) as refused:
        raise Stale(refused.message, mine=form.typed, theirs=queries.last_words(initiative)) from refused
    if not form.is_submitted():
        INITIATIVE_FLOW.after(initiative.state, page.step)
    return render_template("initiatives/step.html", initiative=initiative, page=page, form=form)


@bp.post("/y-tuong/<code>/chuyen-tiep")
@needs(A.INITIATIVE_FORWARD)
def forward(code: str) -> ResponseReturnValue:
    """Hand an idea to the queue by a button, from the moderators' or the officers' side."""
    idea = or_404(ideas.by_code(code))
    with transaction():
        initiative = service.forward_idea(me(), idea)
    flash(_("%(idea)s đã ở hàng đợi với mã %(code)s.", idea=code, code=initiative.code), "ok")
    here = ".one" if can(me(), A.TRACKER_READ, initiative) else ".public"
    return redirect(url_for(here, code=initiative.code))


@bp.get("/sang-kien")
@needs(A.PAGE_READ)
def tracker() -> ResponseReturnValue:
    topics, units = gallery.topics(), unit_choices()
    filters = PublicFilters(
        state=request.args.get("trang-thai", ""),
        unit=chosen(request.args.get("don-vi"), units),
        topic=chosen(request.args.get("linh-vuc"), topics),
    )
    return render_template(
        "initiatives/tracker.html",
        page=tracked(filters, page_number()),
        counts=public_counts(),
        filters=filters,
        state_words=STATE_WORDS,
        topics=topics,
        units=units,
    )


@bp.get("/sang-kien/<code>")
@needs(A.PAGE_READ)
def public(code: str) -> ResponseReturnValue:
    initiative: Initiative = or_404(queries.by_code(code))
    if not initiative.is_public:
        abort(404)
    idea = initiative.source_idea
    source = gallery.idea(idea.code) if idea and idea.code else None
    return render_template(
        "initiatives/public.html",
        initiative=initiative,
        # what its authors do not show is not shown here either
        summary=(source.summary if source else "") if idea else initiative.summary,
        overdue=is_overdue(initiative.state, initiative.due_on, today()),
        updates=queries.updates_of(initiative, only_public=True),
        source=source,
    )


def _initiative(code: str) -> Initiative:
    found: Initiative = or_404(queries.by_code(code))
    require(me(), A.TRACKER_READ, found)
    return found
