"""Small true files."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from PIL import Image


def png(colour="red"):
    sink = BytesIO()
    Image.new("RGB", (8, 8), colour).save(sink, "PNG")
    return sink.getvalue()


def pdf(author="Nguyễn Văn An"):
    sink = BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Author"] = author
    document.save(sink)
    return sink.getvalue()
