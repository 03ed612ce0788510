"""Every route, requested by every role with every kind of record, must answer as tests/access.py says."""

import re
from uuid import UUID

import pytest
from django.db.models import Q
from django.urls import get_resolver, path, reverse
from django.urls.resolvers import URLPattern

from partnerships.api.resources import BY_FIRST
from partnerships.core import merges
from partnerships.models import Change, Email
from tests import access, access_roles, api_writes
from tests.people import ROLES
from tests.posting import taken_back
from tests.shares import share_of
from tests.snapshots import snapshot_of
from tests.world import World

pytestmark = pytest.mark.slow

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SOME = ("GET", "POST", "DELETE")  # bench/figures/qa1.py tries the others
LET_IN = {200, 302, 409, 422}
PATHS = {prefix: view.path for prefix, view in BY_FIRST.items()} | {"A": "issue-areas", "action": "action-items"}
# Arguments of an address besides its record.
WORDS = {
    "word_list": ["kind"],
    "word": ["kind", "contract"],
    "own_word": ["kind", "contract"],
    "term_new": ["purpose"],
    "site_text": ["privacy"],
    "sitemap_part": ["partnership", 0],
}


def routes(patterns, space="", before=""):
    """The names of all routes, like “admin:index”. A route without a name is called by its pattern."""
    for pattern in patterns:
        text = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield space + one_for_all(pattern.name or text)
        elif pattern.namespace:
            yield from routes(pattern.url_patterns, f"{space}{pattern.namespace}:")
        else:
            yield from routes(pattern.url_patterns, space, text)


def one_for_all(name):
    """The API's lists and records of all kinds have one name each, since the router names them alike."""
    return re.sub(r"api-[a-z-]+-(list|detail)", lambda found: {"list": "api_list", "detail": "api_one"}[found[1]], name)


def misplaced_routes(patterns):
    """The routes that are in no group, or in two."""
    placed = [route for group in access.GROUPS for route in group.routes]
    return sorted(route for route in set(routes(patterns)) if placed.count(route) != 1)


def test_every_route_is_in_exactly_one_group():
    assert misplaced_routes(get_resolver().url_patterns) == []


def test_no_group_names_a_route_that_is_gone():
    assert {route for group in access.GROUPS for route in group.routes} - set(
        routes(get_resolver().url_patterns)
    ) == set()


PLANTED = ("planted", "admin:partnerships_contact_changelist", None)


def found_when_planted(name):
    planted = path("planted/", lambda request: None, name=name)
    return misplaced_routes([*get_resolver().url_patterns, planted]) == [name or "planted/"]


@pytest.mark.parametrize("name", PLANTED)
def test_a_route_in_no_group_is_found(name):
    assert found_when_planted(name)


@pytest.fixture
def world(people, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    return snapshot_of(World, people)


# List → a menu of its filters, for lists that have none of issue areas.
WITHOUT_ISSUES = {"jurisdictions": "kind", "actions": "status", "interactions": "kind", "rounds": "kind"}


def address(world, route, record):
    if record == "its link":
        return reverse(route, args=[world.link(route)])
    if record == "of the editor":
        record = f"{'token' if 'token' in route else 'calendar'} of the editor"
    if record == "a followed record":
        return reverse(route, args=["partnership", world["published"].pk])
    if route in WORDS:
        return reverse(route, args=[*([world.key(record)] if record else []), *WORDS[route]])
    if route in ("round_name", "round_code", "round_vouch"):
        return reverse(route, args=[world.key(record), world["round place"].party_id])
    if route == "round_publish":
        return reverse(route, args=[world.key(record), world["place in the opened round"].pk])
    if route.endswith("_undo"):
        there = latest_change(world.records.get(record))
        return reverse(route, args=[world.key(record), there.pk if there else 1])
    if route in ("changed_together", "undo_together"):
        pk = getattr(world.records.get(record), "pk", 0)
        first = Change.objects.filter(record_type="partnership", record_id=pk).last()
        return reverse(route, args=[world.together.get(record) or (first.request_id if first else UUID(int=7))])
    if route.endswith("_apart"):
        return reverse(route, args=[world.key(record), _merge_into(world.records.get(record))])
    if route in ("measure_svg", "measure_png"):
        return reverse(route, args=[world.key(record), "trend"])
    if route == "measure_answer":
        return reverse(route, args=[world.key(record), world.said.get(world.key(record), 1)])
    if route == "measure_take_back":  # the world has no statement on a measure to withdraw
        return reverse(route, args=[world.key(record), 987654321])
    if route == "partner_edit":  # the lead agency takes part in each record of the world
        return reverse(route, args=[world.key(record), world.people.office.public_id])
    if route == "measure_number":
        return reverse(route, args=[world.key(record), "2024-01-01"])
    if route in ("makeup_new", "population_new"):
        return reverse(route, args=[world.key(record), "race"])
    if route == "person_merge_with":
        return reverse(route, args=[world.key(record), world.people.other_partner.pk])
    if route == "round_note":
        return reverse(route, args=[world.key(record), "decisions"])
    if route in ("outcome_edit", "outcome_remove"):
        there = getattr(world.records.get(record), "outcomes", None)
        return reverse(route, args=[world.key(record), there.first().pk if there else 1])
    if route == "area_seat_new":
        return reverse(route, args=[world.key(record), world.key("issue area")])
    if route in ("saved_list_new", "list_file_new"):
        return reverse(route, args=["partnerships"])
    if route.endswith("_filter_menu"):
        return reverse(route, args=[WITHOUT_ISSUES.get(route.removesuffix("_filter_menu"), "issue")])
    if route == "import_template":
        return reverse(route, args=["organizations", "csv"])
    if route == "api_list":
        return f"/api/v1/{record.removeprefix('list of ')}/"
    if route == "api_one":
        key = world.key(record.removeprefix("api "))
        prefix = "action" if record.endswith(" action") else "A" if "issue area" in record else key[0]
        return f"/api/v1/{PATHS[prefix]}/{key}/"
    if route == "api_nothing":
        return "/api/v1/some/where/else/"
    if route.startswith("admin:"):
        return _vocabulary(world, route)
    return reverse(route, args=[world.key(record)] if record else [])


def latest_change(record):
    """The audit log entry of the record's latest edit, or its first entry, or None without a record."""
    kind = record._meta.model_name if record else ""
    found = Change.objects.filter(record_type=kind, record_id=getattr(record, "pk", 0))
    return found.filter(verb="update").first() or found.last()


def _merge_into(record):
    return next((merge.pk for merge in merges.active_merges(record)), 1) if record else 1


def _vocabulary(world, route):
    pk = world.term.pk if "term" in route else world["issue area"].pk
    if route == "admin:(?P<url>.*)$":
        return "/vocabularies/there/is/nothing/here"
    if "<" in route:
        return f"/vocabularies/{route.removeprefix('admin:').replace('<path:object_id>', str(pk))}"
    args = {"admin:app_list": ["partnerships"], "admin:view_on_site": [987654, 1]}
    return reverse(
        route,
        args=args.get(
            route, [pk] if route.endswith(("_change", "_history", "_delete")) and "password" not in route else []
        ),
    )


def expected(group, record, role, method):
    """Return the right statuses, or None if every status is right except a server error."""
    whose = access_roles.equivalent_role(role, group.kind)
    if group.kind == access.OWN:
        found = [status for who in (role, whose) for status, whom in group.statuses.items() if who in whom]
        return {found[0]} if method == "GET" else None
    rights = group.records[record]
    see, write = rights if isinstance(rights, tuple) else (rights, access.NOBODY)
    hidden = {200} if whose in see else {404}
    if group.kind == access.WRITE:
        if method not in ("GET", "POST"):
            return {405}
        return LET_IN if whose in write else {403} if whose in see else {404}
    if method in ("GET", "HEAD"):
        return hidden
    if record in ("elsewhere", "list of nothing") and method != "OPTIONS":
        return {404}
    if takes_writes(record, method):  # no role here has a token that may write
        return {403} if role == "read_token" else {401}
    return {204} if (group.kind, method) == (access.API, "OPTIONS") else {405}


CHANGED_BY_API = {
    *("list of partnerships", "api published", "api draft", "api shared draft", "api no partnership"),
    *("list of organizations", "api profiled", "api named", "api unlisted", "api unlisted with the partner"),
    *("api no organization", "list of departments", "api department"),
    *("list of meetings", "api public meeting", "api internal meeting", "api meeting of the partner"),
    *(
        "api meeting of a draft",
        "api no meeting",
        "list of results",
        "api public result",
        "api inner result",
        "api no result",
    ),
    *("list of measures", "api public measure", "api inner measure", "api no measure", "api jurisdiction"),
    *("list of activities", "api public activity", "api activity", "api partner's activity", "api no activity"),
    *("list of plans", "api public plan", "api plan", "api no plan"),
    *("list of action-items", "api partner's action", "api action", "api no action"),
    *("list of check-ins", "api check-in", "api no check-in"),
    *("list of interactions", "api interaction", "api shared interaction", "api no interaction"),
    *("list of compositions", "api makeup", "api makeup of a draft", "api no makeup"),
    *("list of populations", "api population", "api no population"),
}


def takes_writes(record, method):
    return record in CHANGED_BY_API and method in (("POST",) if record.startswith("list") else ("PUT", "PATCH"))


def cells(groups=access.GROUPS):
    """The (group, route, record) of every row of the table."""
    return [(group, route, record) for group in groups for route in group.routes for record in group.records or [""]]


def mismatches(world, role, methods, rows):
    """Return a line for each difference from these rows of the table for this role. Nothing may be written."""
    client, before, wrong = world.client(role), count_written(), []
    for group, route, record in rows:
        url = address(world, route, record)
        for method in methods:
            # No record has this version, so those who may write get an edit conflict, and nothing is saved.
            data = {"version": "0"} if method == "POST" else None
            status = getattr(client, method.lower())(url, data).status_code
            right = expected(group, record, role, method)
            if (status not in right) if right else status >= 500 and status not in group.statuses:
                wrong.append(f"{role} {method} {url}: {status}, not {sorted(right or ())}")
            if method == "POST" and ("logout" in route or "confirm_login_code" in route):
                client = world.client(role)
    return wrong + (
        [f"{role}: something was written: {before} became {count_written()}"] if count_written() != before else []
    )


def all_mismatches(world, rows_of, methods=METHODS):
    """The same for all roles. `rows_of`: role → rows to try. What a role does is rolled back before the next one."""
    wrong = []
    for role, rows in rows_of.items():
        with taken_back():
            wrong += mismatches(world, role, methods, rows)
    return wrong


def count_written():
    """How much was written.

    Revoking a token or service account, sending a round's reminders and making a council report in one press take no
    version, so the log has them, and they aren't counted.
    """
    pressed = Q(verb__in=("untoken", "unservice", "remind")) | Q(verb="create", record_type="reportdefinition")
    return Change.objects.exclude(pressed).count(), Email.objects.count()


EVERYONE = ["anonymous", "link_holder", *ROLES, "read_token"]


def test_roles_are_answered_as_the_table_says(world):
    """A share of the rows, each as one or more roles."""
    share = share_of([(role, row) for row in cells() for role in EVERYONE], 43)
    rows_of = {role: [row for one, row in share if one == role] for role in EVERYONE}
    assert all(rows_of.values())
    assert all_mismatches(world, rows_of, SOME) == []


def test_tokens_write_what_the_pages_of_their_role_write(world):
    tried, wrong = api_writes.mismatches(world, share=lambda roles: share_of(roles, 4))
    assert wrong == []
    assert tried >= 250


def test_every_role_is_in_the_table(world):
    assert {access_roles.equivalent_role(role, access.API) for role in world.roles()} == access.ANYONE


def figure():
    """Return for bench/figures/qa1.py how many rows were tried, and the wrong ones."""
    from tests.people import make_people

    world, rows = World(make_people()), len(cells())
    tried, wrong = api_writes.mismatches(world)
    return {
        "wrong": wrong + all_mismatches(world, dict.fromkeys(world.roles(), cells())),
        "roles": len(world.roles()),
        "rows": rows,
        "cells": rows * len(METHODS) * len(world.roles()) + tried,
    }


def figure_of_routes():
    """Return for bench/figures/qa2.py how many routes there are, those out of place, and whether planted ones are found."""
    patterns = get_resolver().url_patterns
    found = sum(map(found_when_planted, PLANTED))
    routed = len(set(routes(patterns)))
    return {"routes": routed, "out_of_place": misplaced_routes(patterns), "planted": len(PLANTED), "found": found}
