"""Signing in with the office's provider in a real browser, with script and without."""

import pytest
from playwright.sync_api import expect

from tests.browser import windows


@pytest.mark.parametrize("script", [True, False])
def test_one_press_leads_there_and_back(window, site, script):
    page = window(script=script).new_page()
    site.provider.person = {
        "sub": f"clerk {script}",
        "email": f"clerk-{script}@example.org".lower(),
        "email_verified": True,
    }
    try:
        page.goto("/sign-in/?next=/account/")
        page.get_by_role("button", name="Sign in with City sign-in").click()
        page.wait_for_url("**/account/")
        expect(page.get_by_role("main")).to_contain_text(f"clerk-{script}@example.org".lower(), timeout=windows.TIMEOUT)
        page.get_by_role("link", name="City sign-in").click()
        expect(page.get_by_role("main")).to_contain_text(
            "has been linked with your account there", timeout=windows.TIMEOUT
        )
    finally:
        site.provider.person = None
