"""QR6: the mail server is away for four hours, on a clock that is moved instead of waited for.

python -m tests.chaos.away ACCEPTED, with DATABASE_URL and EMAIL_URL set. Prints one line of JSON.

Emails come due throughout the four hours. Half of them expire after two hours, as a reminder does when its meeting
starts. While the server is away, a sender tries every half minute. Once it's back, the clock advances by the time that
sending really takes, and by five seconds when nothing is due, as with beat.
"""

import json
import sys
import time
from datetime import timedelta

from tests.chaos import ground

EMAILS = 2400
AWAY, TRY, TICK = timedelta(hours=4), timedelta(seconds=30), timedelta(seconds=5)
BOUND = timedelta(minutes=15)
SHORT, LONG = 2 * 3600, 48 * 3600  # seconds


def main(path):
    ground.prepare()
    from django.conf import settings

    from partnerships.core import clock
    from partnerships.models import Email

    began = clock.now()
    for lives in (SHORT, LONG):
        ground.plan_emails(EMAILS // 2, 0, AWAY.total_seconds(), lives)
    there, settings.EMAIL_URL = settings.EMAIL_URL, "smtp://127.0.0.1:1"
    back = _while_away(began, began + AWAY)
    settings.EMAIL_URL = there
    ends = _catch_up(back)
    arrived = ground.accepted(path)
    rows = list(Email.objects.filter(subject_type="meeting"))
    print(
        json.dumps(
            {
                "emails": len(rows),
                "sent": sum(row.state == "sent" for row in rows),
                "too late": sum(row.state == "expired" for row in rows),
                "lost": sum(arrived[row.message_id] == 0 for row in rows if row.expires_at > back + BOUND),
                "after the start": sum(bool(arrived[row.message_id]) for row in rows if not _in_time(row)),
                "doubled": sum(times > 1 for times in arrived.values()),
                "minutes": round((ends - back).total_seconds() / 60, 1),
            }
        )
    )


def _in_time(row):
    return row.state == "sent" and row.sent_at < row.expires_at


def _while_away(now, back):
    from partnerships.mail import outbox
    from partnerships.notifications import emails

    while now < back:
        outbox.send_due(now=now, render=emails.render)
        now += TRY
    return back


def _catch_up(now):
    """Send until no email is left. Returns the moment."""
    from partnerships.mail import outbox
    from partnerships.models import Email
    from partnerships.notifications import emails

    ends = now + timedelta(hours=1)
    while now < ends and Email.objects.filter(state__in=["planned", "claimed"], due_at__lt=now).exists():
        started = time.monotonic()
        took = outbox.send_due(now=now, render=emails.render)
        now += timedelta(seconds=time.monotonic() - started) + (timedelta() if took else TICK)
    return now


if __name__ == "__main__":
    main(sys.argv[1])
