"""Of which two records somebody said that they are not the same: kept for good, so that nobody is asked again."""

from django.db.models import Q

from partnerships.core import clock
from partnerships.directory.models import DistinctPair


def tell_apart(record, others, *, by) -> None:
    """Remembers that the record is none of these others of its kind. Saying it again changes nothing."""
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


def told_apart_from(kind, pks) -> dict[int, set[int]]:
    """Record → those that it is known not to be. One query, none for no records."""
    found: dict = {}
    for first, second in _of(kind, pks).values_list("first_id", "second_id") if pks else ():
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def forget_pairs(kind, pks) -> None:
    """Of records that go, nothing is remembered."""
    _of(kind, pks).delete()


def forget_pair(one, other) -> None:
    first, second = sorted((one.pk, other.pk))
    DistinctPair.objects.filter(record_type=one._meta.model_name, first_id=first, second_id=second).delete()


def _of(kind, pks):
    return DistinctPair.objects.filter(Q(first_id__in=pks) | Q(second_id__in=pks), record_type=kind)
