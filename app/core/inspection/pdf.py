"""PDF: pages to read, and nothing that runs, opens, sends or hides."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from .picture import without_metadata as picture_without_metadata
from .rejected import Rejected

MAX_PAGES = 200
MAX_DEPTH = 60
# after the last %%EOF some programs leave a few line ends or zeros
MAX_TRAILING_BYTES = 1024

_SCRIPT_KEYS = {"/JS", "/JavaScript"}
_EMBEDDING_KEYS = {"/EF", "/EmbeddedFiles", "/RichMediaContent"}
_ACTIONS = {
    "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound", "/RichMediaExecute",
}  # fmt: skip
_EMBEDDING_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
_QUIET_OPEN_ACTIONS = {"/GoTo"}


def check(content: bytes) -> None:
    """Raise Rejected unless it is one plain PDF, from its first byte to its last."""
    if not content.startswith((b"%PDF-1.", b"%PDF-2.")):
        raise Rejected("signature")
    trailing = content[content.rfind(b"%%EOF") + 5 :] if b"%%EOF" in content else content
    if len(trailing) > MAX_TRAILING_BYTES or zipfile.is_zipfile(BytesIO(content)):
        raise Rejected("two_files")
    try:
        # no repairs: what we repaired one way a reader may repair another way
        opened = pikepdf.open(BytesIO(content), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Rejected("encrypted") from error
    with opened as pdf:
        if pdf.is_encrypted:
            raise Rejected("encrypted")
        if not 1 <= len(pdf.pages) <= MAX_PAGES:
            raise Rejected("too_many_pages")
        for thing in _dictionaries(pdf):
            _check_dictionary(thing)


def without_names(content: bytes) -> bytes:
    """A copy without author, program, dates, notes' authors, and what cameras wrote into its pictures."""
    with pikepdf.open(BytesIO(content)) as pdf:
        del pdf.docinfo
        for thing in _dictionaries(pdf):
            for key in ("/Metadata", "/PieceInfo", "/LastModified"):
                if key in thing:
                    del thing[key]
            if "/Subtype" in thing and "/Rect" in thing:
                _forget_who_annotated(thing)
            if isinstance(thing, Stream) and thing.get("/Filter") == Name.DCTDecode:
                bare = picture_without_metadata(thing.read_raw_bytes())
                options: Any = thing.get("/DecodeParms")
                thing.write(bare, filter=Name.DCTDecode, decode_parms=options)
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of the file, reachable from a page or not."""
    yield pdf.trailer
    for numbered in pdf.objects:
        yield from _within(numbered, 0)


def _within(thing: Any, depth: int) -> Iterator[Any]:
    if depth > MAX_DEPTH:
        raise Rejected("heavy")
    if isinstance(thing, Dictionary | Stream):
        yield thing
        children = [thing.get(key) for key in list(thing.keys())]
    elif isinstance(thing, Array):
        children = list(thing)
    else:
        return
    for child in children:
        # numbered objects come by themselves
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _within(child, depth + 1)


def _check_dictionary(thing: Any) -> None:
    keys = set(thing.keys())
    action = str(thing["/S"]) if "/S" in keys and isinstance(thing["/S"], Name) else ""
    subtype = str(thing["/Subtype"]) if "/Subtype" in keys else ""
    if keys & _SCRIPT_KEYS or action == "/JavaScript":
        raise Rejected("script")
    if keys & _EMBEDDING_KEYS or subtype in _EMBEDDING_ANNOTATIONS:
        raise Rejected("embedded")
    if "/XFA" in keys:
        raise Rejected("form")
    if "/AA" in keys or action in _ACTIONS:
        raise Rejected("action")
    if isinstance(thing, Stream) and "/F" in keys:
        raise Rejected("external")
    if "/OpenAction" in keys:
        _check_open_action(thing["/OpenAction"])


def _check_open_action(action: Any) -> None:
    """Opening at a page is an array or a GoTo; everything else does something by itself."""
    if isinstance(action, Dictionary):
        _check_dictionary(action)
        if str(action.get("/S")) not in _QUIET_OPEN_ACTIONS:
            raise Rejected("action")


def _forget_who_annotated(annotation: Any) -> None:
    if annotation.get("/Subtype") != Name.Widget and "/T" in annotation:
        annotation["/T"] = String("")
    for key in ("/M", "/CreationDate"):
        if key in annotation:
            del annotation[key]
