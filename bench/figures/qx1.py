"""QX1: axe (WCAG A and AA up to 2.2, best practice) on every page and state, and one of each family at 320 and 768 px."""

from tests.browser import figures, page_checks

NAME = "Pages without a finding of axe"


def run():
    tried, found = figures.pages(page_checks.wrong_status, page_checks.axe_at_more_widths)
    for words in found:
        print(f"  {words}")
    return f"{len(found)} findings", "0", tried, not found
