"""Tasks of visitors. Each function gets `hands` and does a task of tasks.md."""

import csv
import io
import re

from tests.browser.emails import link_in_email, link_to_own_check_in
from tests.browser.tasks import task

STRATEGY = "Housing access strategy (illustration)"


def find(hands, words, name, page="/partnerships/", what="partnerships"):
    hands.go_to(page)
    hands.write(f"Search {what}", words)
    hands.press("Search")
    hands.follow(name)
    hands.sees_title(name)


@task("find-anything")
def _(hands):
    hands.go_to("/about/")
    hands.write("Search the registry", "Ban the bx")
    hands.press("Search everything")
    hands.sees_title("1 match for “Ban the bx”")
    hands.sees("Showing matches for ban the box.", "Why it matched. Similar spelling")
    hands.follow("Job Assistance Ordinance (“Ban the Box”)")
    hands.sees_title("Job Assistance Ordinance (“Ban the Box”)")


@task("mistyped-word")
def _(hands):
    hands.go_to("/")
    hands.write("Search partnerships", "assesment")
    hands.press("Search")
    hands.sees("Showing matches for assessment", "1 partnership")
    hands.sees("Why it matched. Title: “Contract for a racial equity assessment”")
    hands.follow("Contract for a racial equity assessment")
    hands.sees_title("Contract for a racial equity assessment")


@task("combined-filters")
def _(hands):
    hands.go_to("/partnerships/")
    hands.choose_filters("Type")
    hands.tick("Organizing and pressure")
    hands.tick("Training")
    hands.choose_filters("Side")
    hands.tick("Institution")
    hands.press("Apply filters")
    hands.sees("1 partnership", "Racial equity training for city leadership")
    hands.follow("Remove filter: Institution")
    hands.sees("3 partnerships", "Job Assistance Ordinance")
    hands.sees_address("/partnerships/?kind=training&kind=organizing")


@task("shared-list")
def _(hands):
    hands.go_to("/partnerships/")
    hands.choose_filters("More filters")
    hands.tick("Learning")
    hands.press("Apply filters")
    hands.sees("1 partnership", "Saint Paul, Ramsey County and Saint Paul Public Schools")
    other = hands.site.visitor().get(hands.address + "&utm_source=newsletter").text
    assert "Saint Paul, Ramsey County and Saint Paul Public Schools" in other
    assert "Racial equity training for city leadership" not in other


@task("downloaded-list", mouse="a file that arrives")
def _(hands):
    hands.go_to("/partnerships/?kind=organizing")
    name, text = hands.download("CSV file")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert name == "partnerships.csv"
    assert sorted(row["title"] for row in rows) == [
        "Job Assistance Ordinance (“Ban the Box”)",
        "Thirty years of outside organizing for change in park board and city policy",
    ]
    assert {row["kind"] for row in rows} == {"organizing"}


@task("turned-pages")
def _(hands):
    hands.go_to("/jurisdictions/")
    hands.sees("Rows 1 to 25 of")
    first = hands.reads("heading")
    hands.follow("Next")
    hands.sees("Rows 26 to")
    assert not set(hands.reads("heading")[3:-4]) & set(first[3:-4])
    hands.follow("Previous")
    hands.sees("Rows 1 to 25 of")
    assert hands.reads("heading") == first


@task("sorted-list")
def _(hands):
    hands.go_to("/partnerships/?kind=training&kind=organizing")
    hands.pick("Sort by", "Title")
    hands.press("Sort")
    assert [title.split()[0] for title in hands.reads("rowheader")] == ["Job", "Racial", "Thirty"]
    hands.sees_address("/partnerships/?kind=training&kind=organizing&ordering=title")


@task("story")
def _(hands):
    find(hands, "park assessment", "Contract for a racial equity assessment")
    hands.follow("Timeline")
    with hands.in_part("Where it came from, and what came of it"):
        hands.sees("The contract came after 30 years of organizing", "It grew out of")
        hands.follow("Thirty years of outside organizing for change in park board and city policy")
    hands.follow("Timeline")
    with hands.in_part("Where it came from, and what came of it"):
        hands.sees("It led to", "Contract for a racial equity assessment")


@task("table")
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Partners")
    hands.sees("The community holds 1 of 5 seats")
    assert hands.reads("rowheader")[:4] == [
        "1. Department of Housing (government)",
        "2. Planning Office (government)",
        "3. Human Services (government)",
        "4. Office of Racial Equity (government)",
    ]
    hands.misses("Block club", "Youth council")  # unlisted, and not yet approached
    hands.follow("Tenants’ association")
    hands.sees_title("Tenants’ association")


@task("backbone")
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Partners")
    hands.sees("Backbone support:", "60 hours a month", "If it leaves, the work has no home.")
    hands.follow("Office of Racial Equity")
    hands.sees_title("Office of Racial Equity")


@task("advisory-body")
def _(hands):
    hands.go_to("/partnerships/")
    hands.choose_filters("Type")
    hands.tick("Advisory body")
    hands.press("Apply filters")
    hands.follow("Community Advisory Committee of the park board")
    hands.follow("Agreement")
    hands.sees("Advisory body", "Place in the government", "Part of the jurisdiction itself")


@task("agreement")
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Agreement")
    with hands.in_part("Agreement"):
        hands.sees("Terms", "$48,000", "Paid within", "30 days", "In writing, by both sides, before it ends.")


@task("ask")
def _(hands):
    find(hands, "ban the box", "Job Assistance Ordinance (“Ban the Box”)")
    hands.follow("Agreement")
    with hands.in_part("Agreement"):
        hands.sees("What the community asked for, and the answer", "Adopted")
    hands.follow("Timeline")
    with hands.in_part("Where it came from, and what came of it"):
        hands.sees("Job Assistance Ordinance, passed by the city council")


@task("learning")
def _(hands):
    find(hands, "ramsey schools", "Saint Paul, Ramsey County and Saint Paul Public Schools learn from one another")
    hands.sees("Cross-jurisdiction learning", "Ramsey County")
    with hands.in_part("Partners"):
        hands.follow("Ramsey County")
    hands.sees("Stage of racial equity work", "Stage not provided. Jurisdictions are at different stages.")


@task("named-only")
def _(hands):
    find(hands, "voices", "Voices for Racial Justice", "/organizations/", "organizations")
    hands.sees("Named only", "Only the name and side of this organization are listed.")
    hands.sees("The name comes from a published source")
    hands.follow("How listing works")
    hands.sees("You can choose one of three ways")


@task("neighbors")
def _(hands):
    find(hands, "saint paul", "Saint Paul", "/jurisdictions/", "jurisdictions")
    with hands.in_part("Neighboring and overlapping jurisdictions"):
        hands.sees("Minneapolis", "Ramsey County", "Saint Paul Public Schools")
    with hands.in_part("Departments and offices"):
        hands.follow("Mayor’s Office")
    hands.sees_title("Mayor’s Office")


@task("identifier")
def _(hands):
    find(hands, "minneapolis", "Minneapolis", "/jurisdictions/", "jurisdictions")
    with hands.in_part("Identifiers"):
        hands.sees("ocd-division/country:us/state:mn/place:minneapolis", "2743000")


@task("last-checked")
def _(hands):
    find(hands, "ban the box", "Job Assistance Ordinance (“Ban the Box”)")
    hands.sees("Not verified yet.", "Resource Guide, chapter 5")


@task("issue-area")
def _(hands):
    hands.go_to("/")
    hands.unfold("Browse")
    hands.follow("Issue areas")
    hands.follow("Parks and recreation")
    hands.sees("3 partnerships")
    hands.follow("Community Advisory Committee of the park board")
    hands.sees_title("Community Advisory Committee of the park board")


@task("coming-meeting")
def _(hands):
    hands.go_to("/")
    with hands.in_part("Upcoming meetings"):
        hands.follow("Housing working group")
    hands.sees("5:30 p.m. to 7 p.m., Central Time", "Meeting room of the community college", "child care")
    with hands.in_part("Agenda"):
        hands.sees("Who was turned away, and why", "45 minutes")
    hands.misses("Equity office staff")


@task("calendar")
def _(hands):
    hands.go_to("/meetings/")
    hands.follow("Calendar")
    hands.sees_title("Calendar of meetings")
    hands.choose_filters("Status")
    hands.press("Apply filters")  # without a filter, it's the same month
    hands.sees_title("Calendar of meetings")
    hands.follow("As a list")
    hands.sees_title("Meetings")


@task("list-in-api")
def _(hands):
    hands.go_to("/partnerships/")
    hands.choose_filters("Type")
    hands.tick("Organizing and pressure")
    hands.press("Apply filters")
    hands.follow("This list in the API")
    hands.sees_address("/api/v1/partnerships/?kind=organizing")
    assert re.findall('"kind": ?"([a-z_]+)"', hands.reads_page()) == ["organizing", "organizing"]


@task("developers")
def _(hands):
    hands.go_to("/")
    hands.follow("For developers")
    with hands.in_fold("Keep a copy up to date"):
        hands.sees("updated_since=start", "Delete each id that is in gone")
    with hands.in_part("How to start"):
        hands.sees("/api/v1/partnerships/?kind=contract")


@task("phone", mouse="the menu of a small screen", needs_layout=True)
def _(hands):
    hands.hold_a_phone()
    hands.go_to("/")
    hands.misses("Sign in")
    hands.follow("Menu")
    hands.sees("Sign in")
    hands.follow("Partnerships")
    hands.choose_filters("Type")
    hands.tick("Training")
    hands.press("Apply filters")
    hands.sees("1 partnership", "Training")
    assert hands.address_of("Remove filter: Training")
    hands.follow("Racial equity training for city leadership")
    hands.sees_title("Racial equity training for city leadership")


@task("lost")
def _(hands):
    hands.go_to("/partnerships/P-000000-1/")
    hands.sees_title("This ID looks mistyped.")
    hands.go_to("/partnerships/?kidn=contract")
    hands.sees("“kidn” isn’t a filter of this list.")
    hands.unfold("Filters this list knows")
    hands.sees("issue, jurisdiction, kind")
    hands.go_to("/no-such-page/")
    hands.write("Search partnerships", "training")
    hands.press("Search")
    hands.sees("Racial equity training for city leadership")


@task("answer-meeting")
def _(hands):
    hands.go_to(link_in_email(hands.site, "Meeting reminder", "meeting"))
    hands.sees_title("Can you come?")
    hands.press("Will come")
    hands.sees("Saved: Will come")
    hands.press("Can’t come")
    hands.sees("Saved: Can’t come")


@task("answer-check-in")
def _(hands):
    link = link_to_own_check_in(hands.site)
    hands.go_to(link)
    hands.write("What do you need?", "An interpreter at the next table.")
    hands.press("Send your answers")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.")
    hands.tick("Some things well, some not")
    hands.press("Send your answers")
    hands.sees_title("Thank you")
    hands.go_to(link)
    hands.sees_title("We can’t find this page.")


@task("stop-emails")
def _(hands):
    hands.go_to(link_in_email(hands.site, "Meeting reminder", "letters"))
    hands.press("Stop these emails")
    hands.sees("Stopped", "You won’t get this kind of email anymore.")
    hands.press("Turn back on")
    hands.sees("Turned back on")
