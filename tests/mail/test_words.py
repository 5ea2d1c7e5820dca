"""The words of mails: every placeholder is filled, nothing typed gets into a header."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app as package
from app.mail import words

SITE, CONTACT = "http://localhost", "doan@example.vn"


def test_every_template_of_the_file_is_sent_by_some_function():
    code = "".join(path.read_text() for path in (Path(package.__file__).parent / "mail").rglob("*.py"))

    unused = [name for name in words.templates() if f'"{name}"' not in code]

    assert unused == []


def test_every_template_has_a_subject_a_body_and_a_reason():
    for name, row in words.templates().items():
        assert row["subject"].strip(), name
        assert row["body"].rstrip().endswith("{chu_ky}"), name
        assert row["reason"].endswith("."), name


@pytest.mark.parametrize("name", words.templates())
def test_a_template_renders_with_its_placeholders_and_leaves_none(name):
    values = {placeholder: f"<{placeholder}>" for placeholder in words.placeholders(name)}

    subject, body = words.render(name, values, site=SITE, contact=CONTACT)

    assert re.findall(r"[{}]", subject + body) == []
    assert SITE in body
    assert CONTACT in body


def test_a_mail_with_a_hole_in_it_is_refused():
    with pytest.raises(KeyError, match="thoi_diem"):
        words.render("password_reset", {"ten": "Hoa"}, site=SITE, contact=CONTACT)


def test_what_a_person_typed_is_not_filled_in_again():
    values = dict.fromkeys(words.placeholders("idea_approved"), "x") | {
        "ten_y_tuong": "Ý tưởng {lien_ket} {nope}"
    }

    _subject, body = words.render("idea_approved", values, site=SITE, contact=CONTACT)

    assert "Ý tưởng {lien_ket} {nope}" in body


def test_nothing_typed_begins_another_header_line():
    values = dict.fromkeys(words.placeholders("invite_guardian"), "x")

    subject, _body = words.render(
        "invite_guardian", values | {"ten_tre": "An\r\nBcc: all@example.vn"}, site=SITE, contact=CONTACT
    )

    assert subject == "An Bcc: all@example.vn muốn dự thi – cần ý kiến của anh/chị"


def test_a_very_long_subject_is_cut():
    values = dict.fromkeys(words.placeholders("draft_reminder_3h"), "x") | {"ten_y_tuong": "dài " * 200}

    subject, _body = words.render("draft_reminder_3h", values, site=SITE, contact=CONTACT)

    assert len(subject) <= words.SUBJECT_MAX_CHARS
    assert subject.endswith("…")
