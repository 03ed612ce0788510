"""Erasing people: canaries wherever the registry can hold something about a person, and a search for them afterwards.

The `plant_…` functions leave traces through the registry's own interfaces and return the canaries: texts that must not
be anywhere after the erasure. `hits` searches every table of the database as text, decoded sessions and files, and
every file of the folder.
"""

import itertools
import logging
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path

import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from partnerships import tasks
from partnerships.accounts import actions, claims, member_actions
from partnerships.accounts.choices import RetentionKind
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.directory import suggestions
from partnerships.mail import outbox
from partnerships.meetings import check_ins, meetings
from partnerships.models import Change, Claim, Email, Invitation, Membership, Person, RetentionRun
from partnerships.notifications import emails
from partnerships.records import retention
from partnerships.registry import statements
from partnerships.registry.actions import save_partnership
from tests.factories import make_department, make_meeting, make_organization, make_partnership, make_person, party
from tests.people import make_people
from tests.signing_in import ask, code_for, enroll, type_code, wait_for_emails

SAVE = {
    "organization": directory.save_organization,
    "department": directory.save_department,
    "jurisdiction": directory.save_jurisdiction,
}


class Canaries:
    """Texts that appear nowhere else: a word, a name of two words, an email address, a phone number."""

    def __init__(self, first=1):
        self.numbers, self.all = itertools.count(first), {}

    def _new(self, where, text):
        self.all[where] = text
        return text

    def word(self, where):
        return self._new(where, f"Kestrél{next(self.numbers):04}")

    def name(self, where):
        number = next(self.numbers)
        return self._new(where, f"Quetzal{number:04} Canary{number:04}")

    def address(self, where):
        return self._new(where, f"heron{next(self.numbers):04}@canary.example.org")

    def phone(self, where):
        return self._new(where, f"555-01{next(self.numbers):04}")


# Finding canaries


def hits(canaries) -> list[str]:
    """Return “WHERE: canary in TABLE.COLUMN” for each canary found, one line for each canary and place."""
    found = []
    for place, text in everything_stored():
        text = text.lower()
        found += [f"{where}: {canary!r} in {place}" for where, canary in canaries.all.items() if canary.lower() in text]
    return found


def everything_stored():
    """Yield (place, text) of all columns of all tables, of decoded sessions, and of all files."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", _text(value)
    for session in Session.objects.all():
        yield "a session", str(session.get_decoded())
    for path in _files():
        yield f"the file {path.name}", _text(path.read_bytes())


def _files():
    """Yield emails, logs and other files of the folder, and the database's files, which could still hold deleted rows."""
    yield from (path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file())
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        yield from (path for path in name.parent.glob(f"{name.name}*") if path.is_file())


def _text(value):
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    text = str(value)
    # JSON can escape characters beyond ASCII.
    return text + text.encode().decode("unicode_escape", "replace") if "\\u" in text else text


# Leaving traces


def plant_person(people, canaries):
    """Make a person who has used every part of the registry and left something in each."""
    address, name = canaries.address("their address"), canaries.name("their name")
    _ask_before_there_is_an_account(address)
    group = make_organization("Where they were", "unlisted", kept_by=people.office)
    member_actions.invite(by=people.administrator, body=group, address=address, role="editor")
    person = Person.objects.get(email=address)
    for key in ("in a browser", "in another"):
        browser = Client(HTTP_USER_AGENT=canaries.word(f"user agent {key}"), REMOTE_ADDR=_network(canaries, key))
        type_code(browser, code_for(browser, settings, address, REMOTE_ADDR=browser.defaults["REMOTE_ADDR"]))
    invitation = Invitation.objects.get(person=person)
    member_actions.accept_invitation(by=person, invitation=invitation, name=name)
    Membership.objects.create(person=person, jurisdiction=people.office, role="editor")
    person = Person.objects.get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(zone="Pacific/Chatham")
    canaries.all["their time zone"] = "Pacific/Chatham"
    _claims_of(person, people, canaries)
    _records_of(person, people, canaries)
    _suggestions_of(person, people, canaries)
    make_token(by=person, name=canaries.word("name of a token"), days=30, memberships=person.memberships.all())
    enroll(person)
    passkey = {"name": canaries.word("name of a passkey"), "credential": {"id": canaries.word("id of a passkey")}}
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=passkey)
    number, provider_data = canaries.word("number at the provider"), {"sub": canaries.word("what the provider said")}
    person.socialaccount_set.create(provider="office", uid=number, extra_data=provider_data)
    for act in (actions.suspend, actions.reinstate):
        act(by=people.administrator, person=person, why=canaries.word(f"why: {act.__name__}"))
    _contact_with(address, name, people, canaries)
    member_actions.invite(by=people.administrator, body=make_organization("Asks them"), address=address, role="reader")
    ask(Client(), address)
    _send_all()
    return Person.objects.get(pk=person.pk)


def _ask_before_there_is_an_account(address):
    """Send an email to someone without an account, and start a session that waits for its code."""
    ask(Client(), address)
    wait_for_emails()


def _network(canaries, where):
    number = next(canaries.numbers)
    canaries.all[f"network address {where}"] = f"198.51.100.{number % 250}"
    return canaries.all[f"network address {where}"]


def _claims_of(person, people, canaries):
    listed = make_organization("Claimed by them", "named", kept_by=people.office, listing_source="A report")
    client = Client()
    client.force_login(person)
    typed = {name: canaries.word(f"claim: {name}") for name in ("position", "evidence")}
    file = SimpleUploadedFile(f"{canaries.word('name of a file')}.txt", canaries.word("content of a file").encode())
    answer = client.post(f"/organizations/{listed.public_id}/claim/", typed | {"file": file})
    assert answer.status_code == 302, answer.content
    reason = canaries.word("reason of a decision")
    claims.deny_claim(claim=Claim.objects.get(organization=listed), by=people.administrator, reason=reason)
    proposal = {name: canaries.word(f"proposal: {name}") for name in ("name", "about", "position", "evidence")}
    claims.make_claim(by=person, fields=proposal | {"office": people.office})


def _records_of(person, people, canaries):
    """Make records of other people that the person took part in."""
    email, name = person.email, person.name
    sides = [party(people.office, "lead"), party(people.organization, "member")]
    partnership = make_partnership("Shared work", lead=people.office, parties=sides)
    meeting = make_meeting(partnership, title="Table", people=[person, people.editor])
    for why in (f"Asked by {email}", f"After a call with {name}.", f"<{email.upper()}> wrote"):
        title = f"Table {next(canaries.numbers)}"
        meetings.save_meeting(meeting=meeting, by=person, fields={"title": title}, why=why)
    meetings.save_meeting(meeting=meeting, by=people.editor, fields={}, participants=[{"person": people.editor}])
    meetings.save_meeting(
        meeting=meeting, by=people.editor, fields={}, participants=[{"person": person}, {"person": people.editor}]
    )
    rhythm = {"partnership": partnership, "rhythm": "monthly", "anchor_on": clock.today(), "zone": "UTC"}
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=rhythm | {"person": person})
    check_ins.record_check_in(plan=plan, by=person, note="Went well")
    seat = partnership.parties.get(organization=people.organization)
    Membership.objects.create(person=person, organization=people.organization, role="editor")
    again = Person.objects.get(pk=person.pk)
    statements.dispute_record(party=seat, by=again, words="We disagree.")


def _suggestions_of(person, people, canaries):
    message = f"I am {person.name}, write to {person.email}."
    for verdict in ("decided", "open"):
        group = make_organization(f"Suggested {verdict}", "profiled", kept_by=people.office)
        asked = {"by": None, "kind": "correct", "organization": group, "address": person.email}
        made = suggestions.suggest(**asked, words=message)
        if verdict == "decided":
            suggestions.decide(suggestion=made, by=people.administrator, reason="Thank you.")


def _contact_with(address, name, people, canaries):
    """Make a contact with the person's name and email address."""
    group = make_organization("Names them", "unlisted", kept_by=people.office)
    row = {"name": name, "email": address.upper().replace("CANARY.EXAMPLE.ORG", "canary.example.org")}
    row |= {"phone": canaries.phone("their phone"), "note": canaries.word("note on them")}
    directory.save_organization(organization=group, by=people.editor, fields={}, contacts=[row])


def plant_contact(owner, people, canaries, kind):
    """Make a contact with former names, numbers and email addresses, who takes part in meetings and more."""
    for turn in ("first", "second", "now"):
        row = _details(canaries, f"{turn} contact of a {kind}")
        held = owner.contacts.exclude(name="Front desk").first()
        rows = [{"id": desk.pk} for desk in owner.contacts.filter(name="Front desk")] or [{"name": "Front desk"}]
        # Each change keeps the phone number or the email address, so that it's recognized as the same contact.
        if held:
            kept = "phone" if turn == "second" else "email"
            canaries.all.pop(f"{turn} contact of a {kind}: {kept}")
            row |= {kept: getattr(held, kept), "id": held.pk}
        SAVE[kind](**{kind: type(owner).objects.get(pk=owner.pk)}, by=SYSTEM, fields={}, contacts=[*rows, row])
    contact = owner.contacts.exclude(name="Front desk").get()
    sides = [party(people.office, "lead")] + ([party(owner, "member")] if owner != people.office else [])
    partnership = make_partnership(f"With the {kind}", lead=people.office, parties=sides)
    meeting = make_meeting(partnership, title="Table", people=[contact, people.editor])
    why = f"{contact.name} asked, {contact.email}, {contact.phone}"
    meetings.save_meeting(meeting=meeting, by=people.editor, fields={"title": "Round table"}, why=why)
    rhythm = {"partnership": partnership, "rhythm": "monthly", "anchor_on": clock.today(), "zone": "UTC"}
    check_ins.save_check_in_plan(by=SYSTEM, fields=rhythm | {"contact": contact})
    _send_all()
    return contact


def _details(canaries, where):
    return {
        "name": canaries.name(f"{where}: name"),
        "email": canaries.address(f"{where}: email"),
        "phone": canaries.phone(f"{where}: phone"),
        "note": canaries.word(f"{where}: note"),
    }


def _send_all():
    """Send everything that is due now and later, so that each email has its file."""
    wait_for_emails()
    with time_machine.travel(clock.now() + timedelta(days=40)):
        while outbox.send_due(render=emails.render):
            pass


def plant_what_ends(people, canaries):
    """Make records of each kind that an office's retention rules delete, and an account made by an invitation alone."""
    claimed = make_organization("Claimed", "named", kept_by=people.office, listing_source="A report")
    claimant = make_person("claimant@example.org", name="Claimant")
    typed = {name: canaries.word(f"kept claim: {name}") for name in ("position", "evidence")}
    file = (f"{canaries.word('kept claim: file name')}.txt", "text/plain", canaries.word("kept claim: file").encode())
    made = claims.make_claim(by=claimant, organization=claimed, fields=typed, file=file)
    claims.deny_claim(claim=made, by=people.editor, reason=canaries.word("kept claim: reason"))
    guest = canaries.address("kept invitation: address")
    member_actions.invite(by=people.administrator, body=people.office, address=guest, role="reader")
    suggestion = suggestions.suggest(
        by=None, kind="correct", organization=claimed, words=canaries.word("kept suggestion: words"),
        fields={"name": canaries.word("kept suggestion: field")}, address=canaries.address("kept suggestion: address"),
    )  # fmt: skip
    suggestions.decide(suggestion=suggestion, by=people.editor, reason=canaries.word("kept suggestion: reason"))
    partnership = make_partnership("Kept", lead=people.office, internal_notes=canaries.word("kept change: before"))
    why = canaries.word("kept change: why")
    save_partnership(partnership=partnership, by=people.editor, fields={"internal_notes": "Other"}, why=why)
    rhythm = {"partnership": partnership, "rhythm": "monthly", "anchor_on": clock.today(), "zone": "UTC"}
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=rhythm | {"person": people.editor})
    check_ins.record_check_in(plan=plan, by=people.editor, note=canaries.word("kept check-in: note"))
    stranger = canaries.address("kept email: to someone without an account")
    ask(Client(), stranger)
    _send_all()


def delete_all(people):
    """Delete what expired: a year and a half later, with 30 days for each kind. Expired sessions go, too."""
    retention.set_rules(jurisdiction=people.office, by=SYSTEM, days=dict.fromkeys(RetentionKind.values, 30))
    with time_machine.travel(clock.now() + timedelta(days=550)):
        tasks.delete_expired_data()
    return {run.kind: run.erased for run in RetentionRun.objects.all()}


# The trial


def trial(people) -> dict:
    """Return way of erasing → how many canaries there were, which weren't found before, and what is left after."""
    found = {}
    canaries = Canaries()
    person = plant_person(people, canaries)
    found["a person, at their own request"] = _erased(
        canaries, lambda: _press(person, "/account/erase/", address=person.email, contacts="on")
    )
    for kind, owner in (
        ("organization", make_organization("Has a contact", "profiled", kept_by=people.office)),
        ("department", make_department(people.office, "Department of Contacts")),
        ("jurisdiction", people.office),
    ):
        canaries = Canaries(1000 * (2 + len(found)))
        contact = plant_contact(owner, people, canaries, kind)
        found[f"a contact: {kind}"] = _erased(
            canaries, lambda contact=contact: _press(people.administrator, f"/contacts/{contact.pk}/erase/", sure="on")
        )
    found["others"] = {"canaries": 0, "never there": [], "left": what_is_lost(people)}
    canaries = Canaries(9000)
    plant_what_ends(people, canaries)
    found["what an office lets go"] = _erased(canaries, lambda: delete_all(people))
    return found


def _press(person, page, **typed):
    client = Client()
    client.force_login(person)
    answer = client.post(page, typed)
    assert answer.status_code == 302, answer.content.decode()


def _erased(canaries, erase):
    before = {line.split(": '")[0] for line in hits(canaries)}
    erase()
    _checkpoint()
    return {
        "canaries": len(canaries.all),
        "never there": sorted(set(canaries.all) - before),
        "left": hits(canaries),
    }


def _checkpoint():
    """Empty SQLite's write-ahead log, so that nothing is hidden in it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def what_is_lost(people) -> list[str]:
    """Return sentences on data of other people that should have stayed and is gone."""
    wrong = []
    if Person.objects.get(pk=people.editor.pk).email != "editor@example.org":
        wrong.append("somebody else was erased")
    if not Email.objects.filter(recipient=f"person:{people.editor.pk}").exists():
        wrong.append("emails to someone else are gone")
    titles = [entry.after.get("title") for entry in Change.objects.filter(record_type="meeting")]
    if not any(titles):
        wrong.append("the history lost what else it said")
    return wrong


def figure():
    """Return the result for bench/figures/qd4.py. Logs and printed output are searched, too."""
    logging.disable(logging.NOTSET)
    log = logging.FileHandler(Path(settings.VAR_DIR) / "log.txt")
    logging.getLogger().addHandler(log)
    logging.getLogger().setLevel(logging.INFO)
    people = make_people()
    with open(Path(settings.VAR_DIR) / "printed.txt", "w") as printed, redirect_stdout(printed):
        found = trial(people)
    logging.disable()
    return {"ways": found}
