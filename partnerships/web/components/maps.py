"""A list on a map of the United States or, with the filter by one state, of that state alone: what both say as a picture
and as a table.

A page passes where its rows are (Spot), and its template extends lists/map.html.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext

from partnerships.core.listing import CAP
from partnerships.core.models import Record
from partnerships.core.types import Text
from partnerships.directory.models import Jurisdiction
from partnerships.directory.name_words import STATE_NAMES
from partnerships.web.charts.us_map import (
    Place,
    StateLink,
    count,
    picture,
    shapes,
    state_picture,
    state_shapes,
    steps,
)
from partnerships.web.frame.lists.page import ListPage


class Spot(NamedTuple):
    """A place with the number of rows that are there. `keys` are their primary keys, if a row can be at several places."""

    jurisdiction: Jurisdiction
    number: int
    keys: frozenset[int] = frozenset()


class Named(NamedTuple):
    """A record in a row of the table."""

    name: str
    url: str


class Look(NamedTuple):
    """What a map is called, and the class of its marks."""

    title: Text
    mark: str


def chosen_state(page: ListPage) -> str:
    """The state that the list is limited to, or "" if it isn't one state with a shape."""
    states = page.listing.filters.in_use.get("state", [])
    return states[0] if len(states) == 1 and states[0] in shapes() else ""


def start(page: ListPage) -> tuple[dict, bool]:
    """The context of the list, and whether it can be on a map: it isn't empty, and its rows can be counted."""
    context = page.context(cap=CAP)
    total, is_more = page.listing.total()
    context |= {"too_many": f"{CAP:,}" if is_more else "", "sort": None, "total_number": total}
    if is_more:
        context["state_links"] = sorted((STATE_NAMES[code], page.url(state=code)) for code in shapes())
    return context, bool(total) and not is_more


def country(page: ListPage, look: Look, spots: Iterable[Spot]) -> dict:
    """The map of the United States. Its table has a row for each state, largest number first."""
    places = sorted((_place_of(spot, _anchor(spot.jurisdiction.state)) for spot in spots), key=lambda one: one.state)
    places = [place for place in places if place.state in shapes()]
    rows = [_row(page, code, list(some)) for code, some in groupby(places, lambda one: one.state)]
    rows.sort(key=lambda row: (-row["number"], row["name"]))
    ranges = steps(row["number"] for row in rows)
    return {
        "states": rows,
        "legend": [("", "0"), *((f"step step-{n}", _range(*one)) for n, one in enumerate(ranges, 1))],
        "on_map": count(places),
        "picture": picture(
            places,
            title=str(look.title),
            description=_description((row["name"], row["number"]) for row in rows),
            links={row["state"]: _link(row, ranges) for row in rows},
            mark=look.mark,
        ),
    }


def one_state(page: ListPage, look: Look, code: str, spots: Iterable[Spot]) -> dict:
    """The map of a state. Its table has a row for each place, largest number first."""
    spots = sorted(spots, key=lambda spot: (-spot.number, str(spot.jurisdiction)))
    places = [_place_of(spot, f"at-{spot.jurisdiction.public_id}") for spot in spots]
    shown = [place for place in places if state_shapes()[code].has(place)]
    description = _description((place.name, place.number) for place in shown)
    name = STATE_NAMES[code]
    return {
        "state": name,
        "all_url": page.url(drop=["state"]),
        "places": [
            {"place": place, "jurisdiction": spot.jurisdiction, "has_mark": place in shown}
            for place, spot in zip(places, spots, strict=True)
        ],
        "on_map": count(shown),
        "picture": state_picture(code, shown, title=name, description=description, mark=look.mark),
    }


def named(records: Iterable[Record]) -> list[Named]:
    return [Named(str(record), record.get_absolute_url()) for record in records]


def _place_of(spot, anchor) -> Place:
    """The mark of a jurisdiction with a number. `anchor`: the id of the table's row that it leads to."""
    at = spot.jurisdiction
    return Place(str(at), at.state, spot.number, anchor, at.latitude, at.longitude, at.get_absolute_url(), spot.keys)


def _anchor(state) -> str:
    return f"state-{state.lower() or 'none'}"


def _row(page, code, places):
    number = count(places)
    return {
        "name": STATE_NAMES[code],
        "state": code,
        "url": page.url(state=code),
        "anchor": _anchor(code),
        "places": sorted(places, key=lambda place: place.name),
        "number": number,
        "words": page.noun.with_number(f"{number:,}"),
    }


def _link(row, ranges) -> StateLink:
    step = next(n for n, (_, most) in enumerate(ranges, 1) if row["number"] <= most)
    return StateLink(row["url"], f"{row['name']}: {row['words']}", step)


def _range(least, most) -> str:
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"


def _description(numbers) -> str:
    shown = [f"{name} {number}" for name, number in numbers]
    if not shown:
        return gettext("No place is on the map.")
    return gettext("%(states)s. The table says the same.") % {"states": ", ".join(shown)}
