"""A partner that said no is named nowhere, and counts stay right: its seat counts without a name only if it agreed.

It says no by declining or withdrawing.
"""

import csv
import io
import re
from itertools import product

import pytest

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.insight.coverage import coverage_of
from partnerships.models import Membership, Partnership, ReportDefinition
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import confirm_seat, decline_seat, withdraw_from_seat
from partnerships.registry.document import build
from partnerships.registry.rules import unnamed_seats
from partnerships.reports.content import content_of
from partnerships.web.reports.words import seat_words
from tests.factories import make_activity, make_issue_area, make_organization, make_partnership, make_person, party
from tests.shares import share_of

pytestmark = pytest.mark.django_db
CANARY = "Quibblewort Tenants"
NOT_ALL = "Not all partners are listed."
WITHHELD = "We don’t show how many seats the community holds here"


class Table:
    """The office and two community partners are in the circle “decides”. One of them, the canary, has confirmed its seat."""

    def __init__(self, people, listing="named", kind="joint_project"):
        self.people, self.canary = people, make_organization(CANARY, listing, listing_source="A report")
        self.editor = make_person("canary@example.org", name="Canary's editor")
        Membership.objects.create(person=self.editor, organization=self.canary, role="editor")
        self.rows = [
            party(people.office, "lead", circle="decides"),
            party(people.organization, "member", circle="decides"),
            party(self.canary, "member", circle="decides", contribution="Quibblewort for all"),
        ]
        area = make_issue_area()
        self.record = make_partnership(
            "Homes", lead=people.office, parties=self.rows, confirmed=False, issue_areas=[area], kind=kind
        )
        self.url = f"/partnerships/{self.record.public_id}/"

    @property
    def seat(self):
        return self.record.parties.select_related("partnership__lead", "department").get(organization=self.canary)

    def leave(self, *, may_count):
        confirm_seat(party=self.seat, by=self.editor)
        withdraw_from_seat(party=self.seat, by=self.editor, may_count=may_count)

    def unlist(self, *, may_count):
        fields = {"listing": "unlisted"}
        save_organization(organization=self.canary, by=self.editor, fields=fields, may_count=may_count)


GONE = {"by withdrawing": Table.leave, "by going unlisted": Table.unlist}


@pytest.fixture
def table(people):
    return Table(people)


def text(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.getvalue().decode().replace("&#x27;", "'")


def seat_sentences(client, url):
    """Return what a page says about who has the seats."""
    return re.findall(
        r"The community holds .*?\.|We don’t show how many.*?counted\.|Not all partners are listed\.", text(client, url)
    )


@pytest.mark.both
@pytest.mark.parametrize("gone", GONE)
def test_with_its_yes_the_seat_counts_without_its_name(client, table, gone):
    confirm_seat(party=table.seat, by=table.editor)
    before = "The community holds 2 of 3 seats in the two inner circles; 1 is confirmed by the partner."
    assert seat_sentences(client, table.url) == seat_sentences(client, f"{table.url}partners/") == [before]
    GONE[gone](table, may_count=True)
    after = "The community holds 2 of 3 seats in the two inner circles; none are confirmed by the partners."
    assert seat_sentences(client, table.url) == seat_sentences(client, f"{table.url}partners/") == [after, NOT_ALL]
    assert client.get(f"/api/v1{table.url}").json()["all_partners_listed"] is False


@pytest.mark.parametrize("gone", GONE)
def test_without_it_no_page_shows_figures_about_seats(client, table, gone):
    GONE[gone](table, may_count=False)
    for page in (table.url, f"{table.url}partners/"):
        (why, note) = seat_sentences(client, page)
        assert (why.startswith(WITHHELD), note) == (True, NOT_ALL)
    assert client.get(f"/api/v1{table.url}").json()["all_partners_listed"] is False


@pytest.mark.parametrize("gone", GONE)
def test_a_new_yes_brings_name_and_figures_back(client, table, gone):
    before = seat_sentences(client, table.url)
    GONE[gone](table, may_count=False)
    if gone == "by withdrawing":
        confirm_seat(party=table.seat, by=table.editor)
        before = [before[0].replace("none are confirmed by the partners", "1 is confirmed by the partner")]
    else:
        save_organization(organization=table.canary, by=table.editor, fields={"listing": "profiled"})
    assert (seat_sentences(client, table.url), table.seat.unnamed) == (before, "")
    assert client.get(f"/api/v1{table.url}").json()["all_partners_listed"] is True


def test_the_own_page_asks_whether_seats_still_count(client, table):
    client.force_login(table.editor)
    page = f"/organizations/{table.canary.public_id}/mine/listing/"
    assert "may our seats still count, without our name?" in text(client, page)
    table.canary.refresh_from_db()
    for answer, unnamed in (("yes", "counted"), ("no", "withheld")):
        table.canary.refresh_from_db()
        sent = {"listing": "unlisted", "may_count": answer, "version": table.canary.version}
        assert client.post(page, sent).status_code == 302
        assert table.seat.unnamed == unnamed
        table.canary.refresh_from_db()
        client.post(page, {"listing": "named", "version": table.canary.version, "may_count": "yes"})
        assert table.seat.unnamed == ""


def test_an_office_that_unlists_an_organization_does_not_agree_for_it(table):
    save_organization(organization=table.canary, by=SYSTEM, fields={"listing": "unlisted"})
    assert table.seat.unnamed == "withheld"


def test_its_own_people_and_its_office_still_see_one_that_is_unlisted(table):
    table.unlist(may_count=False)
    for person in (table.editor, table.people.editor, table.people.administrator):
        assert list(unnamed_seats(person)) == []
    for person in (None, table.people.stranger, table.people.partner, table.people.other_editor):
        assert list(unnamed_seats(person)) == [table.seat]


@pytest.mark.parametrize("kind", ["joint_project", "organizing"])
def test_a_seat_that_was_never_public_leaves_no_trace(client, people, kind):
    """An unlisted organization, and in organizing, one that hasn't agreed."""
    table = Table(people, "unlisted" if kind == "joint_project" else "named", kind)
    before = client.get(f"/api/v1{table.url}").content, seat_sentences(client, table.url)
    if kind == "joint_project":
        table.leave(may_count=True)
    else:
        table.unlist(may_count=True)
    assert (client.get(f"/api/v1{table.url}").content, seat_sentences(client, table.url)) == before
    assert table.seat.unnamed == ""


def test_one_that_was_added_after_it_went_unlisted_leaves_no_trace(client, people, table):
    table.unlist(may_count=True)
    fresh = make_partnership("Other work", lead=people.office, parties=table.rows, confirmed=False)
    assert client.get(f"/api/v1/partnerships/{fresh.public_id}/").json()["all_partners_listed"] is True


def without_counters(document):
    return {name: value for name, value in document.items() if name not in ("version", "updated_at")}


@pytest.mark.both
@pytest.mark.parametrize("state", ["declined", "withdrawn"])
def test_a_document_reads_as_in_a_registry_without_it_but_for_the_note(people, table, state):
    decline_seat(party=table.seat, by=table.editor) if state == "declined" else table.leave(may_count=True)
    pk = table.record.pk
    found = without_counters(build([pk])[pk])
    save_partnership(partnership=table.record, by=SYSTEM, fields={}, parties=table.rows[:2])
    assert not table.record.parties.filter(organization=table.canary).exists()
    expected = without_counters(build([pk])[pk])
    assert expected.pop("all_partners_listed") is True
    assert found.pop("all_partners_listed") is (state == "declined")
    assert found == expected


def test_a_partner_that_declined_is_not_mentioned(client, table):
    decline_seat(party=table.seat, by=table.editor)
    assert seat_sentences(client, table.url) == [
        "The community holds 1 of 2 seats in the two inner circles; none are confirmed by the partners."
    ]


# Channel → address, for a partnership and its canary.
CHANNELS = {
    "page": lambda t: t.url,
    "partners": lambda t: f"{t.url}partners/",
    "office": lambda t: f"{t.url}office/",
    "story": lambda t: f"{t.url}timeline/",
    "list": lambda t: "/partnerships/?ordering=-updated",  # staff see their own office without a filter
    "search": lambda t: "/partnerships/?q=Homes",
    "file": lambda t: "/partnerships.csv",
    "feed": lambda t: "/partnerships.atom",
    "API": lambda t: f"/api/v1{t.url}",
    "API list": lambda t: "/api/v1/partnerships/",
    "coverage": lambda t: "/coverage/",
    "network": lambda t: "/network/",
}
READERS = ("anonymous", "stranger", "other_editor", "partner", "own", "editor", "reader", "administrator")
OFFICE = {"editor", "reader", "administrator"}
OPEN = {"recorded", "invited", "confirmed"}


@pytest.mark.slow
@pytest.mark.parametrize("state", ["recorded", "invited", "confirmed", "declined", "withdrawn"])
@pytest.mark.unpublished_writes
def test_who_reads_the_name_of_a_partner_where(client, people, table, state):
    if state == "withdrawn":
        table.leave(may_count=True)
    elif state == "declined":
        decline_seat(party=table.seat, by=table.editor)
    elif state == "confirmed":
        confirm_seat(party=table.seat, by=table.editor)
    else:
        table.record.parties.filter(organization=table.canary).update(state=state)
    wrong = []
    for role, channel in share_of(product(READERS, CHANNELS), 5):
        client.logout()
        if role != "anonymous":
            client.force_login(table.editor if role == "own" else getattr(people, role))
        answer = client.get(CHANNELS[channel](table))
        found = "Quibblewort" in answer.getvalue().decode()
        listed = state in OPEN and channel not in ("coverage", "network", "office")
        office = channel == "office" and role in OFFICE
        if channel not in ("network", "story", "coverage") and found != (listed or office):
            wrong.append((role, channel, answer.status_code, found))
        if state not in OPEN and found and not office:
            wrong.append((role, channel, answer.status_code, found))
    assert wrong == []


@pytest.mark.parametrize("may_count", [True, False])
def test_no_filter_finds_a_partnership_by_a_partner_that_withdrew(client, table, may_count):
    key = table.canary.public_id
    addresses = (f"/api/v1/partnerships/?organization={key}", f"/api/v1/partnerships/?q={CANARY.split()[0]}")
    assert [len(client.get(url).json()["results"]) for url in addresses] == [1, 1]
    table.leave(may_count=may_count)
    assert [len(client.get(url).json()["results"]) for url in addresses] == [0, 0]
    assert "Homes" not in text(client, f"/organizations/{key}/")


def areas(person=None):
    (area,) = [one for one in coverage_of(person, Partnership.objects.all()).issue_areas() if one.partnership_count]
    return area.partnership_count, area.with_community, area.at_least


def test_totals_count_a_seat_without_a_name_or_say_at_least(client, table):
    decline_seat(party=table.record.parties.get(organization=table.people.organization), by=table.people.partner)
    assert areas() == (1, 1, False)
    table.leave(may_count=True)
    assert areas() == (1, 1, False)
    confirm_seat(party=table.seat, by=table.editor)
    table.leave(may_count=False)
    assert areas() == (1, 0, True)
    rows = list(csv.DictReader(io.StringIO(text(client, "/coverage/issue-areas.csv").lstrip("\ufeff"))))
    assert [(row["with_community"], row["at_least"]) for row in rows if row["partnerships"] == "1"] == [("0", "yes")]
    page = text(client, "/coverage/")
    assert "Not shown" in page
    assert "No community partner yet" not in page


def report(people, table, kind, **fields):
    definition = ReportDefinition(kind=kind, jurisdiction=people.office, title="One", eyes="everyone", **fields)
    content, _ = content_of(definition)
    return content["all_listed"], seat_words(content["share"])


def test_reports_say_the_same(people, table):
    of_one = {"kind": "profile", "partnership": table.record}
    table.leave(may_count=True)
    sentence = "The community holds 2 of 3 seats in the two inner circles; none are confirmed by the partners."
    assert report(people, table, **of_one) == report(people, table, "council") == (False, sentence)
    confirm_seat(party=table.seat, by=table.editor)
    table.leave(may_count=False)
    assert report(people, table, **of_one)[1].startswith(WITHHELD)
    least = sentence.replace("2 of 3", "at least 1 of at least 2")
    assert report(people, table, "council") == (False, least)


def test_an_activity_says_that_its_leader_is_not_listed(client, table):
    other = table.record.parties.get(organization=table.people.organization)
    make_activity(table.record, parts=[(table.seat, "leads"), (other, "adds")], is_public=True)
    activity = table.record.activities.get()
    page, api = f"/activities/{activity.public_id}/", f"/api/v1/activities/{activity.public_id}/"
    table.leave(may_count=True)
    for address in (page, f"{table.url}results/", "/activities/"):
        assert "The partner that leads it isn’t listed." in text(client, address)
    assert client.get(api).json()["all_partners_listed"] is False
    assert [part["id"] for part in client.get(api).json()["parties"]] == [table.people.organization.public_id]


def test_an_activity_of_one_that_declined_says_nothing(client, table):
    make_activity(table.record, parts=[(table.seat, "leads")], is_public=True)
    decline_seat(party=table.seat, by=table.editor)
    assert "isn’t listed" not in text(client, table.url)


def test_two_seats_of_one_organization_look_like_those_of_two(people, table):
    """Each counts separately in a total.

    Counting them as one would show that one partner withdrew twice, or is named elsewhere.
    """
    again = make_partnership("More homes", lead=people.office, parties=table.rows, confirmed=False)
    confirm_seat(party=again.parties.get(organization=table.canary), by=table.editor)
    table.leave(may_count=True)
    sentence = report(people, table, "council")[1]
    assert "holds 4 of 6 seats" in sentence
