from __future__ import annotations

import pytest

from app.core import content


def test_a_document_is_its_title_version_and_things_to_tick():
    document = content.document("guardian_consent")

    assert document.title == "Ý kiến đồng ý của cha, mẹ hoặc người giám hộ"
    assert document.version == "1.0"
    assert len(document.ticks) == 4
    assert "[ ]" not in document.opening + document.closing
    assert document.opening.startswith("<p>")


def test_a_document_without_things_to_tick_is_all_opening():
    document = content.document("privacy_notice")

    assert (document.ticks, document.closing) == ((), "")


def test_a_value_is_text_whatever_is_in_it():
    html = content.filled("<p>Chào {ten}, {tuoi} tuổi</p>", ten="<b>{tuoi}</b> & [x](http://x.vn)", tuoi=13)

    assert html == "<p>Chào &lt;b&gt;{tuoi}&lt;/b&gt; &amp; [x](http://x.vn), 13 tuổi</p>"


def test_a_blank_that_nobody_fills_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        content.filled("<p>{quen}</p>", ten="Mai")


def test_a_file_is_read_once():
    assert content.data("consent_purposes") is content.data("consent_purposes")
