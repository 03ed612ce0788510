"""Groups by which measures are broken out: standard lists of them, and the keys that identify cells.

Pure functions.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from django.utils.text import slugify

from partnerships.measurement.choices import Dimension, Race, Race1997

LONGEST_KEY = 40
_RACES: dict[str, type[Race] | type[Race1997]] = {Dimension.RACE: Race, Dimension.RACE_1997: Race1997}


class GroupSet(NamedTuple):
    label: str
    dimension: str
    groups: tuple[tuple[str, str], ...]  # (key, name)


SETS = {
    "race": GroupSet("All groups of the 2024 standard (SPD 15)", Dimension.RACE, tuple(Race.choices)),
    "race1997": GroupSet("All groups of the 1997 standard", Dimension.RACE_1997, tuple(Race1997.choices)),
}


def key_for(dimension: str, name: str) -> str:
    """The key of a group with this name: that of the standard if it has one."""
    known = {label.casefold(): key for key, label in getattr(_RACES.get(dimension), "choices", ())}
    plain = slugify(name)[:LONGEST_KEY].strip("-_")
    return known.get(name.strip().casefold()) or plain or f"g{sha256(name.encode()).hexdigest()[:12]}"


def with_sets(rows: list[dict[str, Any]], chosen: Iterable[str]) -> list[dict[str, Any]]:
    """The rows (dicts of dimension, key, name, is_reference), completed with these standard lists."""
    there = {(row["dimension"], row["key"]) for row in rows}
    added = [
        {"dimension": SETS[name].dimension, "key": key, "name": label, "is_reference": False}
        for name in chosen
        for key, label in SETS[name].groups
    ]
    return [*rows, *(row for row in added if (row["dimension"], row["key"]) not in there)]


# The categories of each dimension in which members of an advisory body are compared with residents. They are fixed, so
# that both are always counted in the same ones. Those of the two standards for race are never combined.
CATEGORIES: dict[str, tuple[tuple[str, str], ...]] = {
    Dimension.RACE: tuple(Race.choices),
    Dimension.RACE_1997: tuple(Race1997.choices),
    Dimension.GENDER: (("women", "Women"), ("men", "Men"), ("another", "Nonbinary or another gender")),
    Dimension.AGE: (
        ("under-18", "Under 18"),
        ("18-to-34", "18 to 34"),
        ("35-to-54", "35 to 54"),
        ("55-to-64", "55 to 64"),
        ("65-and-over", "65 and over"),
    ),
    Dimension.DISABILITY: (("with", "With a disability"), ("without", "Without a disability")),
    Dimension.LANGUAGE: (("english", "Speaks only English at home"), ("other", "Speaks another language at home")),
}
# Categories that aren't a group: that no one chose them excludes no one.
NO_GROUP = {(Dimension.RACE, "several"), (Dimension.RACE_1997, "several"), (Dimension.RACE_1997, "other")}
