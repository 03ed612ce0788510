"""The switch of languages in the header keeps what was typed, with and without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import Addresses
from tests.browser.site import PARTNER


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_switch_keeps_every_text_of_a_page_with_several(window, site, script):
    page = window(PARTNER, script=script).new_page()
    page.goto(Addresses(site)["strategy"] + "our-part/")
    typed = {"Your contribution": f"Our numbers, {script}", "Your note": f"Ask again, {script}"}
    for label, text in typed.items():
        page.get_by_label(label).fill(text)
    for language, save in (("Español", "Guardar"), ("English", "Save")):
        page.get_by_role("button", name=language).click()
        expect(page.get_by_role("button", name=save, exact=True)).to_be_visible()
        assert [page.locator("textarea").nth(n).input_value() for n in (0, 1)] == [*typed.values()]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Housing access strategy")
    page.goto(Addresses(site)["strategy"] + "our-part/")
    for label, text in typed.items():
        expect(page.get_by_label(label)).to_have_value(text)
