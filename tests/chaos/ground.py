"""What trials of sending start from: an empty database, a partnership, and processes that can be killed."""

import os
import signal
import sys
import traceback
from collections import Counter
from datetime import timedelta
from pathlib import Path

import django

DESKS = 50


def prepare():
    """Set up Django and migrate the database in DATABASE_URL."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def office_and_desks(n):
    """Make a published partnership, and n contacts of its organization at example.org."""
    from partnerships.models import Contact
    from tests.factories import make_jurisdiction, make_organization, make_partnership, party

    office, organization = make_jurisdiction(), make_organization(listing="profiled")
    partnership = make_partnership(lead=office, parties=[party(office, "lead"), party(organization, "member")])
    Contact.objects.bulk_create(
        Contact(organization=organization, name=f"Desk {n}", email=f"desk{n}@example.org") for n in range(n)
    )
    return partnership, list(Contact.objects.filter(organization=organization).select_related("organization"))


def plan_emails(count, first, spread, lives=3600):
    """Plan emails that come due one after another over `spread` seconds, starting in `first` seconds.

    A negative `first` makes them overdue. Each expires this many seconds after it's due. For bench.trials. Returns
    their Message-IDs and when each is due.
    """
    from partnerships.core import clock
    from partnerships.mail import outbox
    from partnerships.mail.choices import EmailKind
    from partnerships.models import Email
    from tests.factories import make_meeting

    count, first, spread = int(count), float(first), float(spread)
    partnership, desks = office_and_desks(DESKS)
    meeting = make_meeting(partnership, people=desks)
    Email.objects.filter(subject_type="meeting", subject_id=meeting.pk).delete()
    begins, lives = clock.now() + timedelta(seconds=first), timedelta(seconds=float(lives))
    dues = [begins + timedelta(seconds=spread * n / count) for n in range(count)]
    rows = [
        outbox.build_row(
            EmailKind.MEETING_PLANNED,
            f"{meeting.public_id}/{meeting.sequence}/{n}",
            desks[n % DESKS],
            *(meeting, due, due + lives, partnership.lead_id),
        )
        for n, due in enumerate(dues)
    ]
    Email.objects.bulk_create(rows, batch_size=500)
    return {row.message_id: row.due_at.timestamp() for row in rows}


def warm_up(email):
    """Load templates and URLs once, so that a forked process doesn't have to."""
    from partnerships.notifications import emails, recipients

    emails.render(email, recipients.find(email.recipient))


def fork(work) -> int:
    """Run `work` in a forked process with its own database connection. Returns the process id."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if child:
        return child
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    os._exit(code)


def wait(child) -> int:
    """Wait for a process and return its exit code, which is −9 if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killer(step, nth):
    """Return an `at` that kills its own process with kill -9 when it reaches this step for the nth time."""
    left = nth

    def at(here):
        nonlocal left
        if here == step:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


def accepted(path) -> Counter:
    """Return Message-ID → how often the mail server accepted it."""
    return Counter(line.partition("\t")[0] for line in Path(path).read_text().splitlines())
