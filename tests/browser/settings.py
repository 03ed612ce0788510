"""The settings of a registry under test, with the additional addresses of tests/browser/control.py."""

from equity.settings import *  # noqa: F403
from equity.settings import MIDDLEWARE

MIDDLEWARE = ["tests.browser.control.Control", *MIDDLEWARE]
