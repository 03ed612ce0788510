"""Long trials run one part of their cases each time, so that every case has its turn over several commits.

The turn is the number of commits on HEAD: a commit always runs the same part, and the next commit runs the next one.
`ROTATION=7` runs the part of turn 7, and `ROTATION=all` runs every case. The header of a run shows its turn. `make
show` runs whole trials.
"""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _commits():
    """The number of commits on HEAD, as text; "0" where there is no git or no repository."""
    counting = ["git", "-C", ROOT, "rev-list", "--count", "HEAD"]
    try:
        return subprocess.run(counting, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "0"


# The workers of pytest-xdist inherit it, even if someone commits during the run.
if "ROTATION" not in os.environ:
    os.environ["ROTATION"] = _commits()
TURN = os.environ["ROTATION"]


def share_of(cases, parts):
    """Return every `parts`-th of the cases. Each case comes once in any `parts` consecutive turns."""
    cases = list(cases)
    return cases if TURN == "all" else cases[int(TURN) % parts :: parts]


def is_in_turn(test):
    """Whether a test runs: with the mark `turn(1, of=4)`, in every fourth turn. Such tests take turns with each other."""
    mark = test.get_closest_marker("turn")
    return mark is None or TURN == "all" or int(TURN) % mark.kwargs["of"] == mark.args[0]


def pytest_report_header():
    return f"rotation: {TURN}"
