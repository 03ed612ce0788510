"""Groups by which measures are broken out: standard lists of them, and the keys that identify cells.

Pure functions.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from partnerships.core.tables import normalize_heading
from partnerships.core.types import Text
from partnerships.measurement.choices import Dimension, Race, Race1997
from partnerships.measurement.group_aliases import ALIASES

LONGEST_KEY = 40


class GroupSet(NamedTuple):
    label: str
    dimension: str
    groups: tuple[tuple[str, str], ...]  # (key, name)


SETS = {
    "race": GroupSet(
        gettext_noop("All race and ethnicity groups of the 2024 standard (SPD 15)"), Dimension.RACE, tuple(Race.choices)
    ),
    "race1997": GroupSet(
        gettext_noop("All race and ethnicity groups of the 1997 standard"), Dimension.RACE_1997, tuple(Race1997.choices)
    ),
}
# Groups that others can be compared with: all single categories.
REFERENCES = (
    *((key, label) for key, label in Race.choices if key != "several"),
    (Race1997.OTHER.value, Race1997.OTHER.label),
)


def key_for(dimension: str, name: str) -> str:
    """The key of a group with this name: that of the standard if the name means one of its categories."""
    known: dict[str, str] = dict(ALIASES).get(dimension, {})  # type: ignore[call-overload]
    plain = slugify(name)[:LONGEST_KEY].strip("-_")
    return known.get(normalize_heading(name)) or plain or f"g{sha256(name.encode()).hexdigest()[:12]}"


def with_sets(rows: list[dict[str, Any]], chosen: Iterable[str], reference: str = "") -> list[dict[str, Any]]:
    """The rows (dicts of dimension, key, name, is_reference), completed with these standard lists.

    `reference`: the key of the group that the others of these lists are compared with, "" to leave that as it is.
    """
    chosen = list(chosen)
    there = {(row["dimension"], row["key"]) for row in rows}
    added = [
        {"dimension": SETS[name].dimension, "key": key, "name": label, "is_reference": False}
        for name in chosen
        for key, label in SETS[name].groups
    ]
    found = [*rows, *(row for row in added if (row["dimension"], row["key"]) not in there)]
    for dimension in {SETS[name].dimension for name in chosen}:
        of_list = [row for row in found if row["dimension"] == dimension]
        if any(row["key"] == reference for row in of_list):
            for row in of_list:
                row["is_reference"] = row["key"] == reference
    return found


# The categories of each dimension in which members of an advisory body are compared with residents. They are fixed, so
# that both are always counted in the same ones. Those of the two standards for race are never combined.
CATEGORIES: dict[str, tuple[tuple[str, Text], ...]] = {
    Dimension.RACE: tuple(Race.choices),
    Dimension.RACE_1997: tuple(Race1997.choices),
    Dimension.GENDER: (
        ("women", _("Women")),
        ("men", _("Men")),
        ("another", _("Nonbinary or another gender")),
    ),
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
# The dimensions in which they are counted, as choices.
COUNTED_BY = tuple((key, Dimension(key).label) for key in CATEGORIES)
# Categories that aren't a group: that no one chose them excludes no one.
NO_GROUP = {(Dimension.RACE, "several"), (Dimension.RACE_1997, "several"), (Dimension.RACE_1997, "other")}
