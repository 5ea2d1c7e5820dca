"""Files that people send: five kinds, looked into before they are kept."""

import hashlib
import json
import subprocess
import sys
import threading
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from app.core.errors import Refused
from app.core.i18n import _l
from app.core.inspection import examine as inspection
from app.core.inspection.rejected import Rejected
from app.core.logs import log

LIMIT_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 150
TIMEOUT_SECONDS = 30.0
_MEMORY_BYTES = 1536 * 1024 * 1024

# two at a time a process: each may take all the memory that it is allowed
_at_once = threading.BoundedSemaphore(2)
# appended, not put first: the modules of core must not stand before Python's own of the same name
_START = "import sys; sys.path.append(sys.argv[1]); from inspection.worker import main; main()"


class Kind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    JPG = "jpg"
    PNG = "png"


MIME: dict[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
}
_KIND_BY_EXTENSION = {kind.value: kind for kind in Kind} | {"jpeg": Kind.JPG}

_ADVICE = {
    "doc": _l("Tệp Word kiểu cũ (.doc) không nhận được. Hãy mở và lưu lại dạng .docx hoặc PDF."),
    "ppt": _l("Tệp PowerPoint kiểu cũ (.ppt) không nhận được. Hãy mở và lưu lại dạng .pptx hoặc PDF."),
    "docm": _l("Tệp có macro không nhận được. Hãy lưu lại dạng .docx không có macro hoặc PDF."),
    "pptm": _l("Tệp có macro không nhận được. Hãy lưu lại dạng .pptx không có macro hoặc PDF."),
    "heic": _l("Ảnh HEIC của iPhone chưa nhận được. Hãy lưu lại dạng JPG, hoặc gửi thẳng từ điện thoại."),
}
_MESSAGES = {
    "extension": _l("Chỉ nhận tệp PDF, DOCX, PPTX, JPG và PNG."),
    "empty": _l("Tệp rỗng. Hãy chọn lại tệp."),
    "mismatch": _l("Nội dung tệp không đúng với đuôi tên tệp. Hãy mở tệp rồi lưu lại đúng loại."),
    "signature": _l("Nội dung tệp không đúng với đuôi tên tệp. Hãy mở tệp rồi lưu lại đúng loại."),
    "two_files": _l("Tệp có phần lạ ghép thêm ở đầu hoặc cuối. Hãy mở tệp rồi lưu lại, hoặc xuất PDF."),
    "unreadable": _l("Không mở được tệp, có thể tệp bị hỏng. Hãy mở tệp rồi lưu lại, hoặc xuất PDF."),
    "heavy": _l("Tệp quá phức tạp để kiểm tra an toàn. Hãy xuất PDF hoặc chia nhỏ rồi gửi lại."),
    "too_many_pixels": _l("Ảnh quá lớn (trên 64 triệu điểm ảnh). Hãy thu nhỏ rồi gửi lại."),
    "too_many_pages": _l("Tệp PDF phải có từ 1 đến 200 trang."),
    "encrypted": _l("Tệp đang đặt mật khẩu hoặc là định dạng cũ. Hãy bỏ mật khẩu, lưu lại rồi gửi."),
    "macro": _l("Tệp có macro. Hãy lưu lại không có macro, hoặc xuất PDF rồi gửi."),
    "script": _l("Tệp PDF có mã chạy tự động (JavaScript). Hãy in ra PDF mới rồi gửi."),
    "action": _l("Tệp PDF có thao tác tự chạy khi mở. Hãy in ra PDF mới rồi gửi."),
    "form": _l("Tệp PDF là biểu mẫu điền động. Hãy in ra PDF mới rồi gửi."),
    "embedded": _l("Tệp có chứa tệp khác bên trong (ví dụ bảng tính của biểu đồ). Hãy xuất PDF rồi gửi."),
    "external": _l(
        "Tệp lấy nội dung từ bên ngoài (ảnh, mẫu, tệp liên kết). Hãy chèn hẳn vào, hoặc xuất PDF."
    ),
}


class UploadRefused(Refused, ValueError):
    """A file that is not taken; `code` says why for logs and tests, `message` says what to do."""

    status = 422

    def __init__(self, code: str, message: Any = None) -> None:
        super().__init__(message or _MESSAGES[code])
        self.code = code


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: `content` is what to store, its size and hash are those of `content`."""

    kind: Kind
    content: bytes
    original_name: str

    @property
    def mime(self) -> str:
        return MIME[self.kind]

    @property
    def ext(self) -> str:
        return self.kind.value

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def inspect(source: bytes | Path | BinaryIO, filename: str, *, limit_bytes: int = LIMIT_BYTES) -> Inspected:
    """Look into a file in this process. Raises UploadRefused."""
    kind, content = _receive(source, filename, limit_bytes)
    try:
        content = inspection.examine(kind.value, content)
    except Rejected as rejected:
        raise UploadRefused(rejected.code) from rejected
    return Inspected(kind, content, safe_name(filename))


def inspect_in_subprocess(
    source: bytes | Path | BinaryIO,
    filename: str,
    *,
    limit_bytes: int = LIMIT_BYTES,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Inspected:
    """The same in a process of its own with little time and memory: what a page that takes files calls."""
    kind, content = _receive(source, filename, limit_bytes)
    content = _in_subprocess("examine", kind, content, timeout_seconds)
    return Inspected(kind, content, safe_name(filename))


def blind_copy(kind: Kind | str, content: bytes) -> bytes:
    """The file as judges get it: no author, program, dates or places in it.

    Raises UploadRefused when that cannot be promised: withhold the file then.
    """
    return _in_subprocess("blind", Kind(kind), content, TIMEOUT_SECONDS)


def safe_name(filename: str) -> str:
    """The file's own name, as data to show: no folders, no invisible or direction-changing signs, not too long."""
    name = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    name = " ".join(name.split())
    stem, dot, extension = name.rpartition(".")
    return stem[: LONGEST_NAME - len(extension) - 1] + dot + extension if dot else name[:LONGEST_NAME]


def _receive(source: bytes | Path | BinaryIO, filename: str, limit_bytes: int) -> tuple[Kind, bytes]:
    """The kind by name and the bytes, before any parser; never reads more than the limit."""
    extension = safe_name(filename).rpartition(".")[2].lower()
    if extension not in _KIND_BY_EXTENSION:
        raise UploadRefused("extension", _ADVICE.get(extension))
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, Path):
        with source.open("rb") as file:
            content = file.read(limit_bytes + 1)
    else:
        content = source.read(limit_bytes + 1)
    if not content:
        raise UploadRefused("empty")
    if len(content) > limit_bytes:
        raise UploadRefused(
            "too_big",
            _l(
                "Tệp lớn quá %(size)s MB. Hãy nén ảnh trong tệp hoặc xuất PDF rồi gửi lại.",
                size=limit_bytes // 2**20,
            ),
        )
    return _KIND_BY_EXTENSION[extension], content


def _in_subprocess(task: str, kind: Kind, content: bytes, timeout_seconds: float) -> bytes:
    order = {
        "task": task,
        "kind": kind.value,
        "memory_bytes": _MEMORY_BYTES,
        "cpu_seconds": max(1, int(timeout_seconds)),
    }
    command = [sys.executable, "-I", "-c", _START, str(Path(__file__).parent)]
    with _at_once:
        try:
            done = subprocess.run(  # noqa: S603 - our own words, and the file goes in as data
                command,
                input=json.dumps(order).encode() + b"\n" + content,
                capture_output=True,
                timeout=timeout_seconds,
                check=False,
                env={},
            )
        except subprocess.TimeoutExpired as error:
            raise UploadRefused("heavy") from error
    header, _newline, answer = done.stdout.partition(b"\n")
    # killed by a limit, or by a parser that crashed: nothing came back
    if done.returncode != 0 or not header:
        log.warning("upload.refused", task=task, kind=kind.value, code="heavy", exit=done.returncode)
        raise UploadRefused("heavy")
    said = json.loads(header)
    if said["code"] is not None:
        log.info("upload.refused", task=task, kind=kind.value, code=said["code"], cause=said["cause"])
        raise UploadRefused(said["code"])
    return answer
