"""QR2: four senders, two planners and two beats work at once on emails that all come due together.

python -m tests.chaos.crowd ACCEPTED EMAILS SECONDS_UNTIL_DUE, with DATABASE_URL and EMAIL_URL set. Prints one line of
JSON.

Meetings invite contacts, and their only reminder that isn't past (2 hours before) comes due during the run. Planners
plan again and again, senders take one batch after another, and beats run the scheduled tasks. None of them knows about
the others.
"""

import json
import os
import sys
import time
from datetime import timedelta

from tests.chaos import ground

DESKS = 100
SENDERS, PLANNERS, BEATS = 4, 2, 2
AT_MOST = 1200  # seconds


def main(path, wanted, until_due):
    ground.prepare()
    from partnerships.core import clock
    from partnerships.mail.models import Email

    due = _meetings(wanted, until_due)
    began, ends = time.monotonic(), time.monotonic() + AT_MOST

    def done():
        return time.monotonic() > ends or (clock.now() > due and _all_gone(wanted))

    works = [_send] * SENDERS + [_plan] * PLANNERS + [beat] * BEATS
    crowd = [ground.fork(lambda work=work: over_and_over(work, done)) for work in works]
    codes = [ground.wait(child) for child in crowd]
    arrived = ground.accepted(path)
    print(
        json.dumps(
            {
                "mails": sum(arrived.values()),
                "different": len(arrived),
                "sent": Email.objects.filter(state="sent").count(),
                "rows": Email.objects.count(),
                "ambiguous": Email.objects.filter(is_ambiguous=True).count(),
                "crashed": sum(code != 0 for code in codes),
                "seconds": round(time.monotonic() - began, 1),
            }
        )
    )


def _meetings(wanted, until_due):
    """Make meetings that invite every contact, so that `wanted` emails come due in this many seconds. Returns when."""
    from partnerships.core import clock
    from partnerships.core.writing import create
    from partnerships.mail.models import Email
    from partnerships.meetings.models import Meeting, Participant

    partnership, desks = ground.office_and_desks(DESKS)
    starts = clock.now().replace(microsecond=0) + timedelta(hours=2, seconds=until_due)
    wall = {"date": starts.date(), "time": starts.time(), "zone": "UTC", "starts_at": starts}
    for n in range(wanted // DESKS):
        meeting = Meeting(partnership=partnership, title=f"Table {n}", **wall)
        create(meeting)
        Participant.objects.bulk_create(Participant(meeting=meeting, contact=desk) for desk in desks)
    ground.warm_up(Email(kind="meeting_reminder", subject_id=meeting.pk, recipient=f"contact:{desks[0].pk}"))
    return starts - timedelta(hours=2)


def over_and_over(work, done):
    """Repeat `work` until all is done. It returns the seconds to pause, and `done` is only called before a pause."""
    while True:
        rest = work()
        if rest and done():
            return
        time.sleep(rest)


def _send():
    from partnerships.mail import outbox
    from partnerships.notifications import emails

    return 0 if outbox.send_due(render=emails.render) else 0.5


def _plan():
    from partnerships.notifications import planning

    planning.plan_all()
    return 3


def beat():
    """Run the scheduled tasks, without waiting for their schedule."""
    from partnerships import tasks

    tasks.plan_emails()
    tasks.send_emails()
    return 2


def _all_gone(wanted):
    from partnerships.mail.models import Email

    rows = Email.objects.count()
    return rows >= wanted and not Email.objects.filter(state__in=["planned", "claimed"]).exists()


if __name__ == "__main__":
    os.environ.setdefault("CELERY_BROKER_URL", "memory://")
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
