"""QD8: PostgreSQL's connections are cut and its server is restarted while people save (tests/chaos/database_kills.py)."""

from tests.chaos import database_kills

NAME = "PostgreSQL's connections cut, server restarted"


def run():
    found = database_kills.run()
    print("  " + ", ".join(f"{key} {value}" for key, value in found.items()))
    cuts, restarts = found["healthy after cuts"], found["healthy after restarts"]
    value = f"{found['missing']} lost, healthy after {max(cuts + restarts)} s at most"
    enough = (len(cuts), len(restarts)) == (database_kills.CUTS, database_kills.RESTARTS) and found[
        "acknowledged"
    ] > 500
    ok = enough and not found["missing"] and max(cuts + restarts) <= database_kills.BOUND
    return value, f"0 lost, healthy ≤ {database_kills.BOUND} s", found["acknowledged"], ok
