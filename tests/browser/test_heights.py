"""No tab of the sample's fullest partnership is taller than a reader scrolls: 3,000 px on a desk, 6,000 on a phone."""

import pytest

from partnerships.web.components.partnerships import TABS
from tests.browser import page_checks, windows
from tests.browser.days import in_days
from tests.browser.site import PARTNER, STAFF
from tests.browser.visitor_tasks import STRATEGY

LIMITS = page_checks.TALLEST
# What of a tab its reader doesn't get leads to a 404, which is short.
PATHS = [name.removeprefix("partnership").strip("_") for name, _ in TABS.values()]


@pytest.mark.parametrize("width", LIMITS)
@pytest.mark.parametrize("who", [STAFF, PARTNER, None])
def test_no_tab_is_too_tall_at_rest(window, task_site, who, width):
    page = window(who, at=task_site, width=width).new_page()
    page.goto("/partnerships/?q=housing+access")
    windows.follow(page, STRATEGY)
    home, tall = page.url, {}
    for path in PATHS:
        page.goto(f"{home}{path}/" if path else home)
        height = page.evaluate("document.documentElement.scrollHeight")
        if height > LIMITS[width]:
            tall[path] = height
    assert tall == {}


@pytest.mark.parametrize("width", LIMITS)
def test_no_measure_or_held_meeting_is_too_tall(window, task_site, width):
    page = window(STAFF, at=task_site, width=width).new_page()
    past, tall = f"/meetings/?ordering=-starts&before={in_days(-2)}", {}
    for listed, name, more in (
        ("/measures/", "Renters who were turned away", ("", "?by=race")),
        (past, "Housing working group", ("",)),
    ):
        page.goto(listed)
        windows.follow(page, name)
        for path in [page.url + query for query in more]:
            page.goto(path)
            height = page.evaluate("document.documentElement.scrollHeight")
            if height > LIMITS[width]:
                tall[path] = height
    assert tall == {}


@pytest.mark.parametrize("width", LIMITS)
def test_no_long_page_is_too_tall(window, task_site, width):
    """Pages that were taller once: they show a picture with its table, many fields, or many rows."""
    page, tall = window(STAFF, at=task_site, width=width).new_page(), {}

    def address(listed, name):
        page.goto(listed)
        return page.get_by_role("link", name=name).first.get_attribute("href")

    city = address("/jurisdictions/?q=Illustration+City", "Illustration City (made up)")
    home = address("/partnerships/?q=housing+access", STRATEGY)
    spring_round = address(f"{home}power/", "Spring round")
    for path in (
        spring_round,
        f"{home}edit/",
        "/partnerships/new/?kind=contract",
        f"{city}dashboard/",
        f"{home}measures/new/",
        f"/issue-areas/housing/circles/?at={city.strip('/').split('/')[-1]}",
        "/network/",
        "/outbox/kinds/",
        "/organizations/many/",
        "/jurisdictions/",
    ):
        assert page.goto(path).status == 200, path
        height = page.evaluate("document.documentElement.scrollHeight")
        if height > LIMITS[width]:
            tall[path] = height
    assert tall == {}


@pytest.mark.parametrize("width", LIMITS)
@pytest.mark.parametrize(
    ("path", "anchor", "opened"),
    [("/words/", "stage", ["Stage"]), ("/developers/", "error-not_found", ["Errors"])],
)
def test_an_index_opens_at_the_entry_of_a_link(window, task_site, width, path, anchor, opened):
    page = window(None, at=task_site, width=width).new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollHeight") <= LIMITS[width]
    page.goto(f"{path}#{anchor}")
    assert page.locator("details[open] h3").all_inner_texts() == opened
