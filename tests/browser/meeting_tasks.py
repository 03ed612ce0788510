"""Tasks of staff with meetings, check-ins and action items. Each function gets `hands` and does a task of tasks.md.

A task that saves something uses records of its own.
"""

from datetime import time, timedelta

from tests.browser.days import in_days
from tests.browser.site import STAFF
from tests.browser.staff_tasks import named, office
from tests.browser.tasks import task
from tests.browser.visitor_tasks import STRATEGY, find


def free_day():
    """Return a date without other meetings."""
    return in_days(65)


@task("plan-meeting", STAFF)
def _(hands):
    title = named("Kickoff")
    hands.go_to(office(hands).make_partnership(named("Contract with a meeting"), publish=True))
    hands.follow("Meetings and action items")
    hands.follow("Schedule a meeting")
    hands.write("Title", title)
    hands.write_day("Date", free_day())
    hands.write_time("Time", time(17, 30))
    hands.write("Place", "Library, room 2")
    hands.tick("Shown to the public")
    hands.write("Agenda", "Who we are | 20\nWhat comes first")
    hands.tick("Housing strategy desk · Department of Housing")
    hands.press("Save")
    hands.sees("Scheduled. We’ll email everyone who is invited.", "Library, room 2", "20 minutes", "5:30 p.m.")
    meeting = hands.address
    rows = emails_about(hands, title)
    assert ["Housing strategy desk" in row for row in rows] == [
        True
    ] * 4  # the invitation, and reminders 7 days, 48 hours and 2 hours before
    hands.unfold("Office")
    hands.follow("Outbox")
    hands.follow("Meeting reminder")
    hands.sees_title("Meeting reminder")
    assert hands.site.visitor().get(meeting).status == 200


def emails_about(hands, title):
    """Return the outbox rows that name it, from all pages of the outbox."""
    hands.unfold("Office")
    hands.follow("Outbox")
    hands.sees_title("Outbox")
    rows = [row for row in hands.reads("row") if title in row]
    while further := hands.address_of("Next"):
        hands.follow("Next")
        hands.sees_address(further)
        rows += [row for row in hands.reads("row") if title in row]
    return rows


def reminders(hands, title):
    return [row for row in emails_about(hands, title) if "reminder" in row.lower()]


def a_meeting(hands, title, day=None):
    path = office(hands).make_partnership(named("Contract that meets"), publish=True)
    asked = office(hands).who_can_be_asked(path, "Housing strategy desk")
    return office(hands).make_meeting(path, title, day or free_day(), asked=[asked])


def in_words(day):
    return f"{day:%B} {day.day}, {day.year}"


@task("move-meeting", STAFF)
def _(hands):
    title = named("Meeting that moves")
    first = free_day()
    second = first + timedelta(days=1)
    path = a_meeting(hands, title, first)
    hands.go_to(path)
    before = reminders(hands, title)
    hands.go_to(path)
    hands.follow("Edit")
    hands.write_day("Date", second)
    hands.write("Reason for this change", "The room was taken.")
    hands.press("Save")
    hands.sees("Saved.", in_words(second))
    after = reminders(hands, title)
    waiting = [row for row in after if "Scheduled" in row]
    assert (len(before), len(waiting)) == (3, 3)
    for days in (7, 2):
        assert any(in_words(first - timedelta(days=days)) in row for row in before)
        assert any(in_words(second - timedelta(days=days)) in row for row in waiting)


@task("cancel-meeting", STAFF)
def _(hands):
    title = named("Meeting that falls out")
    hands.go_to(a_meeting(hands, title))
    hands.follow("Cancel this meeting")
    hands.write("Why", "Too few could come.")
    hands.press("Cancel meeting")
    hands.sees("Canceled. We’ll send one email to everyone who was invited.", "This meeting is canceled.")
    rows = reminders(hands, title)
    assert len(rows) == 3
    assert all("Canceled" in row for row in rows)


@task("plan-series", STAFF)
def _(hands):
    title, day = named("Table that comes again"), free_day()
    hands.go_to(office(hands).make_partnership(named("Contract that meets often"), publish=True))
    hands.follow("Meetings and action items")
    hands.follow("Schedule a meeting")
    hands.write("Title", title)
    hands.write_day("Date", day)
    hands.write_time("Time", time(9, 15))
    with hands.in_fold("Repeat this meeting"):
        hands.pick("How often", "Weekly, on this weekday")
        hands.write("How many times", "3")
    hands.press("Save")
    hands.sees("Scheduled 3 meetings.", "every week on", in_words(day))
    hands.follow("Edit")
    hands.tick("This and all later meetings")
    hands.write("Place", "The new hall")
    hands.press("Save")
    hands.sees("Saved.", "The new hall")
    hands.follow("All meetings")
    assert len([row for row in hands.reads("listitem") if title in row and "The new hall" in row]) == 3


@task("close-meeting", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Contract that decides"), publish=True)
    day = in_days(-20)
    page = office(hands).make_meeting(path, "Table that decides", day, is_public="on")
    hands.go_to(page)
    hands.follow("Add notes and decisions")
    with hands.in_part("Who came"):
        hands.tick("Someone came")
    with hands.in_fold("Decision 1"):
        hands.write("Question", "Which lot comes first?")
        hands.write("Decision", "The one at the river.")
    hands.write("General notes", "The report is late.")
    hands.press("Save")
    hands.sees(
        "Notes and decisions saved.", "The one at the river.", "Internal: only the office and the invited partners"
    )
    assert "river" not in hands.site.visitor().get(page).text
    hands.follow("Edit notes and decisions")
    hands.tick("Publish notes and decisions")
    hands.press("Save")
    hands.misses("Internal: only the office and the invited partners")
    assert "The one at the river." in hands.site.visitor().get(page).text


@task("asked-already", STAFF)
def _(hands):
    path, day = office(hands).make_partnership(named("Contract that asks much"), publish=True), free_day()
    first = named("Meeting of that evening")
    office(hands).make_meeting(path, first, day)
    hands.go_to(path)
    hands.follow("Meetings and action items")
    hands.follow("Schedule a meeting")
    with hands.in_part("Requests so far"):
        assert any("Tenants’ association" in row for row in hands.reads("row"))
    hands.write("Title", "One more")
    hands.write_day("Date", day)
    hands.write_time("Time", time(17, 45))
    hands.press("Save")
    hands.sees(
        "Some of the people you invited have another meeting at that time. We haven’t saved anything yet.", first
    )
    hands.tick("Save anyway")
    hands.press("Save")
    hands.sees("Scheduled. We’ll email everyone who is invited.")


@task("set-check-ins", STAFF)
def _(hands):
    hands.go_to(office(hands).make_partnership(named("Contract with check-ins"), publish=True))
    hands.follow("For your office")
    hands.sees("No check-ins are set.")
    hands.follow("Set check-ins")
    hands.pick("Who answers", "Housing strategy desk · Department of Housing")
    hands.pick("How often", "Every month")
    hands.write_day("First due on", in_days(40))
    hands.press("Save")
    hands.sees("Saved.", "Housing strategy desk answers for Department of Housing")
    hands.follow("Change or stop")
    hands.untick("These check-ins are active")
    hands.press("Save")
    hands.sees("Every month, stopped.")
    hands.follow("Change or start again")
    hands.follow("See the history of this record")
    hands.follow("Undo this change")
    hands.press("Undo change")
    hands.sees("Undone. The record has its earlier values again.")


@task("check-in", STAFF)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("For your office")
    with hands.in_part("Check-ins"):
        before = next(row for row in hands.reads("listitem") if "Neighborhood coalition" in row)
        with hands.in_row("Neighborhood coalition"):
            hands.follow("Record a check-in")
    hands.write("What came up", "All is well.")
    hands.press("Record check-in")
    hands.sees("Saved. The next check-in is scheduled.")
    with hands.in_part("Check-ins"):
        after = next(row for row in hands.reads("listitem") if "Neighborhood coalition" in row)
    assert after != before


@task("own-calendar", STAFF)
def _(hands):
    hands.go_to("/account/")
    hands.follow("See your calendar links")
    hands.press("Create calendar link")
    hands.sees("Your new calendar link")
    address = hands.reads("code")[0].partition("/by-link/")[2]
    feed = hands.site.visitor().get(f"/by-link/{address}")
    assert feed.status == 200 and feed.text.startswith("BEGIN:VCALENDAR")
    with hands.in_row(address.partition("/")[2][:6], "row"):
        hands.follow("End link")
    hands.press("End calendar link")
    hands.sees("This calendar link no longer works.")
    assert hands.site.visitor().get(f"/by-link/{address}").status == 404


@task("give-action", STAFF)
def _(hands):
    hands.go_to(office(hands).make_partnership(named("Contract with something to do"), publish=True))
    hands.follow("Meetings and action items")
    hands.follow("Add an action item")
    hands.write("Action item", "Send the lease data")
    hands.pick("Partner responsible", "Tenants’ association")
    hands.press("Save")
    hands.sees("Added. We’ll email the people responsible.", "Tenants’ association")
    hands.follow("Update status")
    hands.tick("Done")
    hands.write("Note", "It came today.")
    hands.press("Save update")
    hands.sees("Saved. Status: Done.", "It came today.", "Done on")


@task("whole-story", STAFF)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Timeline")
    hands.unfold("Type of entry")
    hands.tick("Check-ins")
    hands.press("Apply filters")
    hands.sees("Check-in")
    hands.misses("It started")
