"""Pictures: decoded, turned upright, and written again as pixels and nothing else."""

import warnings
from io import BytesIO
from itertools import pairwise
from struct import unpack

from PIL import Image, ImageOps

from .rejected import Rejected

MAX_PIXELS = 64_000_000  # a phone's 50 Mpx passes
MAX_SIDE_PIXELS = 3600  # an A4 page at 300 dpi keeps every letter

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS = 0xDA
# JFIF, colour profile, Adobe's colour transform: without them the picture looks different
_KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
_PNG = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = (
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
)  # fmt: skip


def reencode(content: bytes, pillow_format: str) -> bytes:
    """The same picture with new pixels: no place, camera, comment, thumbnail or second file in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Image.open(BytesIO(content), formats=[pillow_format]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Rejected("too_many_pixels")
            # a large JPEG is decoded at a fraction of its size, which saves most of the memory
            picture.draft(None, (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            upright = ImageOps.exif_transpose(picture)
    upright = upright.convert(_mode(upright, pillow_format))
    upright.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    # Pillow would write comments and profiles again from here
    upright.info.clear()
    out = BytesIO()
    if pillow_format == "JPEG":
        upright.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    else:
        upright.save(out, "PNG")
    return out.getvalue()


def without_metadata(content: bytes) -> bytes:
    """A JPEG or PNG that lies inside a document, pixels untouched, its notes removed; others as they are."""
    if content.startswith(_SOI):
        return _jpeg_without_metadata(content)
    if content.startswith(_PNG):
        return _png_without_metadata(content)
    return content


def _mode(picture: Image.Image, pillow_format: str) -> str:
    if picture.mode in {"1", "L"} and "transparency" not in picture.info:
        return "L"
    has_alpha = "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info
    return "RGBA" if has_alpha and pillow_format == "PNG" else "RGB"


def _jpeg_without_metadata(content: bytes) -> bytes:
    kept = [_SOI]
    position = 2
    while position + 4 <= len(content):
        lead, marker, length = unpack(">BBH", content[position : position + 4])
        if lead != 0xFF or length < 2:
            break
        if marker == _SOS:
            # inside the scans 0xFF is always escaped, so the first end mark is the end; what follows is not ours
            end = content.find(_EOI, position)
            if end < 0:
                break
            return b"".join([*kept, content[position:end], _EOI])
        is_note = (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS) or marker == 0xFE
        if not is_note:
            kept.append(content[position : position + 2 + length])
        position += 2 + length
    raise Rejected("unreadable")


def _png_without_metadata(content: bytes) -> bytes:
    starts = [len(_PNG)]
    while content[starts[-1] + 4 : starts[-1] + 8] != b"IEND":
        if starts[-1] + 12 > len(content):
            raise Rejected("unreadable")
        starts.append(starts[-1] + 12 + int.from_bytes(content[starts[-1] : starts[-1] + 4]))
    starts.append(starts[-1] + 12)
    chunks = (content[start:end] for start, end in pairwise(starts))
    return _PNG + b"".join(chunk for chunk in chunks if chunk[4:8] in _KEPT_CHUNKS)
