"""Rebuilds an image or a PDF from stdin to stdout, in a process of its own with limited memory and time.

It has no database, settings or secrets, so a file that exploits a decoder finds nothing. On refusal it exits with the
code REFUSED and prints one word that says why. Of a PDF only its pages are kept, and of a page only what draws it.
"""

import io
import re
import resource
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

MOST_PIXELS, MOST_SIDE = 40_000_000, 5_000  # of an image that is read; of one that is kept
MOST_PAGES, MOST_OBJECTS = 100, 20_000
LARGEST_PAGE = 14_400  # points per side: 200 inches, the usual limit of programs
MOST_UNPACKED = 100 * 2**20  # bytes of a PDF's contents
MOST_DRAWN = 100_000  # forms that a PDF draws, including those that they draw in turn
MOST_FILTERS, MOST_DEPTH = 3, 100
MOST_MEMORY, MOST_SECONDS = 2**30, 10
REFUSED = 4
IMAGES = ("PNG", "JPEG", "WEBP")
# Why a file is refused. `uploads` has the messages.
BROKEN, LOCKED, PAGES, PIXELS, HEAVY, ACTIVE, PICTURE = (
    "broken",
    "locked",
    "pages",
    "pixels",
    "heavy",
    "active",
    "picture",
)

_PAGE = {"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group"}
_INHERITED = ("/MediaBox", "/CropBox", "/Resources", "/Rotate")
# What runs something, embeds something, refers to something elsewhere, or identifies the author.
_DROPPED = {
    *(
        "/A",
        "/AA",
        "/AF",
        "/Alternates",
        "/Annots",
        "/Dests",
        "/EF",
        "/EmbeddedFiles",
        "/F",
        "/FDecodeParms",
        "/FFilter",
    ),
    *("/FS", "/JS", "/JavaScript", "/LastModified", "/Metadata", "/Names", "/OPI", "/OpenAction", "/PieceInfo", "/PS"),
    *("/Ref", "/RichMedia", "/StructParent", "/StructParents", "/Subtype2", "/URI", "/UF", "/XFA"),
}
_MAPS = {"/CharProcs", "/ColorSpace", "/ExtGState", "/Font", "/Pattern", "/Properties", "/Shading", "/XObject"}
_UNPACKED = {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode"}
_KNOWN = _UNPACKED | {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode"}
_NAMES, _HASHED = re.compile(rb"/([^\s/<>\[\](){}%]+)"), re.compile(rb"#([0-9A-Fa-f]{2})")
_DRAWS = re.compile(rb"(?<![A-Za-z])Do(?![A-Za-z0-9])")


class Refused(Exception):
    """Its message is one of the words above."""


# Images


def image(content: bytes) -> bytes:
    """The first picture of the file, upright and no larger than MOST_SIDE, without any other content."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        try:
            picture: Image.Image = Image.open(io.BytesIO(content), formats=IMAGES)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Refused(PIXELS) from None
        kind = picture.format
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(PIXELS)
        if kind == "JPEG":
            picture.draft(picture.mode, (MOST_SIDE, MOST_SIDE))  # its decoder can scale it down while reading
        turned = picture.getexif().get(0x0112, 1)
        modes = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L")
        if picture.mode not in modes:
            picture = picture.convert(modes[0] if kind == "JPEG" else "RGBA")
        picture.thumbnail((MOST_SIDE, MOST_SIDE))
        picture.getexif()[0x0112] = turned
        picture = ImageOps.exif_transpose(picture)
        bare = Image.new(picture.mode, picture.size)
        bare.paste(picture)
        out = io.BytesIO()
        bare.save(out, kind, **({} if kind == "PNG" else {"quality": 85}))
    return out.getvalue()


# PDFs


def pdf(content: bytes) -> bytes:
    """The pages of a PDF in a new file. Form values and annotations are drawn into them; nothing else is kept."""
    import pikepdf

    try:
        opened = pikepdf.open(io.BytesIO(content), inherit_page_attributes=False)
        with opened as source, pikepdf.new() as made:
            _take_pages(source, made)
            _clean(made)
            _check_draws(made)
            out = io.BytesIO()
            made.save(
                out,
                compress_streams=True,
                recompress_flate=True,
                stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
                deterministic_id=True,
            )
    except pikepdf.PasswordError:
        raise Refused(LOCKED) from None
    except (
        pikepdf.PdfError,
        pikepdf.ForeignObjectError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RuntimeError,
    ):
        raise Refused(BROKEN) from None
    return out.getvalue()


def _take_pages(source: "Pdf", made: "Pdf") -> None:
    if len(source.objects) > MOST_OBJECTS:
        raise Refused(HEAVY)
    _check_pages(source)
    form = source.Root.get("/AcroForm")
    if source.Root.get("/NeedsRendering", False) or (
        form is not None and "/XFA" in form and not len(form.get("/Fields", []))
    ):
        raise Refused(ACTIVE)  # its pages only say that another program is needed
    if form is not None:
        source.generate_appearance_streams()
    source.flatten_annotations("screen")
    for page in source.pages:
        for name in set(page.obj.keys()) - _PAGE - {"/Parent"}:
            del page.obj[name]
        made.pages.append(page)


def _check_pages(source: "Pdf") -> None:
    """Count and check the pages before the library does, and copy inherited attributes to each page.

    The library creates a page every time one is referenced, and a few bytes can refer to one a million times.
    """
    waiting: list[tuple[Object, dict[str, Object]]] = [(source.Root["/Pages"], {})]
    pages, nodes = 0, 0
    while waiting:
        (node, inherited), nodes = waiting.pop(), nodes + 1
        own = inherited | {name: node[name] for name in _INHERITED if name in node}
        kids = node.get("/Kids")
        if kids is None:
            pages += 1
            box, unit = own.get("/MediaBox"), node.get("/UserUnit")
            _check_size([] if box is None else box, 1 if unit is None else unit)
            for name, value in own.items():
                node[name] = value
        elif len(kids) + len(waiting) + pages > MOST_PAGES:
            raise Refused(PAGES)
        else:
            waiting.extend((kid, own) for kid in list(kids))
        if nodes > 10 * MOST_PAGES:
            raise Refused(HEAVY)
    if not pages:
        raise Refused(BROKEN)


def _check_size(box: "Iterable[Object | float]", unit: "Object | float") -> None:
    """Refuse very large pages: showing one can take all memory of the reader's computer."""
    left, bottom, right, top = (float(one) for one in box)
    if not all(0 <= side * float(unit) <= LARGEST_PAGE for side in (abs(right - left), abs(top - bottom))):
        raise Refused(PIXELS)


def _clean(made: "Pdf") -> None:
    """Remove what does more than draw from everything that the pages reach, and refuse what can't be checked."""
    import pikepdf

    unpacked = pixels = 0
    # Keys of these dictionaries are names that contents use, such as a font called F. They say nothing about what they
    # do.
    names = {value.objgen for one in made.objects for found, _ in _dictionaries(one) for value in _maps_in(found)}
    for one in made.objects:
        for found, is_map in _dictionaries(one):
            if is_map or (found.is_indirect and found.objgen in names):
                continue
            for name in _DROPPED & set(found.keys()):
                del found[name]
            if found.get("/Subtype") == "/PS":
                raise Refused(ACTIVE)
        if not isinstance(one, pikepdf.Stream):
            continue
        filters = _filters(one)
        if len(filters) > MOST_FILTERS or not set(filters) <= _KNOWN:
            raise Refused(PICTURE)
        if one.get("/Subtype") == "/Image":
            pixels += _pixels(one, filters)
            if pixels > 10 * MOST_PIXELS:
                raise Refused(PIXELS)
        if set(filters) <= _UNPACKED:
            unpacked += len(one.read_bytes())
            if unpacked > MOST_UNPACKED:
                raise Refused(HEAVY)


def _dictionaries(one: "Object") -> Iterator[tuple["Object", bool]]:
    """(dictionary, whether its keys are names of resources that the file chose) for each dictionary inside an object.

    The object itself comes first; other objects that it refers to are left out. Raises Refused if there are too many.
    """
    import pikepdf

    waiting, seen = [(one, 0, False)], 0
    while waiting:
        found, depth, is_map = waiting.pop()
        seen += 1
        if depth > MOST_DEPTH or seen > 50 * MOST_OBJECTS:
            raise Refused(HEAVY)
        if isinstance(found, pikepdf.Array):
            inner = [("", value) for value in found]
        elif isinstance(found, (pikepdf.Dictionary, pikepdf.Stream)):
            yield found, is_map
            inner = list(found.items())
        else:
            continue
        for name, value in inner:
            if isinstance(value, pikepdf.Object) and not value.is_indirect:
                waiting.append((value, depth + 1, name in _MAPS and not is_map))


def _maps_in(found: "Object") -> list["Object"]:
    """The dictionaries of resources that this one refers to: fonts, images and so on by names that the file chose."""
    import pikepdf

    held = [found.get(name) for name in _MAPS]
    return [one for one in held if isinstance(one, pikepdf.Dictionary) and one.is_indirect]


def _filters(stream: "Object") -> list[str]:
    import pikepdf

    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in (named if isinstance(named, pikepdf.Array) else [named])]


def _pixels(stream: "Object", filters: list[str]) -> int:
    """The pixels of an image, as declared or as stored, whichever is more. Raises Refused."""
    from PIL import Image

    size = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    if filters and filters[-1] in ("/DCTDecode", "/JPXDecode"):
        if len(filters) > 1:
            raise Refused(PICTURE)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                Image.MAX_IMAGE_PIXELS = None
                with Image.open(io.BytesIO(stream.read_raw_bytes()), formats=("JPEG", "JPEG2000")) as picture:
                    size = max(size, picture.width * picture.height)
        except Exception:  # a broken picture may make the library raise anything
            raise Refused(PICTURE) from None
    if not 0 <= size <= MOST_PIXELS:
        raise Refused(PIXELS)
    return size


def _check_draws(made: "Pdf") -> None:
    """Refuse forms that draw forms that draw forms: a few lines can draw a billion, and a form that draws itself never
    ends.
    """
    import pikepdf

    known: dict = {}
    total = 0
    for page in made.pages:
        contents = page.obj["/Contents"] if "/Contents" in page.obj else pikepdf.Array()
        pieces, size = [], 0
        for one in contents if _is_array(contents) else [contents]:
            pieces.append(_content_of(one))
            size += len(pieces[-1])
            if size > MOST_UNPACKED or len(pieces) > MOST_OBJECTS:
                raise Refused(HEAVY)
        text = b"\n".join(pieces)
        total += _drawn(text, page.obj.get("/Resources"), known, 0)
        if total > MOST_DRAWN:
            raise Refused(HEAVY)


def _is_array(value: "Object") -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Array)


def _content_of(stream: "Object") -> bytes:
    import pikepdf

    return stream.read_bytes() if isinstance(stream, pikepdf.Stream) else b""


def _drawn(text: bytes, resources: "Object | None", known: dict, depth: int) -> int:
    """At most how often these contents draw something.

    `known`: the number for each counted form; None while it is being counted.
    """
    if depth > 20:
        raise Refused(HEAVY)
    most, named = 1, {_HASHED.sub(lambda found: bytes([int(found[1], 16)]), name) for name in _NAMES.findall(text)}
    for form in _forms_in(resources, named):
        if form.objgen not in known:
            known[form.objgen] = None
            # A form without resources of its own uses those of the contents that draw it.
            known[form.objgen] = _drawn(_content_of(form), form.get("/Resources", resources), known, depth + 1)
        if known[form.objgen] is None:
            raise Refused(HEAVY)
        most = max(most, known[form.objgen])
    return min(1 + len(_DRAWS.findall(text)) * most, 10 * MOST_DRAWN)


def _forms_in(resources: "Object | None", named: set[bytes]) -> Iterator["Object"]:
    """What contents with these names can draw that draws in turn: forms, patterns, glyphs that are drawings, and
    masks.
    """
    import pikepdf

    if resources is None:
        return
    for kind in ("/XObject", "/Pattern", "/Font", "/ExtGState"):
        for name, one in resources.get(kind, pikepdf.Dictionary()).items():
            if name[1:].encode("utf-8", "surrogateescape") not in named:
                continue
            found = [one]
            if kind == "/Font":
                found = [letter for _, letter in one.get("/CharProcs", pikepdf.Dictionary()).items()]
            if kind == "/ExtGState":
                mask = one.get("/SMask")
                found = [mask["/G"]] if isinstance(mask, pikepdf.Dictionary) and "/G" in mask else []
            yield from (form for form in found if isinstance(form, pikepdf.Stream) and form.get("/Subtype") != "/Image")


def main(kind: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        kept = {"image": image, "pdf": pdf}[kind](content)
    except Refused as refusal:
        why = str(refusal)
    except MemoryError:
        why = HEAVY
    except Exception:  # a broken file may make a library raise anything
        why = BROKEN
    else:
        sys.stdout.buffer.write(kept)
        return 0
    sys.stdout.write(why)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
