"""QR5: a mail server that fails in seventeen ways.

python -m tests.chaos.faults ACCEPTED SECONDS, with DATABASE_URL set. Prints one line of JSON for each fault and place.

Each fault happens to two emails. One is tried once with the registry's own timeout (SECONDS 0, else this many seconds),
and then whenever it's due while the fault lasts, until it reaches a final state. The other meets the fault once, and
then the fault is over. Tries after the first have a timeout of one second (or of SECONDS), so that the trial needn't
wait for each.
"""

import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.chaos import ground

LASTS = timedelta(minutes=30)
WORDS = {"planned": "waits", "sent": "sent", "failed": "failed", "expired": "too late", "claimed": "being sent"}
COPIES = {"sent": 1, "sent, flagged": 2, "failed, flagged": 2}


def main(patience):
    ground.prepare()
    from tests.factories import make_meeting

    partnership, desks = ground.office_and_desks(1)
    play(make_meeting(partnership, people=desks), desks[0], patience, print)


def play(meeting, desk, patience, tell):
    """Play every fault at every place. `tell` gets a line of JSON for each."""
    from partnerships.models import Email
    from tests.chaos.mailserver import FAULTS, MailServer

    Email.objects.all().delete()
    with tempfile.TemporaryDirectory() as home:
        server = MailServer(Path(home))
        server.slow_for = min(server.slow_for, patience / 2 or server.slow_for)
        for fault, places in FAULTS.items():
            for place in places:
                tell(json.dumps({"fault": fault, "at": place[0]} | _meets(server, place, meeting, desk, patience)))
        server.close()


def _meets(server, place, meeting, desk, patience):
    later = patience or 1
    email = _email(meeting, desk, f"{place}-lasts")
    server.fault = place
    first = _try(server, email, patience)
    server.slow_for = 0
    lasting, wrong = _until_it_ends(server, email, later), _wrong_copies(server, email)
    email = _email(meeting, desk, f"{place}-passes")
    _try(server, email, later)
    server.fault = None
    passing = _until_it_ends(server, email, later)
    return {"first": first, "lasting": lasting, "passing": passing, "wrong": wrong + _wrong_copies(server, email)}


def _email(meeting, desk, what):
    from partnerships.core import clock
    from partnerships.mail import outbox
    from partnerships.mail.choices import EmailKind

    due = clock.now() + timedelta(seconds=1)
    occurrence = f"{meeting.public_id}/{meeting.sequence}/{what}"
    email = outbox.build_row(EmailKind.MEETING_PLANNED, occurrence, desk, meeting, due, due + LASTS, None)
    email.save()
    return email


def _try(server, email, patience):
    """Try to send the email when it's due, with this timeout in seconds (0: the registry's own)."""
    from django.conf import settings

    from partnerships.mail import outbox, transport
    from partnerships.notifications import emails

    own = transport.STEP_TIMEOUT, transport.DOT_TIMEOUT
    settings.EMAIL_URL = server.url
    if patience:
        transport.STEP_TIMEOUT = transport.DOT_TIMEOUT = patience
    try:
        outbox.send_due(now=email.next_attempt_at, render=emails.render)
    finally:
        transport.STEP_TIMEOUT, transport.DOT_TIMEOUT = own
    email.refresh_from_db()
    return WORDS[email.state] + (", flagged" if email.is_ambiguous else "")


def _until_it_ends(server, email, patience):
    shown = ""
    while email.state in ("planned", "claimed") or not shown:
        shown = _try(server, email, patience)
    return shown


def _wrong_copies(server, email):
    """Return by how much the copies that the server accepted differ from the email's final state: one, or two if flagged."""
    ends = WORDS[email.state] + (", flagged" if email.is_ambiguous else "")
    return abs(server.taken.count(email.message_id) - COPIES.get(ends, 0))


if __name__ == "__main__":
    main(float(sys.argv[2]))
