"""Health addresses, the doctor and the operations page: well when all is well, and exactly then."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from app import worker
from app.audit.sealing import SEALED_WITHIN
from app.core import clock
from app.core.db import db, make_engine, transaction
from app.core.events import Outbox, OutboxState, record
from app.core.jobs import JobRow
from app.operations import checkup, sweep
from app.permissions import Role
from tests.browser_client import counted_queries
from tests.factories import UserFactory


def ready(browser, status=200):
    return browser.get("/readyz", status=status).json["checks"]


def test_the_process_answers_without_the_database(browser):
    with counted_queries() as counter:
        page = browser.get("/healthz")

    assert page.json == {"status": "ok"}
    assert counter["statements"] == 0


def test_a_new_site_is_ready(browser):
    assert ready(browser) == {"database": True, "schema": True, "sealing": True, "store": True}


def test_a_site_whose_tables_are_old_is_not_ready(browser):
    with db.engine.begin() as connection:
        newest = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")
    try:
        assert ready(browser, 503)["schema"] is False
    finally:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newest}'")


def test_a_site_that_cannot_write_files_is_not_ready(app, browser, tmp_path):
    (tmp_path / "here").write_text("a file where a folder should be")
    app.config["SETTINGS"] = msgspec.structs.replace(
        app.config["SETTINGS"], instance_path=str(tmp_path / "here")
    )

    assert ready(browser, 503)["store"] is False


def happened():
    person = UserFactory()
    with transaction():
        record("user.join_repeated", person, None)


def test_a_site_whose_worker_sleeps_is_not_ready_and_is_again_when_it_wakes(browser):
    happened()
    assert ready(browser)["sealing"] is True

    with clock.set_to(clock.now() + timedelta(minutes=6)):
        assert ready(browser, 503)["sealing"] is False
        worker.run_once()
        assert ready(browser)["sealing"] is True


def test_the_threshold_is_what_is_promised(browser):
    assert timedelta(seconds=30) == SEALED_WITHIN
    happened()

    with clock.set_to(clock.now() + SEALED_WITHIN - timedelta(seconds=2)):
        assert ready(browser)["sealing"] is True
    with clock.set_to(clock.now() + SEALED_WITHIN + timedelta(seconds=1)):
        assert ready(browser, 503)["sealing"] is False


def test_a_sealer_that_runs_and_fails_is_no_excuse(browser, monkeypatch):
    def broken():
        raise LookupError

    happened()
    monkeypatch.setitem(worker.JOBS, "seal_events", worker.JOBS["seal_events"]._replace(run=broken))

    with clock.set_to(clock.now() + SEALED_WITHIN + timedelta(seconds=1)):
        worker.run_jobs(["seal_events"])
        assert ready(browser, 503)["sealing"] is False


def test_readiness_tells_a_stranger_no_more_than_yes_and_no(browser):
    page = browser.get("/readyz")

    assert page.json.keys() == {"status", "checks"}
    assert set(page.json["checks"].values()) <= {True, False}


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_a_sqlite_that_may_lose_commits_is_told_apart(version, sound):
    assert checkup.is_sound_sqlite(version) is sound


def doctor(app):
    return app.test_cli_runner().invoke(args=["doctor"])


def test_the_doctor_finds_a_sound_site_sound(app, database):
    db.use(make_engine(database))  # as a site opens it, waiting for the disk
    worker.run_once()

    visit = doctor(app)

    assert visit.exit_code == 0, visit.output
    assert "✗" not in visit.output
    assert [line.split("  ")[0][2:] for line in visit.output.splitlines()] == [
        "Cơ sở dữ liệu",
        "Bảng dữ liệu",
        "Ghi bền",
        "Niêm phong nhật ký",
        "Việc sau sự kiện",
        "Thư",
        "Việc định kỳ",
        "Kho tệp",
        "Chỗ trống",
        "Máy chủ thư",
        "Thiết lập",
    ]


def test_the_doctor_names_what_is_stuck_and_what_mends_it(app):
    happened()
    db.session.execute(sa.update(Outbox).values(state=OutboxState.PARKED))
    db.session.commit()

    visit = doctor(app)

    assert visit.exit_code == 1
    assert "✗ Việc sau sự kiện" in visit.output
    assert "→ Chạy lại ở trang Thư." in visit.output


def test_the_doctor_warns_of_a_demo_that_strangers_can_reach(app):
    app.config["SETTINGS"] = msgspec.structs.replace(
        app.config["SETTINGS"], demo=True, base_url="https://ytuong.example.vn"
    )

    assert "→ Tắt DEMO khi chạy thật." in doctor(app).output


def test_administrators_see_when_each_job_last_ran(browser, administrator):
    worker.run_once()
    row = db.session.get(JobRow, "remind_judges")
    row.failures, row.last_result = 3, "LookupError app.mail.reminders:99"
    db.session.commit()

    page = browser.as_(administrator).get("/quan-tri/van-hanh")

    assert "Niêm phong nhật ký" in page
    assert "Lỗi 3 lần liền" in page
    assert "LookupError app.mail.reminders:99" in page


def test_before_the_worker_ran_the_page_says_how_to_start_it(browser, administrator):
    assert "Tiến trình nền chưa chạy lần nào" in browser.as_(administrator).get("/quan-tri/van-hanh")


@pytest.mark.parametrize("role", [Role.YOUTH, Role.MODERATOR, Role.OFFICER, Role.LEADER])
def test_nobody_else_sees_the_operations_page(browser, role):
    browser.as_(UserFactory(role=role)).get("/quan-tri/van-hanh", status=403)


def test_files_that_no_row_points_to_are_swept_after_a_day(app):
    from app.core.stored_files import StoredFile

    store = app.extensions["file_store"]
    kept, blind, lost = store.put(b"kept"), store.put(b"blind copy"), store.put(b"lost")
    db.session.add(
        StoredFile(
            public_id="p",
            sha256=kept,
            blind_sha256=blind,
            size_bytes=4,
            kind="pdf",
            mime="application/pdf",
            original_name="a.pdf",
            owner_id=1,
            created_at=clock.now(),
        )
    )
    db.session.commit()

    assert sweep.sweep_files() == 0
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert sweep.sweep_files() == 1

    assert [store.exists(key) for key in (kept, blind, lost)] == [True, True, False]
