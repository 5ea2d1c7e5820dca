"""Rankings, awards, publication; and the public result page with each team's letter."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.audit import heads
from app.campaigns import queries as campaigns
from app.campaigns.models import Prize, Round
from app.core.clock import received_at
from app.core.db import transaction
from app.core.fields import row_id
from app.core.forms import VersionForm, clean_text
from app.core.i18n import _
from app.core.qr import qr_svg
from app.core.web import or_404, page_number
from app.ideas import queries as ideas
from app.initiatives import queries as tracker
from app.initiatives import service as initiatives
from app.judging import queries as judging
from app.judging.staff import queries as staff
from app.mail import preview as mail
from app.mail.letters import PreviewMail, link
from app.permissions import Action as A
from app.permissions import can, needs, require
from app.results import letters, queries, service
from app.results import public as public_face
from app.results.appeals import queries as appeals
from app.results.appeals.rules import appeals_until
from app.results.bundle.service import bundle_of
from app.results.council import queries as councils
from app.results.forms import ProposeForm, PublishForm
from app.results.freezing import freeze_ranking, ranking_of
from app.results.models import Publication
from app.results.rules import AwardChoice, PublicationState, suggested

bp = Blueprint("results", __name__)


@bp.get("/quan-tri/ket-qua")
@needs(A.RANKING_READ)
def rankings() -> ResponseReturnValue:
    return render_template(
        "results/rankings.html", rounds=staff.rounds(), publications=queries.publications()
    )


@bp.get("/quan-tri/ket-qua/<int:round_id>")
@needs(A.RANKING_READ)
def ranking(round_id: int) -> ResponseReturnValue:
    """The ranking of a locked round. Before the lock nobody sees a figure, organisers included."""
    round_ = _round(round_id)
    frozen = ranking_of(round_)
    if frozen is None:
        return render_template(
            "results/not_ranked.html",
            round=round_,
            locked=round_.is_locked,
            sitting=councils.summary_of(round_id),
        )
    if queries.is_kept_from(me(), round_, frozen):
        return render_template("results/kept_back.html", round=round_)
    lines = queries.ranking_lines(frozen, round_)
    return render_template(
        "results/ranking.html",
        round=round_,
        ranking=frozen,
        lines=lines,
        criteria={criterion.key: criterion.name for criterion in round_.rubric.criteria},
        next_round=queries.next_round(round_),
        voted=councils.voted_on(round_id) if any(line.in_council for line in lines) else None,
        sitting=councils.summary_of(round_id),
        most=round_.rubric.scale + round_.rubric.community_points,
    )


@bp.post("/quan-tri/ket-qua/<int:round_id>/xep-hang")
@needs(A.ROUND_MANAGE)
def freeze(round_id: int) -> ResponseReturnValue:
    """Rank a round that was locked without it."""
    round_ = _round(round_id)
    with transaction():
        freeze_ranking(me(), round_)
    flash(_("Đã xếp hạng."), "ok")
    return redirect(url_for(".ranking", round_id=round_id))


@bp.post("/quan-tri/ket-qua/<int:round_id>/di-tiep")
@needs(A.ROUND_MANAGE)
def advance(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    to: Round = or_404(queries.next_round(round_))
    with transaction():
        entries = service.advance_round(
            me(), round_, to, voted=request.form.getlist("bieu-quyet", type=row_id)
        )
    flash(_("%(n)d bài đi tiếp vào %(name)s.", n=len(entries), name=to.name), "ok")
    return redirect(url_for("rounds.one", round_id=to.id))


@bp.route("/quan-tri/giai-thuong/<int:round_id>", methods=["GET", "POST"])
@needs(A.AWARD_PROPOSE)
def propose(round_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    frozen = ranking_of(round_)
    if frozen is None:
        return redirect(url_for(".ranking", round_id=round_id))
    if queries.is_kept_from(me(), round_, frozen):
        return render_template("results/kept_back.html", round=round_)
    lines, prizes = queries.ranking_lines(frozen, round_), queries.prizes_of(round_)
    form = ProposeForm()
    choices = (
        chosen(lines, prizes)
        if form.is_submitted()
        else suggested(service.ranked_ideas(frozen), service.prize_offers(round_))
    )
    if form.run(service.propose_awards, me(), round_, choices, note=form.note.data or ""):
        flash(_("Đã đề nghị giải thưởng. Người khác sẽ xem lại và công bố."), "ok")
        return redirect(url_for(".publication", publication_id=form.result.id))
    return render_template(
        "results/propose.html",
        round=round_,
        lines=[line for line in lines if line.rank],
        prizes=prizes,
        given={(choice.idea_id, choice.prize_id) for choice in choices},
        form=form,
    )


@bp.get("/quan-tri/cong-bo")
@needs(A.RANKING_READ)
def to_publish() -> ResponseReturnValue:
    return redirect(url_for(".rankings", _anchor="cong-bo"))


@bp.route("/quan-tri/cong-bo/<int:publication_id>", methods=["GET", "POST"])
@needs(A.RANKING_READ)
def publication(publication_id: int) -> ResponseReturnValue:
    """Everything that publishing will change and every mail that will go, before it happens."""
    found = _publication(publication_id)
    if queries.is_kept_from(me(), found.round, found.ranking):
        return render_template("results/kept_back.html", round=found.round)
    form = PublishForm(version=found.version)
    if form.is_submitted():
        require(me(), A.RESULTS_PUBLISH, found)
        if form.run(initiatives.publish_and_forward, me(), found, version=form.version.data):
            flash(_("Đã công bố kết quả."), "ok")
            return redirect(url_for(".public", slug=found.campaign.slug))
        found = _publication(publication_id)
    proposed = found.state is PublicationState.PROPOSED
    winners = public_face.winners(found)
    replaced = queries.published(found.campaign_id) if proposed else None
    held = {row.code for row in winners}
    lost = [row for row in public_face.winners(replaced) if row.code not in held] if replaced else []
    return render_template(
        "results/publication.html",
        publication=found,
        winners=winners,
        forwarded=len({row.code for row in winners} - tracker.of_winners(found.id).keys()),
        letters=by_subject(mail.results(found)) if proposed else {},
        replaced=replaced,
        lost=lost,
        followed=tracker.of_winners(replaced.id) if replaced else {},
        form=form,
        withdraw_form=VersionForm(formdata=None, version=found.version),
        may_publish=proposed and can(me(), A.RESULTS_PUBLISH, found),
        may_withdraw=proposed and can(me(), A.AWARD_PROPOSE, found),
    )


@bp.post("/quan-tri/cong-bo/<int:publication_id>/rut")
@needs(A.AWARD_PROPOSE)
def withdraw(publication_id: int) -> ResponseReturnValue:
    found = _publication(publication_id)
    form = VersionForm()
    if form.run(service.withdraw_proposal, me(), found, version=form.version.data):
        flash(_("Đã rút đề nghị."), "ok")
    return redirect(url_for(".publication", publication_id=publication_id))


@bp.get("/ket-qua")
@needs(A.PAGE_READ)
def every() -> ResponseReturnValue:
    return render_template("results/every.html", campaigns=campaigns.every_campaign())


@bp.get("/ket-qua/<slug>")
@needs(A.PAGE_READ)
def public(slug: str) -> ResponseReturnValue:
    """The results as published now, or an earlier publication that they replaced (`?phien-ban=1`)."""
    campaign = or_404(campaigns.by_slug(slug))
    current = queries.published(campaign.id)
    if current is None:
        return render_template("results/not_yet.html", campaign=campaign)
    replaced = public_face.superseded(campaign.id)
    versions = dict(enumerate([*replaced, current], start=1))
    asked = request.args.get("phien-ban")
    number = len(versions) if asked is None else int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    found: Publication = or_404(versions.get(number))
    winners = public_face.winners(found)
    head = heads.head_of_publication(found.id)
    assert found.published_at is not None
    return render_template(
        "results/public.html",
        campaign=campaign,
        publication=found,
        current=current,
        winners=winners,
        awarded={row.code: row for row in reversed(winners)},
        standings=public_face.standings(found, page_number()),
        unranked=public_face.unranked(found),
        figures=public_face.figures(found),
        replaced=[(at, one) for at, one in versions.items() if one is not current],
        appeals=appeals.counts(found),
        led_by_appeal=number > 1,
        appeals_until=appeals_until(found.published_at, campaign.appeal_days),
        followed=tracker.of_winners(found.id),
        head=head,
        head_code=qr_svg(
            link(f"/kiem-chung?so={head.number}&dau={head.short}"),
            _("Mã để so dấu niêm phong của kết quả"),
        )
        if head
        else "",
        bundle=bundle_of(found.id),
    )


@bp.get("/cua-toi/<public_id>/ket-qua")
@needs(A.LETTER_READ)
def letter(public_id: str) -> ResponseReturnValue:
    """A team's own letter: levels, released comments, what happens next."""
    idea = or_404(ideas.by_public_id(public_id))
    require(me(), A.LETTER_READ, idea)
    found: Publication = or_404(queries.published(idea.campaign_id))
    assert found.published_at is not None
    until = appeals_until(found.published_at, found.campaign.appeal_days)
    return render_template(
        "results/letter.html",
        idea=idea,
        publication=found,
        letter=or_404(letters.letter(found, idea.id)),
        initiative=tracker.of_idea(idea.id),
        appeal=appeals.current_of(idea.id, found.id),
        appeals_until=until,
        may_appeal=received_at() <= until,
    )


def chosen(lines: list[queries.RankLine], prizes: list[Prize]) -> list[AwardChoice]:
    """The prizes ticked on the page: one list of prizes an idea."""
    known = {str(prize.id) for prize in prizes}
    return [
        AwardChoice(int(value), line.idea_id, clean_text(request.form.get(f"ly-do-{line.idea_id}", ""))[:500])
        for line in lines
        for value in request.form.getlist(f"giai-{line.idea_id}")
        if value in known
    ]


def by_subject(mails: list[PreviewMail]) -> dict[str, list[PreviewMail]]:
    """Mails under their subjects, in the order in which they go."""
    found: dict[str, list[PreviewMail]] = {}
    for one in mails:
        found.setdefault(one.subject, []).append(one)
    return found


def _round(round_id: int) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.RANKING_READ, round_)
    return round_


def _publication(publication_id: int) -> Publication:
    found: Publication = or_404(queries.publication_by_id(publication_id))
    require(me(), A.RANKING_READ, found)
    return found
