"""The list of tasks: tasks.md describes them, `task` says who does each and how, and which tests run it.

Every task is done without script over HTTP (http_hands.py), except where it needs a layout, and a third of the tasks by
keyboard alone in a browser, another third each time. In a browser without script, the tests do only those with a reason
(`mouse`), since it takes three times as long as over HTTP: one for each thing that only a browser can show. `make show
FIG=QX2` does all by keyboard, and `make show FIG=QX4` all in a browser without script.
"""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).with_name("tasks.md")
TASKS = {}  # slug → Task


@dataclass(frozen=True)
class Task:
    """A task. `who`: the email address of the person, or None.

    `mouse`: why the tests also do it in a browser without script, or empty. `needs_layout`: it can't be done over HTTP.
    """

    do: callable
    who: str | None
    mouse: str
    needs_layout: bool


def task(slug, who=None, *, mouse="", needs_layout=False):
    def keep(function):
        assert slug not in TASKS, f"two tests for {slug}"
        assert mouse or not needs_layout, f"{slug} is done neither over HTTP nor with a mouse"
        TASKS[slug] = Task(function, who, mouse, needs_layout)
        return function

    return keep


def load() -> dict[str, Task]:
    """Load all tasks of every *_tasks.py."""
    for file in sorted(BOOK.parent.glob("*_tasks.py")):
        importlib.import_module(f"tests.browser.{file.stem}")
    return TASKS


def people() -> set[str]:
    """Return the email addresses of all people who do tasks."""
    return {one.who for one in load().values() if one.who}


def written() -> dict[str, tuple[str, str]]:
    """Return slug → (what the person does, row of the feature list), from tasks.md."""
    rows = re.findall(r"^\| ([a-z-]+) \| (.+?) \| ([A-K]\d+) \|$", BOOK.read_text(encoding="utf-8"), re.M)
    return {slug: (words, row) for slug, words, row in rows}
