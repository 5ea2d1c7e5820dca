"""QR codes as SVG inside a page: dark on light in both themes, nothing loaded from elsewhere."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_svg(text: str, title: str) -> Markup:
    """The code of an address or a hash; `title` says what it holds to those who cannot see it."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", title=title, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - made by segno, which escapes the title
