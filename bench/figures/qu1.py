"""QU1: how tall pages are at rest: at most 3,000 px in a window of 1280 px, and 6,000 in one of 375."""

from tests.browser import figures, page_checks

NAME = "Pages no taller than a reader scrolls"


def run():
    tried, found = figures.pages(page_checks.wrong_status, page_checks.height)
    for words in found:
        print(f"  {words}")
    return f"{len(found)} too tall", "0", tried, not found
