"""Two who save one organization's profile at one moment, again and again, through its real forms over HTTP.

Both open a form of the same version, then both send it at once. Whoever is told that it was saved finds their words stored.
Whoever is not finds them in the answer, sends that on, and then both sides' words stand where they said: stored, or, where
one chose to replace the other's, in the history. Two who work on different parts both get through at the first try.
"""

import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from bench.chaos.servers import free_port, wait_for
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Membership, Organization
from tests.make import make_issue_area, make_jurisdiction, make_organization, make_person
from tests.serving import Browser

WORK, REACH, NAME, PLACE = "mine/work/", "mine/reach/", "mine/name/", "mine/place/"
WHOLE = "edit/"
ROUNDS = 1000


@dataclass(frozen=True)
class Move:
    """What one of the two does: types words into a field of a page."""

    page: str
    name: str

    def typed(self, shown, words) -> dict:
        return {self.name: words}

    def stored(self, organization) -> str:
        return str(getattr(organization, self.name))


class Contact(Move):
    """Adds a contact, in the empty row of the page."""

    def typed(self, shown, words):
        return {f"contacts-{int(shown['contacts-TOTAL_FORMS'][0]) - 1}-name": words}

    def stored(self, organization):
        return " ".join(contact.name for contact in organization.contacts.all())


@dataclass(frozen=True)
class Press:
    """“Still right”, which holds no words."""

    page: str = "still-right/"


# kind of race → (one, other, whether both must get through at the first try)
KINDS = {
    "one field": (Move(WORK, "aims"), Move(WORK, "aims"), False),
    "two sections": (Move(WORK, "aims"), Move(REACH, "address"), True),
    "two fields of one section": (Move(REACH, "website"), Move(REACH, "address"), False),
    "two names": (Move(NAME, "name"), Move(NAME, "name"), False),
    "a section and the whole record": (Move(PLACE, "area_note"), Move(WHOLE, "aims"), False),
    "one field, in a section and in the whole record": (Move(WORK, "aims"), Move(WHOLE, "aims"), False),
    "two contacts": (Contact(REACH, "contacts"), Contact(REACH, "contacts"), False),
    "a section and “still right”": (Move(PLACE, "area_note"), Press(), False),
    "two other sections": (Move(NAME, "other_names"), Move(PLACE, "area_note"), True),
}


@dataclass
class Found:
    tried: int = 0
    ran: Counter = field(default_factory=Counter)
    first: Counter = field(default_factory=Counter)  # how many got through at the first try
    wrong: list[str] = field(default_factory=list)


class Table:
    """The organization, two who write there, and their browsers."""

    def __init__(self, port):
        office, area = make_jurisdiction(), make_issue_area()
        self.group = make_organization("Neighbors", "profiled", kept_by=office, issue_areas=[area])
        self.browsers = []
        for name, role in (("Ana", "manager"), ("Ben", "editor")):
            person = make_person(f"{name.lower()}@example.org", name=name)
            Membership.objects.create(person=person, organization=self.group, role=role)
            self.browsers.append(Browser(port, person))

    def url(self, page):
        return f"/organizations/{self.group.public_id}/{page}"

    def now(self):
        return Organization.objects.get(pk=self.group.pk)

    def clear(self):
        """Before a round: as on a new day, with fewer contacts than a form takes."""
        more = {"contacts": []} if self.group.contacts.count() > 20 else {}
        save_organization(organization=self.now(), by=None, fields={"last_verified_on": None}, **more)


def race(port, rounds) -> Found:
    table, found, kinds = Table(port), Found(), list(KINDS.items())
    for n in range(rounds):
        name, (one, other, both) = kinds[n % len(kinds)]
        table.clear()
        found.wrong += [f"round {n}, {name}: {words}" for words in _round(table, (one, other), both, n, found, name)]
        found.tried, found.ran[name] = found.tried + 1, found.ran[name] + 1
    return found


def _round(table, moves, both, n, found, name):
    since = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    words = [_words(move, who, n) for who, move in zip(("Ana", "Ben"), moves, strict=True)]
    sent = [
        _opened(table, browser, move, text) for browser, move, text in zip(table.browsers, moves, words, strict=True)
    ]
    if sent[0]["version"] != sent[1]["version"]:
        yield "the two did not start from one version"
    answers = _at_once(table, moves, sent)
    through = [answer.status == 302 for answer in answers]
    found.first[name] += sum(through)
    yield from _judge(table.now(), moves, words, answers)
    if both and not all(through):
        yield f"{through.count(False)} of two sections did not get through at once"
    if not any(through):
        yield f"nobody got through: {[answer.status for answer in answers]}"
    for browser, move, text, answer in zip(table.browsers, moves, words, answers, strict=True):
        if answer.status == 409 and isinstance(move, Move):
            yield from _send_on(table, browser, move, text, answer)
    yield from _history(table, since, [text for text, move in zip(words, moves, strict=True) if isinstance(move, Move)])


def _words(move, who, n):
    words = f"{who} says {n}"
    return f"https://{who.lower()}{n}.example.org/" if getattr(move, "name", "") == "website" else words


def _opened(table, browser, move, text):
    """What the form of the page would send, with these words typed in."""
    page = table.url("mine/" if isinstance(move, Press) else move.page)
    fields = browser.get(page).fields
    if isinstance(move, Press):
        return {name: fields[name][:1] for name in ("csrfmiddlewaretoken", "version")}
    return fields | move.typed(fields, text)


def _at_once(table, moves, sent):
    start, answers = threading.Barrier(2), [None, None]

    def send(place):
        start.wait(30)
        answers[place] = table.browsers[place].post(table.url(moves[place].page), sent[place])

    threads = [threading.Thread(target=send, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def _judge(now, moves, words, answers):
    """After both were answered: who was told “saved” is stored, and who was not has their words in the answer."""
    for move, text, answer in zip(moves, words, answers, strict=True):
        if answer.status not in (302, 409):
            yield f"an answer is {answer.status}"
        if isinstance(move, Press):
            continue
        if answer.status == 302 and text not in move.stored(now):
            yield f"silently overwritten: “{text}”"
        if answer.status == 409 and text not in answer.text:
            yield f"lost from the answer: “{text}”"


def _send_on(table, browser, move, text, answer):
    """The form of the answer, as it stands: one's own words are what is chosen."""
    again = browser.post(table.url(move.page), answer.fields)
    if again.status != 302 or text not in move.stored(table.now()):
        yield f"“{text}” cannot be sent on: {again.status}"


def _history(table, since, words):
    """Both sides' words are in what was written of the round, replaced or not."""
    entries = Change.objects.filter(pk__gt=since, record_type="organization", record_id=table.group.pk)
    for text in words:
        if not any(text in str(entry.after) for entry in entries):
            yield f"not in the history: “{text}”"
    if table.now().version != Change.objects.filter(Q(record_id=table.group.pk, record_type="organization")).count():
        yield "versions and history differ in number"


def figure():
    """For bench/figures/qd1.py: against the pages of a server process of its own, on this process's database."""
    port = free_port()
    command = [*(sys.executable, "-m", "gunicorn", "equity.wsgi:application", "--bind", f"127.0.0.1:{port}")]
    command += ["--workers", "2" if connection.vendor == "postgresql" else "1", "--worker-class", "gthread"]
    server = subprocess.Popen([*command, "--threads", "4", "--keep-alive", "60", "--log-level", "error"])
    try:
        wait_for(port)
        found = race(port, ROUNDS)
    finally:
        server.terminate()
        server.wait(30)
    return {"tried": found.tried, "ran": found.ran, "first": found.first, "wrong": found.wrong}
