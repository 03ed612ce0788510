"""Every page in every state (states.py): valid HTML, axe, zoom and text spacing, targets, contrast, first view, lost typing."""

import shutil

import pytest
from django.urls import get_resolver, path

from tests.browser import looking, states, windows
from tests.browser.conftest import unavailable
from tests.browser.validator import NO_JAVA, Validator
from tests.browser.visit import Visit
from tests.test_access import routes


@pytest.fixture(scope="session")
def validator():
    if not shutil.which("java"):
        unavailable(NO_JAVA)
    running = Validator()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def enter(chromium):
    """One window for each site, which each visit enters as somebody else: a new one takes half a second."""
    kept = {}

    def enter(site, who, **options):
        if site not in kept:
            kept[site] = windows.window(chromium, site, **options)
        windows.enter(kept[site], site, who)
        return kept[site]

    yield enter
    for context in kept.values():
        context.close()


@pytest.fixture
def visit(enter, site, empty_site):
    opened = []

    def go(state):
        opened.append(Visit(state, enter, {"site": site, "empty_site": empty_site}[state.site]))
        return opened[-1]

    yield go
    for one in opened:
        one.page.close()


def without_a_state(patterns):
    known = {state.route for state in states.STATES} | set(states.NO_PAGES)
    return sorted(name for name in set(routes(patterns)) - known if not name.startswith(states.SPACES_WITHOUT_PAGES))


def test_every_route_has_a_state():
    assert without_a_state(get_resolver().url_patterns) == []


def test_a_route_without_a_state_is_found():
    planted = path("planted/", lambda request: None, name="planted")
    assert without_a_state([*get_resolver().url_patterns, planted]) == ["planted"]


@pytest.mark.parametrize("state", states.STATES, ids=lambda state: state.name)
def test_page(state, visit, validator):
    here = visit(state)
    assert looking.look(here) | {"html": validator.errors(here.body)} == {"html": []}
