"""flask audit verify, as an administrator or an inspector types it."""

from __future__ import annotations

import json

import pytest

from app.audit.service import erase_event_payload
from app.core.db import db, transaction
from app.core.events import Event, Seal
from app.permissions import Role
from tests.audit.story import change, seal, story
from tests.factories import UserFactory


@pytest.fixture
def run(app):
    def invoke(*args):
        db.session.rollback()
        done = app.test_cli_runner().invoke(args=["audit", *args])
        return done.exit_code, done.output.splitlines()

    return invoke


def last_seal():
    return db.session.query(Seal).order_by(Seal.number.desc()).first()


def test_a_whole_record_ends_with_0_and_its_last_head(run):
    story()
    end = last_seal()

    code, lines = run("verify")

    assert code == 0
    assert lines[0] == f"Chuỗi nguyên vẹn: {end.number} sự kiện đã niêm phong, 0 đang chờ."
    assert lines[-1] == f"Dấu cuối: {end.number}:{end.head}"


def test_a_changed_mark_is_named_by_row_event_and_field(run):
    told = story()
    sheet = told.sheets[0]
    event = db.session.query(Event).filter_by(kind="sheet.submitted", object_id=sheet.id).one()
    number = db.session.query(Seal).filter_by(event_id=event.id).one().number
    before = event.shown[0]["marks"]["moi"]
    criterion = sheet.criteria[0]
    change(
        "UPDATE marks SET hundredths = 100 WHERE sheet_id = :id AND criterion_id = :criterion",
        id=sheet.id,
        criterion=criterion.id,
    )

    code, lines = run("verify")

    assert code == 1
    assert lines[0] == (
        f"Phiếu chấm #{sheet.id} (bảng score_sheets), marks.moi: dấu số {number} (Nộp phiếu chấm)"
        f" ghi {before}, bảng ghi 100."
    )
    assert lines[1] == "KHÔNG KHỚP: 1 chỗ."


def test_a_changed_event_is_named(run):
    story(until="assigned")
    change("UPDATE events SET kind = 'round.locked' WHERE id = 2")

    code, lines = run("verify")

    assert code == 1
    assert lines[0].startswith("Dấu số 2 (Khóa vòng chấm): sự kiện đã bị sửa sau khi ghi.")


@pytest.mark.parametrize("form", ["option", "lines", "bundle"])
def test_heads_kept_outside_are_compared(run, tmp_path, form):
    story(until="assigned")
    end = last_seal()

    def ask(number, head):
        if form == "option":
            return run("verify", "--head", f"{number}:{head}")
        file = tmp_path / "dau.txt"
        kept = {"dinh": [{"so": number, "dinh": head}], "cuoi": {"so": end.number, "dinh": end.head}}
        file.write_text(json.dumps(kept) if form == "bundle" else f"{number}:{head}\n\n", encoding="utf-8")
        return run("verify", "--heads", str(file))

    assert ask(end.number, end.head)[0] == 0
    code, lines = ask(end.number, "f" * 16)
    assert code == 1
    assert f"đã công bố {'f' * 16}, tính lại {end.head[:16]}." in lines[0]
    code, lines = ask(end.number + 5, "f" * 16)
    assert code == 1
    assert "phần cuối bị cắt" in lines[0]


def test_a_head_that_cannot_be_read_is_refused(run):
    assert run("verify", "--head", "abc")[0] == 2
    assert run("verify", "--head", "3:12")[0] == 2


def test_erasure_and_rows_of_before_are_said_aloud(run, administrator):
    story()
    event = db.session.query(Event).filter_by(kind="sheet.submitted").first()
    with transaction():
        erase_event_payload(administrator, event, reason="Quyết định 12/QĐ ngày 02/12.")
    seal()

    code, lines = run("verify")

    assert code == 0
    assert "1 sự kiện đã xóa nội dung theo luật; lá còn nguyên." in lines
    assert any("nhận vào sau" in line for line in lines)


def test_rows_of_before_the_record_are_taken_in_by_a_command(run):
    from tests.factories import IdeaFactory

    IdeaFactory(state="approved")

    assert run("verify")[0] == 1
    assert run("adopt") == (0, ["Đã nhận 2 dòng."])
    assert run("verify")[0] == 0


def test_the_figure_can_be_measured_again(monkeypatch, tmp_path):
    """In a process of its own: it works on a database of its own."""
    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "bench", "--sheets", "50"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "SECRET_KEY": "a key for tests only, long enough", "INSTANCE_PATH": str(tmp_path)},
    )

    assert done.returncode == 0, done.stderr
    assert "0 chỗ không khớp" in done.stdout


@pytest.mark.parametrize(
    ("role", "reason", "said"),
    [
        (Role.ADMINISTRATOR, "Theo yêu cầu xóa dữ liệu ngày 12/3.", "còn nguyên"),
        (Role.ADMINISTRATOR, "xóa", "ít nhất 10 ký tự"),
        (Role.MODERATOR, "Theo yêu cầu xóa dữ liệu ngày 12/3.", ""),
    ],
)
def test_erasing_by_law_needs_an_administrator_and_a_reason(run, role, reason, said):
    story()
    person = UserFactory(role=role)
    event = db.session.query(Event).filter_by(kind="sheet.submitted").first()
    key = event.id

    code, lines = run("erase", str(key), "--actor", person.email, "--reason", reason)

    assert said in "\n".join(lines)
    assert (code == 0) is (said == "còn nguyên")
    db.session.expire_all()
    assert (db.session.get(Event, key).salt == "") is (code == 0)
    seal()
    assert run("verify")[0] == 0
