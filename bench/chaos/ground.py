"""What the trials of sending stand on: an empty database, a partnership, and processes that can be killed."""

import os
import signal
import sys
import traceback
from collections import Counter
from pathlib import Path

import django


def prepare():
    """Sets Django up and migrates the database that DATABASE_URL names."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def office_and_desks(n):
    """A published partnership, and n contacts of its organization at example.org."""
    from partnerships.models import Contact
    from tests.make import make_jurisdiction, make_organization, make_partnership, party

    office, organization = make_jurisdiction(), make_organization(listing="profiled")
    partnership = make_partnership(lead=office, parties=[party(office, "lead"), party(organization, "member")])
    Contact.objects.bulk_create(
        Contact(organization=organization, name=f"Desk {n}", email=f"desk{n}@example.org") for n in range(n)
    )
    return partnership, list(Contact.objects.filter(organization=organization).select_related("organization"))


def warm_up(letter):
    """Loads templates and addresses once, so that a forked process need not."""
    from partnerships.communication import letters, recipients

    letters.render(letter, recipients.find(letter.recipient))


def fork(work) -> int:
    """Runs `work` in a process of its own, with its own database connection; returns its id."""
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
    """Its exit code; −9 when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killer(step, nth):
    """An `at` that kills its own process with kill -9 when it comes to this step for the nth time."""
    left = nth

    def at(here):
        nonlocal left
        if here == step:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


def accepted(path) -> Counter:
    """Message-ID → how often the mail server took it."""
    return Counter(line.partition("\t")[0] for line in Path(path).read_text().splitlines())
