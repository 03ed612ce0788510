"""The tasks of tasks.md without script over HTTP, always the same third of them.

A sixth are also done in a browser by keyboard alone, and some in a browser without script.
"""

import pytest

from tests.browser import tasks
from tests.browser.hands import Keyboard, Mouse
from tests.browser.http_hands import HttpHands
from tests.shares import share_of

WRITTEN, TASKS = tasks.written(), tasks.load()


def test_every_task_has_a_test_and_every_test_a_task():
    assert sorted(TASKS) == sorted(WRITTEN)
    assert len(WRITTEN) >= 20


@pytest.mark.parametrize("slug", share_of([slug for slug in WRITTEN if not TASKS[slug].needs_layout], 3))
def test_without_script_over_http(slug, task_site):
    hands = HttpHands(task_site)
    if TASKS[slug].who:
        hands.become(task_site.signed_in(TASKS[slug].who))
    TASKS[slug].do(hands)


@pytest.mark.parametrize("slug", [slug for slug in WRITTEN if TASKS[slug].mouse])
def test_without_script_in_a_browser(slug, window, task_site):
    TASKS[slug].do(Mouse(window(TASKS[slug].who, at=task_site, script=False), task_site))


@pytest.mark.parametrize("slug", share_of(WRITTEN, 6))
def test_with_a_keyboard_alone(slug, window, task_site):
    TASKS[slug].do(Keyboard(window(TASKS[slug].who, at=task_site), task_site))
