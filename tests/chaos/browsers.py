"""Many browsers at one registry on SQLite: writers who save edit forms, and readers, each with one request a second.

`prepare` (python -m bench.trials tests.chaos.browsers:prepare) fills the database and signs the writers in. `Crowd` then sends
requests to the running server over HTTP and records the status and time of each answer.
"""

import http.client
import threading
import time
from collections import Counter
from urllib.parse import urlencode

TOKEN = "0123456789abcdefghijklmnopqrstuv"  # the CSRF token in forms and cookies, any 32 alphanumeric characters
TIMEOUT = 30


def prepare(writers="20"):
    """Make the writers' sessions and records: an organization and a partnership for each writer to edit."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from partnerships.models import Membership
    from tests.factories import (
        make_issue_area,
        make_jurisdiction,
        make_organization,
        make_partnership,
        make_person,
        make_term,
        party,
    )

    store = import_module(settings.SESSION_ENGINE).SessionStore
    area, purpose, office = make_issue_area(), make_term(), make_jurisdiction()
    found = []
    for n in range(int(writers)):
        person = make_person(f"writer-{n}@example.org", name=f"Writer {n}")
        Membership.objects.create(person=person, jurisdiction=office, role="editor")
        group = make_organization(f"Coalition {n}", "profiled", kept_by=office, issue_areas=[area])
        sides = [party(office, "lead"), party(group, "member")]
        partnership = make_partnership(f"Work {n}", lead=office, parties=sides, issue_areas=[area])
        session = store()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.save()
        found.append(
            {
                "session": session.session_key,
                "person": f"person:{person.pk}",
                "organization": [group.public_id, group.version],
                "partnership": [partnership.public_id, partnership.version],
            }
        )
    return {"writers": found, "office": office.pk, "purpose": purpose.pk}


NO_ROWS = {f"{name}-{count}": "0" for name in ("contacts", "identifiers") for count in ("TOTAL_FORMS", "INITIAL_FORMS")}


class Writer:
    """Saves in turn an organization, a meeting, the organization again, and a new organization."""

    def __init__(self, given, office, number):
        self.cookie, self.office, self.number = f"sessionid={given['session']}; csrftoken={TOKEN}", office, number
        self.organization, self.version = given["organization"]
        self.partnership, _ = given["partnership"]

    def request(self, turn):
        path, fields = (self._edit, self._meeting, self._edit, self._new)[turn % 4](turn)
        return "POST", path, {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}, fields

    def answered(self, path, status):
        if path.endswith(f"{self.organization}/edit/") and status == 302:
            self.version += 1

    def _organization(self, turn, name):
        own = {"name": name, "side": "community", "listing": "profiled", "kept_by": self.office}
        return own | {"aims": f"Aim {turn} of writer {self.number}", "csrfmiddlewaretoken": TOKEN} | NO_ROWS

    def _edit(self, turn):
        # The name changes every tenth turn, so it often changes all documents that show it.
        fields = self._organization(turn, f"Coalition {self.number}, year {turn // 10}") | {"version": self.version}
        fields["not_a_duplicate"] = "on"
        return f"/organizations/{self.organization}/edit/", fields

    def _new(self, turn):
        fields = self._organization(turn, f"New group {self.number} {turn}") | {"listing": "unlisted"}
        return "/organizations/new/", fields | {"not_a_duplicate": "on"}

    def _meeting(self, turn):
        fields = {
            "title": f"Table {turn}",
            "date": f"2030-01-{turn % 28 + 1:02}",
            "time": "10:00",
            "minutes_long": "60",
        }
        fields |= {"zone": "America/Chicago", "csrfmiddlewaretoken": TOKEN, "is_public": "on", "agenda": "One | 5"}
        fields["despite"] = "yes"  # the same people meet at the same hour on many days
        return f"/partnerships/{self.partnership}/meetings/new/", fields


class Reader:
    """Opens in turn what visitors open: a partnership, lists, an API list, an organization, the home page."""

    def __init__(self, writers, number):
        self.own = writers[number % len(writers)]
        self.number = number

    def request(self, turn):
        pages = (
            f"/partnerships/{self.own['partnership'][0]}/",
            f"/api/v1/partnerships/?updated_since=start&page_size={50 + self.number}",
            f"/organizations/{self.own['organization'][0]}/",
            "/partnerships/?q=coalition",
            f"/api/v1/partnerships/{self.own['partnership'][0]}/",
            "/",
            "/meetings/",
        )
        return "GET", pages[(turn + self.number) % len(pages)], {}, None

    def answered(self, path, status):
        pass


class Crowd:
    """A crowd. `people` send a request a second each, for this many seconds.

    `answers`: a list of (method, path, status, seconds).
    """

    def __init__(self, port, people, seconds):
        self.port, self.people, self.ends = port, people, None
        self.seconds, self.answers, self.lock = seconds, [], threading.Lock()

    def run(self):
        self.ends = time.monotonic() + self.seconds
        threads = [threading.Thread(target=self._be, args=pair) for pair in enumerate(self.people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _be(self, place, person):
        due, turn = time.monotonic() + place / len(self.people), 0
        while due < self.ends:
            time.sleep(max(0, due - time.monotonic()))
            # Time counts from when a person wanted to send the request, including the wait for the answer before.
            status, path, method = self._ask(person, turn)
            with self.lock:
                self.answers.append((method, path, status, time.monotonic() - due))
            turn, due = turn + 1, max(due + 1, time.monotonic())

    def _ask(self, person, turn):
        method, path, headers, fields = person.request(turn)
        try:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
            link.request(method, path, urlencode(fields) if fields else None, headers)
            answer = link.getresponse()
            answer.read()
            link.close()
            status = answer.status
        except OSError:
            status = 0
        person.answered(path, status)
        return status, path, method

    def statuses(self, method):
        return Counter(status for asked, _, status, _ in self.answers if asked == method)

    def p99(self, method):
        times = sorted(seconds for asked, _, _, seconds in self.answers if asked == method)
        return times[int(len(times) * 0.99)] if times else 0
