"""CPU time and queries of the pages that are opened most, for a visitor and for an editor of the lead agency, in turns.

On the sample registry. The visitor and the editor take turns, so a busy machine slows both alike.
"""

import statistics
import time

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partnerships.models import Partnership, Person

TURNS = 40
TITLE = "Housing access strategy (illustration)"


def pages() -> dict[str, str]:
    """Name → path."""
    path = Partnership.objects.get(title=TITLE).get_absolute_url()
    return {"home": "/", "list": "/partnerships/", "partnership": path, "partners": f"{path}partners/"}


def figure() -> dict[str, dict]:
    """Return for bench/figures/qp10.py: page → visitor's and editor's milliseconds (medians) and queries."""
    for command in ("load_vocabularies", "load_sample"):
        call_command(command, verbosity=0)
    visitor, editor = Client(), Client()
    editor.force_login(Person.objects.get(email="staff@example.org"))
    return {name: _cost(path, {"visitor": visitor, "editor": editor}) for name, path in pages().items()}


def _cost(path, clients):
    times, queries = {role: [] for role in clients}, {}
    for turn in range(TURNS):
        for role, client in clients.items():
            started = time.process_time()
            answer = client.get(path)
            times[role].append((time.process_time() - started) * 1000)
            assert answer.status_code == 200
            if turn == 0:  # the first request of each fills caches, so it isn't measured
                times[role].clear()
    for role, client in clients.items():
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        queries[role] = len(asked)
    return {role: (statistics.median(times[role]), queries[role]) for role in clients}
