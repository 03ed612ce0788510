"""Templates that are parts of sentences end without a line break, which would be a space before the next comma."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_part_of_a_sentence_ends_with_a_line_break():
    listed = re.search(r"^IN_SENTENCES := (.*?[^\\])$", (ROOT / "Makefile").read_text(), re.MULTILINE | re.DOTALL)[1]
    parts = listed.replace("\\", " ").split()
    assert len(parts) == 6
    ends = [name for name in parts if (ROOT / "templates" / f"{name}.html").read_text().endswith("\n")]
    assert ends == []
