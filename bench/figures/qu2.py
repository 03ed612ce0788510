"""QU2: presses of Tab to the first match of a list, and from an opened section to Save (tests/browser/tab_stops.py)."""

from tests.browser import figures

NAME = "Presses of Tab to the first match, and to Save"


def run():
    found, tried = figures.stops()
    for words in found:
        print(f"  {words}")
    return f"{len(found)} take more", "5 by Skip to results, 30 without; 20 to Save", tried, not found
