"""Reads interactions: the list, one of them, the last ones with someone, and follow-ups that are due."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Membership, Person
from partnerships.core import listing
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    get_or_not_found,
    is_staff,
    jurisdictions_written_by,
)
from partnerships.core.errors import NotFound
from partnerships.core.listing import Ordering
from partnerships.core.models import type_key
from partnerships.core.types import Params
from partnerships.directory.models import BODIES, Body, Jurisdiction
from partnerships.directory.rules import contacts_visible_to
from partnerships.interactions.filters import InteractionFilter
from partnerships.interactions.models import Interaction
from partnerships.interactions.rules import interactions_visible_to, open_follow_ups
from partnerships.registry.models import Partnership
from partnerships.registry.rules import partnerships_visible_to

ORDERINGS = {
    "date": Ordering("date", _("Date")),
    "follow_up": Ordering("follow_up_on", _("Follow-up"), nullable=True),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}


def interaction_list(
    person: Viewer, params: Params, *, default: str = "-date", allow: Collection[str] = ()
) -> listing.Listing:
    """The interactions that the person may see, filtered by these parameters (a QueryDict).

    Raises NotFound for people without memberships, who have no such list.
    """
    if not belongs_somewhere(person):
        raise NotFound
    return interactions_seen(person, params, default=default, allow=allow)


def interactions_seen(
    person: Viewer, params: Params, *, default: str = "-date", allow: Collection[str] = ()
) -> listing.Listing:
    """`interaction_list` without NotFound: an empty list for a reader who may see none."""
    return listing.make_listing(
        InteractionFilter, shown_interactions(person), params, person=person, orderings=ORDERINGS, default=default,
        resource="", is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def interaction(person: Viewer, public_id: str) -> Interaction:
    """One interaction. Raises NotFound or MistypedId."""
    return get_or_not_found(shown_interactions(person), public_id)


def shown_interactions(person: Viewer) -> QuerySet[Interaction]:
    """The interactions that the person may see, with those of their contacts and partnerships that they may see."""
    return (
        interactions_visible_to(person)
        .select_related("office", *BODIES, "department__jurisdiction", "follow_up_by", "logged_by")
        .prefetch_related(
            Prefetch("contacts", contacts_visible_to(person), to_attr="contacts_seen"),
            Prefetch("partnerships", partnerships_visible_to(person), to_attr="partnerships_seen"),
            "staff",
        )
    )


def latest_about(person: Viewer, partnership: Partnership, *, most: int = 3) -> list[Interaction]:
    """The last interactions about this partnership, latest first."""
    if not belongs_somewhere(person):
        return []
    about = Interaction.partnerships.through.objects.filter(partnership=partnership)
    rows = shown_interactions(person).filter(pk__in=about.values("interaction"))
    return list(rows.order_by("-date", "-pk")[:most])


def follow_ups_due(person: Viewer, *, until: date, most: int) -> list[Interaction]:
    """The open follow-ups due by this day that are the person's or no one's, soonest first."""
    rows = interactions_visible_to(person).filter(open_follow_ups(person, is_mine=True), follow_up_on__lte=until)
    return list(rows.select_related(*BODIES, "follow_up_by").order_by("follow_up_on", "pk")[:most])


def offices_to_log_for(person: Viewer) -> list[Jurisdiction]:
    """The offices for which the person can log interactions, by name."""
    return list(Jurisdiction.objects.filter(pk__in=jurisdictions_written_by(person)).order_by("name", "pk"))


def people_of(office: Jurisdiction, among: Collection[int] | None = None) -> QuerySet[Person]:
    """The people with an account who work in an office or in one of its departments, by name. `among`: of these ids."""
    rows = Membership.objects.filter(Q(jurisdiction=office) | Q(department__jurisdiction=office))
    people = Person.objects.filter(pk__in=rows.order_by().values("person"), is_active=True)
    return (people if among is None else people.filter(pk__in=among)).order_by("name", "pk")


def partnerships_with(person: Viewer, body: Body, *, most: int = 100) -> list[Partnership]:
    """The partnerships in which this organization, department or jurisdiction takes part and that the person may see."""
    taking_part: dict[str, Any] = {f"parties__{type_key(body)}": body}
    rows = partnerships_visible_to(person).filter(**taking_part).distinct()
    return list(rows.order_by("title", "pk")[:most])
