"""Every page of states.py: in the browser in its fullest state, and over HTTP in its others (status, HTML, kept text).

In the browser, a sixth of the pages get all checks, and a third get the quick ones: the same pages in every run.
"""

import shutil

import pytest
from django.urls import get_resolver, path

from tests.browser import page_checks, states, windows
from tests.browser.conftest import unavailable
from tests.browser.over_http import HttpPage
from tests.browser.validator import NO_JAVA, Validator
from tests.browser.visit import Visit, new_page
from tests.shares import share_of
from tests.test_access import routes


@pytest.fixture(scope="session")
def validator():
    if not shutil.which("java"):
        unavailable(NO_JAVA)
    running = Validator()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def open_page(chromium):
    """One page for each registry, which each visit opens as another person: a new page would cost as much as a check."""
    kept = {}

    def open_page(site, who):
        if site not in kept:
            kept[site] = new_page(windows.window(chromium, site, bypass_csp=True))
        windows.enter(kept[site].context, site, who)
        return kept[site]

    yield open_page
    for page in kept.values():
        page.context.close()


@pytest.fixture
def site_of(request):
    """The registry for a state, started when it's first needed."""
    return lambda state: request.getfixturevalue(state.site)


def without_a_state(patterns):
    known = {state.route for state in states.STATES} | set(states.NO_PAGES)
    return sorted(name for name in set(routes(patterns)) - known if not name.startswith(states.SPACES_WITHOUT_PAGES))


def test_every_route_has_a_state():
    assert without_a_state(get_resolver().url_patterns) == []


def test_a_route_without_a_state_is_found():
    planted = path("planted/", lambda request: None, name="planted")
    assert without_a_state([*get_resolver().url_patterns, planted]) == ["planted"]


WHOLE = {state.name for state in share_of(states.IN_BROWSER, 6)}


@pytest.mark.parametrize("state", share_of(states.IN_BROWSER, 3), ids=lambda state: state.name)
def test_page(state, open_page, site_of, validator):
    here = Visit(state, open_page, site_of(state))
    checks = page_checks.ALL if state.name in WHOLE else page_checks.QUICK
    assert page_checks.findings(here, checks) | {"html": validator.errors(here.body)} == {"html": []}


@pytest.mark.parametrize("state", share_of(states.OVER_HTTP, 6), ids=lambda state: state.name)
def test_page_over_http(state, site_of, validator):
    page = HttpPage(state, site_of(state))
    found = {"lost": page.lost, "mute": page.mute(), "html": validator.errors(page.body)}
    assert (page.status, found) == (state.status, {"lost": [], "mute": [], "html": []})
