"""QR8: workers and beats with clocks that are wrong by an hour or a day, either way (tests/chaos/clocks.py)."""

from tests.chaos import clocks

NAME = "A worker's clock that is wrong"


def run():
    rounds = clocks.run()
    for found in rounds:
        print("  " + ", ".join(f"{key} {value}" for key, value in found.items()))
    total = {key: sum(found[key] for found in rounds) for key in ("emails", "lost", "doubled", "early", "flagged")}
    value = f"{total['lost']} lost, {total['doubled']} doubled, {total['early']} before their time"
    ok = len(rounds) == 8 and not any(total[key] for key in ("lost", "doubled", "early", "flagged"))
    return value, "0 lost, 0 doubled at ± 1 hour and ± 1 day", total["emails"], ok
