"""Keeps where every party sits at the start of each quarter, for comparing with later: party, side and circle, no name.

The first look in a quarter takes it, so a quarter whose first day was missed is taken late; none is taken twice.
"""

from partnerships.core import clock
from partnerships.core.models import Heartbeat
from partnerships.insight.circles import RINGS, quarter_of
from partnerships.insight.models import CircleSnapshot
from partnerships.registry.choices import Status
from partnerships.registry.models import Party
from partnerships.registry.seats import at_table

BATCH = 5000


def take(today=None) -> int:
    """Keeps this quarter's seats where that was not done yet, and gives how many it looked at.

    Batch by batch, so that nobody waits for it; whatever broke off begins anew. Two workers at once, or one that was killed,
    write no seat twice: each is unique, and the first one stands.
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


def _seated(quarter):
    """Parties with a ring that have not left, of partnerships that go on."""
    rows = Party.objects.filter(at_table(quarter), circle__in=RINGS).exclude(partnership__status=Status.ENDED)
    return rows.values_list("pk", "partnership", "side", "circle")
