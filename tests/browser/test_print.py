"""Paper shows the record, without what is for the office and without links that act."""

import pytest

from tests.browser import windows
from tests.browser.days import in_days
from tests.browser.site import STAFF

PAST = f"/meetings/?ordering=-starts&before={in_days(-2)}"
LEFT_OUT = ("For your office", "Languages", "Main")


@pytest.mark.parametrize(
    ("listed", "name"), [("/measures/", "Renters who were turned away"), (PAST, "Housing working group")]
)
def test_paper_leaves_out_what_is_for_the_office(window, task_site, listed, name):
    page = window(STAFF, at=task_site).new_page()
    page.goto(listed)
    windows.follow(page, name)
    parts = {
        "For your office": page.get_by_role("heading", name="For your office"),
        "Languages": page.get_by_role("navigation", name="Languages"),
        "Main": page.locator(".site-nav"),
        "Title": page.locator("h1"),
    }
    assert [what for what, part in parts.items() if not part.is_visible()] == []
    page.emulate_media(media="print")
    assert [what for what, part in parts.items() if not part.is_visible()] == list(LEFT_OUT)
