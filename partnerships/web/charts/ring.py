"""The chart of circles as SVG, in two sizes. Each mark links to its row in the table, which has the same content."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from partnerships.registry.choices import Circle
from partnerships.web.charts.drawing import format_number
from partnerships.web.charts.ring_places import BELOW, LEFT, MOST_BELOW, NARROW, RIGHT, WIDE, Mark, folded_to, placed
from partnerships.web.frame.words import label

RING_NAMES = tuple(circle.label for circle in Circle if circle != Circle.DECLINED)
_APPROACHED = 4  # rings of partners with a seat; the fifth has those that no one has asked yet
_LONGEST = 30  # characters of a line next to the rings; a longer name breaks over two lines
_COLUMN = 232  # width of such a line; one with more characters is set closer
_TWO_LINES, _HEIGHT = 15, 44  # between the lines of a name; and of a name with two lines and a note
_LINE = 32  # height of a row below the rings, for an institution or for one that declined
_CLASSES = {LEFT: "v-gov", RIGHT: "v-com", BELOW: "v-inst"}


def both_sizes(marks: list[Mark], declined: list[Mark], *, title: str, centre: str):
    """The wide chart and the one for phones. CSS shows one of them."""
    return format_html("{}{}", *(_picture(marks, declined, size, title, centre) for size in (WIDE, NARROW)))


def still(marks: list[Mark], *, title: str, centre: str):
    """Both sizes without links, for a page without the table: the names are next to the wide one, and in a list that
    goes with the one for phones.
    """
    return format_html("{}{}", *(_picture(marks, [], size, title, centre, is_still=True) for size in (WIDE, NARROW)))


def small(marks: list[Mark], *, title: str):
    """The rings and marks alone, next to a list of the first names. Nothing where no mark is in a ring."""
    if not marks:
        return ""
    found = placed(marks, NARROW)
    rings = _APPROACHED + any(mark.ring >= _APPROACHED for mark in marks)
    radius, top = NARROW.edges[rings - 1], 34
    cx, cy = radius + 2, top + radius
    return format_html(
        '<svg class="v circles small" viewBox="0 0 {} {}" role="img" aria-label="{}. {}">{}{}{}</svg>',
        format_number(2 * cx),
        format_number(cy + radius + 14),
        title,
        _desc(rings, same_as="page"),
        _rings(cx, cy, NARROW, rings, with_names=False),
        _sides(cx, cy, radius, NARROW),
        SafeString("".join(_glyph(mark, cx + x, cy + y, NARROW.mark) for mark, x, y in found)),
    )


def _picture(marks, declined, size, title, centre, *, is_still=False):
    found = placed(marks, size)
    rings = _APPROACHED + any(mark.ring >= _APPROACHED for mark in marks)
    radius, top = size.edges[rings - 1], 20 if size.is_wide else 34
    beside = size.column if size.is_wide else 2
    below = _lines(found, declined, size)
    width, cx, cy = 2 * (radius + beside), radius + beside, top + radius
    height = top + 2 * radius + 14 + _LINE * len(below)
    at_side = [one for one in found if one[0].side != BELOW or not size.is_wide]
    links = [
        (_order(mark, y), _link(mark, cx + x, cy + y, size, (cx, radius), _room(mark, y, at_side)))
        for mark, x, y in at_side
    ]
    links += [
        (
            _order(mark, at[1] if at else 0),
            _link_below(mark, at and (cx + at[0], cy + at[1]), cx - radius, cy + radius + 14 + _LINE * (n + 0.5), size),
        )
        for n, (mark, at) in enumerate(below)
    ]
    drawn = [link for _, link in sorted(links, key=lambda one: one[0])]
    desc = _desc(rings, same_as="" if is_still else "table")
    if is_still:  # no table says who is where
        desc = f"{desc} {'; '.join(spoken(mark) for mark in marks)}."
    return format_html(
        '<svg class="v circles only-{size}" viewBox="0 0 {width} {height}" role="{role}" aria-labelledby="{size}-t {size}-d">'
        '<title id="{size}-t">{title}</title><desc id="{size}-d">{desc}</desc>{rings}{centre}{sides}{drawn}</svg>',
        size=size.name,
        role="img" if is_still else "group",
        width=format_number(width),
        height=format_number(height),
        title=title,
        desc=desc,
        rings=_rings(cx, cy, size, rings),
        centre=_centre(cx, cy, size, centre),
        sides=_sides(cx, cy, radius, size),
        drawn=SafeString("".join(drawn)),
    )


def _order(mark, y):
    """Links follow each other from the center out, then from left to right and from top to bottom."""
    return mark.ring, (LEFT, RIGHT, BELOW).index(mark.side), y


def _room(mark, y, at_side):
    """The distance to the nearest label above or below."""
    return min((abs(y - b) for one, _, b in at_side if one is not mark and one.side == mark.side), default=_HEIGHT)


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
    if not same_as:
        return words
    if same_as == "page":
        return f"{words} {gettext('The page “Partners” has the same information as a table.')}"
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
        ((cx, format_number(cy - size.edges[n] + down), RING_NAMES[n]) for n in range(rings)),
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


def _link(mark, x, y, size, rings, room):
    """A mark as a link; in a wide drawing with its label and the line to it. `rings`: (x of the center, radius)."""
    cx, radius = rings
    sign = -1 if mark.side == LEFT else 1
    words = leader = ""
    if size.is_wide:
        end, anchor = cx + sign * (radius + 14), "end" if sign < 0 else "start"
        begin = x + sign * (size.mark + 3)
        leader = format_html(
            '<path class="v-leader" d="M{} {}H{}"/>', format_number(begin), format_number(y), format_number(end)
        )
        # The link covers the strip from the mark to its label.
        strip = ' <rect class="v-hit" x="{}" y="{}" width="{}" height="24"/>'
        leader += format_html(
            strip, format_number(min(begin, end)), format_number(y - 12), format_number(abs(end - begin))
        )
        words = _label(mark, cx + sign * (radius + 20), y, anchor, room)
    return _linked(mark, leader, _glyph(mark, x, y, size.mark), words)


def _link_below(mark, at, left, y, size):
    """A link with two parts: the mark in the rings, if it has a point (`at`) there, and a row of text below the rings."""
    shape = _glyph(mark, at[0], at[1], size.mark) if at else ""
    line = _glyph(mark, left + size.mark, y, size.mark)
    start = format_number(left + 2 * size.mark + 8)
    lines = broken(_row_text(mark), 2 * size.edges[_APPROACHED - 1] // 8)
    first = y + 5 - 8 * (len(lines) - 1)
    words = format_html_join(
        "",
        ' <text class="v-label" x="{}" y="{}">{}</text>',
        ((start, format_number(first + _TWO_LINES * n), line) for n, line in enumerate(lines)),
    )
    return _linked(mark, shape, line, words)


def _linked(mark, *parts):
    """The parts as a link to the row of the mark, or as they are if it has no row."""
    inside = format_html_join("", "{}", ((part,) for part in parts))
    if not mark.id:
        return inside
    return format_html('<a class="v-link" href="#{}" aria-label="{}">{}</a>', mark.id, spoken(mark), inside)


def _label(mark, x, y, anchor, room):
    """The name, over two lines if it's long, and the note, unless the next label is too near for three lines."""
    names = broken(mark.name)
    note = mark.note if len(names) < 2 or room >= _HEIGHT else ""
    first = y + 5 - (_TWO_LINES * (len(names) - 1) + (14 if note else 0)) / 2
    lines = [("v-label", first + _TWO_LINES * n, name) for n, name in enumerate(names)]
    lines += [("v-note", lines[-1][1] + 16, line) for line in broken(note)[:1]] if note else []
    rows = ((classes, format_number(x), format_number(at), anchor, _squeeze(text), text) for classes, at, text in lines)
    return format_html_join("", ' <text class="{}" x="{}" y="{}" text-anchor="{}"{}>{}</text>', rows)


def _squeeze(text):
    """Fits a line with many characters into the column."""
    return SafeString(f' textLength="{_COLUMN}" lengthAdjust="spacingAndGlyphs"' if len(text) > _LONGEST + 2 else "")


def _glyph(mark, x, y, r):
    classes = f"{'v-seat' if mark.is_hollow else 'v-mark'} {_CLASSES[mark.side]}{' v-drift' if mark.is_quiet else ''}"
    if mark.ring > _APPROACHED:
        classes += " v-declined"
    if mark.side == LEFT:
        half = r * 0.94
        shape = format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>',
            classes, format_number(x - half), format_number(y - half), format_number(2 * half), format_number(2 * half),
        )  # fmt: skip
    elif mark.side == RIGHT:
        shape = format_html(
            '<circle class="{}" cx="{}" cy="{}" r="{}"/>', classes, format_number(x), format_number(y), r
        )
    else:
        corners = " ".join(
            f"{format_number(a)} {format_number(b)}" for a, b in ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        )
        shape = format_html('<path class="{}" d="M{}Z"/>', classes, corners)
    number = format_html(
        ' <text class="v-n" x="{}" y="{}">{}</text>', format_number(x), format_number(y + 4.3), mark.number
    )
    if not mark.is_recorded:
        return format_html("{}{}", shape, number)
    ring = '<circle class="v-recorded" cx="{}" cy="{}" r="{}"/>'
    corner = format_html(ring, format_number(x + r * 0.85), format_number(y - r * 0.85), format_number(r * 0.38))
    return format_html("{}{}{}", shape, number, corner)


def spoken(mark) -> str:
    """The accessible name: the visible text first, then what shape and ring show."""
    if mark.ring > _APPROACHED:
        return ", ".join([f"{mark.number} {_row_text(mark)}", label(mark.side, "side").lower()])
    seen = _row_text(mark) if mark.side == BELOW else " ".join(filter(None, [mark.name, mark.note]))
    return ", ".join([f"{mark.number} {seen}", label(mark.side, "side").lower(), RING_NAMES[mark.ring].lower()])


def _row_text(mark) -> str:
    """The visible text of a row below the rings."""
    if mark.ring > _APPROACHED:
        return gettext("Declined: %(name)s") % {"name": mark.name}
    return ", ".join(filter(None, [mark.name, mark.note]))


def broken(text: str, longest: int = _LONGEST) -> list[str]:
    """The text in one line, or in two of about the same length if it's longer. It's never cut."""
    words = text.split()
    if len(text) <= longest or len(words) < 2:
        return [text]
    both = ((" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words)))
    return list(min(both, key=lambda lines: max(map(len, lines))))
