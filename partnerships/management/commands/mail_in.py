"""The way in for mail: one message on standard input, as any mail server's pipe gives it (docs/operating.md).

Ends with 0 when it was dealt with or is no concern of ours, 65 when it cannot be read, 75 when it should be tried again, and 70
when something broke here. The log gets one line without a word of the mail.
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
    help = "Reads one mail from standard input: a letter that came back, a complaint, or an answer to a meeting."
    requires_system_checks = ()

    def handle(self, **options):
        raw = sys.stdin.buffer.read(incoming.MOST_BYTES + 1)
        while sys.stdin.buffer.read(incoming.MOST_BYTES):
            pass  # to its end: a pipe that closes early looks to a mail server like a program that broke
        status = _take(raw)
        if status != os.EX_OK:
            sys.exit(status)


def _take(raw):
    try:
        logger.info("Mail came in: %s.", mail_in.take(raw))
    except mail_in.Refused as refusal:
        logger.warning("Mail that came in was refused: %s.", refusal)
    except incoming.Malformed as problem:
        logger.warning("Mail that came in cannot be read: %s.", problem)
        return os.EX_DATAERR
    except (OperationalError, InterfaceError):
        logger.warning("Mail came in while the database was away.")
        return os.EX_TEMPFAIL
    except Exception as problem:  # its own words could hold an address
        logger.error("Mail that came in broke something (%s).", type(problem).__name__)
        return os.EX_SOFTWARE
    return os.EX_OK
