"""Reads meetings, check-ins and calendar feeds."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.accounts.rules import memberships_visible_to
from partnerships.accounts.token_queries import digest_of
from partnerships.core import clock, listing
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    get_or_not_found,
    is_staff,
    jurisdictions_read_by,
    jurisdictions_written_by,
    prepared_list,
)
from partnerships.core.errors import NotFound
from partnerships.core.ids import primary_key
from partnerships.core.listing import Ordering
from partnerships.core.prepared import Placeholder
from partnerships.core.types import Params
from partnerships.directory.models import BODIES, Organization, body_key, in_bodies
from partnerships.directory.queries import contacts_with_address
from partnerships.meetings.choices import AttendanceReply, MeetingStatus
from partnerships.meetings.filters import CheckInPlanFilter, MeetingFilter
from partnerships.meetings.models import (
    AgendaItem,
    CalendarFeed,
    CheckIn,
    CheckInPlan,
    Meeting,
    MeetingSeries,
    Participant,
)
from partnerships.meetings.rules import (
    TAKES_PLACE,
    actions_visible_to,
    answers_check_in,
    check_in_plans_visible_to,
    meetings_visible_to,
    meetings_without_link_shown,
    notes_visible_to,
    with_link_shown,
)
from partnerships.registry.choices import Status
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import (
    may_read_all,
    own_partnership_ids,
    parties_visible_to,
    partnerships_visible_to,
    seats_held_by,
)
from partnerships.registry.seats import at_table, is_at_table

NOTES_DAYS = 30  # after a meeting, in which the home page asks for its notes

MEETING_ORDERINGS = {
    "starts": Ordering("starts_at", _("Date")),
    "updated": Ordering("updated_at", _("Last changed")),
    "id": Ordering("pk", _("Oldest record")),
}
CHECK_IN_ORDERINGS = {"due": Ordering("next_due_on", _("Due date")), "id": Ordering("pk", _("Oldest record"))}


def meeting_list(
    person: Viewer, params: Params, *, default: str = "starts", allow: Collection[str] = ()
) -> listing.Listing:
    """The meetings that the person may see, filtered by these parameters (a QueryDict), with partnership and agenda."""
    visible = meetings_visible_to(person)
    return listing.make_listing(
        MeetingFilter,
        visible.select_related("partnership").prefetch_related("agenda"),
        params,
        person=person,
        orderings=MEETING_ORDERINGS,
        default=default,
        resource="meeting",
        drafts=visible.values("pk") if is_staff(person) else None,
        is_staff=is_staff(person),
        allow=allow,
    )


def meeting(person: Viewer, public_id: str) -> Meeting:
    """One meeting with its partnership and agenda. Raises NotFound or MistypedId."""
    rows = meetings_visible_to(person).select_related("partnership", "series").prefetch_related("agenda")
    return get_or_not_found(rows, public_id)


def parties_seen(person: Viewer, partnership: Partnership) -> dict:
    """The parties of the partnership that the person may see, in order: primary key → party."""
    rows = parties_visible_to(person).filter(partnership=partnership).select_related(*BODIES)
    return {party.pk: party for party in rows}


def agenda_seen(person: Viewer, meeting: Meeting) -> list[tuple[AgendaItem, Party | None]]:
    """The items of the agenda, each with the party that presents it if the person may see that party."""
    items = list(meeting.agenda.all())
    parties = parties_seen(person, meeting.partnership) if any(item.owner_id for item in items) else {}
    return [(item, parties.get(item.owner_id)) for item in items]


def outcome_of(person: Viewer, meeting: Meeting, parties: dict) -> dict | None:
    """The outcome of a meeting for people who may read it; otherwise None. `parties`: those that the person may see.

    The dict has attendance (party, came, people), decisions (decision, decided_by, could_block) and actions (each with
    `sees_party`).
    """
    if meeting.closed_at is None or not notes_visible_to(person).filter(pk=meeting.pk).exists():
        return None
    rows = meeting.attendance.values_list("party", "came", "people")
    decisions = meeting.decisions.prefetch_related("decided_by", "could_block")
    actions = actions_visible_to(person).filter(meeting=meeting)
    actions = list(actions.select_related("owner_person", *(f"owner_party__{entity}" for entity in BODIES)))
    for action in actions:
        action.sees_party = action.owner_party_id in parties
    return {
        "attendance": [(parties[pk], came, people) for pk, came, people in rows if pk in parties],
        "decisions": [
            (
                decision,
                [parties[party.pk] for party in decision.decided_by.all() if party.pk in parties],
                [parties[party.pk] for party in decision.could_block.all() if party.pk in parties],
            )
            for decision in decisions
        ],
        "actions": actions,
    }


def meetings_around(person: Viewer, partnership: Partnership, *, most: int = 5) -> tuple[list[Meeting], list[Meeting]]:
    """The partnership's next and last meetings that the person may see: (coming, soonest first; past, latest first)."""
    rows = meetings_without_link_shown(person).filter(partnership=partnership)
    ahead = rows.filter(starts_at__gte=clock.now()).order_by("starts_at", "pk")
    past = rows.filter(starts_at__lt=clock.now()).order_by("-starts_at", "-pk")
    return list(ahead[:most]), list(past[:most])


def next_meetings(person: Viewer, partnership: Partnership, *, most: int) -> list[Meeting]:
    """The partnership's next meetings that the person may see and that take place, soonest first."""
    return _next_meetings(person, most, partnership=partnership.pk, now=clock.now())


@prepared_list
def _next_meetings(person: Viewer, most: int) -> QuerySet[Meeting]:
    rows = meetings_without_link_shown(person).filter(TAKES_PLACE, partnership=Placeholder("partnership"))
    return rows.filter(starts_at__gte=Placeholder("now")).order_by("starts_at", "pk")[:most]


def meetings_ahead_of(person: Viewer, organization: Organization, *, most: int = 5) -> list:
    """The next meetings of the organization's partnerships, as far as the person may see them."""
    seats = parties_visible_to(person).filter(organization=organization)
    rows = meetings_visible_to(person).filter(partnership__in=seats.values("partnership"))
    rows = rows.filter(TAKES_PLACE, starts_at__gte=clock.now())
    return list(rows.order_by("starts_at", "pk")[:most])


def check_ins_asked_of(person: Person, organizations: Sequence[int], *, days: int = 30, most: int = 10) -> list:
    """The check-ins due within `days` days that this person, or a contact of these organizations, answers as long as
    their partner takes part; soonest first.
    """
    answers = Q(person=person.pk) | Q(contact__organization__in=organizations)
    rows = CheckInPlan.objects.filter(answers, is_active=True, next_due_on__lte=clock.today() + timedelta(days=days))
    rows = rows.filter(partnership__in=partnerships_visible_to(person)).exclude(partnership__status=Status.ENDED)
    rows = rows.filter(Q(party=None) | Q(party__in=Party.objects.filter(at_table()).values("pk")))
    rows = rows.select_related("partnership", "party", "person", "contact").order_by("next_due_on", "pk")[:most]
    return [plan for plan in rows if answers_check_in(plan)]


def check_ins_due(person: Viewer, *, until: date, most: int) -> list[CheckInPlan]:
    """The check-ins of the person's own offices that are due by this day, soonest first. One query."""
    return _check_ins_due(person, most, until=until)


@prepared_list
def _check_ins_due(person: Viewer, most: int) -> QuerySet[CheckInPlan]:
    rows = check_in_plans_visible_to(person).filter(is_active=True, next_due_on__lte=Placeholder("until"))
    rows = rows.exclude(partnership__status=Status.ENDED)
    rows = rows.select_related("partnership", "person", "contact", "holder", *(f"party__{body}" for body in BODIES))
    return rows.order_by("next_due_on", "pk")[:most]


def check_ins_seen(
    person: Viewer, params: Params, *, default: str = "due", allow: Collection[str] = ()
) -> listing.Listing:
    """The check-in plans that the person may see, filtered by these parameters (a QueryDict); empty for most readers."""
    return listing.make_listing(
        CheckInPlanFilter, check_in_plans_visible_to(person).select_related("partnership"), params, person=person,
        orderings=CHECK_IN_ORDERINGS, default=default, resource="", is_staff=is_staff(person), allow=allow,
    )  # fmt: skip


def check_in_plans(person: Viewer, partnership: Partnership) -> list[CheckInPlan]:
    """The partnership's check-in plans, for people who may see them; stopped ones last."""
    rows = (
        check_in_plans_visible_to(person)
        .filter(partnership=partnership)
        .select_related("person", "contact", *(f"party__{body}" for body in BODIES))
    )
    return sorted(rows, key=lambda plan: not plan.is_active)


def check_ins_held(person: Viewer, partnership: Partnership, *, most: int = 5) -> list[CheckIn]:
    """The partnership's last check-ins with their action items, for people who may see its plans; latest first."""
    rows = _check_ins_of(person, partnership).select_related("answered_by", "recorded_by").prefetch_related("actions")
    return list(rows.order_by("-done_on", "-pk")[:most])


def check_in_held(person: Viewer, partnership: Partnership, pk: str) -> CheckIn:
    """One held check-in. Raises NotFound."""
    found = _check_ins_of(person, partnership).filter(pk=primary_key(pk)).first()
    if found is None:
        raise NotFound
    return found


def _check_ins_of(person: Viewer, partnership: Partnership) -> QuerySet[CheckIn]:
    plans = check_in_plans_visible_to(person).filter(partnership=partnership)
    return CheckIn.objects.filter(plan__in=plans)


def public_meetings_of(partnership: Partnership) -> QuerySet[Meeting]:
    """The partnership's meetings that everyone may see, with their agendas."""
    rows = meetings_visible_to(None).filter(partnership=partnership)
    return rows.prefetch_related("agenda").order_by("starts_at", "pk")


def meetings_of(person: Person) -> QuerySet[Meeting]:
    """The person's own calendar: the meetings of their partnerships, and those they are invited to, as far as they may see
    them.
    """
    return with_link_shown(person, _own_calendar(person)).prefetch_related("agenda").order_by("starts_at", "pk")


def _own_calendar(person: Person) -> QuerySet[Meeting]:
    """The meetings of `meetings_of`, each without the link to join."""
    theirs = Q(partnership__in=own_partnership_ids(person)) | Q(partnership__lead__in=jurisdictions_read_by(person))
    seats = Participant.objects.filter(person=person.pk).values("meeting")
    seen = meetings_without_link_shown(person).values("pk")
    return Meeting.objects.filter(Q(pk__in=seats) | theirs, pk__in=seen)


def whole_series_of(meetings: Iterable[Meeting], rows: QuerySet[Meeting]) -> dict[MeetingSeries, list[Meeting]]:
    """Series → its planned meetings, for those of these meetings' series where the reader may see every planned
    meeting.

    `rows`: all meetings that the reader may see.
    """
    named = {meeting.series_id for meeting in meetings} - {None}
    if not named:
        return {}
    planned = Meeting.objects.filter(series__in=named, status=MeetingStatus.PLANNED)
    broken = planned.exclude(pk__in=rows.order_by().values("pk")).values("series")
    found: dict = {}
    whole = rows.filter(series__in=named, status=MeetingStatus.PLANNED).exclude(series__in=broken)
    whole = whole.order_by("starts_at", "pk").select_related("series", "partnership").prefetch_related("agenda")
    for meeting in whole:
        found.setdefault(meeting.series, []).append(meeting)
    return found


def feeds_of(person: Person) -> list[CalendarFeed]:
    """The active calendar feeds of a person, newest first."""
    return list(person.feeds.filter(revoked_at=None))


def feed_of(person: Person, pk: int) -> CalendarFeed:
    """One of a person's own feeds. Raises NotFound, also for another person's."""
    feed = person.feeds.filter(pk=pk).first()
    if feed is None:
        raise NotFound
    return feed


def feed_by_secret(secret: str) -> CalendarFeed:
    """The feed with this secret, with its person.

    Raises NotFound when it is unknown, ended, or the account is suspended.
    """
    rows = CalendarFeed.objects.filter(revoked_at=None, person__is_active=True).select_related("person")
    feed = rows.filter(digest=digest_of(secret)).first()
    if feed is None:
        raise NotFound
    return feed


def calendar_today(person: Person, *, most: int) -> tuple[list[Meeting], list[Meeting]]:
    """From the person's own calendar, internal meetings included: (without notes, coming up), each soonest first.

    `without notes`: meetings of the last NOTES_DAYS whose notes are still to be added, by offices of the person. At
    most `most` of each. One query.
    """
    now = clock.now()
    found = _calendar_around_now(person, most, now=now, since=now - timedelta(days=NOTES_DAYS))
    return [one for one in found if one.starts_at < now], [one for one in found if one.starts_at >= now]


@prepared_list
def _calendar_around_now(person: Person, most: int) -> QuerySet[Meeting]:
    is_over = Q(starts_at__lt=Placeholder("now"))
    to_note = is_over & Q(starts_at__gte=Placeholder("since"), closed_at=None)
    to_note &= Q(partnership__lead__in=jurisdictions_written_by(person))
    comes = ~is_over & TAKES_PLACE
    rows = _own_calendar(person).filter(comes | to_note, status=MeetingStatus.PLANNED).annotate(is_over=is_over)
    turn = Window(RowNumber(), partition_by=[F("is_over")], order_by=["starts_at", "pk"])
    rows = rows.annotate(turn=turn).filter(turn__lte=most)
    return rows.select_related("partnership").order_by("starts_at", "pk")


def upcoming_meetings(*, most: int = 4) -> list[Meeting]:
    """The next public meetings, soonest first."""
    rows = meetings_visible_to(None).filter(TAKES_PLACE, starts_at__gte=clock.now())
    return list(rows.order_by("starts_at", "pk")[:most])


def participants_of(meeting: Meeting) -> list[Participant]:
    """The participants of a meeting, for the staff who plan it."""
    rows = meeting.participants.select_related(
        "person", "contact", "party__jurisdiction", "party__department", "party__organization"
    )
    return list(rows)


def invited_people(person: Viewer, meeting: Meeting) -> list[dict]:
    """By party, in order: how many people are invited, and how many gave each answer.

    For the lead's staff, and for people of a party, who see only the parties visible to them; empty for all others.
    """
    seats = meeting.participants.select_related("party__jurisdiction", "party__department", "party__organization")
    if not may_read_all(person, meeting.partnership):
        if not belongs_somewhere(person) or not seats_held_by(person).filter(partnership=meeting.partnership).exists():
            return []
        seats = seats.filter(Q(party=None) | Q(party__in=parties_visible_to(person)))
    if meeting.starts_at > clock.now():
        seats = seats.exclude(party=None, is_for_party=True)
    rows: dict = {}
    for seat in sorted(seats, key=lambda seat: (seat.party is None, seat.party and seat.party.position)):
        row = rows.setdefault(
            seat.party_id, {"party": seat.party, "asked": 0, **dict.fromkeys(AttendanceReply.values, 0)}
        )
        row["asked"] += 1
        if seat.answer:
            row[seat.answer] += 1
    return list(rows.values())


def check_in_plan(person: Viewer, public_id: str) -> CheckInPlan:
    """A check-in plan. Raises NotFound or MistypedId."""
    rows = check_in_plans_visible_to(person).select_related("partnership__lead", "person", "contact", "party", "holder")
    return get_or_not_found(rows, public_id)


def who_may_answer(person: Viewer, plan: CheckInPlan) -> dict[str, tuple[str, int | None]]:
    """Who can answer these check-ins: key (“contact:7”) → (name and party, their party's key or None).

    These are the people and contacts that a meeting can invite, the members of parties whose memberships the person
    sees, and the current one.
    """
    parties = parties_seen(person, plan.partnership)
    asked = who_may_be_asked(person, plan.partnership, parties)
    found = {key: (label, party) for key, label, party in asked if not key.startswith("party:")}
    seats = {body_key(party): party for party in parties.values() if is_at_table(party)}
    memberships = memberships_visible_to(person).filter(in_bodies(seats), person__is_active=True)
    for membership in memberships.select_related("person", *BODIES).order_by("person__name", "pk"):
        party = seats[body_key(membership)]
        found.setdefault(f"person:{membership.person_id}", (f"{membership.person} · {party}", party.pk))
    if plan.pk:
        found.setdefault(answered_by(plan), (str(plan.person or plan.contact), plan.party_id))
    return found


def answered_by(plan: CheckInPlan) -> str:
    """The key of the person or contact who answers, as in `who_may_answer`."""
    return f"person:{plan.person_id}" if plan.person_id else f"contact:{plan.contact_id}" if plan.contact_id else ""


def who_may_be_asked(
    person: Viewer, partnership: Partnership, parties: dict[int, Party], *, invited: Collection[str] = ()
) -> list[tuple[str, str, int | None]]:
    """Who a meeting can invite: (“contact:7”, name and party, their party's key or None).

    The lead's own people come first, then the contacts of each of `parties`, after an entry (“party:3”) for all of
    them if there are several. Of a party that declined, left or hasn't been approached, only contacts are offered that
    are `invited` already (keys), so that someone can remove them.
    """
    of_lead = next((party.pk for party in parties.values() if party.jurisdiction_id == partnership.lead_id), None)
    people = people_of_the_lead(partnership)
    offered = [(f"person:{one.pk}", f"{one} · {partnership.lead}", of_lead) for one in people]
    bodies: dict[tuple[str, int], Party | None] = {body_key(p): p for p in parties.values()}
    bodies.setdefault(("jurisdiction", partnership.lead_id), None)
    contacts = contacts_with_address(person, bodies)
    for body, party in bodies.items():
        pk, known = party.pk if party else None, contacts.get(body, [])
        if party and not is_at_table(party):
            known = [contact for contact in known if f"contact:{contact.pk}" in invited]
        elif party and len(known) > 1:
            offered.append(
                (
                    f"party:{pk}",
                    gettext("All %(number)s contacts · %(party)s") % {"number": len(known), "party": party},
                    pk,
                )
            )
        offered += [(f"contact:{c.pk}", f"{c} · {c.organization or c.department or c.jurisdiction}", pk) for c in known]
    return offered


def people_of_the_lead(partnership: Partnership) -> list:
    people = Person.objects.filter(memberships__jurisdiction=partnership.lead_id, is_active=True).distinct()
    return list(people.order_by("name", "pk"))


def invited_keys(meeting: Meeting) -> list[str]:
    """The keys of a meeting's participants, as in `who_may_be_asked`."""
    return [f"person:{s.person_id}" if s.person_id else f"contact:{s.contact_id}" for s in meeting.participants.all()]


def participants_from(
    keys: Iterable[str], meeting: Meeting | None = None, offered: Iterable[tuple[str, str, int | None]] = ()
) -> list[dict]:
    """Rows for `meetings.save_meeting` from keys, as in `who_may_be_asked`, which returns `offered`.

    An existing participant keeps their row; a new one is invited for their party, and so is one whose party was
    removed, when they are offered for a party again.
    """
    existing = {(one.person_id, one.contact_id): one for one in meeting.participants.all()} if meeting else {}
    party_of, rows = {key: party for key, _, party in offered}, []
    for key in keys:
        kind, _, pk = key.partition(":")
        pair = (int(pk), None) if kind == "person" else (None, int(pk))
        seat = existing.get(pair)
        party = party_of.get(key) if seat is None or (seat.has_lost_party and party_of.get(key)) else seat.party_id
        row = {"person_id": pair[0], "contact_id": pair[1], "party_id": party}
        row |= {"id": seat.pk, "is_for_party": seat.is_for_party} if seat is not None else {}
        rows.append(row)
    return rows
