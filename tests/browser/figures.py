"""The figures about pages and tasks, outside pytest: `pages(...)`, `tasks_without_script()` and `tasks_by_keyboard()`."""

import contextlib
import tempfile
from pathlib import Path

from tests.browser import jobs, states, tab_stops, tasks, windows
from tests.browser.hands import Keyboard, Mouse
from tests.browser.page_checks import findings
from tests.browser.site import Site
from tests.browser.visit import Visit, new_page


def pages(*checks):
    """Return (number of states, findings as lines) of these checks of a visit."""
    found = []
    with _sites("site", "empty_site") as sites, windows.chromium() as browser:
        for state in states.STATES:
            with _reported(state.name, found), contextlib.ExitStack() as closing:

                def open_page(site, who, closing=closing):
                    context = windows.window(browser, site, who, bypass_csp=True)
                    closing.callback(context.close)
                    return new_page(context)

                visit = Visit(state, open_page, sites[state.site])
                for sort, things in findings(visit, checks).items():
                    found += [f"{state.name}: {sort}: {thing}" for thing in things]
    return len(states.STATES), found


def tasks_without_script():
    """Return (number of tasks, those that can't be done, with the reason), with a mouse."""
    return _tasks(Mouse, script=False)


def tasks_by_keyboard():
    """The same with a keyboard alone."""
    return _tasks(Keyboard, script=True)


def _tasks(hands, *, script):
    failed = []
    with _sites("site") as sites, windows.chromium() as browser:
        site = sites["site"]
        site.keep(*tasks.people())
        for slug, task in tasks.load().items():
            site.restore()
            context = windows.window(browser, site, task.who, script=script)
            with _reported(slug, failed):
                task.do(hands(context, site))
            context.close()
    return len(tasks.TASKS), failed


def stops():
    """Return (lines about what takes too many presses of Tab, how many lists and sections were tried)."""
    with _sites("site") as sites, windows.chromium() as browser:
        return tab_stops.measured(sites["site"], lambda site, who: windows.window(browser, site, who))


def efforts():
    """Return job → what it asks of a person (jobs.Effort)."""
    found = {}
    with _sites("site") as sites:
        sites["site"].keep(*jobs.people())
        for title, job in jobs.JOBS.items():
            sites["site"].restore()
            found[title] = jobs.do(job, sites["site"])
    return found


@contextlib.contextmanager
def _reported(name, found):
    try:
        yield
    except Exception as problem:
        found.append(f"{name}: {type(problem).__name__}: {str(problem)[:300]}")


@contextlib.contextmanager
def _sites(*names):
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stopping:
        sites = {}
        for name in names:
            var = Path(home, name)
            var.mkdir()
            sites[name] = Site(var, **({"SAMPLE": "no"} if name == "empty_site" else {}))
            stopping.callback(sites[name].stop)
        yield sites
