"""The registry's settings, for a registry that is under test: tests/browser/control.py answers two addresses more."""

from equity.settings import *  # noqa: F403
from equity.settings import MIDDLEWARE

MIDDLEWARE = ["tests.browser.control.Control", *MIDDLEWARE]
