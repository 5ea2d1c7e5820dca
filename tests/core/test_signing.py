"""What a form carries along may be read by anybody and changed by nobody."""

from __future__ import annotations

import pytest

from app.core.signing import signed, unsigned


def test_what_was_signed_comes_back_for_its_purpose_only(app):
    value = signed("12,15", "begun/1")

    assert unsigned(value, "begun/1") == "12,15"
    assert unsigned(value, "begun/2") is None
    assert unsigned(signed("", "begun/1"), "begun/1") == ""


@pytest.mark.parametrize("forged", ["", ":", "12", "12,15:", "12,15:không", "12,15:" + "0" * 64])
def test_anything_else_is_nothing(app, forged):
    assert unsigned(forged, "begun/1") is None


def test_a_changed_text_is_nothing(app):
    assert unsigned(signed("12,15", "begun/1").replace("15", "16", 1), "begun/1") is None
