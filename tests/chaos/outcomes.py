"""What docs/operating.md says about how an email ends, for each fault of a mail server."""

import re

from tests.servers import ROOT

ROW = re.compile(r"^\| (?P<fault>[^|]+) \| (?P<first>[^|]+) \| (?P<lasting>[^|]+) \| (?P<passing>[^|]+) \|$", re.M)


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
