"""Formatted text from people: what may stay in it, decided here and nowhere else.

Two sanitisers read the same table: bleach, which is no longer maintained, and nh3, which is. nh3 has the last word.
"""

import html as entities
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import bleach
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from app.core.errors import Refused
from app.core.i18n import _l
from app.core.text import nfc

# Raise when the table below changes: texts stored under an older policy are cleaned again.
POLICY_VERSION = 1

# tag → attributes that may stay on it
ALLOWED: dict[str, set[str]] = {
    **{
        tag: set()
        for tag in (
            "p br strong em u s h3 h4 ul ol li blockquote table thead tbody tr code pre sub sup hr"
            " figure figcaption"
        ).split()
    },
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
LINK_REL = "noopener noreferrer nofollow ugc"
SCHEMES = {"http", "https", "mailto"}

# bleach takes time by the square of the nesting (80 KB of nested lists: 46 s), so we stop far below
MAX_CHARACTERS = 100_000
MAX_TAGS = 6_000
MAX_ATTRIBUTES = 6_000
MAX_DEPTH = 40

# what other editors write → our name for it
_ALIASES = {
    "b": "strong", "i": "em", "strike": "s", "del": "s", "ins": "u", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4",
}  # fmt: skip
_ALIAS = re.compile(rf"<(/?)({'|'.join(_ALIASES)})(?=[\s/>])", re.IGNORECASE)
_END_OF_DIV = re.compile(r"</div\s*>(?=\s*[^<\s]|\s*<div)", re.IGNORECASE)
_KNOWN_TAG = re.compile(
    rf"</?(?:{'|'.join([*ALLOWED, *_ALIASES, 'div', 'span'])})(?:\s[^<>]*)?/?>", re.IGNORECASE
)

_TAG_START = re.compile(r"<[/!?]?[a-zA-Z!?\[-]")
_ATTRIBUTE = re.compile(r"[^\s\"'<>/=]\s*=\s*[\"']")

# only for text that nh3 wrote: there "<" and ">" are tags and nothing else
_TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_LINE_END = re.compile(r"<br>|<hr>|</(?:p|h3|h4|li|blockquote|tr|pre|figure|figcaption|table)>")
_CELL_END = re.compile(r"</t[dh]>(?=\s*<t[dh])")
_PREFORMATTED = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_VOID = {"br", "hr", "img"}

_MAILBOX = re.compile(r"[^\s@<>\"'`\\?&:/]+@[^\s@<>\"'`\\?&:/]+")
_UNSAFE_IN_LINK = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"`]")
_SPAN = re.compile(r"[1-9][0-9]?")
_FILE = re.compile(r"[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*")


class TooComplex(Refused, ValueError):
    """A formatted text too long or too deeply nested to be read safely."""

    status = 422
    code = "too_complex"

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Bài viết quá dài hoặc trình bày quá phức tạp. Hãy dán lại dạng văn bản thường, bớt bảng lồng nhau."
            )
        )


def clean(html: str, *, own_files: str | None = None) -> str:
    """HTML with nothing in it but our table; pictures only from addresses under `own_files`. Raises TooComplex."""
    _refuse_heavy(html)
    html = _END_OF_DIV.sub("</div><br>", html)
    html = _ALIAS.sub(lambda tag: f"<{tag[1]}{_ALIASES[tag[2].lower()]}", html)
    # this first pass leaves one spelling of everything, so that depth can be counted before bleach sees it
    html = _nh3(html, own_files)
    # U+0338 would melt into the ">" of a tag when composed
    html = nfc(html.replace("\u0338", ""))
    if len(html) > 2 * MAX_CHARACTERS or _depth(html) > MAX_DEPTH:
        raise TooComplex
    html = _nh3(_bleach(html, own_files), own_files)
    # closing tags and rel make a text longer: what we store must pass again when its author edits it
    _refuse_heavy(html)
    return html


def from_plain(text: str) -> str:
    """Plain text as paragraphs: an empty line ends one, a single line break stays a line break."""
    paragraphs = re.split(r"\n\s*\n", nfc(text).strip())
    return "".join(
        "<p>"
        + "<br>".join(entities.escape(line.strip(), quote=False) for line in paragraph.split("\n"))
        + "</p>"
        for paragraph in paragraphs
        if paragraph
    )


def from_input(value: str, *, own_files: str | None = None) -> str:
    """What a form sent, with or without the editor: a value without any known tag is plain text."""
    if _KNOWN_TAG.search(value) is None:
        value = from_plain(value)
    return clean(value, own_files=own_files)


def to_text(html: str) -> str:
    """The words alone, one block to a line, cells separated by tabs."""
    bare = nh3.clean(html, tags=set(ALLOWED), attributes={}, link_rel=None)
    # a line break in the source is a space on the page, except in <pre>
    parts = _PREFORMATTED.split(bare)
    parts[::2] = [re.sub(r"[ \n]+", " ", part) for part in parts[::2]]
    bare = _LINE_END.sub("\n", _CELL_END.sub("\t", "".join(parts)))
    lines = entities.unescape(_TAG.sub("", bare)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()


def render(html: str | None) -> Markup:
    """The Jinja filter `rich`, and the only place where text becomes markup. Cleans once more, whatever was stored."""
    return Markup(_nh3(html or "", "/"))  # noqa: S704 - nh3 has just read it


def markdown_to_html(md: str) -> str:
    """Our own help and rules, written in Markdown, under the same table as everybody's text."""
    return clean(_markdown().render(md), own_files="/")


def _refuse_heavy(html: str) -> None:
    """One pass over the raw text, before any parser: each can only be counted too high, never too low."""
    if (
        len(html) > MAX_CHARACTERS
        or sum(1 for _tag in _TAG_START.finditer(html)) > MAX_TAGS
        or sum(1 for _attribute in _ATTRIBUTE.finditer(html)) > MAX_ATTRIBUTES
    ):
        raise TooComplex


def _depth(canonical: str) -> int:
    deepest = depth = 0
    for slash, name in _TAG.findall(canonical):
        if name not in _VOID:
            depth += -1 if slash else 1
            deepest = max(deepest, depth)
    return deepest


def _may_keep(tag: str, name: str, value: str, own_files: str | None) -> bool:
    """Whether an attribute of the table has a value that we let through."""
    if name not in ALLOWED.get(tag, ()):
        return False
    if name == "href":
        return _is_safe_link(value)
    if name == "src":
        return (
            own_files is not None
            and value.startswith(own_files)
            and bool(_FILE.fullmatch(value.removeprefix(own_files)))
        )
    if name in {"colspan", "rowspan"}:
        return bool(_SPAN.fullmatch(value))
    return True


def _is_safe_link(address: str) -> bool:
    """An absolute web address or a mailbox, without a user name (which makes one site look like another)."""
    if _UNSAFE_IN_LINK.search(address):
        return False
    scheme, colon, rest = address.partition(":")
    if not colon or scheme.lower() not in SCHEMES:
        return False
    if scheme.lower() == "mailto":
        return bool(_MAILBOX.fullmatch(rest))
    try:
        parts = urlsplit(address)
        return bool(rest.startswith("//") and parts.hostname and parts.username is None and parts.port != 0)
    except ValueError:
        return False


def _bleach(html: str, own_files: str | None) -> str:
    cleaner = bleach.Cleaner(
        tags=_tags(own_files),
        attributes=lambda tag, name, value: _may_keep(tag, name, value, own_files),
        # own pictures have no scheme; bleach lets relative addresses through, _may_keep has judged them
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
    )
    cleaned: str = cleaner.clean(html)
    return cleaned


def _nh3(html: str, own_files: str | None) -> str:
    return nh3.clean(
        html,
        tags=_tags(own_files),
        attributes={tag: names for tag, names in ALLOWED.items() if names},
        attribute_filter=lambda tag, name, value: value if _passes(tag, name, value, own_files) else None,
        clean_content_tags={"script", "style"},
        strip_comments=True,
        link_rel=LINK_REL,
        url_schemes=SCHEMES,
    )


def _passes(tag: str, name: str, value: str, own_files: str | None) -> bool:
    # nh3 shows us the rel that it has just written itself
    return (tag, name) == ("a", "rel") or _may_keep(tag, name, value, own_files)


def _tags(own_files: str | None) -> set[str]:
    return set(ALLOWED) - (set() if own_files else {"img"})


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    def lower_headings(state: Any) -> None:
        for token in state.tokens:
            if token.type in {"heading_open", "heading_close"}:
                token.tag = "h3" if token.tag in {"h1", "h2"} else "h4"

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.core.ruler.push("lower_headings", lower_headings)
    return reader
