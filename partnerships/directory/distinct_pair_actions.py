"""Marks two organizations as “not duplicates”, and undoes it. Anyone who may edit one of the two can do so."""

from django.db import transaction

from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.directory.distinct_pairs import delete_pair, mark_distinct
from partnerships.directory.models import DistinctPair, Organization
from partnerships.directory.rules import may_write_organization, organizations_visible_to

LATEST = 5


@transaction.atomic
def mark_as_distinct(*, one, other, by) -> None:
    """Mark the two as not duplicates. Raises NotAllowed, or ValidationError when both are the same record."""
    require(may_write_organization(by, one) or may_write_organization(by, other))
    if one.pk == other.pk:
        raise ValidationError("These are one record. Pick two.")
    mark_distinct(one, [other], by=by)


@transaction.atomic
def unmark(*, one, other, by) -> None:
    """Remove the mark, so that the two can be suggested as duplicates again. Raises NotAllowed."""
    require(may_write_organization(by, one) or may_write_organization(by, other))
    delete_pair(one, other)


def marked_by(person) -> list[tuple]:
    """The pairs of organizations that this person marked last, as long as they still see both. Two queries."""
    pairs = DistinctPair.objects.filter(by=person, record_type=Organization._meta.model_name)
    latest = list(pairs.order_by("-at", "-pk").values_list("first_id", "second_id")[:LATEST])
    seen = organizations_visible_to(person).in_bulk([pk for pair in latest for pk in pair])
    return [(seen[one], seen[other]) for one, other in latest if one in seen and other in seen]
