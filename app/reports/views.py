"""The report page and its two files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from app.accounts.identity import me
from app.core import formats
from app.core.clock import today
from app.core.db import transaction
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.logs import log
from app.core.web import page_number
from app.initiatives.words import KIND_WORDS, STATE_WORDS
from app.permissions import Action as A
from app.permissions import needs
from app.reports import draft, lists, period, queries, service
from app.reports.figures import DIFFICULTIES, WORKS, Report
from app.reports.period import Period
from app.reports.service import FileKind

bp = Blueprint("reports", __name__, url_prefix="/bao-cao")

DIFFICULTY_LIST = "kho-khan"


@bp.get("")
@needs(A.REPORT_READ)
def report() -> ResponseReturnValue:
    try:
        chosen = chosen_period()
    except Invalid as refused:
        g.status = 422
        return render_template(
            "reports/report.html", report=None, refused=refused, presets=presets(None), **typed(None)
        )
    figures = queries.report(chosen)
    with force_locale("vi"):
        paper = draft.compose(figures)
    on_difficulties = request.args.get("danh-sach") == DIFFICULTY_LIST
    return render_template(
        "reports/report.html",
        report=figures,
        refused=None,
        presets=presets(chosen),
        paper=paper,
        tiles=tiles(figures),
        bars=bars(figures),
        page=lists.works_page(figures, DIFFICULTIES if on_difficulties else WORKS, page_number()),
        on_difficulties=on_difficulties,
        list_chips=list_chips(chosen, figures, on_difficulties=on_difficulties),
        draft=draft,
        kind_words=KIND_WORDS,
        **typed(chosen),
    )


@bp.route("/<any(docx, xlsx):kind>", methods=["GET", "POST"])
@needs(A.REPORT_READ)
def export(kind: str) -> ResponseReturnValue:
    """The file, by a button: that it was taken is kept. An address that was only opened leads to the page."""
    if request.method != "POST":
        return redirect(address_of(chosen_period()))
    chosen, kind = chosen_period(), FileKind(kind)
    file = service.make_file(chosen, kind)
    with transaction():
        service.record_export(me(), chosen, kind)
    log.info("security", what="export", actor=me().id, kind=str(kind))
    response = send_file(
        BytesIO(file.content), file.mime, as_attachment=True, download_name=file.name, etag=False
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def chosen_period() -> Period:
    """`?tu=01/10/2026&den=31/12/2026`. Raises Invalid."""
    return period.read(request.args.get("tu", ""), request.args.get("den", ""), today())


def typed(chosen: Period | None) -> dict[str, str]:
    """What stands in the two date fields."""
    if chosen is None:
        return {"first": request.args.get("tu", ""), "last": request.args.get("den", "")}
    return {"first": formats.day(chosen.first), "last": formats.day(chosen.last)}


def address_of(chosen: Period, **more: str) -> str:
    return url_for(".report", tu=formats.day(chosen.first), den=formats.day(chosen.last), **more)  # type: ignore[arg-type]


def presets(chosen: Period | None) -> list[dict[str, Any]]:
    """Periods as chips."""
    return [
        {
            "label": preset.label,
            "url": address_of(preset.period),
            "current": preset.period == chosen,
        }
        for preset in period.presets(today(), queries.contest_days())
    ]


def list_chips(chosen: Period, figures: Report, *, on_difficulties: bool) -> list[dict[str, Any]]:
    """The two lists as chips."""
    works, difficulties = figures.now.work.total, figures.now.difficulties.total
    more = {"danh-sach": DIFFICULTY_LIST}
    return [
        {
            "label": _("Sáng kiến, đề xuất"),
            "url": address_of(chosen, _anchor="danh-sach"),
            "current": not on_difficulties,
            "count": formats.whole(works),
        },
        {
            "label": _("Khó khăn, vướng mắc"),
            "url": address_of(chosen, **more, _anchor="danh-sach"),
            "current": on_difficulties,
            "count": formats.whole(difficulties),
        },
    ]


def bars(figures: Report) -> dict[str, list[tuple[str, int]] | list[tuple[str, int, str]]]:
    """Rows of each chart: (label, number), and the topic's slug where it has a colour."""
    now = figures.now
    return {
        "topics": [
            (str(share.label), share.ideas, share.slug) for share in figures.by_topic() if share.ideas
        ],
        "standings": [(str(share.label), share.number) for share in now.ideas.by_standing()],
        "ages": [(str(share.label), share.number) for share in now.ideas.by_age()],
        "states": [(str(STATE_WORDS[state]), count) for state, count in now.work.by_state()],
        "timings": [(str(share.label), share.number) for share in now.work.by_timing() if share.number],
        "difficulties": [
            (_("Đã giải quyết"), now.difficulties.solved),
            (_("Đã trả lời, không thực hiện"), now.difficulties.dropped),
            (_("Chưa giải quyết"), now.difficulties.unsolved),
        ],
    }


def tiles(figures: Report) -> list[dict[str, Any]]:
    """The six figures a reader looks for first, with the period before."""
    now, before = figures.now, figures.before
    shown = (
        (now.ideas.received, before.ideas.received, _("ý tưởng nhận"), ""),
        (now.ideas.valid, before.ideas.valid, _("ý tưởng hợp lệ"), ""),
        (now.work.total, before.work.total, _("việc phường theo dõi"), ""),
        (len(now.work.completed), len(before.work.completed), _("việc hoàn thành"), "ok"),
        (len(now.work.overdue), len(before.work.overdue), _("việc quá hạn"), "bad"),
        (
            now.difficulties.unsolved,
            before.difficulties.unsolved,
            _("khó khăn, vướng mắc chưa giải quyết"),
            "",
        ),
    )
    return [
        {
            "value": formats.whole(count),
            "label": label,
            "note": draft.change_words(earlier, count - earlier),
            "tone": tone if count else "",
        }
        for count, earlier, label, tone in shown
    ]
