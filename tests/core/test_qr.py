"""QR codes on pages."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from app.core.qr import qr_svg


def test_qr_code_says_what_it_holds_and_escapes_it():
    svg = ET.fromstring(qr_svg("https://example.vn/kiem-chung", "Trang <kiểm chứng>"))

    assert svg.findtext("title") == "Trang <kiểm chứng>"
    assert svg.attrib["role"] == "img"
    assert "style" not in svg.attrib
    assert svg.find("path") is not None
