"""QR13: ten thousand emails, compared with smtplib alone and the same mail server, on both databases (tests/chaos/rate.py)."""

import json

from tests.servers import on_both_databases

NAME = "Emails against bare smtplib"
EMAILS, BOUND = 10_000, 0.25


def run():
    results = [(name, json.loads(lines[-1])) for name, lines in on_both_databases("tests.chaos.rate", EMAILS)]
    for name, found in results:
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in found.items()))
    value = ", ".join(f"{found['ratio']} × on {name} ({found['emails a second']} a second)" for name, found in results)
    whole = all(found["sent"] == found["mails"] == EMAILS for _, found in results)
    ok = whole and all(found["ratio"] >= BOUND for _, found in results)
    return value, f"≥ {BOUND} ×", sum(found["sent"] for _, found in results), ok
