"""Reads action items: the list, one with its log, those of a partnership, and those of a person."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.accounts.rules import memberships_visible_to
from partnerships.core import listing
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    get_or_not_found,
    is_staff,
    jurisdictions_read_by,
    prepared_list,
)
from partnerships.core.errors import NotFound
from partnerships.core.listing import Ordering
from partnerships.core.prepared import Placeholder
from partnerships.core.types import Params
from partnerships.directory.models import BODIES
from partnerships.measurement.models import Activity
from partnerships.measurement.rules import activities_visible_to
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.filters import ActionFilter
from partnerships.meetings.models import Action, ActionNote
from partnerships.meetings.rules import actions_visible_to, is_owned_by, meetings_without_link_shown
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership
from partnerships.registry.rules import own_partnership_ids, parties_visible_to
from partnerships.registry.seats import NAMED

ORDERINGS = {
    "due": Ordering("due_on", _("Due date"), nullable=True),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}
_SHOWN = ("partnership__lead", "owner_person", *(f"owner_party__{body}" for body in BODIES))


def action_list(
    person: Viewer, params: Params, *, default: str = "due", allow: Collection[str] = ()
) -> listing.Listing:
    """The action items that the person may see, filtered by these parameters (a QueryDict).

    Raises NotFound for people without memberships, who have no such list.
    """
    if not belongs_somewhere(person):
        raise NotFound
    return actions_seen(person, params, default=default, allow=allow)


def actions_seen(
    person: Viewer, params: Params, *, default: str = "due", allow: Collection[str] = ()
) -> listing.Listing:
    """`action_list` without NotFound: an empty list for a reader who may see none."""
    return listing.make_listing(
        ActionFilter,
        shown_actions(person),
        params,
        person=person,
        orderings=ORDERINGS,
        default=default,
        resource="",
        is_staff=is_staff(person),
        allow=allow,
    )


def action(person: Viewer, public_id: str) -> Action:
    """One action item. Raises NotFound or MistypedId."""
    rows = shown_actions(person).select_related("meeting", "decision", "check_in")
    return get_or_not_found(rows, public_id)


def actions_of(person: Viewer, partnership: Partnership, *, most: int = 20) -> list[Action]:
    """The open action items of a partnership that the person may see, soonest due first."""
    if not belongs_somewhere(person):
        return []
    return _open_actions(person, most, partnership=partnership.pk)


@prepared_list
def _open_actions(person: Viewer, most: int) -> QuerySet[Action]:
    rows = _with_activity(person).filter(partnership=Placeholder("partnership"), status=ActionStatus.OPEN)
    return _by_day(rows)[:most]


def actions_of_activity(person: Viewer, activity: Activity, *, most: int = 100) -> list[Action]:
    """The action items of an activity that the person may see, open or not, soonest due first."""
    if not belongs_somewhere(person):
        return []
    return list(_by_day(_with_activity(person).filter(activity=activity))[:most])


def open_actions_of(person: Viewer, *, most: int = 100) -> list[Action]:
    """The open action items of the person, or of their offices and organizations, in partnerships that haven't ended.

    Soonest due first.
    """
    rows = _with_activity(person).filter(is_owned_by(person), status=ActionStatus.OPEN)
    return list(_by_day(rows.exclude(partnership__status=Status.ENDED))[:most])


def actions_due(person: Viewer, *, until: date, most: int) -> list[Action]:
    """The open action items due by this day of the partnerships that the person's offices lead, and those that the
    person, an office or an organization of theirs owns. Soonest due first.
    """
    return _actions_due(person, most, until=until)


@prepared_list
def _actions_due(person: Viewer, most: int) -> QuerySet[Action]:
    led = Q(partnership__lead__in=jurisdictions_read_by(person))
    rows = _with_owner(person).filter(led | is_owned_by(person), status=ActionStatus.OPEN)
    return _by_day(rows.filter(due_on__lte=Placeholder("until")).exclude(partnership__status=Status.ENDED))[:most]


def actions_done(person: Viewer, *, since: date, most: int) -> list[Action]:
    """The action items done since this day in partnerships that the person takes part in, latest first."""
    own = own_partnership_ids(person)
    rows = actions_visible_to(person).filter(partnership__in=own, status=ActionStatus.DONE, done_on__gte=since)
    return list(rows.select_related("partnership").order_by("-done_on", "-pk")[:most])


def shown_actions(person: Viewer) -> QuerySet[Action]:
    """The action items that the person may see, with their owners.

    `sees_party`, `sees_activity` and `sees_meeting`: whether the person may know of the owning party, of the activity and
    of the meeting.
    """
    meeting = meetings_without_link_shown(person).filter(pk=OuterRef("meeting"))
    return _with_activity(person).annotate(**{"sees_meeting": Exists(meeting)})


def _with_activity(person: Viewer) -> QuerySet[Action]:
    """`shown_actions` without `sees_meeting`: lists of action items don't name the meeting."""
    activity = activities_visible_to(person).filter(pk=OuterRef("activity"))
    return _with_owner(person).select_related("activity").annotate(**{"sees_activity": Exists(activity)})


def _with_owner(person: Viewer) -> QuerySet[Action]:
    """`shown_actions` with `sees_party` alone: the home page of an office names neither meeting nor activity."""
    party = parties_visible_to(person).filter(pk=OuterRef("owner_party"))
    return actions_visible_to(person).select_related(*_SHOWN).annotate(sees_party=Exists(party))


def _by_day(rows: QuerySet[Action]) -> QuerySet[Action]:
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def log_of(action: Action) -> list[ActionNote]:
    return list(action.log.select_related("by"))


def who_may_own(person: Viewer, action: Action) -> tuple[list, list]:
    """(parties, people) that the lead's staff can assign an action item to.

    The parties are those at the table; the people those there whose memberships they see. The current owner is always
    included.
    """
    seats = parties_visible_to(person).filter(partnership=action.partnership).filter(NAMED)
    parties = list(seats.select_related(*BODIES))
    seated = Q(jurisdiction=action.partnership.lead_id)
    for name in BODIES:
        seated |= Q(**{f"{name}__in": [getattr(p, f"{name}_id") for p in parties if getattr(p, f"{name}_id")]})
    memberships = memberships_visible_to(person).filter(seated, person__is_active=True)
    seen = Q(pk__in=memberships.order_by().values("person")) | Q(pk=action.owner_person_id)
    return parties, list(Person.objects.filter(seen).order_by("name", "pk"))
