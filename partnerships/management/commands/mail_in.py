"""Takes in one email from standard input, as any mail server's pipe sends it (docs/operating.md).

Exit codes: 0 if it was handled or isn't for us, 65 if it can't be read, 75 if the mail server should try again, and 70
for an error of ours. The log gets one line without any text of the email.
"""

import logging
import os
import sys

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError

from partnerships.mail import incoming
from partnerships.notifications import mail_in

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Reads one email from standard input: a bounce, a spam report, or an answer to a meeting."
    requires_system_checks = ()

    def handle(self, **options):
        raw = sys.stdin.buffer.read(incoming.MOST_BYTES + 1)
        while sys.stdin.buffer.read(incoming.MOST_BYTES):
            pass  # read to the end: to a mail server, a pipe that closes early looks like a crash
        status = _process_message(raw)
        if status != os.EX_OK:
            sys.exit(status)


def _process_message(raw):
    try:
        logger.info("Email received: %s.", mail_in.process(raw))
    except mail_in.Refused as refusal:
        logger.warning("Received email refused: %s.", refusal)
    except incoming.Malformed as problem:
        logger.warning("Received email can’t be read: %s.", problem)
        return os.EX_DATAERR
    except (OperationalError, InterfaceError):
        logger.warning("Email received while the database was unavailable.")
        return os.EX_TEMPFAIL
    except Exception as problem:  # its message may contain an email address
        logger.error("Received email caused an error (%s).", type(problem).__name__)
        return os.EX_SOFTWARE
    return os.EX_OK
