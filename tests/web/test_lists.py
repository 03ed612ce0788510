"""Lists: staff open them on their own office, filters are counted and removed one by one, and addresses stay short."""

import re

import pytest
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.meetings.action_items import save_action
from tests.factories import in_days, make_partnership
from tests.snapshots import snapshot_fixture


@snapshot_fixture
def office_and_others(people):
    """The office has one paused partnership and one draft, another office has one."""
    make_partnership("Quiet streets", lead=people.office, status="paused", status_reason="Until spring")
    make_partnership("Night buses", lead=people.office, published=False, kind="contract")
    make_partnership("Safe harbor", lead=people.other_office)


def page(client, url="/partnerships/"):
    return client.get(url).context


def titles(shown):
    return sorted(row["title"] for row in shown["rows"])


def switch_entries(shown):
    (switch,) = shown["switches"]
    return {way["label"]: (way["count"], way["is_on"], way["url"]) for way in switch["ways"]}


@pytest.fixture
def staff(people, office_and_others):
    client = Client()
    client.force_login(people.editor)
    return client


def test_only_the_title_is_the_header_of_a_row(staff):
    """Otherwise each cell of the row is read out with all partners."""
    page = " ".join(staff.get("/partnerships/").content.decode().split())
    headers = re.findall(r'<th scope="row">(.*?)</th>', page)
    assert sorted(re.sub("<.*?>", "", one) for one in headers) == ["Night buses", "Quiet streets"]


def test_staff_begin_with_their_own_office_and_see_all_places_by_one_press(staff, people):
    shown = page(staff)
    own = f"lead={people.office.public_id}"
    assert titles(shown) == ["Night buses", "Quiet streets"]
    assert switch_entries(shown) == {
        "My office": ("2", True, f"/partnerships/?{own}"),
        "All places": ("3", False, "/partnerships/?ordering=-updated"),
    }
    assert (shown["chips"], shown["page_title"]) == ([], "2 partnerships, my office")
    assert own in shown["download"]["csv_url"]
    everywhere = page(staff, "/partnerships/?ordering=-updated")
    assert titles(everywhere) == ["Night buses", "Quiet streets", "Safe harbor"]
    assert switch_entries(everywhere)["All places"][:2] == ("3", True)


def test_both_numbers_follow_the_filters_and_the_last_chip_leaves_the_office_on(staff, people):
    own = f"lead={people.office.public_id}"
    shown = page(staff, f"/partnerships/?{own}&status=paused")
    assert [(words, n) for words, (n, *_) in switch_entries(shown).items()] == [("My office", "1"), ("All places", "1")]
    assert [(chip["label"], chip["url"]) for chip in shown["chips"]] == [("Paused", f"/partnerships/?{own}")]
    assert shown["clear_url"] == f"/partnerships/?{own}"


def test_a_filtered_address_says_the_same_to_everyone(staff, people):
    url = f"/partnerships/?lead={people.other_office.public_id}"
    assert titles(page(staff, url)) == titles(page(Client(), url)) == ["Safe harbor"]
    assert page(Client())["switches"] == []


def test_addresses_have_no_empty_parameters(staff):
    answer = staff.get("/partnerships/?q=&status=ended&starts_after=&kind=+")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/partnerships/?status=ended")
    assert staff.get("/meetings/?q=").headers["Location"] == "/meetings/"


def test_an_empty_list_names_the_filter_to_remove_and_what_that_shows(staff, people):
    own = f"lead={people.office.public_id}"
    empty = page(staff, f"/partnerships/?{own}&kind=contract&status=paused")["empty"]
    assert empty["title"] == "No partnerships match these filters in my office"
    assert empty["links"] == [
        ("Remove “Contract”: 1 partnership", f"/partnerships/?{own}&status=paused"),
        ("Remove “Paused”: 1 partnership", f"/partnerships/?{own}&kind=contract"),
        ("See all partnerships", f"/partnerships/?{own}"),
    ]
    empty = page(staff, f"/partnerships/?{own}&q=harbor")["empty"]
    assert empty["title"] == "No partnerships match “harbor” in my office"
    assert empty["links"][0] == ("All places: 1 partnership", "/partnerships/?q=harbor")


def test_only_partnerships_of_ones_own_office_say_what_needs_attention(staff, people):
    for title, editor in (("Late", people.editor), ("Late elsewhere", people.other_editor)):
        office = editor.memberships.get().jurisdiction
        fields = {"partnership": make_partnership(title, lead=office), "title": "Count", "owner_person": editor}
        fields["due_on"] = in_days(-2)
        save_action(by=SYSTEM, fields=fields)
    lines = {row["title"]: row["attention"] for row in page(staff, "/partnerships/?ordering=-updated")["rows"]}
    assert lines == {
        "Late": [("1 action item overdue", True)],
        "Night buses": [("Not published yet", False)],
        "Quiet streets": [],
        "Late elsewhere": None,
        "Safe harbor": None,
    }
    shown = staff.get("/partnerships/?ordering=-updated").content.decode()
    assert shown.count("Only its lead agency sees this") == 2
    assert "Needs attention" not in Client().get("/partnerships/").content.decode()
