"""Log formatting that leaves out personal data and secrets.

An exception is logged with its type and traceback, never with its message: a database error quotes whole rows.
"""

import logging
import re
import traceback
from copy import copy

from partnerships.core.text import without_addresses, without_links

_TOKEN = re.compile(r"reg_\w{8}_\w{32}")
# Arguments of Celery's log record for a failed task that repeat the exception's message.
_QUOTED = {"exc", "traceback", "args", "kwargs"}


class RedactingFormatter(logging.Formatter):
    """Replaces email addresses, personal links and tokens in log lines, and leaves out the messages of exceptions."""

    def format(self, record):
        record = copy(record)
        record.exc_text = None  # another handler may have cached the full text
        if isinstance(record.args, dict):
            record.args = {**record.args, **dict.fromkeys(_QUOTED & record.args.keys(), "…")}
        return _TOKEN.sub("(token)", without_links(without_addresses(super().format(record))))

    def formatException(self, exc_info):
        return "\n".join(_traceback_lines(exc_info[1]))


def _traceback_lines(problem):
    """The lines of a traceback, causes first, without the messages of exceptions."""
    before = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    if before is not None:
        yield from _traceback_lines(before)
        yield "Because of this, or while it was dealt with:"
    yield "".join(["Traceback (most recent call last):\n", *traceback.format_tb(problem.__traceback__)]).rstrip()
    yield f"{type(problem).__module__}.{type(problem).__qualname__}"
