"""Checks of published partnerships and of what is stored with them. A finding is (public id or name, sentence)."""

from collections import Counter
from collections.abc import Iterator

from partnerships.core.models import FacetCount
from partnerships.registry import publication
from partnerships.registry.checks import problems
from partnerships.registry.choices import RESOURCE
from partnerships.registry.facets import facet_number
from partnerships.registry.models import Partnership, PublicFacets

BATCH = 500


def unfinished_partnerships() -> Iterator[tuple[str, str]]:
    """Published partnerships that lack what their kind needs."""
    rows = Partnership.objects.filter(is_published=True).order_by("pk")
    related = ("roles", "parties__organization", "parties__department", "parties__jurisdiction")
    for partnership in rows.prefetch_related(*related).iterator(BATCH):
        for sentence in problems(partnership).values():
            yield partnership.public_id, sentence


def differing_documents() -> Iterator[tuple[str, str]]:
    """Stored documents of published partnerships that differ from a rebuild: findings of `publication.check`."""
    return publication.check()


def wrong_counts() -> Iterator[tuple[str, str]]:
    """Counts of filter options that differ from the documents."""
    right: Counter[int] = Counter()
    for facets in PublicFacets.objects.values_list("facets", flat=True).iterator(BATCH):
        right.update(facets)
    rows = FacetCount.objects.filter(resource=RESOURCE).values_list("facet", "value", "count")
    kept = {f"{facet}:{value}": count for facet, value, count in rows}
    names = {facet_number(key): key for key in kept}
    counted = Counter({names.get(number, f"facet number {number}"): count for number, count in right.items()})
    for key in sorted(counted.keys() | kept.keys()):
        if counted[key] != kept.get(key, 0):
            yield key, f"is counted {kept.get(key, 0)} times next to its filter, but {counted[key]} documents have it."
