"""What is asked of a guardian, and what they answer."""

from __future__ import annotations

from collections.abc import Collection

from app.accounts import links
from app.accounts.guardians import queries
from app.accounts.models import Consent, Guardianship, OneTimeLink, User
from app.accounts.rules import (
    CONSENT_TEXT_VERSION,
    GUARDIAN_PURPOSES,
    GuardianState,
    LinkPurpose,
    Purpose,
    UserState,
    adults_address,
    adults_name,
    mail_address,
    person_name,
)
from app.accounts.words import RELATIONS
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, WrongState
from app.core.events import record
from app.core.i18n import _l

BY_LINK = "đánh dấu trên trang, mở bằng liên kết gửi tới thư của người giám hộ"


def name_guardian(
    child: User, *, guardian_name: str, guardian_email: str, guardian_relation: str
) -> Guardianship:
    """A child names a parent or guardian, whose mailbox is not the child's own."""
    guardian_name = adults_name(guardian_name)
    guardian_email = adults_address(guardian_email, child.email)
    if guardian_relation not in RELATIONS:
        raise Invalid("guardian_relation", _l("Chọn quan hệ của người lớn với bạn."))
    db.session.flush()
    guardianship = child.guardianship
    if guardianship is None:
        guardianship = Guardianship(child=child)
        db.session.add(guardianship)
    elif guardianship.state is GuardianState.CONFIRMED:
        raise WrongState(_l("Người giám hộ đã đồng ý. Muốn đổi người, hãy liên hệ Văn phòng Đoàn phường."))
    guardianship.guardian_name, guardianship.guardian_email = guardian_name, guardian_email
    guardianship.relation = guardian_relation
    guardianship.state, guardianship.asked_at, guardianship.answered_at = GuardianState.ASKED, now(), None
    links.void(child.id, LinkPurpose.GUARDIAN)
    return guardianship


def ask(guardianship: Guardianship, actor: User | None) -> None:
    """The mail with the link follows; an answer that was given stands until there is another."""
    guardianship.asked_at = now()
    record("guardian.asked", guardianship, actor)


def ask_for_link(*, email: str) -> None:
    """A guardian wants to see or change their answer: a link for each child, if there is one."""
    for guardianship in queries.guardianships_of(mail_address(email)):
        record("guardian.asked", guardianship, None)


def answer(link: OneTimeLink, *, guardian_name: str, purposes: Collection[Purpose]) -> Guardianship:
    """The guardian's yes or no for each purpose, under their own name. Without the contest it is a refusal."""
    guardianship = _answered(link)
    guardianship.guardian_name = person_name(guardian_name, "guardian_name")
    was_confirmed = guardianship.state is GuardianState.CONFIRMED
    given, withdrawn = _answer_purposes(guardianship.child, purposes)
    if Purpose.CONTEST in purposes:
        guardianship.state = GuardianState.CONFIRMED
    else:
        guardianship.state = GuardianState.WITHDRAWN if was_confirmed else GuardianState.REFUSED
    _record_consents(guardianship, given, withdrawn)
    record("guardian.answered", guardianship, None, answer=guardianship.state)
    return guardianship


def refuse(link: OneTimeLink) -> Guardianship:
    """Not agreed, or agreed no longer: what was given before is taken back."""
    guardianship = _answered(link)
    was_confirmed = guardianship.state is GuardianState.CONFIRMED
    guardianship.state = GuardianState.WITHDRAWN if was_confirmed else GuardianState.REFUSED
    given, withdrawn = _answer_purposes(guardianship.child, ())
    _record_consents(guardianship, given, withdrawn)
    record("guardian.answered", guardianship, None, answer=guardianship.state)
    return guardianship


def not_me(link: OneTimeLink) -> Guardianship:
    """The mail reached a stranger: their address is forgotten, and the child may name somebody else."""
    guardianship = _answered(link)
    _answer_purposes(guardianship.child, ())
    guardianship.state = GuardianState.REFUSED
    guardianship.guardian_name = guardianship.guardian_email = ""
    links.void(guardianship.child_id, LinkPurpose.GUARDIAN)
    record("guardian.answered", guardianship, None, answer="not_me")
    return guardianship


def _answered(link: OneTimeLink) -> Guardianship:
    links.consume(link)
    guardianship = queries.guardianship_of(link)
    if guardianship is None or guardianship.child.state is UserState.DEACTIVATED:
        raise WrongState(_l("Lời xin ý kiến này không còn hiệu lực."))
    guardianship.answered_at = now()
    return guardianship


def _answer_purposes(child: User, agreed: Collection[Purpose]) -> tuple[list[Purpose], list[Purpose]]:
    """A new row for each answer that differs from what stands; (given now, withdrawn now)."""
    standing = {c.purpose: c for c in child.consents if c.by_guardian and c.given and c.withdrawn_at is None}
    given, withdrawn = [], []
    for purpose in GUARDIAN_PURPOSES:
        if purpose in standing and purpose not in agreed:
            standing[purpose].withdrawn_at = now()
            withdrawn.append(purpose)
        elif purpose not in standing:
            child.consents.append(
                Consent(
                    purpose=purpose,
                    by_guardian=True,
                    given=purpose in agreed,
                    text_version=CONSENT_TEXT_VERSION,
                    means=BY_LINK,
                    at=now(),
                )
            )
            if purpose in agreed:
                given.append(purpose)
    return given, withdrawn


def _record_consents(guardianship: Guardianship, given: list[Purpose], withdrawn: list[Purpose]) -> None:
    for kind, purposes in (("consent.given", given), ("consent.withdrawn", withdrawn)):
        for purpose in purposes:
            record(kind, guardianship.child, None, purpose=purpose, by_guardian=True)
