"""The form of one partner opens on the page of partners: by keyboard, with matches as one types, and with its errors."""

import pytest
from playwright.sync_api import expect

from tests.browser.groups import LISTED
from tests.browser.site import STAFF

FOCUSED = "document.activeElement.innerText || document.activeElement.value"
HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture
def record(desk):
    staff = desk.signed_in(STAFF)
    staff.make_organization("Harbor renters", **LISTED)
    return staff.make_partnership("Contract with short forms", publish=True)


@pytest.fixture
def page(window, desk, record):
    page, page.problems = window(STAFF, at=desk).new_page(), []
    page.on("console", lambda said: page.problems.append(said.text) if "Policy" in said.text else None)
    page.goto(f"{record}partners/")
    yield page
    assert page.problems == []


def press(page, name):
    page.get_by_role("link", name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_partner_is_added_where_the_partners_are(page):
    title, height = page.title(), page.evaluate(HEIGHT)
    press(page, "Add a partner")
    expect(page.get_by_role("heading", level=2, name="Add a partner")).to_be_focused()
    assert page.title().startswith("Add a partner: ")
    assert page.evaluate(HEIGHT) - height <= 800
    page.keyboard.press("Tab")
    box, options = page.get_by_role("combobox", name="Partner"), page.locator(".editing [role=option]")
    expect(box).to_be_focused()
    page.keyboard.type("harbur rent")
    expect(options).to_have_count(1)
    expect(page.locator(".editing .combo [role=status]")).to_have_text("1 match")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.get_attribute("id"))
    page.keyboard.press("Enter")
    assert box.input_value().startswith("Harbor renters (G-")
    expect(options).to_be_hidden()
    stops, save = 0, page.get_by_role("button", name="Save", exact=True)
    while not save.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
        stops += 1
    assert stops < 20
    page.keyboard.press("Enter")
    expect(page.get_by_text("Harbor renters was added.")).to_be_visible()
    expect(page.locator(".editing")).to_have_count(0)
    assert page.title() == title


def test_a_refused_form_stays_in_its_place_and_cancel_leads_back(page):
    title = page.title()
    press(page, "Add a partner")
    box = page.get_by_role("combobox", name="Partner")
    box.fill("Nobody by this name")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("Error: Add a partner")
    expect(box).to_have_value("Nobody by this name")
    page.get_by_role("link", name="Cancel").press("Enter")
    expect(page.locator(".editing")).to_have_count(0)
    expect(page.get_by_role("link", name="Add a partner")).to_be_focused()
    assert page.title() == title


def test_a_long_list_of_checkboxes_is_narrowed_and_what_is_checked_stays(page, record):
    page.goto(f"{record}edit/overview/")
    box, choices = page.get_by_role("searchbox", name="Find in this list"), page.locator("#id_issue_areas .check")
    all_of_them = choices.count()
    checked = page.locator("#id_issue_areas input").last
    checked.check()
    box.press_sequentially("hous")
    shown = choices.locator("visible=true")
    assert 0 < shown.count() < all_of_them
    expect(page.locator("[data-narrow] [role=status]")).to_have_text(f"{shown.count()} of {all_of_them} shown")
    page.keyboard.press("Enter")  # sends nothing
    box.fill("")
    expect(shown).to_have_count(all_of_them)
    expect(checked).to_be_checked()


def test_where_it_came_from_is_written_on_the_timeline(page, record):
    page.goto(f"{record}timeline/")
    height = page.evaluate(HEIGHT)
    press(page, "Edit where it came from")
    expect(page.get_by_role("heading", level=2, name="Edit where it came from")).to_be_focused()
    assert page.evaluate(HEIGHT) - height <= 800
    page.locator(".editing textarea").first.fill("Renters asked for it.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Renters asked for it.")).to_be_visible()
    expect(page.locator(".editing")).to_have_count(0)


def test_one_form_is_open_at_a_time_and_what_is_typed_stays(page):
    press(page, "Add a partner")
    expect(page.get_by_role("heading", level=2, name="Add a partner")).to_be_focused()
    page.get_by_role("combobox", name="Partner").fill("Harbor")
    page.locator(".ringed").get_by_role("link", name="Edit").first.press("Enter")
    expect(page.get_by_role("heading", level=2, name="Add a partner")).to_be_focused()
    expect(page.get_by_role("combobox", name="Partner")).to_have_value("Harbor")
