"""Sends forms as any role and returns what changed in the whole database. Each is rolled back.

`Sender(world)` reads the database as it is. `sender.send(role, url, data)` returns the answer and every value that
changed, except in tables that are rebuilt from records or belong to a visit (search, counts, sessions).
"""

import json
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from tests.browser.forms import forms
from tests.counts import forget_counts

# Rebuilt from the records, or part of a visit that ends with the session.
FOLLOWS = {"Stamp", "FacetCount", "SearchEntry", "SearchWord", "SearchGram", "Publication", "PublicFacets"}
FOLLOWS |= {"NameSkeleton", "Outdated", "Session", "UserSession", "SubmittedForm", "RateCount", "LoginCode"}
NEW, GONE = "(new)", "(gone)"


@dataclass(frozen=True)
class Touch:
    """One value that changed. A row that came or went is one touch for each of its values."""

    model: str
    pk: object
    field: str
    before: object
    after: object

    @property
    def sort(self):
        """One of “+Model”, “-Model” and “Model.field”."""
        return f"+{self.model}" if self.before == NEW else f"-{self.model}" if self.after == GONE else self.path

    @property
    def path(self):
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class Sent:
    answer: object
    touches: list[Touch]
    before: dict  # as dump() returns it
    after: dict
    seen: object = None  # what `look` returned

    def row(self, model, pk):
        return self.after[model].get(pk) or self.before[model].get(pk)


def tables():
    """Return model → table, for all models that aren't left out."""
    models = apps.get_models(include_auto_created=True)
    return {model.__name__: model._meta.db_table for model in models if model.__name__ not in FOLLOWS}


def dump():
    """Return model → primary key → row, for the whole database."""
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


def rows_written() -> int | None:
    """How many rows this connection has written, where the database counts them (SQLite)."""
    return connection.connection.total_changes if connection.vendor == "sqlite" else None


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Sender:
    def __init__(self, world):
        self.clients = {role: world.client(role) for role in world.roles()}
        self.world, self.before, self.sent = world, dump(), 0

    def send(self, role, url, data, look=None, method="", **more):
        """Send this form as this role, or with a `method`, this JSON. `look(answer)` can read pages before it is rolled back."""
        for file in data.values():
            if hasattr(file, "seek"):
                file.seek(0)
        self.sent += 1
        with self._as(role) as client:
            written = rows_written()
            if method:
                answer = client.generic(method, url, json.dumps(data), content_type="application/json", **more)
            else:
                answer = client.post(url, data, **more)
            is_same = written is not None and rows_written() == written
            after = self.before if is_same else dump()
            seen = look(answer) if look else None
        return Sent(answer, touches(self.before, after), self.before, after, seen)

    def ask(self, role, url, data=None, **more):
        with self._as(role) as client:
            return client.get(url, data, **more)

    @contextmanager
    def _as(self, role):
        client = self.clients[role]
        cookies = client.cookies.copy()
        forget_counts()  # no rate limit counts requests of the trial
        with taken_back():
            yield client
        client.cookies = cookies

    def forms(self, role, url, data=None):
        """The forms of a page as this role gets them, each with its address.

        With `data`: the forms in the answer to a post of this data.
        """
        answer = self.send(role, url, data).answer if data else self.ask(role, url)
        if answer.status_code != 200 or "text/html" not in answer.get("Content-Type", ""):
            return []
        found = forms(answer.content.decode())
        return [(form.action.split("#")[0] or url, form) for form in found]
