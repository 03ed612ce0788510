"""Text that people type: cleaned once when it is saved, and folded the same way everywhere it is compared."""

import re
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

# Letters that no decomposition turns into plain ones (Vietnamese đ, Polish ł, Danish ø …).
_PLAIN = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th", "ð": "d"}
)
_APOSTROPHES = re.compile(r"[’‘'ʼ`´]")
_WORDS = re.compile(r"\w+")
# Every URL with a secret in it is below /by-link/, so that one rule keeps them out of logs and staff pages. A run of
# characters that may be part of a URL is matched possessively, so that no expression here backtracks (QA27).
_LINK = re.compile(r"[^\s\"'<>]++")
_SECRET = re.compile(r"by-link(?:/|%2F)", re.IGNORECASE)
_START = re.compile(r"https?:", re.IGNORECASE)
_WORD = re.compile(r"\S++")
# Control characters and surrogates, characters that Unicode reserves as noncharacters, and bidirectional overrides,
# which can make a page read as something else. Joiners, marks and embeddings stay. Characters that Python doesn't know
# yet stay too: phones write new emoji years before.
_REFUSED = "\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\u202d\u202e\u2066-\u2069" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
_NOT_IN_A_LINE, _NOT_IN_LINES = re.compile(f"[{_REFUSED}]"), re.compile(f"(?![\n\t])[{_REFUSED}]")
MOST_MARKS = (
    30  # on one letter, as in Unicode's stream-safe text format (UAX 15): normalizing them takes quadratic time
)
# Characters that are blank in every font, though Unicode doesn't count them as spaces.
_BLANK = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}
_BLANK |= {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0x180B, 0x1810)), *map(chr, range(0xE0100, 0xE01F0))}
# Characters that no one sees: Unicode's default-ignorable ones.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Those of them that letters of Arabic, Khmer, Hindi and other scripts need after them, or that emoji are made of.
_JOINING = re.compile("[\u180b-\u180f\u200b-\u200d\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_FIRST_SCRIPT_WITH_JOINERS = "\u0590"
_SEPARATORS = re.compile("[\u2028\u2029]")
_SLICE = 64
LONGEST_FOLDED = 100_000  # characters of a text whose words are compared; fields hold at most 10,000


def clean(value: str, *, lines: bool = False) -> str:
    """The text trimmed, in NFC and with one kind of line ending; "" if no character of it can be seen.

    One line also loses what no one sees, so that two names that look the same are the same, and a separator of lines
    becomes a space. Raises ValidationError for control characters; the message says where the first one is.
    """
    if not value.isascii():
        _refuse_stacked_accents(value)
        value = unicodedata.normalize("NFC", value)
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if found := (_NOT_IN_LINES if lines else _NOT_IN_A_LINE).search(value):
        raise ValidationError(
            gettext("We can’t save character %(place)d (U+%(code)s). Delete it and type the text again."),
            code="control_character",
            params={"place": found.start() + 1, "code": f"{ord(found[0]):04X}"},
        )
    if value.isascii():
        return value
    if not lines:
        value = IGNORABLE.sub(_joiner_or_nothing, _SEPARATORS.sub(" ", value)).strip()
    return value if any(map(_is_seen, value)) else ""


def _joiner_or_nothing(found: re.Match[str]) -> str:
    """A character that no one sees, if the one before it needs it."""
    before = found.string[found.start() - 1] if found.start() else " "
    kind = unicodedata.category(before)
    is_needed = kind == "So" or (before >= _FIRST_SCRIPT_WITH_JOINERS and kind[0] in "LMC")
    return found[0] if is_needed and _JOINING.match(found[0]) else ""


def _is_seen(char: str) -> bool:
    """Whether this character shows anything: it isn't a space, a format character (Unicode's Cf) or blank."""
    return not char.isspace() and unicodedata.category(char) != "Cf" and char not in _BLANK


def as_seen(value: str) -> str:
    """The text in lower case without spaces and blank characters, to compare two labels that look alike."""
    return "".join(filter(_is_seen, unicodedata.normalize("NFKC", value).casefold()))


def _refuse_stacked_accents(value: str) -> None:
    heaped = 0
    for index, char in enumerate(value, start=1):
        heaped = heaped + 1 if unicodedata.combining(char) else 0
        if heaped > MOST_MARKS:
            raise ValidationError(
                gettext(
                    "The letter before character %(place)d has more than %(most)d accents. Delete them and type the text again."
                ),
                code="too_many_marks",
                params={"place": index - MOST_MARKS, "most": MOST_MARKS},
            )


def without_links(text: str) -> str:
    """The text with “(a personal link)” in place of every URL that contains a secret."""
    return _LINK.sub(_without_link, text)


def _without_link(found: re.Match[str]) -> str:
    run = found[0]
    secret = _SECRET.search(run)
    if not secret:
        return run
    start = _START.search(run, 0, secret.start())
    return run[: start.start() if start else secret.start()] + "(a personal link)"


def without_addresses(text: str) -> str:
    """The text with “(address)” in place of everything that looks like an email address."""
    return _WORD.sub(_without_address, text)


def _without_address(found: re.Match[str]) -> str:
    """Replace the address in a run of characters without spaces.

    It ends with the last letter, digit or “>” after the last @.
    """
    run = found[0]
    if "@" not in run[1:]:
        return run
    end = len(run)
    while end and not (run[end - 1].isalnum() or run[end - 1] in "_>"):
        end -= 1
    return f"(address){run[end:]}" if "@" in run[1 : max(end - 1, 0)] else run


def fold(value: str) -> str:
    """Lower case, without accents and apostrophes: “Ka Joog’s Ñ” → “ka joogs n”."""
    return "".join(_folded_pieces(value))


def _folded_pieces(value: str) -> Iterator[str]:
    value = _APOSTROPHES.sub("", value.casefold()).translate(_PLAIN)
    if value.isascii():
        yield value
        return
    # In slices: marks are dropped anyway, and a long run of them takes long to normalize.
    for start in range(0, len(value), _SLICE):
        piece = unicodedata.normalize("NFKD", value[start : start + _SLICE])
        yield "".join(c for c in piece if not unicodedata.combining(c))


def fold_words(value: str) -> list[str]:
    """The folded words of the first LONGEST_FOLDED characters, before folding and after it."""
    pieces, length = [], 0
    for piece in _folded_pieces(value[:LONGEST_FOLDED]):
        pieces.append(piece)
        length += len(piece)
        if length >= LONGEST_FOLDED:  # one character can fold into eighteen letters
            break
    return _WORDS.findall("".join(pieces)[:LONGEST_FOLDED])
