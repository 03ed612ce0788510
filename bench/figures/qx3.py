"""QX3: every page and state at 400% zoom and with WCAG 1.4.12's text spacing: nothing is lost or scrolls sideways."""

from tests.browser import figures, page_checks

NAME = "Pages whole at 400 % zoom and with wide text"


def run():
    tried, found = figures.pages(page_checks.wrong_status, page_checks.zoom)
    for words in found:
        print(f"  {words}")
    return f"{len(found)} findings", "0", tried, not found
