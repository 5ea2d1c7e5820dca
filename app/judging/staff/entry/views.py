"""One idea of a round, as organisers see it: taking it out of the ranking, or back in. Never a mark."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.campaigns.models import Round
from app.campaigns.rules import RoundState
from app.core.forms import Form
from app.core.i18n import _
from app.core.web import or_404
from app.judging.models import Entry
from app.judging.rules import Exclusion
from app.judging.staff import queries
from app.judging.staff.access import staff_round
from app.judging.staff.entry.forms import ExclusionForm, ReadmissionForm
from app.judging.stakes import open_to
from app.permissions import Action as A
from app.permissions import needs
from app.results import exclusion

bp = Blueprint("entry", __name__, url_prefix="/quan-tri/vong-cham/<int:round_id>/bai/<int:entry_id>")


@bp.get("")
@needs(A.ROUND_MANAGE)
def one(round_id: int, entry_id: int) -> ResponseReturnValue:
    """Where one idea stands in the round, and the way out or back."""
    return _page(*_entry(round_id, entry_id))


@bp.post("/dua-ra")
@needs(A.ROUND_MANAGE)
def exclude(round_id: int, entry_id: int) -> ResponseReturnValue:
    round_, entry = _entry(round_id, entry_id)
    form = ExclusionForm()
    if form.run(_exclude, entry, form):
        flash(_("%(code)s đã ra khỏi vòng chấm. Tác giả nhận thư báo.", code=entry.idea.code), "ok")
        return redirect(url_for(".one", round_id=round_id, entry_id=entry_id))
    return _page(round_, entry, form)


@bp.post("/nhan-lai")
@needs(A.ROUND_MANAGE)
def readmit(round_id: int, entry_id: int) -> ResponseReturnValue:
    round_, entry = _entry(round_id, entry_id)
    form = ReadmissionForm()
    if form.run(exclusion.readmit, me(), entry, reason=form.reason.data or ""):
        flash(_("%(code)s đã trở lại vòng chấm. Tác giả nhận thư báo.", code=entry.idea.code), "ok")
        return redirect(url_for(".one", round_id=round_id, entry_id=entry_id))
    return _page(round_, entry, form)


def _page(round_: Round, entry: Entry, form: Form | None = None) -> str:
    return render_template(
        "judging/entry.html",
        round=round_,
        entry=entry,
        form=form or (ReadmissionForm() if entry.excluded_as else ExclusionForm()),
        changeable=round_.state is not RoundState.CLOSED,
        DISQUALIFIED=Exclusion.DISQUALIFIED,
    )


def _exclude(entry: Entry, form: ExclusionForm) -> Entry:
    """Reads the choice once the form has been found valid: anything may have been sent."""
    kind = Exclusion(form.excluded_as.data)
    return exclusion.exclude(me(), entry, excluded_as=kind, reason=form.reason.data or "")


def _entry(round_id: int, entry_id: int) -> tuple[Round, Entry]:
    """An idea of this round; one of another round is not there, nor one that the reader has a stake in."""
    round_ = staff_round(round_id)
    entry: Entry = or_404(queries.entry_of(round_, entry_id, open_to(me(), round_)))
    return round_, entry
