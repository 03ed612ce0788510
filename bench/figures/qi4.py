"""QI4: webhooks to a receiver that is slow, flapping, redirecting, down, and killed and restarted (tests/chaos/webhooks.py)."""

import os
from concurrent.futures import ThreadPoolExecutor

from bench import trials

NAME = "Webhooks to a receiver that fails"
EVENTS = int(os.environ.get("EVENTS") or 1000)  # on each database
MINUTES = float(os.environ.get("MINUTES") or 4)  # over which they are spread, at least
WRONG = ("lost", "not settled", "out of order", "wrong signature", "redirects followed", "unknown", "crashed")


def run():
    databases = ("SQLite", "PostgreSQL")
    with ThreadPoolExecutor(len(databases)) as at_once:
        ran = at_once.map(
            lambda name: trials.run(
                "tests.chaos.webhooks:figure", str(EVENTS), str(60 * MINUTES), on=name, WEBHOOKS_ALLOW_LOCAL="yes"
            ),
            databases,
        )
        results = dict(zip(databases, ran, strict=True))
    addresses = trials.run("tests.chaos.webhook_addresses:figure")
    for name, found in results.items():
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    for words in addresses["wrong"][:20]:
        print(f"  {words}")
    total = {key: sum(found[key] for found in results.values()) for key in (*WRONG, "events", "restarts")}
    value = ", ".join(f"{total[key]} {key}" for key in WRONG)
    value += f"; {total['restarts']} restarts of the receiver; {len(addresses['wrong'])} wrong of {addresses['tried']} addresses"
    tried = all(
        found["events"] == EVENTS and len(found["moods"]) == 5 and found["restarts"] for found in results.values()
    )
    ok = tried and not any(total[key] for key in WRONG) and not addresses["wrong"]
    return value, "0 of each", total["events"] + addresses["tried"], ok
