"""Plans emails about followed records, and daily and weekly emails. A sweep that may run late or twice.

The outbox's unique key decides: one email for each change and reader, whatever the number of reasons, and one daily
email for each reader and day of their calendar. Who may have it and what it says is checked when it is sent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from partnerships.accounts.models import Person
from partnerships.core import clock, record_types
from partnerships.core.models import Change, Heartbeat, type_key
from partnerships.mail import outbox, schedule
from partnerships.mail.choices import EmailKind, Pace
from partnerships.mail.models import Email
from partnerships.mail.schedule import MORNING
from partnerships.notifications.common import Row
from partnerships.notifications.digests import due_now, last_due, next_due, waiting_entries
from partnerships.notifications.models import DigestEntry, EmailPreference, Follow
from partnerships.notifications.news import Subject, followers
from partnerships.registry.models import Remark

MARK = "news"  # the row that says up to which moment changes were read
AGAIN = timedelta(minutes=15)  # read twice: changes that were uncommitted then, or written by a clock that is behind
NEWS_OPEN = timedelta(days=7)  # after that, news is too old to send, or to plan after a longer pause of the sweep
BATCH = 200


def plan_all() -> None:
    moment = clock.shared()
    plan_news(moment)
    plan_digests(moment)


# Right away


def plan_news(moment: Callable[[], datetime]) -> None:
    """Plans an email for each change since the last sweep, to each person who follows something that it affects."""
    now = moment()
    mark = Heartbeat.objects.filter(name=MARK).first()
    since = max(min(mark.at if mark else now, now) - AGAIN, now - NEWS_OPEN)
    if Follow.objects.exists():
        changes = Change.objects.filter(at__gt=since, record_type__in=types_with_news()).order_by("pk")
        for batch in in_batches(changes):
            _plan(batch, moment)
        _plan(remarks_published_since(since, now), moment)
    Heartbeat.objects.update_or_create(name=MARK, defaults={"at": now})


def types_with_news() -> list[str]:
    """The types of record whose changes are news."""
    return [*(kind.key for kind in record_types.followable()), "meeting"]


def in_batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """These rows by primary key, in lists of BATCH."""
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def remarks_published_since(since: datetime, now: datetime) -> list[Remark]:
    """Statements of lead agencies that became public in this time, from the morning of their day on."""
    days = (since.date() - timedelta(days=1), now.date() + timedelta(days=1))
    rows = Remark.objects.filter(public_on__range=days, withdrawn_at=None).select_related("partnership__lead")
    return [row for row in rows if since < _morning_of(row) <= now]


def _morning_of(remark: Remark) -> datetime:
    return schedule.instant(remark.public_on, MORNING, remark.partnership.lead.zone)


def _plan(subjects: Sequence[Subject], moment: Callable[[], datetime]) -> None:
    found = followers(subjects)
    people = Person.objects.in_bulk({pk for ids in found.values() for pk in ids})
    now = moment()
    emails = [
        outbox.build_row(
            EmailKind.FOLLOWED,
            f"{type_key(subject)}/{subject.pk}",
            people[pk],
            subject,
            due_at=now,
            expires_at=now + NEWS_OPEN,
            lead_id=None,  # an office may not see what a person follows
        )
        for subject, ids in found.items()
        for pk in sorted(ids)
    ]
    there = Email.objects.filter(kind=EmailKind.FOLLOWED, occurrence__in={row.occurrence for row in emails})
    have = set(there.values_list("occurrence", "recipient")) if emails else set()
    outbox.insert([row for row in emails if (row.occurrence, row.recipient) not in have], now=now)


# Daily and weekly


def plan_digests(moment: Callable[[], datetime]) -> None:
    """Plans the daily or weekly email for each person with entries waiting, once their hour has come.

    A late one is replaced by the next day's.
    """
    people = Person.objects.filter(is_active=True, pk__in=waiting_entries().values("person")).order_by("pk")
    for batch in in_batches(people):
        entries, now = defaultdict(list), moment()
        chosen: dict[int, dict[str, str]] = defaultdict(dict)
        for entry in waiting_entries().filter(person__in=batch):
            entries[entry.person_id].append(entry)
        for person, kind, pace in EmailPreference.objects.filter(person__in=batch).values_list(
            "person", "kind", "pace"
        ):
            chosen[person][kind] = pace
        emails = [_digest(person, entries[person.pk], chosen[person.pk], now) for person in batch]
        outbox.insert([email for email in emails if email], now=now)


def _digest(person: Person, entries: Sequence[DigestEntry], chosen: dict[str, str], now: datetime) -> Email | None:
    due = last_due(person, now)
    (daily_on, daily), (weekly_on, weekly) = due[Pace.DAILY], due[Pace.WEEKLY]
    entries = due_now(entries, chosen, daily, weekly)
    if not entries:
        return None
    is_daily = any(chosen.get(entry.kind) != Pace.WEEKLY for entry in entries)
    occurrence = f"digest/{daily_on if is_daily else weekly_on}"
    until = next_due(person, Pace.DAILY, now)
    return outbox.build_row(
        EmailKind.DIGEST, occurrence, person, entries[0], due_at=now, expires_at=until, lead_id=None
    )
