"""openapi.yaml as schemathesis should read it: with the ids and keys of the records that `make_known` makes.

The API refuses unknown values with a 400, which no schema can foresee. So open values get an enum here, and then valid
requests must succeed. Sync and search exclude each other, so lists are tried in two turns. A third turn uses the
description as it's published, with unknown ids, and with sync and an order together. There, a refusal is right as well
(REFUSED_TOO), as long as it's documented.

The turn STATEFUL has reads and writes of records, one after another: schemathesis takes ids from answers. The turn WRITES has
every operation that changes something, as each of WRITERS. What a body may say depends on the record and on
who sends it, so documented refusals (REFUSED_WRITES) are right there too. Bodies name the same records, so some are saved.
"""

import copy
from datetime import date

import yaml
from django.conf import settings

from partnerships.accounts.choices import Writable
from partnerships.accounts.token_actions import make_token
from partnerships.api import schemas
from partnerships.api.resources import RESOURCES
from partnerships.core import clock
from partnerships.core import ids as public_ids
from partnerships.core.access import SYSTEM
from partnerships.meetings import action_items
from partnerships.models import (
    Activity,
    Agreement,
    Department,
    Jurisdiction,
    Measure,
    Meeting,
    Membership,
    Organization,
    Partnership,
    Publication,
    Result,
)
from partnerships.registry import publication
from tests import factories
from tests.assessment.conftest import Board
from tests.assessment.test_publishing import agree, opened_round

J, D, G, P, M, S, N, V, K, A, R, T, B, C, H = (public_ids.from_number(prefix, 7) for prefix in "JDGPMSNVKARTBCH")
KNOWN = {
    "purpose": ["learning"],
    "origin": ["outside_organizing"],
    "issue": ["housing"],
    "community": ["renters"],
    "jurisdiction": [J],
    "department": [D],
    "lead": [J],
    "organization": [G],
    "partnership": [P],
    "result": [S],
    "ids": {"partnerships": P, "organizations": G, "jurisdictions": J, "departments": D, "issue-areas": "housing", "meetings": M,
        "results": S, "measures": N, "activities": V, "plans": K, "action-items": A, "agreements": P, "rounds": R,
        "vocabularies": "circle", "check-ins": T, "compositions": B, "populations": C, "interactions": H},
}  # fmt: skip
SYNC, LISTS, PUBLISHED, WRITES, STATEFUL = "sync", "lists", "as published", "writes", "one after another"
REFUSED_TOO = ["2xx", "304", "400", "404", "410"]
REFUSED_WRITES = ["2xx", "400", "403", "404", "412", "422", "428"]
# Who writes: (email address, role, whether in the city or in its partner).
WRITERS = {
    "editor": ("writes@example.org", "editor", "jurisdiction"),
    "manager": ("manages@example.org", "manager", "jurisdiction"),
    "partner": ("takes.part@example.org", "editor", "organization"),
    "reader": ("reads@example.org", "reader", "jurisdiction"),
}
# Names of bodies → what they may name.
NAMED = {
    "partnership": P, "jurisdiction": J, "lead": J, "kept_by": J, "result": S, "activity": V, "owner": G, "id": G,
    "supplied_by": G, "purpose": "learning", "issue_areas": "housing", "communities": "renters", "area": J, "results": S,
    "office": J, "organization": G,
    "partnerships": P, "invite": G, "partner": G, "neighbors": J, "overlaps": J, "decided_by": G, "could_block": G, "held_by": G,
}  # fmt: skip


def make_known():
    """Make the records that KNOWN names, and an editor of the jurisdiction."""
    area = factories.make_issue_area()
    city = factories.make_jurisdiction("City", state="MN", stage="organizing")
    office = factories.make_department(city, issue_areas=[area])
    group = factories.make_organization(
        "Group",
        listing="profiled",
        kind=factories.make_term("organization_kind", "grassroots"),
        area=[city],
        issue_areas=[area],
    )
    work = factories.make_partnership(
        lead=city,
        parties=[factories.party(office, "lead"), factories.party(group, "backbone", circle="decides")],
        issue_areas=[area],
        communities=[factories.make_term("community", "renters")],
        origin=factories.make_term("origin", "outside_organizing"),
        starts_on=date(2026, 1, 1),
        engagement=2,
    )
    meeting = factories.make_meeting(work, is_public=True)
    result = factories.make_result(lead=city, issue_areas=[area], partnerships=[work], is_published=True)
    measure = factories.make_measure(result=result, is_published=True)
    activity = factories.make_activity(work, results=[result], is_public=True)
    for model, record, public_id in (
        (Jurisdiction, city, J),
        (Department, office, D),
        (Organization, group, G),
        (Partnership, work, P),
        (Meeting, meeting, M),
        (Result, result, S),
        (Measure, measure, N),
        (Activity, activity, V),
    ):
        model.objects.filter(pk=record.pk).update(public_id=public_id)
    Publication.objects.filter(partnership=work).update(public_id=P)
    publication.publish([work.pk])
    return city


def make_more(city):
    """The records that KNOWN names of the kinds that belong to others."""
    work = Partnership.objects.get(public_id=P)
    plan = factories.make_plan(lead=city, outcomes=[{"title": "Homes", "partnerships": [work]}], is_published=True)
    action = action_items.save_action(
        by=SYSTEM, fields={"partnership": work, "title": "Send the notes", "owner_party": work.parties.first()}
    )
    Agreement.objects.create(partnership=work, scope="Two clinics")
    publication.publish([work.pk])
    board = Board(city)
    opened_round(board, 1, 3)
    agree(board, 0), agree(board, 1)
    body = factories.make_body(lead=city)
    check_ins = factories.make_check_ins(work)
    counts = (factories.make_composition(body), factories.make_population(city))
    call = factories.make_interaction(city, organization=Organization.objects.get(public_id=G), partnerships=[work])
    for record, public_id in (
        (plan, K), (action, A), (board.round, R), (check_ins, T), (counts[0], B), (counts[1], C),
        (call, H),
    ):  # fmt: skip
        type(record).objects.filter(pk=record.pk).update(public_id=public_id)


def make_writers(city):
    """Name → the secret of a token that may change whatever its person may."""
    group, found = Organization.objects.get(public_id=G), {}
    for name, (email, role, kind) in WRITERS.items():
        person = factories.make_person(email)
        body = {kind: {"jurisdiction": city, "organization": group}[kind]}
        place = Membership.objects.create(person=person, role=role, **body)
        token = make_token(by=person, name="Fuzz", memberships=[place], days=9, writes=Writable.values)
        found[name] = token[1]
    return found


def _writes(document, methods):
    """The operations with these methods, with the records that they may name."""
    paths = {
        path: {method: operation for method, operation in item.items() if method in methods}
        for path, item in document["paths"].items()
    }
    document["paths"] = {path: item for path, item in paths.items() if item}
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["schema"] = {"type": "string", "enum": [KNOWN["ids"][path.split("/")[3]]]}
                elif parameter["name"] == "If-Match":
                    parameter["schema"] = {"type": "string", "enum": ["*"]}
    shown = {*schemas.PARTS, *(view.record for view in RESOURCES.values())}
    for title, schema in document["components"]["schemas"].items():
        if title in shown:  # an answer isn't limited to these
            continue
        for name, found in schema.get("properties", {}).items():
            texts = found.get("items", found)
            if name in NAMED and texts.get("type") == "string":
                texts["enum"] = [NAMED[name]]
                texts.pop("pattern", None)
    return document


def described(turn, *, staff=False) -> dict:
    """Return the description for one turn: LISTS without updated_since, SYNC without what excludes it, or PUBLISHED."""
    found = yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text(encoding="utf-8"))
    if turn == WRITES:
        return _writes(found, ("post", "put", "patch"))
    if turn == STATEFUL:
        return _writes(found, ("get", "post", "put", "patch"))
    reads = {path: {"get": item["get"]} for path, item in found["paths"].items() if "get" in item}
    found["paths"] = reads
    if turn == PUBLISHED:
        return found
    if not staff:
        for name in ("action-items", "check-ins", "interactions"):  # never public
            del reads[f"/api/v1/{name}/{{id}}/"]
    for path, item in found["paths"].items():
        operation = item["get"]
        left_out = {"cursor", "format", "after_id"} | (
            {"include"} if turn == SYNC else set()
        )  # a file excludes what pages take; test_files tries them
        if "x-not-in-sync" in operation:
            left_out |= set(operation["x-not-in-sync"]) if turn == SYNC else {"updated_since"}
        operation["parameters"] = [
            _with_known(copy.deepcopy(parameter), path)
            for parameter in operation.get("parameters", [])
            if parameter["name"] not in left_out and (staff or not parameter.get("x-staff-only"))
        ]
    if turn == SYNC:
        found["paths"] = {path: item for path, item in found["paths"].items() if "x-not-in-sync" in item["get"]}
    return found


def _with_known(parameter, path):
    name, schema = parameter["name"], parameter["schema"]
    resource = path.split("/")[3]
    if parameter["in"] == "path":
        parameter["schema"] = {"type": "string", "enum": [KNOWN["ids"][resource]]}
    elif name == "updated_since":
        parameter["schema"] = {"type": "string", "enum": ["start", f"1-{clock.today():%Y%m%d}"]}
    elif name == "within":
        schema["items"] = {"type": "string", "enum": KNOWN["issue" if resource == "issue-areas" else "jurisdiction"]}
    elif name == "kind" and resource == "organizations":
        schema["items"] = {"type": "string", "enum": ["grassroots"]}
    elif name in KNOWN:
        schema["items"] = {"type": "string", "enum": KNOWN[name]}
    return parameter


assert set(KNOWN["ids"]) == set(RESOURCES)
