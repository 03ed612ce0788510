"""QA29: a stranger can't lock a person out of sign-in, and can't guess codes.

On both databases, with a cache for each process and with Redis, several server processes get six floods. After each,
the person signs in in each of seven ways. Then forty guesses arrive at the same moment, and no more are compared than
the limit allows. Finally, 200 requests each for a hidden and a missing record alternate, and their means differ by less
than four standard errors.
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
        found = trials.run("bench.sign_in_floods:figure", REDIS, on=database, **more)
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
