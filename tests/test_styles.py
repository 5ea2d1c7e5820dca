"""Colours that can be read, in both themes; every token and class that is asked for exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "app"
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
READABLE = 4.5
TOPICS = ("cchc", "kinh-te", "do-thi", "moi-truong", "giao-duc", "van-hoa", "khac")
STATES = ("ok", "warn", "bad", "info", "plum", "gold", "mute")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


LIGHT, DARK_BY_DEVICE, DARK_BY_CHOICE = (
    colours(block)
    for block in re.findall(
        r"(?:\n:root|:root:not\(\[data-theme=\"light\"\]\)|:root\[data-theme=\"dark\"\]) \{(.*?)\n\}",
        TOKENS,
        re.DOTALL,
    )
)
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK_BY_CHOICE}}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """WCAG 2.2, from 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_guideline_does():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_both_ways_into_the_dark_theme_give_the_same_colours():
    assert DARK_BY_DEVICE == DARK_BY_CHOICE
    assert DARK_BY_CHOICE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("topic", TOPICS)
def test_topic_can_be_read_on_cards_and_on_its_own_ground(theme, topic):
    tokens = THEMES[theme]

    for ground in ("surface", "bg", f"t-{topic}-soft"):
        assert contrast(tokens[f"t-{topic}"], tokens[ground]) >= READABLE, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", STATES)
def test_state_can_be_read_on_its_own_ground(theme, state):
    tokens = THEMES[theme]

    for ground in ("surface", "bg", f"{state}-soft"):
        assert contrast(tokens[state], tokens[ground]) >= READABLE, ground


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "bg"), ("ink-2", "bg"), ("ink-3", "bg"), ("ink", "surface"), ("ink-2", "surface"), ("ink-3", "surface"),
        ("ink-2", "sunken"), ("link", "bg"), ("link", "surface"), ("brand", "surface"), ("brand", "brand-soft"),
        ("on-brand", "brand"), ("on-brand", "brand-hover"), ("on-accent", "accent"), ("accent", "surface"),
    ],
)  # fmt: skip
def test_words_can_be_read_on_their_ground(theme, ink, ground):
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
def test_field_edges_can_be_seen(theme):
    assert contrast(THEMES[theme]["field-line"], THEMES[theme]["surface"]) >= 3


def test_topics_have_a_class_a_colour_and_a_drawing_each():
    sheet = (CSS / "components" / "topic.css").read_text()
    drawings = (ROOT / "templates" / "macros" / "icons.html").read_text()

    assert re.findall(r"^  \.t-([\w-]+) ", sheet, re.MULTILINE) == list(TOPICS)
    assert re.findall(r'"([\w-]+)": "\w+"', drawings) == [topic for topic in TOPICS if topic != "khac"]


def test_every_class_a_template_asks_for_has_a_rule():
    asked = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for attribute in re.findall(r'\bclass="([^"{]*)"', path.read_text())
        for name in attribute.split()
    }
    given = {
        name for path in CSS.rglob("*.css") for name in re.findall(r"\.([a-zA-Z][\w-]*)", path.read_text())
    }

    assert sorted(asked - given) == []


@pytest.mark.parametrize("path", sorted((CSS / "components").glob("*.css")), ids=lambda path: path.stem)
def test_a_component_stays_in_its_layer(path):
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).strip()

    assert re.fullmatch(r"@layer components \{.*\n\}", rules, re.DOTALL)
    assert "!important" not in rules


def test_every_colour_a_sheet_asks_for_is_a_token():
    asked = {
        name for path in CSS.rglob("*.css") for name in re.findall(r"var\(--([\w-]+)\)", path.read_text())
    }
    given = {name for path in CSS.rglob("*.css") for name in re.findall(r"--([\w-]+):", path.read_text())}

    assert sorted(asked - given) == []
