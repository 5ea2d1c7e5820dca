"""A judge holds a receipt of each submitted sheet: later nobody can change, drop or re-date it unseen."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import pytest

from app.core.canonical import canonical, commitment, leaf_hash, private_hash
from app.core.db import db, transaction
from app.core.events import Event
from app.judging import service
from app.judging.models import PanelMember
from app.judging.receipt import receipt_of
from app.results.bundle.service import content_of
from app.results.service import release_comment
from tests.audit.story import story


def mine(told):
    sheet = told.sheets[0]
    return sheet, next(judge for judge in told.judges if judge.id == sheet.judge_id)


def test_after_submitting_a_judge_sees_the_receipt_and_can_take_it_along(browser):
    told = story(until="assigned")
    sheet, judge = mine(told)
    with transaction():
        for criterion in sheet.criteria:
            service.mark_criterion(judge, sheet, criterion, points="20", comment=None, version=sheet.version)
    own = browser.as_(judge)
    sent = own.post(f"/cham-diem/{sheet.public_id}", {"viec": "nop", "version": sheet.version}, status=302)
    leaf = db.session.query(Event).filter_by(kind="sheet.submitted").one().leaf

    after = own.get(sent.location)
    page = browser.as_(judge).get(f"/cham-diem/{sheet.public_id}")
    receipt = browser.as_(judge).get(f"/cham-diem/{sheet.public_id}/bien-nhan")
    file = browser.as_(judge).get(f"/cham-diem/{sheet.public_id}/bien-nhan.json")

    assert f"Mã biên nhận: {leaf[:16]}" in after
    assert f"/cham-diem/{sheet.public_id}/bien-nhan" in page.links()
    assert leaf in receipt
    assert json.loads(file.text)["la"] == leaf


def test_the_receipt_opens_the_leaf_the_time_and_the_code(app):
    told = story(until="submitted")
    sheet, judge = mine(told)

    held = receipt_of(sheet).as_dict()

    inside = held["phan_rieng"]
    assert private_hash(inside["muoi"], inside["noi_dung"]) == held["rieng"]
    payload = {"kind": held["loai"], "shown": held["hien"], "private": held["rieng"]}
    assert leaf_hash(held["muoi"], payload) == held["la"]
    assert inside["noi_dung"]["facts"][0][2]["submitted_at"] == sheet.submitted_at.isoformat(
        timespec="microseconds"
    )
    seat = held["giam_khao"]
    assert (seat["ten"], seat["vong"]) == (judge.full_name, f"{told.round.campaign.slug}/{told.round.key}")
    assert commitment(seat["muoi"], seat["vong"], seat["ma"], seat["ten"]) == seat["cam_ket"]
    assert canonical(held)


def test_what_others_do_later_with_the_sheet_does_not_change_the_receipt(app):
    told = story(until="locked")
    sheet, judge = mine(told)
    before = receipt_of(sheet).event.leaf
    db.session.query(PanelMember).filter_by(judge_id=judge.id).one().is_chair = True
    db.session.commit()

    with transaction():
        release_comment(judge, sheet, text="Bài viết rõ ràng.")

    assert receipt_of(sheet).event.leaf == before


def test_there_is_none_for_others_nor_before_submitting(browser):
    told = story(until="assigned")
    sheet, judge = mine(told)
    other = next(one for one in told.judges if one.id != judge.id)

    browser.as_(judge).get(f"/cham-diem/{sheet.public_id}/bien-nhan", status=404)
    browser.as_(judge).get(f"/cham-diem/{sheet.public_id}/bien-nhan.json", status=404)
    browser.as_(other).get(f"/cham-diem/{sheet.public_id}/bien-nhan", status=404)


def with_bundle(told, folder, receipt):
    with zipfile.ZipFile(io.BytesIO(content_of(told.publication).data)) as whole:
        whole.extractall(folder)
    (folder / "bn.json").write_text(json.dumps(receipt), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "kiem_chung.py", "--bien-nhan", "bn.json"],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_script_finds_the_sheet_of_a_receipt(app, tmp_path):
    told = story()
    sheet, _judge = mine(told)
    held = receipt_of(sheet)

    code, said = with_bundle(told, tmp_path, held.as_dict())

    assert code == 0, said
    assert f"dòng {held.sealed} của la.txt" in said


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (lambda r: r["hien"][0]["marks"].update(moi=1), "Lá trong biên nhận"),
        (lambda r: r["giam_khao"].update(ten="Người Khác"), "Cam kết của mã"),
        (lambda r: r.update(muoi="0" * 64), "không có trong nhật ký"),
    ],
)
def test_the_script_tells_a_false_receipt(app, tmp_path, tamper, words):
    told = story()
    held = receipt_of(mine(told)[0]).as_dict()
    tamper(held)

    code, said = with_bundle(told, tmp_path, held)

    assert code == 1
    assert words in said


def test_a_judge_whose_sheet_was_replaced_unseen_is_told(app, tmp_path):
    told = story(until="submitted")
    sheet, judge = mine(told)
    held = receipt_of(sheet).as_dict()
    with transaction():
        service.reopen_sheet(told.moderator, sheet, reason="Không ai nói với giám khảo.")
    with transaction():
        service.mark_criterion(
            judge, sheet, sheet.criteria[0], points="1", comment=None, version=sheet.version
        )
        service.submit_sheet(judge, sheet, version=sheet.version)
    from tests.results.bundles import finish

    code, said = with_bundle(finish(told), tmp_path, held)

    assert code == 1
    assert "điểm: công bố" in said


def test_each_judge_of_a_panel_is_bound_to_a_code(app):
    told = story(until="assigned")
    members = db.session.query(PanelMember).filter_by(round_id=told.round.id).all()

    assert len({member.salt for member in members}) == len({member.commitment for member in members}) == 3
    assert all(receipt is None or receipt.is_bound for receipt in map(receipt_of, told.sheets))
