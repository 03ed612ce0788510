"""What the registry would write to its log, as text."""

import copy
import io
import logging
from contextlib import contextmanager
from logging.config import DictConfigurator

from django.conf import settings


def formatter() -> logging.Formatter:
    """As the settings have it for the log."""
    config = copy.deepcopy(settings.LOGGING)
    name = config["handlers"]["console"]["formatter"]
    return DictConfigurator(config).configure_formatter(config["formatters"][name])


@contextmanager
def written(*formatters):
    """Everything that any logger says meanwhile, down to the smallest thing, as each of these formatters writes it (without
    any: as the registry does). Yields a text stream for each."""
    root, streams = logging.getLogger(), [io.StringIO() for _ in formatters or (None,)]
    handlers = [logging.StreamHandler(stream) for stream in streams]
    for handler, wanted in zip(handlers, formatters or (formatter(),), strict=True):
        handler.setFormatter(wanted)
    level, disabled, others = root.level, root.manager.disable, root.handlers
    root.handlers = handlers  # and not on the terminal
    root.setLevel(logging.DEBUG)
    logging.disable(logging.NOTSET)
    try:
        yield streams if formatters else streams[0]
    finally:
        root.setLevel(level)
        logging.disable(disabled)
        root.handlers = others
