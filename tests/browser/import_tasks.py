"""Tasks of staff who import a file. Each function gets `hands` and does a task of tasks.md."""

from tests.browser.site import STAFF
from tests.browser.staff_tasks import named, office
from tests.browser.tasks import task


def _brought(hands, name, rows):
    """Import a file of organizations until its preview, with columns matched by guess."""
    hands.go_to("/organizations/")
    hands.unfold("More")
    hands.follow("Import a spreadsheet")
    hands.tick("Organizations")
    hands.attach("File", name, rows)
    hands.press("Upload file")
    hands.sees_title("Match your columns")
    hands.press("Compare with the registry")
    hands.look_again()
    hands.sees_title("Preview")


@task("import-file", STAFF)
def _(hands):
    """Choose one of two values for an existing record, and add a similar one after marking it as different."""
    there, alike = named("Lakeside readers"), named("Orchard singers of the old mill")
    office(hands).make_organization(there, website="https://old.example.org", aims="Old aims")
    office(hands).make_organization(alike)
    rows = f'Name,Web site,Aims\n"{there}",https://new.example.org,New aims\n"{alike} Inc",,\n'
    _brought(hands, "groups.csv", rows)
    hands.sees("Possible duplicates", alike)
    hands.tick(f"It’s a different one. Add it: {alike} Inc")
    hands.press("Save answers")
    hands.look_again()
    hands.sees("1 organization", "community organization")
    hands.press("Save sides")
    hands.look_again()
    hands.sees("https://old.example.org", "https://new.example.org")
    hands.untick(f"Use the file’s value: Mission, {there}")
    hands.press("Save choices")
    hands.press("Import all")
    hands.look_again()
    hands.sees_title("Your file is imported")
    hands.sees("1 added, 1 changed")
    hands.follow(there)
    hands.sees("Old aims", "new.example.org")


@task("correct-file", STAFF)
def _(hands):
    """Each error has its row and column, on the page and in the file, and is corrected there. Other rows are skipped."""
    riders, makers = named("Meadow riders"), named("Orchard makers")
    _brought(hands, "groups.csv", f'Name,Side,EIN\n"{riders}",Goverment,\n"{makers}",Goverment,1234567\n')
    hands.sees("Some rows have errors", "2 rows: 2, 3", "leading zero")
    hands.misses("Import all")
    name, text = hands.download("Download the list of errors (CSV)")
    assert name == "to-correct.csv"
    assert {line.split(",")[1] for line in text.splitlines()[1:]} == {"Side", "EIN"}
    hands.pick("Use instead of “Goverment”", "Institution")
    hands.tick("Skip this row: EIN, 1234567, Row 3")
    hands.press("Apply and compare again")
    hands.look_again()
    hands.press("Import the other rows")
    hands.look_again()
    hands.sees("1 added", "One row was skipped.")
    hands.follow("Undo this import")
    hands.press("Undo import")
    hands.look_again()
    hands.sees_title("The import was undone")
    hands.sees("1 record was deleted or restored.")
