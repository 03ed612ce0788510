"""Every page in every state (states.py): valid HTML, axe, zoom and text spacing, targets, contrast, first view, lost typing."""

import shutil
from functools import partial

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


@pytest.fixture
def visit(chromium, site, empty_site):
    opened = []

    def go(state):
        opened.append(
            Visit(state, partial(windows.window, chromium), {"site": site, "empty_site": empty_site}[state.site])
        )
        return opened[-1]

    yield go
    for one in opened:
        one.page.context.close()


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
