"""The columns of a racial equity action plan: their labels here, and the headings that offices use for them."""

from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext_noop as _

from partnerships.core.importing import Field, match_columns, names_of
from partnerships.core.tables import normalize_heading

COLUMNS = (
    Field("number", _("Number in the plan"), also=("number", "no", "nr", "n", "ref", "reference", "item",
        "outcome number", "id", "strategy number")),
    Field("goal", _("Goal or area"), also=("goal", "area", "goal area", "focus area", "priority", "priority area", "theme",
        "topic", "issue area")),
    Field("title", _("Outcome"), also=("title", "result", "outcomes", "results", "community outcome", "desired outcome",
        "desired result", "equity outcome", "objective", "strategy", "outcome result", "result outcome")),
    Field("actions", _("Actions"), also=("action", "action step", "action steps", "activities", "activity", "steps", "tasks",
        "what is to be done", "key actions", "strategies")),
    Field("measured_by", _("Performance measure"), also=("performance measures", "measure", "measures", "indicator",
        "indicators", "metric", "metrics", "how it is measured", "kpi", "success measure", "success measures")),
    Field("accountable", _("Accountable"), also=("lead", "responsible", "owner", "accountability", "lead department",
        "department", "who", "who answers for it", "responsible party", "lead staff", "staff lead", "accountable lead")),
    Field("due", _("Timeline or due date"), also=("timeline", "due", "due date", "date", "deadline",
        "by when", "until when", "timeframe", "time frame",
        "target date", "when", "timeline due")),
    Field("progress", _("Progress"), also=("status", "progress report", "update", "updates", "status update", "how it stands",
        "progress update", "notes")),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def key_of(heading: str) -> str:
    """The column that a heading most likely means; "" if it is unknown."""
    return _by_heading().get(normalize_heading(heading), "")


@cache
def _by_heading() -> dict[str, str]:
    """Folded heading → key of its column, with the headings of the template in each language."""
    return names_of(COLUMNS)


def is_known(heading: str) -> bool:
    return bool(key_of(heading))


def guessed(headings: Sequence[str]) -> list[str]:
    """The key of each heading's column; "" for an unknown one, and for a repeated one after the first."""
    found = match_columns(_by_heading(), headings)
    return [found.get(index, "") for index in range(len(headings))]
