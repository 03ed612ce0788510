"""The trial of QR5: a mail server that fails in sixteen ways.

python -m bench.chaos.faults ACCEPTED SECONDS, with DATABASE_URL set. Prints one line of JSON a fault and place of it.

Each fault meets two letters. One is tried once with the registry's own patience (SECONDS 0; else so many), and then as
often as it is due while the fault lasts, until it has come to an end. The other meets the fault once, and then it is over.
The tries after the first have a patience of a second (or of SECONDS), so that the trial need not wait for each.
"""

import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bench.chaos import ground

LASTS = timedelta(minutes=30)
WORDS = {"planned": "waits", "sent": "sent", "failed": "failed", "expired": "too late", "claimed": "being sent"}
COPIES = {"sent": 1, "sent, flagged": 2, "failed, flagged": 2}


def main(patience):
    ground.prepare()
    from tests.make import make_meeting

    partnership, desks = ground.office_and_desks(1)
    play(make_meeting(partnership, people=desks), desks[0], patience, print)


def play(meeting, desk, patience, tell):
    """Every fault at every place; `tell` gets a line of JSON for each."""
    from bench.chaos.mailserver import FAULTS, MailServer
    from partnerships.models import Letter

    Letter.objects.all().delete()
    with tempfile.TemporaryDirectory() as home:
        server = MailServer(Path(home))
        server.slow_for = min(server.slow_for, patience / 2 or server.slow_for)
        for fault, places in FAULTS.items():
            for place in places:
                tell(json.dumps({"fault": fault, "at": place[0]} | _meets(server, place, meeting, desk, patience)))
        server.close()


def _meets(server, place, meeting, desk, patience):
    later = patience or 1
    letter = _letter(meeting, desk, f"{place}-lasts")
    server.fault = place
    first = _try(server, letter, patience)
    server.slow_for = 0
    lasting, wrong = _until_it_ends(server, letter, later), _wrong_copies(server, letter)
    letter = _letter(meeting, desk, f"{place}-passes")
    _try(server, letter, later)
    server.fault = None
    passing = _until_it_ends(server, letter, later)
    return {"first": first, "lasting": lasting, "passing": passing, "wrong": wrong + _wrong_copies(server, letter)}


def _letter(meeting, desk, what):
    from partnerships.core import clock
    from partnerships.mail import outbox
    from partnerships.mail.choices import LetterKind

    due = clock.now() + timedelta(seconds=1)
    occurrence = f"{meeting.public_id}/{meeting.sequence}/{what}"
    letter = outbox.planned(LetterKind.MEETING_PLANNED, occurrence, desk, meeting, due, due + LASTS, None)
    letter.save()
    return letter


def _try(server, letter, patience):
    """Takes the letter up at the moment when it is due, with so many seconds of patience (0: the registry's own)."""
    from django.conf import settings

    from partnerships.mail import outbox, transport
    from partnerships.notifications import letters

    own = transport.STEP_TIMEOUT, transport.DOT_TIMEOUT
    settings.EMAIL_URL = server.url
    if patience:
        transport.STEP_TIMEOUT = transport.DOT_TIMEOUT = patience
    try:
        outbox.send_due(now=letter.next_attempt_at, render=letters.render)
    finally:
        transport.STEP_TIMEOUT, transport.DOT_TIMEOUT = own
    letter.refresh_from_db()
    return WORDS[letter.state] + (", flagged" if letter.is_ambiguous else "")


def _until_it_ends(server, letter, patience):
    words = ""
    while letter.state in ("planned", "claimed") or not words:
        words = _try(server, letter, patience)
    return words


def _wrong_copies(server, letter):
    """How far what the server took of this letter is from what its end says: once, or twice and flagged."""
    ends = WORDS[letter.state] + (", flagged" if letter.is_ambiguous else "")
    return abs(server.taken.count(letter.message_id) - COPIES.get(ends, 0))


if __name__ == "__main__":
    main(float(sys.argv[2]))
