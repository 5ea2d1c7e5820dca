"""Pages of the organisers before a judging evening: everybody's personal link, by mail or on cards."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.accounts.identity import me
from app.campaigns.models import Round
from app.core.db import transaction
from app.core.forms import Form
from app.core.i18n import _, _l
from app.core.qr import qr_svg
from app.core.web import or_404, page_number
from app.judging import queries as judging
from app.judging.evening.calibration import service as calibration
from app.judging.evening.entrance import service as entrance
from app.judging.staff import queries
from app.mail.letters import link as address
from app.permissions import Action as A
from app.permissions import needs, require

bp = Blueprint("evening", __name__, url_prefix="/quan-tri/vong-cham/<int:round_id>/buoi-cham")


class LinksForm(Form):
    hours = SelectField(
        _l("Liên kết dùng được trong"),
        coerce=int,
        choices=[(hours, _l("%(n)d giờ", n=hours)) for hours in entrance.HOURS],
        default=entrance.USUAL_HOURS,
    )


class AnchorForm(Form):
    code = StringField(
        _l("Mã ý tưởng của cuộc thi trước"),
        validators=[InputRequired(_l("Gõ mã, hoặc chọn trong danh sách dưới đây.")), Length(max=20)],
    )


@bp.route("", methods=["GET", "POST"])
@needs(A.JUDGE_INVITE)
def links(round_id: int) -> ResponseReturnValue:
    """Who has a link and who came in by it; to send or print new ones."""
    round_ = _round(round_id)
    form = LinksForm()
    if request.form.get("cach") == "in":
        if form.run(entrance.print_cards, me(), round_, hours=form.hours.data):
            g.no_referrer = True
            cards = [(card, address(entrance.PATH + card.secret)) for card in form.result]
            return render_template("judging/cards.html", round=round_, cards=cards, qr_svg=qr_svg)
    elif form.run(entrance.invite_by_mail, me(), round_, hours=form.hours.data):
        flash(_("Đang gửi liên kết vào chấm cho %(n)d giám khảo.", n=form.result), "ok")
        return redirect(url_for(".links", round_id=round_id))
    return _page(round_, form)


@bp.post("/hieu-chuan")
@needs(A.ROUND_MANAGE)
def name_anchor(round_id: int) -> ResponseReturnValue:
    """One more idea of an earlier campaign that everybody marks first."""
    round_ = _round(round_id)
    form = AnchorForm(prefix="hc")
    if form.run(calibration.name_anchor, me(), round_, code=form.code.data):
        flash(_("Đã thêm bài hiệu chuẩn %(code)s.", code=form.result.code), "ok")
        return redirect(url_for(".links", round_id=round_id))
    return _page(round_, LinksForm(formdata=None), form)


@bp.post("/hieu-chuan/<code>/bo")
@needs(A.ROUND_MANAGE)
def drop_anchor(round_id: int, code: str) -> ResponseReturnValue:
    round_ = _round(round_id)
    with transaction():
        calibration.drop_anchor(me(), round_, or_404(calibration.anchor_by_code(round_, code)))
    flash(_("Đã bỏ bài hiệu chuẩn."), "ok")
    return redirect(url_for(".links", round_id=round_id))


@bp.post("/<int:link_id>/thu-hoi")
@needs(A.JUDGE_INVITE)
def revoke(round_id: int, link_id: int) -> ResponseReturnValue:
    round_ = _round(round_id)
    with transaction():
        entrance.revoke(me(), round_, or_404(entrance.link_of(round_, link_id)))
    flash(_("Đã thu hồi liên kết. Ai vào bằng liên kết đó đã bị đăng xuất."), "ok")
    return redirect(url_for(".links", round_id=round_id))


def _page(round_: Round, form: LinksForm, anchor_form: AnchorForm | None = None) -> str:
    anchors = calibration.anchors_of(round_)
    return render_template(
        "judging/links.html",
        round=round_,
        panel=queries.panel_of(round_),
        links=entrance.links_of(round_),
        form=form,
        anchors=anchors,
        anchors_wanted=(calibration.FEWEST, calibration.MOST),
        calibrated=len(calibration.finished(round_, anchors)) if anchors else 0,
        choosable=calibration.choosable(round_, page_number()),
        anchor_form=anchor_form or AnchorForm(formdata=None, prefix="hc"),
    )


def _round(round_id: int) -> Round:
    round_: Round = or_404(judging.round_by_id(round_id))
    require(me(), A.JUDGE_INVITE, round_)
    return round_
