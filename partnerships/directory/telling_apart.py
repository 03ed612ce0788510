"""Saying of two organizations that they are not the same, and taking it back: whoever may write one of them."""

from django.db import transaction

from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.directory.apart import forget_pair, tell_apart
from partnerships.directory.models import DistinctPair, Organization
from partnerships.directory.rules import may_write_organization, organizations_visible_to

LATEST = 5


@transaction.atomic
def say_apart(*, one, other, by) -> None:
    """Raises NotAllowed, or ValidationError for one record alone."""
    require(may_write_organization(by, one) or may_write_organization(by, other))
    if one.pk == other.pk:
        raise ValidationError("These are one record. Pick two.")
    tell_apart(one, [other], by=by)


@transaction.atomic
def take_back(*, one, other, by) -> None:
    """From now on the two may be taken for the same again. Raises NotAllowed."""
    require(may_write_organization(by, one) or may_write_organization(by, other))
    forget_pair(one, other)


def told_by(person) -> list[tuple]:
    """The pairs of organizations that this person told apart last, as far as she still sees both. Two queries."""
    pairs = DistinctPair.objects.filter(by=person, record_type=Organization._meta.model_name)
    latest = list(pairs.order_by("-at", "-pk").values_list("first_id", "second_id")[:LATEST])
    seen = organizations_visible_to(person).in_bulk([pk for pair in latest for pk in pair])
    return [(seen[one], seen[other]) for one, other in latest if one in seen and other in seen]
