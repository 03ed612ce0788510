"""QA29: a stranger can't lock a person out of sign-in, nor guess.

On both databases, each with the cache of one process and with Redis, and several processes at the door: six floods, and after
each the person comes in by each of seven doors; then forty tries at the same moment, of which no more are judged than the limit
says. And 200 requests each for a hidden and for a missing record, by turns: the means lie within four standard errors.
"""

import os

from bench import trials

NAME = "A stranger can't lock a person out of sign-in, nor guess"
REDIS = os.environ.get("TRIAL_REDIS", "redis://127.0.0.1:6379/9")
FAR = 4  # standard errors


def run():
    wrong, tried, most, doors, missing = [], 0, {}, 0, []
    for database in ("SQLite", "PostgreSQL"):
        more = {"TRUSTED_PROXIES": "1", "API_RATE_ANONYMOUS": "10000000"}
        found = trials.run("bench.doors:figure", REDIS, on=database, **more)
        wrong += [f"{database}, {words}" for words in found["wrong"]]
        tried, doors = tried + found["tried"], doors + found["doors"]
        most = {what: max(count, most.get(what, 0)) for what, count in found["judged"].items()}
        missing += found["apart"]
    farthest = max(missing, key=lambda row: abs(row[3]))
    if abs(farthest[3]) > FAR:
        wrong.append(f"{farthest[0]}: {farthest[2]:+.2f} ms, {farthest[3]:+.1f} standard errors")
    for words in wrong[:30]:
        print(f"  {words}")
    value = (
        f"{len(wrong)} wrong; {doors} of {doors} doors open" if not wrong else f"{len(wrong)} wrong of {doors} doors"
    )
    value += "; judged at once: " + ", ".join(f"{count} of {what}" for what, count in most.items())
    value += f"; means of 404s ≤ {abs(farthest[3]):.1f} standard errors apart"
    return value, f"0; 5, 5 and 60; {FAR}", tried + 400 * len(missing), not wrong
