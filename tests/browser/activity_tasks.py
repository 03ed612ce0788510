"""Tasks with activities, gains and plans. Each function gets `hands` and does a task of tasks.md."""

from tests.browser.site import PARTNER, STAFF
from tests.browser.staff_tasks import named, office
from tests.browser.tasks import task
from tests.browser.visitor_tasks import STRATEGY, find


@task("who-works-on-what")
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Results and activities")
    hands.follow("See who works on which result")
    hands.sees_title("who works on which result")
    hands.sees("Economic Development Office", "stop something: “Ask for no credit score (illustration)”.")
    hands.follow("One help line for renters (illustration)")
    with hands.in_row("Tenants’ association", "row"):
        hands.sees("Leads")


@task("add-activity", STAFF)
def _(hands):
    hands.go_to(office(hands).make_partnership(named("Contract with an activity"), publish=True))
    hands.follow("Results and activities")
    hands.follow("Add an activity")
    hands.write("What will be done", "Court papers")
    hands.tick("To do")
    hands.pick("Tenants’ association (community)", "Leads")
    hands.press("Save")
    hands.sees("Added.", "No result is linked yet.")
    hands.follow("Add an action item")
    hands.write("Action item", "Call the court")
    hands.pick("Partner responsible", "Tenants’ association")
    hands.press("Save")
    hands.sees("Activity", "Court papers")
    hands.follow("Court papers")
    hands.sees("Call the court")


@task("say-gain", PARTNER)
def _(hands):
    words = named("A say before things are settled")
    path = office(hands).make_partnership(named("Contract that gives"), publish=True)
    hands.site.let_partners_agree()
    hands.go_to(path)
    hands.follow("Results and activities")
    hands.follow("Add what you gained")
    hands.write("What have you gained from this partnership?", words)
    hands.press("Save")
    hands.sees(
        "Saved. It appears next to what the others have gained.", words, "Only the office and the partners see this"
    )
    hands.follow("Delete: Tenants’ association")
    hands.press("Delete")
    hands.sees("Deleted.")
    hands.misses(words)


@task("bring-plan", STAFF)
def _(hands):
    hands.go_to("/plans/")
    hands.follow("Add a plan")
    hands.write("Name of the plan", named("Plan of the office"))
    hands.press("Save")
    hands.follow("Import outcomes")
    hands.attach("File", "plan.csv", "No,Desired outcome,Status\n1,Fewer evictions,Begun\n2,Fair hiring,\n")
    hands.press("Upload file")
    hands.sees("2 new", "Fewer evictions")
    hands.press("Import all")
    hands.sees("Imported: 2 new, 0 changed.", "No partnership serves 2 of 2 outcomes")
    hands.follow("Edit, choose partnerships: 1 Fewer evictions")
    hands.tick("Housing access strategy (illustration)")
    hands.press("Save")
    hands.sees("No partnership serves 1 of 2 outcomes")
