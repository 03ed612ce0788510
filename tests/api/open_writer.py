"""Sync while a transaction is open: nothing may be missed.

The transaction writes, a client pulls, the transaction commits, and the client pulls again.
"""

import json
import threading

from django.db import connection, connections, transaction
from django.db.models import Max
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.measurement import composition
from partnerships.meetings import meetings
from partnerships.models import Publication
from partnerships.registry import actions as registry
from tests import factories
from tests.api.copies import Copy
from tests.assessment.conftest import Board
from tests.assessment.test_publishing import agree, opened_round
from tests.waiting import LIMIT

PATHS = ("partnerships", "organizations", "meetings", "agreements", "populations", "compositions", "rounds")


class Table:
    """What the open transaction changes, and one partnership that another writer changes in the meantime."""

    def __init__(self):
        city = factories.make_jurisdiction()
        mine = [factories.party(city, "lead")]
        self.held = factories.make_partnership("Held", lead=city, parties=mine)
        self.other = factories.make_partnership("Other", lead=city, parties=mine)
        self.group = factories.make_organization("Group", "profiled")
        self.meeting = factories.make_meeting(self.held, is_public=True)
        firm = factories.party(factories.make_organization("Firm"), "contractor")
        self.contract = factories.make_partnership(
            "Contract", kind="contract", lead=city, parties=[*mine, firm], facts={"agreement": {"scope": "Two clinics"}}
        )
        self.population = factories.make_population(city)
        self.count = factories.make_composition(factories.make_body(lead=city, parties=mine))
        self.board = Board(city)
        opened_round(self.board, 1, 3)
        agree(self.board, 0), agree(self.board, 1)

    def change(self, n):
        """Change a record of each list in one transaction. Returns a list of (list, id, new text)."""
        registry.save_partnership(partnership=self.held, by=SYSTEM, fields={"summary": f"held{n}"})
        directory.save_organization(organization=self.group, by=SYSTEM, fields={"aims": f"aims{n}"})
        meetings.save_meeting(meeting=self.meeting, by=SYSTEM, fields={"access_notes": f"notes{n}"})
        terms = {"agreement": {"scope": f"scope{n}"}}
        registry.save_partnership(partnership=self.contract, by=SYSTEM, fields={}, facts=terms)
        composition.save_population(population=self.population, by=SYSTEM, fields={"note": f"people{n}"})
        composition.save_composition(makeup=self.count, by=SYSTEM, fields={"note": f"members{n}"})
        agree(self.board, 1, reply=f"reply{n}")
        yield "partnerships", self.held.public_id, f"held{n}"
        yield "organizations", self.group.public_id, f"aims{n}"
        yield "meetings", self.meeting.public_id, f"notes{n}"
        yield "agreements", self.contract.public_id, f"scope{n}"
        yield "populations", self.population.public_id, f"people{n}"
        yield "compositions", self.count.public_id, f"members{n}"
        yield "rounds", self.board.round.public_id, f"reply{n}"

    def change_other(self, n):
        registry.save_partnership(partnership=self.other, by=SYSTEM, fields={"summary": f"other{n}"})
        return "partnerships", self.other.public_id, f"other{n}"


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
    copies = {path: Copy(client, path) for path in PATHS}
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
        for path, public_id, text in writer.changes + others:
            made += 1
            row = copies[path].rows.get(public_id)
            if text not in json.dumps(row):
                missed.append(f"round {n}: {path} {public_id} doesn’t say {text}: {row}")
    return made, missed, naive


def figure():
    """Return the result for bench/figures/qd12.py."""
    made, missed, naive = run(125)
    return {"made": made, "missed": missed, "naive": naive}
