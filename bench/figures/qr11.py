"""QR11: from data_started to acceptance, without the server's own time, on both databases (tests/chaos/fence.py)."""

import json

from tests.servers import on_both_databases

NAME = "From data_started to accepted"
EMAILS, REPLY_TIME, BOUND = 1000, 0.02, 20  # seconds, milliseconds


def run():
    trials = on_both_databases("tests.chaos.fence", EMAILS, reply_time=REPLY_TIME)
    results = [(name, json.loads(lines[-1])) for name, lines in trials]
    for name, found in results:
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    value = ", ".join(f"p99 the server's time + {found['p99']} ms on {name}" for name, found in results)
    n = sum(found["emails"] for _, found in results)
    ok = n == 2 * EMAILS and all(found["p99"] <= BOUND for _, found in results)
    return value, f"p99 ≤ the server's time + {BOUND} ms", n, ok
