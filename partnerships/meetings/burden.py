"""How much is already asked of the organizations in a partnership, and what else they have at the time of a meeting.

Counted only from what the person may see, so the real number can be higher, but never lower.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import Viewer, is_administrator, jurisdictions_read_by
from partnerships.directory.models import Organization
from partnerships.meetings.choices import ActionStatus, MeetingStatus
from partnerships.meetings.models import Meeting
from partnerships.meetings.rules import actions_visible_to, check_in_plans_visible_to, meetings_visible_to
from partnerships.registry.choices import Role, Status
from partnerships.registry.models import Confirmation, Partnership, PartyRole
from partnerships.registry.rules import parties_visible_to

SOON, LATER = 30, 90  # days
CHECK_IN_HOURS = Decimal("0.5")
MONTHS = LATER // 30


@dataclass
class OrganizationLoad:
    """What is asked of one organization.

    `hours`: in the next LATER days, from the length of meetings, half an hour per check-in, and the backbone hours of
    three months. `by`: the names of the jurisdictions that ask.
    """

    organization: object
    asks: int = 0
    check_ins: int = 0
    meetings_soon: int = 0
    meetings_later: int = 0
    hours: Decimal = Decimal(0)
    by: set[str] = field(default_factory=set)

    @property
    def names(self) -> list[str]:
        return sorted(self.by)


def load_of(person: Person, partnership: Partnership) -> list[OrganizationLoad]:
    """What is already asked of each organization of the partnership, in the order of its parties."""
    rows = _seats(person, partnership)
    loads = {
        party.organization_id: OrganizationLoad(party.organization)
        for party in rows
        if party.partnership_id == partnership.pk
    }
    return _loads(person, rows, loads)


def load_of_organization(person: Person, organization: Organization) -> OrganizationLoad:
    """What is asked of one organization, in all partnerships that the person may see."""
    rows = _with_waiting(person, parties_visible_to(person).filter(organization=organization))
    (load,) = _loads(person, list(rows), {organization.pk: OrganizationLoad(organization)})
    return load


def _loads(person: Person, rows: list[Any], loads: dict[int, OrganizationLoad]) -> list[OrganizationLoad]:
    now = clock.now()
    seats = [party for party in rows if party.partnership.status != Status.ENDED]
    of_party = {party.pk: loads[party.organization_id] for party in seats}
    sits_in: dict[int, list] = {}
    for party in seats:
        sits_in.setdefault(party.partnership_id, []).append(loads[party.organization_id])
    lead_names = {party.partnership_id: party.partnership.lead.name for party in seats}

    def add(load: OrganizationLoad, partnership_id: int) -> OrganizationLoad:
        load.by.add(lead_names[partnership_id])
        return load

    for party in seats:
        if party.is_waited_for:
            add(of_party[party.pk], party.partnership_id).asks += 1
    actions = actions_visible_to(person).filter(owner_party__in=of_party, status=ActionStatus.OPEN)
    for party_id, partnership_id in actions.values_list("owner_party", "partnership"):
        add(of_party[party_id], partnership_id).asks += 1
    for meeting in _meetings(person, sits_in, now):
        for load in sits_in[meeting.partnership_id]:
            load.meetings_soon += meeting.starts_at <= now + timedelta(days=SOON)
            add(load, meeting.partnership_id).meetings_later += 1
            load.hours += Decimal(meeting.minutes_long) / 60
    _add_check_ins(person, loads, lead_names, add)
    roles = PartyRole.objects.filter(party__in=of_party, role=Role.BACKBONE, hours_per_month__isnull=False)
    for party_id, partnership_id, hours in roles.values_list("party", "party__partnership", "hours_per_month"):
        add(of_party[party_id], partnership_id).hours += MONTHS * (hours or 0)
    return list(loads.values())


def _seats(person: Person, partnership: Partnership) -> list:
    """The seats of this partnership's organizations, here and in partnerships that haven't ended; those here first."""
    visible = parties_visible_to(person)
    here = visible.filter(partnership=partnership, organization__isnull=False)
    rows = visible.filter(organization__in=here.values("organization"))
    rows = rows.filter(Q(partnership=partnership) | ~Q(partnership__status=Status.ENDED))
    return sorted(_with_waiting(person, rows), key=lambda party: party.partnership_id != partnership.pk)


def _with_waiting(person: Person, seats: QuerySet) -> QuerySet:
    """The seats, each with whether an answer about the record is waited for (`is_waited_for`)."""
    answered = Confirmation.objects.filter(party=OuterRef("pk"), at__date__gte=OuterRef("confirm_asked_on"))
    whole = Q() if is_administrator(person) else Q(partnership__lead__in=jurisdictions_read_by(person))
    rows = seats.annotate(is_waited_for=Q(confirm_asked_on__isnull=False) & whole & ~Exists(answered))
    return rows.select_related("organization", "partnership__lead").order_by("position", "pk")


def _meetings(person: Person, partnership_ids: dict[int, list[OrganizationLoad]], now: datetime) -> QuerySet[Meeting]:
    rows = meetings_visible_to(person).filter(partnership__in=partnership_ids, status=MeetingStatus.PLANNED)
    rows = rows.filter(starts_at__gt=now, starts_at__lte=now + timedelta(days=LATER))
    return rows.only("partnership_id", "starts_at", "minutes_long")


def _add_check_ins(
    person: Person, loads: dict[int, OrganizationLoad], lead_names: dict[int, str], add: Callable
) -> None:
    """Add the check-ins of the next LATER days to the loads (organization → its load).

    `lead_names` has the partnerships that count; `add(load, partnership)` returns the load after it noted who asks.
    """
    rows = check_in_plans_visible_to(person).filter(
        is_active=True, next_due_on__lte=clock.today() + timedelta(days=LATER)
    )
    rows = rows.filter(
        Q(party__organization__in=loads) | Q(contact__organization__in=loads), partnership__in=lead_names
    )
    rows = rows.annotate(of_party=F("party__organization"), of_contact=F("contact__organization"))
    soon = clock.today() + timedelta(days=SOON)
    for plan in rows:
        load = add(loads[plan.of_party if plan.of_party in loads else plan.of_contact], plan.partnership_id)
        load.check_ins += plan.next_due_on <= soon
        load.hours += CHECK_IN_HOURS


def overlapping_meetings(
    person: Viewer, partnership: Partnership, times: list[tuple[datetime, int]], *, leave_out: Collection[int] = ()
) -> list[Meeting]:
    """Other meetings of the partnership, its departments and its organizations that overlap one of these (start,
    minutes).
    """
    if not times:
        return []
    visible = parties_visible_to(person)
    here, same = visible.filter(partnership=partnership), Q(partnership=partnership)
    for body in ("department", "organization"):  # a whole jurisdiction has many meetings at the same time
        of_here = here.filter(**{f"{body}__isnull": False}).values(body)
        same |= Q(partnership__in=visible.filter(**{f"{body}__in": of_here}).values("partnership"))
    day, starts = timedelta(days=1), [start for start, _ in times]
    rows = meetings_visible_to(person).filter(same, status=MeetingStatus.PLANNED)
    rows = rows.filter(starts_at__gt=min(starts) - day, starts_at__lt=max(starts) + day).exclude(pk__in=leave_out)
    return [
        other
        for other in rows.select_related("partnership").order_by("starts_at", "pk")
        if any(_overlap(other, start, minutes) for start, minutes in times)
    ]


def _overlap(other: Meeting, start: datetime, minutes: int) -> bool:
    other_end = other.starts_at + timedelta(minutes=other.minutes_long)
    return other.starts_at < start + timedelta(minutes=minutes) and start < other_end
