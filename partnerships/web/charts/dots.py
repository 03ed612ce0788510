"""A chart of all groups in one period: a dot each, with the interval of its value, and a line for the reference group."""

from django.utils.translation import gettext

from partnerships.web.charts import measure_words as say
from partnerships.web.charts.drawing import (
    NARROW,
    WIDE,
    Drawing,
    Key,
    Picture,
    across,
    capital,
    cut,
    dot,
    format_number,
    group,
    path,
    seen_differently,
    whisker,
    words,
)
from partnerships.web.charts.frame import shown
from partnerships.web.charts.lines import point_keys
from partnerships.web.charts.scale import number, straight, tick_words, without_zero
from partnerships.web.charts.values import DISPUTED, values_of

MOST_GROUPS = 60
_NAMES, _VALUES = 266, 84  # widths of the columns next to the wide chart
_BELOW = 34


def dots_picture(dots, ident="dots") -> Picture:
    groups = dots.groups[:MOST_GROUPS]
    title = say.title_of_dots(dots)
    notes = say.not_drawn([(one.name, [one]) for one in dots.groups])
    notes += without_zero(straight(values_of(groups), 0, 1).ticks)
    if len(dots.groups) > len(groups):
        notes.append(say.first_groups(MOST_GROUPS, len(dots.groups)))
    return Picture(
        ident=ident,
        title=title,
        sentence=say.of_dots(dots),
        notes=tuple(notes),
        head=(gettext("Group"), capital(dots.unit_words) or gettext("Value")),
        rows=tuple((_label(one), say.cell(one)) for one in dots.groups),
        keys=tuple(_keys(groups)),
        wide=_drawing(groups, dots.unit_words, is_wide=True) if groups else None,
        narrow=_drawing(groups, dots.unit_words, is_wide=False) if groups else None,
    )


def _label(one):
    return gettext("%(group)s (reference group)") % {"group": one.name} if one.is_reference else one.name


def _reference_of(groups):
    return next((one for one in groups if one.is_reference and one.known is not None), None)


def _keys(groups):
    reference, line = _reference_of(groups), path("v-reference", "M16 0V16")
    found = (
        [Key(line, gettext("Reference group: %(group)s") % {"group": say.named(reference.name)}, is_narrow=True)]
        if reference
        else []
    )
    return found + point_keys(groups, whisker((2, 30), 8, is_level=True))


def _drawing(groups, unit, *, is_wide):
    width, row, top = (WIDE, 34, 46) if is_wide else (NARROW, 54, 34)
    scale = straight(values_of(groups), *_across(groups, is_wide))
    bottom = top + row * len(groups)
    parts = [_scale(scale, top, bottom), _reference(groups, scale, top, bottom, is_wide)] if values_of(groups) else []
    parts.append(words(scale.start if is_wide else 0, 14, cut(capital(unit), scale.end - scale.start), "v-soft"))
    parts += [_row(one, scale, top + row * index, width, is_wide) for index, one in enumerate(groups)]
    return Drawing(width, bottom + _BELOW, group(parts))


def _across(groups, is_wide):
    """The start and end of the scale: between names and values, or with room for the outermost tick labels."""
    if is_wide:
        longest = max((across(number(one.known)) for one in groups if one.known is not None), default=0)
        return _NAMES + 12, WIDE - max(_VALUES, longest + 24)
    half = max(20, max(map(across, tick_words(straight(values_of(groups), 0, 1).ticks))) / 2 + 2)
    return half, NARROW - half


def _scale(scale, top, bottom):
    marks = dict(zip(map(scale.at, scale.ticks), tick_words(scale.ticks), strict=True))
    parts = [path("v-grid", f"M{format_number(x)} {top}V{format_number(bottom)}") for x in marks]
    with_words = shown({x: x for x in marks}, lambda x: across(marks[x]))
    return group([*parts, *(words(x, bottom + 22, marks[x], "v-soft", "middle") for x in with_words)])


def _reference(groups, scale, top, bottom, is_wide):
    reference = _reference_of(groups)
    if not reference:
        return ""
    x = scale.at(reference.known)
    line = path("v-reference", f"M{format_number(x)} {top - 8}V{format_number(bottom)}")
    if not is_wide:
        return line
    text = cut(gettext("Reference: %(group)s") % {"group": reference.name}, 280)
    anchor, aside = ("start", 4) if x + across(text) < WIDE else ("end", -4)
    return group([line, words(x + aside, top - 12, text, "v-soft v-halo", anchor)])


def _row(one, scale, top, width, is_wide):
    """The name, the dot with its interval, and the value. Words replace the dot of a group without a value."""
    middle = top + (17 if is_wide else 36)
    text = "" if one.known is None else number(one.known)
    name = cut(one.name, _NAMES if is_wide else width - across(text) - 16)
    strong = "v-strong v-halo" if one.is_reference else "v-halo"
    parts = [words(_NAMES - 4, middle + 5, name, strong, "end") if is_wide else words(0, top + 18, name, strong)]
    if one.known is None:
        return group([*parts, words(scale.start + 8 if is_wide else 0, middle + 5, say.cell(one), "v-soft v-halo")])
    if one.interval:
        parts.append(whisker(map(scale.at, one.interval), middle, is_level=True))
    x = scale.at(one.known)
    parts.append(seen_differently(x, middle) if one.state == DISPUTED else dot(x, middle, r=6))
    return group([*parts, words(width, middle + 5 if is_wide else top + 18, text, "v-value v-halo", "end")])
