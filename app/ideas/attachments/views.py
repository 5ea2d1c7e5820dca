"""Where authors add files and take them out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.identity import me
from app.core.db import transaction
from app.core.errors import Refused
from app.core.i18n import _
from app.core.limits import by_account, limiter
from app.core.stored_files import keep
from app.core.web import csrf, file_store, wants_json
from app.ideas import queries
from app.ideas.access import keeps_text, own_idea
from app.ideas.attachments import service
from app.ideas.rules import WRITABLE
from app.ideas.team.forms import ActForm
from app.permissions import Action as A
from app.permissions import needs

bp = Blueprint("attachments", __name__)

UPLOAD_LIMIT_BYTES = 21 * 1024 * 1024  # a file of 20 MB and the form around it


@bp.get("/cua-toi/<public_id>/tep")
@needs(A.IDEA_WRITE)
def files(public_id: str) -> ResponseReturnValue:
    """Files without scripts: one form, one file."""
    idea = queries.whole(own_idea(public_id, A.IDEA_WRITE))
    if idea.state not in WRITABLE:
        return redirect(url_for("mine.idea", public_id=public_id))
    return render_template("ideas/files.html", idea=idea)


@bp.post("/cua-toi/<public_id>/tep")
@keeps_text
@needs(A.IDEA_WRITE)
@limiter.limit("30/minute", key_func=by_account)
def upload(public_id: str) -> ResponseReturnValue:
    request.max_content_length = UPLOAD_LIMIT_BYTES
    try:
        csrf.protect()
        sent = request.files.get("tep")
    except RequestEntityTooLarge:
        return _file_refused(public_id, _("Tệp quá 20 MB. Hãy giảm cỡ ảnh hoặc xuất PDF rồi gửi lại."), 413)
    idea = own_idea(public_id, A.IDEA_WRITE)
    if sent is None or not sent.filename:
        return _file_refused(public_id, _("Chọn một tệp trước khi bấm Tải lên."), 422)
    try:
        kept = keep(file_store(), sent.stream, sent.filename)
        with transaction():
            file = service.attach_file(me(), idea, kept=kept)
    except Refused as refused:
        return _file_refused(public_id, refused.message, refused.status)
    if wants_json():
        return jsonify(ok=True), 201
    flash(_("Trong bài đã có tệp %(name)s.", name=file.original_name), "ok")
    return redirect(url_for(".files", public_id=public_id))


@bp.post("/cua-toi/<public_id>/tep/<file>/xoa")
@needs(A.IDEA_WRITE)
def remove_file(public_id: str, file: str) -> ResponseReturnValue:
    idea = own_idea(public_id, A.IDEA_WRITE)
    if ActForm().run(service.detach_file, me(), idea, public_id=file):
        flash(_("Đã xóa tệp khỏi bài."), "ok")
    return redirect(url_for("ideas.edit", public_id=public_id) + "#tai-lieu")


def _file_refused(public_id: str, message: Any, status: int) -> ResponseReturnValue:
    """Why a file was not taken; nothing else of the idea is touched."""
    if wants_json():
        return jsonify(message=str(message)), status
    idea = queries.whole(own_idea(public_id, A.IDEA_WRITE))
    return render_template("ideas/files.html", idea=idea, refused=message), status
