"""Passkeys in a real browser, with Chromium's virtual authenticator: add, sign in, rename, remove, by keyboard, refused."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import windows
from tests.browser.hands import exactly

ADDRESS, STEP = "traveler@example.org", "/account/second-step/"
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


class Device:
    """A browser context with a virtual authenticator, on this site by its host name (passkeys don't work with IP addresses)."""

    def __init__(self, chromium, site, **options):
        self.site = site
        self.context = windows.window(chromium, site, **options)
        self.page = self.context.new_page()
        self.talk = self.context.new_cdp_session(self.page)
        self.talk.send("WebAuthn.enable")
        made = self.talk.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | {"isUserVerified": True}})
        self.key = made["authenticatorId"]

    def go_to(self, path):
        self.page.goto(self.site.base.replace("127.0.0.1", "localhost") + path)

    def press(self, words):
        self.page.get_by_role("button", name=words, exact=True).click()

    def follow(self, words):
        self.page.get_by_role("main").get_by_role("link", name=words).click()

    def sees(self, *words):
        for text in words:
            expect(self.page.get_by_role("main")).to_contain_text(text, timeout=windows.TIMEOUT)

    def ask_for_code(self):
        self.site.forget_emails()
        self.go_to("/sign-in/")
        self.page.get_by_label("Email address").fill(ADDRESS)
        self.press("Send code")
        self.page.get_by_label("Code from the email").fill(self.site.code_for(ADDRESS))
        self.press("Sign in")

    def sign_out(self):
        self.go_to("/account/")
        self.press("Sign out")

    def works(self, is_willing):
        self.talk.send("WebAuthn.setUserVerified", {"authenticatorId": self.key, "isUserVerified": is_willing})


@pytest.fixture
def device(chromium, site):
    opened = []

    def open_device(**options):
        opened.append(Device(chromium, site, **options))
        return opened[-1]

    yield open_device
    for one in opened:
        one.context.close()


def test_a_passkey_is_added_signs_in_is_renamed_and_removed(device):
    own = device()
    own.ask_for_code()
    own.go_to(STEP)
    own.follow("Add a passkey")
    own.page.get_by_label("Name").fill("Work laptop")
    own.press("Add passkey")
    own.sees("Your recovery codes", "Passkey added.")
    code = re.search(r"\b\d{8}\b", own.page.get_by_role("main").inner_text())[0]

    own.sign_out()
    own.go_to("/sign-in/?next=/account/")
    own.press("Sign in with a passkey")
    own.page.wait_for_url("**/account/")
    own.sees("You’re signed in.", ADDRESS)

    own.sign_out()
    own.ask_for_code()
    own.sees("Second step", "Use your passkey, or enter a code.")
    own.page.get_by_role("button", name="Use your passkey").focus()
    own.page.keyboard.press("Enter")
    own.sees("You’re signed in.")

    own.go_to(STEP)
    own.follow(exactly("Rename: Work laptop"))
    own.press("Use your passkey")
    own.page.get_by_label("Name").fill("Old laptop")
    own.press("Save")
    own.sees("Passkey renamed.", "Old laptop")

    without = device(script=False)
    without.ask_for_code()
    without.sees("Passkeys need JavaScript, which this browser doesn’t run. Enter a code instead")
    assert not without.page.get_by_role("button", name="Use your passkey").is_visible()
    without.page.get_by_label("Recovery code").fill(code)
    without.press("Sign in")
    without.go_to(f"{STEP}passkeys/add/")
    without.sees("Is it you?", "Enter a code instead. The link is below.")

    own.follow(exactly("Remove: Old laptop"))
    own.press("Remove passkey")
    own.sees("Passkey removed.", "You don’t use one yet.")
    own.sign_out()
    own.go_to("/sign-in/")
    own.press("Sign in with a passkey")
    own.sees("This passkey didn’t work. Nothing was changed.")


def test_a_passkey_that_is_not_used_shows_an_error(device):
    own = device()
    own.go_to("/sign-in/")
    expect(own.page.get_by_text("The passkey wasn’t used.")).to_be_hidden()
    own.works(False)
    own.press("Sign in with a passkey")
    own.sees("The passkey wasn’t used. Try again. Or sign in with an emailed code.")


def test_without_script_the_page_for_signing_in_says_what_to_do(device):
    own = device(script=False)
    own.go_to("/sign-in/")
    own.sees("Do you use a passkey? Passkeys need JavaScript, which this browser doesn’t run.")
    assert not own.page.get_by_role("button", name="Sign in with a passkey").is_visible()
