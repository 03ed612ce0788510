"""Sending forms as anyone would, and what that did to the whole database; each is taken back again.

`Sender(world)` remembers the database as it is. `sender.send(role, url, data)` gives the answer and every value that became
another; what is only kept for reading (search, counts, sessions) is left out.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from tests.browser.forms import forms
from tests.counts import forget_counts

# Kept for reading, or about a visit: rebuilt from the records, or gone with the session.
FOLLOWS = {"Stamp", "FacetCount", "SearchEntry", "SearchWord", "SearchGram", "Publication", "PublicFacets"}
FOLLOWS |= {"Outdated", "Session", "UserSession", "SubmittedForm", "RateCount", "LoginCode"}
NEW, GONE = "(new)", "(gone)"


@dataclass(frozen=True)
class Touch:
    """One value that became another. A row that came or went is one touch for each of its values."""

    model: str
    pk: object
    field: str
    before: object
    after: object

    @property
    def sort(self):
        """“+Model”, “-Model” or “Model.field”."""
        return f"+{self.model}" if self.before == NEW else f"-{self.model}" if self.after == GONE else self.path

    @property
    def path(self):
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class Sent:
    answer: object
    touches: list[Touch]
    before: dict  # as dump() gives it
    after: dict
    seen: object = None  # what `look` gave

    def row(self, model, pk):
        return self.after[model].get(pk) or self.before[model].get(pk)


def tables():
    """Model → its table, of all that is not left out."""
    models = apps.get_models(include_auto_created=True)
    return {model.__name__: model._meta.db_table for model in models if model.__name__ not in FOLLOWS}


def dump():
    """Model → primary key → row, of the whole database."""
    found = {}
    with connection.cursor() as cursor:
        for model, table in tables().items():
            cursor.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            found[model] = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return found


def touches(before, after) -> list[Touch]:
    found = []
    for model, rows in after.items():
        was = before[model]
        if rows == was:
            continue
        for pk in sorted({*rows, *was}, key=str):
            old, new = was.get(pk), rows.get(pk)
            names = (new or old) if old != new else ()
            pairs = ((name, NEW if old is None else old[name], GONE if new is None else new[name]) for name in names)
            found += [Touch(model, pk, name, a, b) for name, a, b in pairs if a != b]
    return found


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Sender:
    def __init__(self, world):
        self.clients = {role: world.client(role) for role in world.roles()}
        self.world, self.before, self.sent = world, dump(), 0

    def send(self, role, url, data, look=None, **more):
        """What came of this form, sent by this role. `look(answer)` looks around before it is taken back."""
        for file in data.values():
            if hasattr(file, "seek"):
                file.seek(0)
        self.sent += 1
        with self._as(role) as client:
            answer = client.post(url, data, **more)
            after = dump()
            seen = look(answer) if look else None
        return Sent(answer, touches(self.before, after), self.before, after, seen)

    def ask(self, role, url, data=None, **more):
        with self._as(role) as client:
            return client.get(url, data, **more)

    @contextmanager
    def _as(self, role):
        client = self.clients[role]
        cookies = client.cookies.copy()
        forget_counts()  # nothing counts how often somebody asked
        with taken_back():
            yield client
        client.cookies = cookies

    def forms(self, role, url, data=None):
        """The forms of a page as this role meets them, each with the address that it is sent to; with `data`, those of the
        answer to a form that was sent there."""
        answer = self.send(role, url, data).answer if data else self.ask(role, url)
        if answer.status_code != 200 or "text/html" not in answer.get("Content-Type", ""):
            return []
        found = forms(answer.content.decode())
        return [(form.action.split("#")[0] or url, form) for form in found]
