"""Which network a person may see. Everyone sees connections of what is public; scores are for those who belong somewhere."""

from django.db.models import Q, QuerySet

from partnerships.core.access import Viewer, belongs_somewhere, is_staff
from partnerships.registry import seats
from partnerships.registry.choices import Kind
from partnerships.registry.models import Party
from partnerships.registry.rules import PUBLIC_PARTY, parties_visible_to, seated_partnership_ids


def may_see_scores(person: Viewer) -> bool:
    """Whether the person has any membership. Others see today's connections, without scores and without how closely
    partners say they work together.
    """
    return belongs_somewhere(person)


def network_visible_to(person: Viewer, *, with_scores: bool = False) -> QuerySet[Party]:
    """The parties of the network: all that the person may see. Of outside organizing, only parties that are public after
    their own yes, for every reader.

    `with_scores`: those whose scores they may see. Staff see them of all; users of other organizations, of partnerships in
    which their own organization holds a seat today.
    """
    rows = parties_visible_to(person).filter(seats.NAMED)
    rows = rows.filter(~Q(partnership__kind=Kind.ORGANIZING) | PUBLIC_PARTY)
    if not with_scores or is_staff(person):
        return rows
    return rows.filter(partnership__in=seated_partnership_ids(person))
