"""A chart of the shares of an advisory body's members and of the population: two dots per group, joined by a line."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.web.charts.drawing import (
    NARROW,
    WIDE,
    Drawing,
    Key,
    across,
    cut,
    dot,
    format_number,
    group,
    path,
    words,
)
from partnerships.web.charts.frame import shown
from partnerships.web.charts.scale import number, straight, tick_words

KEPT = _("Not shown")
_NAMES, _VALUES, _BELOW = 266, 120, 34


@dataclass(frozen=True)
class Pair:
    """Shares in percent, or None if unknown. With `is_kept`, the members' share isn't shown."""

    name: str
    members: Decimal | None
    people: Decimal | None
    is_kept: bool = False


def pairs_drawn(pairs) -> dict:
    """Keyword arguments for `drawing.Picture`: the chart in both sizes and its legend. Empty if no share is known."""
    if all(pair.members is None and pair.people is None for pair in pairs):
        return {}
    keys = (Key(dot(16, 8, r=6), gettext("Members")), Key(dot(16, 8, is_hollow=True, r=6), gettext("Population")))
    return {"keys": keys, "wide": _drawing(pairs, is_wide=True), "narrow": _drawing(pairs, is_wide=False)}


def _drawing(pairs, *, is_wide):
    width, row, top = (WIDE, 34, 12) if is_wide else (NARROW, 54, 4)
    values = [value for pair in pairs for value in (pair.members, pair.people) if value is not None]
    start, end = (_NAMES + 12, WIDE - _VALUES) if is_wide else (20, NARROW - 20)
    scale, bottom = straight([Decimal(0), *values], start, end), top + row * len(pairs)
    marks = dict(zip(map(scale.at, scale.ticks), tick_words(scale.ticks), strict=True))
    parts = [path("v-grid", f"M{format_number(x)} {top}V{format_number(bottom)}") for x in marks]
    labels = shown({x: x for x in marks}, lambda x: across(marks[x]))
    parts += [words(x, bottom + 22, marks[x], "v-soft", "middle") for x in labels]
    parts += [_row(pair, scale, top + row * index, width, is_wide) for index, pair in enumerate(pairs)]
    return Drawing(width, bottom + _BELOW, group(parts))


def _row(pair, scale, top, width, is_wide):
    middle = top + (17 if is_wide else 36)
    text = f"{_share_words(pair.members, pair.is_kept)} / {_share_words(pair.people)}"
    name = cut(pair.name, _NAMES if is_wide else width - across(text) - 16)
    parts = [words(_NAMES - 4, middle + 5, name, "v-halo", "end") if is_wide else words(0, top + 18, name, "v-halo")]
    known = [scale.at(value) for value in (pair.members, pair.people) if value is not None]
    if len(known) == 2 and known[0] != known[1]:
        parts.append(
            path("v-whisker", f"M{format_number(min(known))} {format_number(middle)}H{format_number(max(known))}")
        )
    if pair.people is not None:
        parts.append(dot(scale.at(pair.people), middle, is_hollow=True, r=7))
    if pair.members is not None:
        parts.append(dot(scale.at(pair.members), middle, r=5))
    return group([*parts, words(width, middle + 5 if is_wide else top + 18, text, "v-value v-halo", "end")])


def _share_words(value, is_kept=False):
    if is_kept:
        return gettext("not shown")
    return gettext("none known") if value is None else f"{number(value)}%"
