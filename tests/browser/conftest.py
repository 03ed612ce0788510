"""A running registry and Chromium. Without a browser these tests are skipped; REQUIRE_BROWSER=1 makes that a failure."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.site import Site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent
REQUIRED = os.environ.get("REQUIRE_BROWSER", "") not in ("", "0")
PATIENCE = int(os.environ.get("BROWSER_PATIENCE", "20000"))  # milliseconds that a page may take on a busy machine


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def unavailable(reason):
    """What cannot be had is skipped, unless the run says that it must be there."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_BROWSER is set, and {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The registry with its sample, for all tests of this process."""
    running = Site(tmp_path_factory.mktemp("registry"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory):
    """A registry in which nothing was written down yet."""
    running = Site(tmp_path_factory.mktemp("empty"), SAMPLE="no")
    yield running
    running.stop()


@pytest.fixture(scope="package")
def chromium():
    """Ends with this folder's tests: while it runs, Django takes the thread for an asynchronous one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        unavailable("there is no Chromium. On Debian: apt install chromium")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def window(chromium, site):
    """Opens windows: `window(address of who is signed in or None, width, script)` gives a context."""
    opened = []

    def open_window(who=None, *, width=1280, height=900, script=True, at=site, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            base_url=at.base,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        if who:
            context.add_cookies(at.signed_in(who).cookies())
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()
