"""Real files for the upload tests, honest ones and hostile ones, made on the spot."""

import zipfile
from io import BytesIO

import docx
import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARK = "DAU-VET-RIENG"  # planted wherever a name could hide
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


# --- pictures ---


def picture(kind="JPEG", size=(60, 40), mode="RGB", **save):
    out = BytesIO()
    Image.new(mode, size, "red" if mode.startswith("RGB") else 0).save(out, kind, **save)
    return out.getvalue()


def phone_photo():
    """Turned by 90 degrees in its EXIF, with a place, a camera, a comment and a name."""
    image = Image.new("RGB", (60, 40), "red")
    image.paste("blue", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = MARK
    exif.get_ifd(0x8825).update({1: "N", 2: (20.0, 50.0, 1.0), 3: "E", 4: (106.0, 43.0, 1.0)})
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, comment=MARK.encode(), quality=95)
    return out.getvalue()


def screenshot_with_notes():
    notes = PngInfo()
    notes.add_text("Author", MARK)
    notes.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{MARK}</x:xmpmeta>")
    return picture("PNG", pnginfo=notes) + MARK.encode()


# --- PDF ---


def pdf(change=lambda made: None, pages=1, **save):
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    change(made)
    out = BytesIO()
    made.save(out, **save)
    return out.getvalue()


def action(kind, **more):
    return Dictionary(S=Name(f"/{kind}"), **more)


def open_action(kind, **more):
    def change(made):
        made.Root.OpenAction = action(kind, **more)

    return change


def hidden_script(made):
    """Not reachable from any page: some programs find it all the same."""
    made.make_indirect(
        Dictionary(Hidden=Array([Dictionary(Deep=action("JavaScript", JS=String("app.alert(1)")))]))
    )
    made.Root.Somewhere = made.make_indirect(Array([action("JavaScript", JS=String("app.alert(1)"))]))


def attachment(made):
    made.attachments["a.txt"] = b"attached"


def page_action(made):
    made.pages[0].obj.AA = Dictionary(O=action("GoTo", D=Array([made.pages[0].obj, Name.Fit])))


def dynamic_form(made):
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp/>"))


def film(made):
    made.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 1, 1]))]
    )


def outside_stream(made):
    stream = Stream(made, b"")
    stream.F = String("\\\\evil.example\\x")
    made.Root.Outside = made.make_indirect(stream)


def opens_at_page_one(made):
    made.Root.OpenAction = Array([made.pages[0].obj, Name.XYZ, 0, 0, 0])


def link_to_the_web(made):
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
    link.A = action("URI", URI=String("https://haiphong.gov.vn"))
    made.pages[0].obj.Annots = Array([link])


def signed_everywhere(made):
    """An author in each place where a PDF keeps one."""
    made.docinfo["/Author"] = MARK
    made.docinfo["/Title"] = MARK
    with made.open_metadata() as notes:
        notes["dc:creator"] = [MARK]
    page = made.pages[0].obj
    page.PieceInfo = Dictionary(Word=Dictionary(Who=String(MARK)))
    page.Metadata = made.make_stream(f"<x>{MARK}</x>".encode())
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), T=String(MARK), M=String(MARK)
    )
    note.Contents = String("nội dung ghi chú")
    page.Annots = Array([note])
    photo = made.make_stream(phone_photo())
    photo.Type, photo.Subtype, photo.Filter = Name.XObject, Name.Image, Name.DCTDecode
    photo.Width, photo.Height, photo.BitsPerComponent, photo.ColorSpace = 60, 40, 8, Name.DeviceRGB
    page.Resources = Dictionary(XObject=Dictionary(Im0=photo))


# --- DOCX and PPTX ---


def word(text="Ý tưởng làm sạch chợ", change=lambda document: None):
    document = docx.Document()
    document.add_heading(text, 1)
    document.add_paragraph("Nội dung")
    change(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def signed_word():
    def sign(document):
        document.core_properties.author = document.core_properties.last_modified_by = MARK
        document.core_properties.comments = MARK
        document.add_picture(BytesIO(phone_photo()))
        document.add_picture(BytesIO(screenshot_with_notes()))
        document.add_comment(document.paragraphs[0].runs, text="nên sửa", author=MARK, initials=MARK)

    changed = (
        f'<w:ins w:id="9" w:author="{MARK}" w:date="2026-05-01T08:00:00Z"><w:r><w:t>thêm</w:t></w:r></w:ins>'
    )

    def track(document):
        return document.replace(b"<w:sectPr", f"<w:p>{changed}</w:p><w:sectPr".encode(), 1)

    return rezip(
        word(change=sign),
        replace={
            "word/document.xml": track,
            "docProps/app.xml": lambda _data: f"<Properties><Company>{MARK}</Company></Properties>".encode(),
        },
        add={
            "word/people.xml": f'<w15:people xmlns:w15="x"><w15:person w15:author="{MARK}"/></w15:people>'.encode()
        },
    )


def slides():
    """The smallest presentation that names its main part."""
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="ppt/presentation.xml"/></Relationships>'
        ),
        "ppt/presentation.xml": '<p:presentation xmlns:p="x"/>',
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst xmlns:p="x"><p:cmAuthor id="0" name="{MARK}" initials="{MARK}"/></p:cmAuthorLst>',
    }
    return rezip(None, add={name: text.encode() for name, text in parts.items()})


def rezip(content, *, add=None, replace=None, drop=(), method=zipfile.ZIP_DEFLATED):
    """A copy of a zip with some members added, changed or left out."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as copy:
        if content:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                for name in archive.namelist():
                    if name not in drop:
                        data = archive.read(name)
                        copy.writestr(name, (replace or {}).get(name, bytes)(data))
        for name, data in (add or {}).items():
            copy.writestr(name, data)
    return out.getvalue()


def related(content, kind, target="https://evil.example/x", mode=' TargetMode="External"'):
    """The document with one more relationship."""
    line = f'<Relationship Id="rX" Type="{OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>'
    return rezip(
        content,
        replace={
            "word/_rels/document.xml.rels": lambda data: data.replace(b"</Relationships>", line.encode())
        },
    )


def with_field(instruction):
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in instruction)
    return rezip(
        word(),
        replace={
            "word/document.xml": lambda data: data.replace(
                b"<w:sectPr", f"<w:p>{runs}</w:p><w:sectPr".encode(), 1
            )
        },
    )


def typed_as(content_type):
    """The document whose main part says that it is something else."""
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return rezip(
        word(), replace={"[Content_Types].xml": lambda data: data.replace(main, content_type.encode())}
    )


def lying_about_its_size():
    """A part that claims ten bytes and unpacks to a million."""
    content = bytearray(rezip(word(), add={"word/media/a.wmf": b"\0" * 1_000_000}))
    start = content.rfind(b"PK\x01\x02")
    content[start + 24 : start + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def overlapping():
    """Two names for the same bytes, as in the zips that unpack to petabytes."""
    content = bytearray(rezip(word(), add={"word/media/a.wmf": b"a" * 5000, "word/media/b.wmf": b"a" * 5000}))
    last = content.rfind(b"PK\x01\x02")
    before = content.rfind(b"PK\x01\x02", 0, last)
    content[last + 42 : last + 46] = content[before + 42 : before + 46]
    return bytes(content)


def encrypted_flag():
    content = bytearray(word())
    start = content.find(b"PK\x01\x02")
    content[start + 8] |= 1
    return bytes(content)
