"""QD2: an import is saved completely or not at all, on both databases (tests/chaos/imports.py)."""

from tests.chaos import imports

NAME = "Import: all or nothing"


def run():
    results = [imports.on(name) for name in ("SQLite", "PostgreSQL")]
    for found in results:
        print("  " + ", ".join(f"{key} {value}" for key, value in found.items()))
    kept = all(
        found["located"]
        and found["refused"]
        and not found["imported"]
        and not found["after kills"]
        and found["kills"] >= imports.KILLS
        and found["written at last"] == imports.ROWS_KILLED
        and found["same"] == found["records"] == imports.ROWS
        and not found["changed again"]
        for found in results
    )
    kills = sum(found["kills"] for found in results)
    left = sum(found["imported"] + found["after kills"] for found in results)
    value = (
        f"{left} rows left by a wrong row and {kills} kills; again: {sum(f['changed again'] for f in results)} changes"
    )
    return value, "nothing, every error located, nothing again", kills, kept
