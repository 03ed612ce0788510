"""Emails about meetings: what they say, who gets them and when they are planned."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from icalendar import Event

from partnerships.accounts.choices import LEAST_KEPT_DAYS
from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.models import Change
from partnerships.core.prepared import Placeholder, PreparedExists
from partnerships.directory.models import Contact
from partnerships.mail import audience, outbox, schedule, suppressions
from partnerships.mail.audience import Prefetched, Recipient, key_of
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.mail.message import ascii_address, plain_address, sender
from partnerships.mail.models import Email
from partnerships.mail.schedule import (
    MEETING_OFFSETS,
    WEEK_AHEAD,
    day_words,
    in_words,
    is_zone,
    length_words,
    meets_often,
    moment_words,
)
from partnerships.meetings import calendar, events
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.models import AgendaItem, Meeting, Participant
from partnerships.meetings.queries import agenda_seen
from partnerships.meetings.rules import meetings_visible_to, notes_are_public, takes_place
from partnerships.notifications import digests, links
from partnerships.notifications.common import (
    CONTACT_OWNERS,
    IsNear,
    RecipientCheck,
    RecipientReader,
    Writer,
    any_time,
    batches,
    find_subject,
    page_for,
    rows_near,
)
from partnerships.registry.choices import GIVEN_UP, Status
from partnerships.registry.models import Party
from partnerships.registry.representatives import belongs_to

MOST_DAYS = 12  # of a series that an email lists
NOTES_STAY = timedelta(days=14)  # after that, an email that notes are ready is too old to send
NEWS = (EmailKind.MEETING_PLANNED, EmailKind.MEETING_CHANGED, EmailKind.MEETING_CANCELLED)


# What they say


def meeting_context(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    """Planned, coming up, changed, canceled or with notes: the same facts, in other templates."""
    meeting = find_subject(Meeting.objects.select_related("partnership__lead"), email, context)
    prefetch_related_objects([meeting], "agenda")
    series = _series_of(meeting, recipient)
    later = [one for one in series if one.starts_at > meeting.starts_at and one.status == meeting.status]
    later = [one for one in later if one.asks_reader]
    return {
        "meeting": meeting,
        "series": series,
        "later": later,
        "title": meeting.title,
        "partnership": meeting.partnership.title,
        "office": meeting.partnership.lead.name,
        "when": moment_words(meeting.starts_at, meeting.zone),
        **_move(email, meeting),
        "when_for_you": _for_you(meeting.starts_at, meeting.zone, recipient.zone),
        "length": length_words(meeting.minutes_long),
        "place": meeting.place,
        "link": meeting.link,
        "interpretation": meeting.interpretation,
        "access_notes": meeting.access_notes,
        "agenda": _agenda(recipient, meeting, context.get("shared")),
        "again": _later_words(later),
        "answer": _answer_meeting(recipient, meeting),
        "page": page_for(recipient, meeting.partnership, meeting, context.get("shared")),
        "is_illustration": meeting.is_illustration,
    }


def _agenda(recipient: Recipient, meeting: Meeting, known: dict | None) -> list[tuple[AgendaItem, Party | None]]:
    """`agenda_seen` for this reader. `known`: what was found for others of the batch."""
    key = ("agenda", recipient.person and recipient.person.pk, meeting.pk)
    known = {} if known is None else known
    if key not in known:
        known[key] = agenda_seen(recipient.person, meeting)
    return known[key]


def _move(email: Email, meeting: Meeting) -> dict[str, str]:
    """For an email about a change: when the meeting was according to the last email that this reader got, if it moved."""
    if email.kind != EmailKind.MEETING_CHANGED:
        return {}
    about = Email.objects.filter(subject_type="meeting", subject_id=meeting.pk, recipient=email.recipient)
    known_at = about.exclude(pk=email.pk).aggregate(at=Max("sent_at"))["at"]
    if known_at is None:
        return {}
    was = {"date": meeting.date.isoformat(), "time": meeting.time.isoformat(), "zone": meeting.zone}
    changes = Change.objects.filter(record_type="meeting", record_id=meeting.pk, at__gt=known_at).order_by("-pk")
    for before in changes.values_list("before", flat=True):
        was |= {name: before[name] for name in was if before.get(name)}
    day = date.fromisoformat(was["date"])
    then = schedule.instant(day, time.fromisoformat(was["time"]), was["zone"])
    if then == meeting.starts_at:
        return {}
    moved = {"was": moment_words(then, was["zone"])}
    if day != meeting.date:
        moved |= {name: in_words(at, gettext("F j")) for name, at in (("was_day", day), ("day", meeting.date))}
    return moved


def calendar_part(found: dict[str, Any], recipient: Recipient, shared: dict) -> tuple[str, str]:
    """(method, text) of the calendar part, for this reader alone. `found`: the email's context.

    Everything but the line that names the reader is the same in a batch's emails about one meeting, unless the meeting
    repeats.
    """
    meeting = found["meeting"]
    is_off = meeting.status == MeetingStatus.CANCELLED
    key = ("calendar", meeting.pk, found["page"], translation.get_language())
    part = None if meeting.series_id else shared.get(key)
    if part is None:
        part = shared[key] = calendar.invitation(_events(meeting, found, recipient), organizer=sender(), is_off=is_off)
    method, text = part
    attendee = ascii_address(recipient.address) if recipient.address else sender()
    # In a series, the UID of an answer wouldn't say which meeting is meant; without a key it would prove nothing.
    answers = settings.MAIL_COMES_IN and not meeting.series_id and not is_off and meeting.answer_key is not None
    uids = calendar.uid_of(meeting, _host()), calendar.secret_uid(meeting, plain_address(attendee), _host())
    return method, calendar.addressed(text, attendee, recipient.name, uids=uids, answers=answers)


def _events(meeting: Meeting, found: dict[str, Any], recipient: Recipient) -> list[Event]:
    """What the email is about, as events: a meeting; for a series all its planned meetings; or, if the reader isn't
    invited to all or these are canceled, each one that they are invited to from this one on.
    """
    make = partial(_event, url=found["page"], at=clock.now())
    series, host = meeting.series, _host()
    if series is None:
        return [make(meeting)]
    make = partial(_event, url=page_for(recipient, meeting.partnership), at=clock.now())
    planned = [one for one in found["series"] if one.status == MeetingStatus.PLANNED]
    if meeting.status == MeetingStatus.PLANNED and all(one.asks_reader for one in planned):
        return calendar.series_events(series, planned, host=host, make=make, url=make.keywords["url"])
    return [calendar.occurrence(series, one, host=host, make=make) for one in [meeting, *found["later"]]]


def _event(meeting: Meeting, **more: Any) -> Event:
    return calendar.event_of(meeting, link=meeting.link, host=_host(), agenda=meeting.agenda.all(), **more)


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname


def _answer_meeting(recipient: Recipient, meeting: Meeting) -> str:
    """The personal link to say whether one comes; none after the meeting or its cancellation."""
    if meeting.status == MeetingStatus.CANCELLED:
        return ""
    token = links.make(links.MEETING, recipient, meeting.pk, meeting.starts_at)
    return settings.BASE_URL + reverse("answer_meeting", args=[token])


def _for_you(moment: datetime, zone: str, own_zone: str) -> str:
    """The moment in the reader's own zone, if clocks show another time there."""
    if not is_zone(own_zone):
        return ""
    there, here = (moment.astimezone(ZoneInfo(name)).utcoffset() for name in (zone, own_zone))
    return moment_words(moment, own_zone) if there != here else ""


def _series_of(meeting: Meeting, recipient: Recipient) -> list:
    """The meetings of its series, each with whether it invites this reader (`asks_reader`); empty without a series."""
    if not meeting.series_id:
        return []
    kind, _, pk = recipient.key.partition(":")
    seats = Participant.objects.filter(meeting=OuterRef("pk"), **{kind: pk})
    rows = Meeting.objects.filter(series=meeting.series_id).annotate(asks_reader=Exists(seats))
    return list(rows.prefetch_related("agenda"))


def _later_words(later: Sequence[Meeting]) -> str:
    """The sentence about later meetings of the same series that also invite this reader; "" without any."""
    if not later:
        return ""
    is_off, more = later[0].status == MeetingStatus.CANCELLED, len(later) - MOST_DAYS
    if is_off:
        words = (
            gettext("Also canceled: %(days)s, and %(more)d more") if more > 0 else gettext("Also canceled: %(days)s")
        )
    else:
        words = gettext("Also on: %(days)s, and %(more)d more") if more > 0 else gettext("Also on: %(days)s")
    return words % {"days": "; ".join(day_words(one.date) for one in later[:MOST_DAYS]), "more": more}


WRITERS: dict[str, Writer] = dict.fromkeys(
    (*NEWS, EmailKind.MEETING_REMINDER, EmailKind.MEETING_NOTES), meeting_context
)


# Who gets them


@audience.prefetch.register
def prefetch(emails: list[Email]) -> Prefetched:
    of_meetings = [email for email in emails if email.subject_type == "meeting"]
    found: dict = {}
    meetings: dict = {}
    rows = _seats({email.recipient for email in of_meetings})
    for seat in rows.filter(meeting__in={email.subject_id for email in of_meetings}):
        seat.meeting = meetings.setdefault(seat.meeting_id, seat.meeting)
        found[key_of(seat.person or seat.contact), seat.meeting_id] = seat
    paces = digests.paces({email.recipient for email in emails}, {email.kind for email in emails})
    suppressed = suppressions.reasons({(seat.person or seat.contact).email for seat in found.values()})
    return Prefetched(found, paces, suppressed)


@audience.unchanged_conditions.register
def unchanged_conditions(email: Email, ahead: Prefetched) -> tuple | None:
    """The conditions, for one statement, under which what was prefetched is still true; None if that takes more.

    For a contact invited to a meeting a few columns are enough. A person is read again with all their memberships, and
    so is, before an email a week ahead, how often the group meets.
    """
    seat = ahead.seats.get((email.recipient, email.subject_id)) if email.subject_type == "meeting" else None
    if seat is None or seat.contact is None or _is_week_ahead(email):
        return None
    meeting, address, kind = seat.meeting, seat.contact.email, email.kind
    values = {
        "seat": seat.pk,
        "left_on": seat.left_on and seat.left_on.isoformat(),
        "version": meeting.version,
        "status": meeting.partnership.status,
        "contact": seat.contact_id,
        "address": address,
        "digest": suppressions.digest_of(address),
    }
    same, unwanted, listed = _conditions_for_contact(kind, seat.left_on is not None)
    return same.given(values), ~unwanted.given(values), ~listed.given(values)


@cache
def _conditions_for_contact(kind: str, has_left: bool) -> tuple[PreparedExists, PreparedExists, PreparedExists]:
    """Three prepared queries: the seat is as it was read, the contact refused this kind, the address is suppressed."""
    same = Participant.objects.filter(
        pk=Placeholder("seat"),
        party__ends_on=Placeholder("left_on") if has_left else None,
        meeting__version=Placeholder("version"),
        meeting__partnership__status=Placeholder("status"),
        contact__email=Placeholder("address"),
    ).exclude(Q(party__state__in=GIVEN_UP) | Q(party=None, is_for_party=True))
    unwanted = digests.refusals("contact", Placeholder("contact"), kind)
    listed = suppressions.entries_stopping(Placeholder("digest"), kind)
    return PreparedExists.exists(same), PreparedExists.exists(unwanted), PreparedExists.exists(listed)


def _read_meeting(email: Email) -> RecipientCheck:
    return of_seat(email, next(iter(seats(email.recipient, email.subject_pk)), None))


def of_seat(email: Email, seat: Participant | None) -> RecipientCheck:
    if seat is None:
        return None, None, gettext_noop("The meeting is gone, or they’re no longer invited.")
    return seat.person or seat.contact, seat.meeting, _seat_refusal(email, seat, seat.meeting)


def _seat_refusal(email: Email, seat: Participant, meeting: Meeting) -> str:
    if email.kind == EmailKind.MEETING_NOTES:
        return "" if notes_are_public(meeting) else gettext_noop("The notes are no longer public.")
    cancelled = meeting.status == MeetingStatus.CANCELLED
    if email.occurrence.split("/")[1] != str(meeting.sequence) or (
        cancelled != (email.kind == EmailKind.MEETING_CANCELLED)
    ):
        return gettext_noop("The meeting was changed or canceled after this email was scheduled.")
    if lost := seat_lost_reason(seat):
        return lost
    if _is_week_ahead(email) and body_meets_often(meeting):
        return gettext_noop("This group meets often, so we skip the reminder a week ahead.")
    return ""


def _is_week_ahead(email: Email) -> bool:
    return email.occurrence.endswith(f"/{WEEK_AHEAD.name}")


def seats(key: str, meeting_id: int) -> QuerySet[Participant]:
    """The seat of this recipient at a meeting, with all that `seat_lost_reason` reads: one row or none."""
    return _seats({key}).filter(meeting=meeting_id)


def _seats(keys: set) -> QuerySet[Participant]:
    ids = {kind: [key.partition(":")[2] for key in keys if key.startswith(kind)] for kind in ("person", "contact")}
    whose = Q(person__in=ids["person"]) | Q(contact__in=ids["contact"])
    along = [*filter(ids.get, ids), *(CONTACT_OWNERS if ids["contact"] else ())]
    rows = Participant.objects.filter(whose).select_related("meeting__partnership", *along)
    of_party = {"left_on": F("party__ends_on"), "answered_seat": F("party__state")}
    return rows.annotate(**of_party).order_by()


def seat_lost_reason(seat: Participant) -> str:
    """Why someone who was invited to a meeting no longer takes part; empty if they do."""
    meeting = seat.meeting
    if meeting.partnership.status == Status.ENDED and meeting.status != MeetingStatus.CANCELLED:
        return gettext_noop("The partnership has ended.")
    if seat.has_lost_party or seat.answered_seat in GIVEN_UP or (seat.left_on and seat.left_on < meeting.date):
        return gettext_noop("The partner they represent has left the partnership.")
    if seat.person and not (
        belongs_to(seat.person, meeting.partnership, meeting.date)
        or meetings_visible_to(seat.person).filter(pk=meeting.pk).exists()
    ):
        return gettext_noop("They can no longer see this meeting.")
    return ""


def body_meets_often(meeting: Meeting) -> bool:
    others = Meeting.objects.filter(partnership=meeting.partnership_id, status=MeetingStatus.PLANNED)
    return meets_often(days_near(meeting.date, others.values_list("date", flat=True)))


def days_near(day: date, days: Iterable[date]) -> list[date]:
    """The days within 90 days of this one, which show how often the group meets now."""
    return [other for other in days if abs((other - day).days) <= 90]


READERS: dict[str, RecipientReader] = {"meeting": _read_meeting}


# When they are planned


@events.meeting_saved.register
def follow_meeting(meeting: Meeting, before: Meeting | None = None, already_informed: set | None = None) -> None:
    """Call it after a meeting was saved: plans reminders for this sequence and one email of news, and withdraws those
    of earlier sequences.

    `before` is the meeting as it was (its local time is enough), None for a new one. `already_informed`: keys of those who
    already got an email about another meeting of the series for this change; it grows.
    """
    now, people = clock.shared()(), _people(meeting.participants.select_related("person", *CONTACT_OWNERS))
    emails = _reminders(meeting, people, body_meets_often(meeting)) if takes_place(meeting) else []
    emails += _news(meeting, people, before, now, set() if already_informed is None else already_informed)
    notes, had_notes = _notes(meeting, people, before, now)
    outbox.replace(
        meeting,
        emails + notes,
        now=now,
        keep=[(_occurrence(meeting, kind), key_of(one)) for kind in NEWS for one in people] + had_notes,
        why=gettext_noop("The meeting or its invited people changed after this email was scheduled."),
    )


def _news(
    meeting: Meeting, people: Sequence[Contact | Person], before: Meeting | None, now: datetime, already_informed: set
) -> list[Email]:
    """One email each: planned, to those who knew nothing; changed or canceled, to those who knew other facts."""
    known = outbox.already_emailed(meeting, EmailKind.values)
    # People with a reminder of this sequence know about it, maybe from another meeting of the series.
    informed = outbox.already_emailed(
        meeting, (*NEWS, EmailKind.MEETING_REMINDER), f"{meeting.public_id}/{meeting.sequence}/"
    )
    until = max([meeting.starts_at] + [schedule.instant(m.date, m.time, m.zone) for m in [before] if m])
    emails = []
    for one in people:
        key = key_of(one)
        if meeting.status == MeetingStatus.CANCELLED:
            kind = EmailKind.MEETING_CANCELLED if key in known else None
        else:
            kind = EmailKind.MEETING_CHANGED if key in known else EmailKind.MEETING_PLANNED
        if kind and key not in informed | already_informed:
            if until > now:
                already_informed.add(key)
            emails.append(_about_meeting(kind, meeting, one, _occurrence(meeting, kind), now, until))
    return emails


def _notes(
    meeting: Meeting, people: Sequence[Contact | Person], before: Meeting | None, now: datetime
) -> tuple[list[Email], list]:
    """Once the notes are public: an email to each invited person who had none; and (occurrence, recipient) of those
    who had one. No one gets another when they've been public until these emails could be deleted.
    """
    if not notes_are_public(meeting):
        return [], []
    kind = EmailKind.MEETING_NOTES
    rows = Email.objects.filter(subject_type="meeting", subject_id=meeting.pk, kind=kind)
    had_notes = list(rows.exclude(state=EmailState.WITHDRAWN).values_list("occurrence", "recipient"))
    was_public = before is not None and notes_are_public(before)
    if was_public and meeting.closed_at and meeting.closed_at < now - timedelta(days=LEAST_KEPT_DAYS):
        return [], had_notes
    new = [one for one in people if key_of(one) not in {recipient for _, recipient in had_notes}]
    occurrence = f"{meeting.public_id}/notes/{meeting.version}"
    return [_about_meeting(kind, meeting, one, occurrence, now, now + NOTES_STAY) for one in new], had_notes


def _reminders(
    meeting: Meeting, people: Sequence[Contact | Person], often: bool, is_near: IsNear = any_time
) -> list[Email]:
    offsets = [offset for offset in MEETING_OFFSETS if not (often and offset is WEEK_AHEAD)]
    kind = EmailKind.MEETING_REMINDER
    return [
        _about_meeting(kind, meeting, one, _occurrence(meeting, offset.name), due_at, meeting.starts_at)
        for offset, due_at in schedule.due_instants(meeting.date, meeting.time, meeting.zone, offsets)
        if is_near(due_at)
        for one in people
    ]


def _about_meeting(
    kind: str, meeting: Meeting, someone: Contact | Person, occurrence: str, due_at: datetime, expires_at: datetime
) -> Email:
    return outbox.build_row(kind, occurrence, someone, meeting, due_at, expires_at, meeting.partnership.lead_id)


def _occurrence(meeting: Meeting, what: str) -> str:
    return f"{meeting.public_id}/{meeting.sequence}/{what}"


def _people(seats: QuerySet[Participant]) -> list:
    return [seat.person or seat.contact for seat in seats]


def sweep(now: datetime, is_near: IsNear) -> Iterator[list[Email]]:
    asked = [f"participants__{name}" for name in ("person", *CONTACT_OWNERS)]
    rows = rows_near(Meeting.objects.filter(status=MeetingStatus.PLANNED), "starts_at", now, 0, 8)
    for batch in batches(rows.select_related("partnership").prefetch_related(*asked)):
        days = _meeting_days(batch)
        emails = []
        for meeting in batch:
            often = schedule.meets_often(days_near(meeting.date, days[meeting.partnership_id]))
            emails += _reminders(meeting, _people(meeting.participants.all()), often, is_near)
        yield emails


def _meeting_days(meetings: Sequence[Meeting]) -> dict[int, list[date]]:
    """Partnership id → the days on which its meetings near these are planned."""
    first, last = min(m.date for m in meetings), max(m.date for m in meetings)
    days: dict[int, list] = {meeting.partnership_id: [] for meeting in meetings}
    near = Meeting.objects.filter(
        partnership_id__in=days,
        status=MeetingStatus.PLANNED,
        date__gte=first - timedelta(days=90),
        date__lte=last + timedelta(days=90),
    )
    for partnership_id, day in near.values_list("partnership_id", "date"):
        days[partnership_id].append(day)
    return days
