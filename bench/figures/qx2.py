"""QX2: the tasks of tests/browser/tasks.md by keyboard alone, with each control reachable and its focus visible."""

from tests.browser import figures

NAME = "Tasks by keyboard alone"


def run():
    tried, found = figures.tasks_by_keyboard()
    for words in found:
        print(f"  {words}")
    return f"{len(found)} not done", "0, of twenty or more", tried, not found and tried >= 20
