"""Atom feeds of the public lists: what feed readers get, what the list pages say of them, and when a feed changes."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.registry import actions
from tests.factories import in_days, make_issue_area, make_organization, make_partnership, make_result, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://registry.example.org"


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.BASE_URL = SITE


@snapshot_fixture
def records(people):
    """Two published partnerships, the second one later, with a hidden partner, and a draft."""
    area = make_issue_area()
    hidden = make_organization("Quiet neighbors", "unlisted", kept_by=people.office)
    coalition = make_organization("Renters & <owners>", "named")
    parties = [party(people.office, "lead"), party(coalition, "member"), party(hidden, "member")]
    first = make_partnership(
        "Homes for all", lead=people.office, parties=parties, summary="One.\n\nTwo.", issue_areas=[area]
    )
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        second = make_partnership("Trees", lead=people.office, parties=[party(people.office, "lead")])
        make_partnership("Not out yet", lead=people.office, published=False)
    return first, second


def feed_of(response):
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(response.content)


def titles(response):
    return [entry.findtext(f"{ATOM}title") for entry in feed_of(response).iter(f"{ATOM}entry")]


def test_rows_and_entries_name_only_partners_who_have_not_left(client, people):
    """Of a partnership that ended, those who stayed to the end."""
    gone, stayed = (make_organization(name, "named") for name in ("Gone group", "Staying group"))
    parties = [party(people.office, "lead"), party(gone, ends_on=in_days(-30)), party(stayed, ends_on=in_days(-9))]
    made = make_partnership("Homes", lead=people.office, parties=parties)

    def named():
        entry = client.get("/partnerships.atom").content.decode()
        rows = client.get("/partnerships/").context["rows"]
        return [one for one in ("Gone group", "Staying group") if one in entry], [
            one["name"] for one in rows[0]["parties"]
        ]

    assert named() == ([], ["City of Minneapolis"])
    actions.end_partnership(partnership=made, by=SYSTEM, ends_on=in_days(-9), reason="Done")
    assert named() == (["Staying group"], ["City of Minneapolis", "Staying group"])
    partners = client.get(made.get_absolute_url()).context["partners"]
    assert [one["name"] for one in partners] == ["City of Minneapolis", "Staying group"]


def test_an_entry_says_what_the_public_sees_of_a_partnership(client, people, records):
    first, _ = records
    feed = feed_of(client.get("/partnerships.atom"))
    assert feed.findtext(f"{ATOM}title") == "Partnerships, Partnership Registry"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": f"{SITE}/partnerships/", "self": f"{SITE}/partnerships.atom"}
    entry = feed.findall(f"{ATOM}entry")[1]
    url = f"{SITE}/partnerships/{first.public_id}/"
    assert {name: entry.findtext(ATOM + name) for name in ("title", "id", "updated", "published")} == {
        "title": "Homes for all",
        "id": url,
        "updated": first.updated_at.isoformat(),
        "published": first.published_at.isoformat(),
    }
    assert entry.find(f"{ATOM}link").get("href") == url
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == str(people.office)
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["Housing"]
    assert entry.findtext(f"{ATOM}summary") == (
        f"<ul><li>Type: Joint project</li><li>Status: Active</li><li>Lead agency: {people.office}</li>"
        f"<li>Partners: {people.office}, Renters &amp; &lt;owners&gt;</li></ul><p>One.</p>\n\n<p>Two.</p>"
    )


def test_a_feed_has_the_latest_change_first_and_the_filters_of_its_list(client, people, records):
    assert titles(client.get("/partnerships.atom")) == ["Trees", "Homes for all"]
    feed = client.get("/partnerships.atom?issue=housing&ordering=title&utm_source=x")
    assert titles(feed) == ["Homes for all"]
    assert feed_of(feed).findtext(f"{ATOM}id") == f"{SITE}/partnerships.atom?issue=housing"
    assert titles(client.get("/partnerships.atom?q=trees")) == ["Trees"]
    assert client.get("/partnerships.atom?isue=housing").status_code == 400
    assert client.get("/partnerships.atom?draft=yes").status_code == 400
    assert client.post("/partnerships.atom").status_code == 405


def test_it_is_the_same_for_everyone_until_something_public_changes(client, people, records):
    first, _ = records
    before = client.get("/partnerships.atom")
    assert before["Cache-Control"] == "no-cache"
    client.force_login(people.editor)
    with time_machine.travel(clock.now() + timedelta(hours=5), tick=False):
        again = client.get("/partnerships.atom", headers={"if-none-match": before["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        actions.save_partnership(partnership=first, by=people.editor, fields={"internal_notes": "Call them"})
        assert client.get("/partnerships.atom").content == before.content
        actions.withdraw_partnership(partnership=first, by=SYSTEM, why="Wrong place")
        after = client.get("/partnerships.atom", headers={"if-none-match": before["ETag"]})
    assert titles(after) == ["Trees"]


def test_an_empty_feed_stays_the_same(client):
    one = client.get("/partnerships.atom")
    with time_machine.travel(clock.now() + timedelta(hours=5), tick=False):
        assert client.get("/partnerships.atom").content == one.content
    assert titles(one) == []


def test_results_have_a_feed_of_the_public_ones(client, people):
    result = make_result(lead=people.office, is_published=True, detail="Rent < income")
    make_result("Inner result", lead=people.office)
    client.force_login(people.editor)
    (entry,) = feed_of(client.get("/results.atom")).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == result.title
    assert entry.findtext(f"{ATOM}summary").endswith("<p>Rent &lt; income</p>")


def test_the_page_of_a_list_names_its_feed(client, people, records):
    found = {}
    for person, url in (
        ("", "/partnerships/?issue=housing&ordering=title"),
        ("editor", "/partnerships/?draft=yes&side=community"),
    ):
        if person:
            client.force_login(getattr(people, person))
        page = client.get(url).content.decode()
        ((title, href),) = re.findall(
            r'<link rel="alternate" type="application/atom\+xml" title="([^"]*)" href="([^"]*)">', page
        )
        assert person or f'<a href="{href}">News feed (Atom)</a>' in page
        found[person] = title, unescape(href)
    assert found == {
        "": ("Partnerships", "/partnerships.atom?issue=housing"),
        "editor": ("Partnerships", "/partnerships.atom?side=community"),
    }
    assert "application/atom" not in client.get("/organizations/").content.decode()
