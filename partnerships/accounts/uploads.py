"""Which uploaded files are accepted. The type is detected from the content, never from the name. Images and PDFs are
rebuilt.

A separate process with little memory and time reads them (`upload_cleaner`), since decoders are what hostile files
attack.
"""

import io
import re
import subprocess  # nosec
import sys
import threading
import zipfile

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts import upload_cleaner
from partnerships.core.errors import ValidationError

MOST_BYTES = 5 * 1024 * 1024
# A server process cleans one file at a time, which may take a gigabyte. No other waits for it: uploads that wait would
# take all threads of the server from everyone else.
_ONE_AT_A_TIME = threading.Lock()
MOST_SECONDS = 30  # of elapsed time; the child process limits its CPU time itself
PDF, TEXT = "application/pdf", "text/plain; charset=utf-8"
ENDINGS = {PDF: "pdf", TEXT: "txt", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
TAKEN = _("A PDF, an image (PNG, JPEG or WebP) or plain text, 5 MB at most.")

# The messages for what the cleaner refused: what happened, and what to do.
_TOO_LARGE = _("This image is too large. Make it smaller, then try again.")
_PDF_TOO_LARGE = _("This PDF is too large. Print it to a new PDF, then send that.")
_WORDS = {
    ("image", upload_cleaner.BROKEN): _("We can’t read this image. Save it again, then try again."),
    ("image", upload_cleaner.PIXELS): _("This image has too many pixels. Make it smaller, then try again."),
    ("image", upload_cleaner.HEAVY): _("This image takes too much memory to open. Make it smaller, then try again."),
    ("pdf", upload_cleaner.BROKEN): _("We can’t read this PDF. Print it to a new PDF, then send that."),
    ("pdf", upload_cleaner.LOCKED): _("This PDF has a password. Save a copy without one, then send that."),
    ("pdf", upload_cleaner.PAGES): format_lazy(
        _("This PDF has more than {most} pages. Send only the pages that matter."), most=upload_cleaner.MOST_PAGES
    ),
    ("pdf", upload_cleaner.PIXELS): _(
        "A picture in this PDF has too many pixels. Print it to a new PDF, then send that."
    ),
    ("pdf", upload_cleaner.HEAVY): _("This PDF is too complex for us to check. Print it to a new PDF, then send that."),
    ("pdf", upload_cleaner.ACTIVE): _(
        "This PDF is a program or a form that only some software can show. Print it to a new PDF, then send that."
    ),
    ("pdf", upload_cleaner.PICTURE): _(
        "A picture in this PDF is packed in a way that we can’t check. Print it to a new PDF, then send that."
    ),
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(rb"<\s*(!--|!doctype|html|head|body|script|svg|iframe|\?xml|\?php|%)", re.IGNORECASE)
_STARTS_OF_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"%!", b"{\\rtf", b"\xca\xfe\xba\xbe")


def accept(name: str, content: bytes) -> tuple[str, str, bytes]:
    """The file in the form in which it is stored: name, type and content.

    Raises ValidationError with a message for the person who sent it.
    """
    if not content:
        raise ValidationError(gettext("This file is empty. Choose another one."), code="empty")
    if len(content) > MOST_BYTES:
        raise ValidationError(gettext("This file is larger than 5 MB. Choose a smaller one."), code="too_large")
    kind, kept = _kind_and_content(content)
    if len(kept) > MOST_BYTES:
        raise ValidationError(_PDF_TOO_LARGE if kind == PDF else _TOO_LARGE, code="too_large")
    return f"{_stem(name)}.{ENDINGS[kind]}", kind, kept


def _kind_and_content(content: bytes) -> tuple[str, bytes]:
    if content.startswith(b"%PDF-"):
        return PDF, _pdf(content)
    for start, kind in ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")):
        if content.startswith(start):
            return kind, _cleaned("image", content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp", _cleaned("image", content)
    return TEXT, _plain_text(content)


def _cleaned(kind: str, content: bytes) -> bytes:
    """The file rebuilt. Raises ValidationError with a message."""
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise ValidationError(
            gettext("We’re checking another file right now. Send this one again in a minute."), code="busy"
        )
    try:
        return _run_cleaner(kind, content)
    finally:
        _ONE_AT_A_TIME.release()


def _run_cleaner(kind: str, content: bytes) -> bytes:
    command = [sys.executable, "-I", upload_cleaner.__file__, kind]
    try:
        done = subprocess.run(  # noqa: S603  # nosec
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MOST_SECONDS,
            env={},
            check=False,
        )
        why = "" if done.returncode == 0 else done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        why = upload_cleaner.HEAVY
    if why or not done.stdout:
        # It was killed for its memory or time, or a decoder crashed: then there is no output.
        words = _WORDS.get((kind, why)) or _WORDS[kind, upload_cleaner.HEAVY]
        raise ValidationError(words, code="too_large" if why == upload_cleaner.PIXELS else why or upload_cleaner.HEAVY)
    return done.stdout


def _refuse() -> None:
    raise ValidationError(f"{gettext('We can’t keep this kind of file.')} {TAKEN}", code="unknown_kind")


def _pdf(content: bytes) -> bytes:
    kept = _cleaned("pdf", content)
    # A picture inside stays as it was compressed, and could hide another file where some programs look for one.
    if zipfile.is_zipfile(io.BytesIO(kept)) or _MARKUP.search(kept[:2048]):
        raise ValidationError(_WORDS["pdf", upload_cleaner.PICTURE], code=upload_cleaner.PICTURE)
    return kept


def _plain_text(content: bytes) -> bytes:
    """The content as UTF-8. Raises ValidationError for anything else than plain text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse()
    if _CONTROLS.search(text):
        _refuse()
    if _MARKUP.search(content) or content.removeprefix(b"\xef\xbb\xbf").startswith(_STARTS_OF_PROGRAMS):
        _refuse()
    return text.encode()


def _stem(name: str) -> str:
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    return re.sub(r"[^\w -]+", "", stem).strip()[:80] or "file"
