"""Pairs of records that were marked “not duplicates”. They are kept permanently, so that no one is asked again.

Anyone who may edit one of two organizations can mark them, and undo it.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import Author, Person, account_of, require
from partnerships.core.errors import ValidationError
from partnerships.core.models import type_key
from partnerships.directory.models import Body, DistinctPair, Organization
from partnerships.directory.rules import may_write_organization, organizations_visible_to

LATEST = 5  # pairs that a person marked, to undo


def mark_distinct(record: Body, others: Iterable, *, by: Author, reason: str = "") -> None:
    """Record that these other records of the same kind are not duplicates of this one, and why.

    Doing so again changes nothing, but for a reason where there was none.
    """
    kind = type_key(record)
    pairs = {tuple(sorted((record.pk, other.pk))) for other in others if other.pk != record.pk}
    at = clock.now()
    DistinctPair.objects.bulk_create(
        [
            DistinctPair(
                record_type=kind or "", first_id=first, second_id=second, by=account_of(by), at=at, reason=reason
            )
            for first, second in sorted(pairs)
        ],
        ignore_conflicts=True,
    )
    if reason:
        marked = _pairs_of(kind or "", [record.pk]).filter(reason="")
        marked.filter(_in_pairs(pairs)).update(reason=reason, by=account_of(by), at=at)


def distinct_from(kind: str, pks: Sequence[int], *, with_reason: bool = False) -> dict[int, set[int]]:
    """Primary key → those of its records known not to be duplicates. One query; none when `pks` is empty.

    `with_reason`: only those for which someone gave a reason.
    """
    found: dict = {}
    pairs = _pairs_of(kind, pks).exclude(reason="") if with_reason else _pairs_of(kind, pks)
    for first, second in pairs.values_list("first_id", "second_id") if pks else ():
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def delete_pairs(kind: str, pks: Sequence[int]) -> None:
    """Delete the pairs of records that are deleted."""
    _pairs_of(kind, pks).delete()


@transaction.atomic
def mark_as_distinct(*, one: Organization, other: Organization, by: Author) -> None:
    """Mark the two as not duplicates. Raises NotAllowed, or ValidationError when both are the same record."""
    require(may_write_organization(by, one) or may_write_organization(by, other))
    if one.pk == other.pk:
        raise ValidationError(gettext("These are the same record. Choose two different ones."))
    mark_distinct(one, [other], by=by)


@transaction.atomic
def unmark_as_distinct(*, one: Organization, other: Organization, by: Author) -> None:
    """Remove the mark, so that the two can be suggested as duplicates again. Raises NotAllowed."""
    require(may_write_organization(by, one) or may_write_organization(by, other))
    first, second = sorted((one.pk, other.pk))
    DistinctPair.objects.filter(record_type=type_key(one), first_id=first, second_id=second).delete()


def marked_by(person: Person) -> list[tuple]:
    """The pairs of organizations that this person marked last, as long as they still see both. Two queries."""
    pairs = DistinctPair.objects.filter(by=person, record_type=type_key(Organization))
    latest = list(pairs.order_by("-at", "-pk").values_list("first_id", "second_id")[:LATEST])
    seen = organizations_visible_to(person).in_bulk([pk for pair in latest for pk in pair])
    return [(seen[one], seen[other]) for one, other in latest if one in seen and other in seen]


def _in_pairs(pairs: Iterable[tuple[int, ...]]) -> Q:
    found = Q(pk__in=())
    for first, second in pairs:
        found |= Q(first_id=first, second_id=second)
    return found


def _pairs_of(kind: str, pks: Sequence[int]) -> QuerySet[DistinctPair]:
    return DistinctPair.objects.filter(Q(first_id__in=pks) | Q(second_id__in=pks), record_type=kind)
