"""QR4: the broker is killed and restarted, paused, and flushed while people save.

PostgreSQL, the broker, the web processes, one worker and one beat run. Each saved meeting invites someone, which sends
an email at once. During the fault, every save must be acknowledged. Afterwards, every email must be sent.
"""

import contextlib
import time

from tests import servers
from tests.chaos import brokers, deployment
from tests.chaos.writes import Writers

SAVES = 60  # during each fault, half of them meetings that send an email
LASTS = 15  # seconds, at least
AT_MOST = 120  # seconds until all emails are sent
# Fault → what starts it, what repeats while it lasts, what ends it.
FAULTS = {
    "killed": ("kill", None, "start"),
    "paused": ("pause", None, "go_on"),
    "flushed": (None, "flush", None),
}


def run(kind):
    """Return a dict for each fault of this kind of broker."""
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        database = stack.enter_context(servers.postgres(home))
        email = stack.enter_context(servers.smtp_sink(home))
        broker = stack.enter_context(brokers.running(kind, home))
        registry = stack.enter_context(deployment.running(home, database, email, broker.url))
        given = registry.call("tests.chaos.browsers:prepare", 4)
        registry.pages()
        registry.worker()
        registry.beat()
        registry.wait_until_sent(AT_MOST)  # all processes are up
        return [_fault(registry, broker, fault, given, n * 10_000) for n, fault in enumerate(FAULTS)]


def _fault(registry, broker, fault, given, first):
    begins, again, ends = FAULTS[fault]

    def act(name):
        if name:
            getattr(broker, name)()

    before, began = set(registry.arrived()), time.monotonic()
    act(begins)
    with Writers(registry.port, given, SAVES, first) as writers:
        while not writers.are_done or time.monotonic() - began < LASTS:
            act(again)
            time.sleep(0.1)
    act(ends)
    seconds = registry.wait_until_sent(AT_MOST)
    arrived = registry.arrived()
    emails = sum(kind == "meeting" for kind, _ in writers.acknowledged)
    return {
        "broker": type(broker).__name__,
        "fault": fault,
        "saved": len(writers.acknowledged),
        "not saved": writers.refused,
        "slowest save": round(writers.slowest, 2),
        "lost": emails - len(set(arrived) - before),
        "doubled": sum(times > 1 for times in arrived.values()),
        "seconds until sent": round(seconds, 1),
    }
