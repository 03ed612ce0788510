"""The sweep: plans what is missing in the outbox of meetings, check-ins, agreements, action items, rounds and numbers.

Each subject's own module also plans in the transaction that saves a record: its `follow_…` functions hold the record's lock,
plan what is to come and withdraw what no longer fits. The sweep only adds what is missing, since it holds no lock; what is out of
date in the outbox is refused right before it is sent. What was already past when it is planned is left out.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from partnerships.core import clock
from partnerships.mail import outbox
from partnerships.mail.models import Email
from partnerships.notifications import action_items, agreements, check_ins, meetings, numbers, rounds
from partnerships.notifications.common import BATCH, HORIZON

SUBJECTS = (meetings, check_ins, agreements, action_items, rounds, numbers)


def plan_all() -> int:
    """Add to the outbox every email of the next two days that is missing there. Returns how many were missing."""
    moment = clock.shared()
    now = moment()
    until = now + HORIZON

    def is_near(due_at: datetime) -> bool:
        return now <= due_at <= until

    return sum(_add_missing(emails, moment) for subject in SUBJECTS for emails in subject.sweep(now, is_near))


def _add_missing(emails: list[Email], moment: Callable[[], datetime]) -> int:
    if not emails:
        return 0
    kind, subjects = emails[0].subject_type, {row.subject_id for row in emails}
    there = Email.objects.filter(subject_type=kind, subject_id__in=subjects)
    have = set(there.values_list("kind", "occurrence", "recipient"))
    missing = outbox.without_unsubscribed(
        row for row in emails if (row.kind, row.occurrence, row.recipient) not in have
    )
    for part in _in_parts(missing, BATCH):  # each a short transaction: SQLite lets one writer in at a time
        outbox.insert(part, now=moment())
    return len(missing)


def _in_parts(rows: Sequence[Email], size: int) -> Iterator[Sequence[Email]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
