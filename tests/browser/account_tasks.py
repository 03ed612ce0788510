"""Tasks with accounts and with an organization's users. Each function gets `hands` and does a task of tasks.md."""

import itertools
import json
import urllib.parse
from datetime import time

from tests.browser.addresses import app_code
from tests.browser.groups import city, group, join, office
from tests.browser.partner_tasks import NEIGHBOR
from tests.browser.site import ADMINISTRATOR, MANAGER, PARTNER, STAFF
from tests.browser.staff_tasks import named
from tests.browser.tasks import task

HELPER = "helper@example.org"
_numbers = itertools.count(1)


def new_address(name):
    """Return an email address that no one has used."""
    return f"{name}-{next(_numbers)}@example.org"


def come_in(hands, address):
    """Sign this browser in as the person with this email address."""
    person = hands.site.sign_in(address)
    hands.become(person)
    return person


# An organization's users


@task("invite-colleague", NEIGHBOR)
def _(hands):
    address = new_address("colleague")
    hands.go_to(f"{group(hands, named('Repair shop'), NEIGHBOR)}mine/")
    hands.follow("See and invite users")
    hands.follow("Invite someone")
    hands.write("Email address", address)
    hands.tick("Editor")
    hands.press("Send invitation")
    hands.sees("The invitation is on its way.")
    with hands.in_part("Open invitations"):
        hands.sees(address, "Editor")


@task("change-role", NEIGHBOR)
def _(hands):
    path = group(hands, named("Tool library"), NEIGHBOR)
    helper = join(hands, path, HELPER, "reader")
    assert helper.get(f"{path}mine/work/").status == 403
    hands.go_to(f"{path}people/")
    hands.follow(f"Change role: Someone (no name yet), {HELPER}")
    hands.tick("Editor")
    hands.press("Change role")
    hands.sees("now has the role Editor.")
    assert helper.get(f"{path}mine/work/").status == 200


@task("hand-over", NEIGHBOR)
def _(hands):
    path = group(hands, named("Seed bank"), NEIGHBOR)
    helper = join(hands, path, HELPER, "editor")
    hands.go_to(f"{path}people/")
    hands.follow("Transfer manager role")
    hands.tick("Someone (no name yet)")
    hands.press("Transfer role")
    hands.sees("Done. You’re now an editor here.")
    hands.misses("Invite someone")
    assert helper.get(f"{path}people/invite/").status == 200


@task("suspended")
def _(hands):
    address, words = new_address("leaver"), "Words that were typed in the middle."
    join(hands, city(hands), address, "editor")
    hands.become(hands.site.signed_in(address))
    path = office(hands).make_partnership(named("Draft of somebody who goes"))
    hands.go_to(f"{path}edit/")
    hands.write("What it is for", words)
    administrator = hands.site.signed_in(ADMINISTRATOR)
    account = urllib.parse.urlsplit(administrator.send("/people/", email=address).url).path
    administrator.send(f"{account}suspend/", why="Left the office.")
    hands.press("Save")
    hands.sees_title("We can’t find this page.")
    hands.sees("You’re not signed in, or you’ve been signed out.", "Copy it before you leave this page.")
    with hands.in_part("What you typed"):
        hands.sees(words)
    hands.go_to("/account/")
    hands.sees_title("Sign in")
    assert words not in office(hands).get(path).text


@task("make-one-account", ADMINISTRATOR)
def _(hands):
    kept, lost, body = new_address("desk"), new_address("home"), group(hands, named("Book club"), NEIGHBOR)
    join(hands, body, lost, "editor")
    administrator = hands.site.signed_in(ADMINISTRATOR)
    administrator.send(f"{body}people/invite/", email=kept, role="reader")
    pages = [urllib.parse.urlsplit(administrator.send("/people/", email=one).url).path for one in (kept, lost)]
    hands.go_to(pages[0])
    hands.follow("Merge the accounts")
    hands.write("Email address", "nobody-at-all@example.org")
    hands.press("Compare")
    hands.sees("No other account has this email address.")
    hands.write("Email address", lost)
    hands.press("Compare")
    hands.sees("Merge these two accounts?", kept, lost, "What will be moved", "stop working permanently.")
    hands.write("Why", "She told us so.")
    hands.press("Merge")
    hands.sees("Merged. You can undo the merge for 90 days.", "She told us so.", "Editor")
    hands.go_to(pages[1])
    hands.sees_address(pages[0])
    hands.follow("Undo merge")
    hands.write("Why", "It was someone else.")
    hands.press("Undo merge")
    hands.sees_address(pages[1])
    hands.sees("The merge is undone.", lost, "Editor")


@task("stop-address", ADMINISTRATOR)
def _(hands):
    address = new_address("away")
    hands.go_to("/outbox/")
    hands.follow("Blocked email addresses")
    hands.write("Email address", address)
    hands.press("Block email address")
    hands.sees("Nothing was added.")
    hands.write("Why", "They asked for it by phone.")
    hands.press("Block email address")
    hands.sees("The email address is blocked.", "They asked for it by phone.")
    hands.write("Email address", address)
    hands.write("Why", "Once more.")
    hands.press("Block email address")
    hands.sees("This email address is already blocked.")
    hands.follow("Review this entry and unblock it")
    hands.press("Unblock address")
    hands.sees("The email address is unblocked.")


@task("read-emails", STAFF)
def _(hands):
    hands.go_to("/outbox/")
    hands.follow("Types of email")
    hands.sees("90 and 30 days before an agreement ends")
    hands.follow("Agreement ending")
    hands.sees("Made up", "Stop this kind of email")
    hands.follow("See it as an email app shows it")
    hands.sees("An agreement is ending")


@task("set-keeping", MANAGER)
def _(hands):
    hands.go_to(city(hands))
    hands.follow("Settings")
    hands.write("Days to reply before a statement is public", "21")
    hands.write("Answered and expired invitations", "365")
    hands.press("Save")
    hands.sees("Saved. We apply these settings once a day.")
    with hands.in_part("History of these settings"):
        hands.sees("Equity office manager (sample) changed")


@task("records-request", STAFF)
def _(hands):
    path = office(hands).make_partnership(
        named("Contract that is asked for"), publish=True, internal_notes="Not for all."
    )
    hands.go_to(path)
    hands.follow("For your office")
    hands.follow("Export for a public-records request")
    name, public = hands.download("Create file", pressed=True)
    hands.tick("Include private fields")
    _, whole = hands.download("Create file", pressed=True)
    assert name == f"{path.split('/')[2]}-records.json"
    assert ("Not for all." in public, "Not for all." in whole) == (False, True)


# The person's own account


@task("token", STAFF)
def _(hands):
    name, draft = named("Nightly copy"), office(hands).make_partnership(named("Draft that a program reads"))
    hands.go_to("/account/")
    hands.follow("See your tokens")
    hands.follow("Create token")
    hands.write("Name", name)
    hands.tick("Illustration City (made up)")
    hands.write("Days until it expires", "30")
    hands.press("Create token")
    secret = hands.reads("code")[0]
    asks = {"path": f"/api/v1{draft}", "Authorization": f"Bearer {secret}"}
    assert hands.site.visitor().get(**asks).status == 200
    hands.follow("I have copied it")
    hands.follow(f"Revoke: {name}")
    hands.press("Revoke token")
    hands.sees("no longer works.")
    assert hands.site.visitor().get(**asks).status == 401


@task("language", PARTNER)
def _(hands):
    hands.go_to("/account/")
    hands.follow("Change the language")
    hands.pick("Language", "Español")
    hands.press("Save")
    hands.sees("Idioma: Español")
    hands.follow("Cambiar el idioma")  # and back, for tasks that read this person's emails
    hands.pick("Idioma", "English")
    hands.press("Guardar")
    hands.sees("Language: English")


@task("own-data", PARTNER)
def _(hands):
    hands.go_to("/account/")
    name, text = hands.download("Download your data")
    assert (name, json.loads(text)["account"]["email"]) == ("my-data.json", PARTNER)


@task("erase-account")
def _(hands):
    address = new_address("goes-for-good")
    person = come_in(hands, address)
    hands.go_to("/account/")
    hands.follow("Erase your account")
    hands.write("Your email address, to confirm", address)
    hands.press("Erase account")
    hands.sees("Your account and its data were erased.", "Sign in")
    assert person.get("/account/").url.endswith("/sign-in/?next=/account/")
    found = hands.site.signed_in(ADMINISTRATOR).send("/people/", email=address)
    assert (found.status, "No account has this email address." in found.text) == (422, True)


@task("app-code")
def _(hands):
    address = new_address("careful")
    come_in(hands, address)
    hands.go_to("/account/")
    hands.follow("Second step at sign-in")
    hands.follow("Set up an app")
    secret = hands.reads("code")[0]
    hands.write("Code from your app", app_code(secret))
    hands.press("Use this app")
    hands.sees("You now sign in with a second step.", "Your recovery codes")
    hands.follow("Back to your account")
    hands.press("Sign out")
    hands.site.forget_emails()
    hands.follow("Sign in")
    hands.write("Email address", address)
    hands.press("Send code")
    hands.sees_title("Enter your code")
    hands.write("Code from the email", hands.site.code_for(address))
    hands.press("Sign in")
    hands.sees_title("Second step")
    # Each code works once. Use the next one instead of waiting, since a phone's clock may be ahead.
    hands.write("Code from your app", app_code(secret, ahead=1))
    hands.press("Sign in")
    hands.sees("You’re signed in.")


@task("follow-record", STAFF)
def _(hands):
    title = named("Record to follow")
    path = hands.site.signed_in(STAFF).make_partnership(title, publish=True)
    hands.go_to(path)
    hands.press("Follow")
    hands.sees("You’re following it.")
    hands.go_to("/account/")
    hands.follow("What you follow")
    with hands.in_row(title, "row"):
        hands.press("Stop following")
    hands.sees("You no longer follow it.")


@task("choose-emails", STAFF)
def _(hands):
    hands.site.signed_in(STAFF).send("/account/letters/", quiet_from="", quiet_until="")
    hands.go_to("/account/")
    hands.follow("Email notifications")
    hands.pick("News of what you follow", "In a daily email")
    hands.write_time("Quiet hours start", time(22))
    hands.press("Save")
    hands.sees("Enter both hours, or leave both empty.")
    hands.write_time("Quiet hours end", time(7))
    hands.press("Save")
    hands.sees("Saved. This applies to emails from now on.")
