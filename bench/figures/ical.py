"""Series of meetings as iCalendar, read by a Python and a JavaScript library, and compared with separately computed times."""

import json
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import django

django.setup()

from partnerships.meetings import calendar  # noqa: E402
from tests.meetings import recurrences  # noqa: E402

NAME = "series of meetings, as two independent readers of calendars read them"
TRIES, HOST = 1000, "registry.example.org"
READER = Path(__file__).resolve().parent.parent / "ical_reader.mjs"


def run():
    texts, wanted = [], []
    make = partial(calendar.event_of, host=HOST, at=datetime(2026, 1, 1, tzinfo=UTC))
    for seed in range(TRIES):
        series, meetings, moments = recurrences.series(seed)
        events = calendar.series_events(series, meetings, host=HOST, make=make)
        texts.append(calendar.calendar_of(events))
        wanted.append([int(moment.timestamp()) for moment in moments])
    by_python = [[int(m.timestamp()) for m in recurrences.read_by_python(text)] for text in texts]
    python, script = (sum(map(list.__eq__, found, wanted)) for found in (by_python, _by_script(texts)))
    bound = f"{TRIES} of {TRIES} by each"
    return f"{python} by Python, {script} by JavaScript", bound, TRIES, python == script == TRIES


def _by_script(texts):
    """Expand the series in JavaScript. Needs node and npm, which installs the library into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"check": True, "cwd": folder, "capture_output": True, "text": True}
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "ical.js@2"], **quiet)
        library = Path(folder) / "node_modules/ical.js/dist/ical.js"
        answer = subprocess.run(["node", str(READER), str(library)], input=json.dumps(texts), **quiet)
    return json.loads(answer.stdout)
