"""Static files under names that carry their content: made once when the app starts, served with endless caching.

`asset("css/app.css")` in a template is the address of all style sheets in one, `asset("js/menu.js")` that of a file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

PREFIX = "/static/"
BUNDLE = "css/app.css"
# Later sheets win inside a cascade layer, so the order is part of the design.
BUNDLE_ORDER = (
    "css/tokens.css",
    "css/base.css",
    "css/components/*.css",
    "css/pages/*.css",
    "css/utilities.css",
    "css/print.css",
)
MANIFEST = "manifest.json"
FILES = "files"  # the part that is served; the manifest lies beside it
COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt", ".webmanifest"}
# Other processes may still serve the release before this one.
KEEP_OLD_SECONDS = 7 * 24 * 3600

_URL = re.compile(r"""url\(["']?(?!data:|#)([^)"']+)["']?\)""")
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Build what changed, give templates `asset()`, and put WhiteNoise before the app."""
    static_dir = Path(app.root_path) / "static"
    out_dir = Path(app.instance_path) / "assets"
    names = build(static_dir, out_dir)
    served = WhiteNoise(
        app.wsgi_app,
        max_age=60,
        # every name carries its content
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=_protect,
    )
    served.add_files(str(_folder(static_dir, out_dir) / FILES), prefix=PREFIX)
    app.wsgi_app = served  # type: ignore[method-assign]

    def asset(name: str) -> str:
        if name not in names:
            # a missing file must not take the page down; tests/test_templates.py finds it
            log.warning("no such static file: %s", name)
        return PREFIX + names.get(name, name)

    def rebuild() -> None:
        names.update(build(static_dir, out_dir))
        served.add_files(str(_folder(static_dir, out_dir) / FILES), prefix=PREFIX)

    if app.debug:
        app.before_request(rebuild)
    app.jinja_env.globals["asset"] = asset


def _protect(headers: Headers, _path: str, _url: str) -> None:
    """What pages say through app.core.security, for answers that never reach it."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def build(static_dir: Path, out_dir: Path) -> dict[str, str]:
    """Public name of every static file. Files are written once per content; two processes may build at once."""
    folder = _folder(static_dir, out_dir)
    if not folder.is_dir():
        out_dir.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".", dir=out_dir))
        try:
            _write(static_dir, draft)
            draft.chmod(0o755)
            draft.rename(folder)
        except OSError:
            # another process was first, and its folder holds the same
            if not folder.is_dir():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _forget_old(out_dir, keep=folder)
    names: dict[str, str] = json.loads((folder / MANIFEST).read_text())
    return names


def _folder(static_dir: Path, out_dir: Path) -> Path:
    """Where the build of exactly these sources (and this builder) belongs."""
    seen = hashlib.sha256(Path(__file__).read_bytes())
    for name, path in _sources(static_dir):
        seen.update(f"{name}\0{_hash(path.read_bytes())}\0".encode())
    return out_dir / seen.hexdigest()[:16]


def _sources(static_dir: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(static_dir.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(static_dir).parts):
            yield path.relative_to(static_dir).as_posix(), path


def _write(static_dir: Path, folder: Path) -> None:
    names: dict[str, str] = {}
    for name, path in _sources(static_dir):
        if not name.startswith("css/"):
            names[name] = _put(folder / FILES, name, path.read_bytes())
    names[BUNDLE] = _put(folder / FILES, BUNDLE, _bundle(static_dir, names).encode())
    (folder / MANIFEST).write_text(json.dumps(names, indent=1, sort_keys=True))


def _bundle(static_dir: Path, names: dict[str, str]) -> str:
    """All style sheets in order, with the addresses inside them rewritten to the public names."""
    sheets = [sheet for pattern in BUNDLE_ORDER for sheet in sorted(static_dir.glob(pattern))]
    return "".join(_rewritten(sheet, static_dir, names) for sheet in sheets)


def _rewritten(sheet: Path, static_dir: Path, names: dict[str, str]) -> str:
    def public(found: re.Match[str]) -> str:
        target = Path(os.path.normpath(sheet.parent / found[1])).relative_to(static_dir).as_posix()
        return f"url({os.path.relpath(names[target], Path(BUNDLE).parent)})"

    return _URL.sub(public, _COMMENT.sub("", sheet.read_text(encoding="utf-8")))


def _put(folder: Path, name: str, content: bytes) -> str:
    """Write a file, and its compressed twin where that saves anything, under NAME.<hash8>.EXT."""
    given = Path(name)
    public = given.with_name(f"{given.stem}.{_hash(content)[:8]}{given.suffix}").as_posix()
    target = folder / public
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if given.suffix in COMPRESSIBLE:
        # mtime=0: the same content makes the same bytes everywhere
        Path(f"{target}.gz").write_bytes(gzip.compress(content, mtime=0))
    return public


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _forget_old(out_dir: Path, keep: Path) -> None:
    long_ago = time.time() - KEEP_OLD_SECONDS
    for path in out_dir.iterdir():
        if path != keep and path.is_dir() and path.stat().st_mtime < long_ago:
            shutil.rmtree(path, ignore_errors=True)
