"""Images and PDFs with more than a picture or pages. CLEANED are stored without that, and REFUSED aren't stored.

PDFs are written with object streams, so that a search for plain text finds none of their actions.
"""

import io
import random
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, PngImagePlugin

WORD = "CanaryWord"
SCRIPT = f"app.alert('{WORD}')"


def _action(kind, **more):
    return Dictionary(S=Name(f"/{kind}"), **more)


def pdf(change=None, *, pages=1, text=b"BT /F1 12 Tf 20 100 Td (Shown) Tj ET", **saved) -> bytes:
    """Return a PDF of pages with a word. `change(pdf, page)` adds something to it."""
    made = pikepdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for _ in range(pages):
        page = made.add_blank_page(page_size=(200, 200))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        page.obj.Contents = made.make_stream(text)
    if change:
        change(made, made.pages[0].obj)
    out = io.BytesIO()
    made.save(out, **{"object_stream_mode": pikepdf.ObjectStreamMode.generate, "compress_streams": True} | saved)
    return out.getvalue()


def _copy(value):
    """Return a copy of an object, since it belongs to the first PDF that it's put into, and breaks without that one."""
    return pikepdf.Object.parse(value.unparse()) if isinstance(value, pikepdf.Object) else value


def _root(**values):
    def change(made, page):
        for name, value in values.items():
            made.Root[f"/{name}"] = made.make_indirect(_copy(value))

    return lambda: pdf(change)


def _page(**values):
    def change(made, page):
        for name, value in values.items():
            page[f"/{name}"] = _copy(value)

    return lambda: pdf(change)


def _annotation(**values):
    def change(made, page):
        values_now = {name: _copy(value) for name, value in values.items()}
        note = Dictionary(Type=Name.Annot, Rect=[10, 10, 60, 60], **values_now)
        page.Annots = Array([made.make_indirect(note)])

    return lambda: pdf(change)


def _form_of(made, text=b"", **more):
    return Stream(made, text, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 10, 10], **more)


def _drawing(form):
    def change(made, page):
        page.Resources.XObject = Dictionary(X=made.make_indirect(form(made)))
        page.Contents = made.make_stream(b"/X Do")

    return lambda: pdf(change)


def _picture(data=b"\0", **more):
    given = {"Width": 1, "Height": 1, "ColorSpace": Name.DeviceGray, "BitsPerComponent": 8} | more
    return _drawing(lambda made: Stream(made, data, Type=Name.XObject, Subtype=Name.Image, **given))


def _field(made, page):
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("name"),
        V=String("Typed"),
        DA=String("/F1 12 Tf"),
        Rect=[10, 10, 150, 40],
        AA=Dictionary(K=_action("JavaScript", JS=String(SCRIPT))),
    )
    page.Annots = Array([made.make_indirect(field)])
    fonts = Dictionary(F1=page.Resources.Font.F1)
    made.Root.AcroForm = Dictionary(
        Fields=page.Annots, NeedAppearances=True, DR=Dictionary(Font=fonts), DA=String("/F1 12 Tf")
    )


def _attached(made, page):
    held = made.make_indirect(Stream(made, b"MZ program " + WORD.encode(), Type=Name.EmbeddedFile))
    spec = Dictionary(Type=Name.Filespec, F=String("run.exe"), UF=String("run.exe"), EF=Dictionary(F=held))
    made.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=[String("run.exe"), made.make_indirect(spec)]))
    made.Root.AF = Array([made.make_indirect(spec)])


def _add_metadata(made, page):
    made.trailer["/Info"] = made.make_indirect(Dictionary(Author=String(WORD)))
    made.Root.Metadata = made.make_indirect(
        Stream(made, f"<x:xmpmeta>{WORD}</x:xmpmeta>".encode(), Type=Name.Metadata, Subtype=Name.XML)
    )
    page.PieceInfo = Dictionary(X=Dictionary(Private=String(WORD)))
    page.Metadata = made.Root.Metadata


def _loop(made, page):
    form = made.make_indirect(_form_of(made, b"/X Do"))
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    page.Resources.XObject = Dictionary(X=form)
    page.Contents = made.make_stream(b"/X Do")


def _laughs(made, page):
    form = made.make_indirect(_form_of(made, b"0 0 1 1 re f"))
    for _ in range(10):
        form = made.make_indirect(_form_of(made, b"/X Do " * 10, Resources=Dictionary(XObject=Dictionary(X=form))))
    page.Resources.XObject = Dictionary(X=form)
    page.Contents = made.make_stream(b"/X Do " * 10)


def _letter_loop(made, page):
    letter = made.make_indirect(Stream(made, b"BT /F1 1 Tf (A) Tj ET"))
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(A=letter)))
    letter.Resources = Dictionary(Font=Dictionary(F1=font))
    page.Resources.Font.F1 = font


def _pattern_loop(made, page):
    pattern = made.make_indirect(Stream(made, b"/P scn", PatternType=1, BBox=[0, 0, 1, 1], XStep=1, YStep=1))
    pattern.Resources = Dictionary(Pattern=Dictionary(P=pattern))
    page.Resources.Pattern = Dictionary(P=pattern)
    page.Contents = made.make_stream(b"/Pattern cs /P scn 0 0 9 9 re f")


def _mask_loop(made, page):
    form = made.make_indirect(_form_of(made, b"/G gs"))
    state = made.make_indirect(Dictionary(SMask=Dictionary(S=Name.Luminosity, G=form)))
    form.Resources = Dictionary(ExtGState=Dictionary(G=state))
    page.Resources.ExtGState = Dictionary(G=state)
    page.Contents = made.make_stream(b"/#47 gs 0 0 9 9 re f")


def _again(made, page):
    text = made.make_indirect(made.make_stream(b"0 0 1 1 re f " * 10_000))
    page.Contents = Array([text] * 15_000)


def _many_objects(made, page):
    page.Resources.Properties = Dictionary({f"/P{n}": made.make_indirect(Dictionary(A=n)) for n in range(25_000)})


def _deep(made, page):
    inner = Array([])
    for _ in range(400):
        inner = Array([inner])
    page.Resources.Properties = Dictionary(P=Dictionary(X=inner))


def _huge_content(made, page):
    page.Contents = Stream(made, zlib.compress(b" " * 300_000_000, 9), Filter=Name.FlateDecode)


def _twice_packed(made, page):
    twice = zlib.compress(zlib.compress(b"\0" * 900_000_000, 9), 9)
    page.Contents = Stream(made, twice, Filter=[Name.FlateDecode, Name.FlateDecode])


def shown_in(name) -> str:
    """Return a word that must still be readable after cleaning. The handwritten files below have none."""
    if "form with a script" in name or "XFA" in name:
        return "Typed"
    return "" if name.startswith(("names written", "a table", "an older", "a picture")) else "Shown"


def _raw(*objects, root=1, extra=b"") -> bytes:
    """Return a PDF of these objects as they are, with a cross-reference table."""
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, 2)
    for number, text in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, text))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, extra, start))
    return out.getvalue()


_CATALOG, _PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_ONE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"


def _jpeg(size, kind="JPEG"):
    out = io.BytesIO()
    Image.new("L", size).save(out, kind)
    return out.getvalue()


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("run.js", SCRIPT)
    return out.getvalue()


def _with_end(picture, end):
    """A JPEG with something appended, as the last object of a PDF."""
    return _picture(picture + end, Filter=Name.DCTDecode)


def _names_like_deeds(made, page):
    """A font named F, an image named A: names that many programs use in page contents, and that also name actions."""
    fonts = Dictionary(F=page.Resources.Font.F1, AA=page.Resources.Font.F1)
    drawn = Dictionary(
        A=made.make_indirect(_form_of(made, b"0 0 1 1 re f")), URI=made.make_indirect(_form_of(made, b""))
    )
    page.Resources = Dictionary(Font=made.make_indirect(fonts), XObject=drawn)
    page.Contents = made.make_stream(b"BT /F 12 Tf 20 100 Td (Shown) Tj ET /A Do")
    page.AA = Dictionary(O=_action("JavaScript", JS=String(SCRIPT)))


def _shared_resources(made, page):
    """Forms that share the page's resources, with themselves among them, and don't use them."""
    form = made.make_indirect(_form_of(made, b"0 0 1 1 re f"))
    page.Resources.XObject = Dictionary(X=form)
    form.Resources = page.Resources = made.make_indirect(page.Resources)
    page.Contents = made.make_stream(b"/X Do /X Do BT /F1 12 Tf 20 100 Td (Shown) Tj ET")
    page.AA = Dictionary(O=_action("JavaScript", JS=String(SCRIPT)))


PDFS_CLEANED = {
    "names like deeds": lambda: pdf(_names_like_deeds),
    "resources that all share": lambda: pdf(_shared_resources),
    "a script when it opens": _root(OpenAction=_action("JavaScript", JS=String(SCRIPT))),
    "a script in a stream": lambda: pdf(
        lambda made, page: made.Root.__setitem__(
            "/OpenAction", _action("JavaScript", JS=made.make_indirect(Stream(made, SCRIPT.encode())))
        )
    ),
    "a script by name": lambda: pdf(
        lambda made, page: made.Root.__setitem__(
            "/Names",
            Dictionary(
                JavaScript=Dictionary(Names=[String("a"), made.make_indirect(_action("JavaScript", JS=String(SCRIPT)))])
            ),
        )
    ),
    "a script of a page": _page(AA=Dictionary(O=_action("JavaScript", JS=String(SCRIPT)))),
    "a script when it closes": _root(AA=Dictionary(WC=_action("JavaScript", JS=String(SCRIPT)))),
    "a script behind another": _root(OpenAction=_action("GoTo", D=[0], Next=_action("JavaScript", JS=String(SCRIPT)))),
    "a program when it opens": _root(OpenAction=_action("Launch", F=String(WORD))),
    "a form that is sent": _root(
        OpenAction=_action("SubmitForm", F=Dictionary(FS=Name.URL, F=String("http://127.0.0.1:9/" + WORD)))
    ),
    "a link": _annotation(Subtype=Name.Link, A=_action("URI", URI=String("http://127.0.0.1:9/" + WORD))),
    "a link to another file": _annotation(Subtype=Name.Link, A=_action("GoToR", F=String("\\\\host\\" + WORD))),
    "a link to a file inside": _annotation(Subtype=Name.Link, A=_action("GoToE", F=String(WORD))),
    "a film": _annotation(Subtype=Name.Movie, Movie=Dictionary(F=String(WORD))),
    "a screen": _annotation(Subtype=Name.Screen, A=_action("Rendition", OP=0, JS=String(SCRIPT))),
    "rich media": _annotation(
        Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=Dictionary(Names=[String(WORD)]))
    ),
    "a body in space": _annotation(Subtype=Name("/3D"), T=String(WORD)),
    "a file in a note": _annotation(Subtype=Name.FileAttachment, FS=Dictionary(Type=Name.Filespec, F=String(WORD))),
    "files inside": lambda: pdf(_attached),
    "a form with a script": lambda: pdf(_field),
    "a form of XFA beside it": lambda: pdf(
        lambda made, page: (_field(made, page), made.Root.AcroForm.__setitem__("/XFA", String(WORD)))
    ),
    "what tells of its author": lambda: pdf(_add_metadata, fix_metadata_version=False),
    "a picture of another file": _drawing(lambda made: _form_of(made, Ref=Dictionary(F=String(WORD), Page=0))),
    "a picture with another for print": _drawing(
        lambda made: Stream(
            made,
            b"\0",
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=1,
            Height=1,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
            Alternates=[Dictionary(Image=made.make_indirect(Stream(made, WORD.encode())))],
        )
    ),
    "contents that are elsewhere": lambda: pdf(
        lambda made, page: page.Contents.__setitem__("/F", String("/etc/" + WORD))
    ),
    "pieces of a portfolio": _root(Collection=Dictionary(Schema=Dictionary(X=String(WORD)))),
    "an outline with a script": _root(
        Outlines=Dictionary(First=Dictionary(Title=String("a"), A=_action("JavaScript", JS=String(SCRIPT))))
    ),
    "names written in another way": lambda: _raw(
        b"<</Type/Catalog/Pages 2 0 R/Open#41ction<</S/J#61vaScript/J#53(" + SCRIPT.encode() + b")>>>>", _PAGES, _ONE
    ),
    "locked against changes alone": lambda: pdf(
        lambda made, page: made.Root.__setitem__("/OpenAction", _action("JavaScript", JS=String(SCRIPT))),
        encryption=pikepdf.Encryption(owner="x", user="", R=6),
    ),
    "another file behind it": lambda: pdf() + b"MZ\x90\x00" + WORD.encode(),
    "an archive behind it": lambda: pdf() + archive(),
    "an archive in a comment": lambda: pdf()[:-6] + archive() + b"%%EOF\n",
    "a web page first": lambda: b"%PDF-1.4\n<html><script>" + SCRIPT.encode() + b"</script>\n" + pdf(),
    "a table of places that is a lie": lambda: _raw(_CATALOG, _PAGES, _ONE).replace(b"startxref\n", b"startxref\n9"),
    "a table that leads to itself": lambda: _raw(_CATALOG, _PAGES, _ONE, extra=b"/Prev 100"),
    "an older version with a script": lambda: _versions(),
}


def _versions():
    """An incremental update, as programs save quickly: the first version is still in the file."""
    first = _raw(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(" + SCRIPT.encode() + b")>>>>", _PAGES, _ONE
    )
    start = first.rfind(b"xref\n0")
    second = first + b"1 0 obj\n" + _CATALOG + b"\nendobj\n"
    place = second.rfind(b"1 0 obj")
    return second + b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 4/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        place,
        start,
        len(second),
    )


PDFS_REFUSED = {
    "a password": lambda: pdf(encryption=pikepdf.Encryption(owner="x", user="y", R=6)),
    "an old password": lambda: pdf(encryption=pikepdf.Encryption(owner="x", user="y", R=4, aes=False, metadata=False)),
    "an unknown lock": lambda: _raw(_CATALOG, _PAGES, _ONE, extra=b"/Encrypt<</Filter/Strange/V 9>>/ID[(a)(b)]"),
    "a form that only one program shows": lambda: pdf(
        lambda made, page: (
            made.Root.__setitem__("/NeedsRendering", True),
            made.Root.__setitem__("/AcroForm", Dictionary(Fields=[], XFA=String("x"))),
        )
    ),
    "too many pages": lambda: pdf(pages=101),
    "no page": lambda: _raw(_CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"),
    "a million pages that are one": lambda: _raw(
        _CATALOG, b"<</Type/Pages/Count 1000000/Kids[" + b"3 0 R " * 500_000 + b"]>>", _ONE
    ),
    "pages in pages": lambda: _raw(
        _CATALOG,
        *[b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % n for n in range(3, 60_000)],
        b"<</Type/Pages/Kids[]/Count 0>>",
    ),
    "pages that lead to themselves": lambda: _raw(_CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    "a catalog that is no catalog": lambda: _raw(b"[1 2 3]"),
    "nothing": lambda: b"%PDF-1.7\n%%EOF\n",
    "half of it": lambda: (whole := pdf())[: len(whole) // 3],
    "too many objects": lambda: pdf(_many_objects),
    "lists in lists": lambda: pdf(_deep),
    "lists in lists without an end": lambda: _raw(b"<</Type/Catalog/Pages 2 0 R/X" + b"[" * 1_000_000),
    "dictionaries in dictionaries": lambda: _raw(b"<</Type/Catalog/Pages 2 0 R/X" + b"<</A" * 500_000),
    "a form that draws itself": lambda: pdf(_loop),
    "forms that draw a billion": lambda: pdf(_laughs),
    "contents of 300 megabytes": lambda: pdf(_huge_content, compress_streams=False),
    "contents packed twice": lambda: pdf(_twice_packed, compress_streams=False),
    "contents packed by many": lambda: pdf(
        lambda made, page: page.__setitem__("/Contents", Stream(made, b"0>" * 3, Filter=[Name.ASCIIHexDecode] * 40)),
        compress_streams=False,
    ),
    "a picture of many pixels": _picture(Width=100_000, Height=100_000),
    "a picture of fewer than none": _picture(Width=-1, Height=100_000),
    "a JPEG that is larger than it says": _picture(_jpeg((9_000, 9_000)), Filter=Name.DCTDecode),
    "a picture that is no JPEG": _picture(b"<html>", Filter=Name.DCTDecode),
    "a picture of JBIG2": _picture(b"\x97JB2\r\n\x1a\n", Filter=Name.JBIG2Decode),
    "a picture of an unknown kind": _picture(b"x", Filter=Name("/Strange")),
    "a program for printers": _drawing(lambda made: Stream(made, b"%!PS", Type=Name.XObject, Subtype=Name.PS)),
    "an archive behind a picture": _with_end(_jpeg((20, 20)), archive()),
    "a letter that draws itself": lambda: pdf(_letter_loop),
    "a pattern that draws itself": lambda: pdf(_pattern_loop),
    "a mask that draws itself": lambda: pdf(_mask_loop),
    "a page as wide as a stadium": _page(MediaBox=Array([0, 0, 10**9, 10**9])),
    "a page in large units": _page(UserUnit=10**6),
    "a page of no size": _page(MediaBox=Array([0, 0])),
    "contents that are named again and again": lambda: pdf(_again),
    "a list of objects without an end": lambda: _raw(
        _CATALOG, _PAGES, _ONE, b"<</Type/ObjStm/N 100000000/First 10/Length 0>>stream\n\nendstream", extra=b"/X 4 0 R"
    ).replace(b"3 0 R", b"5 0 R"),
    "streams of objects in 500 megabytes": lambda: _raw(
        _CATALOG.replace(b"2 0", b"9 0"),
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(packed := zlib.compress(b"9 0 " + b" " * 500_000_000, 9)), packed),
    ),
}


def _png(*chunks, size=(20, 10), before=()):
    """A PNG with additional chunks."""
    plain = _jpeg(size, "PNG")
    at = plain.find(b"IDAT") - 4
    made = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return plain[:at] + made + plain[at:]


def _animated(kind, frames=200):
    out = io.BytesIO()
    pictures = [Image.new("RGB", (40, 40), (n % 256, 0, 0)) for n in range(frames)]
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=1)
    return out.getvalue()


def _saved(kind, size=(20, 10), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (120, 30, 60)).save(out, kind, **more)
    return out.getvalue()


def _exif():
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = WORD, 6  # a description, and a rotation by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"  # a GPS position
    return exif


def _texts():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", WORD)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{WORD}</x>")
    return info


def _profile(size=200_000):
    return b"\0" * 36 + b"acsp" + WORD.encode() * (size // len(WORD))


IMAGES_CLEANED = {
    **{
        f"where it was taken ({kind})": lambda kind=kind: _saved(kind, exif=_exif()) for kind in ("PNG", "JPEG", "WEBP")
    },
    **{
        f"a color profile ({kind})": lambda kind=kind: _saved(kind, icc_profile=_profile())
        for kind in ("PNG", "JPEG", "WEBP")
    },
    **{
        f"a script behind it ({kind})": lambda kind=kind: _saved(kind) + b"<script>" + SCRIPT.encode()
        for kind in ("PNG", "JPEG", "WEBP")
    },
    **{
        f"an archive behind it ({kind})": lambda kind=kind: _saved(kind) + archive() for kind in ("PNG", "JPEG", "WEBP")
    },
    **{f"a PDF behind it ({kind})": lambda kind=kind: _saved(kind) + pdf() for kind in ("PNG", "JPEG", "WEBP")},
    "texts of a PNG": lambda: _saved("PNG", pnginfo=_texts()),
    "a comment of a JPEG": lambda: _saved("JPEG", comment=WORD.encode()),
    "a description of a WebP": lambda: _saved("WEBP", xmp=WORD.encode()),
    "a PNG that moves": lambda: _animated("PNG"),
    "a WebP that moves": lambda: _animated("WEBP"),
    "a long side": lambda: _jpeg((39_000, 1_000), "PNG"),
    "colors for print": lambda: _cmyk(),
}


def _cmyk():
    out = io.BytesIO()
    Image.new("CMYK", (20, 10)).save(out, "JPEG")
    return out.getvalue()


def _one_bit(size):
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()


def _png_of(width, height):
    """A PNG that claims this size, and holds next to nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


IMAGES_REFUSED = {
    "nine hundred million pixels": lambda: _one_bit((30_000, 30_000)),
    "more pixels than there are": lambda: _png_of(2**31 - 1, 2**31 - 1),
    "a side without an end": lambda: _png_of(2**31 - 1, 1),
    "no pixel": lambda: _png_of(0, 0),
    "a JPEG of many pixels": lambda: _jpeg((20_000, 20_000)),
    "a text of a gigabyte": lambda: _png((b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 500_000_000, 9))),
    "many texts of megabytes": lambda: _png(*[(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 1_000_000, 9))] * 100),
    "a profile of a gigabyte": lambda: _png((b"iCCP", b"icc\0\0" + zlib.compress(b"\0" * 500_000_000, 9))),
    "half a picture": lambda: (whole := _saved("PNG", (500, 500)))[: len(whole) // 2],
    "a start alone": lambda: b"\x89PNG\r\n\x1a\n",
    "a web page": lambda: b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "a JPEG's start alone": lambda: b"\xff\xd8\xff\xe0",
    "a WebP's start alone": lambda: b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    "bytes behind a start": lambda: b"\xff\xd8\xff" + random.Random(3).randbytes(500_000),
    **{kind: lambda kind=kind: _saved(kind) for kind in ("GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000")},
}
