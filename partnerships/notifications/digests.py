"""What waits for a reader's daily or weekly email, when that is due, and what has to wait for the end of their quiet
hours.

There is at most one such email a day. On the reader's weekday it includes what they chose to get weekly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.models import Change
from partnerships.core.prepared import Placeholder
from partnerships.mail import audience
from partnerships.mail.audience import Audience
from partnerships.mail.choices import ALWAYS_SENT, EmailKind, EmailState, Pace
from partnerships.mail.models import Email
from partnerships.mail.schedule import instant, is_zone
from partnerships.meetings.models import Meeting
from partnerships.notifications.common import RecipientCheck
from partnerships.notifications.models import DigestEntry, EmailPreference
from partnerships.notifications.news import News, Subject, describe_changes
from partnerships.registry.models import Remark

GATHERED = (Pace.DAILY, Pace.WEEKLY)
NEWS_SUBJECTS: dict[str, type[Change] | type[Remark]] = {"change": Change, "remark": Remark}
MOST = 50  # records, and emails, that one email lists
_CANNOT_WAIT = (EmailKind.SIGN_IN_CODE, EmailKind.UNKNOWN_ADDRESS, EmailKind.MEETING_CANCELLED)
_SOON = "/2h"  # how the occurrence of the last reminder before a meeting ends


def paces(keys: set[str], kinds: set[str]) -> dict[tuple[str, str], str]:
    """{(recipient, kind): pace} for those who chose one. Some kinds can't be changed."""
    kinds = set(kinds) - {*ALWAYS_SENT}
    ids = {
        kind: [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")] for kind in ("person", "contact")
    }
    if not kinds or not any(ids.values()):
        return {}
    who = reduce(or_, (Q(**{f"{kind}__in": pks}) for kind, pks in ids.items() if pks))
    rows = EmailPreference.objects.filter(who, kind__in=kinds).values_list("person", "contact", "kind", "pace")
    return {(f"person:{p}" if p else f"contact:{c}", kind): pace for p, c, kind, pace in rows}


def refusals(who: str, pk: int | Placeholder, kind: str) -> QuerySet[EmailPreference]:
    """The choices by which this recipient ("person" or "contact", and its id) wants no emails of this kind."""
    kinds = {kind} - {*ALWAYS_SENT}
    return EmailPreference.objects.filter(**{who: pk}, kind__in=kinds, pace=Pace.NEVER).order_by()


# When


def zone_of(person: Person) -> str:
    return person.zone if is_zone(person.zone) else settings.LOCAL_ZONE


def last_due(person: Person, now: datetime) -> dict:
    """Pace → (day, moment) when the daily and the weekly email were last due, not after `now`."""
    zone = zone_of(person)
    day = now.astimezone(ZoneInfo(zone)).date()
    if instant(day, person.digest_at, zone) > now:
        day -= timedelta(days=1)
    weekly = day - timedelta(days=(day.weekday() - person.digest_weekday) % 7)
    return {pace: (on, instant(on, person.digest_at, zone)) for pace, on in zip(GATHERED, (day, weekly), strict=True)}


def next_due(person: Person, pace: str, now: datetime) -> datetime:
    day, _ = last_due(person, now)[pace]
    return instant(day + timedelta(days=1 if pace == Pace.DAILY else 7), person.digest_at, zone_of(person))


@audience.end_of_quiet_hours.register
def end_of_quiet_hours(email: Email, person: Person | None, now: datetime) -> datetime | None:
    """The end of the reader's quiet hours, if this email has to wait for it; None if it may be sent now."""
    if person is None:
        return None
    start_at, end_at = person.quiet_from, person.quiet_until
    if start_at is None or end_at is None or start_at == end_at or _cannot_wait(email):
        return None
    zone = zone_of(person)
    today, night = now.astimezone(ZoneInfo(zone)).date(), timedelta(days=end_at < start_at)
    for day in (today - timedelta(days=1), today):
        end = instant(day + night, end_at, zone)
        if instant(day, start_at, zone) <= now < end:
            return end if email.expires_at is None or email.expires_at > end else None
    return None


def _cannot_wait(email: Email) -> bool:
    return email.kind in _CANNOT_WAIT or (email.kind == EmailKind.MEETING_REMINDER and email.occurrence.endswith(_SOON))


@audience.goes_to_digest.register
def goes_to_digest(email: Email, pace: str, person: Person | None, now: datetime) -> bool:
    """Whether this email waits for the reader's daily or weekly digest. Not if it would expire before that."""
    if pace not in GATHERED or person is None or email.kind == EmailKind.DIGEST or _cannot_wait(email):
        return False
    return email.expires_at is None or email.expires_at > next_due(person, pace, now)


# What


@audience.add_to_digest.register
def add(email: Email, person: Person, now: datetime) -> None:
    entry = DigestEntry(person=person, kind=email.kind, occurrence=email.occurrence, at=now)
    entry.subject_type, entry.subject_id = email.subject_type, email.subject_pk
    DigestEntry.objects.bulk_create([entry], ignore_conflicts=True)


def waiting_entries() -> QuerySet[DigestEntry]:
    """The entries that no email includes yet, or only one that was never sent."""
    return DigestEntry.objects.filter(
        Q(sent_in=None) | Q(sent_in__state=EmailState.EXPIRED, sent_in__is_ambiguous=False)
    )


def due_now(
    entries: Iterable[DigestEntry], chosen: dict[str, str], daily: datetime, weekly: datetime
) -> list[DigestEntry]:
    """The entries of a person that were added before their digest was due. `chosen`: kind → pace."""
    return [entry for entry in entries if entry.at < (weekly if chosen.get(entry.kind) == Pace.WEEKLY else daily)]


def choices_of(person: Person) -> dict:
    """Kind → pace, as the person chose."""
    return dict(person.email_preferences.values_list("kind", "pace"))


@dataclass(frozen=True)
class Digest:
    """What a daily or weekly email has.

    `emails`: (kind, occurrence, subject type and id) of what would have been separate emails. `more`: how many more
    there are. `entries`: ids of all that is settled with it.
    """

    news: tuple[News, ...]
    emails: tuple[tuple, ...]
    more: int
    entries: tuple[int, ...]


def read_news(email: Email) -> RecipientCheck:
    """The reader of an email about one change or remark, the news, and why it may not be sent."""
    person = _person(email)
    subject = NEWS_SUBJECTS[email.subject_type].objects.filter(pk=email.subject_pk).first()
    news = describe_changes(person, [subject]) if person and person.is_active and subject else []
    return (
        person,
        next(iter(news), None),
        "" if news else gettext_noop("There’s nothing in it that they follow and may read."),
    )


def read_digest(email: Email, check: Callable[[Email], Audience]) -> RecipientCheck:
    """The reader of a daily or weekly digest, its content, and why it may not be sent.

    `check` finds the audience of one email in it.
    """
    person = _person(email)
    if person is None:
        return None, None, gettext_noop("The account is gone.")
    chosen = choices_of(person)
    mine = DigestEntry.objects.filter(sent_in=email.pk) if email.pk else DigestEntry.objects.none()
    entries = list(mine.filter(person=person)) + due_now(
        waiting_entries().filter(person=person), chosen, email.due_at, last_due(person, email.due_at)[Pace.WEEKLY][1]
    )
    news = describe_changes(person, _subjects(entries)) if chosen.get(EmailKind.FOLLOWED) != Pace.NEVER else []
    emails = [_as_email(email, entry) for entry in entries if entry.subject_type not in NEWS_SUBJECTS]
    emails = [
        (one.kind, one.occurrence, one.subject_type, one.subject_id) for one in emails if _is_still_valid(check(one))
    ]
    more = max(len(news) - MOST, 0) + max(len(emails) - MOST, 0)
    holds = Digest(tuple(news[:MOST]), tuple(emails[:MOST]), more, tuple(sorted({entry.pk for entry in entries})))
    return person, holds, "" if news or emails else gettext_noop("There’s no news that they may read.")


def _person(email: Email) -> Person | None:
    return Person.objects.filter(pk=email.recipient_pk).first()


def _subjects(entries: Sequence[DigestEntry]) -> list[Subject]:
    found: list[Change | Remark] = []
    for kind, model in NEWS_SUBJECTS.items():
        found += model.objects.filter(pk__in=[e.subject_id for e in entries if e.subject_type == kind]).order_by("pk")
    return found


def _as_email(email: Email, entry: DigestEntry) -> Email:
    return Email(
        kind=entry.kind,
        occurrence=entry.occurrence,
        recipient=email.recipient,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        created_at=entry.at,
    )


def _is_still_valid(found: Audience) -> bool:
    is_over = isinstance(found.subject, Meeting) and found.subject.starts_at <= clock.now()
    return not found.refusal and not is_over


@audience.email_settled.register
def settle(email: Email, holds: Model) -> None:
    """Assign everything that a daily or weekly email considered to it, shown or not: no other one includes it."""
    if isinstance(holds, Digest):
        DigestEntry.objects.filter(pk__in=holds.entries).update(sent_in=email)
