"""Sync while a transaction is open: nothing may be missed.

The transaction writes, a client pulls, the transaction commits, and the client pulls again.
"""

import threading

from django.db import connection, connections, transaction
from django.db.models import Max
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.meetings import meetings
from partnerships.models import Publication
from partnerships.registry import actions as registry
from tests import factories
from tests.api.copies import Copy
from tests.waiting import LIMIT


class Table:
    """What the open transaction changes, and one partnership that another writer changes in the meantime."""

    def __init__(self):
        city = factories.make_jurisdiction()
        mine = [factories.party(city, "lead")]
        self.held = factories.make_partnership("Held", lead=city, parties=mine)
        self.other = factories.make_partnership("Other", lead=city, parties=mine)
        self.group = factories.make_organization("Group", "profiled")
        self.meeting = factories.make_meeting(self.held, is_public=True)

    def change(self, n):
        """Make three changes in one transaction. Returns a list of (resource, id, field name, new text)."""
        registry.save_partnership(partnership=self.held, by=SYSTEM, fields={"summary": f"held{n}"})
        directory.save_organization(organization=self.group, by=SYSTEM, fields={"aims": f"aims{n}"})
        meetings.save_meeting(meeting=self.meeting, by=SYSTEM, fields={"access_notes": f"notes{n}"})
        yield "partnerships", self.held.public_id, "summary", f"held{n}"
        yield "organizations", self.group.public_id, "aims", f"aims{n}"
        yield "meetings", self.meeting.public_id, "access_notes", f"notes{n}"

    def change_other(self, n):
        registry.save_partnership(partnership=self.other, by=SYSTEM, fields={"summary": f"other{n}"})
        return "partnerships", self.other.public_id, "summary", f"other{n}"


class Held(threading.Thread):
    """Makes the changes of a round, and commits them when told to."""

    def __init__(self, table, n):
        super().__init__()
        self.table, self.n, self.changes, self.problem = table, n, [], None
        self.wrote, self.go = threading.Event(), threading.Event()

    def run(self):
        try:
            with transaction.atomic():
                self.changes = list(self.table.change(self.n))
                self.wrote.set()
                self.go.wait(LIMIT)
        except Exception as problem:
            self.problem = problem
        finally:
            self.wrote.set()
            connections.close_all()


def run(rounds):
    """Return (number of changes, sentences on missed ones, how many a token with the highest seen stamp would have missed)."""
    table, client = Table(), Client()
    copies = {path: Copy(client, path) for path in ("partnerships", "organizations", "meetings")}
    made, missed, naive = 0, [], 0
    for n in range(rounds):
        writer = Held(table, n)
        writer.start()
        writer.wrote.wait(LIMIT)
        # SQLite allows one writer at a time. On PostgreSQL, another one can commit before the open transaction.
        others = [table.change_other(n)] if connection.vendor == "postgresql" else []
        for copy in copies.values():
            copy.pull()
        seen = Publication.objects.aggregate(seen=Max("stamp"))["seen"]
        writer.go.set()
        writer.join(LIMIT)
        if writer.problem:
            raise writer.problem
        naive += Publication.objects.get(public_id=table.held.public_id).stamp <= seen
        for copy in copies.values():
            copy.pull()
        for path, public_id, name, text in writer.changes + others:
            made += 1
            if copies[path].rows[public_id][name] != text:
                missed.append(f"round {n}: {path} {public_id} says {copies[path].rows[public_id][name]}, not {text}")
    return made, missed, naive


def figure():
    """Return the result for bench/figures/qd12.py."""
    made, missed, naive = run(250)
    return {"made": made, "missed": missed, "naive": naive}
