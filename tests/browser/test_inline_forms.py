"""The forms of a partnership open on its tabs: by keyboard, with matches as one types, and with errors and edit conflicts.

After saving, only what differs is put into the page.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import STAFF
from tests.browser.visitor_tasks import STRATEGY

FOCUSED = "document.activeElement.innerText || document.activeElement.value"
HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture
def page(window, task_site, record):
    page, page.problems = window(STAFF, at=task_site).new_page(), []
    page.on("console", lambda message: page.problems.append(message.text) if "Policy" in message.text else None)
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
    expect(page.get_by_role("link", name="Skip to Save")).to_be_focused()
    page.keyboard.press("Tab")
    box, options = page.get_by_role("combobox", name="Partner"), page.locator(".editing [role=option]")
    expect(box).to_be_focused()
    page.keyboard.type("harbur rent")
    expect(options).to_have_count(1)
    expect(page.locator(".editing .combo [role=status]")).to_have_text("1 match")
    for _ in range(2):  # after the last option comes the first, since Enter in the box alone would send the form
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
    expect(page.locator(".here").get_by_text("Harbor renters was added.")).to_be_visible()
    expect(page.locator(".editing")).to_have_count(0)
    assert page.title() == title


def test_a_list_without_matches_says_so_and_has_no_option(page):
    press(page, "Add a partner")
    box = page.get_by_role("combobox", name="Partner")
    box.press_sequentially("Zzyzx")
    expect(page.locator(".editing .suggest .none")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="No matches. Try another spelling")).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None


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
    page.goto(f"{record}edit/about/")
    group, choices = page.get_by_role("group", name="Issue areas"), page.locator("#id_issue_areas .check")
    box = group.get_by_role("searchbox", name="Find in this list")
    all_of_them = choices.count()
    checked = page.locator("#id_issue_areas input").last
    checked.check()
    box.press_sequentially("hous")
    shown = choices.locator("visible=true")
    assert 0 < shown.count() < all_of_them
    expect(group.get_by_role("status")).to_have_text(f"{shown.count()} of {all_of_them} shown")
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


def open_form(page, name):
    press(page, name)
    expect(page.locator(".editing h2").first).to_be_focused()


def save(page):
    page.get_by_role("button", name="Save", exact=True).press("Enter")


# Tab, its link to a short form, a field, what's written there, and where it's read.
SECTIONS = {
    "overview": ("", "Edit overview", "[name=title]", "Rent help, together", ".masthead h1"),
    "about": ("", "Edit purpose, issue areas and communities", ".check:has-text('Food') input", "Food", ".strip"),
    "agreement": ("agreement/", "Edit agreement", "[name=common_agenda]", "No one is turned away.", "#how"),
    "notes": ("office/", "Edit source and notes", "[name=internal_notes]", "Call before noon.", "#office"),
    "timeline": ("timeline/", "Edit where it came from", "[name=origin_note]", "Renters asked.", "#story"),
}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("width", [1280, 320])
def test_a_section_is_edited_where_it_is(page, record, section, width):
    path, name, field, text, shown = SECTIONS[section]
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(record + path)
    page.evaluate("document.querySelector('.colophon').seen = window.seen = true")
    open_form(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(f".editing {field}")
    box.check() if box.get_attribute("type") == "checkbox" else box.fill(text)
    save(page)
    expect(page.locator(".editing")).to_have_count(0)
    expect(page.locator(shown)).to_contain_text(text)
    expect(page.get_by_role("link", name=name)).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_have_count(1)
    expect(page.locator(".here").get_by_text("Saved.")).to_be_visible()
    assert page.title().startswith(page.locator("h1").inner_text())
    # Neither the page nor a part that stays the same was loaded again.
    assert page.evaluate("document.querySelector('.colophon').seen && window.seen")


def test_errors_of_a_section_show_where_it_is(page, record):
    page.goto(record)
    open_form(page, "Edit overview")
    page.get_by_label("What it is for").fill("Words that aren’t lost.")
    page.get_by_label("Start date").fill("2026-02-01")
    page.get_by_label("End date").fill("2026-01-01")
    save(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("What it is for")).to_have_value("Words that aren’t lost.")
    expect(page.locator("h1")).to_have_count(1)
    page.get_by_label("End date").fill("2026-03-01")
    save(page)
    expect(page.locator(".masthead")).to_contain_text("Words that aren’t lost.")


def test_two_people_edit_a_section_and_both_texts_show_where_it_is(page, task_site, record):
    page.goto(f"{record}agreement/")
    open_form(page, "Edit agreement")
    page.get_by_label("Common agenda").fill("Mine.")
    task_site.signed_in(STAFF).send(f"{record}edit/agreement/", common_agenda="Theirs.")
    save(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Common agenda", exact=True)).to_have_value("Mine.")
    expect(page.locator(".clash")).to_contain_text("Theirs.")
    page.get_by_label("Use this version: the saved version").check()
    save(page)
    expect(page.locator("#how")).to_contain_text("Theirs.")
    expect(page.get_by_role("link", name="Edit agreement")).to_be_focused()


def test_a_form_opens_from_the_menu_and_the_focus_goes_back_to_it(page, task_site):
    page.goto(task_site.signed_in(STAFF).make_partnership("A draft with forms"))
    menu = page.locator(".masthead summary", has_text="More")
    menu.press("Enter")
    open_form(page, "Edit overview")
    expect(page.get_by_role("link", name="Edit everything")).to_be_hidden()
    page.get_by_role("link", name="Cancel").press("Enter")
    expect(menu).to_be_focused()


def test_a_partner_moves_to_another_circle_and_what_is_open_stays_open(page):
    expected = page.locator("details.fold", has_text="Expected seats")
    expected.locator("summary").first.press("Enter")
    edit = page.get_by_role("row", name="Tenants’ association").get_by_role("link", name="Edit")
    edit.press("Enter")
    page.locator(".editing").get_by_label("Circle").select_option("informed")
    save(page)
    expect(page.get_by_role("heading", level=3, name="Informed")).to_be_visible()
    expect(edit).to_be_focused()
    expect(page.locator(".ringed", has=edit).get_by_text("Saved.")).to_be_visible()
    expect(expected).to_have_attribute("open", "")


def test_after_a_partner_is_removed_the_focus_goes_to_the_message(page):
    page.get_by_role("row", name="Department of Housing").get_by_role("link", name="Edit").press("Enter")
    page.get_by_label("Remove this partner").check()
    save(page)
    expect(page.locator(".notes", has_text="Department of Housing was removed.")).to_be_focused()


def test_what_is_typed_stays_if_the_registry_cannot_be_reached(page, record):
    page.goto(record)
    open_form(page, "Edit overview")
    page.route("**/edit/overview/", lambda route: route.abort())
    box = page.locator(".editing [name=title]")
    box.fill("Not sent yet")
    box.press("Enter")
    expect(page.get_by_text("the registry could not be reached")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("Not sent yet")
    page.unroute("**/edit/overview/")
    save(page)
    expect(page.locator("h1")).to_have_text("Not sent yet")


def test_the_heading_takes_the_focus_from_no_one_who_types(page, record):
    page.goto(record)
    # As soon as a form is there, someone is in its first field.
    page.evaluate(
        """new MutationObserver(() => document.querySelector('.editing [name=title]').focus())
        .observe(document.getElementById('here'), {childList: true})
        document.addEventListener('htmx:afterSettle', () => { document.body.dataset.settled = 'yes' })"""
    )
    press(page, "Edit overview")
    expect(page.locator("body[data-settled]")).to_have_count(1)
    expect(page.locator(".editing [name=title]")).to_be_focused()


def test_of_two_links_the_second_one_opens_its_form(page):
    held = []
    first, second = page.get_by_role("link", name="Add a partner").first, page.locator(".ringed a[data-hx-get]").first
    page.route("**/partners/new/", lambda route: held.append(route))
    first.press("Enter")
    with page.expect_event("requestfailed") as failed:
        second.press("Enter")
    assert failed.value.url.endswith("/partners/new/")
    expect(page.get_by_role("heading", name="Edit partner")).to_be_focused()
    expect(page.locator(".editing")).to_have_count(1)


def test_a_check_in_is_recorded_where_the_check_ins_are(page, task_site):
    page.goto("/partnerships/?q=housing+access")
    page.get_by_role("link", name=STRATEGY).first.click()
    page.get_by_role("link", name="For your office").click()
    address = page.get_by_role("link", name="Record a check-in").first.get_attribute("href")
    same = page.locator(f'a[href="{address}"]')
    open_form(page, "Record a check-in")
    page.get_by_label("What came up").fill("Call them in spring.")
    task_site.signed_in(STAFF).send(address, note="Call them in fall.")
    page.get_by_role("button", name="Record check-in").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("What came up")).to_have_value("Call them in spring.")
    page.get_by_role("button", name="Record check-in").press("Enter")
    expect(page.locator("#office .prose", has_text="Call them in spring.")).to_be_visible()
    expect(same).to_be_focused()
    expect(page.locator("li", has=same).get_by_text("The next check-in is scheduled.")).to_be_visible()


def test_unsaved_text_is_continued_where_it_was_typed(page, record):
    page.goto(f"{record}agreement/")
    open_form(page, "Edit agreement")
    page.get_by_label("Common agenda").fill("Half a sentence")
    page.get_by_role("button", name="Save for later").press("Enter")
    expect(page.locator(".editing").get_by_text("we kept your unsaved text")).to_be_visible()
    page.reload()
    open_form(page, "Edit agreement")
    page.get_by_role("button", name="Continue editing").press("Enter")
    expect(page.get_by_label("Common agenda")).to_have_value("Half a sentence")
    save(page)
    expect(page.locator("#how")).to_contain_text("Half a sentence")


def test_a_row_is_added_to_a_form_and_gets_the_focus(page, record):
    page.goto(f"{record}agreement/")
    open_form(page, "Edit agreement")
    for n in (1, 2, 3):
        if n > 1:  # the first row is there
            page.get_by_role("button", name="Add another document").press("Enter")
            expect(page.locator(f"[name=documents-{n - 1}-title]")).to_be_focused()
            expect(page.get_by_role("status").filter(has_text=f"Row {n} was added.")).to_have_count(1)
        page.locator(f"[name=documents-{n - 1}-title]").fill(f"Minutes {n}")
        page.locator(f"[name=documents-{n - 1}-url]").fill(f"https://example.org/{n}")
    expect(page.locator(".row-form summary").last).to_have_text("Row 3")
    save(page)
    expect(page.locator("#how li")).to_have_text(["Minutes 1", "Minutes 2", "Minutes 3"])


def test_an_added_row_of_a_partner_suggests_names_from_the_directory(page):
    page.goto("/partnerships/new/?kind=joint_project")
    page.get_by_role("button", name="Add another partner").press("Enter")
    partner = page.locator("[name=parties-3-entity]")
    expect(partner).to_be_focused()
    partner.press_sequentially("Voices for")
    page.get_by_role("option", name="Voices for Racial Justice").click()
    expect(partner).to_have_value(re.compile(r"^Voices for Racial Justice \(G-"))


def test_without_script_a_form_offers_no_more_rows_than_it_has(window, task_site, record):
    page = window(STAFF, at=task_site, script=False).new_page()
    page.goto(f"{record}edit/agreement/")
    expect(page.locator("[name=documents-0-title]")).to_be_visible()
    expect(page.get_by_role("button", name="Add another document")).to_be_hidden()
