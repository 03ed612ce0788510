"""An organization appears as it chooses: no one finds a trace of a partner that they may not see.

Each case stores everything that could give the partner away (its name, its contribution, a role and a side that no
other partner has, a seat, a practice) and searches for it in everything that a reader can open or request. The same
search finds it where it may be seen, so a search that finds nothing would fail.
"""

from dataclasses import dataclass

import pytest

from partnerships.core import stamps
from partnerships.core.access import SYSTEM
from partnerships.directory import actions as directory
from partnerships.models import FacetCount, SearchWord
from partnerships.registry.consent import withdraw_from_seat
from tests import factories
from tests.shares import share_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("generous_limits")]
NAME, ADDS, SEAT = "Zorvexia", "Quibblewort", "Fernapple"
WORDS = (NAME, ADDS)
LISTINGS = ("profiled", "named", "unlisted")


@pytest.fixture
def synced(monkeypatch):
    """Let sync ignore the test's open transaction, since PostgreSQL would hold back all of its rows."""
    monkeypatch.setattr(stamps, "as_of", lambda: 2**62)


@dataclass
class Table:
    """A published partnership with the organization as a partner, and its possible readers."""

    office: object
    organization: object
    partnership: object
    department: object


def set_table(people, listing, kind, *, confirmed=True, **party):
    office = people.office
    organization = factories.make_organization(f"{NAME} Alliance", listing, kept_by=office, listing_source="A report")
    department = factories.make_department(office)
    area = factories.make_issue_area()
    seats = {"circle": "co_designs", "contribution": f"{ADDS} for all"} | party
    parties = [
        factories.party(office, "lead"),
        factories.party(department, "member"),
        factories.party(organization, "contractor", "funder", **seats),
    ]
    facts = {
        "seats": [{"title": "Chair", "held_by": 2}],
        "practices": [{"title": "Shared notes", "shared_by": 2, "adopted_by": [0, 2]}],
    }
    partnership = factories.make_partnership(
        "Long work", lead=office, kind=kind, parties=parties, facts=facts, issue_areas=[area], confirmed=confirmed
    )
    factories.make_meeting(partnership, is_public=True)
    return Table(office, organization, partnership, department)


def text_of(client, url, **parameters):
    answer = client.get(url, parameters)
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def ids_of(client, path, **parameters):
    answer = client.get(f"/api/v1/{path}/", parameters).json()
    return [row["id"] for row in answer.get("results", [])]


def places_that_show(client, table) -> set:
    """Return the places that show this reader that the organization is a partner."""
    p, organization = table.partnership.public_id, table.organization.public_id
    pages = {
        "first page": "/",
        "list": "/partnerships/?ordering=-updated",
        "download": "/partnerships.csv",
        "story": f"/partnerships/{p}/",
        "jurisdiction": f"/jurisdictions/{table.office.public_id}/",
        "department": f"/departments/{table.department.public_id}/",
        "issue area": "/issue-areas/housing/",
        "api list": "/api/v1/partnerships/",
        "api record": f"/api/v1/partnerships/{p}/",
        "sync": "/api/v1/partnerships/?updated_since=start",
    }
    texts = {place: text_of(client, url) for place, url in pages.items()}
    found = {place for place, text in texts.items() if any(w in text for w in (*WORDS, organization))}
    asked = {
        "search by name": {"q": NAME},
        "search by what it adds": {"q": ADDS},
        "search by a typo": {"q": "Zorvexai"},
        "filter organization": {"organization": organization},
        "filter side": {"side": "community"},
        "filter role": {"role": "funder"},
    }
    found |= {place for place, params in asked.items() if p in ids_of(client, "partnerships", **params)}
    found |= {"seat"} if organization in str(client.get(pages["api record"]).json()["facts"]) else set()
    if NAME.lower() in text_of(client, "/partnerships/", q="Zorvexai").lower():
        found.add("suggestion")
    if "Long work" in text_of(client, f"/organizations/{organization}/"):
        found.add("its own page")
    return found | _counted(client)


def _counted(client):
    groups = client.get("/partnerships/filters/").context["groups"]
    counts = {
        f"count of {group['name']}": option["count"]
        for group in groups
        for option in group.get("options", ())
        if option["value"] in ("community", "funder")
    }
    return {place for place, n in counts.items() if n}


EVERY_PLACE = {
    *("first page", "list", "download", "story", "jurisdiction", "department", "issue area", "api list", "api record"),
    *("sync", "search by name", "search by what it adds", "search by a typo", "filter organization", "filter side"),
    *("filter role", "seat", "suggestion", "its own page", "count of side", "count of role"),
}
# Staff see no counts here, since the stored ones are those of the public, and the first page shows members their work.
NOT_FOR_MEMBERS = {"count of side", "count of role", "first page"}
# A date that staff entered isn't consent.
NO_YES = {"confirmed": False, "consented_on": "2026-01-05"}
# (listing, type, more fields of the party) → whether everyone may see it.
CASES = [
    ("profiled", "contract", NO_YES, True),
    ("named", "contract", NO_YES, True),
    ("unlisted", "contract", NO_YES, False),
    ("unlisted", "contract", {}, False),
    ("profiled", "organizing", {}, True),
    ("profiled", "organizing", NO_YES, False),
    ("named", "organizing", {}, True),
    ("named", "organizing", NO_YES, False),
    ("unlisted", "organizing", NO_YES, False),
    ("unlisted", "organizing", {}, False),
    ("profiled", "contract", {"circle": "not_approached"}, False),
    ("profiled", "contract", {"circle": "declined"}, False),
    ("named", "organizing", {"circle": "declined"}, False),
]


def as_(client, people, role):
    client.logout()
    if role:
        client.force_login(getattr(people, role))
    return client


@pytest.mark.slow
@pytest.mark.parametrize(("listing", "kind", "more", "is_seen"), share_of(CASES, 3))
def test_a_party_is_met_everywhere_or_nowhere(client, people, synced, listing, kind, more, is_seen):
    table = set_table(people, listing, kind, **more)
    for role in ("", "stranger", "partner", "other_editor", "suspended"):
        seen = EVERY_PLACE - (NOT_FOR_MEMBERS if role in ("partner", "other_editor") else set()) if is_seen else set()
        assert places_that_show(as_(client, people, role), table) == seen, role


@pytest.mark.slow
@pytest.mark.parametrize(("listing", "kind"), [("unlisted", "contract"), ("named", "organizing")])
def test_the_office_that_keeps_it_sees_it(client, people, synced, listing, kind):
    """Only searches and counts that are built from public data don't show it."""
    table = set_table(people, listing, kind, confirmed=False)
    public_alone = {"sync", "search by name", "search by what it adds", "search by a typo", "suggestion"}
    for role in ("reader", "editor", "administrator"):
        assert places_that_show(as_(client, people, role), table) == EVERY_PLACE - public_alone - NOT_FOR_MEMBERS, role


@pytest.mark.parametrize("role", ["", "stranger", "other_editor"])
def test_an_unlisted_organization_is_in_no_list_and_no_search(client, people, role):
    unlisted = factories.make_organization(
        f"{NAME} Circle",
        "unlisted",
        kept_by=people.office,
        aims=f"{ADDS} {SEAT}",
        issue_areas=[factories.make_issue_area()],
    )
    named = factories.make_organization("Brackenly", "named", aims=f"{SEAT} first", kept_by=people.office)
    profiled = factories.make_organization("Dorrelmo", "profiled", aims="Open hills", kept_by=people.office)
    as_(client, people, role)
    for place in ("/organizations/", "/organizations.csv", "/api/v1/organizations/", "/issue-areas/housing/"):
        text = text_of(client, place)
        assert not any(word in text for word in (NAME, ADDS, SEAT, unlisted.public_id)), place
    assert {named.public_id, profiled.public_id} <= set(ids_of(client, "organizations"))
    assert [ids_of(client, "organizations", q=word) for word in (NAME, ADDS, SEAT)] == [[], [], []]
    assert ids_of(client, "organizations", q="Brackenly") == [named.public_id]
    assert ids_of(client, "organizations", q="hills") == [profiled.public_id]
    for url in (f"/organizations/{unlisted.public_id}/", f"/api/v1/organizations/{unlisted.public_id}/"):
        assert client.get(url).status_code == 404
    assert NAME.lower() not in text_of(client, "/organizations/", q="Zorvexai").lower()
    assert not SearchWord.objects.filter(word__in=[NAME.lower(), ADDS.lower(), SEAT.lower()], entries__gt=0).exists()


def test_withdrawing_takes_every_trace_away_at_once(client, people, synced):
    table = set_table(people, "profiled", "contract")
    organization = table.organization
    assert places_that_show(client, table) == EVERY_PLACE
    directory.save_organization(organization=organization, by=people.editor, fields={"listing": "unlisted"})
    assert places_that_show(client, table) == set()
    for place in ("/organizations/", "/organizations.csv", "/api/v1/organizations/"):
        assert NAME not in text_of(client, place)
    assert not FacetCount.objects.filter(facet="side", value="community", count__gt=0).exists()
    assert not SearchWord.objects.filter(word__in=[NAME.lower(), ADDS.lower()], entries__gt=0).exists()


def test_withdrawing_reaches_sync_as_an_id_and_a_moment(client, people, monkeypatch):
    table = set_table(people, "named", "contract")
    stamp = stamps.next_stamp()
    monkeypatch.setattr(stamps, "as_of", lambda: 2**62)
    since = stamps.write_token(stamp)
    # On PostgreSQL, the whole test is one transaction with one stamp, but later changes need a higher one.
    monkeypatch.setattr("partnerships.core.sync.next_stamp", lambda: stamp + 1)
    monkeypatch.setattr("partnerships.registry.publication.next_stamp", lambda: stamp + 1)
    directory.save_organization(organization=table.organization, by=people.editor, fields={"listing": "unlisted"})
    pulled = client.get("/api/v1/organizations/", {"updated_since": since}).json()
    assert [(set(row), row["id"]) for row in pulled["gone"]] == [({"id", "at"}, table.organization.public_id)]
    assert table.organization.public_id not in [row["id"] for row in pulled["results"]]
    changed = client.get("/api/v1/partnerships/", {"updated_since": since})
    assert [row["id"] for row in changed.json()["results"]] == [table.partnership.public_id]
    assert not any(word in changed.content.decode() for word in (*WORDS, table.organization.public_id))


def test_taking_back_the_yes_takes_it_off_an_organizing_partnership_at_once(client, people, synced):
    table = set_table(people, "named", "organizing")
    assert places_that_show(client, table) == EVERY_PLACE
    (party,) = table.partnership.parties.filter(organization=table.organization)
    withdraw_from_seat(party=party, by=SYSTEM, may_count=True)
    assert places_that_show(client, table) == set()


def test_saying_yes_brings_it_back(client, people, synced):
    table = set_table(people, "unlisted", "contract")
    assert places_that_show(client, table) == set()
    directory.save_organization(organization=table.organization, by=SYSTEM, fields={"listing": "profiled"})
    assert places_that_show(client, table) == EVERY_PLACE
