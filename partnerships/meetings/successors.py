"""Meetings, check-ins, action items and calendar links of someone who leaves.

What they have for another office or organization that they belong to stays theirs.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import LABELS, WHY, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM, Viewer, is_administrator
from partnerships.core.models import type_key
from partnerships.directory.models import body_key
from partnerships.meetings.action_items import save_action
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.choices import ActionStatus
from partnerships.meetings.contact_changes import who_takes_over
from partnerships.meetings.meetings import save_meeting
from partnerships.meetings.models import Action, CalendarFeed, CheckInPlan, Meeting, Participant
from partnerships.meetings.rules import (
    TAKES_PLACE,
    actions_visible_to,
    check_in_plans_visible_to,
    meetings_visible_to,
)
from partnerships.registry.models import Partnership, Party
from partnerships.registry.representatives import belongs_to
from partnerships.registry.rules import partnerships_visible_to
from partnerships.registry.seats import at_table

LABELS |= {
    "meetings": _("Upcoming meetings"),
    "check_ins": _("Check-ins"),
    "actions": _("Open action items"),
    "calendars": _("Calendar links"),
}


def _is_for_body(departure: Departure, party: Party | None, partnership: Partnership) -> bool:
    """Whether someone has something for the office or organization that they leave: for its partner, or because they
    belong to the partnership through nothing else.
    """
    if party is not None:
        return body_key(party) == (type_key(departure.body), departure.body.pk)
    leaver = departure.leaver
    return not isinstance(leaver, Person) or not belongs_to(leaver, partnership, clock.today(), without=departure.body)


def _seats(departure: Departure) -> list[Participant]:
    meetings = Meeting.objects.filter(TAKES_PLACE, starts_at__gt=clock.now())
    rows = Participant.objects.filter(meeting__in=meetings, **departure.of_leaver)
    rows = rows.select_related("meeting__partnership", "meeting__series", "party").order_by("meeting__starts_at", "pk")
    return [seat for seat in rows if _is_for_body(departure, seat.party, seat.meeting.partnership)]


def _plans(departure: Departure) -> list[CheckInPlan]:
    """The check-ins that they answer, or whose relationship holder they are."""
    theirs = Q(**departure.of_leaver)
    if isinstance(departure.leaver, Person):
        theirs |= Q(holder=departure.leaver)
    rows = CheckInPlan.objects.filter(theirs, is_active=True)
    rows = rows.select_related("partnership__lead", "party", "person", "contact", "holder").order_by("pk")
    return [
        plan
        for plan in rows
        if _is_for_body(departure, None if departure.leaver == plan.holder else plan.party, plan.partnership)
    ]


def _actions(departure: Departure) -> list[Action]:
    if not isinstance(departure.leaver, Person):
        return []
    rows = Action.objects.filter(owner_person=departure.leaver, status=ActionStatus.OPEN)
    rows = rows.select_related("partnership", "owner_party").order_by("pk")
    return [action for action in rows if _is_for_body(departure, action.owner_party, action.partnership)]


@list_holdings.register
def list_meetings(departure: Departure, found: list[Holding]) -> None:
    seats = _seats(departure)
    seen = departure.seen(Meeting.objects.filter(pk__in=[seat.meeting_id for seat in seats]), meetings_visible_to)
    items = [(f"{one.title}, {one.partnership}", one.get_absolute_url()) for one in seen.select_related("partnership")]
    if items and departure.successor:
        note = gettext("%(who)s gets the invitations and reminders.") % {"who": departure.successor}
        found.append(Holding("meetings", Outcome.PASSES, items, note))
    elif items:
        found.append(Holding("meetings", Outcome.ENDS, items, gettext("They’re no longer invited.")))


@list_holdings.register
def list_check_ins(departure: Departure, found: list[Holding]) -> None:
    plans = CheckInPlan.objects.filter(pk__in=[plan.pk for plan in _plans(departure)])
    rows = departure.seen(plans, _plans_seen).select_related("partnership").order_by("pk")
    if items := [(str(plan.partnership), plan.partnership.get_absolute_url()) for plan in rows]:
        note = gettext("Without someone who follows, the lead agency answers them.")
        if departure.successor:
            note = gettext("%(who)s answers them from now on.") % {"who": departure.successor}
        found.append(Holding("check_ins", Outcome.PASSES if departure.successor else Outcome.ENDS, items, note))


def _plans_seen(person: Viewer) -> QuerySet[CheckInPlan]:
    """Those of partnerships that the person may see: its own page says who answers."""
    ids = check_in_plans_visible_to(person).values("pk")
    return CheckInPlan.objects.filter(Q(pk__in=ids) | Q(partnership__in=partnerships_visible_to(person)))


@list_holdings.register
def list_actions(departure: Departure, found: list[Holding]) -> None:
    rows = {action.pk: action for action in _actions(departure)}
    seen = departure.seen(Action.objects.filter(pk__in=rows), actions_visible_to).values_list("pk", flat=True)
    items: dict[tuple[Outcome, str], list] = {}
    for pk in sorted(seen):
        action = rows[pk]
        items.setdefault(_outcome(departure, action), []).append((action.title, action.get_absolute_url()))
    found += [Holding("actions", outcome, rows, note) for (outcome, note), rows in items.items()]


def _outcome(departure: Departure, action: Action) -> tuple[Outcome, str]:
    if departure.person:
        return Outcome.PASSES, gettext("%(who)s is responsible from now on.") % {"who": departure.person}
    if _party_of(departure, action):
        return Outcome.ENDS, gettext("%(body)s stays responsible, without a name.") % {"body": departure.body}
    return Outcome.STAYS, gettext("Only someone with an account can take these over. Change who is responsible.")


def _party_of(departure: Departure, action: Action) -> Party | None:
    """The partner that stays responsible: the item's own, or that of the office or organization."""
    rows = Party.objects.filter(at_table(), partnership=action.partnership_id, **departure.body_field)
    return action.owner_party or rows.order_by("pk").first()


@list_holdings.register
def list_calendars(departure: Departure, found: list[Holding]) -> None:
    if isinstance(departure.leaver, Person):
        note = gettext(
            "Any calendar links of theirs show only what they may still see. If this is their last role, the links end. "
            "This can’t be undone."
        )
        found.append(Holding("calendars", Outcome.ENDS, note=note))


@pass_on.register
def pass_meetings(departure: Departure) -> None:
    """Each series is one email to who follows, as when it is planned."""
    informed: dict[int, set] = {}
    for seat in _seats(departure):
        meeting = seat.meeting
        others = meeting.participants.exclude(pk=seat.pk)
        rows: list[dict] = [{"id": pk} for pk in others.values_list("pk", flat=True)]
        follower = {name: someone for name, someone in departure.of_successor.items() if someone}
        if follower and not seat.has_lost_party and not others.filter(**follower).exists():
            rows.append({**follower, "party": seat.party})
        of_series = informed.setdefault(meeting.series_id, set()) if meeting.series_id else None
        save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=rows, why=WHY, already_informed=of_series)


@pass_on.register
def pass_check_ins(departure: Departure) -> None:
    leaver = departure.leaver
    for plan in _plans(departure):
        fields: dict = {}
        if leaver in (plan.person, plan.contact):
            fields = departure.of_successor
            if departure.successor is None:
                fields["person"] = who_takes_over(plan, leaver if isinstance(leaver, Person) else None)
        if leaver == plan.holder:
            fields["holder"] = departure.person
        if departure.successor or fields.get("person") or "holder" in fields:
            save_check_in_plan(checkinplan=plan, by=SYSTEM, fields=fields, why=WHY)


@pass_on.register
def pass_actions(departure: Departure) -> None:
    for action in _actions(departure):
        if departure.person or _party_of(departure, action):
            party = action.owner_party if departure.person else _party_of(departure, action)
            fields = {"owner_person": departure.person, "owner_party": party}
            save_action(action=action, by=SYSTEM, fields=fields, why=WHY)


@pass_on.register
def end_calendars(departure: Departure) -> None:
    leaver = departure.leaver
    if not isinstance(leaver, Person) or is_administrator(leaver):
        return
    if not leaver.memberships.exclude(**departure.body_field).exists():
        CalendarFeed.objects.filter(person=leaver, revoked_at=None).update(revoked_at=clock.now())
