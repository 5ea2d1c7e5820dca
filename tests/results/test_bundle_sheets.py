"""Every way a sheet can go is in the bundle, all its versions with it, and the last one counts."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from app.accounts import retention
from app.audit import service as record_service
from app.core.db import db, transaction
from app.core.events import Event
from app.core.stored_files import Kept
from app.core.uploads import Inspected, Kind
from app.judging import panel
from app.judging import service as judging
from app.judging.models import PanelMember
from app.judging.paper import service as paper
from app.permissions import Role
from app.results.bundle import kiem_chung
from tests.audit.story import seal, story, submit_all
from tests.factories import UserFactory
from tests.results.bundles import (
    WHY,
    Session,
    finish,
    holds,
    judge_of,
    refused,
    rewrite,
    rows,
    run,
    submit_again,
    unpacked,
    without,
)

SCAN = Kept(Inspected(Kind.PNG, b"phieu", "phieu.png"), "5c" * 32, "")


def versions_of(folder, sheet):
    """Kinds of the events about this sheet, in order, with the marks that each leaves."""
    judge = db.session.scalar(
        sa.select(PanelMember.code).where(
            PanelMember.round_id == sheet.entry.round_id, PanelMember.judge_id == sheet.judge_id
        )
    )
    return [
        (row["loai"], row["diem"])
        for row in rows(folder, "phieu.csv")
        if (row["bai"], row["giam_khao"]) == (sheet.entry.judging_code, judge)
    ]


def counted(folder, code):
    return next(row for row in rows(folder, "xep_hang.csv") if row["bai"] == code)


# --- amended in the council


@pytest.fixture
def amended(app):
    """Told to its end, with the sheet that its judge amended."""
    told = story(until="submitted")
    sheet = told.sheets[0]
    session = Session(told)
    session.amend(sheet, {"moi": "11", "hieu_qua": "12,5"})
    session.close()
    return finish(told), sheet


def test_an_amended_sheet_is_there_in_both_versions_and_the_last_one_counts(amended, tmp_path):
    told, sheet = amended

    folder = holds(told, tmp_path)

    assert [kind for kind, _marks in versions_of(folder, sheet)] == [
        "judges.assigned",
        "sheet.submitted",
        "sheet.amended",
    ]
    assert versions_of(folder, sheet)[-1][1] == "hieu_qua=1250;moi=1100"
    assert kiem_chung.points(counted(folder, sheet.entry.judging_code)["tieu_chi"])["moi"] < 3000


def test_leaving_out_what_was_amended_is_refused(amended, tmp_path):
    told, sheet = amended
    folder = holds(told, tmp_path)
    code = sheet.entry.judging_code

    without(
        folder,
        "phieu.csv",
        lambda row: row["bai"] == code and row["loai"] == "sheet.submitted",
    )

    said = refused(folder)
    assert f"cho {code}" in said
    assert "thiếu bản đã nộp trước đó" in said


def test_putting_the_old_version_last_does_not_bring_it_back(amended, tmp_path):
    told, _sheet = amended
    folder = holds(told, tmp_path)
    held = rows(folder, "phieu.csv")

    rewrite(folder, "phieu.csv", held[::-1])

    assert run(folder)[0] == 0  # the order is that of the seals, whatever that of the lines


def test_leaving_out_the_amendment_itself_shows_in_the_scores(amended, tmp_path):
    told, sheet = amended
    folder = holds(told, tmp_path)

    without(folder, "phieu.csv", lambda row: row["loai"] == "sheet.amended")

    assert f"{sheet.entry.judging_code}, diem" in refused(folder)


# --- reopened, taken back, voided, left


def test_a_reopened_sheet_keeps_what_it_said_before(app, tmp_path):
    told = story(until="submitted")
    sheet = told.sheets[0]
    with transaction():
        judging.reopen_sheet(told.moderator, sheet, reason=WHY)
    submit_again(told, sheet)

    folder = holds(finish(told), tmp_path)

    kinds = [kind for kind, _marks in versions_of(folder, sheet)]
    assert kinds == ["judges.assigned", "sheet.submitted", "sheet.reopened", "sheet.submitted"]
    without(folder, "phieu.csv", lambda row: row["so"] == _first(folder, sheet, "sheet.submitted"))
    assert "thiếu bản đã nộp trước đó" in refused(folder)


def _first(folder, sheet, kind):
    return next(
        row["so"]
        for row in rows(folder, "phieu.csv")
        if (row["bai"], row["loai"]) == (sheet.entry.judging_code, kind)
    )


def test_a_sheet_that_its_judge_took_back_and_sent_again(app, tmp_path):
    told = story(until="submitted")
    sheet = told.sheets[0]
    with transaction():
        judging.take_back(judge_of(told, sheet), sheet, version=sheet.version)
    submit_again(told, sheet)

    folder = holds(finish(told), tmp_path)

    assert [kind for kind, _marks in versions_of(folder, sheet)][-2:] == [
        "sheet.taken_back",
        "sheet.submitted",
    ]


def test_a_voided_sheet_is_there_and_counts_for_nothing(app, tmp_path):
    told = story(until="submitted", judges=3, k=3)
    sheet = told.sheets[0]
    with transaction():
        judging.void_sheet(told.moderator, sheet, reason=WHY)

    folder = holds(finish(told), tmp_path)

    assert counted(folder, sheet.entry.judging_code)["so_phieu"] == "2"
    without(folder, "phieu.csv", lambda row: row["loai"] == "sheet.voided")
    assert f"/ {sheet.entry.judging_code} /" in refused(folder)


def test_sheets_of_a_judge_who_left_count_under_the_old_code(app, tmp_path):
    told = story(until="assigned", judges=4, k=3)
    gone = told.judges[0]
    kept = [sheet for sheet in told.sheets if sheet.judge_id == gone.id]
    with transaction():
        for criterion in kept[0].criteria:
            judging.mark_criterion(
                gone, kept[0], criterion, points="20", comment=None, version=kept[0].version
            )
        judging.submit_sheet(gone, kept[0], version=kept[0].version)
    member = db.session.scalars(sa.select(PanelMember).where(PanelMember.judge_id == gone.id)).one()
    code = member.code
    with transaction():
        panel.remove_panel_member(told.moderator, told.round, member)
    told = told._replace(judges=told.judges[1:])
    db.session.expire_all()
    with transaction():
        submit_all(told, sheets=[sheet for sheet in told.sheets if sheet.judge_id != gone.id])

    folder = holds(finish(told), tmp_path)

    assert [row["trong_ban"] for row in rows(folder, "giam_khao.csv") if row["ma"] == code] == [""]
    assert [
        row["bai"]
        for row in rows(folder, "phan_cong.csv")
        if (row["giam_khao"], row["trang_thai"]) == (code, "submitted")
    ] == [kept[0].entry.judging_code]


# --- on paper


def test_a_paper_sheet_counts_like_any_other(app, tmp_path):
    told = story(until="assigned")
    sheet, others = told.sheets[0], told.sheets[1:]
    with transaction():
        submit_all(told, sheets=others)
    from_paper(told, sheet, {"moi": "21,75", "hieu_qua": "33"})

    folder = holds(finish(told), tmp_path)

    assert versions_of(folder, sheet)[-1] == ("sheet.submitted", "hieu_qua=3300;moi=2175")


def from_paper(told, sheet, typed):
    first, second = UserFactory(role=Role.MODERATOR), UserFactory(role=Role.MODERATOR)
    with transaction():
        paper.attach_scan(first, sheet, kept=SCAN)
    for person in (first, second):
        with transaction():
            held = paper.paper_of(sheet)
            paper.type_marks(person, sheet, typed=typed, comment="", version=held.version)
    with transaction():
        held = paper.paper_of(sheet)
        paper.confirm(judge_of(told, sheet), held, version=held.version)


# --- what a law takes away


def test_erasure_by_law_leaves_the_bundle_whole(app, tmp_path, administrator):
    told = story()
    event = db.session.query(Event).filter_by(kind="sheet.submitted").first()
    with transaction():
        record_service.erase_event_payload(administrator, event, reason="Quyết định 12/QĐ ngày 02/12.")
    seal()

    code, said = run(unpacked(told, tmp_path))

    assert code == 0, said
    assert "đã xóa theo luật" in said


def test_a_judge_who_was_erased_leaves_no_trace_but_the_commitment(app, tmp_path):
    told = story(until="submitted")
    name, person = told.judges[0].full_name, told.judges[0]
    told = finish(told)
    with transaction():
        retention.erase(person, told.moderator)
    seal()

    folder = holds(told, tmp_path / "bundle")

    assert all(row["cam_ket"] for row in rows(folder, "giam_khao.csv"))
    assert [path.name for path in folder.iterdir() if name in path.read_text(encoding="utf-8")] == []


def test_an_author_who_was_erased_after_the_judging_leaves_the_results_whole(app, tmp_path):
    told = story(until="submitted")
    author = told.sheets[0].entry.idea.leader.user
    with transaction():
        retention.erase(author, told.moderator)
    seal()

    holds(finish(told), tmp_path)


def test_erasing_the_event_of_the_votes_is_said(app, tmp_path, administrator):
    told = story()
    event = db.session.query(Event).filter_by(kind="ideas.entered").one()
    with transaction():
        record_service.erase_event_payload(administrator, event, reason="Quyết định 12/QĐ ngày 02/12.")
    seal()

    code, said = run(unpacked(told, tmp_path))

    assert code == 0, said
    assert "Bình chọn của" in said
    assert json.loads((tmp_path / "dinh.json").read_text(encoding="utf-8"))["xoa"] == [event.leaf]
