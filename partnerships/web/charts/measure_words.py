"""What charts of measures show, in plain words. No number is a grade, and a missing value never counts as zero."""

import unicodedata

from partnerships.web.charts.scale import number
from partnerships.web.charts.values import COUNTS_ONLY, DISPUTED, MISSING, SUPPRESSED, TOO_FEW

_STATES = {
    MISSING: "No data",
    SUPPRESSED: "Not shown, too few people",
    COUNTS_ONLY: "No rate, fewer than 20 people",
    TOO_FEW: "Not compared, a count is below 10",
}
_AIMS = {"lower": "Lower is better.", "higher": "Higher is better."}
_MOST = 8  # periods or names in a note


def with_unit(value, unit) -> str:
    return f"{number(value)} {unit}".strip()


def cell(point) -> str:
    """A value for a table cell."""
    if point is None or point.known is None:
        text = _STATES.get(point.state if point else MISSING, _STATES[MISSING])
        return f"{text}: {point.of}" if point and point.state == COUNTS_ONLY and point.of else text
    text = number(point.known)
    if point.interval:
        text += " ({} to {})".format(*map(number, point.interval))
    text += f", {point.of}" if point.of else ""
    return f"{text}, disputed by someone" if point.state == DISPUTED else text


def change_words(points, unit) -> str:
    """The change from the first to the last value: “from 2019 to 2024 it fell from 14.2 to 11.0 percent”.

    A difference that rounding alone can make isn't called a change. No period at the end.
    """
    known = [one for one in points if one.known is not None]
    if not known:
        return nothing(points)
    first, last = known[0], known[-1]
    if len(known) == 1:
        return f"it was {with_unit(last.known, unit)} in {last.label}"
    if first.known == last.known:
        return f"from {first.label} to {last.label} it started and ended at {with_unit(last.known, unit)}"
    if not _is_certain(first, last):
        both = f"{number(first.known)} and then {with_unit(last.known, unit)}"
        return f"from {first.label} to {last.label} it stayed about the same: {both}, which may only be rounding"
    verb = "fell" if last.known < first.known else "rose"
    return f"from {first.label} to {last.label} it {verb} from {number(first.known)} to {with_unit(last.known, unit)}"


def _is_certain(first, last) -> bool:
    """Whether the true values differ the way the rounded ones do."""
    low, high = sorted((first, last), key=lambda one: one.known)
    most = low.known if low.most is None else low.most
    least = high.known if high.least is None else high.least
    return most < least


def nothing(points) -> str:
    """Why there is no number. No period at the end."""
    kept = [one for one in points if one.state == SUPPRESSED]
    return (
        "all numbers are hidden, too few people"
        if kept and len(kept) == len(points)
        else "there are no numbers to show yet"
    )


def named(name) -> str:
    """A name within a sentence.

    One in a right-to-left script is isolated, so that it doesn't reorder the words around it.
    """
    turns = any(unicodedata.bidirectional(one) in ("R", "AL") for one in name)
    return f"\u2068{name}\u2069" if turns else name


def of_trend(trend) -> str:
    main = trend.lines[0] if trend.lines else None
    subject = trend.title if main is None or len(trend.lines) < 2 else f"{trend.title}, {named(main.name)}"
    text = f"{subject}: {change_words(main.points if main else (), trend.unit_words)}"
    text += f"; the target is {number(trend.target[1])} by {trend.target[0]}." if trend.target else "."
    if trend.baseline:
        text += f" The baseline is {number(trend.baseline[1])}, in {trend.baseline[0]}."
    ahead = [one for one in trend.forecast if one.known is not None]
    if ahead:
        text += f" The forecast says {number(ahead[-1].known)} for {ahead[-1].label}."
    if len(trend.lines) > 1:
        text += f" {last_of(trend.lines[1:])}"
    return " ".join(filter(None, [text, _AIMS.get(trend.direction, "")]))


def last_of(lines) -> str:
    """The last value of each line: “Last: A 11.0 in 2024; B 9.0 in 2023.”"""
    ends = [(line.name, last_known(line)) for line in lines]
    texts = [f"{named(name)} {number(end.known)} in {end.label}" for name, end in ends if end]
    return f"Last: {few(texts)}." if texts else ""


def last_known(line):
    return next((one for one in reversed(line.points) if one.known is not None), None)


def of_panels(panels) -> str:
    known = [(line.name, end) for line in panels.lines if (end := last_known(line))]
    if not known:
        return f"{panels.title}, by group: {nothing([one for line in panels.lines for one in line.points])}."
    low, high = min(known, key=lambda one: one[1].known), max(known, key=lambda one: one[1].known)
    ends = " and ".join(f"{number(end.known)} for {named(name)} in {end.label}" for name, end in (low, high))
    if low == high:
        ends = f"{number(low[1].known)} for {named(low[0])} in {low[1].label}"
        return f"{panels.title}, by group, all on one scale. The latest number is {ends}."
    return f"{panels.title}, by group, all on one scale. The latest numbers are between {ends}."


def times(ratio) -> str:
    return "the same as" if ratio == 1 else f"{number(ratio)} times"


def gap(value, unit) -> str:
    """A difference in words: “5.6 percentage points more”."""
    if value is None or not value.is_finite():
        return ""
    unit = unit.removesuffix("s") if abs(value) == 1 and unit == "percentage points" else unit
    return "no gap" if value == 0 else f"{with_unit(abs(value), unit)} {'more' if value > 0 else 'less'}"


def between(low, high) -> str:
    """The interval of a difference: “from 1.2 less to 5.6 more”."""
    return f"from {gap(low, '')} to {gap(high, '')}"


def of_disparity(disparity) -> str:
    known = [one for one in disparity.points if one.known is not None]
    subject = f"{disparity.title}, {named(disparity.group)} compared with {named(disparity.reference)}"
    if not known:
        return f"{subject}: {nothing(disparity.points)}."
    first, last = known[0], known[-1]
    text = f"{subject}: in {last.label} the rate was {times(last.known)} that of {named(disparity.reference)}"
    beside = gap(last.gap, disparity.gap_words)
    text += f", {beside}." if beside else "."
    text += f" {named(disparity.worse)} is worse off." if disparity.worse else ""
    return text if first is last else f"{text} In {first.label} it was {times(first.known)} that rate."


def of_dots(dots) -> str:
    known = [one for one in dots.groups if one.known is not None]
    subject = f"{dots.title} in {dots.period}, by group"
    if not known:
        return f"{subject}: {nothing(dots.groups)}."
    low, high = min(known, key=lambda one: one.known), max(known, key=lambda one: one.known)
    if low.known == high.known:
        text = f"{subject}: {number(low.known)} for {'all shown' if len(known) > 1 else named(low.name)}."
    else:
        ends = [
            f"{number(low.known)} for {named(low.name)}",
            f"{with_unit(high.known, dots.unit_words)} for {named(high.name)}",
        ]
        text = f"{subject}: from {' to '.join(ends)}."
    reference = next((one for one in known if one.is_reference), None)
    return (
        f"{text} The others are compared with {named(reference.name)}, {number(reference.known)}."
        if reference
        else text
    )


def few(texts) -> str:
    """The first of several texts, and how many more the table has."""
    more = len(texts) - _MOST
    return "; ".join(texts[:_MOST]) + (f"; and {more} more in the table" if more > 0 else "")


def not_drawn(lines) -> list[str]:
    """Notes on what charts leave out or mark, by reason.

    `lines` has (name or "", its points). A point without a `label` is the only one of its line.
    """
    notes = []
    for state, start in (*_STATES.items(), (DISPUTED, "Disputed by someone")):
        found = [(name, points, [one for one in points if _state(one) == state]) for name, points in lines]
        texts = [_group_and_periods(name, len(points) == len(some), some) for name, points, some in found if some]
        notes += [f"{start}: {few(texts)}."] if texts else []
    return notes


def _group_and_periods(name, is_all, points):
    """“Renters in 2020 and 2021”."""
    labels = [getattr(one, "label", "") for one in points]
    if not all(labels):
        return named(name)
    if name and is_all:
        return f"{named(name)} at all times"
    labels = labels if len(labels) <= _MOST else [*labels[:_MOST], "more"]
    periods = " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
    return f"{named(name)} in {periods}" if name else periods


def _state(point):
    return point.state if point.known is not None or point.state in _STATES else MISSING
