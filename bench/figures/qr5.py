"""QR5: sixteen faults of a mail server. Each email ends as docs/operating.md says (bench/chaos/faults.py)."""

import json
import re

from bench.chaos.servers import ROOT, on_both_databases

NAME = "Sixteen faults of the mail server"
ROW = re.compile(r"^\| (?P<fault>[^|]+) \| (?P<first>[^|]+) \| (?P<lasting>[^|]+) \| (?P<passing>[^|]+) \|$", re.M)


def run():
    written, tried, wrong, faults = written_down(), 0, 0, {}
    for database, lines in on_both_databases("bench.chaos.faults", 0, at_once=True):
        for line in map(json.loads, lines):
            as_written = differs(line, written) == ""
            faults.setdefault(database, {}).setdefault(line["fault"], []).append(as_written)
            tried, wrong = tried + 1, wrong + (not as_written)
            print(f"  {database:10} {'as written' if as_written else differs(line, written)}: {line}")
    right = {database: sum(all(found) for found in by.values()) for database, by in faults.items()}
    value = ", ".join(f"{n} of {len(faults[database])} on {database}" for database, n in right.items())
    return value, "16 of 16 end as docs/operating.md says", tried, wrong == 0 and set(right.values()) == {16}


def written_down():
    """Return fault → (after the first try, if it lasts, once it's over), from docs/operating.md."""
    text = (ROOT / "docs" / "operating.md").read_text().partition("### When mail fails")[2].partition("\n#")[0]
    rows = {row["fault"].strip(): row for row in ROW.finditer(text)}
    return {fault: tuple(row[part].strip() for part in ("first", "lasting", "passing")) for fault, row in rows.items()}


def differs(line, written):
    """Describe how an outcome differs from the documentation, or return an empty text."""
    ends = (line["first"], line["lasting"], line["passing"])
    if written.get(line["fault"]) != ends:
        return f"written down as {written.get(line['fault'])}"
    return f"{line['wrong']} copies too many or too few" if line["wrong"] else ""
