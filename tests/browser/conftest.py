"""A running registry and Chromium. Without a browser these tests are skipped; REQUIRE_BROWSER=1 makes that a failure."""

import os
from pathlib import Path

import pytest

from tests.browser import tasks, windows
from tests.browser.site import Site

HERE = Path(__file__).parent
REQUIRED = os.environ.get("REQUIRE_BROWSER", "") not in ("", "0")


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def unavailable(reason):
    """What cannot be had is skipped, unless the run says that it must be there."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_BROWSER is set, and {reason}", pytrace=False)
    pytest.skip(reason)


def _with_sample(tmp_path_factory, prepared):
    var = tmp_path_factory.mktemp("registry")
    prepared.copy("sample", var)
    running = Site(var)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory, prepared):
    """The registry with its sample, whose pages all tests of this process look at."""
    yield from _with_sample(tmp_path_factory, prepared)


@pytest.fixture(scope="session")
def whole_desk(tmp_path_factory, prepared):
    for running in _with_sample(tmp_path_factory, prepared):
        running.keep(*tasks.people())
        yield running


@pytest.fixture
def desk(whole_desk):
    """Another one, in which tasks are done. Each task finds it as it was at first, whatever others did before."""
    whole_desk.restore()
    return whole_desk


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory, prepared):
    """A registry in which nothing was written down yet."""
    var = tmp_path_factory.mktemp("empty")
    prepared.copy("tables", var)
    running = Site(var, SAMPLE="no")
    yield running
    running.stop()


@pytest.fixture(scope="package")
def chromium():
    """Ends with this folder's tests: while it runs, Django takes the thread for an asynchronous one."""
    if not windows.CHROMIUM:
        unavailable(windows.NO_CHROMIUM)
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with windows.chromium() as browser:
        yield browser
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def window(chromium, site):
    """Opens windows: `window(address of who is signed in or None, width, script)` gives a context."""
    opened = []

    def open_window(who=None, *, at=site, **options):
        opened.append(windows.window(chromium, at, who, **options))
        return opened[-1]

    yield open_window
    for context in opened:
        context.close()
