"""Counts the options of the filters of partnerships."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from partnerships.core import listing
from partnerships.core.access import Viewer
from partnerships.core.listing import CAP, FIRST
from partnerships.core.models import FacetCount
from partnerships.registry.choices import RESOURCE
from partnerships.registry.facets import counted_names
from partnerships.registry.filters import COUNTED
from partnerships.registry.rules import sees_more_than_documents

OF_PARTIES = ("side", "role")


def facet_counts(found: listing.Listing) -> dict[str, dict[str, int]]:
    """Counts for the filter options of a listing: facet → value → how many.

    Without filters: the stored counts. For a filtered list of up to CAP rows: counted in one statement. For a longer
    one: only the options of the single filter in use, from the stored counts; the others have no number. Staff also
    get no number for sides and roles, since the documents count the parties that everyone may see, and staff may see
    more.
    """
    in_use, staff = set(found.filters.in_use), sees_more_than_documents(found.filters.person)
    plain = found.query is None and not staff
    if plain and not in_use:
        return _stored_counts(COUNTED)
    counts = _facet_counts(found)
    if plain and len(in_use) == 1:
        counts |= _stored_counts(in_use & set(COUNTED))
    else:
        # For a filter in use, the counts of its other options would not say what choosing them adds.
        counts = {name: values for name, values in counts.items() if name not in in_use}
    return {name: values for name, values in counts.items() if not (staff and name in OF_PARTIES)}


def _stored_counts(facets: Iterable[str]) -> dict[str, Any]:
    counts: dict[str, dict[str, int]] = {name: {} for name in facets}
    rows = FacetCount.objects.filter(resource=RESOURCE, facet__in=facets)
    for facet, value, n in rows.values_list("facet", "value", "count"):
        counts[facet][value] = n
    return counts


def count_rows(found: listing.Listing) -> None:
    """Count the rows of a listing that the stored documents answer (`Listing.counter`).

    The same statement returns its first rows in the order of the last change.
    """
    rows = found.countable()
    if rows is None:
        return
    try:
        sql, params = (
            found.filters.facet_rows(rows, among=found.among()).values("pk", "changed").query.sql_with_params()
        )
    except EmptyResultSet:
        found.set_total(0)
        return
    statement = (
        f"WITH s AS MATERIALIZED ({sql}), total AS (SELECT count(*) AS n FROM s)"  # noqa: S608
        " SELECT NULL AS pk, n FROM total UNION ALL SELECT pk, 0 FROM"
        " (SELECT pk FROM s WHERE (SELECT n FROM total) <= %s ORDER BY changed DESC, pk DESC LIMIT %s) AS f"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, found.cap, FIRST])
        (_, total), *first = cursor.fetchall()
    in_this_order = found.sorts_few and found.ordering == "-updated" and total <= found.cap
    found.set_total(total, [pk for pk, _ in first] if in_this_order else None)


def _facet_counts(found: listing.Listing) -> dict[str, Any]:
    """Counts of the facets of these rows; empty for more than CAP rows. Their number is recorded in the listing."""
    rows = found.countable()
    if rows is None or (found.query is None and not found.filters.documents_answer and found.total()[1]):
        return {}
    try:
        sql, params = found.filters.facet_rows(rows, among=found.among()).query.sql_with_params()
    except EmptyResultSet:
        found.set_total(0)
        return {name: {} for name in COUNTED}
    each = "value FROM s, json_each(s.facets)" if connection.vendor == "sqlite" else "unnest(facets) AS value FROM s"
    statement = (
        f"WITH s AS MATERIALIZED ({sql}), total AS (SELECT count(*) AS n FROM s)"  # noqa: S608
        " SELECT NULL AS value, n FROM total UNION ALL SELECT value, count(*) FROM"
        f" (SELECT {each} WHERE (SELECT n FROM total) <= %s) AS e GROUP BY value"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, CAP])
        (_, total), *rows = cursor.fetchall()
    found.set_total(total)
    counts: dict[str, dict[str, int]] = {name: {} for name in COUNTED} if total <= CAP else {}
    names = counted_names() if rows else {}
    for number, n in rows:
        facet, _, value = names.get(number, "").partition(":")
        if facet in counts:  # an upgrade may have left others, until a worker has rewritten the document
            counts[facet][value] = n
    return counts


def issue_counts(person: Viewer) -> dict[str, int]:
    """Issue area key → how many published partnerships are at or below it (stored counts)."""
    return _stored_counts(("issue",))["issue"]
