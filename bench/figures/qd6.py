"""QD6: the web process is killed with kill -9 while people save, on both databases (tests/chaos/web_kills.py)."""

from tests.chaos import web_kills

NAME = "Kill -9 of the web process while people save"


def run():
    results = [web_kills.on_sqlite(), web_kills.on_postgres()]
    for found in results:
        print("  " + ", ".join(f"{key} {value}" for key, value in found.items()))
    missing = sum(found["missing"] for found in results)
    value = f"{missing} missing after {sum(found['kills'] for found in results)} kills"
    n = sum(found["acknowledged"] for found in results)
    ok = not missing and all(found["acknowledged"] >= web_kills.WRITES and found["kills"] > 9 for found in results)
    return value, "every acknowledged write is there", n, ok
