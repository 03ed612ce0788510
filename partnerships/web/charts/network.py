"""The chart of a network as SVG: a mark for each partner, and a line for each connection."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from partnerships.insight.network_layout import layout
from partnerships.web.charts.pictures import SHAPES
from partnerships.web.charts.ring import broken

LABELLED = 40  # the maximum number of marks with their names below
SMALL, LARGE = 13, 20  # radius, large enough for a finger
LONGEST, NAME, ROOM = 22, 14, 146  # characters of a line of a name, its height, and the width that it may have
WIDE, NARROW, MOST_NARROW = 880, 286, 60  # widths on a desktop and on a phone, and the most marks on a phone
MOST_LINES = 4_000
FILLS = 4


def drawn_near(near, chosen) -> list[list[int]]:
    """The neighbors among the chosen nodes, as indexes in `chosen`."""
    place = {v: n for n, v in enumerate(chosen)}
    return [[place[w] for w in near[v] if w in place] for v in chosen]


def pictures(near, marks, close, words: str):
    """The chart for wide pages, with names for up to LABELLED marks, and for phones, without names.

    `near` has the neighbors of each node. `marks` has one dict per node: number, name, side, is_recorded (no seat is
    confirmed), label, url, value (0 to 1, for its size) and part (a number for the fill, or None to fill by side).
    `close` maps a frozenset of two nodes to how closely they work together (1 to 4), for the weight of their line.
    Draws MOST_LINES lines at most. The chart for phones is empty if there are more than MOST_NARROW marks.
    """
    round_mark = (2 * LARGE + 8, 2 * LARGE + 8)
    gap, space = ((150, 78), 130) if len(marks) <= LABELLED else (round_mark, 64)
    wide = _drawn(near, marks, close, words, WIDE, space, gap)
    narrow = _drawn(near, marks, close, words, NARROW, 64, round_mark) if len(marks) <= MOST_NARROW else ""
    return {"wide": wide, "narrow": narrow}


def _drawn(near, marks, close, words, width, space, gap):
    with_names = gap[0] > gap[1]
    places, height = layout(near, width=width, space=space, gap=gap)
    height += 2 * NAME if with_names else 0
    head = format_html(
        '<svg class="v network {}" role="group" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">',
        "only-wide" if width == WIDE else "only-narrow",
        words,
        *(round(length) for length in (width, height, width, height)),
    )
    drawn = format_html_join(
        "\n", "{}", ((_mark(*place, mark, with_names),) for place, mark in zip(places, marks, strict=True))
    )
    return format_html("{}{}{}</svg>", head, _lines(near, places, close), drawn)


def _lines(near, places, close):
    """One path per line weight, lightest first.

    Weight 0 is for pairs that didn't both report how closely they work together.
    """
    pairs = [(v, w) for v, around in enumerate(near) for w in around if v < w]
    weights: dict[int, list[str]] = {}
    for v, w in pairs[:MOST_LINES]:
        line = f"M{places[v][0]:g} {places[v][1]:g}L{places[w][0]:g} {places[w][1]:g}"
        weights.setdefault(close.get(frozenset((v, w)), 0), []).append(line)
    return format_html_join(
        "",
        '<path class="v-tie v-tie-{}" d="{}"/>',
        ((weight, "".join(lines)) for weight, lines in sorted(weights.items())),
    )


def _mark(x, y, mark, with_name):
    radius = SMALL + (LARGE - SMALL) * mark["value"] ** 0.5
    name = _name(mark["name"], x, y + radius) if with_name else ""
    return format_html(
        '<a class="v-link" href="{}" aria-label="{}"><title>{}</title>{}<text class="v-n" x="{}" y="{}">{}</text>{}</a>',
        *(mark["url"], mark["label"], mark["label"], _shape(x, y, radius, mark)),
        *(x, y + 4, mark["number"], name),
    )


def _name(name, x, y):
    """The name below a mark, over two lines if it's long. A line with many characters is set closer."""
    lines = [(x, y + NAME * n, _squeeze(line), line) for n, line in enumerate(broken(name, LONGEST), 1)]
    return format_html_join("", ' <text class="v-name" x="{}" y="{}"{}>{}</text>', lines)


def _squeeze(line):
    return SafeString(f' textLength="{ROOM}" lengthAdjust="spacingAndGlyphs"' if len(line) > LONGEST + 2 else "")


def _shape(x, y, radius, mark):
    shape = _outline(x, y, radius, mark)
    if not mark["is_recorded"]:
        return shape
    place = (f"{x + radius * 0.8:.1f}", f"{y - radius * 0.8:.1f}", f"{radius * 0.36:.1f}")
    return format_html('{}<circle class="v-recorded" cx="{}" cy="{}" r="{}"/>', shape, *place)


def _outline(x, y, radius, mark):
    shape = SHAPES[mark["side"]]
    fill = f"v-{shape}" if mark["part"] is None else f"v-part-{mark['part'] % FILLS}"
    if shape == "com":
        return format_html('<circle class="v-mark {}" cx="{}" cy="{}" r="{}"/>', fill, x, y, f"{radius:.1f}")
    if shape == "inst":
        r = round(radius * 1.2, 1)
        corners = f"M{x:g} {y - r:.1f}L{x + r:.1f} {y:g}L{x:g} {y + r:.1f}L{x - r:.1f} {y:g}Z"
        return format_html('<path class="v-mark {}" d="{}"/>', fill, corners)
    r = radius * 0.95
    place = (f"{x - r:.1f}", f"{y - r:.1f}", f"{2 * r:.1f}", f"{2 * r:.1f}")
    return format_html('<rect class="v-mark {}" x="{}" y="{}" width="{}" height="{}" rx="3"/>', fill, *place)
