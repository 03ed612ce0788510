"""Chromium, and browser contexts for visitors and for people who are signed in."""

import contextlib
import os
import shutil

from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The headless shell renders pages like full Chromium, for two thirds of its CPU time. Passkeys, file choosers and
# downloads work in it too, and no test prints a page, so none needs the full browser. It's used only where there is no
# shell.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
NO_CHROMIUM = "there is no Chromium. On Debian: apt install chromium-headless-shell"
TIMEOUT = int(os.environ.get("BROWSER_PATIENCE", "60000"))  # milliseconds that a page may take on a busy machine


@contextlib.contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def window(browser, site, who=None, *, width=1280, height=900, script=True, **options):
    """Return a browser context on this site, signed in as the person with this email address."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=script,
        base_url=site.base,
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(TIMEOUT)
    enter(context, site, who)
    return context


def follow(page, name):
    """Go where the first link by this name leads, and wait until the page is there, which a click alone doesn't."""
    page.goto(page.get_by_role("link", name=name).first.get_attribute("href"))


def enter(context, site, who=None):
    """Sign this browser context in as this person alone."""
    context.clear_cookies()
    if who:
        context.add_cookies(site.signed_in(who).cookies())
