"""Each list has the same parameters on its page, in its download, in the API and in openapi.yaml."""

import functools
from html.parser import HTMLParser

import pytest
import yaml
from django.conf import settings

from partnerships.api.resources import RESOURCES
from partnerships.core.filters import KeysFilter
from partnerships.registry.filters import PartnershipFilter
from partnerships.web.frame.lists.filters import PageFilters
from tests import factories

pytestmark = pytest.mark.both

LISTS = tuple(RESOURCES)
# Filters by a record, which that record's page links to, and by a state, which the map links to. The form shows them only
# while they are applied.
BY_RECORD = {
    "partnerships": {"organization", "department", "jurisdiction", "state"},
    "organizations": {"jurisdiction", "state"},
    "jurisdictions": {"within"},
    "departments": {"jurisdiction"},
    "meetings": {"partnership"},
    "results": {"partnership"},
    "measures": {"partnership", "result"},
    "activities": {"partnership", "result"},
}
# The page of issue areas shows the whole tree, so it has no filters and no download. The others have no such page.
WITHOUT_FORM = {
    "issue-areas",
    "plans",
    "action-items",
    "check-ins",
    "interactions",
    "compositions",
    "populations",
    "agreements",
    "rounds",
}
WITHOUT_FORM |= {"vocabularies"}


class Controls(HTMLParser):
    """Collects the names of form controls on a Filters page, without hidden ones that a form only passes on."""

    def __init__(self, text):
        super().__init__()
        self.inside, self.names = False, set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == "filters"
        if self.inside and tag in ("input", "select", "textarea") and attrs.get("type") != "hidden" and "name" in attrs:
            self.names.add(attrs["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


def on_page(client, path, **parameters):
    return Controls(client.get(f"/{path}/filters/", parameters).content.decode()).names


@functools.cache
def openapi():
    """The parsed openapi.yaml. Parsing takes a second, so copy it before you change it."""
    return yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text())


def in_openapi(path, *, is_staff, description=None):
    description = description or openapi()
    parameters = description["paths"][f"/api/v1/{path}/"]["get"]["parameters"]
    return {p["name"] for p in parameters if not p.get("x-every-list") and (is_staff or not p.get("x-staff-only"))}


def known_parameters(client, path, names):
    """Which of these parameter names this address knows, whatever it answers about their values."""
    known = set()
    for name in names:
        answer = client.get(path, {name: "no-such-value"})
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if b"unknown_parameter" not in text and "isn’t a filter of this list".encode() not in text:
            known.add(name)
    return known


def differences(client, path, *, is_staff, description=None):
    """Yield where a filter of this list is missing: (place, name)."""
    names = set(RESOURCES[path].filterset_class.names(is_staff=is_staff))
    places = {"openapi.yaml": in_openapi(path, is_staff=is_staff, description=description)}
    places["api"] = known_parameters(client, f"/api/v1/{path}/", names | places["openapi.yaml"])
    if path not in WITHOUT_FORM:
        places["page"] = on_page(client, path) | BY_RECORD[path]
        places["page's address"] = known_parameters(client, f"/{path}/", names | places["page"])
        places["download"] = known_parameters(client, f"/{path}.csv", names | places["page"])
    return sorted((place, name) for place, there in places.items() for name in there ^ names)


@pytest.fixture
def world(people, settings):
    """Values to choose from, for every filter that offers what the registry holds."""
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 100_000
    for vocabulary in ("purpose", "origin", "organization_kind"):
        factories.make_term(vocabulary, "any")
    area = factories.make_issue_area()
    parties = [factories.party(people.office, "lead"), factories.party(people.organization, "member")]
    about = {"issue_areas": [area], "communities": [factories.make_term("community", "any")]}
    partnership = factories.make_partnership(lead=people.office, parties=parties, **about)
    factories.make_meeting(partnership, is_public=True)
    factories.make_department(people.office)
    return people


@pytest.mark.slow
@pytest.mark.parametrize("role", ["", "editor"])
def test_every_filter_is_in_every_place(client, world, role):
    if role:
        client.force_login(getattr(world, role))
    missing = {path: differences(client, path, is_staff=bool(role)) for path in LISTS}
    assert {path: places for path, places in missing.items() if places} == {}


def test_a_filter_by_a_record_shows_once_it_is_on(client, world):
    keys = {
        "organization": world.organization.public_id,
        "department": factories.make_department(world.office, "Office of Planning").public_id,
        "jurisdiction": world.office.public_id,
        "within": world.office.public_id,
        "state": "MN",
    }
    keys["partnership"] = factories.make_partnership("Asked for").public_id
    keys["result"] = factories.make_result(is_published=True).public_id
    for path, filters in BY_RECORD.items():
        shown = {name: on_page(client, path, **{name: keys[name]}) for name in filters}
        assert (path, [name for name, names in shown.items() if name not in names]) == (path, [])
        assert (path, on_page(client, path) & filters) == (path, set())


# A planted filter must be reported wherever it's missing.


class WithOneMore(PartnershipFilter):
    planted = KeysFilter(choices=[("a", "A")], label="Planted")

    class Meta(PartnershipFilter.Meta):
        pass


@pytest.mark.slow
def test_a_filter_that_only_its_filterset_knows_is_missed(client, world):
    RESOURCES["partnerships"].filterset_class = WithOneMore
    try:
        missed = differences(client, "partnerships", is_staff=False)
    finally:
        RESOURCES["partnerships"].filterset_class = PartnershipFilter
    everywhere = ("api", "download", "openapi.yaml", "page", "page's address")
    assert missed == [(place, "planted") for place in everywhere]


def test_a_filter_that_the_page_leaves_out_is_missed(client, world, monkeypatch):
    groups = PageFilters.groups
    monkeypatch.setattr(PageFilters, "groups", lambda page: [g for g in groups(page) if g.get("name") != "status"])
    assert differences(client, "partnerships", is_staff=False) == [("page", "status")]


def test_a_filter_that_openapi_leaves_out_is_missed(client, world):
    description = yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text())
    listed = description["paths"]["/api/v1/meetings/"]["get"]
    listed["parameters"] = [p for p in listed["parameters"] if p["name"] != "after"]
    found = differences(client, "meetings", is_staff=False, description=description)
    assert found == [("openapi.yaml", "after")]


def test_a_filter_that_the_api_does_not_take_is_missed(client, world, monkeypatch):
    class Fewer(PartnershipFilter):
        origin = None

        class Meta(PartnershipFilter.Meta):
            pass

    assert "origin" not in Fewer.names()
    monkeypatch.setattr("partnerships.registry.queries.PartnershipFilter", Fewer)
    found = differences(client, "partnerships", is_staff=False)
    assert found == [(place, "origin") for place in ("api", "download", "page", "page's address")]
