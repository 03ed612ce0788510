"""A hidden record answers exactly as a missing one.

`compare(world)` tries it for every record that can be hidden, every role that may not see it, and every route and
filter, or for a share of these.
"""

import re
from dataclasses import dataclass, field

from partnerships.core.ids import MistypedId, parse
from tests import access, access_roles
from tests.test_access import address
from tests.world import MISSING, NUMBERED

TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|form_key)" value=|nonce=)"[^"]*"')
# A missing record has no change, merge or outcome, so its address has another number in this place.
CHANGE = re.compile(r"/history/\d+/undo/|/merge/\d+/apart/|/changes/[0-9a-f-]{36}/|/said/\d+/|/outcomes/\d+/")
# Headers that depend on a page's token, which are compared by the bodies, on the second of the answer, and on how many requests
# came before it.
LEFT_OUT = {"content-length", "set-cookie", "etag", "expires", "ratelimit"}
WITHOUT = {
    "P": "no partnership",
    "G": "no organization",
    "M": "no meeting",
    "J": "no jurisdiction",
    "D": "no department",
    "A": "no action",
    "E": "no seat",
    "R": "no round",
    "F": "no portfolio",
    "S": "no result",
    "N": "no measure",
    "V": "no activity",
    "K": "no plan",
    "Q": "no report",
    "B": "no makeup",
    "C": "no population",
    "T": "no check-in",
    "H": "no interaction",
}
# Filters of lists by a record: address, parameter, record.
FILTERS = (
    ("/partnerships/", "organization", "unlisted"),
    ("/partnerships/", "organization", "unlisted with the partner"),
    ("/partnerships.csv", "organization", "unlisted"),
    ("/partnerships.atom", "organization", "unlisted"),
    ("/api/v1/partnerships/", "organization", "unlisted"),
    ("/meetings/", "partnership", "draft"),
    ("/meetings.csv", "partnership", "draft"),
    ("/api/v1/meetings/", "partnership", "draft"),
    ("/results/", "partnership", "draft"),
    ("/measures/", "partnership", "draft"),
    ("/measures/", "result", "inner result"),
    ("/measures.csv", "result", "inner result"),
)


@dataclass
class Comparison:
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    records: set = field(default_factory=set)
    routes: set = field(default_factory=set)


def compare(world, share=list) -> Comparison:
    """Compare hidden records with missing ones.

    `share`: a function that returns those of a list of cases that are tried.
    """
    found, clients = Comparison(), {role: world.client(role) for role in world.roles()}
    for role, route, record in share([(one, *row) for one in clients for row in hidden_from(one)]):
        key, other = _key(world, record), _missing(world, record)
        urls = address(world, route, record), address(world, route, other)
        for method in ("get", "head", "post"):
            answers = [getattr(clients[role], method)(url) for url in urls]
            _note(found, f"{role} {method} {urls[0]}", answers, (key, _key(world, other)))
        found.records.add(record.removeprefix("api "))
        found.routes.add(route)
    for role, url, parameter, record in share([(one, *row) for one in clients for row in FILTERS]):
        if access_roles.equivalent_role(role, access.API if "/api/" in url else access.READ) in _seen_by(record):
            continue
        keys = world.key(record), MISSING[world.key(record)[0]]
        answers = [clients[role].get(url, {parameter: key}) for key in keys]
        _note(found, f"{role} {url}?{parameter}={keys[0]}", answers, keys, status=400)
    return found


def hidden_from(role):
    """Yield each (route, record) that the table of rights hides from this role, except records that don't exist."""
    for group in access.GROUPS:
        equivalent_role = access_roles.equivalent_role(role, group.kind)
        for record, rights in group.records.items():
            see = rights[0] if isinstance(rights, tuple) else rights
            if see and equivalent_role not in see and record:
                yield from ((route, record) for route in group.routes)


def _seen_by(record):
    return next(group.records[record] for group in access.GROUPS if record in group.records)


def _key(world, record):
    return str(world.key(record.removeprefix("api ")))


def _missing(world, record):
    for missing in NUMBERED:
        if record.endswith(missing.removeprefix("no ")):
            return missing
    api = "api " if record.startswith("api ") else ""
    return api + WITHOUT[_key(world, record)[0]]


def _note(found, where, answers, keys, status=404):
    found.tried += 1
    statuses = [answer.status_code for answer in answers]
    if statuses not in ([status, status], [405, 405]):
        found.wrong.append(f"{where}: {statuses}")
    bodies = [blank(answer.content.decode(), key) for answer, key in zip(answers, keys, strict=True)]
    if bodies[0] != bodies[1]:
        found.wrong.append(f"{where}: the bodies differ")
    headers = [{k.lower(): v for k, v in answer.items() if k.lower() not in LEFT_OUT} for answer in answers]
    if headers[0] != headers[1]:
        found.wrong.append(f"{where}: the headers differ")


def blank(text, key):
    """Return the text without what may differ: tokens, and the requested id."""
    assert _is_key(key), key
    text = CHANGE.sub("/history/N/undo/", text)
    return TOKEN.sub(r'\1""', text).replace(*(f"/{key}/", "/ID/") if key.isdecimal() else (key, "ID"))


def _is_key(key):
    try:
        return key.isdecimal() or parse(key) == key
    except MistypedId:
        return False


def figure():
    """Return for bench/figures/qa4.py: the number of comparisons, and those that differ."""
    from tests.people import make_people
    from tests.world import World

    found = compare(World(make_people()))
    return {"tried": found.tried, "wrong": found.wrong, "records": sorted(found.records), "routes": len(found.routes)}
