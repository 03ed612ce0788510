"""QR5: seventeen faults of a mail server. Each email ends as docs/operating.md says (tests/chaos/faults.py)."""

import json

from tests.chaos.outcomes import differs, written_down
from tests.servers import on_both_databases

NAME = "Seventeen faults of the mail server"


def run():
    written, tried, wrong, faults = written_down(), 0, 0, {}
    for database, lines in on_both_databases("tests.chaos.faults", 0, at_once=True):
        for line in map(json.loads, lines):
            as_written = differs(line, written) == ""
            faults.setdefault(database, {}).setdefault(line["fault"], []).append(as_written)
            tried, wrong = tried + 1, wrong + (not as_written)
            print(f"  {database:10} {'as written' if as_written else differs(line, written)}: {line}")
    right = {database: sum(all(found) for found in by.values()) for database, by in faults.items()}
    value = ", ".join(f"{n} of {len(faults[database])} on {database}" for database, n in right.items())
    return value, "17 of 17 end as docs/operating.md says", tried, wrong == 0 and set(right.values()) == {17}
