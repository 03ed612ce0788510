"""Tasks of staff. Each function gets `hands` and does a task of tasks.md.

A task that saves something uses records of its own.
"""

import itertools

from tests.browser.addresses import app_code
from tests.browser.days import in_days
from tests.browser.site import COLLEAGUE, STAFF
from tests.browser.tasks import task
from tests.browser.visitor_tasks import STRATEGY, find

_numbers = itertools.count(1)


def named(words):
    """Return a title that no other record has."""
    return f"{words}, trial {next(_numbers)}"


def office(hands):
    return hands.site.signed_in(STAFF)


def sign_in(hands, address):
    hands.site.forget_emails()
    hands.go_to("/")
    hands.follow("Sign in")
    hands.write("Email address", address)
    hands.press("Send code")
    hands.sees_title("Enter your code")
    hands.write("Code from the email", hands.site.code_for(address))
    hands.press("Sign in")


@task("sign-in", mouse="signing in")
def _(hands):
    sign_in(hands, COLLEAGUE)
    hands.sees("You’re signed in.")
    hands.follow("Your account")
    hands.sees("Colleague, viewer (sample)", "Illustration City (made up)")


@task("sign-out")
def _(hands):
    hands.become(hands.site.sign_in(COLLEAGUE))
    hands.go_to("/")
    hands.follow("Your account")
    hands.press("Sign out")
    hands.sees("You’re signed out.", "Sign in")
    hands.go_to("/account/")
    hands.sees_title("Sign in")


@task("second-step")
def _(hands):
    address = f"second-step-{next(_numbers)}@example.org"
    sign_in(hands, address)
    hands.go_to("/account/")
    hands.follow("Second step at sign-in")
    hands.follow("Set up an app")
    hands.write("Code from your app", app_code(hands.reads("code")[0]))
    hands.press("Use this app")
    hands.sees_title("Your recovery codes")
    code = hands.reads("code")[0]
    hands.follow("Back to your account")
    hands.press("Sign out")
    sign_in(hands, address)
    hands.sees_title("Second step")
    hands.write("Code from your app", code)
    hands.press("Sign in")
    hands.sees("You’re signed in.")


@task("sign-out-elsewhere")
def _(hands):
    address = f"elsewhere-{next(_numbers)}@example.org"
    elsewhere = hands.site.sign_in(address)
    hands.become(hands.site.sign_in(address))
    hands.go_to("/account/")
    hands.follow("Where you’re signed in")
    hands.sees("You’re signed in in 2 browsers.")
    hands.press("Sign out everywhere else")
    hands.sees("You’re signed out everywhere else.", "You’re signed in only in this browser.")
    assert "/sign-in/" in elsewhere.get("/account/").url


@task("drafts", STAFF)
def _(hands):
    hands.go_to("/partnerships/?q=hiring")
    hands.choose_filters("More filters")
    hands.tick("Drafts only")
    hands.press("Apply filters")
    hands.follow("Review of hiring rules (illustration, draft)")
    hands.sees("Draft: only your office sees it")
    draft = hands.address
    find(hands, "housing access", STRATEGY)
    hands.follow("For your office")
    with hands.in_part("For your office"):
        hands.sees("An internal note. Only the staff of the lead jurisdiction read it.")
    office = hands.address
    hands.follow("Partners")
    hands.sees("Block club", "Youth council")
    assert hands.site.visitor().get(draft).status == 404
    assert "An internal note" not in hands.site.visitor().get(office.partition("#")[0]).text


@task("needs-attention", STAFF)
def _(hands):
    hands.go_to("/partnerships/")
    hands.choose_filters("Needs attention")
    hands.tick("Agreement ends within 90 days")
    hands.press("Apply filters")
    hands.sees("1 partnership", STRATEGY)


@task("start-partnership", STAFF, mouse="the longest form")
def _(hands):
    title = named("Contract for tenant outreach")
    hands.go_to("/partnerships/")
    hands.follow("Start a partnership")
    hands.follow("Contract")
    hands.write("Title", title)
    hands.pick("Purpose", "Service or program")
    hands.write("What it is for", "Tenants learn early what help there is.")
    hands.tick("Renting")
    with hands.in_fold("Partner 1"):  # the lead agency
        hands.pick("Circle", "Decides")
    with hands.in_fold("Partner 2"):  # the contractor, which a contract needs
        hands.write("Partner", "Tenants’ association")
        hands.pick("Circle", "Co-designs")
    with hands.in_fold("Agreement"):
        hands.write("Amount", "25000")
        hands.write("Days until payment", "30")
    hands.press("Save")
    hands.sees("Saved as a draft. Only your office can see it.", "The community holds 1 of 2 seats")
    hands.sees_title(title)
    hands.follow("Agreement")
    hands.sees("$25,000")
    assert hands.site.visitor().get(hands.address).status == 404


@task("who-is-needed", STAFF)
def _(hands):
    title = named("Strategy that begins with its purpose")
    hands.go_to("/partnerships/")
    hands.follow("Start a partnership")
    hands.press("Who is needed?")
    hands.sees("Choose what it’s for, so we can suggest who is needed.")
    hands.tick("Service or program")
    hands.tick("Renting")
    hands.press("Who is needed?")
    hands.sees_title("Who is needed")
    hands.sees("One department can rarely do it alone", "Community organizations Needed")
    hands.tick("Department of Housing")
    hands.tick("Tenants’ association")
    hands.tick("Cross-department strategy")
    hands.press("Continue to the form")
    hands.write("Title", title)
    with hands.in_fold("Tenants’ association"):
        hands.pick("Circle", "Co-designs")
    hands.press("Save")
    hands.sees(
        "Saved as a draft. Only your office can see it.", "Department of Housing", "Tenants’ association", "Renting"
    )
    hands.sees_title(title)


@task("refused-form", STAFF)
def _(hands):
    title = named("Contract with a mistake")
    hands.go_to("/partnerships/new/?kind=contract")
    hands.write("Title", title)
    hands.pick("Purpose", "Learning")
    with hands.in_fold("Partner 2"):
        hands.write("Partner", "Tenants’ asociation")
    hands.press("Save")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.")
    hands.follow("Partner 2, Partner")
    with hands.in_fold("Partner 2"):
        hands.sees("Did you mean Tenants’ association")
        hands.write("Partner", "Tenants’ association")
    with hands.in_fold("Partner 3"):
        hands.write("Partner", "Department of Housing")
    hands.press("Save")
    hands.sees("Saved as a draft.")
    hands.sees_title(title)
    with hands.in_part("About the partnership"):
        hands.sees("Learning")


@task("publish", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Draft to publish"))
    hands.go_to(path)
    hands.follow("Publish")
    hands.write("Why", "The partners read it.")
    hands.press("Publish")
    hands.sees("Published. Everyone can see it now.")
    assert hands.site.visitor().get(path).status == 200


@task("two-texts", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Two people write"))
    hands.go_to(path)
    hands.unfold("More")
    hands.follow("Edit overview")
    colleague = hands.other_tab()
    colleague.go_to(f"{path}edit/")
    colleague.write("What it is for", "The colleague’s words.")
    colleague.pick("Status", "Active")
    colleague.press("Save")
    colleague.sees("Saved.", "The colleague’s words.")
    hands.write("What it is for", "My own words.")
    hands.press("Save")
    hands.sees(
        "We haven’t saved this yet. Everything you typed is still here.", "My own words.", "The colleague’s words."
    )
    hands.follow("What it is for: choose a version")
    hands.tick("Use this version: the saved version, for What it is for")
    hands.press("Save")
    hands.sees("The colleague’s words.", "Active")
    hands.misses("My own words.")


@task("likely-duplicate", STAFF)
def _(hands):
    hands.go_to("/organizations/")
    hands.follow("Add an organization")
    name = named("Tenants association")
    hands.write("Name", "Tenant association")
    hands.tick("Community")
    hands.press("Save")
    hands.sees("This may be a duplicate. We haven’t saved it yet.", "Tenants’ association", "Very likely the same")
    hands.sees("The names have the same words.")
    hands.write("Name", name)
    hands.tick("This is a different one. Save it.")
    hands.write("Why is it a different one?", "Another building")
    hands.press("Save")
    hands.sees("Saved.", "Unlisted: the public can’t see this page")
    hands.sees_title(name)


@task("tell-apart", STAFF)
def _(hands):
    words = named("Riverbend choir")
    for name in (f"{words} A", f"{words} A, Inc."):
        office(hands).make_organization(name)
    hands.go_to("/organizations/")
    hands.unfold("More")
    hands.follow("Check for duplicates")
    hands.sees_title("Possible duplicates")
    hands.sees(f"{words} A, Inc.", "The names have the same words.")
    hands.press(f"Not duplicates: {words} A and {words} A, Inc.")
    hands.sees("Marked as not duplicates.")
    with hands.in_part("Are these the same?"):
        hands.misses(f"{words} A, Inc.")
    hands.press(f"Remove mark: {words} A and {words} A, Inc.")
    hands.sees("Mark removed.")
    with hands.in_part("Are these the same?"):
        hands.sees(f"{words} A, Inc.")


@task("listing", STAFF)
def _(hands):
    name = named("Block parents")
    path = office(hands).make_organization(name)
    assert hands.site.visitor().get(path).status == 404
    hands.go_to(path)
    hands.follow("Edit")
    hands.tick("Full profile")
    hands.press("Save")
    hands.sees(
        "We haven’t saved this yet. Everything you typed is still here.",
        "Only the organization itself can open its profile.",
    )
    hands.tick("Named only")
    hands.write("Published source that names it", "The city’s list of block clubs")
    hands.unfold("Address, source, and the reason for this change")
    hands.write("Reason for this change", "It is on a public list.")
    hands.press("Save")
    hands.sees("Saved.", "Named only")
    assert "The city’s list of block clubs" in hands.site.visitor().get(path).text


@task("verified", STAFF)
def _(hands):
    path, day = office(hands).make_partnership(named("Record to check")), in_days(-1)
    hands.go_to(path)
    hands.sees("Not verified yet.")
    hands.unfold("More")
    hands.follow("Edit everything")
    with hands.in_fold("Source, internal notes"):
        hands.write_day("Last verified", day)
    hands.press("Save")
    hands.sees("Saved.", f"{day:%B} {day.day}, {day.year}")
    hands.misses("Not verified yet.")


@task("end-partnership", STAFF)
def _(hands):
    hands.go_to(office(hands).make_partnership(named("Contract that ends"), publish=True))
    hands.unfold("More")
    hands.follow("Close partnership")
    hands.write_day("End date", in_days(-1))
    hands.write("Reason", "The work is done.")
    hands.write("What was learned", "Pay people within thirty days.")
    hands.press("Close partnership")
    hands.sees("The record stays, with what was learned.", "It ended", "Pay people within thirty days.")


@task("history", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Record with a past"), publish=True)
    office(hands).send(f"{path}edit/", summary="A better sentence.", why="The first one was unclear.")
    hands.go_to(path)
    hands.follow("For your office")
    with hands.in_part("History"):
        hands.sees("changed this record", "The first one was unclear.", "Equity office staff (sample)")
        hands.unfold("What changed")
        hands.sees("A record that a test made.", "A better sentence.")


@task("undo-change", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Record with a slip"), publish=True)
    office(hands).send(f"{path}edit/", summary="A slip of the pen.", why="Typed in a hurry.")
    hands.go_to(path)
    hands.sees("A slip of the pen.")
    hands.follow("For your office")
    hands.follow("Full history")
    hands.sees_title("History of Record with a slip")
    hands.follow("Undo this change")
    hands.sees_title("Undo this change?")
    hands.sees("A slip of the pen.", "A record that a test made.")
    hands.write("Why", "It was a slip.")
    hands.press("Undo change")
    hands.sees("Undone. The record has its earlier values again.", "Undo of the change on", "It was a slip.")
    with hands.in_row("Typed in a hurry."):
        hands.sees("Undone")
    assert "A record that a test made." in hands.site.visitor().get(path).text
    hands.follow("Undo this change")
    hands.press("Undo change")
    assert "A slip of the pen." in hands.site.visitor().get(path).text


@task("contact-leaves", STAFF)
def _(hands):
    hands.go_to(office(hands).make_partnership(named("Contract with a desk"), publish=True))
    hands.follow("Shared power")
    hands.follow("Ask both sides")
    hands.write("Name of the round", "Autumn")
    hands.write_day("Deadline", in_days(20))
    hands.untick("Department of Housing: it names its people itself")
    hands.tick("Department of Housing: Housing strategy desk")
    hands.press("Ask them")
    hands.sees("The round has started.")
    hands.go_to("/departments/")
    hands.follow("Department of Housing")
    hands.follow("Housing strategy desk left")
    hands.sees_title("Housing strategy desk left. Who follows?")
    hands.tick("A new contact, entered below")
    hands.press("Preview")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.", "Enter a value.")
    hands.write("Name of the new contact", "Renters’ desk")
    hands.write("Email address of the new contact", "renters@example.org")
    hands.press("Preview")
    hands.sees("Nothing has changed yet.", "If they haven’t answered, the place passes to Renters’ desk by a new link")
    hands.press("Confirm departure")
    hands.sees("Housing strategy desk left, and Renters’ desk follows.", "renters@example.org")
