"""Tasks with reports. Each function gets `hands` and does a task of tasks.md."""

from tests.browser.groups import group
from tests.browser.partner_tasks import NEIGHBOR
from tests.browser.site import STAFF
from tests.browser.staff_tasks import named
from tests.browser.tasks import task


@task("council-report", STAFF)
def _(hands):
    """From a filtered list to its report: its counts, what they're based on, and its file."""
    hands.go_to("/partnerships/?issue=housing")
    hands.unfold("More")
    hands.follow("Create a council report")
    hands.write("Title", title := named("Housing for the council"))
    hands.press("Create report")
    hands.look_again()
    hands.sees_title(title)
    hands.sees("Download PDF")
    hands.sees("How close each side is to the decisions", "issue area: Housing")


@task("council-report-at-once", STAFF)
def _(hands):
    """With one press, the report about the partnerships that the office leads, with its name on the first page."""
    hands.go_to("/reports/")
    hands.press("Create council report")
    hands.look_again()
    hands.sees(
        "Download PDF", "Who is at the table:", "Published partnerships, led by Illustration City", "How we count"
    )


@task("dashboard")
def _(hands):
    """From a jurisdiction to its public numbers, from a number to its list, and to the code that embeds them elsewhere."""
    hands.go_to("/jurisdictions/?q=Illustration")
    hands.follow("Illustration City (made up)")
    hands.follow("Dashboard: public numbers on one page")
    hands.sees_title("Illustration City (made up): partnerships and results")
    hands.sees("Who takes part today", "How this is counted")
    with hands.in_fold("Embed this dashboard"):
        hands.sees("Code to copy")
        hands.follow("Preview")
    hands.sees("Open in the registry", "Public information, as of")


@task("one-page-profile", STAFF)
def _(hands):
    path = hands.site.signed_in(STAFF).make_partnership(named("Homes on one page"))
    hands.go_to(path)
    hands.unfold("More")
    hands.follow("One-page profile")
    hands.tick("Our own people only")
    hands.press("Create report")
    hands.look_again()
    hands.sees("Download PDF")
    hands.sees("Partners", "How this was made")


@task("own-report", NEIGHBOR)
def _(hands):
    """What an organization takes part in, was asked and said, and the outcomes."""
    hands.go_to(f"{group(hands, named('Block choir'), NEIGHBOR)}mine/")
    hands.follow("Create a report")
    hands.press("Create report")
    hands.look_again()
    hands.sees("Download PDF")
    hands.sees("What we take part in, were asked and said")
