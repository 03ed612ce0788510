"""The trial of QR12: PostgreSQL stopped as in a crash and started again, twenty times, while letters are being sent.

Letters come due all the time. After each start it is noted how long it took until the mail server had the next letter.
"""

import contextlib
import signal
import time

from bench.chaos import brokers, deployment, servers

RESTARTS, EVERY = 20, 5  # seconds from one to the next
A_SECOND = 10  # letters
BEGINS = 10  # seconds until the first is due
LEASE_AND_MORE = 200  # what a sender held when it was cut off comes back after its lease
BOUND = 10  # seconds
LASTS = (
    900  # seconds for which letters come due, longer than the restarts can take; what is not yet due then is taken away
)
TAKE_AWAY = "DELETE FROM partnerships_letter WHERE due_at > clock_timestamp() RETURNING message_id"


def run():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        postgres = stack.enter_context(servers.postgres_server(home))
        email = stack.enter_context(servers.smtp_sink(home))
        redis = stack.enter_context(brokers.running(brokers.Redis, home))
        registry = stack.enter_context(deployment.running(home, postgres.url, email, redis.url))
        due = registry.call("bench.chaos.ground:plan_letters", A_SECOND * LASTS, BEGINS, LASTS)
        registry.worker()
        registry.beat()
        while not registry.arrived():
            time.sleep(0.1)
        pauses = [_restart(postgres, registry, n) for n in range(RESTARTS)]
        for (message_id,) in registry.ask(TAKE_AWAY):
            del due[message_id]
        registry.wait_until_sent(LEASE_AND_MORE)
        arrived = registry.arrived()
        rows = registry.ask("SELECT message_id, state, is_ambiguous FROM partnerships_letter")
    flagged = {message_id for message_id, _, is_ambiguous in rows if is_ambiguous}
    doubled = {one for one in due if arrived[one] > 1}
    return {
        "letters": len(due),
        "lost": sum(arrived[one] == 0 for one in due),
        "not sent": sum(state != "sent" for message_id, state, _ in rows if message_id in due),
        "doubled outside the window": len(doubled - flagged),
        "doubled inside": len(doubled & flagged),
        "flagged": len(flagged),
        "pauses": sorted(round(pause, 1) for pause in pauses),
    }


def _restart(postgres, registry, n):
    """Seconds from when PostgreSQL answers again to the next letter at the mail server."""
    time.sleep(EVERY - 2 + n % 5)
    postgres.stop(signal.SIGQUIT)
    postgres.start()
    back, size = time.monotonic(), registry.accepted.stat().st_size
    while registry.accepted.stat().st_size == size and time.monotonic() - back < 60:
        time.sleep(0.02)
    return time.monotonic() - back
