"""What the registry would write to its log, as text."""

import copy
import io
import logging
from contextlib import contextmanager
from logging.config import DictConfigurator

from django.conf import settings


def formatter() -> logging.Formatter:
    """The formatter that the settings define for the log."""
    config = copy.deepcopy(settings.LOGGING)
    name = config["handlers"]["console"]["formatter"]
    return DictConfigurator(config).configure_formatter(config["formatters"][name])


@contextmanager
def written(*formatters):
    """Capture everything that any logger says in the block, at every level, as each of these formatters writes it.

    Yields a text stream for each formatter. Without any, the registry's own formatter is used.
    """
    root, streams = logging.getLogger(), [io.StringIO() for _ in formatters or (None,)]
    handlers = [logging.StreamHandler(stream) for stream in streams]
    for handler, wanted in zip(handlers, formatters or (formatter(),), strict=True):
        handler.setFormatter(wanted)
    level, disabled, others = root.level, root.manager.disable, root.handlers
    root.handlers = handlers  # and not to the terminal
    root.setLevel(logging.DEBUG)
    logging.disable(logging.NOTSET)
    try:
        yield streams if formatters else streams[0]
    finally:
        root.setLevel(level)
        logging.disable(disabled)
        root.handlers = others
