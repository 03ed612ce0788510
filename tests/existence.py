"""No one can find out by trying whether the registry holds a record that they may not know of.

Each of `PROBES` does what someone might try, once in a registry with such records (`hide`) and once in one without.
After ids, row numbers and tokens are blanked, the answers must be the same bytes and take the same number of queries,
since response times could give a record away, too.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver

from partnerships import tasks
from partnerships.core import stamps
from partnerships.core.access import SYSTEM
from partnerships.core.ids import SHAPE
from partnerships.directory.actions import save_organization
from partnerships.models import Import
from partnerships.records.imports import files as importing
from tests import factories
from tests.counts import forget_counts
from tests.people import make_people
from tests.world import MISSING

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
NAME, EIN, UEI, SITE = "Quiet homes alliance", "12-3456789", "ABCDEFGH1234", "https://quiet.example"
ADDRESS, PHONE = "desk@quiet.example", "612-555-0199"
NO_ROWS = {f"{name}-{n}": "0" for name in ("contacts", "identifiers") for n in ("TOTAL_FORMS", "INITIAL_FORMS")}
# Everyone who may not know of the hidden records.
ROLES = ("anonymous", "stranger", "partner", "editor")
_BLANKS = tuple(
    (re.compile(pattern), r"\1…")
    for pattern in (
        r"()" + SHAPE,
        r'((?:name="(?:csrfmiddlewaretoken|form_key|draft_hand|seen)" value=|nonce=|"as_of": ?)")[^"]*',
        r"(/)\d+(?=/)",
        r'(value="(?:[a-z]+:)?)\d+(?=")',
        r"((?:cursor|after)=)[^\"&\s>;]+",
    )
)


class World:
    """The records that a probe sees.

    An organization of its office, its own organization, and a published partnership of both.
    """

    def __init__(self, hides):
        self.people = make_people()
        self.office = self.people.office
        self.people.editor.memberships.update(role="manager")
        self.own = factories.make_organization("Open table", "named", kept_by=self.office, listing_source="A report")
        self.department = factories.make_department(self.office, "Department of Homes")
        if hides:
            self.hide()
        parties = [factories.party(self.office, "lead"), factories.party(self.people.organization, "member")]
        if hides:
            parties.append(factories.party(self.hidden, "member"))
        self.partnership = factories.make_partnership("Homes for all", lead=self.people.other_office, parties=parties)
        if hides:
            factories.make_meeting(self.partnership, title="Quiet table", is_public=False)
            lead = self.people.other_office
            factories.make_partnership(
                "Quiet draft", lead=lead, published=False, parties=[factories.party(lead, "lead")]
            )

    def hide(self):
        fields = {"name": NAME, "kept_by": self.people.other_office, "website": SITE, "aims": "Quiet homes"}
        self.hidden = save_organization(
            by=SYSTEM,
            fields=fields,
            identifiers=[{"scheme": "ein", "value": EIN}, {"scheme": "uei", "value": UEI}],
            contacts=[{"name": "Quiet desk", "email": ADDRESS, "phone": PHONE}],
        )
        manager = factories.make_person(ADDRESS, name="Quiet manager")
        self.hidden.memberships.create(person=manager, role="manager")
        save_organization(organization=self.hidden, by=manager, fields={"mail_domain": "quiet.example"})

    def client(self, role):
        client = Client()
        if role != "anonymous":
            client.force_login(getattr(self.people, role))
        return client


def _rows(**rows):
    """Return the form data of a form's lists with one row each. `rows`: list name → fields of the row."""
    found = dict(NO_ROWS)
    for name, row in rows.items():
        found[f"{name}-TOTAL_FORMS"] = "1"
        found |= {f"{name}-0-{key}": value for key, value in row.items()}
    return found


def _new(name="Other homes", **rows):
    def probe(world, client):
        typed = {"name": name, "side": "community", "listing": "unlisted", "kept_by": world.office.pk}
        website = rows.get("website", "")
        lists = {key: row for key, row in rows.items() if key != "website"}
        yield client.post("/organizations/new/", typed | {"website": website} | _rows(**lists))
        yield client.get("/organizations/duplicates/")

    return probe


def _edit(value):
    def probe(world, client):
        page = f"/organizations/{world.own.public_id}/"
        typed = {"name": world.own.name, "side": "community", "listing": "named", "listing_source": "A report"}
        typed |= {"kept_by": world.office.pk, "version": world.own.version}
        yield client.post(f"{page}edit/", typed | _rows(identifiers={"scheme": "ein", "value": value}))
        for more in ("", "edit/", "history/", "merge/"):
            yield client.get(f"{page}{more}")

    return probe


def _department(world, client):
    page = f"/departments/{world.department.public_id}/"
    typed = {"jurisdiction": world.office.pk, "name": "Department of Homes", "kind": "department"}
    typed |= {"version": world.department.version}
    yield client.post(f"{page}edit/", typed | _rows(identifiers={"scheme": "uei", "value": UEI}))


def _import(world, client):
    """Import a file: preview it, compare it, save it. Roles that may not import stop at the refusal."""
    content = f"Name,EIN,UEI,Website\nOther homes,{EIN},,\nMore homes,,{UEI},{SITE}\n{NAME},,,\n".encode()
    if client.get("/imports/").status_code != 200:
        return
    by = world.people.editor
    file_import = importing.add_file(
        by=by, jurisdiction=world.office, kind="organizations", filename="a.csv", content=content
    )
    importing.match(one=file_import, by=by, columns={int(place): key for place, key in file_import.columns.items()})
    tasks.process_imports()
    yield client.get(f"/imports/{file_import.pk}/")
    file_import = Import.objects.get(pk=file_import.pk)
    yield repr((file_import.state, file_import.result))
    importing.start_writing(one=file_import, by=by)
    tasks.process_imports()
    yield client.get(f"/imports/{file_import.pk}/")


def _get(*paths):
    def probe(world, client):
        for path in paths:
            yield client.get(path.format(partnership=world.partnership.public_id, own=world.own.public_id))

    return probe


def _propose(world, client):
    typed = {"name": NAME, "website": SITE, "office": world.office.pk, "position": "Director", "evidence": "Call us"}
    yield client.post("/organizations/propose/", typed)
    yield client.get("/claims/")


def _missing(world, client):
    yield client.post(
        "/organizations/missing/", {"name": NAME, "website": SITE, "office": world.office.pk, "words": "It is"}
    )


def _invite(world, client):
    for address in (ADDRESS, "nobody@quiet.example"):
        yield client.post(
            f"/jurisdictions/{world.office.public_id}/people/invite/", {"email": address, "role": "editor"}
        )
    yield client.get(f"/jurisdictions/{world.office.public_id}/people/")


def _merge(world, client):
    yield client.get(f"/organizations/{world.own.public_id}/merge/", {"other": NAME})


def _partner(world, client):
    """Name the hidden organization as a partner of a new partnership."""
    yield client.get("/partnerships/new/")
    typed = {"title": "Homes", "kind": "joint_project", "lead": world.office.pk, "parties-0-entity": NAME}
    typed |= {"parties-TOTAL_FORMS": "1", "parties-INITIAL_FORMS": "0"}
    yield client.post("/partnerships/new/", typed)


def _routes(prefix, resolver=None, before="") -> list[str]:
    """Yield each pattern of the URL conf that begins with this text, as written there."""
    found = []
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += _routes(prefix, one, route)
        elif route.startswith(prefix):
            found.append(route)
    return found


def addresses_of(public_id) -> list[str]:
    """All addresses of one organization: its pages, the buttons there, and the API."""
    routes = [re.sub(r"<[^>]+>", public_id, route, count=1) for route in _routes("organizations/<")]
    filled = {"/" + re.sub(r"<[^>]+>", "1", route) for route in routes}
    return sorted(filled | {f"/api/v1/organizations/{public_id}/"})


def _crawl(world, client):
    """Request each address of the hidden organization, or of a missing one.

    Reads it, and posts with and without a CSRF token.
    """
    public_id = world.hidden.public_id if hasattr(world, "hidden") else MISSING["G"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for url in addresses_of(public_id):
        yield client.get(url)
        yield client.head(url)
        yield client.post(url, {"confirmed": "on", "email": ADDRESS, "role": "editor", "other": world.own.public_id})
        yield client.post(url, {"draft": "1"})
        yield strict.post(url, {"confirmed": "on"})


PROBES = {
    "each address of it": _crawl,
    "a new record with its EIN": _new(identifiers={"scheme": "ein", "value": EIN}),
    "a new record with its EIN, spelled otherwise": _new(identifiers={"scheme": "ein", "value": EIN.replace("-", "")}),
    "a new record with its UEI": _new(identifiers={"scheme": "uei", "value": UEI.lower()}),
    "a new record with its name": _new(NAME),
    "a new record with its website": _new(website=SITE),
    "a new record with its contact": _new(
        contacts={"name": "Desk", "email": ADDRESS, "phone": PHONE, "visible_to": "staff", "language": "en"}
    ),
    "its EIN on one's own record": _edit(EIN),
    "its UEI on a department": _department,
    "an import of its numbers, website and name": _import,
    "a proposal of it": _propose,
    "a suggestion that it is missing": _missing,
    "an invitation of its manager": _invite,
    "a merge with it, by name": _merge,
    "a partner by its name": _partner,
    "search": _get(
        "/organizations/?q=quiet", "/organizations/?q=quite", "/partnerships/?q=quiet", "/meetings/?q=quiet",
        "/api/v1/organizations/?q=quiet",
    ),
    "lists and their counts": _get(
        "/organizations/", "/partnerships/", "/meetings/", "/organizations.csv", "/partnerships.csv", "/network/", "/coverage/",
        "/partnerships.atom", "/partnerships.atom?q=quiet", "/results.atom",
    ),
    "what it takes part in": _get(
        "/partnerships/{partnership}/",
        *(
            f"/partnerships/{{partnership}}/{tab}/"
            for tab in ("partners", "power", "results", "meetings", "timeline", "agreement")
        ),
        "/api/v1/partnerships/{partnership}/", "/partnerships/{partnership}/meetings.ics",
    ),
    "the API and its sync": _get(
        *(f"/api/v1/{kind}/" for kind in ("organizations", "partnerships", "meetings")), "/api/v1/organizations/?side=community",
        *(f"/api/v1/{kind}/?updated_since=start" for kind in ("organizations", "partnerships", "meetings")),
    ),
    "its address to sign in": lambda world, client: iter([client.post("/sign-in/", {"email": ADDRESS})]),
}  # fmt: skip


@dataclass
class Comparison:
    compared: int = 0
    differ: list[str] = field(default_factory=list)


def compare(cases) -> Comparison:
    """Compare both registries. `cases`: pairs of a role and the name of a probe."""
    found = Comparison()
    for role, name in cases:
        with_it, without = _answers_of_probe(role, name, hides=True), _answers_of_probe(role, name, hides=False)
        found.compared += len(without)
        if len(with_it) != len(without):
            found.differ.append(f"{role}: {name}: {len(with_it)} answers, or {len(without)}")
        for place, (one, other) in enumerate(zip(with_it, without, strict=False)):
            if one != other:
                found.differ.append(f"{role}: {name}: answer {place}: {_first_difference(one, other)}")
    return found


def cases() -> list[tuple[str, str]]:
    return [(role, name) for role in ROLES for name in PROBES]


def _answers_of_probe(role, name, *, hides) -> list[tuple]:
    """Return for each answer of a probe its status, headers and text, blanked, and the number of queries."""
    answers = []
    with _world(hides) as world:
        client = world.client(role)
        client.get("/")  # read what a process or session caches
        steps = iter(PROBES[name](world, client))
        while True:
            with CaptureQueriesContext(connection) as asked:
                answer = next(steps, None)
            if answer is None:
                return answers
            answers.append((len(asked), _blank(answer)))


@contextmanager
def _world(hides):
    forget_counts()
    with time_machine.travel(NOON, tick=False), transaction.atomic(), patch.object(stamps, "as_of", lambda: 2**62):
        yield World(hides)
        transaction.set_rollback(True)


_NOT_COMPARED = ("Content-Length", "ETag", "RateLimit")


def _blank(answer) -> str:
    if not isinstance(answer, str):
        text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
        headers = {name: value for name, value in answer.headers.items() if name not in _NOT_COMPARED}
        answer = f"{answer.status_code} {sorted(headers.items())}\n{text}"
    for pattern, rest in _BLANKS:
        answer = pattern.sub(rest, answer)
    return answer


def _first_difference(one, other) -> str:
    if one[0] != other[0]:
        return f"{one[0]} queries, or {other[0]}"
    lines = zip(one[1].splitlines(), other[1].splitlines(), strict=False)
    pair = next(((mine, theirs) for mine, theirs in lines if mine != theirs), ("", ""))
    start = next((n for n, (a, b) in enumerate(zip(*pair, strict=False)) if a != b), 0)
    return " | ".join(line[max(0, start - 60) : start + 80] for line in pair)


def figure():
    """Return the result for bench/figures/qa25.py. Runs in a process of its own."""
    settings.ALLOWED_HOSTS = ["*"]
    found = compare(cases())
    return {"compared": found.compared, "differ": found.differ, "probes": len(PROBES), "roles": len(ROLES)}
