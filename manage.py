#!/usr/bin/env python
"""Django's command line for the registry."""

import os
import sys


def refuse(why):
    """One clear sentence instead of a traceback, and exit code 2."""
    print(why, file=sys.stderr)
    sys.exit(2)


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever tries an older one is told so
        refuse("The registry needs Python 3.11 or later; this is {}.{}.".format(*sys.version_info))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError
    except ImportError:
        refuse("Django is not installed here. Run `make run`, or `pip install -r requirements.txt`.")
    try:
        try:
            execute_from_command_line(sys.argv)
        except DatabaseError:
            from partnerships.management import instance

            # The usual causes in one sentence; a migration that failed says more than that it waits.
            instance.require_database() if "migrate" in sys.argv else instance.require_tables()
            raise
    except ImproperlyConfigured as refusal:
        if not type(refusal).__module__.startswith("equity."):
            raise
        refuse(refusal)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
