"""The columns of a racial equity action plan: their labels here, and the headings that offices use for them."""

from dataclasses import dataclass

from partnerships.core.tables import folded


@dataclass(frozen=True)
class Column:
    """`also`: other usual headings, in the form that `folded` returns."""

    key: str
    label: str
    also: tuple[str, ...] = ()


COLUMNS = (
    Column("number", "Number", ("no", "nr", "n", "ref", "reference", "item", "outcome number", "id", "strategy number")),
    Column("goal", "Goal or area", ("goal", "area", "goal area", "focus area", "priority", "priority area", "theme", "topic",
        "issue area")),
    Column("title", "Outcome", ("title", "result", "outcomes", "results", "community outcome", "desired outcome",
        "desired result", "equity outcome", "objective", "strategy", "outcome result", "result outcome")),
    Column("actions", "Actions", ("action", "action step", "action steps", "activities", "activity", "steps", "tasks",
        "what is to be done", "key actions", "strategies")),
    Column("measured_by", "Performance measure", ("performance measures", "measure", "measures", "indicator", "indicators",
        "metric", "metrics", "how it is measured", "kpi", "success measure", "success measures")),
    Column("accountable", "Accountable", ("lead", "responsible", "owner", "accountability", "lead department", "department",
        "who", "who answers for it", "responsible party", "lead staff", "staff lead", "accountable lead")),
    Column("due", "Timeline", ("due", "due date", "date", "deadline", "by when", "until when", "timeframe", "time frame",
        "target date", "when", "timeline due")),
    Column("progress", "Progress", ("status", "progress report", "update", "updates", "status update", "how it stands",
        "progress update", "notes")),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
_BY_HEADING = {folded(name): column.key for column in COLUMNS for name in (column.label, *column.also)}


def key_of(heading) -> str:
    """The column that a heading most likely means; "" if it is unknown."""
    return _BY_HEADING.get(folded(heading), "")


def is_known(heading) -> bool:
    return bool(key_of(heading))


def guessed(headings) -> list[str]:
    """The key of each heading's column; "" for an unknown one, and for a repeated one after the first."""
    found = []
    for heading in headings:
        key = key_of(heading)
        found.append(key if key not in found else "")
    return found
