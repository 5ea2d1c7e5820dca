"""How a rule or a command says no. One handler turns these into designed pages, the API's into problem+json."""

from __future__ import annotations

from typing import Any

from app.core.i18n import _l


class Refused(Exception):
    """The base of every refusal: a status and a message that says what to do next."""

    status = 400

    def __init__(self, message: Any = "") -> None:
        super().__init__(message)
        self.message = message
        self.typed: list[
            tuple[str, str]
        ] = []  # (label, text) of what was written, given back on the page that says no


class NotAllowed(Refused):
    """The person may not do this. Shown as 404 where even the existence is nobody's business."""

    status = 403

    def __init__(self, message: Any = _l("Bạn không có quyền làm việc này.")) -> None:
        super().__init__(message)


class NotFound(Refused):
    """There is no such thing, or none that this person may know of."""

    status = 404

    def __init__(self, message: Any = _l("Không tìm thấy nội dung này.")) -> None:
        super().__init__(message)


class WrongState(Refused):
    """The thing is no longer (or not yet) where this can be done."""

    status = 409


class Stale(Refused):
    """Somebody else changed it first; both texts are shown and nothing is overwritten."""

    status = 409

    def __init__(
        self,
        message: Any = _l("Nội dung vừa được người khác thay đổi. Hãy xem lại trước khi lưu."),
        *,
        mine: list[tuple[str, str]] | None = None,
        theirs: list[tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.mine = mine or []
        self.theirs = theirs or []


def same_version(held: int, seen: int) -> None:
    """Raises Stale when the page that was sent shows an older state than the one that is kept."""
    if held != seen:
        raise Stale


class Invalid(Refused):
    """What was typed cannot be taken; the message stands beside its field."""

    status = 422

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(message)
        self.field = field


class TooMany(Refused):
    """Too often in too short a time; says in how many seconds it works again."""

    status = 429

    def __init__(self, message: Any, retry_after_seconds: int = 60) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
