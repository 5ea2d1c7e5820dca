"""Where uploaded files lie: under the SHA-256 of their content, written whole or not at all."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from app.core.clock import now
from app.core.errors import Refused
from app.core.faults import fault
from app.core.i18n import _l

_CHUNK_BYTES = 1024 * 1024
_UNFINISHED = ".part-"


class StorageFull(Refused, OSError):
    """The disk has no room for another file; reading goes on."""

    status = 507
    code = "storage_full"

    def __init__(self) -> None:
        super().__init__(
            _l("Máy chủ tạm hết chỗ lưu tệp. Bài viết vẫn được giữ; hãy gửi tệp lại sau ít phút.")
        )


class FileStore:
    """A folder of immutable files. Who may read one is decided elsewhere, before its key is known here."""

    def __init__(self, root: Path | str, *, spare_bytes: int = 64 * 1024 * 1024) -> None:
        """`spare_bytes` stay free on the disk, for the database that lives beside the files."""
        self.root = Path(root)
        self.spare_bytes = spare_bytes

    def put(self, data: bytes | BinaryIO) -> str:
        """Keep a file and return its key. On return it survives a power cut. Raises StorageFull."""
        source = BytesIO(data) if isinstance(data, bytes) else data
        incoming = self.root / "incoming"
        _make_folder(incoming)
        self._require_room(len(data) if isinstance(data, bytes) else 0)
        fault("file.write.before")
        try:
            key = self._write(source, incoming)
        except OSError as error:
            if _is_full(error):
                raise StorageFull from error
            raise
        fault("file.write.after")
        return key

    def open(self, key: str) -> BinaryIO:
        """The file, to be read from its start. Raises FileNotFoundError."""
        return self.path(key).open("rb")

    def path(self, key: str) -> Path:
        """Where the file of a key lies, whether or not it is there."""
        if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
            raise ValueError(f"not a file key: {key!r}")
        return self.root / key[:2] / key[2:4] / key

    def size(self, key: str) -> int:
        """Bytes of the file. Raises FileNotFoundError."""
        return self.path(key).stat().st_size

    def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    def delete(self, key: str) -> None:
        """Remove the file; nothing happens when it is gone already."""
        self.path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Every file that is here."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if len(path.name) == 64:
                yield path.name

    def sweep(self, referenced: set[str], older_than: timedelta) -> list[str]:
        """Remove files that no row points to and what crashes left half written, but nothing younger.

        The age protects a file whose row is not committed yet. Returns the keys removed.
        """
        before = (now() - older_than).timestamp()
        removed = []
        for key in sorted(set(self.keys()) - referenced):
            path = self.path(key)
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed.append(key)
        for path in self.root.glob(f"incoming/{_UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
        return removed

    def _write(self, source: BinaryIO, incoming: Path) -> str:
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=incoming)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                while chunk := source.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
                    self._require_room(0)
                file.flush()
                os.fsync(file.fileno())
            key = digest.hexdigest()
            target = self.path(key)
            _make_folder(target.parent)
            # also when it is there already: the new copy is young, so a sweep under way leaves it alone
            unfinished.replace(target)
            _fsync_folder(target.parent)
            return key
        finally:
            unfinished.unlink(missing_ok=True)

    def _require_room(self, size_bytes: int) -> None:
        if shutil.disk_usage(self.root).free < size_bytes + self.spare_bytes:
            raise StorageFull


def _make_folder(folder: Path) -> None:
    """A folder that is still there after a power cut, and so are those above it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_full(error: OSError) -> bool:
    return error.errno in {errno.ENOSPC, errno.EDQUOT}
