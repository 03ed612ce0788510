"""QX6: the HTML of every page and state, checked by the Nu Html Checker (vnu)."""

from tests.browser import figures, page_checks
from tests.browser.validator import Validator

NAME = "Pages of valid HTML"


def run():
    checker = Validator()
    try:
        tried, found = figures.pages(page_checks.wrong_status, lambda visit: {"html": checker.errors(visit.body)})
    finally:
        checker.stop()
    for words in found:
        print(f"  {words}")
    return f"{len(found)} errors", "0", tried, not found
