"""Pairs of records that were marked “not duplicates”. They are kept permanently, so that no one is asked again."""

from django.db.models import Q

from partnerships.core import clock
from partnerships.directory.models import DistinctPair


def mark_distinct(record, others, *, by) -> None:
    """Record that these other records of the same kind are not duplicates of this one.

    Doing so again changes nothing.
    """
    kind = record._meta.model_name
    pairs = {tuple(sorted((record.pk, other.pk))) for other in others if other.pk != record.pk}
    at = clock.now()
    DistinctPair.objects.bulk_create(
        [
            DistinctPair(record_type=kind, first_id=first, second_id=second, by=by, at=at)
            for first, second in sorted(pairs)
        ],
        ignore_conflicts=True,
    )


def distinct_from(kind, pks) -> dict[int, set[int]]:
    """Primary key → those of its records known not to be duplicates. One query; none when `pks` is empty."""
    found: dict = {}
    for first, second in _of(kind, pks).values_list("first_id", "second_id") if pks else ():
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def delete_pairs(kind, pks) -> None:
    """Delete the pairs of records that are deleted."""
    _of(kind, pks).delete()


def delete_pair(one, other) -> None:
    first, second = sorted((one.pk, other.pk))
    DistinctPair.objects.filter(record_type=one._meta.model_name, first_id=first, second_id=second).delete()


def _of(kind, pks):
    return DistinctPair.objects.filter(Q(first_id__in=pks) | Q(second_id__in=pks), record_type=kind)
