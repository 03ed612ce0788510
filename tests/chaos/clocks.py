"""QR8: workers and beats whose clocks are wrong by an hour or a day, either way.

PostgreSQL, Redis and Celery's own processes run. In each round, emails come due over a few seconds. In one half of the
rounds, the wrong worker is alone with a beat that is wrong the other way. In the other half, a right worker and beat
run as well.
"""

import contextlib

from tests import servers
from tests.chaos import brokers, deployment

HOUR, DAY = 3600, 86400
OFF = (HOUR, -HOUR, DAY, -DAY)
EMAILS, BEGINS, SPREAD, AT_MOST = 200, 14, 6, 60  # seconds
# The clocks of the workers and of the beats, as factors of the error.
CREWS = {"alone": ((1,), (-1,)), "beside right ones": ((1, 0), (1, 0))}


def run():
    """Return a dict for each round: whose clock is wrong, and how many emails were lost, doubled, early and flagged."""
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        database = stack.enter_context(servers.postgres(home))
        email = stack.enter_context(servers.smtp_sink(home))
        redis = stack.enter_context(brokers.running(brokers.Redis, home))
        registry = stack.enter_context(deployment.running(home, database, email, redis.url))
        return [_round(registry, off, crew) for off in OFF for crew in CREWS]


def _round(registry, off, crew):
    due = registry.call("tests.chaos.ground:plan_emails", EMAILS, BEGINS, SPREAD)
    workers, beats = CREWS[crew]
    crowd = [registry.worker(off * factor) for factor in workers]
    crowd += [registry.beat(off * factor) for factor in beats]
    seconds = registry.wait_until_sent(BEGINS + SPREAD + AT_MOST)
    registry.end(*crowd)
    arrived, moments = registry.arrived(), registry.moments()
    [[flagged]] = registry.ask("SELECT count(*) FROM partnerships_letter WHERE is_ambiguous")
    return {
        "off": f"{off // HOUR:+} h",
        "crew": crew,
        "emails": len(due),
        "lost": sum(arrived[one] == 0 for one in due),
        "doubled": sum(arrived[one] > 1 for one in due),
        "early": sum(moments.get(one, moment) < moment for one, moment in due.items()),
        "flagged": flagged,
        "seconds": round(seconds - BEGINS - SPREAD, 1),
    }
