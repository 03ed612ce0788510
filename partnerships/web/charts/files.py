"""Charts as downloads: a standalone SVG file, and the same as PNG."""

import re
from functools import cache
from math import sqrt
from textwrap import wrap

import resvg_py
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnerships.web.charts.drawing import WIDE, format_number, group, plain, words

MARGIN, LINE, COLUMNS = 24, 20, 2
MOST_PIXELS = 8_000_000
_ZOOM = 2  # pixels per user unit, so that prints are sharp
_LETTERS = 92  # characters per line across the chart
_PANEL_HEAD = 48  # space for a panel's name and words above it
_STATIC = settings.BASE_DIR / "partnerships" / "static" / "registry"
_FONTS = [str(_STATIC / "fonts" / f"PublicSans-{weight}.ttf") for weight in ("Regular", "SemiBold")]
# Characters that Public Sans lacks, so system fonts are needed.
_FOREIGN = re.compile("[^\t\n -ɏʰ-˿\u0300-\u036fḀ-ỿ\u2000-\u206f₠-⃀™−]")
# resvg would open the file in the href of an <image>.
_OTHERS = re.compile(r"<(?!/?(?:svg|title|desc|style|rect|g|path|circle|text)\b)")


def standalone_svg(picture, *, source="") -> str:
    """The chart as an SVG file that includes its title, words and styles. `source` says where the numbers are from."""
    parts: list[SafeString] = []
    y = MARGIN
    for text, classes, letters in ((picture.title, "v-title", 72), (picture.sentence, "", _LETTERS)):
        y = _add_text(parts, text, y, classes, letters)
    y += 12
    if picture.wide:
        y = _add_drawing(parts, picture.wide, MARGIN, y)
    y = _panels(parts, picture, y)
    for key in (one for one in picture.keys if picture.panels or not one.is_narrow):
        parts.append(format_html('<g transform="translate({} {})">{}</g>', MARGIN, format_number(y + 5), key.shape))
        parts.append(words(MARGIN + 42, y + 18, plain(key.words)[:_LETTERS]))
        y += LINE + 4
    y += 8
    for text in (*picture.notes, *([f"Source: {source}"] if source else [])):
        y = _add_text(parts, text, y, "v-soft", _LETTERS)
    width, height = WIDE + 2 * MARGIN, format_number(y + MARGIN)
    head = '<svg xmlns="http://www.w3.org/2000/svg" class="v" width="{}" height="{}" viewBox="0 0 {} {}" role="img">'
    return format_html(
        head
        + '<title>{}</title><desc>{}</desc><style>{}</style><rect class="v-ground" width="{}" height="{}"/>{}</svg>',
        *(width, height, width, height, plain(picture.title), plain(picture.sentence), SafeString(_styles())),
        *(width, height, group(parts)),
    )


def png(picture, *, source="") -> bytes:
    """The chart as a PNG file, with two pixels per user unit, or fewer if it would exceed MOST_PIXELS.

    Reads no files except fonts. Raises ValueError if the SVG contains elements that our charts don't use.
    """
    text = standalone_svg(picture, source=source)
    if _OTHERS.search(text):
        raise ValueError("a picture of a measure holds what none of ours draws")
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', text)
    assert size is not None  # `standalone_svg` writes them first
    width, height = (float(one) for one in size.groups())
    zoom = min(_ZOOM, sqrt(MOST_PIXELS / (width * height)))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=text,
            width=int(width * zoom),
            font_files=_FONTS,
            skip_system_fonts=not _FOREIGN.search(text),
            font_family="Public Sans",
            sans_serif_family="Public Sans",
        )
    )


def _add_text(parts, text, y, classes, letters):
    """Add a text as wrapped lines. Returns the y of the next one."""
    for line in wrap(plain(text), letters):
        y += LINE
        parts.append(words(MARGIN, y, line, classes))
    return y + 6


def _add_drawing(parts, drawing, x, y):
    parts.append(
        format_html('<g transform="translate({} {})">{}</g>', format_number(x), format_number(y), drawing.body)
    )
    return y + drawing.height


def _panels(parts, picture, y):
    step = (WIDE + MARGIN) / COLUMNS
    for index, panel in enumerate(picture.panels):
        x = MARGIN + index % COLUMNS * step
        parts.append(words(x, y + 16, plain(panel.name)[:38], "v-strong"))
        parts.append(words(x, y + 36, plain(panel.words)[:42]))
        below = _add_drawing(parts, panel.drawing, x, y + _PANEL_HEAD) + 12
        if index % COLUMNS == COLUMNS - 1 or panel is picture.panels[-1]:
            y = below
    return y


@cache
def _styles():
    return _resolved(_rules_between("/* Pictures of measures", "/* End of pictures of measures"))


@cache
def styles_of_pictures() -> str:
    """The CSS rules of circles, survey rounds and measures, for a report's file."""
    circles = _rules_between("/* Pictures: served as SVG", "/* End of pictures in files")
    return _resolved(circles + _rules_between("/* Pictures of measures", "/* End of pictures of measures"))


def _rules_between(start, end):
    return (_STATIC / "look.css").read_text().split(start)[1].split("*/", 1)[1].split(end)[0]


def _resolved(rules):
    """The rules with custom properties replaced, since SVG viewers don't support them."""
    tokens = dict(re.findall(r"--([\w-]+):([^;}]+)", (_STATIC / "tokens.css").read_text().split("@media")[0]))
    rules = f".v text{{fill:var(--ink);font-size:14px;font-family:var(--font)}}{rules}"
    while "var(--" in rules:
        rules = re.sub(r"var\(--([\w-]+)\)", lambda found: tokens[found[1]], rules)
    return re.sub(r"\s*\n\s*", "", rules)
