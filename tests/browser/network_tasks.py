"""Tasks with the network and with coverage. Each function gets `hands` and does a task of tasks.md."""

from tests.browser.site import PARTNER
from tests.browser.tasks import task

OF_THE_STRATEGY = "/network/?of=own&issue=housing&kind=strategy"


@task("read-network", PARTNER)
def _(hands):
    """Go from a mark in the picture to its row in the table, and from there to its partners."""
    hands.go_to("/")
    hands.follow("Network")
    hands.sees_title("Network")
    hands.go_to("/network/?of=own")
    hands.sees("Key findings")
    hands.go_to(OF_THE_STRATEGY)
    hands.sees("8 partners and 28 connections")
    hands.follow("2. Department of Housing, government, 7 connections")
    assert "#D-" in hands.address
    with hands.in_row("Department of Housing", "row"):
        hands.follow("Show connections")
    hands.sees("within 1 step of Department of Housing")
    hands.follow("A quarter earlier")
    hands.sees_title("Network")


@task("missing-partners")
def _(hands):
    hands.go_to("/issue-areas/")
    hands.follow("Where partners are missing")
    hands.sees_title("Where partners are missing")
    hands.sees("Jobs and workforce", "No community partner yet")
    name, text = hands.download("Download these rows (CSV)")
    assert name == "coverage-issue-areas.csv"
    assert "Jobs and workforce" in text
