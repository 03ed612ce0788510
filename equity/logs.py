"""How the registry writes its log: nothing that people wrote or that opens anything stands in it.

Of an exception the log says what it was and where, never its own words: a database's complaint quotes whole rows.
"""

import logging
import re
import traceback
from copy import copy

from partnerships.core.text import without_addresses, without_links

_TOKEN = re.compile(r"reg_\w{8}_\w{32}")
# What Celery says of a task that failed, and in what it repeats the exception's words.
_QUOTED = {"exc", "traceback", "args", "kwargs"}


class Discreet(logging.Formatter):
    """Log lines without mail addresses, personal links and tokens, and exceptions without their words."""

    def format(self, record):
        record = copy(record)
        record.exc_text = None  # another handler may have kept the whole one
        if isinstance(record.args, dict):
            record.args = {**record.args, **dict.fromkeys(_QUOTED & record.args.keys(), "…")}
        return _TOKEN.sub("(token)", without_links(without_addresses(super().format(record))))

    def formatException(self, exc_info):
        return "\n".join(_told(exc_info[1]))


def _told(problem):
    """Where it broke, line by line, what it came from first."""
    before = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    if before is not None:
        yield from _told(before)
        yield "Because of this, or while it was dealt with:"
    yield "".join(["Traceback (most recent call last):\n", *traceback.format_tb(problem.__traceback__)]).rstrip()
    yield f"{type(problem).__module__}.{type(problem).__qualname__}"
