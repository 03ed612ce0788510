"""Secret leaks: an ordinary day of the registry, and a search for its codes, tokens, links, email addresses and phones.

`live()` does what people do through the real pages, with a real mail server that also fails, and causes errors. Then it
looks for the secrets in the log (of every logger, at every level), in printed output, in the arguments of tasks, in
redirects, in the rows of emails, in the audit log, and on the pages where staff read emails and histories.
"""

import contextlib
import io
import logging
import re
from dataclasses import dataclass, field
from unittest.mock import patch

from celery.signals import before_task_publish
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from partnerships import tasks
from partnerships.accounts.member_actions import invite
from partnerships.core import clock
from partnerships.directory.actions import save_organization
from partnerships.mail import outbox
from partnerships.mail.choices import EmailState
from partnerships.models import Change, Claim, Email, Invitation, Membership, Person, Suggestion
from partnerships.notifications import emails
from tests.factories import make_meeting, make_organization, make_partnership
from tests.logs import formatter, written
from tests.mail import sink as smtp
from tests.web.test_second_step import APP, RECOVERY, app_code, secret_on
from tests.web.test_sign_in import wait_for_emails

CODE = re.compile(r"\b[B-Z]{4}-[B-Z]{4}\b")
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/\S*\?\S+)")
NUMBERS = iter(range(100, 1000))


@dataclass
class Day:
    """One day. `secrets`: text → what it is. `places`: where they were looked for → the text there.

    `whole_log`: the log as a default formatter writes it. It shows that the day puts secrets into log records.
    """

    people: object
    sink: object
    secrets: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    went_to: list[str] = field(default_factory=list)
    whole_log: str = ""

    def secret(self, kind, text) -> str:
        self.secrets[text] = kind
        return text

    def address(self, name) -> str:
        return self.secret("mail address", f"{name}@canary.example.net")

    def phone(self) -> str:
        return self.secret("phone", f"+1 612 555 0{next(NUMBERS)}")

    def client(self, person=None):
        client = _Following(raise_request_exception=False)
        client.day = self
        if person is not None:
            client.force_login(person)
            self.secret("session", client.session.session_key)
        return client

    def email(self) -> str:
        """Return the text of the latest email that the mail server received."""
        wait_for_emails()
        while outbox.send_due(render=emails.render):
            pass
        text = self.sink.emails[-1][1].get_body(("plain",)).get_content()
        for link in LINK.findall(text):
            self.secret("link", link)
        return text

    def found(self) -> list[str]:
        """Return the secrets found where they must not be, like “code in the log: 123”."""
        return sorted(
            f"{kind} in {place}: {text}"
            for place, there in self.places.items()
            for text, kind in self.secrets.items()
            if text in there and (place, kind) not in RIGHT
        )


# A link may redirect a browser to its own page. Staff may read where a link in an email leads, since it opens nothing
# until its recipient signs in.
RIGHT = {("redirects", "link"), ("pages of emails", "link")}


class _Following(Client):
    def request(self, **request):
        response = super().request(**request)
        if "Location" in response:
            self.day.went_to.append(response["Location"])
        return response


def live(people) -> Day:
    with smtp.running() as sink, contextlib.ExitStack() as around:
        day, sent, printed = Day(people, sink), [], io.StringIO()

        def note(**published):
            sent.append(str(published))

        before_task_publish.connect(note)
        around.callback(before_task_publish.disconnect, note)
        around.enter_context(
            override_settings(EMAIL_URL=f"smtp://127.0.0.1:{sink.port}", ROOT_URLCONF="tests.secret_leak_urls")
        )
        around.enter_context(contextlib.redirect_stdout(printed))
        around.enter_context(contextlib.redirect_stderr(printed))
        # The test's own mail server logs every line that it receives.
        around.enter_context(patch.object(logging.getLogger("mail.log"), "propagate", False))
        quiet, whole = around.enter_context(written(formatter(), logging.Formatter("%(name)s %(message)s")))
        Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
        for person in Person.objects.all():
            day.secret("mail address", person.email)
        for happens in (sign_in, second_step, join, claim, suggest, use_a_token, meet, break_things, keep_house):
            happens(day)
        day.whole_log = whole.getvalue()
        day.places |= {
            "the log": quiet.getvalue(),
            "what was printed": printed.getvalue(),
            "arguments of tasks": "\n".join(sent),
            "redirects": "\n".join(day.went_to),
            "rows of emails": str(list(Email.objects.values())),
            "the change log": str(list(Change.objects.values())),
        }
        day.places |= _pages(day)
    return day


# The events of the day


def sign_in(day):
    """Sign in with an old account, a new one and a suspended one, with a wrong code and the right one."""
    for address in ("editor@example.org", day.address("newcomer"), "suspended@example.org"):
        client = day.client()
        client.post("/sign-in/", {"login": address})
        found = CODE.search(day.email())
        if found is None:
            assert address == "suspended@example.org"
            continue
        code = day.secret("code", found[0])
        day.secret("code", code.replace("-", ""))
        assert client.post("/sign-in/code/", {"code": "BBBB-BBBB"}).status_code == 200
        client.post("/sign-in/code/", {"code": code})
        assert client.get("/account/").status_code == 200
        day.secret("session", client.session.session_key)


def second_step(day):
    client = day.client(day.people.manager)
    key = day.secret("key of a second step", secret_on(client.get(APP)))
    assert client.post(APP, {"code": day.secret("code", app_code(key))})["Location"] == RECOVERY
    codes = re.findall(r"<code>(\d{8})</code>", client.get(RECOVERY).content.decode())
    assert len([day.secret("recovery code", code) for code in codes]) == 10


def join(day):
    """Invite someone through the form, twice. They follow the link, sign in and accept."""
    people, address = day.people, day.address("invited")
    form = reverse("jurisdiction_invite", args=[people.office.public_id])
    manager = day.client(people.manager)
    for _ in range(2):
        assert manager.post(form, {"email": address, "role": "reader"}).status_code == 302
    link = LINK.search(day.email())[1]
    guest = day.client()
    assert guest.get(link).status_code == 200
    guest.post("/sign-in/", {"login": address, "next": "/account/"})
    guest.post("/sign-in/code/", {"code": day.secret("code", CODE.search(day.email())[0])})
    pk = Invitation.objects.get(person__email=address).pk
    guest.post(reverse("invitation", args=[pk]), {"answer": "accept", "name": "Invited"})
    assert Membership.objects.filter(person__email=address).exists()


def claim(day):
    people = day.people
    group = make_organization("Claimed", "named", kept_by=people.office, listing_source="A report")
    claimant = day.client(people.stranger)
    letter = f"Call {day.phone()} or write to {day.address('desk')}"
    file = SimpleUploadedFile("letter.txt", letter.encode())
    form = reverse("organization_claim", args=[group.public_id])
    assert claimant.post(form, {"position": "Chair", "evidence": letter, "file": file}).status_code == 302
    assert "Claimed" in day.email()
    made = reverse("claim", args=[Claim.objects.get().pk])
    editor = day.client(people.editor)
    assert editor.get(made + "file/").status_code == 200
    assert editor.post(made, {"verdict": "deny", "reason": f"Nobody answers at {day.phone()}"}).status_code == 302
    day.email()


def suggest(day):
    group = make_organization("Open", "profiled", kept_by=day.people.office)
    address, message = day.address("sender"), f"Their phone is {day.phone()}"
    form = reverse("organization_suggest", args=[group.public_id])
    sent = {"kind": "correct", "name": "Open door", "words": message, "address": address}
    assert day.client().post(form, sent).status_code == 302
    page = reverse("suggestion", args=[Suggestion.objects.get().pk])
    day.email()
    decided = {"take": ["name"], "reason": "", "version": group.version}
    assert day.client(day.people.editor).post(page, decided).status_code == 302
    assert "Open" in day.email()


def use_a_token(day):
    client, place = day.client(day.people.editor), day.people.editor.memberships.get()
    typed = {"name": "Nightly", "days": "30", "memberships": place.pk, "writes": "organizations"}
    made = client.post("/account/tokens/new/", typed).content.decode()
    secret = day.secret("token", re.search(r"reg_[a-z2-7]{8}_[a-z2-7]{32}", made)[0])
    token = day.people.editor.tokens.get(name="Nightly")
    day.secret("digest", token.digest)
    program = day.client()
    wrong = day.secret("token", f"{secret[:-4]}aaaa")
    for header in (f"Bearer {secret}", f"Bearer {wrong}", f"Basic {secret}"):
        program.get("/api/v1/partnerships/", headers={"authorization": header})
    program.get(f"/api/v1/partnerships/{secret}/", headers={"authorization": f"Bearer {secret}"})
    _change_by(day, secret, wrong)
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert program.get("/api/v1/", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def _change_by(day, secret, wrong):
    """Bodies and headers of a program: refused for what they say, unreadable, and in hand while something breaks."""
    address, phone, program = day.address("sent"), day.phone(), day.client()
    office = day.people.office.public_id

    def send(body, status, page="/api/v1/organizations/", token=secret, **headers):
        headers |= {"authorization": f"Bearer {token}"}
        answer = program.post(page, body, content_type="application/json", headers=headers)
        assert answer.status_code == status, answer.content

    group = {"name": "Renters", "side": "community", "kept_by": office}
    send(group | {"kept_by": phone, "side": address, address: phone, "token": secret}, 400)
    send(f"{address} {phone} {secret}", 400)
    send(group, 401, token=wrong, **{"idempotency-key": address})
    send(group, 403, "/api/v1/partnerships/", **{"idempotency-key": address})
    for _ in range(2):
        send(group, 201, **{"idempotency-key": f"{address} {phone}"})
    send({"words": f"{address} {phone} {secret}"}, 500, "/api/v1/breaks/")


def meet(day):
    """Send emails to a person and a contact, with a mail server that repeats what it receives, and without a server."""
    people, address, phone = day.people, day.address("contact"), day.phone()
    contact = {"name": "Front desk", "email": address, "phone": phone}
    group = make_organization("Met", "profiled", kept_by=people.office, contacts=[contact])
    asked = [people.editor, people.reader, group.contacts.get()]
    partnership = make_partnership("Shared work", lead=people.office)
    replies = {
        "rcpt": f"550 5.1.1 <{address}>: no such user, call {address}",
        "dot": f"451 try <{people.editor.email}> later",
    }
    for step, reply in replies.items():
        day.sink.replies[step] = reply
        make_meeting(partnership, title=f"Table, {step}", people=asked, days=9)
        while outbox.send_due(render=emails.render):
            pass
        _ask_for_a_code(day, people.reader.email)
        day.sink.replies.clear()
    with override_settings(EMAIL_URL="smtp://127.0.0.1:9"):
        make_meeting(partnership, title="Table, unreachable", people=asked, days=9)
        tasks.send_emails.apply()
        _ask_for_a_code(day, people.reader.email)
    # Not a valid email address, so it can't be written into the envelope.
    make_meeting(partnership, title="Table, sent", people=asked, days=9)
    assert "Table, " in day.email()
    save_organization(organization=group, by=people.editor, fields={"aims": "Homes"})
    erase = reverse("contact_erase", args=[group.contacts.get().pk])
    assert day.client(people.editor).post(erase, {"sure": "on"}).status_code == 302


def _ask_for_a_code(day, address):
    assert day.client().post("/sign-in/", {"login": address}).status_code == 302
    wait_for_emails()


def break_things(day):
    """Cause errors in pages with what was sent, send forms that can't be validated, and use email addresses as ids."""
    client, address, phone = day.client(day.people.editor), day.address("typed"), day.phone()
    sent = {"address": day.people.reader.email, "phone": phone, "words": f"{address} {phone}"}
    for name, status in (("plain", 500), ("database", 500), ("template", 200)):
        assert client.post(f"/breaks/{name}/", sent).status_code == status
    for path in (f"/people/{address}/", f"/api/v1/organizations/{address}/", f"/organizations/{address}/"):
        assert client.get(path).status_code == 404
    checked = Client(enforce_csrf_checks=True)
    assert checked.post("/sign-in/", {"login": address}).status_code == 403
    assert client.get("/partnerships/", {"kind": address}).status_code == 400
    # An email of an unknown kind, which can't be rendered.
    odd = Email.objects.create(
        kind="unheard of", occurrence=f"odd/{clock.now()}", recipient=f"person:{day.people.reader.pk}",
        due_at=clock.now(), next_attempt_at=clock.now(), message_id="<odd@example.org>", lead=day.people.office,
    )  # fmt: skip
    tasks.send_emails.apply()
    odd.delete()  # no page could show it


def keep_house(day):
    for task in (tasks.plan_emails, tasks.refill_publications, tasks.delete_expired_data):
        assert task.apply().successful()
    for command in (["doctor"], ["publish", "--check"], ["load_vocabularies"]):
        with contextlib.suppress(SystemExit):
            call_command(*command)
    # An administrator suspends and erases people, and someone downloads a copy of their data.
    boss = day.client(day.people.administrator)
    boss.post("/people/", {"email": day.people.partner.email})
    boss.post(reverse("person_suspend", args=[day.people.partner.pk]), {"why": "They left"})
    invite(by=day.people.administrator, body=day.people.office, address=day.address("late"), role="reader")
    assert day.client(day.people.reader).get("/account/data.json").status_code == 200
    day.email()


def _pages(day):
    """Read what staff can: the outbox with every email, and histories, as an administrator and as an editor."""
    outboxes, histories = [], []
    for person in (day.people.administrator, day.people.editor):
        client = Client()
        client.force_login(person)
        for state in ("", *EmailState.values):
            outboxes.append(client.get("/outbox/", {"state": state}).content.decode())
        for pk in Email.objects.values_list("pk", flat=True):
            outboxes.append(client.get(f"/outbox/{pk}/").content.decode())
        for kind, public_id in set(Change.objects.values_list("record_type", "public_id")):
            if kind in ("partnership", "organization", "meeting"):
                histories.append(client.get(reverse(kind, args=[public_id])).content.decode())
    return {"pages of emails": "\n".join(outboxes), "pages with a history": "\n".join(histories)}


def figure():
    """Return for bench/figures/qa18.py what was looked for and what was found."""
    from tests.people import make_people

    day = live(make_people())
    kinds = sorted(set(day.secrets.values()))
    return {
        "found": day.found(),
        "secrets": len(day.secrets),
        "kinds": kinds,
        "places": {place: len(text) for place, text in day.places.items()},
        "elsewhere": sorted({kind for text, kind in day.secrets.items() if text in day.whole_log}),
    }
