"""DOCX and PPTX: one zip of harmless parts, with the main part that its extension promises."""

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.sax import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.ElementTree  # type: ignore[import-untyped]
import defusedxml.sax  # type: ignore[import-untyped]

from .picture import without_metadata as picture_without_metadata
from .rejected import Rejected

MAX_MEMBERS = 3000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBER_BYTES = 60 * 1024 * 1024
MAX_XML_BYTES = 30 * 1024 * 1024
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 256 * 1024

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_ZIP = b"PK\x05\x06"
_MAIN_PART = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
_MEMBER_TYPES = {
    "xml", "rels", "vml", "svg", "jpeg", "jpg", "png", "gif", "bmp", "tif", "tiff", "emf", "wmf", "ico", "wdp", "jxr",
    "webp", "heic", "fntdata", "odttf", "ttf", "bin", "mp3", "mp4", "m4a", "m4v", "mov", "wav",
}  # fmt: skip
_XML_TYPES = {"xml", "rels", "vml", "svg"}
_FORBIDDEN_RELATIONSHIPS = {
    "oleobject": "embedded", "package": "embedded", "control": "embedded", "activexcontrolbinary": "embedded",
    "afchunk": "embedded", "subdocument": "external", "frame": "external", "attachedtoolbars": "macro",
    "vbaproject": "macro", "wordvbadata": "macro",
}  # fmt: skip
_LOADING_FIELD = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT)\b", re.IGNORECASE)


def check(content: bytes, kind: str) -> None:
    """Raise Rejected unless it is a document of this kind without macros, embedded files or outside parts."""
    if content.startswith(_OLE):
        raise Rejected("encrypted")  # an old .doc, or a new one behind a password
    if not content.startswith(_ZIP):
        raise Rejected("signature")
    if content[-22:-18] != _END_OF_ZIP:
        raise Rejected("two_files")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = archive.infolist()
        _check_directory(members)
        for member in members:
            _check_name(member.filename)
        for member in members:
            _check_member(member.filename, _read(archive, member))
        _check_main_part(archive, kind)


def without_names(content: bytes) -> bytes:
    """A copy without properties, thumbnail, authors of comments and changes, camera data and file times."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as bare:
        clean_by_part = _property_parts(archive)
        for member in archive.infolist():
            name = member.filename
            if name.lower().startswith("docprops/thumbnail."):
                continue
            data = _read(archive, member)
            clean = clean_by_part.get(name) or _clean_by_type(name)
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            bare.writestr(entry, clean(data), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- the zip, before anything in it is read ---


def _check_directory(members: list[zipfile.ZipInfo]) -> None:
    if not 1 <= len(members) <= MAX_MEMBERS:
        raise Rejected("heavy")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise Rejected("heavy")
    names = {member.filename.lower() for member in members}
    if len(names) != len(members):
        raise Rejected("unreadable")  # two parts of one name: each program would read another one
    for member in members:
        _check_entry(member)
    in_order = sorted(members, key=lambda member: member.header_offset)
    if in_order[0].header_offset != 0:
        raise Rejected("two_files")
    for member, following in pairwise(in_order):
        # parts that share bytes are how a small zip becomes a huge one
        if member.header_offset + 30 + member.compress_size > following.header_offset:
            raise Rejected("heavy")


def _check_entry(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 0x1:
        raise Rejected("encrypted")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Rejected("unreadable")
    limit = MAX_XML_BYTES if _type_of(member.filename) in _XML_TYPES else MAX_MEMBER_BYTES
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > limit or (ratio > MAX_RATIO and member.file_size > RATIO_COUNTS_FROM_BYTES):
        raise Rejected("heavy")


def _check_name(name: str) -> None:
    lower = name.lower()
    if "vbaproject" in lower or "vbadata" in lower:
        raise Rejected("macro")
    if "/embeddings/" in lower or "/activex/" in lower:
        raise Rejected("embedded")
    if not re.fullmatch(r"[^\x00-\x1f\\:*?\"<>|]+", name) or name.startswith("/") or ".." in name.split("/"):
        raise Rejected("unreadable")
    if not name.endswith("/") and _type_of(name) not in _MEMBER_TYPES:
        raise Rejected("embedded")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The part's bytes; the size in the directory was checked, and zipfile gives no more than that."""
    return archive.read(member)


# --- the parts ---


def _check_member(name: str, data: bytes) -> None:
    if data.startswith((_OLE, _ZIP)):
        raise Rejected("embedded")
    if _type_of(name) in _XML_TYPES:
        reader = _Part()
        # forbid_dtd: no entities, so no bombs and no files read through them
        defusedxml.sax.parseString(data, reader, forbid_dtd=True)
        if _LOADING_FIELD.search("".join(reader.instructions)):
            raise Rejected("external")
    if name.lower().endswith(".rels"):
        for relationship in defusedxml.ElementTree.fromstring(data, forbid_dtd=True):
            _check_relationship(relationship.attrib)


def _check_relationship(attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rsplit("/", 1)[-1].lower()
    if kind in _FORBIDDEN_RELATIONSHIPS:
        raise Rejected(_FORBIDDEN_RELATIONSHIPS[kind])
    # a link that a reader may press is fine; templates, pictures and objects are fetched by opening the file
    if attributes.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
        raise Rejected("external")


class _Part(ContentHandler):
    """Reads one XML part: what its fields tell the program to do, and pictures named by an address."""

    def __init__(self) -> None:
        super().__init__()
        self.instructions: list[str] = []
        self._inside = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name
        local = name.rsplit(":", 1)[-1]
        self._inside = local == "instrText"
        for key, value in attrs.items():
            if key.endswith(":instr"):
                self.instructions.append(f" {value} ")
            # old-style pictures (VML) may load from an address without a relationship
            if local in {"imagedata", "fill", "stroke"} and key in {"src", "o:href"} and "//" in value:
                raise Rejected("external")

    def endElement(self, name: str) -> None:  # noqa: N802
        self._inside = False

    def characters(self, content: str) -> None:
        if self._inside:
            self.instructions.append(content)


def _check_main_part(archive: zipfile.ZipFile, kind: str) -> None:
    types = _content_types(archive)
    if any("macroenabled" in value.lower() or "vbaproject" in value.lower() for value in types.values()):
        raise Rejected("macro")
    if any("oleobject" in value.lower() or "activex" in value.lower() for value in types.values()):
        raise Rejected("embedded")
    roots = [
        relationship.attrib.get("Target", "").lstrip("/")
        for relationship in _xml(archive, "_rels/.rels")
        if relationship.attrib.get("Type", "").endswith("/officeDocument")
    ]
    if len(roots) != 1 or types.get(roots[0]) != _MAIN_PART[kind] or roots[0] not in archive.namelist():
        raise Rejected("mismatch")


def _content_types(archive: zipfile.ZipFile) -> dict[str, str]:
    """Content type by part name; defaults stand under their extension."""
    return {
        (entry.attrib.get("PartName") or "." + entry.attrib.get("Extension", "")).lstrip(
            "/"
        ): entry.attrib.get("ContentType", "")
        for entry in _xml(archive, "[Content_Types].xml")
    }


def _xml(archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    try:
        data = archive.read(name)
    except KeyError as error:
        raise Rejected("mismatch") from error
    yield from defusedxml.ElementTree.fromstring(data, forbid_dtd=True)


def _type_of(name: str) -> str:
    return name.rsplit("/", 1)[-1].rpartition(".")[2].lower()


# --- the copy for judges ---

_NOBODY = "Tác giả"
_NO_DATE = "2000-01-01T00:00:00Z"
_WHO = re.compile(
    r"""(?<=\s)((?:\w+:)?(?:author|initials|lastModifiedBy|userId|providerId))=(?:"[^"]*"|'[^']*')""",
    re.ASCII,
)
_WHO_IN_LIST = re.compile(
    r"""(?<=\s)((?:\w+:)?(?:name|author|initials|userId|providerId))=(?:"[^"]*"|'[^']*')"""
)
_WHEN = re.compile(r"""(?<=\s)((?:w|w16du):date(?:Utc)?)=(?:"[^"]*"|'[^']*')""")
_WHEN_COMMENTED = re.compile(r"""(?<=\s)(dt|created|(?:w|w16du):date(?:Utc)?)=(?:"[^"]*"|'[^']*')""")
_THUMBNAIL = re.compile(r"<Relationship\b[^>]*/thumbnail\"[^>]*/>")

_EMPTY_PROPERTIES = {
    "core-properties": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "extended-properties": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "custom-properties": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}


def _property_parts(archive: zipfile.ZipFile) -> dict[str, Callable[[bytes], bytes]]:
    """The parts that exist only to say who, when and with what."""
    parts: dict[str, Callable[[bytes], bytes]] = {}
    for part, content_type in _content_types(archive).items():
        for what, empty in _EMPTY_PROPERTIES.items():
            if content_type.endswith(f"{what}+xml"):
                document = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{empty}'.encode()
                parts[part] = lambda _data, document=document: document  # type: ignore[misc]
    return parts


def _clean_by_type(name: str) -> Callable[[bytes], bytes]:
    kind = _type_of(name)
    if kind in {"jpeg", "jpg", "png"}:
        return picture_without_metadata
    if kind not in _XML_TYPES:
        return bytes
    if name == "_rels/.rels":
        return _text(lambda text: _THUMBNAIL.sub("", text))
    lists_people = re.search(r"authors?\.xml$|people\.xml$", name, re.IGNORECASE)
    who = _WHO_IN_LIST if lists_people else _WHO
    when = _WHEN_COMMENTED if "comment" in name.lower() else _WHEN
    return _text(lambda text: when.sub(rf'\1="{_NO_DATE}"', who.sub(rf'\1="{_NOBODY}"', text)))


def _text(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """Changes a part as text, in the encoding it came in."""

    def changed(data: bytes) -> bytes:
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        return change(data.decode(encoding)).encode(encoding)

    return changed
