"""Whose network a person may see. It is never public."""

from django.db.models import Q

from partnerships.core.access import belongs_somewhere, is_staff
from partnerships.registry import seats
from partnerships.registry.choices import Kind
from partnerships.registry.rules import PUBLIC_PARTY, parties_visible_to, seats_held_by


def may_see_networks(person) -> bool:
    """Whoever belongs to a body. What is in it is `network_visible_to`."""
    return belongs_somewhere(person)


def network_visible_to(person):
    """The parties that make up the network: for staff all that they may see, for the people of other bodies those at the
    tables where a body of theirs sits today. Of outside organizing only whom everyone sees, by its own yes, whoever asks.
    """
    rows = parties_visible_to(person).filter(seats.NAMED)
    rows = rows.filter(~Q(partnership__kind=Kind.ORGANIZING) | PUBLIC_PARTY)
    if is_staff(person):
        return rows
    if not belongs_somewhere(person):
        return rows.none()
    return rows.filter(partnership__in=seats_held_by(person).values("partnership"))
