"""How a line of the log is written."""

import logging
import re

# As in partnerships.communication.links, which the settings cannot import.
_SECRET = re.compile(r"by-link(?:/|%2F)[^\s\"'<>]*", re.IGNORECASE)


class PlainFormatter(logging.Formatter):
    """One line, or more with a traceback; what stands in the address of a personal link is left out."""

    def format(self, record):
        return _SECRET.sub("by-link/…", super().format(record))
