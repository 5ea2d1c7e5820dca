"""Files of initiatives: public with a public word, else for those who work on it."""

from __future__ import annotations

import secrets

import pytest

from app.core.clock import now
from app.core.db import db
from app.core.stored_files import StoredFile
from app.core.web import file_store
from app.initiatives.models import Update
from app.permissions import Role
from tests.factories import InitiativeFactory, UnitFactory, UserFactory


def file_on(update_is_public=True, initiative_is_public=True, unit=None):
    """A file that an officer added to a word on an initiative."""
    officer = UserFactory(role=Role.OFFICER)
    initiative = InitiativeFactory(is_public=initiative_is_public, lead_unit_id=unit.id if unit else None)
    file = StoredFile(
        public_id=secrets.token_urlsafe(12),
        sha256=file_store().put(b"%PDF-1.7 bien ban"),
        size_bytes=17,
        kind="pdf",
        mime="application/pdf",
        original_name="Biên bản.pdf",
        owner_id=officer.id,
        created_at=now(),
    )
    db.session.add(
        Update(
            initiative_id=initiative.id,
            at=now(),
            author_id=officer.id,
            state=initiative.state,
            percent=10,
            text="Đã họp.",
            is_public=update_is_public,
            files=[file],
        )
    )
    db.session.commit()
    return file.public_id


def test_everybody_reads_what_is_public_and_caches_may_keep_it(browser):
    page = browser.get(f"/tep/{file_on()}")

    assert page.response.data == b"%PDF-1.7 bien ban"
    assert page.response.headers["Cache-Control"] == "public, max-age=3600"
    assert page.response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("hidden", [{"update_is_public": False}, {"initiative_is_public": False}])
def test_what_is_not_public_is_for_those_who_work_on_it(browser, officer, youth, hidden):
    file = file_on(**hidden)

    browser.get(f"/tep/{file}", status=404)
    browser.as_(youth).get(f"/tep/{file}", status=404)
    page = browser.as_(officer).get(f"/tep/{file}")

    assert page.response.headers["Cache-Control"] == "private, no-store"


def test_contact_reads_the_files_of_their_own_unit_alone(browser):
    from app.accounts.models import RoleGrant

    unit, other = UnitFactory(), UnitFactory()
    contact = UserFactory(role=None)
    contact.grants = [RoleGrant(role=Role.UNIT_CONTACT, unit_id=unit.id, given_at=now())]
    db.session.commit()
    theirs = browser.as_(contact)

    theirs.get(f"/tep/{file_on(update_is_public=False, unit=unit)}")
    theirs.get(f"/tep/{file_on(update_is_public=False, unit=other)}", status=404)


@pytest.mark.parametrize("name", ["khong-co", "..%2F..%2Fetc%2Fpasswd", "0" * 64])
def test_name_that_is_none_of_ours_is_not_found(browser, name):
    browser.get(f"/tep/{name}", status=404)
