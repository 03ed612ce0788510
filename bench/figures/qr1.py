"""QR1: senders are killed with kill -9 at every step of sending, on both databases (tests/chaos/kills.py)."""

import json
import os

from tests.servers import on_both_databases

NAME = "Kill -9 at every step of sending"
KILLS = int(os.environ.get("KILLS") or 100)  # for each step, on each database


def run():
    steps = [
        (database, json.loads(line))
        for database, lines in on_both_databases("tests.chaos.kills", KILLS)
        for line in lines
    ]
    total = {key: sum(step[key] for _, step in steps) for key in steps[0][1] if key != "step"}
    for database, step in steps:
        print(f"  {database:10} {step.pop('step'):9} " + ", ".join(f"{name} {value}" for name, value in step.items()))
    value = (
        f"{total['lost']} lost, {total['doubled_outside']} doubled outside the SMTP window; inside "
        f"{total['doubled_inside']} doubled, {total['flagged']} flagged, {total['wrong_flag']} flagged wrongly"
    )
    bound = "0 lost, 0 doubled outside, every one inside flagged under one Message-ID"
    ok = (
        len(steps) == 20
        and total["kills"] == 20 * KILLS
        and total["lost"] == total["doubled_outside"] == total["wrong_flag"] == 0
    )
    return value, bound, total["kills"], ok
