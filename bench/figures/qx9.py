"""QX9: the first view of every page and state as sent: at most 100 kB, 10 requests and 20 kB of script."""

from tests.browser import figures, page_checks

NAME = "Light first views"


def run():
    tried, found = figures.pages(page_checks.wrong_status, page_checks.first_view)
    for words in found:
        print(f"  {words}")
    return f"{len(found)} findings", "0", tried, not found
