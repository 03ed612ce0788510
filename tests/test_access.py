"""Every route, tried with every method by every role on every sort of record, against the table in tests/access.py."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, path, reverse
from django.urls.resolvers import URLPattern

from partnerships.models import Change, Letter
from tests import access
from tests.world import World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LET_IN = {200, 302, 409, 422}
PATHS = {"P": "partnerships", "G": "organizations", "J": "jurisdictions", "D": "departments"}
PATHS |= {"A": "issue-areas", "M": "meetings"}


def routes(patterns, space="", before=""):
    """Names of all routes, “admin:index”; one without a name is called by its pattern."""
    for pattern in patterns:
        text = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield space + (pattern.name or text)
        elif pattern.namespace:
            yield from routes(pattern.url_patterns, f"{space}{pattern.namespace}:")
        else:
            yield from routes(pattern.url_patterns, space, text)


def out_of_place(patterns):
    """Routes that stand in no group, or in two."""
    placed = [route for group in access.GROUPS for route in group.routes]
    return sorted(route for route in set(routes(patterns)) if placed.count(route) != 1)


def test_every_route_stands_in_exactly_one_group():
    assert out_of_place(get_resolver().url_patterns) == []


def test_no_group_names_a_route_that_is_gone():
    assert {route for group in access.GROUPS for route in group.routes} - set(
        routes(get_resolver().url_patterns)
    ) == set()


@pytest.mark.parametrize("name", ["planted", "admin:partnerships_contact_changelist", None])
def test_a_route_in_no_group_is_found(name):
    planted = path("planted/", lambda request: None, name=name)
    assert out_of_place([*get_resolver().url_patterns, planted]) == [name or "planted/"]


@pytest.fixture
def world(people, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    cache.clear()
    return World(people)


def address(world, route, record):
    if record == "its link":
        return reverse(route, args=[world.link(route)])
    if record == "of the editor":
        record = f"{'token' if 'token' in route else 'calendar'} of the editor"
    if route == "api_list":
        return f"/api/v1/{record.removeprefix('list of ')}/"
    if route == "api_one":
        key = world.key(record.removeprefix("api "))
        letter = "A" if record == "api issue area" else key[0]
        return f"/api/v1/{PATHS[letter]}/{key}/"
    if route == "api_nothing":
        return "/api/v1/some/where/else/"
    if route.startswith("admin:"):
        return _vocabulary(world, route)
    return reverse(route, args=[world.key(record)] if record else [])


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
    """The statuses that are right, or None when any but a broken one is."""
    role = "anonymous" if role == "suspended" else role
    if group.kind == access.OWN:
        (status,) = [status for status, who in group.statuses.items() if role in who]
        return {status} if method == "GET" else None
    rights = group.records[record]
    see, write = rights if isinstance(rights, tuple) else (rights, access.NOBODY)
    hidden = {200} if role in see else {404}
    if group.kind == access.WRITE:
        if method not in ("GET", "POST"):
            return {405}
        return LET_IN if role in write else {403} if role in see else {404}
    if method in ("GET", "HEAD"):
        return hidden
    return {204} if (group.kind, method) == (access.API, "OPTIONS") else {405}


def client_of(people, role):
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(getattr(people, role))
    return client


@pytest.mark.parametrize("group", access.GROUPS, ids=lambda group: group.name)
def test_each_role_is_answered_as_the_table_says(world, group):
    before, wrong = written(), []
    for role in ("anonymous", *world.people.as_roles()):
        client = client_of(world.people, role)
        for route in group.routes:
            for record in group.records or [""]:
                url = address(world, route, record)
                for method in METHODS:
                    # A version that never stands: whoever is let in is told so, and nothing is written.
                    data = {"version": "0"} if method == "POST" else None
                    status = getattr(client, method.lower())(url, data).status_code
                    right = expected(group, record, role, method)
                    if (status not in right) if right else status >= 500 and status not in group.statuses:
                        wrong.append(f"{role} {method} {url}: {status}, not {sorted(right or ())}")
                    if "logout" in route and method == "POST":
                        client = client_of(world.people, role)
    assert wrong == []
    assert written() == before


def written():
    """How much was written. To revoke one's own token nothing is asked but the press, and the log says so."""
    return Change.objects.exclude(verb="untoken").count(), Letter.objects.count()


def test_the_table_stays_one_that_can_be_read(people):
    with open(access.__file__) as file:
        assert len(file.readlines()) <= 200
    roles = {"suspended", *access.ANYONE}
    assert roles == {"anonymous", *people.as_roles()}
