"""Health checks: /healthz says that the process answers, and /readyz whether the registry works.

Neither reads a session or shows a record, so both can be open to everyone.
"""

import logging
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.mail.backlog import last_heartbeat, last_without_connection, oldest_unsent_due
from partnerships.web.frame import page_language

LONGEST_SILENCE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)
log = logging.getLogger(__name__)


@page_language.english_only
@never_cache
@require_safe
def healthz(request):
    return JsonResponse({"status": "alive"})


@page_language.english_only
@never_cache
@require_safe
def readyz(request):
    """Status 200 if all checks pass, else 503. The body is {"ready": …, "checks": {name: {"ok": …, "says": …}}}."""
    checks = {}
    try:
        for name, check in (("migrations", _migrations), ("letters", _emails), ("sender", _sender)):
            ok, says = check()
            checks[name] = {"ok": ok, "says": says}
        checks["database"] = {"ok": True, "says": "The database answers."}
    except DatabaseError as problem:
        log.warning("readyz: the database does not answer (%s)", type(problem).__name__)
        checks["database"] = {"ok": False, "says": "The database doesn’t answer, or its tables are missing."}
    ok, says = _cache()
    checks["cache"] = {"ok": ok, "says": says}
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _migrations():
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return (
        not waiting,
        f"{waiting} migrations wait. Run manage.py migrate." if waiting else "All migrations are applied.",
    )


def _emails():
    failed = last_without_connection(clock.now() - LONGEST_WAIT)
    if failed is not None:  # sign-in codes are never sent again, so perhaps no email waits
        ago = int((clock.now() - failed).total_seconds())
        return False, f"The mail server couldn’t be used {ago} seconds ago. The log says why."
    due = oldest_unsent_due()
    if due is None:
        return True, "No email is late."
    waited = clock.now() - due
    return waited <= LONGEST_WAIT, f"The oldest email has waited {int(waited.total_seconds())} seconds."


def _cache():
    try:
        cache.get("readyz")
    except Exception as problem:  # each cache server has errors of its own
        log.warning("readyz: the cache of CACHE_URL can’t be used (%s)", type(problem).__name__)
        return False, "The cache doesn’t answer, so each process counts requests by itself."
    return True, "The cache answers."


def _sender():
    at = last_heartbeat()
    if at is None:
        return False, "The sender has not reported yet."
    silent = clock.now() - at
    return silent <= LONGEST_SILENCE, f"The sender reported {int(silent.total_seconds())} seconds ago."
