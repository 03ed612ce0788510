"""Marks, words and sizes that all charts of measures share: SVG with classes and without styles."""

import unicodedata
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, NARROW = 720, 288  # widths in user units, which are pixels on a page of this width
LETTER = 7.5  # approximate width of a character
SERIES = 6  # line styles, which differ by their dashes


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    body: SafeString


@dataclass(frozen=True)
class Key:
    """An entry of the legend.

    With `is_narrow`, only the narrow chart needs it, since the wide one has a label at the mark.
    """

    shape: SafeString  # around (16, 8), in a viewBox of 32 × 16
    words: str
    is_narrow: bool = False

    @property
    def glyph(self) -> SafeString:
        return format_html('<svg class="glyph" viewBox="-1 -2 34 20" aria-hidden="true">{}</svg>', self.shape)


@dataclass(frozen=True)
class Panel:
    name: str
    words: str
    drawing: Drawing


@dataclass(frozen=True)
class Picture:
    """A chart with its texts.

    `head` and `rows` are the table with the same data, and the first cell of a row is its heading.
    """

    ident: str
    title: str
    sentence: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[Key, ...] = ()
    wide: Drawing | None = None
    narrow: Drawing | None = None
    panels: tuple[Panel, ...] = ()

    @property
    def is_drawn(self) -> bool:
        """Whether there is a value to draw."""
        return bool(self.wide or self.panels)

    @property
    def svgs(self) -> SafeString:
        """The chart in both sizes. CSS shows one of them."""
        pairs = ((self.wide, "wide"), (self.narrow, "narrow"))
        return format_html_join("", "{}", ((self._svg(*pair),) for pair in pairs if pair[0]))

    @property
    def panel_svgs(self) -> list[tuple[str, str, SafeString]]:
        return [
            (
                one.name,
                one.words,
                svg(one.drawing, f"{self.ident}-{n}", "of-panel", f"{self.title}: {one.name}", one.words),
            )
            for n, one in enumerate(self.panels)
        ]

    def _svg(self, drawing, size):
        return svg(drawing, f"{self.ident}-{size}", f"only-{size}", self.title, self.sentence)


def svg(drawing, ident, classes, title, desc) -> SafeString:
    return format_html(
        '<svg class="v measure {}" viewBox="0 0 {} {}" role="img" aria-labelledby="{ident}-t {ident}-d">'
        '<title id="{ident}-t">{}</title><desc id="{ident}-d">{}</desc>{}</svg>',
        *(
            classes,
            format_number(drawing.width),
            format_number(drawing.height),
            plain(title),
            plain(desc),
            drawing.body,
        ),
        ident=ident,
    )


def capital(text) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def format_number(value) -> str:
    """A length for an SVG attribute, with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def plain(text) -> str:
    """The text without characters that XML can't contain."""
    return "".join(
        one for one in str(text) if unicodedata.category(one) not in ("Cc", "Cs") and ord(one) & 0xFFFE != 0xFFFE
    )


def across(text) -> float:
    """The approximate width of a text. East Asian wide characters count twice, and combining marks don't count."""
    widths = {"W": 2, "F": 2}
    letters = sum(widths.get(unicodedata.east_asian_width(c), 1) for c in text if not unicodedata.combining(c))
    return LETTER * letters


def cut(text, length) -> str:
    """As much of a text as fits into `length`. The table has the full text."""
    text = plain(text)
    if across(text) <= length:
        return text
    while text and across(text) > length - LETTER:
        text = text[:-1]
    return f"{text.rstrip()}…"


def words(x, y, text, classes="", anchor="start") -> SafeString:
    if not plain(text).strip():
        return SafeString("")
    classes = f"v-a-{anchor} {classes}".strip()
    return format_html(
        ' <text class="{}" x="{}" y="{}">{}</text>', classes, format_number(x), format_number(y), plain(text)
    )


def path(classes, d) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', classes, d)


def dot(x, y, is_hollow=False, r=4.5) -> SafeString:
    return format_html(
        '<circle class="v-dot{}" cx="{}" cy="{}" r="{}"/>',
        " v-open" if is_hollow else "",
        format_number(x),
        format_number(y),
        r,
    )


def seen_differently(x, y) -> SafeString:
    """A half-filled disc, for a value that someone sees differently."""
    disc = format_html('<circle class="v-dot v-open" cx="{}" cy="{}" r="6.5"/>', format_number(x), format_number(y))
    return format_html(
        "{}{}",
        disc,
        path(
            "v-half",
            f"M{format_number(x)} {format_number(y - 6.5)}A6.5 6.5 0 0 1 {format_number(x)} {format_number(y + 6.5)}Z",
        ),
    )


def aim(x, y) -> SafeString:
    ring = format_html('<circle class="v-aim" cx="{}" cy="{}" r="8"/>', format_number(x), format_number(y))
    return format_html("{}{}", ring, dot(x, y, r=3.5))


def stroke(points) -> str:
    """An SVG path through points (x, y). None interrupts it."""
    d, is_down = "", False
    for one in points:
        if one:
            d += f"{'L' if is_down else 'M'}{format_number(one[0])} {format_number(one[1])}"
        is_down = one is not None
    return d


def whisker(ends, at, is_level=False) -> SafeString:
    """A line between two ends, with a short bar at each. `is_level` makes it horizontal."""
    low, high = map(format_number, ends)
    at = float(format_number(at))
    if is_level:
        return path(
            "v-whisker",
            f"M{low} {format_number(at)}H{high}M{low} {format_number(at - 5)}v10M{high} {format_number(at - 5)}v10",
        )
    return path(
        "v-whisker",
        f"M{format_number(at)} {low}V{high}M{format_number(at - 4)} {low}h8M{format_number(at - 4)} {high}h8",
    )


def series(place) -> str:
    return f"v-series v-series-{place % SERIES}"


def group(parts) -> SafeString:
    return format_html_join("", "{}", ((one,) for one in parts))
