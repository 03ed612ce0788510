"""Stores every party's circle at the start of each quarter, for later comparisons: party, side and circle, no name.

The first run in a quarter takes the snapshot, so it is taken late if no run happened on the first day; it is never
taken twice.
"""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from partnerships.core import clock
from partnerships.core.models import Heartbeat
from partnerships.insight.circles import RINGS, quarter_of
from partnerships.insight.models import CircleSnapshot
from partnerships.registry.choices import Status
from partnerships.registry.models import Party
from partnerships.registry.seats import at_table

BATCH = 5000


def take_snapshots(today: date | None = None) -> int:
    """Store this quarter's circles if that wasn't done yet. Returns how many parties it handled.

    It works in batches, so that no one has to wait for it; an interrupted run starts again. Two workers at once, or a
    worker that was killed, never store a seat twice, because of the unique constraint.
    """
    quarter = quarter_of(today or clock.today())
    mark, last, looked_at = f"circles of {quarter}", 0, 0
    if Heartbeat.objects.filter(name=mark).exists():
        return 0
    while rows := list(_seated(quarter).filter(pk__gt=last).order_by("pk")[:BATCH]):
        CircleSnapshot.objects.bulk_create(
            [
                CircleSnapshot(quarter_on=quarter, partnership_id=partnership, party_id=pk, side=side, circle=circle)
                for pk, partnership, side, circle in rows
            ],
            ignore_conflicts=True,
        )
        last, looked_at = rows[-1][0], looked_at + len(rows)
    Heartbeat.objects.get_or_create(name=mark, defaults={"at": clock.now()})
    return looked_at


def _seated(quarter: date) -> QuerySet[Party, Any]:
    """Parties with a ring that have not left, of partnerships that go on."""
    rows = Party.objects.filter(at_table(quarter), circle__in=RINGS).exclude(partnership__status=Status.ENDED)
    return rows.values_list("pk", "partnership", "side", "circle")
