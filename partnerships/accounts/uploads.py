"""What may be kept of a file that someone sends: told by its content, never by its name. Images are written anew.

A PDF is kept as it is, so it must be one and nothing else: no second format before, behind or inside it.
"""

import re
import warnings
import zipfile
from io import BytesIO

from PIL import Image, ImageOps

from partnerships.core.errors import ValidationError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
PDF, TEXT = "application/pdf", "text/plain; charset=utf-8"
IMAGES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
ENDINGS = {PDF: "pdf", TEXT: "txt", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
TAKEN = "A PDF, an image (PNG, JPEG or WebP) or plain text, 5 MB at most."

_MARKUP = re.compile(rb"<\s*(!--|!doctype|html|head|body|script|svg|iframe|\?xml|\?php|%)", re.IGNORECASE)
_STARTS_OF_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"%!", b"{\\rtf", b"\xca\xfe\xba\xbe")
# What a PDF can do beside being read. Names may be written with #xx for a letter.
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z])")
_HASHED = re.compile(rb"#([0-9A-Fa-f]{2})")


def accept(name: str, content: bytes) -> tuple[str, str, bytes]:
    """The file as it is kept: name, type, content. Raises ValidationError in words for whoever sent it."""
    if not content:
        raise ValidationError("This file is empty. Choose another one.", code="empty")
    if len(content) > MOST_BYTES:
        raise ValidationError("This file is larger than 5 MB. Choose a smaller one.", code="too_large")
    kind, kept = _read(content)
    if len(kept) > MOST_BYTES:
        raise ValidationError("This image is too large. Make it smaller, then try again.", code="too_large")
    return f"{_stem(name)}.{ENDINGS[kind]}", kind, kept


def _read(content):
    if content.startswith(b"%PDF-"):
        return PDF, _pdf(content)
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or (
        content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    ):
        return _image(content)
    return TEXT, _text(content)


def _refuse():
    raise ValidationError(f"We cannot keep a file like this. {TAKEN}", code="unknown_kind")


def _pdf(content):
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip() or zipfile.is_zipfile(BytesIO(content)) or _MARKUP.search(content[:2048]):
        _refuse()
    plain = _HASHED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if _ACTIVE.search(content) or _ACTIVE.search(plain):
        words = "This PDF has a script, a form or another file in it. Print it to a new PDF, then send that."
        raise ValidationError(words, code="active")
    return content


def _image(content):
    """The first picture of the file, turned upright, without anything else that was in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=tuple(IMAGES))
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(
                    "This image has too many pixels. Make it smaller, then try again.", code="too_large"
                )
            kind = image.format
            image = ImageOps.exif_transpose(image)
            modes = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L")
            image = image if image.mode in modes else image.convert(modes[0] if kind == "JPEG" else "RGBA")
            bare = Image.new(image.mode, image.size)
            bare.paste(image)
            out = BytesIO()
            bare.save(out, kind, **({} if kind == "PNG" else {"quality": 85}))
    except ValidationError:
        raise
    except Exception:  # a broken image may make the library raise anything
        raise ValidationError("We cannot read this image. Save it anew, then try again.", code="broken") from None
    return IMAGES[kind], out.getvalue()


def _text(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse()
    if any(ord(char) < 32 and char not in "\t\r\n\f" for char in text) or "\x7f" in text:
        _refuse()
    if _MARKUP.search(content) or content.removeprefix(b"\xef\xbb\xbf").startswith(_STARTS_OF_PROGRAMS):
        _refuse()
    return text.encode()


def _stem(name: str) -> str:
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    return re.sub(r"[^\w -]+", "", stem).strip()[:80] or "file"
