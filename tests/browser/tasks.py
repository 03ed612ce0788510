"""The book of tasks: tasks.md says what they are, `task` says who does each and how, and which tests run it.

Every task is done without script over HTTP (http_hands.py), except where the page has to be laid out, and a third of the tasks by
turns by keyboard alone in a browser. In a browser without script the tests do only those that say why (`mouse`), since that takes
three times as long as over HTTP: one for each thing that only a browser can show. `make show FIG=QX2` does all by keyboard, and
`make show FIG=QX4` all in a browser without script.
"""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).with_name("tasks.md")
TASKS = {}  # slug → Task


@dataclass(frozen=True)
class Task:
    """`who`: the address of who is signed in, or None. `mouse`: why the tests do it in a browser without script, too; empty where
    they do not. `needs_layout`: it cannot be done over HTTP."""

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
    """All tasks, of every *_tasks.py."""
    for file in sorted(BOOK.parent.glob("*_tasks.py")):
        importlib.import_module(f"tests.browser.{file.stem}")
    return TASKS


def people() -> set[str]:
    """The addresses of all who do tasks."""
    return {one.who for one in load().values() if one.who}


def written() -> dict[str, tuple[str, str]]:
    """slug → (what one does, row of the feature list)."""
    rows = re.findall(r"^\| ([a-z-]+) \| (.+?) \| ([A-K]\d+) \|$", BOOK.read_text(encoding="utf-8"), re.M)
    return {slug: (words, row) for slug, words, row in rows}
