"""Every task of tasks.md, with script off and a mouse (QX4), and with a keyboard alone (QX2)."""

import pytest

from tests.browser import (  # noqa: F401 - they register what is done
    account_tasks,
    activity_tasks,
    circle_tasks,
    desk_tasks,
    import_tasks,
    list_tasks,
    measure_tasks,
    meeting_tasks,
    network_tasks,
    partner_tasks,
    report_tasks,
    round_tasks,
    staff_tasks,
    tasks,
    visitor_tasks,
)
from tests.browser.hands import Keyboard, Mouse

WRITTEN = tasks.written()


def test_every_task_has_a_test_and_every_test_a_task():
    assert sorted(tasks.DOING) == sorted(WRITTEN)
    assert len(WRITTEN) >= 20


@pytest.mark.parametrize("slug", WRITTEN)
def test_without_script(slug, window, desk):
    tasks.DOING[slug](Mouse(window(tasks.WHO[slug], at=desk, script=False), desk))


@pytest.mark.parametrize("slug", WRITTEN)
def test_with_a_keyboard_alone(slug, window, desk):
    tasks.DOING[slug](Keyboard(window(tasks.WHO[slug], at=desk), desk))
