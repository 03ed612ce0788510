"""Tasks of partners, and of the office with what they say. Each function gets `hands` and does a task of tasks.md."""

import csv
import io
import json
import re

from django.utils import translation
from django.utils.translation import gettext

from tests.browser.groups import LISTED, group, office
from tests.browser.site import PARTNER, STAFF
from tests.browser.staff_tasks import named
from tests.browser.tasks import task

NEIGHBOR, CLAIMANT, SECOND_CLAIMANT = "neighbor@example.org", "claimant@example.org", "second-claimant@example.org"
WORDS = "We asked for this three years before. The city joined us."


# Claims


@task("claim-organization", CLAIMANT, mouse="choosing a file")
def _(hands):
    hands.go_to(office(hands).make_organization(named("Garden keepers"), **LISTED))
    hands.follow("Claim this organization")
    hands.write("Your role", "Organizer")
    hands.write("Proof that you represent it", "Call the garden house.")
    hands.attach("Supporting document", "letter.txt", "I speak for the garden.")
    hands.press("Submit")
    hands.sees("Submitted. We’ll email you when it’s decided.", "Waiting for a decision", "Call the garden house.")


@task("decide-claim", STAFF)
def _(hands):
    name = named("Choir of the hill")
    path = office(hands).make_organization(name, **LISTED)
    claimant = hands.site.signed_in(SECOND_CLAIMANT)
    claimant.send(f"{path}claim/", position="Director", evidence="Ring at the front desk.")
    hands.go_to("/account/")
    hands.follow("Claims")
    with hands.in_part("Waiting for you"):
        hands.follow(name)
    hands.sees("Ring at the front desk.", "What approving changes", "Someone (no name yet), manager")
    hands.write("Why", "The desk knows them.")
    hands.press("Approve")
    hands.sees("Approved.", "The desk knows them.")
    assert claimant.get(f"{path}mine/").status == 200


# From an invitation into their own organization


def spanish(words):
    with translation.override("es"):
        return gettext(words)


@task("known-organizer", mouse="a phone, from an email in Spanish to one's own organization", needs_layout=True)
def _(hands):
    address, title = "rosa-of-the-tenants@example.org", named("Homes with the tenants")
    contact = {"contacts-0-name": "Rosa", "contacts-0-email": address, "contacts-0-language": "es"}
    staff = office(hands)
    path = staff.make_organization(named("Tenants of the hill"), **LISTED, **contact)
    party = {"parties-1-entity": path.split("/")[2], "parties-1-roles": ["contractor"]}
    record = staff.make_partnership(title, publish=True, **party)
    for invite in re.findall(r"/partners/\d+/invite/", staff.get(f"{record}office/").text):
        if found := re.search(r'name="contact" value="(\d+)"', staff.get(invite).text):
            staff.send(invite, what="email", contact=found[1], source="Our own list")
    hands.hold_a_phone()
    presses = [hands.go_to(hands.site.link_in_email_to(address, "seat"))]
    presses.append(hands.press(spanish("Confirm seat")))
    presses.append(hands.follow(spanish("Sign in to your organization")))
    hands.site.forget_emails()
    hands.write(spanish("Email address"), address)
    presses.append(hands.press(spanish("Send code")))
    hands.write(spanish("Code from the email"), hands.site.code_for(address))
    presses.append(hands.press(spanish("Sign in")))
    presses.append(hands.press(spanish("Yes, I speak for it")))
    assert hands.address.partition("?")[0] == f"{path}mine/"
    hands.sees(spanish("This is your organization’s own record. Your changes take effect right away."))
    assert len(presses) == 6


# Their own organization


@task("edit-profile", NEIGHBOR, mouse="the menu of a small screen, signed in", needs_layout=True)
def _(hands):
    name = named("Block watch")
    group(hands, name, NEIGHBOR)
    hands.hold_a_phone()
    hands.go_to("/")
    hands.follow("Menu")
    hands.follow("Your account")
    hands.follow(name)
    hands.sees_title(name)
    with hands.in_part("Our mission"):
        hands.follow("Change")
    hands.write("Mission", "A street where children can play.")
    hands.tick("Renting")
    hands.press("Save")
    hands.sees("Saved.", "A street where children can play.", "Renting")


@task("choose-reader", NEIGHBOR)
def _(hands):
    path = group(hands, named("Street choir"), NEIGHBOR, profiled=True)
    address = "5 Garden Street"

    def choose(reader):
        hands.go_to(f"{path}mine/")
        with hands.in_part("How to reach us"):
            hands.follow("Change")
        hands.write("Address", address)
        hands.pick("Who can see it: Address", reader)
        hands.press("Save")
        hands.sees("Saved.", address)
        return address in hands.site.visitor().get(path).text

    assert [choose(reader) for reader in ("Everyone", "Partners", "Registry staff")] == [True, False, False]


@task("still-right", NEIGHBOR)
def _(hands):
    hands.go_to(group(hands, named("Night school"), NEIGHBOR))
    hands.follow("Your organization")
    hands.sees("Is everything still correct?", "Not verified yet.")
    hands.press("Confirm as current")
    hands.sees("Thank you. Confirmed as of today.", "Last verified")
    hands.misses("Is everything still correct?")


@task("withdraw-listing", NEIGHBOR)
def _(hands):
    name = named("Zorvexia circle")
    path = group(hands, name, NEIGHBOR)
    party = {"parties-1-entity": path.split("/")[2], "parties-1-roles": ["contractor"]}
    record = office(hands).make_partnership(named("Contract with a circle"), publish=True, **party)
    before = appearances(hands, name, path, record)
    assert set(before) == EVERYWHERE
    hands.go_to(f"{path}mine/")
    hands.follow("Change: How we are listed")
    hands.tick("Unlisted")
    hands.press("Save")
    hands.sees("Saved.", "You don’t appear anywhere in public")
    after = appearances(hands, name, path, record)
    assert (set(after), before["count"] - after["count"]) == ({"count"}, 1)
    with hands.visitor() as visitor:
        visitor.go_to(path)
        visitor.sees_title("We can’t find this page.")
        visitor.go_to("/organizations/")
        visitor.write("Search organizations", name)
        visitor.press("Search")
        assert not visitor.address_of(name)


EVERYWHERE = {"page", "search", "filter", "count", "API", "API of a partnership", "sync", "CSV", "CSV of partnerships"}


def appearances(hands, name, path, record) -> dict:
    """Return where this organization appears for a visitor. For “count”, it's the number of matches in the list."""
    public_id, ask = path.split("/")[2], hands.site.visitor().get
    lists = ask("/organizations/").text
    seen = {
        "page": ask(path).status == 200,
        "search": f'href="{path}"' in ask("/organizations/?q=zorvexia").text,
        "filter": f'href="{record}"' in ask(f"/partnerships/?organization={public_id}").text,
        "count": int(re.search(r"<h2[^>]*>(\d+) organizations?<", lists)[1]),
        "API": ask(f"/api/v1{path}").status == 200,
        "API of a partnership": public_id in ask(f"/api/v1{record}").text,
        "sync": public_id in {row["id"] for row in pulled(ask)},
        "CSV": public_id in {row["id"] for row in rows_of(ask("/organizations.csv").body)},
        "CSV of partnerships": name in ask("/partnerships.csv").text,
    }
    return {place: found for place, found in seen.items() if found}


def pulled(ask):
    return json.loads(ask("/api/v1/organizations/?updated_since=start").text)["results"]


def rows_of(body):
    return csv.DictReader(io.StringIO(body.decode("utf-8-sig")))


# Both sides of a record


def partnership_to_confirm(hands, words):
    """Return a record that the tenants were asked to confirm."""
    return office(hands).make_partnership(named(words), publish=True)


@task("confirm-record", PARTNER)
def _(hands):
    hands.go_to(partnership_to_confirm(hands, "Contract to confirm"))
    with hands.in_part("Is this record right?"):
        hands.follow("See your part")
    hands.press("Yes, it’s right")
    hands.sees("Saved. It now appears next to the record.")
    with hands.in_fold("What each partner says"):
        hands.sees("Confirms the record")
    hands.misses("Yes, it’s right")


@task("dispute-and-reply", PARTNER)
def _(hands):
    path, reply = partnership_to_confirm(hands, "Contract that is seen another way"), "It came a month late."
    office(hands).send(f"{path}statements/new/", text="The city paid in time.")
    hands.go_to(path)
    hands.follow("Partners")
    hands.follow("We disagree")
    hands.tick("We disagree")
    hands.write("In your own words", WORDS)
    hands.press("Send answer")
    with hands.in_part("Is this record right?"):
        hands.sees("Disagrees", WORDS, "In its own words, unedited.")
    with hands.in_fold("Public statements and replies"):
        hands.sees("The city paid in time.", "Not public yet", "Invited, has not replied.")
        hands.follow("Reply: Statement 1")
    hands.write("Your reply", reply)
    hands.press("Reply")
    hands.sees("Your reply now appears next to the statement.")
    with hands.in_fold("Public statements and replies"):
        hands.sees(reply)
    seen = hands.site.visitor().get(f"{path}partners/").text
    assert (WORDS in seen, reply in seen, "paid in time" in seen) == (True, False, False)


@task("say-in-public", STAFF)
def _(hands):
    path, words = partnership_to_confirm(hands, "Contract that the city speaks of"), "The first forty homes are let."
    hands.go_to(path)
    hands.follow("Partners")
    hands.follow("Make a public statement")
    hands.write("Your public statement", words)
    hands.press("Show to partners")
    hands.sees("The partners can see it now. Everyone can from")
    with hands.in_fold("Public statements and replies"):
        hands.sees(words, "Invited, has not replied.")
    partner, visitor = hands.site.signed_in(PARTNER), hands.site.visitor()
    seen = [words in one.get(f"{path}partners/").text for one in (partner, visitor)]
    assert seen == [True, False]


@task("show-draft", STAFF)
def _(hands):
    path, partner = office(hands).make_partnership(named("Draft to show")), hands.site.signed_in(PARTNER)
    assert partner.get(path).status == 404
    hands.go_to(path)
    hands.unfold("More")
    hands.follow("Share draft")
    hands.write("Share with", "Tenants’ association")
    hands.press("Share draft")
    hands.sees("Tenants’ association can see this draft now.")
    assert partner.get(path).status == 200
    hands.press("Stop showing it: Tenants’ association")
    hands.sees("No one else.")
    assert partner.get(path).status == 404


# Suggestions


@task("suggest-correction")
def _(hands):
    hands.go_to(office(hands).make_organization(named("Bakers of the corner"), **LISTED))
    hands.follow("See something wrong? Suggest a change")
    hands.write("Name", "Bakers on the corner")
    hands.write("In your own words", "Their sign says so.")
    hands.write("Your email address", "passer-by@example.org")
    hands.press("Send suggestion")
    hands.sees("Thank you. The people who keep this record will review it.")


@task("decide-suggestion", NEIGHBOR)
def _(hands):
    name, better = named("Menders"), named("Menders and makers")
    path = group(hands, name, NEIGHBOR, profiled=True)
    hands.site.signed_in(NEIGHBOR).send(f"{path}mine/work/", aims="We mend things.")
    visitor = hands.site.visitor()
    visitor.send(f"{path}suggest/", name=better, aims="They sell things.", words="I walked by.", address="")
    hands.go_to("/account/")
    hands.follow("Suggestions from the public")
    hands.follow(name)
    with hands.in_row("Mission", "row"):
        hands.sees("We mend things.", "They sell things.")
    hands.untick("Mission")
    hands.write("Message to the sender", "We sell nothing.")
    hands.press("Decide")
    hands.sees("Decided.")
    seen = visitor.get(path).text
    assert (better in seen, "We mend things." in seen, "They sell things." in seen) == (True, True, False)
