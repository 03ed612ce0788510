"""QX4: the tasks of tests/browser/tasks.md without script."""

from tests.browser import figures

NAME = "Tasks that need no script"


def run():
    tried, found = figures.tasks_without_script()
    for words in found:
        print(f"  {words}")
    return f"{len(found)} not done", "0", tried, not found
