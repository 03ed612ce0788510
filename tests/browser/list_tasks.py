"""Tasks with saved lists, exports, unsaved text and list options. Each function gets `hands` and does a task of tasks.md."""

import csv
import io

from tests.browser.site import ADMINISTRATOR, COLLEAGUE, STAFF
from tests.browser.staff_tasks import named
from tests.browser.tasks import task
from tests.workbooks import cells


@task("saved-list", STAFF)
def _(hands):
    """Save a list for the office, where a viewer finds it, rename it, and delete it."""
    name, other = named("Trainings by title"), named("All trainings")
    hands.go_to("/partnerships/?kind=training&ordering=title")
    hands.unfold("More")
    hands.follow("Save this list")
    hands.write("Name", name)
    hands.tick("Everyone at Illustration City (made up)")
    hands.press("Save the list")
    hands.sees("We saved this list as")
    hands.sees_address("/partnerships/?kind=training&ordering=title")
    assert name in hands.site.signed_in(COLLEAGUE).get("/partnerships/").text
    hands.go_to("/partnerships/")
    hands.unfold("More")
    hands.follow(name)
    hands.sees("Remove filter: Training")
    hands.unfold("More")
    hands.follow("Manage saved lists")
    with hands.in_row(name, "row"):
        hands.follow(f"Rename: {name}")
    hands.write("Name", other)
    hands.press("Save name")
    hands.misses(name)
    with hands.in_row(other, "row"):
        hands.follow(f"Remove: {other}")
    hands.press("Remove list")
    hands.sees(f"“{other}” was removed.")


@task("keep-typed", STAFF)
def _(hands):
    """Leave a form half done, find it on the home page, continue and save it, and discard another one."""
    title = named("Half a title")
    path = hands.site.signed_in(STAFF).make_partnership(named("Whole title"))
    hands.go_to(f"{path}edit/")
    hands.write("Title", title)
    hands.press("Save for later")
    hands.sees("we kept your unsaved text")
    hands.go_to("/")
    hands.sees("Unsaved text", title)
    hands.go_to(f"{path}edit/")
    hands.sees("unsaved text from")
    hands.press("Continue editing")
    hands.sees("This is your unsaved text")
    hands.press("Save")
    hands.sees_title(title)
    hands.go_to(f"{path}edit/")
    hands.misses("unsaved text from")
    hands.write("Title", named("Another title"))
    hands.press("Save for later")
    hands.go_to(f"{path}edit/")
    hands.follow("Discard")
    hands.press("Discard text")
    hands.sees("Your unsaved text was discarded.")


@task("chosen-columns")
def _(hands):
    hands.go_to("/partnerships/?kind=training")
    hands.unfold("Columns to download")
    hands.tick("Title")
    hands.tick("Starts on")
    hands.press("Apply columns")
    hands.sees("2 of 16")
    _, text = hands.download("CSV file")
    header, *rows = list(csv.reader(io.StringIO(text)))
    assert header == ["title", "starts_on"]
    assert "Racial equity training for city leadership" in {row[0] for row in rows}
    hands.follow("All columns")
    hands.sees("all of them")


@task("spreadsheet")
def _(hands):
    hands.go_to("/partnerships/?kind=training&columns=title,starts_on")
    name, content = hands.download_bytes("Spreadsheet (XLSX)")
    header, *rows = cells(content)
    assert (name, header) == ("partnerships.xlsx", ["title", "starts_on"])
    assert "Racial equity training for city leadership" in {row[0] for row in rows}


@task("long-spreadsheet", STAFF)
def _(hands):
    """Request an export as if the list were long, and find it when it's ready."""
    hands.go_to("/files/new/organizations/?columns=id,name")
    hands.press("Create spreadsheet")
    hands.sees_title("Spreadsheet: Organizations")
    hands.look_again()
    hands.sees("The file is ready")
    name, content = hands.download_bytes("Download spreadsheet")
    assert (name, cells(content)[0]) == ("organizations.xlsx", ["id", "name"])
    hands.follow("Back to the list")
    hands.sees("2 of 10")
    hands.go_to("/account/lists/")
    with hands.in_part("Your spreadsheets"):
        hands.sees("Organizations, requested on", "ready")


@task("reword", ADMINISTRATOR)
def _(hands):
    """Change the label of a fixed option, see it in a filter, and restore it."""
    hands.go_to("/words/lists/")
    hands.follow("Roles of a partner")
    hands.follow("Advisor")
    hands.write("Label in English", "Counsel")
    hands.press("Preview")
    hands.sees("Housing Department: Counsel.")
    hands.press("Save")
    hands.sees("Counsel")
    hands.follow("Counsel")
    hands.press("Reset to the registry’s labels")
    hands.sees("own label is back")
    hands.misses("Counsel")


@task("add-term", ADMINISTRATOR)
def _(hands):
    """Add an option to an open list, and retire it."""
    term = named("Healing")
    hands.go_to("/words/lists/purpose/")
    hands.follow("Add an option")
    hands.write("Key", "healing_" + str(abs(hash(term)) % 10**9))
    hands.write("Label in English", term)
    hands.press("Save")
    hands.follow(term)
    hands.tick("Retired")
    hands.press("Save")
    with hands.in_row(term):
        hands.sees("Retired.")
