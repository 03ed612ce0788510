"""QR6: the mail server is away for four hours of a moved clock, on both databases (tests/chaos/away.py)."""

import json

from tests.chaos.away import BOUND, EMAILS
from tests.servers import on_both_databases

NAME = "The mail server away for four hours"


def run():
    results = [(name, json.loads(lines[-1])) for name, lines in on_both_databases("tests.chaos.away")]
    for name, found in results:
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    total = {key: sum(found[key] for _, found in results) for key in results[0][1]}
    minutes = max(found["minutes"] for _, found in results)
    value = (
        f"{total['lost']} lost, {total['after the start']} after the start, {total['doubled']} doubled, the last "
        f"{minutes} minutes after the return"
    )
    complete = all(found["emails"] == EMAILS == found["sent"] + found["too late"] for _, found in results)
    both_ways = all(found["sent"] and found["too late"] for _, found in results)
    ok = complete and both_ways and not (total["lost"] or total["after the start"] or total["doubled"])
    bound = BOUND.total_seconds() / 60
    return value, f"0 lost, 0 after the start, all ≤ {bound:.0f} minutes", total["emails"], ok and minutes <= bound
