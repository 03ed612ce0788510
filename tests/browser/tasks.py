"""The book of tasks: tasks.md says what they are, `task` ties the doing to it."""

import re
from pathlib import Path

BOOK = Path(__file__).with_name("tasks.md")
DOING = {}  # slug → function(hands)
WHO = {}  # slug → address of who is signed in, or None


def task(slug, who=None):
    def keep(function):
        assert slug not in DOING, f"two tests for {slug}"
        DOING[slug], WHO[slug] = function, who
        return function

    return keep


def written() -> dict[str, tuple[str, str]]:
    """slug → (what one does, row of the feature list)."""
    rows = re.findall(r"^\| ([a-z-]+) \| (.+?) \| ([A-K]\d+) \|$", BOOK.read_text(encoding="utf-8"), re.M)
    return {slug: (words, row) for slug, words, row in rows}
