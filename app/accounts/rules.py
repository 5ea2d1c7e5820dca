"""Ages, consents and links: what the law and the ward ask of a person before an idea can be taken."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import _l
from app.core.text import nfc
from app.permissions import Role

GUARDIAN_BELOW_AGE = 16  # Luật Trẻ em 2016: a child is under 16; Luật 91/2025/QH15 art. 24

YOUNGEST, OLDEST = 6, 110  # outside of these a birth date is a slip of the finger
LONGEST_ADDRESS, LONGEST_NAME = 254, 120
GMAIL = frozenset({"gmail.com", "googlemail.com"})  # two names of one host

# Given by an administrator, by invitation only; youth comes with signing up, guardians need no account.
STAFF_ROLES = (
    Role.JUDGE,
    Role.MODERATOR,
    Role.SCHOOL_COORDINATOR,
    Role.UNIT_CONTACT,
    Role.OFFICER,
    Role.LEADER,
    Role.ADMINISTRATOR,
)

# Held for one unit; every other role counts in the whole ward, whatever unit it is given for.
UNIT_ROLES = frozenset({Role.UNIT_CONTACT, Role.SCHOOL_COORDINATOR})

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\.]+(\.[^@\s<>\"(),:;\[\]\\.]+)+")
_DIGITS = re.compile(r"[0-9]+")


class UserState(StrEnum):
    PENDING = "pending"  # address not confirmed yet
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class Purpose(StrEnum):
    """What personal data may be used for; one consent each (texts/consent_purposes.yaml)."""

    CONTEST = "du_thi"
    PUBLIC_NAME = "cong_khai"
    FORWARD_TO_WARD = "chuyen_ubnd"
    SEND_TO_DEPARTMENT = "gui_so_khcn"
    NEWSLETTER = "nhan_thong_bao"


GUARDIAN_PURPOSES = (
    Purpose.CONTEST,
    Purpose.PUBLIC_NAME,
    Purpose.FORWARD_TO_WARD,
    Purpose.SEND_TO_DEPARTMENT,
)
CONSENT_TEXT_VERSION = "1.0"


class GuardianState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LinkPurpose(StrEnum):
    """What a one-time link is good for; it works for nothing else."""

    CONFIRM = "confirm"
    RESET = "reset"
    INVITE_STAFF = "invite_staff"
    GUARDIAN = "guardian"
    COAUTHOR = "coauthor"
    NEW_ADDRESS = "new_address"


# these open the account itself, so a new password or address makes them void
HELD_BY_THE_PERSON = (
    LinkPurpose.CONFIRM,
    LinkPurpose.RESET,
    LinkPurpose.INVITE_STAFF,
    LinkPurpose.NEW_ADDRESS,
)

LINK_LIFE: dict[LinkPurpose, timedelta] = {
    LinkPurpose.CONFIRM: timedelta(days=3),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.INVITE_STAFF: timedelta(days=14),
    LinkPurpose.GUARDIAN: timedelta(days=14),
    LinkPurpose.COAUTHOR: timedelta(days=14),
    LinkPurpose.NEW_ADDRESS: timedelta(days=3),
}

# Sessions end after this long without use, and after this long in any case.
IDLE = {"youth": timedelta(hours=12), "staff": timedelta(hours=2)}
ABSOLUTE = {"youth": timedelta(days=30), "staff": timedelta(hours=12)}


def age_on(born: date, day: date) -> int:
    """Whole years lived on that day; who is born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def needs_guardian(born: date | None, day: date) -> bool:
    """Under 16 on the Vietnamese day of submission."""
    return born is not None and age_on(born, day) < GUARDIAN_BELOW_AGE


def same_address(email: str) -> str:
    """How an address is kept and compared: NFC, lower case, no spaces around it."""
    return nfc(email).strip().lower()


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses reach one person: what follows a + is only a label; Gmail reads no dots."""
    return _without_label(one) == _without_label(other)


def _without_label(email: str) -> str:
    box, _, host = same_address(email).rpartition("@")
    box = box.partition("+")[0]
    return f"{box.replace('.', '')}@gmail.com" if host in GMAIL else f"{box}@{host}"


def adults_name(name: str) -> str:
    """A guardian's name, as the child gives it. Raises Invalid."""
    return person_name(name, "guardian_name", _l("Nhập họ và tên của người lớn."))


def adults_address(email: str, childs_email: str) -> str:
    """A guardian's address as it is kept; not the child's own mailbox. Raises Invalid."""
    address = mail_address(email, "guardian_email")
    if same_mailbox(address, childs_email):
        raise Invalid(
            "guardian_email", _l("Địa chỉ này trùng với địa chỉ của bạn. Nhập địa chỉ của người lớn.")
        )
    return address


def mail_address(email: str, field: str = "email") -> str:
    """An address as it is kept. Raises Invalid."""
    address = same_address(email)
    if not address:
        raise Invalid(field, _l("Nhập địa chỉ thư điện tử."))
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Invalid(field, _l("Viết địa chỉ thư đủ phần trước và sau dấu @, ví dụ ten@example.vn."))
    return address


def hidden_address(email: str) -> str:
    """Enough of an address for its owner to know it: c***@example.vn."""
    box, _, host = email.rpartition("@")
    return f"{box[:1]}***@{host}" if box else ""


def person_name(name: str, field: str = "full_name", missing: Any = _l("Nhập họ và tên.")) -> str:
    """A name as it is kept: single spaces, letters in it. Raises Invalid."""
    name = " ".join(nfc(name).split())
    if not any(character.isalpha() for character in name):
        raise Invalid(field, missing)
    if len(name) > LONGEST_NAME:
        raise Invalid(field, _l("Họ và tên dài nhất %(number)s ký tự.", number=LONGEST_NAME))
    return name


def born_on(day: str, month: str, year: str, today: date) -> date:
    """The birth date typed in three fields. Raises Invalid for what is no day, or nobody's age."""
    parts = [part.strip() for part in (day, month, year)]
    if not all(parts):
        raise Invalid("day", _l("Nhập đủ ngày, tháng và năm sinh."))
    if not all(_DIGITS.fullmatch(part) for part in parts) or len(parts[2]) != len("2026"):
        raise Invalid("day", _l("Viết ngày sinh bằng số, năm đủ bốn chữ số, ví dụ 17 – 8 – 2008."))
    try:
        born = date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        raise Invalid("day", _l("Không có ngày này. Xem lại ngày và tháng.")) from None
    if not YOUNGEST <= age_on(born, today) <= OLDEST:
        raise Invalid("day", _l("Xem lại năm sinh."))
    return born
