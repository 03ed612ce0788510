"""Tasks with results, measures and numbers. Each function gets `hands` and does a task of tasks.md."""

from datetime import date

from tests.browser.site import PARTNER, STAFF
from tests.browser.staff_tasks import named, office
from tests.browser.tasks import task

TURNED_AWAY = "Renters who were turned away (illustration)"


@task("read-measure")
def _(hands):
    """Each number has its group and year. One that is too small is shown as hidden."""
    hands.go_to("/results/")
    hands.follow("Race no longer decides who finds a home (illustration)")
    hands.follow(TURNED_AWAY)
    hands.sees("18 percent", "Not shown, too few people", "Two large landlords dropped their credit rule")


@task("add-result", STAFF)
def _(hands):
    """From a partnership, add a result and then its measure."""
    title = named("Every tenant is heard")
    hands.go_to(office(hands).make_partnership(named("Contract with a result"), publish=True))
    hands.follow("Results and activities")
    hands.follow("Add a result")
    hands.write("What should be different", title)
    hands.write("Population", "Tenants of the city")
    hands.press("Save")
    hands.sees("Added. Next, add an indicator")
    hands.follow("Add an indicator")
    hands.write("Name of the measure", "Tenants who were answered")
    hands.pick("Unit", "Percent")
    hands.pick("What it counts", "People")
    hands.tick("All race and ethnicity groups of the 2024 standard (SPD 15)")
    hands.tick("Tenants’ association")
    hands.press("Save")
    hands.sees("Added. You can now enter its numbers.", "No data yet")


def _measure(hands, title):
    site = office(hands)
    made = site.send("/results/new/", title=named("Result for numbers"), population="Renters")
    path = made.url.removeprefix(hands.site.base)
    fields = {"title": title, "unit": "percent", "counted": "people", "add-sets": ["race"]}
    return site.send(f"{path}indicators/new/", **fields).url.removeprefix(hands.site.base)


@task("enter-numbers", STAFF)
def _(hands):
    hands.go_to(_measure(hands, named("Answered in time")))
    hands.follow("Enter numbers")
    hands.follow("Previous: 2024")
    hands.write("Numerator: 2024, Everyone together", "40")
    hands.write("Denominator: 2024, Everyone together", "0")
    hands.press("Save")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.", "The denominator can’t be zero")
    hands.write("Denominator: 2024, Everyone together", "80")
    hands.write("Source", "Survey of tenants")
    hands.press("Save")
    hands.sees("Saved: 1 number.", "it was 50 percent in 2024", "Survey of tenants")


@task("correct-number", STAFF)
def _(hands):
    path = _measure(hands, named("Answered late"))
    sent = {"2024-01-01||numerator": "40", "2024-01-01||denominator": "80"}
    office(hands).send(f"{path}data/?first=2024&last=2024", **sent)
    hands.go_to(f"{path}data/?first=2024&last=2024")
    hands.write("Numerator: 2024, Everyone together", "48")
    hands.press("Save")
    hands.sees("Give a reason")
    hands.write("Reason for the correction", "A late answer")
    hands.press("Save")
    hands.sees("it was 63 percent in 2024")
    hands.follow("Enter numbers")
    hands.follow("Previous: 2024")
    hands.unfold("History of each number")
    hands.follow("2024, Everyone together")
    hands.sees("60%", "50%", "A late answer")


@task("paste-numbers", STAFF)
def _(hands):
    hands.go_to(_measure(hands, named("Pasted numbers")))
    hands.follow("Paste from a spreadsheet")
    hands.write("Cells, with their headings", "Group;2023;2024\nEveryone together;40;41\nPurple;;12")
    hands.press("Preview")
    hands.sees("Errors", "This measure doesn’t have the group “Purple”")
    hands.write("Cells, with their headings", "Group;2023;2024\nEveryone together;40;41\nWhite;;45")
    hands.write("Published by", "Census Bureau")
    hands.write("Link to the published table", "https://example.org/table")
    hands.press("Preview")
    hands.sees("We haven’t saved anything yet.")
    hands.press("Save all")
    hands.sees("Saved: 3 numbers.", "it rose from 40 to 41 percent")
    hands.follow("By race and ethnicity (2024 standard)")
    hands.sees("45 percent in 2024")


@task("own-measures", PARTNER)
def _(hands):
    """A partner also finds its own measures."""
    hands.go_to("/measures/")
    hands.follow(TURNED_AWAY)
    hands.sees("Tenants’ association", "Owners")


@task("count-members", STAFF)
def _(hands):
    """Correct an error in the form. The office then sees what everyone sees, with a small group hidden."""
    hands.go_to(_body(hands, named("Committee that is counted")))
    hands.follow("Partners")
    hands.follow("Who sits on it, compared with who lives there")
    hands.sees("No one has counted the members of this advisory body yet.")
    hands.follow("Gender")
    hands.write_day("Date of the count", date(2026, 3, 1))
    hands.write("Members in all", "20")
    hands.write("Women", "8")
    hands.write("Men", "7")
    hands.press("Save")
    hands.sees(
        "We haven’t saved this yet. Everything you typed is still here.",
        "The groups add up to 15 members, but 20 answered.",
    )
    hands.write("Prefer not to say", "2")
    hands.write("Did not answer", "3")
    hands.press("Save")
    hands.sees("20 members on March 1, 2026", "Not shown: Prefer not to say, Did not answer.")
    hands.misses("2 of 20 members")


def _body(hands, title):
    """Make an advisory body of the office, which is public."""
    site = office(hands)
    page = "/partnerships/new/?kind=advisory_body"
    fields = {"title": title, "purpose": "4", "parties-0-roles": ["lead"]}
    fields |= {"parties-0-entity": site._id_of("/departments/", "Department of Housing")}
    path = site.send(page, **fields).url.removeprefix(hands.site.base)
    site.send(f"{path}publish/")
    return path
