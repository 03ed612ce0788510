"""The WSGI application, for gunicorn and waitress."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from equity.environment import Refusal
from equity.handler import make_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")
# gunicorn stops at this exit code. At any other, it would start its workers again and again.
WORKER_CANNOT_BOOT = 3


def _application():
    from django.conf import settings

    if settings.COLLECTED and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise Refusal("The static files are missing. Run manage.py collectstatic --no-input.")
    return make_application()


try:
    application = _application()
except ImproperlyConfigured as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(WORKER_CANNOT_BOOT)
