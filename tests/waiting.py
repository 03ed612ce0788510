"""How tests wait: for an event, however long it takes.

LIMIT only ends a test that would wait forever. No test passes or fails by how long something took.
"""

import threading
import time

from django.db import connection, connections

LIMIT = 300  # seconds


def until(condition, seconds=LIMIT):
    """Poll until `condition()` is true and return its value. For what offers no event to wait for."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"still not true after {seconds} seconds"
        time.sleep(0.01)
    return found


def at_once(*acts):
    """Run these functions at the same time, each in a thread with its own database connection.

    Returns a list, in the same order, of what each returned or the exception that it raised.
    """
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait(LIMIT)
            results[place] = act()
        except Exception as problem:
            results[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act), daemon=True) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert not any(thread.is_alive() for thread in threads), "one of them hangs"
    return results


def blocked_by_us() -> int:
    """How many other connections wait for a lock that this connection holds."""
    if connection.vendor == "sqlite":
        from equity.sqlite3.base import _queues

        return len(_queues[str(connection.settings_dict["NAME"])].waiting)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0]
