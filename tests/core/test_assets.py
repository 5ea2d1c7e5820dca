"""Static files: names that carry their content, made once, whoever starts first."""

from __future__ import annotations

import gzip
import multiprocessing
import re
from pathlib import Path

import pytest
from flask import Flask

from app.core import assets

STATIC = Path(__file__).resolve().parents[2] / "app" / "static"
MOST_CSS_BYTES = 20_000


@pytest.fixture
def static_dir(tmp_path: Path) -> Path:
    """A small site: two sheets, a font, a script and a licence."""
    files = {
        "css/tokens.css": "/* colours */\n@font-face { src: url(../fonts/so.woff2) }\n",
        "css/base.css": "body { color: red }\n",
        "css/components/zebra.css": ".zebra { }\n",
        "css/pages/home.css": '.home { background: url("../../img/sea.svg") }\n',
        "css/print.css": "@media print { }\n",
        "fonts/so.woff2": "font",
        "img/sea.svg": "<svg/>",
        "js/menu.js": "// menu\n",
        ".DS_Store": "rubbish",
    }
    for name, content in files.items():
        path = tmp_path / "app" / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "app" / "static"


@pytest.fixture
def site(static_dir: Path, tmp_path: Path) -> Flask:
    app = Flask(
        "site", root_path=str(static_dir.parent), instance_path=str(tmp_path / "instance"), static_folder=None
    )
    app.add_url_rule("/", view_func=lambda: app.jinja_env.globals["asset"]("js/menu.js"))
    assets.init_app(app)
    return app


def asset(site: Flask, name: str) -> str:
    return site.jinja_env.globals["asset"](name)


def test_each_file_has_a_name_that_carries_its_content(static_dir, tmp_path):
    names = assets.build(static_dir, tmp_path / "out")

    assert sorted(names) == ["css/app.css", "fonts/so.woff2", "img/sea.svg", "js/menu.js"]
    assert all(re.search(r"\.[0-9a-f]{8}\.\w+$", name) for name in names.values())


def test_changing_one_file_changes_its_name_alone(static_dir, tmp_path):
    before = assets.build(static_dir, tmp_path / "out")
    (static_dir / "js/menu.js").write_text("// another menu\n")

    after = assets.build(static_dir, tmp_path / "out")

    assert {name for name in before if before[name] != after[name]} == {"js/menu.js"}


def test_the_sheet_is_all_sheets_in_order_with_their_addresses_rewritten(static_dir, tmp_path):
    names = assets.build(static_dir, tmp_path / "out")

    [sheet] = (tmp_path / "out").glob(f"*/files/{names['css/app.css']}")
    assert sheet.read_text() == (
        f"@font-face {{ src: url(../{names['fonts/so.woff2']}) }}\n"
        "body { color: red }\n"
        ".zebra { }\n"
        f".home {{ background: url(../{names['img/sea.svg']}) }}\n"
        "@media print { }\n"
    )


def test_nothing_is_written_again_while_the_sources_stay_the_same(static_dir, tmp_path):
    assets.build(static_dir, tmp_path / "out")
    before = {path: path.stat().st_ino for path in (tmp_path / "out").rglob("*")}

    assets.build(static_dir, tmp_path / "out")

    assert {path: path.stat().st_ino for path in (tmp_path / "out").rglob("*")} == before


def test_a_build_that_fails_leaves_nothing_behind(static_dir, tmp_path):
    (static_dir / "css/base.css").write_text("body { background: url(../img/gone.svg) }")

    with pytest.raises(KeyError, match="gone"):
        assets.build(static_dir, tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


def _build_at_once(start, static_dir, out_dir, results):
    start.wait()
    results.put(assets.build(static_dir, out_dir))


def test_processes_that_start_together_agree(static_dir, tmp_path):
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(4), context.Queue()
    processes = [
        context.Process(target=_build_at_once, args=(start, static_dir, tmp_path / "out", results))
        for _ in range(4)
    ]

    for process in processes:
        process.start()
    built = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()

    assert built == [assets.build(static_dir, tmp_path / "out")] * 4
    assert [path.name.startswith(".") for path in (tmp_path / "out").iterdir()] == [False]


def test_losing_the_race_takes_what_the_winner_made(static_dir, tmp_path, monkeypatch):
    winner = assets.build(static_dir, tmp_path / "winner")

    def someone_else_was_first(draft, target):
        (tmp_path / "winner" / target.name).rename(target)
        raise OSError("Directory not empty")

    original = Path.rename
    monkeypatch.setattr(
        Path,
        "rename",
        lambda path, target: (
            someone_else_was_first(path, target) if path.name.startswith(".") else original(path, target)
        ),
    )

    assert assets.build(static_dir, tmp_path / "out") == winner
    assert [path.name.startswith(".") for path in (tmp_path / "out").iterdir()] == [False]


def test_hashed_names_are_served_for_ever_and_compressed(site):
    response = site.test_client().get(asset(site, "css/app.css"), headers={"Accept-Encoding": "gzip"})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert b"body { color: red }" in gzip.decompress(response.data)


def test_static_answers_carry_the_headers_that_pages_carry(site):
    headers = site.test_client().get(asset(site, "img/sea.svg")).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "address", ["/static/js/menu.js", "/static/css/app.css", "/static/manifest.json", "/static/../secret"]
)
def test_only_hashed_names_are_served(site, address):
    assert site.test_client().get(address).status_code == 404


def test_pages_still_answer_behind_the_static_files(site):
    assert site.test_client().get("/").text == asset(site, "js/menu.js")


def test_a_missing_file_does_not_take_the_page_down(site):
    assert asset(site, "js/gone.js") == "/static/js/gone.js"


def test_while_developing_a_changed_file_is_served_at_the_next_page(static_dir, tmp_path):
    app = Flask(
        "site", root_path=str(static_dir.parent), instance_path=str(tmp_path / "instance"), static_folder=None
    )
    app.debug = True
    app.add_url_rule("/", view_func=lambda: app.jinja_env.globals["asset"]("js/menu.js"))
    assets.init_app(app)
    (static_dir / "js/menu.js").write_text("// newer\n")

    address = app.test_client().get("/").text

    assert app.test_client().get(address).text == "// newer\n"


def test_old_builds_are_kept_a_week_for_processes_that_still_serve_them(static_dir, tmp_path):
    import os
    import time

    out = tmp_path / "out"
    assets.build(static_dir, out)
    [first] = out.iterdir()
    (static_dir / "js/menu.js").write_text("// second\n")
    assets.build(static_dir, out)
    assert first.is_dir()

    long_ago = time.time() - assets.KEEP_OLD_SECONDS - 60
    os.utime(first, (long_ago, long_ago))
    (static_dir / "js/menu.js").write_text("// third\n")
    assets.build(static_dir, out)

    assert not first.is_dir()


def test_our_own_sheet_is_small_and_every_address_in_it_is_served(tmp_path):
    names = assets.build(STATIC, tmp_path / "out")

    [sheet] = (tmp_path / "out").glob(f"*/files/{names['css/app.css']}")
    addresses = {
        (sheet.parent / found).resolve()
        for found in re.findall(r"url\((?!data:)([^)]+)\)", sheet.read_text())
    }
    assert len(gzip.compress(sheet.read_bytes())) < MOST_CSS_BYTES
    assert addresses
    assert all(address.is_file() for address in addresses)
