"""QX7: on every page and state, targets of 24 px, and contrast at rest, on hover, focused and pressed."""

from tests.browser import figures, page_checks

NAME = "Targets large enough, contrast in every state"


def run():
    tried, found = figures.pages(page_checks.wrong_status, page_checks.targets)
    for words in found:
        print(f"  {words}")
    return f"{len(found)} findings", "0", tried, not found
