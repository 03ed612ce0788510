"""Which facets of published partnerships (`registry.facets`) answer the filters of a list."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Max, Min, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from partnerships.core.dates import names_between
from partnerships.core.fields import Sql
from partnerships.directory.models import BODIES
from partnerships.registry.choices import AT
from partnerships.registry.facets import facet_numbers
from partnerships.registry.models import Partnership


class HasAnyFacet(Func):
    """Whether a published partnership has any of these facets in this column of PublicFacets."""

    def __init__(self, facets: Iterable[str] = (), *, column: str = "facets") -> None:
        super().__init__(F(column), output_field=BooleanField())
        self.wanted = facet_numbers(facets)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} && %s::bigint[]", [*params, self.wanted]

    def as_sqlite(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        each = f"SELECT 1 FROM json_each({column}) WHERE value IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return f"EXISTS ({each})", [*params, json.dumps(self.wanted)]


class FacetCondition(NamedTuple):
    """These filters, answered by the published partnerships with any of these facets in this column of PublicFacets."""

    filters: tuple[str, ...]
    column: str
    facets: list[str]


def _keys_of(name: str) -> Callable[[Iterable[str]], list[str]]:
    return lambda keys: [f"{name}:{key}" for key in keys]


def _places_of(nodes: QuerySet) -> list[str]:
    return [f"{AT}{public_id}" for public_id in nodes.values_list("public_id", flat=True)]


# Filters on a column of the partnership; the database has statistics for them.
COLUMNS = {"kind", "purpose", "status", "engagement", "origin"}
# Filter → function from its cleaned value to the facets; one of them must match.
FACETS = {
    **{name: _keys_of(name) for name in (*COLUMNS, "side", "role", "community")},
    # A document has the facets of all issue areas above its own, too.
    "issue": lambda areas: [f"issue:{key}" for key in areas.values_list("key", flat=True)],
}
# The same for filters by place,
PLACES = dict.fromkeys(BODIES, _places_of)
# and by time: field → its filters for the first and last day.
TIMES = {"starts_on": ("starts_after", "starts_before"), "ends_on": ("ends_after", "ends_before")}


def _times(field: str, first: date | None, last: date | None) -> list[str]:
    """Names of the times between two days (`core.dates`).

    If one end is open, names in which nothing published lies are left out, since each name costs an index lookup.
    """
    names = names_between(first, last)
    published = Partnership.objects.filter(is_published=True, **{f"{field}__isnull": False}).order_by()
    if first is None:
        day = str(published.aggregate(day=Min(field))["day"])
        names = [name for name in names if name >= day[: len(name)]]
    if last is None:
        day = str(published.aggregate(day=Max(field))["day"])
        names = [name for name in names if name <= day]
    return names


def facets_answer(filters: Collection[str]) -> bool:
    """Whether facets find the partnerships for these filters faster than rows: one of them has no column of its own, or
    they are both ends of a time.
    """
    beyond = (FACETS.keys() | PLACES.keys()) - COLUMNS
    return not beyond.isdisjoint(filters) or any({*bounds} <= {*filters} for bounds in TIMES.values())


def facet_conditions(given: Mapping[str, Any]) -> list[FacetCondition]:
    """The conditions for those of these filters that facets can answer. `given`: filter → its cleaned value."""
    found = [FacetCondition((name,), "facets", FACETS[name](given[name])) for name in given if name in FACETS]
    found += [FacetCondition((name,), "lies_in", PLACES[name](given[name])) for name in given if name in PLACES]
    for field, bounds in TIMES.items():
        if given.keys() & {*bounds}:
            names = _times(field, *map(given.get, bounds))
            found.append(FacetCondition(bounds, "lies_in", [f"{field}:{name}" for name in names]))
    return found
