"""No one can find out who has an account: not by answers, query counts, waiting times or emails.

One address of each of KINDS goes through the same steps as an address without an account. All addresses have the same
length, so that even the length of an answer can be compared.
"""

import email
import re
from datetime import UTC, datetime, timedelta
from email.policy import default

import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partnerships.accounts import claims, member_actions
from partnerships.accounts.token_actions import make_token
from partnerships.core.access import SYSTEM
from partnerships.directory import suggestions
from partnerships.mail.transport import path_of
from partnerships.models import ApiToken, Claim, Contact, Email, Invitation, Membership, Person
from partnerships.records.privacy import erase_person
from tests.counts import forget_counts
from tests.factories import make_organization, make_person
from tests.signing_in import ask, code_for, enroll, type_code, wait_for_emails

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|form_key)" value=|nonce=)"[^"]*"')
NOBODY = "unknown"


def _person(address, stage):
    """An editor of the office who has signed in before."""
    person = make_person(address, last_login=NOON - timedelta(days=3))
    Membership.objects.create(person=person, jurisdiction=stage.people.office, role="editor")
    return person


def _invited(address, stage):
    group = make_organization(f"For {address}", "unlisted")
    member_actions.invite(by=stage.people.administrator, body=group, address=address, role="reader")


def _claimant(address, stage):
    listed = make_organization(f"Of {address}", "named", kept_by=stage.people.office, listing_source="A report")
    claims.make_claim(by=_person(address, stage), organization=listed, fields={"position": "Chair", "evidence": "Ask"})


def _with_passkey(address, stage):
    kind = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=_person(address, stage), type=kind, data={"name": "Laptop", "credential": {}})


def _linked(address, stage):
    _person(address, stage).socialaccount_set.create(provider="office", uid=address)


def _erased(address, stage):
    erase_person(person=_person(address, stage), by=SYSTEM)


def _contact(address, stage):
    Contact.objects.create(organization=stage.group, name="Front desk", email=address)


def _sender(address, stage):
    suggestions.suggest(by=None, kind="correct", organization=_open(stage, address), words="Look", address=address)


def _open(stage, address):
    return make_organization(f"Open {address}", "profiled", kept_by=stage.people.office)


# What a stranger could find out about an address → the function that makes it true.
KINDS = {
    NOBODY: lambda address, stage: None,
    "known": _person,
    "administrator": lambda address, stage: make_person(address, is_administrator=True, last_login=NOON),
    "never signed in": lambda address, stage: make_person(address),
    "invited": _invited,
    "claimant": _claimant,
    "suspended": lambda address, stage: make_person(address, is_active=False, last_login=NOON),
    "second step": lambda address, stage: enroll(_person(address, stage)),
    "passkey": _with_passkey,
    "by a provider": _linked,
    "erased": _erased,
    "contact": _contact,
    "sender": _sender,
}


class Stage:
    """One address of each kind. `again` makes another one of each."""

    def __init__(self, people, kinds=KINDS, made=0):
        self.people, self.kinds, self.made = people, kinds, made
        self.group = make_organization("Neighbors", "unlisted")
        self.addresses = self.again()

    def again(self):
        self.made += 1
        found = {kind: f"{place:02}-{self.made:05}@example.org" for place, kind in enumerate(self.kinds)}
        for kind, address in found.items():
            self.kinds[kind](address, self)
        return found


def _stranger(address):
    """The steps of someone who tries an address, guesses codes, starts again, and continues until the limit refuses them."""
    client = Client()
    wrong = ("typed", lambda: type_code(client, "BBBB-BBBB"))
    yield "sign-in", lambda: client.get("/sign-in/?next=/account/")
    yield "asked", lambda: ask(client, address, next="/account/")
    yield "sign-in", lambda: client.get("/sign-in/")
    yield "code page", lambda: client.get("/sign-in/code/")
    yield "head", lambda: client.head("/sign-in/code/")
    for typed in ("", "-", "BBBB-BBBB"):
        yield "typed", lambda typed=typed: type_code(client, typed)
    yield "sent again", lambda: client.post("/sign-in/code/", {"action": "resend"})
    yield "second step", lambda: client.get("/sign-in/second-step/")
    yield "passkey", lambda: client.post("/sign-in/passkey/", {"credential": "x"})
    yield "sign-in", lambda: client.get("/sign-in/")
    yield "started again", lambda: client.post("/sign-out/", {"next": "/sign-in/"})
    yield "asked", lambda: ask(client, address)
    yield from [wrong] * 5
    yield "too many tries", lambda: client.get("/sign-in/")
    yield from [wrong, ("code page", lambda: client.get("/sign-in/code/"))]
    for page in ("/sign-in/closed/", "/sign-in/new/", "/account/", "/account/data.json"):
        yield page, lambda page=page: client.get(page)
    yield "in capitals", lambda: ask(Client(), address.upper())
    yield "as a program", lambda: client.post("/sign-in/", {"login": address}, headers={"accept": "application/json"})
    yield from [("asked often", lambda: ask(Client(), address))] * 3


def answers(steps, address):
    """Yield for each step its name, everything visible in the answer, and the number of queries."""
    for name, step in steps:
        with CaptureQueriesContext(connection) as queries:
            response = step()
        yield name, blank(response, address), len(queries)


def blank(response, address):
    """Return status, headers, cookies and body, without random values and without what was typed."""
    body = TOKEN.sub(r'\1""', response.content.decode())
    cookies = sorted((name, morsel["max-age"], morsel["path"]) for name, morsel in response.cookies.items())
    for typed in (address, address.upper()) if address else ():
        body = body.replace(typed, "ADDRESS")
    headers = {name: value for name, value in response.headers.items() if name != "RateLimit"}
    return response.status_code, headers, cookies, body


class Comparison:
    def __init__(self):
        self.tried, self.wrong = 0, []

    def of(self, what, kind, own, others):
        """Compare the answers for one kind of address with those for an address without an account."""
        for (name, seen, queries), (_, theirs, asked) in zip(own, others, strict=True):
            self.tried += 1
            parts = [
                part
                for part, a, b in zip(("status", "headers", "cookies", "body"), seen, theirs, strict=True)
                if a != b
            ]
            if parts:
                self.wrong.append(f"{what}, {name}: {kind} differs in {', '.join(parts)}")
            if queries != asked:
                self.wrong.append(f"{what}, {name}: {kind} takes {queries} queries, not {asked}")


def compare(stage) -> Comparison:
    found = Comparison()
    with time_machine.travel(NOON, tick=False):
        for what, steps in (
            ("sign-in", _stranger),
            ("invitation", lambda address: _inviter(stage, address)),
            ("suggestion", lambda address: _suggester(stage, address)),
        ):
            seen = {}
            for kind, address in stage.addresses.items():
                forget_counts()
                seen[kind] = list(answers(steps(address), address))
            for kind, own in seen.items():
                found.of(what, kind, own, seen[NOBODY])
        _compare_records(stage, found)
        _compare_tokens(stage, found)
        wait_for_emails()
    return found


def _inviter(stage, address):
    """A manager who invites the address and looks at the list.

    The invitation is withdrawn, so that each address starts from the same state.
    """
    client = Client()
    client.force_login(stage.people.manager)
    body = stage.people.organization
    Membership.objects.get_or_create(person=stage.people.manager, organization=body, role="manager")
    page = f"/organizations/{body.public_id}/people/"
    yield "invited", lambda: client.post(f"{page}invite/", {"email": address, "role": "reader"})
    yield "list", lambda: _without_numbers(client.get(page))
    yield "sent again", lambda: client.post(f"{page}invite/", {"email": address, "role": "editor"})
    Invitation.objects.filter(organization=body).delete()


def _without_numbers(response):
    response.content = re.sub(rb"/invitations/\d+/", b"/invitations/N/", response.content)
    del response.headers["Content-Length"]
    return response


def _suggester(stage, address):
    listed = _open(stage, address)
    typed = {"words": "Look", "kind": "correct", "address": address}
    yield "sent", lambda: _hide(Client().post(f"/organizations/{listed.public_id}/suggest/", typed), listed.public_id)


def _hide(response, public_id):
    response.headers["Location"] = response.headers["Location"].replace(public_id, "ID")
    return response


def _compare_records(stage, found):
    """Compare other people's invitations and claims, by number, with numbers that don't exist."""
    stranger = Client()
    stranger.force_login(stage.people.stranger)
    for page, rows in (("invitations", Invitation.objects.all()), ("claims", Claim.objects.all())):
        for client in (Client(), stranger):
            for method in ("get", "head", "post"):
                missing = _seen(getattr(client, method), page, 987654321)
                for row in rows:
                    found.of(page, f"{page} {row.pk}", [_seen(getattr(client, method), page, row.pk)], [missing])


def _seen(send, page, number):
    """Return the answer with its number blanked and no query count, which may differ for a missing record (QA4)."""
    url = f"/{page}/{number}/"
    ((_, seen, _),) = answers([("", lambda: send(url, {"answer": "accept"}))], "")
    status, headers, cookies, body = seen
    headers.pop("Content-Length", None)
    return page, (status, headers, cookies, body.replace(url, f"/{page}/N/")), 0


def _compare_tokens(stage, found):
    """Compare tokens that are revoked, expired or of a suspended person with one that never existed."""
    secrets = ["reg_aaaaaaaa_" + "a" * 32]
    for kind, change in (("revoked", {"revoked_at": NOON}), ("expired", {"expires_at": NOON}), ("suspended", {})):
        person = Person.objects.get(email=stage.addresses["suspended" if kind == "suspended" else "known"])
        token, secret = make_token(by=person, name=kind, days=30)
        ApiToken.objects.filter(pk=token.pk).update(**change) if change else None
        secrets.append(secret)
    seen = []
    for secret in secrets:
        client = Client(headers={"authorization": f"Bearer {secret}"})
        ((_, blanked, _),) = answers([("", lambda client=client: client.get("/api/v1/partnerships/"))], "")
        seen.append(("token", blanked, 0))
    for one in seen[1:]:
        found.of("API", "a token", [one], seen[:1])


# Emails


def emails_of(stage):
    """Return kind → the emails that one request for a code sends.

    Random values and the address are blanked.
    """
    found = {}
    for kind, address in stage.again().items():
        forget_counts()
        before = set(Email.objects.values_list("pk", flat=True))
        ask(Client(), address)
        wait_for_emails()
        found[kind] = [_text(row, address) for row in Email.objects.exclude(pk__in=before).order_by("pk")]
    return found


def _text(row, address):
    message = email.message_from_bytes(path_of(settings.MAIL_DIR, row.message_id).read_bytes(), policy=default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    headers = [
        (name, value) for name, value in message.items() if name not in ("Message-ID", "Date", "To", "Content-Type")
    ]
    whole = "\n".join([str(headers), *parts]).replace(address, "ADDRESS")
    return re.sub(r"\b[B-Z]{4}-[B-Z]{4}\b", "CODE", whole)


def right_codes(stage) -> Comparison:
    """Compare what happens with the right code: a new account must look like one that existed."""
    found, seen = Comparison(), {}
    addresses = stage.again()
    for kind in stage.kinds:
        if kind in ("suspended", "second step", "passkey"):  # they get no code, or a second code is asked for
            continue
        client, address = Client(), addresses[kind]
        forget_counts()
        with time_machine.travel(NOON, tick=False):
            code = code_for(client, settings, address)
            steps = [("right code", lambda client=client, code=code: type_code(client, code))]
            seen[kind] = [(name, answer, 0) for name, answer, _ in answers(steps, address)]
    for kind, own in seen.items():
        found.of("sign-in", kind, own, seen[NOBODY])
    return found
