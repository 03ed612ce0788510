"""Lists by keyboard: how many presses of Tab lead to the first match, and filters that apply as they are chosen."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import STAFF

LIST = "/partnerships/?ordering=-updated"
IN_RESULTS = "() => !!document.activeElement.closest('#results tbody')"


def stops_to_the_first_match(page, most=60):
    for pressed in range(1, most):
        page.keyboard.press("Tab")
        if page.evaluate(IN_RESULTS):
            return pressed
    raise AssertionError(f"not reached by {most} presses")


@pytest.mark.parametrize("who", ["", STAFF])
def test_the_first_match_is_few_presses_away(who, window, site):
    page = window(who, at=site).new_page()
    page.goto(site.base + LIST)
    assert stops_to_the_first_match(page) <= 30
    page.goto(site.base + LIST)
    skip = page.get_by_role("link", name="Skip to results")
    presses = 0
    while not skip.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
        presses += 1
    page.keyboard.press("Enter")
    assert presses + 1 + stops_to_the_first_match(page) <= 5


def test_filters_apply_as_they_are_chosen_and_the_menu_stays(window, site):
    page = window("", at=site).new_page()
    page.goto(site.base + LIST)
    page.locator("summary", has_text="Type").click()
    expect(page.get_by_role("status").filter(has_text="7 options")).to_be_attached()
    for name, number in (("Training", 1), ("Organizing and pressure", 3)):
        page.get_by_role("checkbox", name=name).press("Space")
        expect(page.get_by_role("status").filter(has_text="partnership")).to_contain_text(f"{number} partnership")
        expect(page.get_by_role("checkbox", name=name)).to_be_focused()
    expect(page).to_have_title("3 partnerships | Partnership Registry")
    expect(page).to_have_url(f"{site.base}{LIST}&kind=training&kind=organizing")
    expect(page.get_by_role("link", name="Remove filter: Training")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Type (2)")).to_be_focused()
    assert page.locator("#results tbody tr").count() == 3


def test_options_that_could_not_be_loaded_can_be_asked_for_again(window, site):
    page = window("", at=site).new_page()
    page.goto(site.base + LIST)
    page.route("**/filters/kind/**", lambda route: route.abort())
    menu = page.locator("summary", has_text="Type")
    menu.press("Enter")
    expect(page.get_by_role("status").filter(has_text="We couldn’t load the options.")).to_be_attached()
    leads = page.get_by_role("link", name="Choose on the Filters page")
    expect(leads).to_have_attribute("href", "/partnerships/filters/?ordering=-updated#filter-kind")
    page.unroute("**/filters/kind/**")
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_role("checkbox", name="Training")).to_be_visible()
    expect(menu).to_be_focused()


def test_what_is_chosen_in_one_menu_stays_without_opening_it_for_another(window, site):
    page = window("", at=site).new_page()
    page.goto(f"{site.base}/partnerships/?kind=training&kind=organizing")
    page.locator("summary", has_text="Side").click()
    page.get_by_role("checkbox", name="Institution").check()
    expect(page).to_have_url(f"{site.base}/partnerships/?kind=training&kind=organizing&side=institution")
    expect(page.get_by_role("link", name="Remove filter: Training")).to_be_visible()
    page.locator("summary", has_text="Type (2)").click()
    expect(page.get_by_role("checkbox", name="Training")).to_be_checked()


def test_without_script_a_list_leads_to_a_page_with_all_of_its_filters(window, site):
    page = window("", at=site, script=False).new_page()
    page.goto(f"{site.base}/partnerships/?q=racial&kind=training")
    page.locator("#filters noscript a").click()  # Playwright gives nothing in a noscript a role
    expect(page.get_by_role("group", name="Type").get_by_role("checkbox", name="Training")).to_be_checked()
    page.get_by_role("checkbox", name="Institution").check()
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url(f"{site.base}/partnerships/?q=racial&kind=training&side=institution")
