"""An independent look at stored files: pypdf for PDFs, and our own readers for the segments of images."""

import io
import struct

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from tests.hostile.files import WORD

# Runs something, contains something hidden, or refers to something elsewhere.
_ACTIVE = {
    *("/A", "/AA", "/AcroForm", "/AF", "/Alternates", "/Annots", "/Collection", "/EF", "/EmbeddedFiles", "/FS", "/JS"),
    *(
        "/JavaScript",
        "/Metadata",
        "/Names",
        "/OpenAction",
        "/Outlines",
        "/PieceInfo",
        "/Ref",
        "/RichMedia",
        "/URI",
        "/XFA",
    ),
}
_MAPS = {"/CharProcs", "/ColorSpace", "/ExtGState", "/Font", "/Pattern", "/Properties", "/Shading", "/XObject"}
_PIECES = {
    "png": {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"},
    "webp": {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"},
}


def faults(kind: str, content: bytes, shown: str = "") -> list[str]:
    """Return what is wrong with a stored file. `shown`: a word that its pages must still show."""
    found = ["its word is still in it"] if WORD.encode() in content else []
    found += ["an archive"] if b"PK\x05\x06" in content else []
    if kind == "application/pdf":
        return found + _of_pdf(content, shown)
    return found + {"image/png": _of_png, "image/jpeg": _of_jpeg, "image/webp": _of_webp}[kind](content)


def _of_pdf(content, shown):
    reader, found = pypdf.PdfReader(io.BytesIO(content), strict=False), []
    if b"/ObjStm" in content or content.count(b"%%EOF") != 1 or reader.metadata:
        found.append("streams of objects, versions or words about it")
    for number in range(1, int(reader.trailer["/Size"])):
        found += _of_object(reader.get_object(IndirectObject(number, 0, reader)))
    found += [f"its trailer has {name}" for name in reader.trailer if name not in ("/Size", "/Root", "/ID")]
    if shown and shown not in "".join(page.extract_text() for page in reader.pages):
        found.append(f"its pages do not show {shown} any more")
    return found


def _of_object(one):
    found, waiting = [], [(one, _is_map(one))]
    while waiting:
        one, is_map = waiting.pop()
        if isinstance(one, StreamObject):
            if "/F" in one or WORD.encode() in one._data:
                found.append("a stream that is elsewhere or tells something")
            if one.get("/Filter") == "/FlateDecode" and WORD.encode() in one.get_data():
                found.append("its word is in a stream")
        if isinstance(one, DictionaryObject):
            found += [] if is_map else [f"it has {name}" for name in _ACTIVE & set(one)]
            waiting += [(value, name in _MAPS) for name, value in one.items() if not isinstance(value, IndirectObject)]
        elif isinstance(one, ArrayObject):
            waiting += [(value, False) for value in one if not isinstance(value, IndirectObject)]
        elif isinstance(one, str) and WORD in one:
            found.append("its word is in a text")
    return found


def _is_map(one) -> bool:
    """Whether it holds only fonts or drawings, so that its keys are names that contents use."""
    held = [value.get_object() for value in one.values()] if type(one) is DictionaryObject else []
    kinds = ("/Font", "/XObject")
    return bool(held) and all(isinstance(value, DictionaryObject) and value.get("/Type") in kinds for value in held)


def _of_png(content):
    at, found = 8, []
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        found += [f"a piece {kind}"] if kind not in _PIECES["png"] else []
        at += size + 12
        if kind == b"IEND":
            break
    return found + (["something behind its end"] if at != len(content) else [])


def _of_webp(content):
    at, found = 12, []
    while at < len(content):
        kind, size = struct.unpack("<4sI", content[at : at + 8])
        found += [f"a piece {kind}"] if kind not in _PIECES["webp"] else []
        at += 8 + size + size % 2
    is_whole = at == len(content) == struct.unpack("<I", content[4:8])[0] + 8
    return found + ([] if is_whole else ["something behind its end"])


def _of_jpeg(content):
    at, found = 2, []
    while content[at] == 0xFF and content[at + 1] != 0xDA:
        kind, size = struct.unpack(">BH", content[at + 1 : at + 4])
        # Tables, the size, and the plain JFIF header, but no application segment (APPn) and no comment.
        found += [f"a piece {kind:x}"] if kind not in (0xDB, 0xC4, 0xC0, 0xC2, 0xE0) else []
        at += size + 2
    return found + (
        [] if content.endswith(b"\xff\xd9") and content.count(b"\xff\xd9") == 1 else ["something behind its end"]
    )
