"""Public dashboards: they show what everyone may read, the same to everyone, and every number equals that of its list."""

import html
import re
from datetime import date

import pytest
from django.http import QueryDict
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.insight.dashboards import dashboard
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.queries import measure_list, result_list
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.queries import meeting_list
from partnerships.models import Meeting, Organization, Party
from partnerships.registry import queries as registry
from partnerships.registry.actions import withdraw_partnership
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_measure,
    make_meeting,
    make_organization,
    make_partnership,
    make_result,
    party,
)
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]
LISTS = {
    "/partnerships/": registry.partnership_list,
    "/meetings/": meeting_list,
    "/results/": result_list,
    "/measures/": measure_list,
}
NUMBER = re.compile(r'<a href="(/(?:partnerships|meetings|results|measures)/)\?([^"]*)">\s*(\d+)')


def addresses(town):
    place, area = town.people.office.public_id, "housing"
    return [
        reverse("jurisdiction_dashboard", args=[place]),
        reverse("jurisdiction_dashboard", args=[place]) + f"?issue={area}",
        reverse("jurisdiction_embed", args=[place]),
        reverse("jurisdiction_embed", args=[place]) + f"?issue={area}",
        reverse("issue_area_dashboard", args=[area]),
        reverse("issue_area_embed", args=[area]),
    ]


def text(client, url):
    return " ".join(html.unescape(client.get(url).content.decode()).split())


@snapshot_fixture
def busy_town(town):
    """The town with an ask, a coming meeting, a past one with a decision, a result and two measures, all public."""
    area, office = town.housing_area, town.people.office
    make_issue_area("food")
    asks = [{"text": "Publish who is turned away.", "answer": "in_part", "answer_reason": "By month only."},
            {"text": "Count by block."}]  # fmt: skip
    seats = [party(office, "lead"), party(town.tenants, "organizer")]
    more = {"issue_areas": [area], "kind": "organizing", "facts": {"asks": asks}}
    town.pressure = make_partnership("Asked from outside", lead=office, parties=seats, **more)
    make_meeting(town.housing, title="Open housing table", is_public=True)
    town.held = make_meeting(town.housing, title="Held table", is_public=True, days=-9)
    close_meeting(
        meeting=town.held, by=SYSTEM, fields={"notes": "So it was.", "notes_are_public": True},
        decisions=[{"question": "Which blocks first?", "outcome": "Those by the river."}],
    )  # fmt: skip
    town.result = make_result("A home for all", lead=office, is_published=True, issue_areas=[area])
    groups = [{"dimension": "race", "key": key, "name": key.title(), "is_reference": key == "white"}
              for key in ("asian", "black", "white")]  # fmt: skip
    town.measure = make_measure(
        "Families who own",
        result=town.result,
        groups=groups,
        is_published=True,
        target_value=40,
        target_on=date(2030, 1, 1),
    )
    for year in (2023, 2024):
        cells = {"": (333, 1104), "race=white": (300, 1000), "race=asian": (30, 100), "race=black": (3, 4)}
        rows = [{"starts_on": date(year, 1, 1), "cell": cell, "numerator": a, "denominator": b}
                for cell, (a, b) in cells.items()]  # fmt: skip
        save_points(measure=town.measure, by=SYSTEM, rows=rows, party=None, source="Survey")
    return town


def test_it_says_what_is_public_and_links_it(busy_town, client):
    for url in addresses(busy_town):
        page = text(client, url)
        for words in ("Publish who is turned away.", "Adopted in part. By month only.", "No answer yet",
                      "Which blocks first?", "Those by the river.", "Open housing table", "A home for all",
                      "Families who own", "30% in 2024", "40% by 2030", "Tenants' association"):  # fmt: skip
            assert (url, words, words in page) == (url, words, True)
        assert 'class="v measure' in page  # the line over time
        assert "The same as a table" in page


def test_every_number_is_that_of_its_list(busy_town, client):
    for url in addresses(busy_town):
        found = NUMBER.findall(text(client, url))
        assert {path for path, *_ in found} == set(LISTS)
        assert len(found) >= 9
        for path, query, number in found:
            assert (url, path, query, LISTS[path](None, QueryDict(query)).total()) == (
                url,
                path,
                query,
                (int(number), False),
            )


def test_counts_and_partners_of_a_place(busy_town):
    found = dashboard(place=busy_town.people.office)
    assert found.partnerships.total == 3
    assert found.counts["kind"] == {"joint_project": 1, "contract": 1, "organizing": 1}
    assert {side: [str(one) for one in bodies] for side, bodies in found.bodies.items()} == {
        "government": ["City of Minneapolis", "Department of Housing"],
        "community": ["Friends of the parks", "Tenants' association"],
        "institution": [],
    }
    assert [(row.key, row.partnership_count, row.with_community) for row in found.areas] == [
        ("food", 0, 0),
        ("housing", 2, 2),
    ]
    assert (found.asks.total, found.answered) == (2, 1)


def test_an_area_within_a_place_is_what_lies_in_both(busy_town):
    make_partnership("Homes elsewhere", lead=busy_town.people.other_office, issue_areas=[busy_town.housing_area])
    area = busy_town.housing_area
    assert dashboard(area=area).partnerships.total == 3
    assert dashboard(place=busy_town.people.office, area=area).partnerships.total == 2
    assert [row.key for row in dashboard(area=area).areas] == ["housing"]
    assert dashboard(area=area).places == [busy_town.people.office, busy_town.people.other_office]


def test_a_place_counts_what_lies_within_it_and_what_it_only_joins(busy_town):
    within = make_jurisdiction("Park district of it", parent=busy_town.people.office)
    make_partnership("Trees", lead=within)
    make_partnership("Rails", lead=busy_town.people.other_office, parties=[party(busy_town.people.office, "member")])
    assert dashboard(place=busy_town.people.office).partnerships.total == 5


CANARY = "Zzyzx"


@snapshot_fixture
def hidden_records(busy_town):
    """The same kinds of records, which the public may not see, with a canary in each."""
    office, area = busy_town.people.office, busy_town.housing_area
    quiet = make_organization(f"{CANARY} unlisted", "unlisted", kept_by=office)
    for at, circle in ((busy_town.housing, "co_designs"), (busy_town.parks, "consulted")):
        at.parties.create(organization=quiet, side="community", position=9, circle=circle)
    declined = make_organization(f"{CANARY} declined", "profiled")
    busy_town.housing.parties.create(organization=declined, side="community", position=10, circle="declined")
    outside = make_organization(f"{CANARY} outside", "named")
    busy_town.pressure.parties.create(organization=outside, side="community", position=9)
    asks = {"asks": [{"text": f"{CANARY} ask"}]}
    more = {"issue_areas": [area], "kind": "organizing", "facts": asks}
    draft = make_partnership(f"{CANARY} draft", lead=office, published=False, **more)
    taken_back = make_partnership(f"{CANARY} withdrawn", lead=office, **more)
    withdraw_partnership(partnership=taken_back, by=SYSTEM)
    make_meeting(busy_town.housing, title=f"{CANARY} inside", is_public=False)
    make_meeting(draft, title=f"{CANARY} of a draft", is_public=True)
    for is_public, at in ((False, busy_town.housing), (True, draft)):
        held = make_meeting(at, title=f"{CANARY} held", is_public=is_public, days=-8)
        close_meeting(meeting=held, by=SYSTEM, fields={"notes": CANARY}, decisions=[
            {"question": f"{CANARY} question", "outcome": CANARY}])  # fmt: skip
        Meeting.objects.filter(pk=held.pk).update(notes_are_public=True)
    notes_inside = make_meeting(busy_town.housing, title="Open, its notes are not", is_public=True, days=-7)
    close_meeting(meeting=notes_inside, by=SYSTEM, fields={"notes": CANARY, "notes_are_public": False},
        decisions=[{"question": f"{CANARY} sealed", "outcome": CANARY}])  # fmt: skip
    inner = make_result(f"{CANARY} result", lead=office, issue_areas=[area])
    make_measure(f"{CANARY} of an inner result", result=inner, is_published=True)
    make_measure(f"{CANARY} measure", result=busy_town.result)
    make_measure(f"{CANARY} of a draft", partnership=draft, is_published=True)
    return busy_town


@pytest.mark.slow
def test_nothing_hidden_shows_or_counts(busy_town, client, request):
    before = [text(client, url) for url in addresses(busy_town)]
    request.getfixturevalue("hidden_records")
    after = [text(client, url) for url in addresses(busy_town)]
    assert [CANARY in page for page in after] == [False] * len(after)
    # Counts don't show it either: a profiled partner that declined is left out as if it weren't there.
    assert [re.sub(r'"csrf[^"]*"', "", page) for page in after] == before


def test_small_numbers_are_kept_back(busy_town, client):
    for url in addresses(busy_town):
        page = text(client, url)
        assert "Black: not shown" in page
        assert "Black: 75" not in page


@pytest.mark.slow
def test_everyone_sees_the_same(hidden_records, client):
    town = hidden_records.people
    for url in addresses(hidden_records):
        plain = client.get(url).content
        for person in (town.editor, town.partner, town.stranger, town.administrator):
            client.force_login(person)
            seen = client.get(url).content
            if "/embed/" in url:
                assert (url, person.name, seen == plain) == (url, person.name, True)
            else:
                assert (url, person.name, _main(seen) == _main(plain)) == (url, person.name, True)
            client.logout()


def _main(body):
    return body.decode().partition("<main")[2].partition("</main>")[0]


@pytest.mark.slow
def test_a_partner_that_withdraws_is_gone_at_once(busy_town, client):
    for url in addresses(busy_town):
        assert "Tenants' association" in text(client, url)
    Organization.objects.filter(pk=busy_town.tenants.pk).update(listing="unlisted")
    for url in addresses(busy_town):
        assert "Tenants' association" not in text(client, url)


def test_who_has_left_does_not_sit_there_today(busy_town):
    busy_town.seat(busy_town.tenants, busy_town.pressure, ends_on=date(2020, 1, 1))
    busy_town.seat(busy_town.tenants, busy_town.housing, ends_on=date(2020, 1, 1))
    assert [str(one) for one in dashboard(place=busy_town.people.office).bodies["community"]] == [
        "Friends of the parks"
    ]


def test_long_lists_are_cut_and_say_so(busy_town, client, monkeypatch):
    monkeypatch.setattr("partnerships.insight.dashboards.MOST_BODIES", 2)
    monkeypatch.setattr("partnerships.web.public.dashboards.MOST_BODIES", 2)
    for name in ("Public works", "Transit"):
        busy_town.housing.parties.create(
            department=make_department(busy_town.people.office, name), side="government", position=8
        )
    page = text(client, addresses(busy_town)[0])
    assert "Government: more than 2" in page
    assert "These are the first 2 by name." in page
    assert "Public works" not in page


def test_too_many_to_count_says_what_to_do(busy_town, client, monkeypatch):
    for module in ("core.listing", "registry.facet_queries"):
        monkeypatch.setattr(f"partnerships.{module}.CAP", 2)
    page = text(client, addresses(busy_town)[0])
    assert "2+ partnerships" in page
    assert "Choose a place or a narrower issue area" in page
    assert "By type" not in page


def test_nothing_public_says_what_comes_next(busy_town, client):
    empty = make_jurisdiction("Quiet town")
    for what in ("dashboard", "embed"):
        page = text(client, reverse(f"jurisdiction_{what}", args=[empty.public_id]))
        assert "Nothing is public here yet" in page
        assert "See all partnerships" in page


def test_the_pages_of_place_and_area_lead_there(busy_town, client):
    place, area = busy_town.people.office, busy_town.housing_area
    for url, to in (
        (reverse("jurisdiction", args=[place.public_id]), reverse("jurisdiction_dashboard", args=[place.public_id])),
        (reverse("issue_area", args=[area.key]), reverse("issue_area_dashboard", args=[area.key])),
    ):
        assert f'href="{to}"' in text(client, url)


@pytest.mark.unpublished_writes
def test_a_partner_that_has_not_agreed_is_marked(client, busy_town):
    page = reverse("jurisdiction_dashboard", args=[busy_town.people.office.public_id])
    Party.objects.filter(organization__isnull=False).update(state="confirmed")
    assert "Recorded by the office" not in client.get(page).content.decode()
    Party.objects.filter(organization__isnull=False).update(state="recorded")
    assert "Recorded by the office" in client.get(page).content.decode()
