"""QU3: words that our plain English doesn't use, in what people read: templates, messages, emails, command output and docs."""

import runpy
from pathlib import Path

WORDS = Path(__file__).resolve().parent.parent.parent / "tools" / "words.py"
NAME = "Words never used"


def run():
    tool = runpy.run_path(str(WORDS))
    found = tool["all_hits"]()
    for hit in found[:40]:
        print(f"  {hit}")
    return f"{len(found)} hits", "0", len(tool["WORDS_ON_PAGES"]), not found
