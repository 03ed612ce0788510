"""What charts of measures show, in plain words. No number is a grade, and a missing value never counts as zero."""

import unicodedata

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.web.charts.scale import number
from partnerships.web.charts.values import COUNTS_ONLY, DISPUTED, MISSING, SUPPRESSED, TOO_FEW

_STATES = {
    MISSING: _("No data"),
    SUPPRESSED: _("Not shown, too few people"),
    COUNTS_ONLY: _("No rate, fewer than 20 people"),
    TOO_FEW: _("Not compared, a count is below 10"),
}
_AIMS = {"lower": _("Lower is better."), "higher": _("Higher is better.")}
_MOST = 8  # periods or names in a note


def with_unit(value, unit) -> str:
    return f"{number(value)} {unit}".strip()


def cell(point) -> str:
    """A value for a table cell."""
    if point is None or point.known is None:
        text = str(_STATES.get(point.state if point else MISSING, _STATES[MISSING]))
        return f"{text}: {point.of}" if point and point.state == COUNTS_ONLY and point.of else text
    text = number(point.known)
    if point.interval:
        low, high = map(number, point.interval)
        text += " " + gettext("(range %(low)s to %(high)s)") % {"low": low, "high": high}
    text += f", {point.of}" if point.of else ""
    return gettext("%(number)s, disputed by someone") % {"number": text} if point.state == DISPUTED else text


def change_words(points, unit) -> str:
    """The change from the first to the last value: “from 2019 to 2024 it fell from 14.2 to 11.0 percent”.

    A difference that rounding alone can make isn't called a change. No period at the end.
    """
    known = [one for one in points if one.known is not None]
    if not known:
        return nothing(points)
    first, last = known[0], known[-1]
    values = {"start": first.label, "end": last.label, "from": number(first.known), "to": with_unit(last.known, unit)}
    if len(known) == 1:
        return gettext("it was %(to)s in %(end)s") % values
    if first.known == last.known:
        return gettext("from %(start)s to %(end)s it started and ended at %(to)s") % values
    if not _is_certain(first, last):
        words = gettext(
            "from %(start)s to %(end)s it stayed about the same: %(from)s and then %(to)s, which may only be rounding"
        )
        return words % values
    if last.known < first.known:
        return gettext("from %(start)s to %(end)s it fell from %(from)s to %(to)s") % values
    return gettext("from %(start)s to %(end)s it rose from %(from)s to %(to)s") % values


def _is_certain(first, last) -> bool:
    """Whether the true values differ the way the rounded ones do."""
    low, high = sorted((first, last), key=lambda one: one.known)
    most = low.known if low.most is None else low.most
    least = high.known if high.least is None else high.least
    return most < least


def nothing(points) -> str:
    """Why there is no number. No period at the end."""
    kept = [one for one in points if one.state == SUPPRESSED]
    if kept and len(kept) == len(points):
        return gettext("all numbers are hidden, too few people")
    return gettext("there are no numbers to show yet")


def named(name) -> str:
    """A name within a sentence.

    One in a right-to-left script is isolated, so that it doesn't reorder the words around it.
    """
    turns = any(unicodedata.bidirectional(one) in ("R", "AL") for one in name)
    return f"\u2068{name}\u2069" if turns else name


def of_trend(trend) -> str:
    """What a Trend shows, in sentences: how its first line changes, the target, the baseline, the forecast, the others."""
    main = trend.lines[0] if trend.lines else None
    subject = trend.title if main is None or len(trend.lines) < 2 else f"{trend.title}, {named(main.name)}"
    text = f"{subject}: {change_words(main.points if main else (), trend.unit_words)}"
    texts = [f"{text}."]
    if trend.target:
        values = {"text": text, "number": number(trend.target[1]), "period": trend.target[0]}
        texts = [gettext("%(text)s; the target is %(number)s by %(period)s.") % values]
    if trend.baseline:
        values = {"number": number(trend.baseline[1]), "period": trend.baseline[0]}
        texts.append(gettext("The baseline is %(number)s, in %(period)s.") % values)
    ahead = [one for one in trend.forecast if one.known is not None]
    if ahead:
        values = {"number": number(ahead[-1].known), "period": ahead[-1].label}
        texts.append(gettext("The forecast says %(number)s for %(period)s.") % values)
    if len(trend.lines) > 1:
        texts.append(last_of(trend.lines[1:]))
    return " ".join(filter(None, [*texts, str(_AIMS.get(trend.direction, ""))]))


def last_of(lines) -> str:
    """The last value of each line: “Last: A 11.0 in 2024; B 9.0 in 2023.”"""
    ends = [(line.name, last_known(line)) for line in lines]
    texts = [_last_of_one(name, end) for name, end in ends if end]
    return gettext("Last: %(numbers)s.") % {"numbers": few(texts)} if texts else ""


def _last_of_one(name, end) -> str:
    values = {"name": named(name), "number": number(end.known), "period": end.label}
    return gettext("%(name)s %(number)s in %(period)s") % values


def last_known(line):
    return next((one for one in reversed(line.points) if one.known is not None), None)


def of_panels(panels) -> str:
    known = [(line.name, end) for line in panels.lines if (end := last_known(line))]
    if not known:
        none = nothing([one for line in panels.lines for one in line.points])
        return gettext("%(title)s, by group: %(nothing)s.") % {"title": panels.title, "nothing": none}
    low, high = min(known, key=lambda one: one[1].known), max(known, key=lambda one: one[1].known)
    start = gettext("%(title)s, by group, all on one scale.") % {"title": panels.title}
    if low == high:
        end = gettext("The latest number is %(number)s.") % {"number": _of_group(*low)}
    else:
        values = {"low": _of_group(*low), "high": _of_group(*high)}
        end = gettext("The latest numbers are between %(low)s and %(high)s.") % values
    return f"{start} {end}"


def _of_group(name, end) -> str:
    values = {"number": number(end.known), "name": named(name), "period": end.label}
    return gettext("%(number)s for %(name)s in %(period)s") % values


def gap(value, unit) -> str:
    """A difference in words: “5.6 percentage points more”."""
    if value is None or not value.is_finite():
        return ""
    if value == 0:
        return gettext("no gap")
    if abs(value) == 1 and unit == gettext("percentage points"):
        unit = gettext("percentage point")
    words = gettext("%(number)s more") if value > 0 else gettext("%(number)s less")
    return words % {"number": with_unit(abs(value), unit)}


def between(low, high) -> str:
    """The interval of a difference: “from 1.2 less to 5.6 more”."""
    return gettext("from %(low)s to %(high)s") % {"low": gap(low, ""), "high": gap(high, "")}


def of_disparity(disparity) -> str:
    known = [one for one in disparity.points if one.known is not None]
    reference = named(disparity.reference)
    values = {"title": disparity.title, "group": named(disparity.group), "reference": reference}
    subject = gettext("%(title)s, %(group)s compared with %(reference)s") % values
    if not known:
        return f"{subject}: {nothing(disparity.points)}."
    first, last = known[0], known[-1]
    beside = gap(last.gap, disparity.gap_words)
    texts = [f"{subject}: {', '.join(filter(None, [_rate_words(last, reference), beside]))}."]
    if disparity.worse:
        texts.append(gettext("%(group)s is worse off.") % {"group": named(disparity.worse)})
    if first is not last:
        texts.append(_first_rate_words(first))
    return " ".join(texts)


def _rate_words(point, reference) -> str:
    values = {"period": point.label, "times": number(point.known), "reference": reference}
    if point.known == 1:
        return gettext("in %(period)s the rate was the same as that of %(reference)s") % values
    return gettext("in %(period)s the rate was %(times)s times that of %(reference)s") % values


def _first_rate_words(point) -> str:
    values = {"period": point.label, "times": number(point.known)}
    if point.known == 1:
        return gettext("In %(period)s it was the same as that rate.") % values
    return gettext("In %(period)s it was %(times)s times that rate.") % values


def of_dots(dots) -> str:
    known = [one for one in dots.groups if one.known is not None]
    subject = title_of_dots(dots)
    if not known:
        return f"{subject}: {nothing(dots.groups)}."
    low, high = min(known, key=lambda one: one.known), max(known, key=lambda one: one.known)
    if low.known == high.known:
        whose = gettext("all shown") if len(known) > 1 else named(low.name)
        text = gettext("%(title)s: %(number)s for %(name)s.") % {
            "title": subject, "number": number(low.known), "name": whose
        }  # fmt: skip
    else:
        text = gettext("%(title)s: from %(low)s for %(lowest)s to %(high)s for %(highest)s.") % {
            "title": subject,
            "low": number(low.known),
            "lowest": named(low.name),
            "high": with_unit(high.known, dots.unit_words),
            "highest": named(high.name),
        }
    reference = next((one for one in known if one.is_reference), None)
    if reference is None:
        return text
    values = {"name": named(reference.name), "number": number(reference.known)}
    return f"{text} {gettext('The others are compared with %(name)s, %(number)s.') % values}"


def title_of_dots(dots) -> str:
    return gettext("%(title)s in %(period)s, by group") % {"title": dots.title, "period": dots.period}


def number_in(number_words, period) -> str:
    return gettext("%(number)s in %(period)s") % {"number": number_words, "period": period}


def first_groups(most, number_of_groups) -> str:
    """A note that a chart has only the first groups."""
    words = gettext("The chart shows the first %(first)s groups. The table has all %(all)s.")
    return words % {"first": most, "all": number_of_groups}


def few(texts) -> str:
    """The first of several texts, and how many more the table has."""
    more = len(texts) - _MOST
    found = "; ".join(texts[:_MOST])
    if more <= 0:
        return found
    words = ngettext("%(texts)s; and %(number)s more in the table", "%(texts)s; and %(number)s more in the table", more)
    return words % {"texts": found, "number": more}


def not_drawn(lines) -> list[str]:
    """Notes on what charts leave out or mark, by reason.

    `lines` has (name or "", its points). A point without a `label` is the only one of its line.
    """
    notes = []
    for state, start in (*_STATES.items(), (DISPUTED, gettext("Disputed by someone"))):
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
        return gettext("%(name)s at all times") % {"name": named(name)}
    labels = labels if len(labels) <= _MOST else [*labels[:_MOST], gettext("more")]
    periods = labels[-1]
    if len(labels) > 1:
        periods = gettext("%(some)s and %(last)s") % {"some": ", ".join(labels[:-1]), "last": labels[-1]}
    return gettext("%(name)s in %(periods)s") % {"name": named(name), "periods": periods} if name else periods


def _state(point):
    return point.state if point.known is not None or point.state in _STATES else MISSING
