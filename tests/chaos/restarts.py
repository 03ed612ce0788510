"""QR12: PostgreSQL is stopped as in a crash and started again, twenty times, while emails are sent.

Emails come due all the time. After each start, the trial measures how long it takes until the mail server gets the next
email.
"""

import contextlib
import signal
import time

from tests import servers
from tests.chaos import brokers, deployment

RESTARTS, EVERY = 20, 5  # restarts, seconds between two
A_SECOND = 10  # emails
BEGINS = 10  # seconds until the first email is due
LEASE_AND_MORE = 200  # seconds until the lease of an interrupted sender has expired
BOUND = 10  # seconds
LASTS = 900  # seconds in which emails come due, longer than the restarts take; those left over are deleted
TAKE_AWAY = "DELETE FROM partnerships_letter WHERE due_at > clock_timestamp() RETURNING message_id"


def run():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        postgres = stack.enter_context(servers.postgres_server(home))
        email = stack.enter_context(servers.smtp_sink(home))
        redis = stack.enter_context(brokers.running(brokers.Redis, home))
        registry = stack.enter_context(deployment.running(home, postgres.url, email, redis.url))
        due = registry.call("tests.chaos.ground:plan_emails", A_SECOND * LASTS, BEGINS, LASTS)
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
        "emails": len(due),
        "lost": sum(arrived[one] == 0 for one in due),
        "not sent": sum(state != "sent" for message_id, state, _ in rows if message_id in due),
        "doubled outside the window": len(doubled - flagged),
        "doubled inside": len(doubled & flagged),
        "flagged": len(flagged),
        "pauses": sorted(round(pause, 1) for pause in pauses),
    }


def _restart(postgres, registry, n):
    """Return the seconds from PostgreSQL's first answer to the next email at the mail server."""
    time.sleep(EVERY - 2 + n % 5)
    postgres.stop(signal.SIGQUIT)
    postgres.start()
    back, size = time.monotonic(), registry.accepted.stat().st_size
    while registry.accepted.stat().st_size == size and time.monotonic() - back < 60:
        time.sleep(0.02)
    return time.monotonic() - back
