"""QD3: a thousand random writes through every interface leave no gap in the audit log.

They are saves, numbers, bulk changes, imports, merges, splits and undos. Replaying a record's log from its beginning
gives the record, each entry starts where the one before it ended, and no version changed without an entry
(tests/audit_log_gaps.py).
"""

from bench import trials

NAME = "The log has no gap, whatever the door"
DOORS = 14


def run():
    wrong, writes, used = [], 0, set()
    for database in ("SQLite", "PostgreSQL"):
        found = trials.run("tests.audit_log_gaps:figure", on=database)
        writes += found["writes"]
        used |= {name for name in found["done"] if "refused" not in name}
        wrong += [f"{database}: {words}" for words in found["wrong"]]
        print(f"  {database}: " + ", ".join(f"{n} × {name}" for name, n in sorted(found["done"].items())))
    for words in wrong[:20]:
        print(f"  {words}")
    value = f"{len(wrong)} gaps after {writes} writes through {len(used)} doors"
    return (
        value,
        f"0 of 1,000 writes through {DOORS} doors",
        writes,
        not wrong and writes >= 1000 and len(used) == DOORS,
    )
