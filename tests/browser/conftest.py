"""A running registry and Chromium. Without a browser these tests are skipped, or fail if REQUIRE_BROWSER=1."""

import os
from pathlib import Path

import pytest

from tests.browser import jobs, tasks, windows
from tests.browser.groups import LISTED
from tests.browser.site import STAFF, Site

HERE = Path(__file__).parent
REQUIRED = os.environ.get("REQUIRE_BROWSER", "") not in ("", "0")


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def unavailable(reason):
    """Skip the test if something is missing, or fail if the run requires it."""
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
    """A registry with the sample, whose pages all tests of this process read."""
    yield from _with_sample(tmp_path_factory, prepared)


@pytest.fixture(scope="session")
def whole_task_site(tmp_path_factory, prepared):
    for running in _with_sample(tmp_path_factory, prepared):
        running.keep(*tasks.people() | jobs.people())
        yield running


@pytest.fixture
def task_site(whole_task_site):
    """A second registry, in which tasks are done. Each task starts from the same data."""
    whole_task_site.restore()
    return whole_task_site


@pytest.fixture
def record(task_site):
    """The address of a published partnership with short forms, next to an organization that can join it."""
    staff = task_site.signed_in(STAFF)
    staff.make_organization("Harbor renters", **LISTED)
    return staff.make_partnership("Contract with short forms", publish=True)


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory, prepared):
    """A registry without data."""
    var = tmp_path_factory.mktemp("empty")
    prepared.copy("tables", var)
    running = Site(var, SAMPLE="no")
    yield running
    running.stop()


@pytest.fixture(scope="package")
def chromium():
    """Chromium. It stops after this folder's tests, since Django takes the thread for an asynchronous one while it runs."""
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
    """Opens browser contexts: `window(email address of the person or None, width, script)`."""
    opened = []

    def open_window(who=None, *, at=site, **options):
        opened.append(windows.window(chromium, at, who, **options))
        return opened[-1]

    yield open_window
    for context in opened:
        context.close()
