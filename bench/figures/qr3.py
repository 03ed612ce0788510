"""QR3: no beat for six hours, then two at once, on both databases (tests/chaos/catching_up.py)."""

import json

from tests.chaos import catching_up
from tests.servers import on_a_fresh_database

NAME = "No beat for six hours, then two"
BOUND = 60  # seconds


def run():
    on_sqlite = json.loads(on_a_fresh_database("SQLite", "tests.chaos.catching_up")[-1])
    results = {"SQLite": on_sqlite, "PostgreSQL": catching_up.on_celery()}
    for name, found in results.items():
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    total = {key: sum(found[key] for found in results.values()) for key in on_sqlite}
    value = f"{total['lost']} lost, {total['doubled']} doubled, caught up in " + ", ".join(
        f"{found['seconds']} s on {name}" for name, found in results.items()
    )
    in_time = all(found["seconds"] <= BOUND for found in results.values())
    ok = in_time and not (total["lost"] or total["doubled"] or total["before"])
    return value, f"none twice, caught up ≤ {BOUND} s", total["emails"], ok
