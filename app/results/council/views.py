"""The council's session: findings, who is there, what it looks at, its end, its minutes."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.db import transaction
from app.core.i18n import _
from app.core.pagination import page_of
from app.core.security import kept_to_ourselves
from app.core.web import page_number
from app.judging.access import this_judge
from app.judging.findings import findings_of, trust
from app.judging.seats import seats_of
from app.judging.secretary.queries import beside_the_panel
from app.judging.stakes import kept_from
from app.permissions import Action as A
from app.permissions import can, needs
from app.reports import minutes as word_file
from app.results.council import minutes as papers
from app.results.council import queries, service, tables
from app.results.council.access import held_council, round_for
from app.results.council.forms import ConveneForm, PresentForm
from app.results.council.models import Council
from app.results.council.rules import CouncilState
from app.results.council.words import title_of
from app.results.freezing import ranking_of
from app.results.queries import is_kept_from

bp = kept_to_ourselves(Blueprint("council", __name__, url_prefix="/hoi-dong"))


@bp.get("")
@needs(A.COUNCIL_READ)
def mine() -> ResponseReturnValue:
    """The rounds whose panel one sits on, or whose papers one keeps."""
    return render_template("council/mine.html", page=queries.tables_of(this_judge().id, page_number()))


@bp.get("/<int:round_id>/so-lieu")
@needs(A.FINDINGS_READ)
def findings(round_id: int) -> ResponseReturnValue:
    """What the sheets say: for chair and secretary, after the lock."""
    round_ = round_for(round_id, A.FINDINGS_READ)
    if not round_.has_open_figures:
        return render_template("council/not_locked.html", round=round_)
    found = findings_of(round_)
    hidden = {str(entry_id) for entry_id in kept_from(this_judge(), round_)}
    names = tables.names_of(round_, tables.spoken_of(found, page_number(), hidden))
    return render_template(
        "council/findings.html",
        round=round_,
        found=found,
        result=found.result,
        page=tables.rank_rows(found, names, page_number(), hidden=hidden),
        hidden=[names.entries[idea][0] for idea in sorted(hidden)],
        scattered=tables.disagreement_rows(found, names, hidden=hidden),
        odd_sheets=tables.sheet_rows(found, names, hidden=hidden),
        judges=tables.judge_rows(found, names),
        trust=trust(found.result.reliability),
        trust_of_one=trust(found.single_sheet),
        ranking=ranking_of(round_),
    )


@bp.get("/<int:round_id>")
@needs(A.COUNCIL_READ)
def council(round_id: int) -> ResponseReturnValue:
    round_ = round_for(round_id, A.COUNCIL_READ)
    return _session(round_, queries.council_of(round_id))


@bp.post("/<int:round_id>/mo")
@needs(A.COUNCIL_RUN)
def convene(round_id: int) -> ResponseReturnValue:
    round_ = round_for(round_id, A.COUNCIL_RUN)
    form = ConveneForm()
    if form.run(service.convene, this_judge(), round_, place=form.place.data or ""):
        flash(_("Đã mở phiên họp hội đồng."), "ok")
        return redirect(url_for(".council", round_id=round_id))
    return _session(round_, None, convene_form=form)


@bp.post("/<int:round_id>/co-mat")
@needs(A.COUNCIL_RUN)
def attend(round_id: int) -> ResponseReturnValue:
    round_ = round_for(round_id, A.COUNCIL_RUN)
    held = held_council(round_)
    form = _present_form(held)
    if form.run(service.mark_present, this_judge(), held, form.present_ids.data or []):
        flash(_("Đã ghi thành viên có mặt."), "ok")
        return redirect(url_for(".council", round_id=round_id))
    return _session(round_, held, present_form=form)


@bp.post("/<int:round_id>/ket-thuc")
@needs(A.COUNCIL_RUN)
def close(round_id: int) -> ResponseReturnValue:
    held = held_council(round_for(round_id, A.COUNCIL_RUN))
    version = request.form.get("version", 0, type=int)
    with transaction():
        service.close_council(this_judge(), held, version=version)
    flash(_("Phiên họp đã kết thúc, vòng đã xếp hạng. Biên bản ở dưới đây."), "ok")
    return redirect(url_for(".minutes", round_id=round_id))


@bp.get("/<int:round_id>/bien-ban")
@needs(A.MINUTES_READ)
def minutes(round_id: int) -> ResponseReturnValue:
    """What the council did, to be printed and signed."""
    round_ = round_for(round_id, A.MINUTES_READ)
    held = held_council(round_)
    if held.state is not CouncilState.CLOSED:
        abort(404)
    if _minutes_wait(round_):
        return render_template("results/kept_back.html", round=round_)
    return render_template(
        "council/minutes.html",
        round=round_,
        minutes=papers.minutes_of(held),
        at_the_table=can(me(), A.COUNCIL_READ, seats_of(round_)),
    )


@bp.get("/<int:round_id>/bien-ban.docx")
@needs(A.MINUTES_READ)
def minutes_file(round_id: int) -> ResponseReturnValue:
    round_ = round_for(round_id, A.MINUTES_READ)
    held = held_council(round_)
    if held.state is not CouncilState.CLOSED:
        abort(404)
    if _minutes_wait(round_):
        return render_template("results/kept_back.html", round=round_)
    return send_file(
        BytesIO(word_file.build(papers.minutes_of(held))),
        mimetype="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        as_attachment=True,
        download_name=f"bien-ban-hoi-dong-{round_id}.docx",
    )


def _minutes_wait(round_: Round) -> bool:
    """Whoever was not at the session and has a stake in it reads the minutes once the results are public."""
    return not can(me(), A.COUNCIL_READ, seats_of(round_)) and is_kept_from(me(), round_, ranking_of(round_))


def _session(
    round_: Round,
    held: Council | None,
    *,
    convene_form: ConveneForm | None = None,
    present_form: PresentForm | None = None,
) -> str:
    seats = seats_of(round_)
    prizes = queries.prize_names(round_)
    mine = queries.own_sheets(this_judge().id, round_.id) if held is not None else []
    return render_template(
        "council/council.html",
        round=round_,
        council=held,
        page=page_of(tables.in_order(held) if held is not None else [], page_number()),
        members=queries.members_of(round_.id),
        secretaries=beside_the_panel(round_.id),
        titles={case.id: title_of(case, prizes) for case in held.cases} if held is not None else {},
        ranking=ranking_of(round_),
        may_run=can(me(), A.COUNCIL_RUN, seats),
        amended=queries.amended_of(round_.id) if held is not None else [],
        mine=mine,
        here=held is not None and this_judge().id in held.present_ids,
        convene_form=convene_form or ConveneForm(formdata=None),
        present_form=present_form or (_present_form(held, empty=True) if held is not None else None),
    )


def _present_form(held: Council, *, empty: bool = False) -> PresentForm:
    form = PresentForm(**({"formdata": None, "present_ids": sorted(held.present_ids)} if empty else {}))
    form.present_ids.choices = [
        (member.judge_id, member.full_name) for member in queries.members_of(held.round_id)
    ]
    return form
