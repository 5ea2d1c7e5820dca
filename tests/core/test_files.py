"""The folder of uploaded files: whole or not at all, and swept without hurting anybody."""

import errno
import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest

from app.core import files
from app.core.clock import now, set_to
from app.core.files import FileStore, StorageFull

CONTENT = "Ý tưởng".encode() * 1000
KEY = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files", spare_bytes=0)


def everything_in(store):
    return sorted(str(path.relative_to(store.root)) for path in store.root.rglob("*") if path.is_file())


@pytest.mark.parametrize("data", [CONTENT, BytesIO(CONTENT)])
def test_a_file_lies_under_the_hash_of_its_content(store, data):
    assert store.put(data) == KEY

    assert everything_in(store) == [f"{KEY[:2]}/{KEY[2:4]}/{KEY}"]
    assert store.open(KEY).read() == CONTENT
    assert (store.exists(KEY), store.size(KEY)) == (True, len(CONTENT))


def test_the_same_content_is_kept_once(store):
    assert store.put(CONTENT) == store.put(BytesIO(CONTENT))

    assert len(everything_in(store)) == 1


def test_a_deleted_file_is_gone_and_may_be_deleted_again(store):
    store.put(CONTENT)

    store.delete(KEY)
    store.delete(KEY)

    assert store.exists(KEY) is False
    with pytest.raises(FileNotFoundError):
        store.open(KEY)


@pytest.mark.parametrize("key", ["../../etc/passwd", "", KEY.upper(), KEY[:-1], f"{KEY}/x", "g" * 64])
def test_a_key_is_never_a_path(store, key):
    with pytest.raises(ValueError, match="not a file key"):
        store.path(key)


def test_sweeping_removes_only_old_files_without_a_row(store):
    kept, orphan = store.put(b"kept"), store.put(b"orphan")
    with set_to(now() + timedelta(days=2)):
        os.utime(store.path(store.put(b"young")), times=((now() - timedelta(hours=1)).timestamp(),) * 2)

        removed = store.sweep({kept}, timedelta(days=1))

    assert removed == [orphan]
    assert sorted(store.keys()) == sorted([kept, hashlib.sha256(b"young").hexdigest()])


def test_a_file_sent_again_is_young_again(store):
    """Its row may be about to be committed while the sweep is looking."""
    store.put(CONTENT)
    os.utime(store.path(KEY), times=(0, 0))
    store.put(CONTENT)

    assert store.sweep(set(), timedelta(days=1)) == []


def test_sweeping_removes_what_a_crash_left_half_written(store):
    store.put(CONTENT)
    unfinished = store.root / "incoming" / ".part-crashed"
    unfinished.write_bytes(b"half")
    os.utime(unfinished, times=(0, 0))

    store.sweep({KEY}, timedelta(days=1))

    assert everything_in(store) == [f"{KEY[:2]}/{KEY[2:4]}/{KEY}"]


def test_a_full_disk_is_refused_before_anything_is_written(store, monkeypatch):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))

    with pytest.raises(StorageFull) as refused:
        store.put(CONTENT)

    assert refused.value.status == 507
    assert everything_in(store) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_while_writing_leaves_nothing_behind(store, monkeypatch, code):
    def full(_handle):
        raise OSError(code, "full")

    monkeypatch.setattr(files.os, "fsync", full)
    (store.root / "incoming").mkdir(parents=True)

    with pytest.raises(StorageFull):
        store.put(CONTENT)

    assert everything_in(store) == []


def test_a_broken_stream_leaves_nothing_behind(store):
    class Broken:
        def read(self, _size):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Broken())

    assert everything_in(store) == []


@pytest.mark.parametrize(("point", "kept"), [("file.write.before", False), ("file.write.after", True)])
def test_killed_while_writing_the_file_is_there_whole_or_not_at_all(store, point, kept):
    program = f"from app.core.files import FileStore; FileStore({str(store.root)!r}, spare_bytes=0).put({CONTENT!r})"

    ended = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "FAULT_POINTS": f"{point}=kill"}, check=False
    )

    assert ended.returncode == -9
    assert store.exists(KEY) is kept
    assert not kept or store.open(KEY).read() == CONTENT
