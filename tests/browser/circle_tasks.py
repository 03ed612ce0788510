"""Tasks with circles. Each function gets `hands` and does a task of tasks.md."""

from tests.browser.groups import office
from tests.browser.site import STAFF
from tests.browser.staff_tasks import named
from tests.browser.tasks import task
from tests.browser.visitor_tasks import STRATEGY, find


@task("circles", mouse="from a mark of a picture to its row")
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Partners")
    hands.sees(
        "The community holds 1 of 5 seats in the two inner circles; 1 is confirmed by the partner.",
        "One more seat there is empty.",
    )
    hands.follow("5 Tenants’ association Participant, Advisor, community, co-designs")
    hands.sees_target("Fills the seat for: Renters")
    with hands.in_row("Faith community", "row"):
        hands.sees("This seat is empty. No one has been asked yet.")


@task("circles-of-issue")
def _(hands):
    hands.go_to("/issue-areas/housing/")
    hands.follow("See who is at the table in one place, and who is missing")
    hands.pick("Place", "Illustration City (made up)")
    hands.press("Show")
    hands.sees_title("Housing, Illustration City (made up)")
    with hands.in_row("Labor union", "row"):
        hands.sees("This seat is empty.")


@task("expect-seat", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Contract with an empty seat"), publish=True)
    hands.go_to(path)
    hands.follow("Partners")
    hands.unfold("Expected seats")
    hands.follow("Add an expected seat")
    hands.write("Why they belong here", "They know the waiting list.")
    hands.pick("Who should take this seat", "Faith community")
    hands.tick("Decides")
    hands.press("Add expected seat")
    hands.sees("The seat is shown now.", "This seat is empty. No one has been asked yet.")
    with hands.in_row("Faith community", "row"):
        hands.follow("Remove")
    hands.press("Remove expected seat")
    hands.sees("The expected seat is removed. You can add it again at any time.")
    hands.unfold("Expected seats")
    hands.unfold("Expected seats that were removed")
    hands.follow("Add again")
    hands.press("Add expected seat")
    hands.sees("The expected seat is back.", "They know the waiting list.")
