"""What happened with an organization, a department or a jurisdiction, latest first, a page at a time.

Each kind of event is read from rows that the person may see, so the timeline shows nothing that its own page doesn't. Of
each kind, no more than a page is read, no matter how long the timeline is.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from partnerships.accounts.rules import memberships_visible_to
from partnerships.assessment.rules import rounds_visible_to
from partnerships.core import clock
from partnerships.core.access import Viewer, belongs_somewhere
from partnerships.core.choices import Side
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import MultipleKeys, refuse_unknown
from partnerships.core.models import type_key
from partnerships.core.types import Params
from partnerships.directory.hooks import spoken_with
from partnerships.directory.models import Body
from partnerships.directory.rules import contacts_visible_to
from partnerships.interactions.choices import EventKind
from partnerships.interactions.queries import shown_interactions
from partnerships.interactions.rules import interactions_visible_to, open_follow_ups
from partnerships.mail.choices import EmailState
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import CheckIn
from partnerships.meetings.rules import check_in_plans_visible_to, emails_visible_to, meetings_without_link_shown
from partnerships.registry.choices import Kind, Verdict
from partnerships.registry.models import Ask, Confirmation, Partnership
from partnerships.registry.rules import parties_visible_to, partnerships_visible_to
from partnerships.registry.timeline_entries import Voice, link_of

SPOKEN = (EventKind.INTERACTION, EventKind.MEETING, EventKind.CHECK_IN)


@dataclass
class Event:
    """Something that happened on a day. `link`: a route and an id. `partnerships`: in which it happened."""

    on: date
    kind: str
    title: str
    link: tuple = ()
    voices: list[Voice] = field(default_factory=list)
    partnerships: list[Partnership] = field(default_factory=list)


@dataclass(frozen=True)
class _Source:
    """Events of one kind: rows that the person may see, the field with their day or moment, and a row as an event.

    `event(row, on)`.
    """

    kind: EventKind
    rows: QuerySet
    day: str
    event: Callable[[Any, date], Event]

    def latest(self, until: date, most: int) -> list[Event]:
        rows = self.rows.filter(**{f"{self.day}__isnull": False}).order_by(f"-{self.day}", "-pk")
        if isinstance(self.rows.model._meta.get_field(self.day), DateTimeField):
            rows = rows.filter(**{f"{self.day}__lt": _end_of(until)})
        else:
            rows = rows.filter(**{f"{self.day}__lte": until})
        return [self.event(row, self._day_of(row)) for row in rows[:most]]

    def _day_of(self, row: Any) -> date:
        value = getattr(row, self.day)
        return clock.day_of(value) if isinstance(value, datetime) else value


def _end_of(day: date) -> datetime:
    """The first moment after a day where the registry's offices are."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.LOCAL_ZONE))


def events_with(
    person: Viewer, side: Body, *, kinds: Collection[str] = (), before: str = "", most: int
) -> tuple[list[Event], str]:
    """The latest events with this organization, department or jurisdiction, and where the page after them begins ("" for none).

    `kinds`: of EventKind, empty for all. `before`: as an earlier call returned it. Raises NotFound for people without
    memberships, who have no such timeline, and ValidationError.
    """
    if not belongs_somewhere(person):
        raise NotFound
    until, skipped = _position(before)
    found = [
        event
        for source in _sources(person, side)
        if not kinds or source.kind in kinds
        for event in source.latest(until, most + skipped + 1)
    ]
    found.sort(key=lambda event: event.on, reverse=True)  # stable: events of one day always come in the same order
    page, is_more = found[skipped : skipped + most], len(found) > skipped + most
    if not is_more:
        return page, ""
    last = page[-1].on
    same_day = sum(event.on == last for event in page) + (skipped if last == until else 0)
    return page, f"{last.isoformat()}~{same_day}"


def kinds_asked(params: Params) -> list[str]:
    """The kinds of events that a page asks for (empty: all). Raises UnknownParameters or ValidationError."""
    refuse_unknown(params, ["kind", "before"])
    try:
        return MultipleKeys(choices=EventKind.choices, required=False).clean(params.getlist("kind"))
    except ValidationError as problem:
        raise ValidationError({"kind": problem}) from None


def _position(before: str) -> tuple[date, int]:
    """(the last day to read, how many events of that day earlier pages have)."""
    if not before:
        return clock.today(), 0
    day, _mark, skipped = before.partition("~")
    try:
        return date.fromisoformat(day), min(int(skipped), 100_000)
    except ValueError:
        words = gettext("This page of the timeline doesn’t exist. Start from the latest entry.")
        raise ValidationError({"before": ValidationError(words, code="invalid")}) from None


def _sources(person: Viewer, side: Body) -> Iterator[_Source]:
    key = type_key(side)
    seats = parties_visible_to(person).filter(**{key: side})
    tables = seats.order_by().values("partnership")
    of_seats = seats.select_related("partnership")
    yield _Source(EventKind.INTERACTION, shown_interactions(person).filter(**{key: side}), "date", _interaction)
    held = meetings_without_link_shown(person).filter(partnership__in=tables, starts_at__lte=clock.now())
    held = held.exclude(status=MeetingStatus.CANCELLED).select_related("partnership")
    yield _Source(EventKind.MEETING, held, "date", _meeting)
    yield _Source(EventKind.EMAIL, _emails(person, side), "sent_at", _email)
    plans = check_in_plans_visible_to(person).filter(party__in=seats.order_by().values("pk"))
    check_ins = CheckIn.objects.filter(plan__in=plans.order_by().values("pk")).select_related("plan__partnership")
    yield _Source(EventKind.CHECK_IN, check_ins, "done_on", lambda row, on: _check_in(row, on, side))
    organizing = partnerships_visible_to(person).filter(kind=Kind.ORGANIZING, pk__in=tables)
    asks = Ask.objects.filter(partnership__in=organizing.order_by().values("pk")).select_related("partnership")
    yield _Source(EventKind.ASK, asks, "asked_on", _ask)
    yield _Source(EventKind.ASK, asks.exclude(answer=""), "answered_on", _answer)
    later = Confirmation.objects.filter(party=OuterRef("party"), pk__gt=OuterRef("pk"))
    statements = Confirmation.objects.filter(
        ~Exists(later), party__in=seats.filter(partnership__is_published=True).order_by().values("pk")
    )
    statements = statements.select_related("party__partnership")
    yield _Source(EventKind.STATEMENT, statements, "at", lambda row, on: _statement(row, on, side))
    rounds = rounds_visible_to(person).filter(partnership__in=tables).select_related("partnership")
    yield _Source(EventKind.ROUND, rounds, "created_at", _round_started)
    yield _Source(EventKind.ROUND, rounds, "opened_at", _round_opened)
    yield _Source(EventKind.SEAT, of_seats, "starts_on", lambda row, on: _seat(row, on, gettext("Joined")))
    yield _Source(EventKind.SEAT, of_seats, "ends_on", lambda row, on: _seat(row, on, gettext("Left")))


def _emails(person: Viewer, side: Body) -> QuerySet:
    """The emails that were sent to contacts and users of this side, of those that the person may see."""
    key = type_key(side)
    contacts = contacts_visible_to(person).filter(**{key: side}).order_by().values_list("pk", flat=True)
    users = memberships_visible_to(person).filter(**{key: side}).order_by().values_list("person", flat=True)
    recipients = [*(f"contact:{pk}" for pk in contacts), *(f"person:{pk}" for pk in users)]
    return emails_visible_to(person).filter(state=EmailState.SENT, recipient__in=recipients)


def _interaction(row: Any, on: date) -> Event:
    title = gettext("%(kind)s: %(summary)s") % {"kind": row.get_kind_display(), "summary": row.summary}
    contacts = ", ".join(contact.name for contact in row.contacts_seen)
    voices = [Voice("", contacts, row.text)] if contacts or row.text else []
    return Event(on, EventKind.INTERACTION, title, link_of(row), voices, row.partnerships_seen)


def _meeting(row: Any, on: date) -> Event:
    return Event(on, EventKind.MEETING, row.title, link_of(row), [], [row.partnership])


def _email(row: Any, on: date) -> Event:
    return Event(on, EventKind.EMAIL, row.get_kind_display(), ("email", row.pk))


def _check_in(row: Any, on: date, side: Body) -> Event:
    words = "\n".join(filter(None, (row.get_going_display(), row.note, row.changed, row.needs)))
    voices = [Voice("", str(side), words)] if words else []
    return Event(on, EventKind.CHECK_IN, gettext("Check-in"), (), voices, [row.plan.partnership])


def _ask(row: Any, on: date) -> Event:
    voices = [Voice(Side.COMMUNITY, gettext("What the community asked"), row.text)]
    return Event(on, EventKind.ASK, gettext("Ask"), (), voices, [row.partnership])


def _answer(row: Any, on: date) -> Event:
    words = ". ".join(filter(None, [row.get_answer_display(), row.answer_reason]))
    voices = [Voice(Side.GOVERNMENT, gettext("What the government answered"), words)]
    return Event(on, EventKind.ASK, gettext("Answer"), (), voices, [row.partnership])


def _statement(row: Any, on: date, side: Body) -> Event:
    voices = [Voice(row.party.side, str(side), row.words)] if row.verdict == Verdict.DISPUTED else []
    return Event(on, EventKind.STATEMENT, str(Verdict(row.verdict).label), (), voices, [row.party.partnership])


def _round_started(row: Any, on: date) -> Event:
    return _round(row, on, gettext("Round started: %(title)s"))


def _round_opened(row: Any, on: date) -> Event:
    return _round(row, on, gettext("Answers opened: %(title)s"))


def _round(row: Any, on: date, title: str) -> Event:
    return Event(on, EventKind.ROUND, title % {"title": row.title}, link_of(row), [], [row.partnership])


def _seat(row: Any, on: date, title: str) -> Event:
    return Event(on, EventKind.SEAT, title, (), [], [row.partnership])


def last_contact(person: Viewer, side: Body, latest: Sequence[Event]) -> date | None:
    """The latest day on which both sides spoke, as far as the person may see. `latest`: the latest events with this side."""
    spoken = next((event.on for event in latest if event.kind in SPOKEN), None)
    if spoken or not latest:
        return spoken
    events, _more = events_with(person, side, kinds=SPOKEN, most=1)
    return events[0].on if events else None


@spoken_with.register
def spoken_with_since(person: Viewer, since: date) -> Q:
    interactions = interactions_visible_to(person).filter(date__gte=since, organization__isnull=False)
    held = meetings_without_link_shown(person).filter(date__gte=since, starts_at__lte=clock.now())
    held = held.exclude(status=MeetingStatus.CANCELLED)
    seats = parties_visible_to(person).filter(organization__isnull=False)
    met = seats.filter(partnership__in=held.order_by().values("partnership"))
    plans = check_in_plans_visible_to(person).filter(check_ins__done_on__gte=since)
    answered = seats.filter(pk__in=plans.order_by().values("party"))
    return reduce(or_, (Q(pk__in=rows.order_by().values("organization")) for rows in (interactions, met, answered)))


def last_interactions(person: Viewer, organizations: Collection[int]) -> dict[int, date]:
    """Organization → the day of the last interaction with it that the person may see. One query."""
    rows = interactions_visible_to(person).filter(organization__in=organizations).order_by()
    return dict(rows.values_list("organization").annotate(last=Max("date")))


def next_date(person: Viewer, side: Body) -> Event | None:
    """What comes next with this side, as far as the person may see: a meeting, a check-in or a follow-up. It may be overdue."""
    key = type_key(side)
    seats = parties_visible_to(person).filter(**{key: side}).order_by()
    meeting = (
        meetings_without_link_shown(person)
        .filter(partnership__in=seats.values("partnership"), starts_at__gt=clock.now(), status=MeetingStatus.PLANNED)
        .order_by("starts_at", "pk")
        .first()
    )
    plans = check_in_plans_visible_to(person).filter(party__in=seats.values("pk"), is_active=True)
    plan = plans.select_related("partnership").order_by("next_due_on", "pk").first()
    follow_ups = interactions_visible_to(person).filter(open_follow_ups(person), **{key: side})
    follow_up = follow_ups.order_by("follow_up_on", "pk").first()
    coming = [
        *([Event(meeting.date, EventKind.MEETING, meeting.title, link_of(meeting))] if meeting else []),
        *(
            [Event(plan.next_due_on, EventKind.CHECK_IN, gettext("Check-in"), link_of(plan.partnership))]
            if plan
            else []
        ),
        *([_follow_up(follow_up, follow_up.follow_up_on)] if follow_up and follow_up.follow_up_on else []),
    ]
    return min(coming, key=lambda event: event.on, default=None)


def _follow_up(row: Any, on: date) -> Event:
    return Event(on, EventKind.INTERACTION, gettext("Follow-up"), link_of(row))
