"""With script, matches appear below the search box as one types, and menus close by themselves. By keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import STAFF

BAN = "Job Assistance Ordinance (“Ban the Box”)"


@pytest.mark.parametrize("width", [1280, 375])
def test_matches_appear_as_one_types_and_the_arrow_keys_choose_one(window, site, width):
    page = window(width=width).new_page()
    page.goto("/about/")
    box, options = page.get_by_role("combobox", name="Search the registry"), page.get_by_role("option")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.focus()
    page.keyboard.type("ban the bx")
    expect(options).to_have_text([f"{BAN} Similar spelling", "See 1 match for “ban the bx”"])
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#find-said")).to_have_text("See 1 match for “ban the bx”")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("ban the bx")
    page.keyboard.press("ArrowUp")  # opens it at the end
    expect(box).to_have_attribute("aria-activedescendant", "hit-all")
    page.keyboard.press("ArrowDown")  # back in the box, where Enter asks for the page
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text(BAN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(BAN)


def test_a_slow_answer_never_replaces_what_was_typed_later_and_enter_opens_the_page(window):
    page = window().new_page()
    page.goto("/about/")
    late = []
    page.route("**/suggestions/?q=ren", lambda route: late.append(route))
    box = page.get_by_role("combobox")
    box.focus()
    with page.expect_request("**/suggestions/?q=ren"):
        page.keyboard.type("ren")
    page.keyboard.type("ters")
    expect(page.get_by_role("option").last).to_contain_text("for “renters”")
    for route in late:
        route.fulfill(body='<a role="option" id="hit-1" href="/">Late</a>')
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("matches for “renters”")
    expect(page.get_by_role("option")).to_have_count(0)


def test_one_menu_is_open_at_a_time_and_escape_closes_it(window):
    page = window(STAFF).new_page()
    page.goto("/about/")
    work, office = (page.locator("nav summary", has_text=name) for name in ("Work", "Office"))
    work.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Rounds")).to_be_visible()
    office.click()
    expect(page.get_by_role("link", name="Rounds")).to_be_hidden()
    page.get_by_role("link", name="Outbox").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Outbox")).to_be_hidden()
    expect(office).to_be_focused()
    office.click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="Outbox")).to_be_hidden()


def test_one_press_checks_all_whom_a_round_may_ask(window, site):
    page = window(STAFF, at=site).new_page()
    page.goto(f"{site.base}/partnerships/?q=Housing+access")
    page.get_by_role("link", name="Housing access strategy (illustration)").first.click()
    page.goto(f"{page.url}rounds/new/")
    boxes = page.locator("input[name=asked]")
    assert boxes.count() > 1
    for box in boxes.all():
        box.set_checked(False)
    page.get_by_role("button", name="Select all").first.press("Enter")
    assert all(box.is_checked() for box in boxes.all())
    assert "/rounds/new/" in page.url  # it sends nothing
