"""Network scores too large for a request.

A person asks for them, a worker computes them, readers of exactly the same network find them, and they are deleted
after a week.
"""

import time
from dataclasses import asdict
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import background, clock
from partnerships.core.errors import RegistryError, ValidationError
from partnerships.insight import network_queries, networks
from partnerships.insight.models import NetworkReading

KEPT, STUCK = (
    timedelta(days=7),
    timedelta(minutes=15),
)  # when a result is deleted, and when one without progress is started again
MOST_WAITING = 3  # per person
EVERY = 1  # seconds between two progress updates


def stored_reading(network: network_queries.Network) -> NetworkReading | None:
    return NetworkReading.objects.filter(key=network.digest).first()


def paths_of(network: network_queries.Network, reading: NetworkReading | None) -> networks.Paths | None:
    """The scores that take long to compute, if available; for a small network they are computed at once."""
    if network.is_quick:
        return networks.paths(network.near)
    return networks.Paths(**reading.result) if reading and reading.result else None


def request_scores(*, network: network_queries.Network, by: Person) -> NetworkReading:
    """Request the scores of this network, if they don't exist.

    Raises ValidationError when too many requests are waiting.
    """
    waiting = NetworkReading.objects.filter(person=by, finished_at=None).exclude(key=network.digest)
    if waiting.count() >= MOST_WAITING:
        raise ValidationError(
            gettext("We’re still calculating other networks that you asked for. Wait until they’re done.")
        )
    reading, _ = NetworkReading.objects.get_or_create(
        key=network.digest,
        defaults={"person": by, "query": _query(network), "asked_at": clock.now()},
    )
    background.wake("compute_network_scores")
    return reading


def _query(network: network_queries.Network) -> dict[str, list[str]]:
    """The parameters of the network, with its day fixed."""
    data = network.filters.data
    return {name: data.getlist(name) for name in network.filters.filters} | {"on": [network.day.isoformat()]}


def compute_next() -> bool:
    """Compute the scores of one network. Returns False if none is waiting.

    If its person sees a different network by now, the request is deleted; they can ask again on the page.
    """
    now = clock.now()
    rows = NetworkReading.objects.filter(Q(progress=0) | Q(asked_at__lt=now - STUCK), finished_at=None)
    waiting = rows.select_related("person").order_by("asked_at", "pk").first()
    if waiting is None:
        return False
    row = NetworkReading.objects.filter(pk=waiting.pk)
    if not row.filter(progress=waiting.progress, asked_at=waiting.asked_at).update(progress=1, asked_at=now):
        return True  # another worker took it
    try:
        network = network_queries.network(waiting.person, MultiValueDict(waiting.query))
    except (RegistryError, ValidationError):
        network = None
    if network is None or network.digest != waiting.key:
        row.delete()
        return True
    result = networks.paths(network.near, report_progress=_ProgressWriter(row))
    row.update(result=asdict(result), progress=100, query={}, finished_at=clock.now())
    return True


class _ProgressWriter:
    """Writes the progress, at most once every EVERY seconds."""

    def __init__(self, rows: QuerySet[NetworkReading]) -> None:
        self.rows, self.at = rows, time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() >= self.at + EVERY:
            self.at = time.monotonic()
            self.rows.update(progress=1 + int(share * 98))


def delete_expired() -> int:
    """Delete results that were requested more than a week ago."""
    return NetworkReading.objects.filter(asked_at__lt=clock.now() - KEPT).delete()[0]
