"""The chart of circles as SVG, in two sizes. Each mark links to its row in the table, which has the same content."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from partnerships.registry.choices import Circle
from partnerships.web.charts.ring_places import BELOW, LEFT, MOST_BELOW, NARROW, RIGHT, WIDE, Mark, folded_to, placed
from partnerships.web.words import label

RING_NAMES = tuple(circle.label for circle in Circle if circle != Circle.DECLINED)
_APPROACHED = 4  # rings of partners with a seat; the fifth has those that no one has asked yet
_LONGEST = 30  # characters of a name or a note; the table has the full text
_LINE = 28  # height of a line below the rings, for an institution or for one that declined
_CLASSES = {LEFT: "v-gov", RIGHT: "v-com", BELOW: "v-inst"}


def both_sizes(marks: list[Mark], declined: list[Mark], *, title: str, centre: str):
    """The wide chart and the one for phones. CSS shows one of them."""
    return format_html("{}{}", *(_picture(marks, declined, size, title, centre) for size in (WIDE, NARROW)))


def small(marks: list[Mark], *, title: str):
    """The rings and marks alone, next to a list of the same names. Nothing where no mark is in a ring."""
    if not marks:
        return ""
    found = placed(marks, NARROW)
    rings = _APPROACHED + any(mark.ring >= _APPROACHED for mark in marks)
    radius, top = NARROW.edges[rings - 1], 34
    cx, cy = radius + 2, top + radius
    return format_html(
        '<svg class="v circles small" viewBox="0 0 {} {}" role="img" aria-label="{}. {}">{}{}{}</svg>',
        _format_number(2 * cx),
        _format_number(cy + radius + 14),
        title,
        _desc(rings, same_as="list"),
        _rings(cx, cy, NARROW, rings, with_names=False),
        _sides(cx, cy, radius, NARROW),
        SafeString("".join(_glyph(mark, cx + x, cy + y, NARROW.mark) for mark, x, y in found)),
    )


def _picture(marks, declined, size, title, centre):
    found = placed(marks, size)
    rings = _APPROACHED + any(mark.ring >= _APPROACHED for mark in marks)
    radius, top = size.edges[rings - 1], 20 if size.is_wide else 34
    beside = size.column if size.is_wide else 2
    below = _lines(found, declined, size)
    width, cx, cy = 2 * (radius + beside), radius + beside, top + radius
    height = top + 2 * radius + 14 + _LINE * len(below)
    by_height = sorted(found, key=lambda one: ((LEFT, RIGHT, BELOW).index(one[0].side), one[2]))
    at_side = [one for one in by_height if one[0].side != BELOW or not size.is_wide]
    drawn = [_link(mark, cx + x, cy + y, size, (cx, radius)) for mark, x, y in at_side]
    drawn += [
        _link_below(mark, at and (cx + at[0], cy + at[1]), cx - radius, cy + radius + 14 + _LINE * (n + 0.5), size)
        for n, (mark, at) in enumerate(below)
    ]
    return format_html(
        '<svg class="v circles only-{size}" viewBox="0 0 {width} {height}" role="group" aria-labelledby="{size}-t {size}-d">'
        '<title id="{size}-t">{title}</title><desc id="{size}-d">{desc}</desc>{rings}{centre}{sides}{drawn}</svg>',
        size=size.name,
        width=_format_number(width),
        height=_format_number(height),
        title=title,
        desc=_desc(rings),
        rings=_rings(cx, cy, size, rings),
        centre=_centre(cx, cy, size, centre),
        sides=_sides(cx, cy, radius, size),
        drawn=SafeString("".join(drawn)),
    )


def _lines(found, declined, size) -> list:
    """Rows below the rings, as (mark, (x, y) of its shape in the rings or None).

    On phones, institutions only have their numbers, like all others.
    """
    institutions = [(mark, (x, y)) for mark, x, y in found if mark.side == BELOW and size.is_wide]
    return institutions + [(mark, None) for mark in folded_to(MOST_BELOW, declined)]


def _desc(rings, same_as="table"):
    names = ", ".join(name.lower() for name in RING_NAMES[:rings])
    words = gettext(
        "Rings from the center out: %(rings)s. Left half government, right half community, institutions below between them."
    ) % {"rings": names}
    if same_as == "list":
        return f"{words} {gettext('The list has the same information.')}"
    return f"{words} {gettext('The table has the same information.')}"


def _rings(cx, cy, size, rings, *, with_names=True):
    circles = format_html_join(
        "",
        '<circle class="v-ring v-ring-{}" cx="{}" cy="{}" r="{}"/>',
        ((n, cx, cy, size.edges[n]) for n in reversed(range(rings))),
    )
    radius, down = size.edges[rings - 1], 17 if size.is_wide else 12.5
    names = format_html_join(
        "",
        '<text class="v-ringname" x="{}" y="{}">{}</text>',
        ((cx, _format_number(cy - size.edges[n] + down), RING_NAMES[n]) for n in range(rings)),
    )
    if not with_names:
        names = SafeString()
    axis = format_html('<path class="v-axis" d="M{} {}V{}"/>', cx, cy - radius, cy + radius)
    return format_html("{}{}{}", circles, axis, names)


def _centre(cx, cy, size, words):
    if not size.centre:
        return ""
    circle = format_html('<circle class="v-centre" cx="{}" cy="{}" r="{}"/>', cx, cy, size.centre)
    return format_html('{}<text class="v-purpose" x="{}" y="{}">{}</text>', circle, cx, cy + 5, words)


def _sides(cx, cy, radius, size):
    rows = []
    for side, sign in ((LEFT, -1), (RIGHT, 1)):
        x = cx + sign * (radius + 20 if size.is_wide else radius)
        anchor = "end" if (sign < 0) == size.is_wide else "start"
        rows.append((x, cy - radius + 18 if size.is_wide else 16, anchor, label(side, "side")))
    return format_html_join("", '<text class="v-side" x="{}" y="{}" text-anchor="{}">{}</text>', rows)


def _link(mark, x, y, size, rings):
    cx, radius = rings
    sign = -1 if mark.side == LEFT else 1
    words = leader = ""
    if size.is_wide:
        end, anchor = cx + sign * (radius + 14), "end" if sign < 0 else "start"
        begin = x + sign * (size.mark + 3)
        leader = format_html(
            '<path class="v-leader" d="M{} {}H{}"/>', _format_number(begin), _format_number(y), _format_number(end)
        )
        # The link covers the strip from the mark to its label.
        strip = ' <rect class="v-hit" x="{}" y="{}" width="{}" height="24"/>'
        leader += format_html(
            strip, _format_number(min(begin, end)), _format_number(y - 12), _format_number(abs(end - begin))
        )
        words = _label(mark, cx + sign * (radius + 20), y, anchor)
    return format_html("{}{}{}{}</a>", _open(mark), leader, _glyph(mark, x, y, size.mark), words)


def _link_below(mark, at, left, y, size):
    """A link with its shape in the rings, if it has one there, and a row with its number and name below them."""
    shape = _glyph(mark, at[0], at[1], size.mark) if at else ""
    line = _glyph(mark, left + size.mark, y, size.mark)
    words = format_html(
        ' <text class="v-label" x="{}" y="{}">{}</text>',
        _format_number(left + 2 * size.mark + 8),
        _format_number(y + 5),
        _seen(mark),
    )
    return format_html("{}{}{}{}</a>", _open(mark), shape, line, words)


def _open(mark):
    return format_html('<a class="v-link" href="#{}" aria-label="{}">', mark.id, spoken(mark))


def _label(mark, x, y, anchor):
    note = cut(mark.note)
    lines = [("v-label", y - 2 if note else y + 5, cut(mark.name)), *([("v-note", y + 14, note)] if note else [])]
    rows = ((classes, _format_number(x), _format_number(at), anchor, text) for classes, at, text in lines)
    return format_html_join("", ' <text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', rows)


def _glyph(mark, x, y, r):
    classes = f"{'v-seat' if mark.is_hollow else 'v-mark'} {_CLASSES[mark.side]}{' v-drift' if mark.is_quiet else ''}"
    if mark.ring > _APPROACHED:
        classes += " v-declined"
    if mark.side == LEFT:
        half = r * 0.94
        shape = format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>',
            classes, _format_number(x - half), _format_number(y - half), _format_number(2 * half), _format_number(2 * half),
        )  # fmt: skip
    elif mark.side == RIGHT:
        shape = format_html(
            '<circle class="{}" cx="{}" cy="{}" r="{}"/>', classes, _format_number(x), _format_number(y), r
        )
    else:
        corners = " ".join(
            f"{_format_number(a)} {_format_number(b)}" for a, b in ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        )
        shape = format_html('<path class="{}" d="M{}Z"/>', classes, corners)
    return format_html(
        '{} <text class="v-n" x="{}" y="{}">{}</text>', shape, _format_number(x), _format_number(y + 4.3), mark.number
    )


def spoken(mark) -> str:
    """The accessible name: the visible text first, then what shape and ring show."""
    if mark.ring > _APPROACHED:
        return ", ".join([f"{mark.number} {_seen(mark)}", label(mark.side, "side").lower()])
    seen = _seen(mark) if mark.side == BELOW else " ".join(filter(None, [cut(mark.name), cut(mark.note)]))
    parts = [f"{mark.number} {seen}", label(mark.side, "side").lower(), RING_NAMES[mark.ring].lower()]
    return ", ".join(parts + ([gettext("empty seat")] if mark.is_hollow else []))


def _seen(mark) -> str:
    """The text of a row below the rings."""
    if mark.ring > _APPROACHED:
        return gettext("Declined: %(name)s") % {"name": cut(mark.name)}
    return ", ".join(filter(None, [cut(mark.name), cut(mark.note)]))


def cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _format_number(value) -> str:
    """A length for an SVG attribute, with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
