"""/giam-ho: the page that a guardian opens from a mail, and the one to ask for such a mail again."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.accounts import links, pace
from app.accounts.consents import standing
from app.accounts.forms import AddressForm
from app.accounts.guardians import queries, service
from app.accounts.guardians.forms import AnswerForm
from app.accounts.models import Guardianship
from app.accounts.rules import GUARDIAN_PURPOSES, GuardianState, LinkPurpose, age_on, hidden_address
from app.campaigns.queries import current_campaign
from app.core import content
from app.core.clock import now, today
from app.core.db import transaction
from app.core.formats import moment
from app.core.i18n import _l
from app.core.limits import by_target
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("guardians", __name__, url_prefix="/giam-ho")

PRIVACY_NOTICE = "privacy_notice"
REFUSALS = {"khong-dong-y": service.refuse, "khong-phai-toi": service.not_me}


@bp.route("/<token>", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def answer(token: str) -> ResponseReturnValue:
    """Read, tick, sign with one's name; or say no; or say that it is the wrong person."""
    g.no_referrer = True
    link = links.find(token, LinkPurpose.GUARDIAN)
    guardianship = queries.guardianship_of(link) if link else None
    if link is None or guardianship is None:
        return render_template("accounts/link_gone.html", what="guardian"), 410
    refusal = REFUSALS.get(request.form.get("viec", ""))
    if refusal is not None:
        with transaction():
            refusal(link)
        return redirect(url_for(".answered", ket_qua=request.form["viec"]))
    form = AnswerForm(data=held_now(guardianship) if request.method == "GET" else None)
    if form.run(service.answer, link, **form.values):
        return redirect(url_for(".answered", ket_qua="dong-y"))
    return render_template(
        "accounts/guardian_answer.html", form=form, guardianship=guardianship, notice=notice_for(guardianship)
    )


def held_now(guardianship: Guardianship) -> dict[str, object]:
    """What the guardian has agreed to already; before the first answer nothing is ticked."""
    if guardianship.state is not GuardianState.CONFIRMED:
        return {}
    agreed = guardianship.child.consents
    return {
        purpose.value: standing(agreed, purpose, by_guardian=True) is not None
        for purpose in GUARDIAN_PURPOSES
    }


def notice_for(guardianship: Guardianship) -> dict[str, str]:
    """The notice with the names of this child and this guardian."""
    child, campaign = guardianship.child, current_campaign()
    settings = current_app.config["SETTINGS"]
    text = content.document("guardian_consent")
    values = {
        "ten_nguoi_giam_ho": guardianship.guardian_name,
        "ten_tre": child.full_name,
        "tuoi_tre": age_on(child.birth_date, today()) if child.birth_date else "",
        "ten_cuoc_thi": campaign.name if campaign else "Ý tưởng sáng tạo trẻ",
        "dia_diem": "phường Đông Hải",
        "duong_dan_rut": Markup('<a href="{0}">{0}</a>').format(f"{settings.base_url}{url_for('.ask')}"),
        "dien_thoai": settings.contact_phone,
        "quan_he": guardianship.relation,
        "phien_ban": content.document(PRIVACY_NOTICE).version,
        "email_che": hidden_address(guardianship.guardian_email),
        "thoi_diem": moment(now()),
    }
    return {
        "title": text.title,
        "opening": content.filled(text.opening, **values),
        "closing": content.filled(text.closing, **values),
    }


@bp.get("/da-tra-loi")
@needs(A.ACCOUNT_JOIN)
def answered() -> ResponseReturnValue:
    return render_template("accounts/guardian_answered.html", result=request.args.get("ket_qua", ""))


@bp.route("", methods=["GET", "POST"])
@needs(A.ACCOUNT_JOIN)
def ask() -> ResponseReturnValue:
    """A guardian who wants to see or take back an answer asks for a new link; no account is needed."""
    form = AddressForm()
    if form.validate_on_submit():
        wait = pace.seconds_to_wait("3/hour", f"guardian-link/{by_target('email')()}")
        if wait:
            return pace.told_to_wait(form, wait, shown_ask, _l("Đã gửi nhiều thư tới địa chỉ này."))
        with pace.even():
            done = form.run(service.ask_for_link, **form.values)
        if done:
            return render_template("accounts/guardian_link_sent.html")
    elif form.is_submitted():
        g.status = 422
    return shown_ask(form)


def shown_ask(form: AddressForm) -> str:
    return render_template("accounts/guardian_ask.html", form=form)
