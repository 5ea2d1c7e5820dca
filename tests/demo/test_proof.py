"""The demo replays a whole year through the commands: each of them leaves the events that verification asks for."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

from app.audit import sealing
from app.audit.heads import publish_due
from app.audit.verification import verify
from app.core.db import db
from app.core.web import file_store
from app.demo.load import load_if_empty
from app.results.bundle.service import make_due
from app.results.models import ResultBundle


def test_the_year_of_the_demo_holds_and_its_bundle_is_recomputed(app, tmp_path):
    load_if_empty()
    while sealing.seal_events():
        pass

    assert verify().findings == []

    publish_due()
    assert make_due(file_store()) == 1
    with file_store().open(db.session.query(ResultBundle).one().sha256) as file:
        zipfile.ZipFile(io.BytesIO(file.read())).extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "kiem_chung.py"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("KHỚP")
