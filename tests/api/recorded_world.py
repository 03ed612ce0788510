"""The records and requests of the recorded API answers, with the same ids, dates and rows in every run."""

import random
from datetime import date

from django.test import Client
from django.utils.http import urlencode

from partnerships.accounts.token_actions import make_token
from partnerships.core import ids as public_ids
from partnerships.models import ApiToken, Membership, Partnership
from tests import factories
from tests.api.fuzzing import KNOWN, M, P, make_known
from tests.people import make_people

MISSING = public_ids.from_body("P", "000000")
MISTYPED = MISSING[:-1] + ("A" if MISSING[-1] != "A" else "B")
PATHS = tuple(KNOWN["ids"])[:9]  # what was there when they were recorded


class RecordedWorld:
    """Records of every kind, visible and hidden. `clients`: who asks → a client."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(public_ids.secrets, "choice", random.Random(23).choice)
        self.people = make_people()
        self.city = make_known()
        office, editor = self.people.office, self.people.editor
        for n in range(4):
            factories.make_partnership(
                f"Row {n}", lead=office, parties=[factories.party(office, "lead")],
                kind=("joint_project", "advisory_body")[n % 2], starts_on=date(2026, 1, 1 + n)
            )  # fmt: skip
        self.draft = factories.make_partnership("Draft", lead=office, published=False)
        self.hidden = factories.make_organization("Hidden", listing="unlisted", kept_by=office)
        factories.make_organization("Named", listing="named", aims="Not shown")
        self.internal = factories.make_meeting(Partnership.objects.get(public_id=P), is_public=False)
        membership = Membership.objects.get(person=editor, jurisdiction=office)
        own, public = (
            make_token(by=editor, name=name, memberships=some, days=30)[1]
            for name, some in (("own", [membership]), ("public", []))
        )
        ApiToken.objects.update(last_used_at="2026-11-24T12:00:00Z")
        signed_in = Client()
        signed_in.force_login(editor)
        self.clients = {
            "stranger": Client(),
            "editor": signed_in,
            "token": Client(headers={"authorization": f"Bearer {own}"}),
            "public token": Client(headers={"authorization": f"Bearer {public}"}),
            "bad token": Client(headers={"authorization": "Bearer reg_guess"}),
        }

    def answers(self):
        """Return (name, answer) for every request."""
        for reader, method, address, headers in self.questions():
            name = " ".join(
                filter(None, [reader, method, address, *(f"{key}: {text}" for key, text in headers.items())])
            )
            yield name, self.clients[reader].generic(method, f"/api/v1/{address}", headers=headers)

    def questions(self):
        """Yield (who, method, address below /api/v1/, headers)."""
        for reader in self.clients:
            yield reader, "GET", "", {}
            for path in PATHS:
                yield reader, "GET", f"{path}/", {}
            yield reader, "GET", f"partnerships/{self.draft.public_id}/", {}
            yield reader, "GET", f"organizations/{self.hidden.public_id}/", {}
            yield reader, "GET", f"meetings/{self.internal.public_id}/", {}
            yield reader, "GET", "partnerships/?draft=yes", {}
            yield reader, "GET", "no/such/place/", {}
        for path in PATHS:
            one = KNOWN["ids"][path]
            yield "stranger", "GET", f"{path}/{one}/", {}
            yield "stranger", "GET", f"{path}/{one}/?fields=id,version", {}
            yield "stranger", "GET", f"{path}/?fields=id&page_size=1", {}
            yield "stranger", "GET", f"{path}/?updated_since=start&page_size=2", {}
            yield "stranger", "GET", f"{path}/?nothing=1", {}
            yield "stranger", "GET", f"{path}/{one}/?nothing=1", {}
            yield "stranger", "HEAD", f"{path}/", {}
            yield "stranger", "OPTIONS", f"{path}/", {"origin": "https://example.org"}
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
            yield "stranger", method, "meetings/", {}
            yield "stranger", method, "no/such/place/", {}
            yield "stranger", method, f"results/{KNOWN['ids']['results']}/", {}
        for accept in ACCEPTS:
            yield "stranger", "GET", "partnerships/", {"accept": accept}
        yield "stranger", "GET", "openapi.yaml", {"accept": "text/html"}
        for tag in ("*", '"other"', 'W/"other", "more"'):
            yield "stranger", "GET", "organizations/", {"if-none-match": tag}
        for one in (MISSING, MISTYPED, "nonsense", "a.b", P.lower()):
            yield "stranger", "GET", f"partnerships/{one}/", {}
        for address in ("partnerships", "openapi.yaml/", "nothing/", f"partnerships/{P}/more/"):
            yield "stranger", "GET", address, {}
        for query in FILTERS:
            yield "stranger", "GET", f"partnerships/?{urlencode(query, doseq=True)}", {}
        for address in ELSEWHERE:
            yield "stranger", "GET", address, {}


ACCEPTS = ("text/html", "application/xml", "application/*", "", "application/json; charset=utf-8", "text/json")
FILTERS = (
    {"q": "row"}, {"q": "rwo"}, {"q": "rwo", "exact": "yes"}, {"q": "zzz"}, {"kind": "advisory_body"},
    {"kind": ["joint_project", "advisory_body"]},
    {"kind": "joint_project,advisory_body"}, {"issue": "housing"}, {"ordering": "-title"},
    {"ordering": "starts"}, {"ordering": "-id", "page_size": 2}, {"page_size": 2}, {"starts_after": "2026-01-03"},
    {"utm_source": "x", "page_size": 1}, {"fields": "title,id"}, {"fields": ["title", "id"]},
    # Refused requests
    {"page_size": 0}, {"page_size": 251}, {"page_size": "abc"}, {"page_size": [1, 2]}, {"kind": ""}, {"kind": "nonsense"},
    {"jurisdiction": "J-000000-0"}, {"starts_after": "soon"}, {"ordering": "size"}, {"cursor": "abc"},
    {"fields": "title,secret"}, {"updated_since": "yesterday"}, {"updated_since": "1-20200101"},
    {"updated_since": "start", "q": "row"}, {"updated_since": "start", "ordering": "id"}, {"exact": "no"}, {"q": "x" * 201},
    {"draft": "yes"}, {"kindd": "x", "another": "y"},
)  # fmt: skip
ELSEWHERE = (
    "organizations/?side=community", "organizations/?q=group", "meetings/?status=planned", f"meetings/?partnership={P}",
    f"measures/?result={KNOWN['ids']['results']}", f"activities/?partnership={P}", "jurisdictions/?state=MN",
    "partnerships/?q=%00", "partnerships/?q=%ff", "partnerships/%00/", f"meetings/{M}/?page_size=2", "?page_size=1",
)  # fmt: skip
