"""Pages of measures: the list with its files, and one measure with its numbers and owners."""

from itertools import groupby
from urllib.parse import quote

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.core.errors import ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.measurement import number_words as words
from partnerships.measurement import queries
from partnerships.measurement.choices import Dimension
from partnerships.measurement.exports import MEASURES
from partnerships.measurement.number_kinds import baseline_of
from partnerships.measurement.number_queries import cell_name, numbers_of
from partnerships.measurement.overdue_data import overdue
from partnerships.measurement.rate_math import group_of
from partnerships.measurement.rules import may_interpret_for, may_see_overdue, may_supply, may_write_measure
from partnerships.web.components.measures import rows_of
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.page import offices_first
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, zone_of
from partnerships.web.measures.interpretations import statements_on
from partnerships.web.measures.shown import dimension_words, dimensions_of, pictures_of

PERIODS = 8  # on a page
MOST_BEHIND = 2  # entries of the story behind the numbers; the earlier ones are folded


def list_page(request):
    return offices_first(request, MEASURES, gettext("Measures"), nouns.MEASURE, by="jurisdiction", api="measures")


@never_cache
@require_safe
@tidy_address
def measure_list(request):
    context = list_page(request).context()
    context["rows"] = rows_of(request.user, list(context["rows"]))
    return render(request, "measures/list.html", context)


@never_cache
@require_safe
def measure(request, public_id):
    person = request.user
    refuse_unknown(request.GET, ("by", "group"))
    record = queries.measure(person, public_id)
    of = queries.of_measure(person, record)
    numbers = numbers_of(person, record, last=PERIODS)
    part = _requested_dimension(request, numbers)
    tabs = _tabs(record, numbers, part)
    context = {
        "record": record,
        "numbers": numbers,
        "tabs": tabs if len(tabs) > 1 else [],
        "label": gettext("Parts of this measure"),
        "tab_name": next(tab["name"] for tab in tabs if tab["is_current"]),
        "part": part,
        "shown": _pictures(request, record, numbers, part),
        "protection": words.protection_words(record),
        "may_write": may_write_measure(person, record),
        "may_supply": may_supply(person, record),
        "checked": checked_words(record, request.user),
        "crumbs": [(gettext("Measures"), reverse("measures"))] + ([(of.title, of.get_absolute_url())] if of else []),
    }
    if not part:
        entries = behind(record, numbers, zone=zone_of(request.user))
        context |= {
            "facts": _facts(record, of),
            "owners": [owner_of(row) for row in record.shown_owners],
            "tables": tables_of(record, numbers),
            "interpretations": statements_on(person, record),
            "may_say": bool(may_interpret_for(person, record)),
            "late": _late_parties(person, record),
            "behind": entries[:MOST_BEHIND],
            "behind_earlier": entries[MOST_BEHIND:],
            **latest(person, record),
        }
    return render(request, "measures/detail.html", context)


def _requested_dimension(request, numbers) -> str:
    """The dimension whose part of the page is asked for, "" for the overview. Raises ValidationError for any other.

    A group to compare says its dimension, too.
    """
    asked, group, known = request.GET.get("by", ""), request.GET.get("group", ""), dimensions_of(numbers)
    if not asked:
        return next((name for name, cells in known.items() if group in cells), "")
    if asked not in known:
        raise ValidationError({"by": gettext("“%(value)s” isn’t an option here.") % {"value": asked[:60]}})
    return asked


def _tabs(record, numbers, part) -> list[dict]:
    """The overview, and a tab for each dimension."""
    url = record.get_absolute_url()
    tabs = [("", gettext("Overview"), url)]
    for name in dimensions_of(numbers):
        tabs.append((name, gettext("By %(group)s") % {"group": dimension_words(name)}, f"{url}?by={name}"))
    return [{"name": name, "url": url, "is_current": key == part} for key, name, url in tabs]


def _pictures(request, record, numbers, part):
    """Charts with the URLs of their files."""
    shown = pictures_of(record, numbers, request.GET.get("group", ""), part)
    files = (("measure_svg", "SVG"), ("measure_png", "PNG"))
    return [
        vars(one)
        | {
            "downloads": [
                (
                    reverse(name, args=[record.public_id, one.key]) + (f"?group={quote(one.cell)}" if one.cell else ""),
                    kind,
                )
                for name, kind in files
            ]
        }
        for one in shown
    ]


def _late_parties(person, record) -> list[dict]:
    """Parties that haven't supplied numbers that are due, for those who share the measure."""
    if not may_see_overdue(person, record):
        return []
    seen = {row.pk for row in record.shown_owners}
    today = clock.today(clock.zone(record.lead.zone))
    return [
        {"party": str(one.owner.party), "period": words.period_words(record, one.period), "due_on": one.due_on}
        for one in overdue(record, today)
        if one.owner.pk in seen
    ]


def _facts(record, of):
    facts = []
    if of:
        name = gettext("Indicator of") if record.result_id else gettext("Measure of")
        facts.append({"label": name, "value": of.title, "url": of.get_absolute_url()})
    facts.append(
        {
            "label": gettext("Unit"),
            "value": record.get_unit_display() + (f", {words.unit_words(record)}" if record.per else ""),
        }
    )
    facts.append({"label": gettext("Better"), "value": record.get_direction_display()})
    facts.append({"label": gettext("Numbers for each"), "value": record.get_period_display().lower()})
    if record.last_on:
        facts.append({"label": gettext("Last period"), "value": words.period_words(record, record.last_on)})
    aims = (
        (gettext("Baseline"), baseline_of(record), record.baseline_on),
        (gettext("Target"), record.target_value, record.target_on),
    )
    for name, value, on in aims:
        if value is not None:
            text = f"{words.number_words(record, value)}, {words.period_words(record, on)}"
            facts.append({"label": name, "value": text})
    return facts


def owner_of(row) -> dict:
    """An owner for components/_party.html, plus whether it supplies data."""
    entity = row.party.entity
    return {"name": str(entity), "side": row.party.side, "url": entity.get_absolute_url(), "supplies": row.supplies}


def tables_of(record, numbers) -> list[dict]:
    """Tables of the numbers that no chart shows: those by two kinds of group at once.

    One row per cell, one column per period.
    """
    crossed = [cell for cell in numbers.cells if "&" in cell]
    shown, found = numbers.periods, []
    for name, cells in groupby(crossed, key=_dimension_words):
        rows = [
            {"name": cell_name(record, cell), "cells": [_cell(record, numbers.number(at, cell), at) for at in shown]}
            for cell in cells
        ]
        found.append({"title": name, "periods": [words.period_words(record, at) for at in shown], "rows": rows})
    return found


def _dimension_words(cell):
    names = [str(Dimension(name).label) for name, _ in group_of(cell)]
    if len(names) != 2:
        return ", ".join(names)
    return gettext("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}


def _cell(record, number, at):
    return {
        "period": words.period_words(record, at),
        "words": words.shown_words(record, number),
        "has_value": number.state == "",
        "of": words.counts_words(number.numerator, number.denominator) if number.state == "" else "",
        "is_disputed": number.is_disputed,
    }


def behind(record, numbers, *, zone: str = "") -> list[dict]:
    """Who supplied the numbers and the story behind them, latest period first. Groups with the same details share a row.

    `zone`: the time zone of their dates.
    """
    found: dict[tuple, list[str]] = {}
    for period in reversed(numbers.periods):
        for cell in numbers.cells:
            number = numbers.number(period, cell)
            if number.is_shown:
                quote = number.published_by, number.link
                values = (
                    period,
                    number.supplied_by,
                    number.at.astimezone(clock.zone(zone)).date(),
                    number.source,
                    quote,
                    number.story,
                )
                found.setdefault(values, []).append(cell_name(record, cell))
    return [
        {
            "period": words.period_words(record, period),
            "groups": groups,
            "by": by,
            "on": on,
            "source": source,
            "published_by": published_by,
            "link": link,
            "story": story,
        }
        for (period, by, on, source, (published_by, link), story), groups in found.items()
    ]
