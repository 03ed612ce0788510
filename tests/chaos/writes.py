"""QD6 and QD8: people save while the web process, or the database's connections and server, are killed.

Each writer posts forms over HTTP, as a browser does, for a new organization and a new meeting in turn. The name says
which of the writer's posts it was. A redirect to the saved record acknowledges the write. Afterwards, each acknowledged
record must exist, with its entry in the audit log. Any other write may or may not have happened.
"""

import http.client
import json
import threading
import time
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from tests.chaos.browsers import NO_ROWS, TOKEN

TIMEOUT = 10


class Writers:
    """Writers who save until they are stopped.

    `given` is what tests.chaos.browsers:prepare returned, and `first` the number of the first write. `acknowledged`: a list of
    (table, name of the record). `refused` counts the other writes. `slowest` is in seconds.
    """

    def __init__(self, port, given, wanted, first=0):
        self.port, self.given, self.wanted = port, given, wanted
        self.acknowledged, self.refused, self.lock = [], 0, threading.Lock()
        self.numbers, self.stopping = count(first), False
        self.last_moment = self.slowest = 0

    def __enter__(self):
        self.threads = [threading.Thread(target=self._write, args=(one,)) for one in self.given["writers"]]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *broke):
        self.stopping = True
        for thread in self.threads:
            thread.join(TIMEOUT * 2)

    @property
    def are_done(self):
        return len(self.acknowledged) >= self.wanted

    def _write(self, writer):
        while not (self.stopping or self.are_done):
            with self.lock:
                n = next(self.numbers)
            kind, name, path, fields = self._organization(n) if n % 2 else self._meeting(n, writer)
            began = time.monotonic()
            saved = _post(self.port, path, fields, writer["session"])
            with self.lock:
                if saved:
                    self.acknowledged.append((kind, name))
                    self.last_moment = time.monotonic()
                    self.slowest = max(self.slowest, self.last_moment - began)
                else:
                    self.refused += 1
            time.sleep(0 if saved else 0.1)

    def _organization(self, n):
        name = f"New group number {n}"
        fields = {"name": name, "side": "community", "listing": "unlisted", "kept_by": self.given["office"]}
        return "organization", name, "/organizations/new/", fields | {"not_a_duplicate": "on"} | NO_ROWS

    def _meeting(self, n, writer):
        title = f"Table number {n}"
        fields = {"title": title, "date": "2030-01-15", "time": "10:00", "minutes_long": "60"}
        fields |= {"zone": "America/Chicago", "is_public": "on", "agenda": "One | 5"}
        fields["asked"] = writer["person"]  # gets an email
        fields["despite"] = "yes"  # the same people meet at that hour in every other meeting here
        return "meeting", title, f"/partnerships/{writer['partnership'][0]}/meetings/new/", fields


def _post(port, path, fields, session):
    """Whether the answer says that it was saved."""
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-Forwarded-For": "192.0.2.1"}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        link.request("POST", path, urlencode(fields | {"csrfmiddlewaretoken": TOKEN}), headers)
        return link.getresponse().status == 302
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def missing(path):
    """Return how many of the acknowledged writes in this file are missing, or missing from the audit log (for bench.trials)."""
    from partnerships.models import Change, Meeting, Organization

    acknowledged = [tuple(one) for one in json.loads(Path(path).read_text())]
    there = {("organization", name) for name in Organization.objects.values_list("name", flat=True)}
    there |= {("meeting", title) for title in Meeting.objects.values_list("title", flat=True)}
    logged = set()
    for kind, after in Change.objects.filter(verb="create").values_list("record_type", "after"):
        logged.add((kind, after.get("name") or after.get("title")))
    return sum(one not in there or one not in logged for one in acknowledged)
