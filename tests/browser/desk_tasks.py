"""Tasks of staff who keep the registry in order. Each function gets `hands` and does a task of tasks.md."""

from tests.browser.site import STAFF
from tests.browser.staff_tasks import named, office
from tests.browser.tasks import task


@task("make-one", STAFF)
def _(hands):
    name = named("Riverside singers")
    kept, lost = (office(hands).make_organization(one) for one in (name, f"{name}, Inc."))
    office(hands).send(f"{lost}edit/", aims="Songs for all.")
    hands.go_to(kept)
    hands.follow("Report a duplicate")
    hands.write("The other organization", f"{name}, Inc.")
    hands.press("Compare")
    hands.sees("Merge these two records?", "What will be moved", "Songs for all.")
    hands.write("Why", "One choir.")
    hands.press("Merge")
    hands.sees("Merged. You can undo the merge for 90 days.")
    hands.go_to(lost)
    hands.sees_address(kept)
    hands.sees("Songs for all.")
    hands.go_to(f"{kept}history/")
    hands.sees("merged another record into it", "One choir.")
    hands.follow(f"Undo merge: {name}, Inc.")
    hands.press("Undo merge")
    hands.sees_address(lost)
    hands.sees(f"The merge is undone. {name}, Inc. is a separate record again.")


@task("make-two", STAFF)
def _(hands):
    name = named("Singers and dancers")
    desk = {"contacts-0-name": "Dance desk", "contacts-0-email": "dance@example.org"}
    whole = office(hands).make_organization(name, **desk)
    hands.go_to(whole)
    hands.follow("Report a duplicate")
    hands.follow("Split into two")
    hands.write("Name of the new record", f"{name}: the dancers")
    hands.press("Split into two")
    hands.sees("Check what belongs to the new record.")
    hands.tick("Dance desk, dance@example.org")
    hands.press("Split into two")
    hands.sees_title(f"{name}: the dancers")
    hands.sees("This is now a separate record.", "Dance desk")
    hands.go_to(whole)
    hands.misses("Dance desk")


@task("change-many", STAFF)
def _(hands):
    words = named("Crochet circles")
    made = [office(hands).make_partnership(f"{words} {n}", publish=True) for n in "ABC"]
    hands.go_to("/partnerships/")
    hands.write("Search partnerships", words)
    hands.press("Search")
    hands.unfold("More")
    hands.follow("Edit several at once")
    hands.untick(f"{words} C")
    hands.pick("Status", "Paused")
    hands.write("Why", "A break until spring.")
    hands.press("Preview changes")
    hands.sees("2 of them would change")
    hands.press("Change 2 records")
    hands.sees("Bulk change", f"{words} A", f"{words} B")
    hands.misses(f"{words} C")
    hands.follow("Undo all of these changes")
    hands.press("Undo 2 records")
    hands.sees("Undone. 2 records have their earlier values again.")
    hands.go_to(made[0])
    hands.misses("Paused")


@task("make-one-contact", STAFF)
def _(hands):
    rows = {"contacts-0-name": "Ana Ortiz", "contacts-0-email": "ana@example.org"}
    path = office(hands).make_organization(named("Choir with two desks"), **rows)
    office(hands).send(f"{path}edit/", **{"contacts-1-name": "A. Ortiz", "contacts-1-phone": "555-0142"})
    hands.go_to(path)
    hands.follow("Ana Ortiz is a duplicate")
    hands.follow("A. Ortiz")
    hands.sees("Merge these two contacts?", "ana@example.org", "555-0142")
    hands.write("Why", "One and the same.")
    hands.press("Merge")
    hands.sees("The contacts are merged.", "Ana Ortiz", "ana@example.org", "555-0142")
    hands.misses("A. Ortiz")
    hands.go_to(f"{path}history/")
    hands.sees("One and the same.")
