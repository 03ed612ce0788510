"""QR9: meetings are moved or canceled while a sender handles the email about their old time (tests/chaos/races.py)."""

import json

from tests.servers import on_both_databases

NAME = "A meeting moved or canceled while a sender holds it"
RACES = 500  # on each database


def run():
    results = [(name, json.loads(lines[-1])) for name, lines in on_both_databases("tests.chaos.races", RACES)]
    for name, found in results:
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    total = {key: sum(found[key] for _, found in results) for key in results[0][1]}
    value = (
        f"{total['begun_after']} begun after the commit ({total['went']} went before it, {total['stopped']} stopped), "
        f"{total['doubled']} doubled, {total['news_lost']} emails of the change lost"
    )
    faults = ("begun_after", "doubled", "news_lost", "crashed")
    both_ways = all(found["went"] and found["stopped"] for _, found in results)
    ok = both_ways and total["races"] == 2 * RACES and not any(total[key] for key in faults)
    return value, "0, 0, 0", total["races"], ok
