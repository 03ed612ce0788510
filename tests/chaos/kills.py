"""QR1: senders that are killed at every step.

python -m tests.chaos.kills ACCEPTED KILLS_A_STEP, with DATABASE_URL and EMAIL_URL set. Prints one line of JSON for each
step.

Each try has a batch of three emails. A sender is killed with kill -9 at the step of one of them, and another sender
starts after the lease has expired. The SMTP window begins when the data of an email are marked as started and ends when
it's marked as sent. Only there may an email arrive twice, with the same Message-ID and flagged.
"""

import json
import sys
from datetime import timedelta

from tests.chaos import ground

BATCH = 3


def main(path, kills):
    ground.prepare()
    from partnerships.mail import outbox
    from partnerships.models import Email
    from tests.factories import make_meeting

    partnership, desks = ground.office_and_desks(BATCH)
    meeting = make_meeting(partnership, people=desks)
    ground.warm_up(Email.objects.first())
    Email.objects.all().delete()
    for step in outbox.STEPS:
        print(json.dumps({"step": step} | _tries(step, kills, meeting, desks, path)), flush=True)


def _tries(step, kills, meeting, desks, path):
    from partnerships.mail.outbox import IN_THE_SMTP_WINDOW

    inside = step in IN_THE_SMTP_WINDOW
    count = {"kills": 0, "lost": 0, "doubled_outside": 0, "doubled_inside": 0, "flagged": 0, "wrong_flag": 0}
    for n in range(kills):
        emails, killed = _one_try(step, n, meeting, desks)
        arrived = ground.accepted(path)
        times = [arrived[email.message_id] for email in emails]
        flagged = [email for email in emails if email.is_ambiguous]
        doubled = [email for email, often in zip(emails, times, strict=True) if often > 1]
        count["kills"] += killed
        count["lost"] += sum(often == 0 for often in times) + sum(email.state != "sent" for email in emails)
        count["doubled_inside" if inside else "doubled_outside"] += len(doubled)
        count["flagged"] += len(flagged)
        count["wrong_flag"] += len(flagged) != (1 if inside else 0) or any(one not in flagged for one in doubled)
    return count


def _one_try(step, n, meeting, desks):
    """Return the three emails after the kill and the recovery, and whether the first sender was killed."""
    from partnerships.core import clock
    from partnerships.mail import outbox
    from partnerships.mail.choices import EmailKind
    from partnerships.mail.leases import LEASE
    from partnerships.models import Email
    from partnerships.notifications import emails

    now = clock.now()
    due, occurrence = now + timedelta(seconds=1), f"{meeting.public_id}/{meeting.sequence}/{step}-{n}"
    about = (meeting, due, meeting.starts_at, meeting.partnership.lead_id)
    outbox.insert([outbox.build_row(EmailKind.MEETING_PLANNED, occurrence, desk, *about) for desk in desks], now=now)
    nth = 1 if step == "claimed" or (step == "connected") else n % BATCH + 1
    at = ground.killer(step, nth)
    code = ground.wait(ground.fork(lambda: outbox.send_due(now=due, render=emails.render, at=at)))
    later = due + LEASE + timedelta(seconds=1)
    assert ground.wait(ground.fork(lambda: _drain(later))) == 0
    return list(Email.objects.filter(occurrence=occurrence)), code == -9


def _drain(now):
    from partnerships.mail import outbox
    from partnerships.notifications import emails

    while outbox.send_due(now=now, render=emails.render):
        pass


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
