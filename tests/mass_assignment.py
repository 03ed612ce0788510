"""Mass assignment: every column name of every table, sent along with a form that doesn't offer it, changes nothing.

A form is sent as it is, and again with all of these names added. The second request must change exactly what the first
one changed. tests/tampering.py sends such names, too, and judges what changed by rules. This comparison doesn't need
rules, so it also finds what no one has thought of.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace

from tests.double_submits import cases
from tests.tampering import _of_rows, extras

# Not names of columns, but of fields that formsets are controlled by.
CONTROLS = ("DELETE", "TOTAL_FORMS", "INITIAL_FORMS")


@dataclass
class Found:
    forms: int = 0
    taken: int = 0  # sent with additional names, and still accepted
    names: int = 0
    wrong: list[str] = field(default_factory=list)


def try_all(sender, only=()) -> Found:
    found, extra = Found(), extras(sender.world)
    for case in cases(sender, only, is_meant=lambda sent: sent.touches):
        more = _of_rows(SimpleNamespace(fields=dict.fromkeys(case.offered)), extra)
        more = {name: value for name, value in more.items() if name not in case.offered and not name.endswith(CONTROLS)}
        plain, again = (_values(sender.send(case.role, case.url, case.data)) for _ in range(2))
        stuffed = sender.send(case.role, case.url, more | case.data)
        moving = {place for place, value in plain ^ again}  # timestamps, row numbers
        other = {one for one in _values(stuffed) - plain if one[0] not in moving}
        found.forms, found.names = found.forms + 1, found.names + len(more)
        found.taken += bool(stuffed.touches)
        found.wrong += [f"{case.role} {case.route}: {place} becomes {value[:80]}" for place, value in sorted(other)]
    return found


def _values(sent):
    return {((one.model, one.field), repr(one.after)) for one in sent.touches}
