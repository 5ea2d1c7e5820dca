"""What a person (and under 16 their guardian) has agreed to, and what still keeps them from submitting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.accounts.models import Consent, User
from app.accounts.rules import GUARDIAN_PURPOSES, GuardianState, Purpose, needs_guardian
from app.core.clock import today
from app.core.i18n import _l


class Blocker(NamedTuple):
    """One thing to do before submitting: where on the account page, and the words."""

    field: str
    text: Any


def standing(consents: Iterable[Consent], purpose: Purpose, *, by_guardian: bool) -> Consent | None:
    """The yes that counts today. Whoever answers again withdraws the earlier yes, so there is one at most."""
    for consent in consents:
        is_about_it = consent.purpose is purpose and consent.by_guardian is by_guardian
        if is_about_it and consent.given and consent.withdrawn_at is None:
            return consent
    return None


def holds_own(user: User, purpose: Purpose) -> bool:
    return standing(user.consents, purpose, by_guardian=False) is not None


def holds_guardians(user: User, purpose: Purpose) -> bool:
    """The guardian has confirmed, and said yes to this."""
    guardianship = user.guardianship
    if guardianship is None or guardianship.state is not GuardianState.CONFIRMED:
        return False
    return standing(user.consents, purpose, by_guardian=True) is not None


def holds_consent(user: User, purpose: Purpose) -> bool:
    """Own consent given and not withdrawn; under 16 also the guardian's."""
    if not holds_own(user, purpose):
        return False
    if purpose in GUARDIAN_PURPOSES and needs_guardian(user.birth_date, today()):
        return holds_guardians(user, purpose)
    return True


def blockers(user: User) -> list[Blocker]:
    """What keeps this person from submitting; empty when nothing does."""
    found = []
    if user.confirmed_at is None:
        found.append(Blocker("email", _l("Xác nhận địa chỉ thư: bấm liên kết trong thư đã gửi cho bạn.")))
    if not holds_own(user, Purpose.CONTEST):
        found.append(
            Blocker("du_thi", _l("Đồng ý cho dùng thông tin để tổ chức cuộc thi, ở trang Tài khoản."))
        )
    if needs_guardian(user.birth_date, today()) and not holds_guardians(user, Purpose.CONTEST):
        found.append(Blocker("nguoi-giam-ho", GUARDIAN_WORDS[guardian_state(user)]))
    return found


def guardian_state(user: User) -> GuardianState | None:
    return user.guardianship.state if user.guardianship else None


GUARDIAN_WORDS = {
    None: _l("Cho biết cha, mẹ hoặc người giám hộ để xin ý kiến, ở trang Tài khoản."),
    GuardianState.ASKED: _l("Chờ cha, mẹ hoặc người giám hộ trả lời thư xin ý kiến."),
    GuardianState.CONFIRMED: _l("Cha, mẹ hoặc người giám hộ chưa đồng ý cho dự thi."),
    GuardianState.REFUSED: _l(
        "Cha, mẹ hoặc người giám hộ không đồng ý. Bạn có thể xin ý kiến lại ở trang Tài khoản."
    ),
    GuardianState.WITHDRAWN: _l(
        "Cha, mẹ hoặc người giám hộ đã rút lại đồng ý. Bạn có thể xin ý kiến lại ở trang Tài khoản."
    ),
}
