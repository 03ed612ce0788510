"""Text that people type: cleaned once on the way in, folded the same way wherever it is compared."""

import re
import unicodedata

from django.core.exceptions import ValidationError

# Letters that no decomposition turns into plain ones (Vietnamese đ, Polish ł, Danish ø …).
_PLAIN = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th", "ð": "d"}
)
_APOSTROPHES = re.compile(r"[’‘'ʼ`´]")
_WORDS = re.compile(r"\w+")
# Every web address with a secret in it stands below /by-link/, so that one rule keeps them out of logs and staff pages.
_LINK = re.compile(r"(?:https?:[^\s\"'<>]*)?by-link(?:/|%2F)[^\s\"'<>]*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S*[\w>]")
# Bidirectional overrides can make a page read as something else; joiners, marks and embeddings stay.
_OVERRIDES = "\u202d\u202e\u2066\u2067\u2068\u2069"


def clean(value: str, *, lines: bool = False) -> str:
    """Trimmed, NFC, one kind of line end. Raises ValidationError on control characters, saying where the first one is."""
    value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    for place, char in enumerate(value, start=1):
        if _is_refused(char) and not (lines and char in "\n\t"):
            raise ValidationError(
                "Character %(place)d cannot be kept (U+%(code)s). Delete it and type the text again.",
                code="control_character",
                params={"place": place, "code": f"{ord(char):04X}"},
            )
    return value


def _is_refused(char):
    # Characters that Python does not know yet stay: phones write new emoji years before.
    noncharacter = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return unicodedata.category(char) in ("Cc", "Cs") or noncharacter or char in _OVERRIDES


def without_links(text: str) -> str:
    """The text with “(a link for its reader alone)” in place of every address that holds a secret."""
    return _LINK.sub("(a link for its reader alone)", text)


def without_addresses(text: str) -> str:
    """The text with “(address)” in place of whatever looks like a mail address."""
    return _ADDRESS.sub("(address)", text)


def fold(value: str) -> str:
    """Lower case, without accents and apostrophes: “Ka Joog’s Ñ” → “ka joogs n”."""
    value = _APOSTROPHES.sub("", value.casefold()).translate(_PLAIN)
    if value.isascii():
        return value
    return "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))


def fold_words(value: str) -> list[str]:
    return _WORDS.findall(fold(value))
