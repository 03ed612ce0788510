"""QR3: no beat runs for six hours, then two start at once.

Emails have come due throughout the six hours. On PostgreSQL, a Celery worker waits for tasks, and two of Celery's beats
start. On SQLite (python -m tests.chaos.catching_up ACCEPTED), two processes start to run the tasks of beat.
"""

import contextlib
import json
import sys
import time

from tests import servers
from tests.chaos import brokers, deployment, ground

EMAILS, SILENCE = 2000, 6 * 3600  # seconds
AT_MOST = 180
LIVES = 24 * 3600


def on_celery():
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(servers.folder())
        database = stack.enter_context(servers.postgres(home))
        email = stack.enter_context(servers.smtp_sink(home))
        redis = stack.enter_context(brokers.running(brokers.Redis, home))
        registry = stack.enter_context(deployment.running(home, database, email, redis.url))
        due = registry.call("tests.chaos.ground:plan_emails", EMAILS, -SILENCE, SILENCE, LIVES)
        registry.worker()
        time.sleep(10)  # the worker is up, and nothing wakes it
        before = sum(registry.arrived().values())
        registry.beat()
        registry.beat()
        seconds = registry.wait_until_sent(AT_MOST)
        time.sleep(2 * 5)  # a few more rounds of both
        return _sum_up(due, registry.arrived(), seconds) | {"before": before}


def _sum_up(due, arrived, seconds):
    lost, doubled = (sum(bad(arrived[one]) for one in due) for bad in (lambda n: n == 0, lambda n: n > 1))
    return {"emails": len(due), "lost": lost, "doubled": doubled, "seconds": round(seconds, 1)}


def main(path):
    ground.prepare()
    from partnerships.models import Email
    from tests.chaos.crowd import beat, over_and_over

    due, began = ground.plan_emails(EMAILS, -SILENCE, SILENCE, LIVES), time.monotonic()

    def done():
        is_late = time.monotonic() - began > AT_MOST
        return is_late or not Email.objects.filter(message_id__in=due, state__in=["planned", "claimed"]).exists()

    beats = [ground.fork(lambda: over_and_over(beat, done)) for _ in range(2)]
    codes = [ground.wait(one) for one in beats]
    print(json.dumps(_sum_up(due, ground.accepted(path), time.monotonic() - began) | {"before": sum(codes)}))


if __name__ == "__main__":
    main(sys.argv[1])
