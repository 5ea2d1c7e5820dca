"""The officers' queue and the public tracker."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.audit import queries as audit
from app.core.clock import today
from app.core.db import transaction
from app.core.i18n import _
from app.core.web import or_404, page_number
from app.gallery import queries as gallery
from app.ideas import queries as ideas
from app.initiatives import queries, service, steps
from app.initiatives.forms import NewForm
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeState, is_overdue
from app.initiatives.words import KIND_WORDS, STATE_WORDS
from app.permissions import Action as A
from app.permissions import needs, require

bp = Blueprint("initiatives", __name__)


@bp.get("/hang-doi")
@needs(A.TRACKER_READ)
def queue() -> ResponseReturnValue:
    filters = queries.QueueFilters(
        state=request.args.get("trang-thai", ""),
        unit=request.args.get("don-vi", ""),
        topic=request.args.get("linh-vuc", ""),
        kind=request.args.get("loai", ""),
        text=request.args.get("q", "")[:100],
    )
    return render_template(
        "initiatives/queue.html",
        page=queries.queue(me(), filters, page_number()),
        counts=queries.counts(me()),
        filters=filters,
        units=queries.unit_choices(),
        topics=gallery.choices()[0],
        kinds=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        state_words=STATE_WORDS,
        kind_words=KIND_WORDS,
        OVERDUE=queries.OVERDUE,
    )


@bp.route("/hang-doi/moi", methods=["GET", "POST"])
@needs(A.INITIATIVE_CREATE)
def new() -> ResponseReturnValue:
    form = NewForm()
    form.source_unit_id.choices = queries.units_for_work()
    form.topic_id.choices = queries.topic_choices()
    if not form.is_submitted():
        form.source_unit_id.data = getattr(me(), "unit_id", None)
    if form.run(service.create_initiative, me(), **form.values):
        flash(_("Đã ghi vào hàng đợi với mã %(code)s.", code=form.result.code), "ok")
        return redirect(url_for(".one", code=form.result.code))
    return render_template("initiatives/new.html", form=form)


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
        timeline=audit.timeline("initiatives", initiative.id),
        kind_words=KIND_WORDS,
    )


@bp.route("/hang-doi/<code>/<address>", methods=["GET", "POST"])
@needs(A.TRACKER_READ)
def step(code: str, address: str) -> ResponseReturnValue:
    """One step as a page of its own: its form, what stands now beside it."""
    initiative, page = _initiative(code), or_404(steps.by_address(address))
    require(me(), page.action, initiative)
    form = steps.form_for(page, initiative, initiative.topic.lead_unit_id if initiative.topic else None)
    values = steps.values_of(form)
    if form.run(page.command, me(), initiative, **values):
        flash(f"{code}: {page.done}", "ok")
        return redirect(url_for(".one", code=code))
    return render_template(
        "initiatives/step.html", initiative=initiative, page=page, form=form, kind_words=KIND_WORDS
    )


@bp.post("/y-tuong/<code>/chuyen-tiep")
@needs(A.INITIATIVE_FORWARD)
def forward(code: str) -> ResponseReturnValue:
    """Hand an idea to the queue by a button, from the moderators' or the officers' side."""
    idea = or_404(ideas.by_code(code))
    with transaction():
        initiative = service.forward_idea(me(), idea)
    flash(_("%(idea)s đã ở hàng đợi với mã %(code)s.", idea=code, code=initiative.code), "ok")
    return redirect(url_for(".public", code=initiative.code))


@bp.get("/sang-kien")
@needs(A.PAGE_READ)
def tracker() -> ResponseReturnValue:
    state, topic = request.args.get("trang-thai", ""), request.args.get("linh-vuc", "")
    return render_template(
        "initiatives/tracker.html",
        page=queries.tracker(state, topic, page_number()),
        figures=queries.public_figures(),
        state=state,
        topic=topic,
        states=[(value.value, words) for value, words in STATE_WORDS.items() if value is not InitiativeState.MERGED],
        topics=gallery.choices()[0],
    )


@bp.get("/sang-kien/<code>")
@needs(A.PAGE_READ)
def public(code: str) -> ResponseReturnValue:
    initiative: Initiative = or_404(queries.by_code(code))
    if not initiative.is_public:
        abort(404)
    return render_template(
        "initiatives/public.html",
        initiative=initiative,
        overdue=is_overdue(initiative.state, initiative.due_on, today()),
        updates=queries.updates_of(initiative, only_public=True),
        kind_words=KIND_WORDS,
        state_words=STATE_WORDS,
        figure_of=queries.figure_of,
        source=gallery.idea(initiative.source_idea.code) if initiative.source_idea else None,
    )


def _initiative(code: str) -> Initiative:
    found: Initiative = or_404(queries.by_code(code))
    require(me(), A.TRACKER_READ, found)
    return found
