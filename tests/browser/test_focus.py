"""After a form was sent, the focus is on what the page says about it: what was saved, or what to fix."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import STAFF


@pytest.fixture
def page(window, task_site, record):
    return window(STAFF, at=task_site).new_page()


def test_errors_have_the_focus_again_after_a_link_of_them_led_to_a_field(page, record):
    page.goto(f"{record}edit/overview/")
    title, errors = page.get_by_label("Title"), page.get_by_role("alert")
    title.fill(" ")
    for _ in range(2):
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(errors).to_be_focused()
        errors.get_by_role("link").press("Enter")
        expect(title).to_be_focused()
    title.fill("Contract with a longer name")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contract with a longer name")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_focused()
    assert "#" not in page.url


def test_a_message_is_said_where_the_address_leads_to_a_part_of_the_page(page, record):
    page.add_init_script(
        """new MutationObserver(changes => {
          for (const { target, removedNodes } of changes)
            if (removedNodes.length && target.matches('.notes [role=status]'))
              document.body.dataset.said = target.textContent.trim()
        }).observe(document, { childList: true, subtree: true })"""
    )
    page.goto(f"{record}edit/partners/new/")
    page.get_by_role("combobox", name="Partner").fill("Harbor renters")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.wait_for_url("**/partners/#partners")
    expect(page.locator("body")).to_have_attribute("data-said", "Harbor renters was added.")
