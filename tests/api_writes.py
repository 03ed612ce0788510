"""Every write of the API, with a token of every role: who is let in, and to what.

The rights are those of the pages: the groups of tests/access.py that PLACES names. A token never acts as an administrator.
"""

from django.test import Client

from partnerships.accounts.choices import Writable
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock
from partnerships.models import ApiToken, Contact
from tests import access
from tests.posting import Sender

# Path → the group of pages that changes such a record, the route of that page and of the one that adds a record, and what else
# is done to a record.
PLACES = {
    "partnerships": ("changing a partnership", "partnership_edit", "partnership_new", ("publish", "unpublish", "end")),
    "organizations": ("changing an organization", "organization_edit", "organization_new", ()),
    "jurisdictions": ("changing a jurisdiction", "jurisdiction_edit", None, ()),
    "departments": ("changing a department", "department_edit", "department_new", ()),
    "meetings": ("changing a meeting", "meeting_edit", "meeting_new", ("cancel", "close")),
    "results": ("changing a result", "result_edit", "result_new", ()),
    "measures": ("changing a measure", "measure_edit", "measure_new", ()),
    "activities": ("changing an activity", "activity_edit", "activity_new", ()),
    "plans": ("changing a plan", "plan_edit", "plan_new", ()),
    "action-items": ("changing an action", "action_edit", "action_new", ()),
    "check-ins": ("changing check-ins, and noting one", "checkinplan", "checkinplan_new", ("done",)),
    "interactions": ("changing an interaction", "interaction_edit", "interaction_new", ("follow-up",)),
    "compositions": ("correcting a count", "makeup", "makeup_new", ()),
    "populations": ("correcting a table of people", "population", "population_new", ()),
}
# Of these, everyone who may add one chooses its office in the body, and another one's is refused there.
WITH_OFFICE = ("partnerships", "organizations")


def clients(world):
    """Role → a client with a token that may do as much as this role's tokens can."""
    found = {}
    for role, person in world.people.as_roles().items():
        places = list(person.memberships.all())
        made = make_token(
            by=person, name="Writes", memberships=places, days=9, writes=Writable.values if places else ()
        )
        found[role] = Client(raise_request_exception=False, headers={"authorization": f"Bearer {made[1]}"})
    ApiToken.objects.filter(name="Writes").update(last_used_at=clock.now())  # noted once an hour, so not again here
    return found


def sender_of(world):
    """A Sender whose clients have these tokens. The organization gets a contact, who can be asked for check-ins."""
    desk = {"name": "Desk", "email": "desk@tenants.example.org", "visible_to": "public"}
    Contact.objects.create(organization=world.people.organization, **desk)
    tokens = clients(world)
    sender = Sender(world)
    sender.clients = tokens
    return sender


def targets(world):
    """(path, record, address, who may see it, who may write it) of every record of the table."""
    for path, (name, _, _, _) in PLACES.items():
        (group,) = [group for group in access.GROUPS if group.name == name]
        for record, rights in group.records.items():
            see, write = rights if isinstance(rights, tuple) else (rights, access.NOBODY)
            yield path, record, f"/api/v1/{path}/{world.key(record)}/", see, write


def new_bodies(world):
    """Path → a record that the office would lead or keep."""
    office, table = world.people.office.public_id, world.key("published")
    of_table, of_office = {"title": "New", "partnership": table}, {"title": "New", "jurisdiction": office}
    group = world.people.organization  # whose contact `sender_of` adds
    return {
        "partnerships": {"title": "New", "kind": "joint_project", "purpose": world.term.key, "lead": office},
        "organizations": {"name": "New", "side": "community", "kept_by": office},
        "departments": {"name": "New", "jurisdiction": office},
        "meetings": of_table | {"date": "2027-05-06", "time": "18:30"},
        "results": of_office | {"population": "Renters"},
        "measures": of_table | {"kind": "how_much", "unit": "number", "counted": "people"},
        "activities": of_table,
        "plans": of_office,
        "action-items": of_table | {"owner": office},
        "check-ins": {
            "partnership": world.key("with the partner"),
            "partner": group.public_id,
            "first_due_on": "2099-01-05",
        },
        "interactions": {"office": office, "organization": group.public_id, "date": "2026-01-05", "summary": "New"},
        "compositions": {"partnership": world.key("body"), "dimension": "disability", "counted_on": "2024-05-06"}
        | {"counts": {"members": 20, "prefer_not": 0, "no_answer": 0, "groups": {"with": 8, "without": 12}}},
        "populations": {"jurisdiction": office, "dimension": "age", "year": 2024, "total": 900, "source": "Census"}
        | {"counts": {"under-18": 200}},
    }


def send(sender, role, method, url, body, etag="*"):
    headers = {"if-match": etag} if etag else {}
    return sender.send(role, url, body, method=method, headers=headers)


def mismatches(world, sender=None, share=list):
    """(how many writes were tried, those that were answered otherwise than the table says, or that changed something).

    `share`: a part of the roles that is tried.
    """
    sender, wrong, tried = sender or sender_of(world), [], 0
    for role, person in share(world.people.as_roles().items()):
        is_out, writes = not person.is_active, person.memberships.exists()
        for path, record, url, see, write in targets(world):
            right = 401 if is_out else 403 if not writes else 428 if role in write else 403 if role in see else 404
            for method, more in [("PUT", ""), ("PATCH", ""), *(("POST", f"{name}/") for name in PLACES[path][3])]:
                sent = send(sender, role, method, f"{url}{more}", {}, etag=None)
                wrong += _differs(sent, f"{role} {method} {record} {more}", right)
                tried += 1
        for path, body in new_bodies(world).items():
            sent = send(sender, role, "POST", f"/api/v1/{path}/", body)
            # Who adds records of their own office can't give this one to another office.
            adds = role in access.EDITORS and not is_out and writes and path in WITH_OFFICE
            right = 401 if is_out else 201 if role in access.WRITERS and writes else 400 if adds else 403
            wrong += _differs(sent, f"{role} POST {path}", right)
            tried += 1
    return tried, wrong


def _differs(sent, where, right):
    if sent.answer.status_code != right:
        yield f"{where}: {sent.answer.status_code}, not {right}"
    if sent.touches and right != 201:
        yield f"{where}: changed {sorted({touch.sort for touch in sent.touches})}"


def careless(world, sender):
    """(how many changes were tried under no ETag or an old one, those that weren't refused as they should be)."""
    wrong, tried = [], 0
    for path, record, url, _, write in targets(world):
        # No token acts as an administrator.
        role = next(
            (role for role, one in world.people.as_roles().items() if role in write and one.memberships.exists()), ""
        )
        if not role:
            continue
        now = sender.clients[role].get(url).json()
        for method, more in [("PUT", ""), ("PATCH", ""), *(("POST", f"{name}/") for name in PLACES[path][3])]:
            for etag, right in ((None, 428), ('"old"', 412)):
                sent = send(sender, role, method, f"{url}{more}", {}, etag)
                wrong += _differs(sent, f"{method} {record} {more} under {etag}", right)
                if right == 412 and sent.answer.json().get("current") != now:
                    wrong.append(f"{method} {record} {more}: it isn’t told as it is now")
                tried += 1
    return tried, wrong


def figure():
    """Return for bench/figures/qi3.py how many writes were tried, and what went wrong."""
    from tests.people import make_people
    from tests.world import World

    world = World(make_people())
    sender = sender_of(world)
    by_right, wrong = mismatches(world, sender)
    unseen, more = careless(world, sender)
    return {"by right": by_right, "unseen": unseen, "wrong": wrong + more}
