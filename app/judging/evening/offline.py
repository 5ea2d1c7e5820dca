"""The script that lets an evening survive a lost network, with the list of what its pages need to look right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent / "static" / "js" / "offline-worker.js"
SHELL = (
    "css/app.css",
    *(
        f"js/{name}.js"
        for name in (
            "theme", "menu", "dialog", "countdown", "wordcount", "net", "flash", "guard", "scoring", "pack",
        )
    ),
    "img/dau.svg",
    "img/icons.svg",
    "fonts/bvp-400-latin.woff2",
    "fonts/bvp-400-vietnamese.woff2",
    "fonts/bvp-600-latin.woff2",
    "fonts/bvp-600-vietnamese.woff2",
    "fonts/bvp-800-latin.woff2",
    "fonts/bvp-800-vietnamese.woff2",
    "fonts/so-400.woff2",
    "fonts/so-600.woff2",
    "fonts/so-800.woff2",
)  # fmt: skip


def worker_script(asset: Callable[[str], str]) -> str:
    """The worker, with the public names of this release above it: another release is another worker."""
    shell = json.dumps([asset(name) for name in SHELL])
    text = _source()
    version = hashlib.sha256((shell + text).encode()).hexdigest()[:12]
    return f'const VERSION = "{version}";\nconst SHELL = {shell};\n{text}'


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")
