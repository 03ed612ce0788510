"""QR2: four senders, two planners and two beats with 10,000 due emails, on both databases (tests/chaos/crowd.py)."""

import json

from tests.servers import on_both_databases

NAME = "Four senders, two planners, two beats"
EMAILS = 10_000
UNTIL_DUE = 20  # seconds


def run():
    results = [
        (name, json.loads(lines[-1])) for name, lines in on_both_databases("tests.chaos.crowd", EMAILS, UNTIL_DUE)
    ]
    for name, result in results:
        print(f"  {name:10} " + ", ".join(f"{key} {value}" for key, value in result.items()))
    ok = all(
        result["mails"] == result["different"] == result["sent"] == result["rows"] == EMAILS
        and result["ambiguous"] == result["crashed"] == 0
        for _, result in results
    )
    value = ", ".join(f"{result['mails']:,} mails on {name} in {result['seconds']} s" for name, result in results)
    return value, f"exactly {EMAILS:,} mails each", sum(result["mails"] for _, result in results), ok
