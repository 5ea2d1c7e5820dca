"""One question for every kind of file: is it what its name says, and is it harmless?"""

from collections.abc import Callable

import filetype

from . import office, pdf, picture
from .rejected import Rejected

# what the first bytes may look like; office files are told apart from other zips by their main part
_SIGNATURES = {
    "pdf": {"application/pdf"},
    "docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"},
    "pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/zip"},
    "jpg": {"image/jpeg"},
    "png": {"image/png"},
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_PILLOW_FORMAT = {"jpg": "JPEG", "png": "PNG"}


def examine(kind: str, content: bytes) -> bytes:
    """The bytes to store: documents as they came, pictures written anew. Raises Rejected, and nothing else."""
    return _or_rejected(lambda: _examine(kind, content))


def blind(kind: str, content: bytes) -> bytes:
    """A copy that does not say who made it. Raises Rejected when that cannot be promised."""
    return _or_rejected(lambda: _blind(kind, content))


def _examine(kind: str, content: bytes) -> bytes:
    guess = filetype.guess_mime(content)
    if guess not in _SIGNATURES[kind] and not content.startswith(_OLD_OFFICE):
        raise Rejected("mismatch" if guess else "signature")
    if kind in _PILLOW_FORMAT:
        return picture.reencode(content, _PILLOW_FORMAT[kind])
    if kind == "pdf":
        pdf.check(content)
    else:
        office.check(content, kind)
    return content


def _blind(kind: str, content: bytes) -> bytes:
    if kind in _PILLOW_FORMAT:
        return picture.without_metadata(content)
    return pdf.without_names(content) if kind == "pdf" else office.without_names(content)


def _or_rejected(work: Callable[[], bytes]) -> bytes:
    try:
        return work()
    except Rejected:
        raise
    except (MemoryError, RecursionError) as error:
        raise Rejected("heavy") from error
    except Exception as error:
        # the parsers raise dozens of types on broken files; whatever they cannot read we do not take
        raise Rejected("unreadable") from error
