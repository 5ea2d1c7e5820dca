"""What the hall looks at: the projector by its secret link, and each judge's phone."""

from __future__ import annotations

import hmac

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.identity import me
from app.accounts.models import User
from app.core.i18n import _
from app.core.qr import qr_svg
from app.core.security import kept_to_ourselves
from app.core.web import or_404
from app.finals import queries
from app.finals.link import projector_key
from app.finals.models import LiveFinal
from app.finals.pages import polled, short
from app.finals.screen import screen_of
from app.judging import queries as judging
from app.permissions import Action as A
from app.permissions import can, needs

# the projector's address carries its key
bp = kept_to_ourselves(Blueprint("hall", __name__, url_prefix="/chung-khao"))


@bp.get("/<int:round_id>/man-chieu")
@needs(A.PAGE_READ)
def projector(round_id: int) -> ResponseReturnValue:
    """For the hall's computer, which nobody signs in to: the secret link opens it."""
    final = _shown(round_id)
    screen = screen_of(final)
    address = _result_address(screen.result_slug)
    return render_template(
        "finals/projector.html",
        final=final,
        screen=screen,
        state_url=url_for(".projector_state", round_id=round_id, khoa=projector_key(final)),
        result_address=address,
        qr=qr_svg(address, _("Mã QR mở trang kết quả")) if address else "",
        ground={"toi": "dark", "sang": "light"}.get(request.args.get("nen", "")),
    )


@bp.get("/<int:round_id>/man-chieu.json")
@needs(A.PAGE_READ)
def projector_state(round_id: int) -> ResponseReturnValue:
    """A fingerprint of what the projector shows: when it changes, the projector reads its page again."""
    return polled(key=screen_of(_shown(round_id)).key)


@bp.get("/<int:round_id>/cham")
@needs(A.SHEET_READ)
def judge(round_id: int) -> ResponseReturnValue:
    """Where a judge's own sheet of what is presented now lies."""
    if queries.cancelled_of(round_id) is not None:  # no stage after all: the sheets are where they always are
        return redirect(url_for("judging.progress", vong=round_id))
    final = _as_judge(round_id)
    present = final.now_presenting
    following = next((one for one in final.presentations if one.position == final.position + 1), None)
    return render_template(
        "finals/judge.html",
        final=final,
        present=present,
        following=following if present else None,
        sheet=queries.own_sheet(_person().id, present.entry_id) if present else None,
        places=len(final.presentations),
        key=_judge_key(final),
    )


@bp.get("/<int:round_id>/cham.json")
@needs(A.SHEET_READ)
def judge_state(round_id: int) -> ResponseReturnValue:
    """Which entry is on the stage now, by its judging code."""
    final = _as_judge(round_id)
    present = final.now_presenting
    return polled(key=_judge_key(final), code=present.entry.judging_code if present else "")


def _judge_key(final: LiveFinal) -> str:
    present = final.now_presenting
    sheet = queries.own_sheet(_person().id, present.entry_id) if present else None
    return short(f"{final.state} {final.position} {sheet.state if sheet else ''}")


def _result_address(slug: str) -> str:
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for("results.public", slug=slug) if slug else ""


def _as_judge(round_id: int) -> LiveFinal:
    """For the panel alone."""
    final: LiveFinal = or_404(queries.final_of(round_id))
    or_404(judging.member_of(_person(), final.round))
    return final


def _shown(round_id: int) -> LiveFinal:
    """By the secret link, or by whoever runs the final; to anybody else there is no such page."""
    final: LiveFinal = or_404(queries.final_of(round_id))
    given = request.args.get("khoa", "").encode("utf-8", "surrogatepass")
    by_link = hmac.compare_digest(given, projector_key(final).encode())
    return or_404(final if by_link or can(me(), A.FINAL_RUN, final) else None)


def _person() -> User:
    """Who is signed in; only called where @needs let nobody else pass."""
    person = me()
    assert isinstance(person, User)
    return person
