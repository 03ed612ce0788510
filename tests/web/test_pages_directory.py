"""Pages of organizations, jurisdictions, departments and issue areas: who sees what, and what an empty page shows."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from partnerships.core import clock, ids
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import relate_jurisdictions, save_jurisdiction
from partnerships.models import Organization
from tests.factories import (
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_organization,
    make_partnership,
    make_term,
    party,
)
from tests.snapshots import snapshot_fixture

# A word for each private field, which must not appear where it doesn't belong.
CANARIES = (
    "CanaryAims",
    "CanaryStreet",
    "CanaryLeaders",
    "CanaryServed",
    "CanaryDesk",
    "canary@example.org",
    "CanaryKnown",
)


@snapshot_fixture
def group(people):
    return make_organization(
        "Named group",
        "named",
        listing_source="The guide, chapter 5",
        kept_by=people.office,
        aims="CanaryAims",
        other_names="CanaryKnown",
        address="CanaryStreet 1",
        led_by=[make_term("community", "leaders", "CanaryLeaders")],
        communities=[make_term("community", "served", "CanaryServed")],
        contacts=[{"name": "CanaryDesk", "email": "canary@example.org", "visible_to": "public"}],
    )


def page_of(record, name):
    return reverse(name, args=[record.public_id])


def text(client, url):
    response = client.get(url)
    assert (url, response.status_code) == (url, 200)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def test_named_only_shows_name_side_and_source(client, group):
    shown = text(client, page_of(group, "organization"))
    assert [word for word in CANARIES if word in shown] == []
    assert "Named group" in shown
    assert "Community" in shown
    assert "The guide, chapter 5" in shown
    assert "Edit" not in shown
    assert "History" not in shown


@pytest.mark.parametrize("query", ["", "?q=named", "?q=CanaryAims", "?q=CanaryKnown", "?ordering=-updated"])
def test_lists_hide_what_a_named_only_one_did_not_open(client, group, query):
    for name in ("organizations", "organizations_csv"):
        shown = text(client, reverse(name) + query).replace(query.partition("q=")[2] or "\0", "")
        assert [word for word in CANARIES if word in shown] == []


def test_who_keeps_it_reads_it_whole_and_may_change_it(client, people, group):
    client.force_login(people.editor)
    shown = text(client, page_of(group, "organization"))
    assert [word for word in CANARIES if word not in shown] == []
    assert reverse("organization_edit", args=[group.public_id]) in shown
    assert "public-records request" in shown
    client.force_login(people.reader)
    shown = text(client, page_of(group, "organization"))
    assert "CanaryStreet" in shown
    assert reverse("organization_edit", args=[group.public_id]) not in shown
    client.force_login(people.other_editor)
    assert "CanaryStreet" not in text(client, page_of(group, "organization"))


def test_an_unlisted_one_is_as_unknown_as_a_missing_one(client, people):
    hidden = make_organization("Hidden group", "unlisted", kept_by=people.office)
    missing = page_of(hidden, "organization")
    answer = client.get(missing)
    assert answer.status_code == 404
    hidden_body = answer.content
    client.force_login(people.editor)
    assert "Hidden group" in text(client, missing)
    assert "Hidden group" in text(client, reverse("organizations"))
    client.logout()
    assert "Hidden group" not in text(client, reverse("organizations")) + text(client, reverse("organizations_csv"))
    type(hidden).objects.all().delete()
    assert client.get(missing).content == hidden_body


@pytest.mark.parametrize(
    ("name", "prefix"), [("organization", "G"), ("jurisdiction", "J"), ("department", "D"), ("meeting", "M")]
)
def test_a_mistyped_id_differs_from_a_missing_one(client, db, name, prefix):
    missing = ids.from_number(prefix, 4711)
    mistyped = missing[:-1] + ("2" if missing[-1] != "2" else "3")
    for public_id, words in ((missing, "We can’t find this page."), (mistyped, "This ID looks mistyped.")):
        answer = client.get(reverse(name, args=[public_id]))
        assert (public_id, answer.status_code) == (public_id, 404)
        assert words in answer.content.decode()


def test_pages_only_read(client, people, group):
    for name in ("organizations", "jurisdictions", "departments", "issue_areas", "meetings", "home", "about", "words"):
        assert (name, client.post(reverse(name)).status_code) == (name, 405)
    assert client.post(page_of(group, "organization")).status_code == 405


def test_unknown_parameters_are_refused(client, db):
    for name in ("organizations", "jurisdictions", "departments", "meetings", "organizations_csv", "meetings_csv"):
        assert (name, client.get(reverse(name) + "?colour=red").status_code) == (name, 400)
        assert (name, client.get(reverse(name) + "?utm_source=mail").status_code) == (name, 200)


def test_the_download_holds_the_rows_of_the_list(client, people):
    make_organization("=cmd()", "profiled", side="institution")
    rows = list(csv.DictReader(io.StringIO(text(client, reverse("organizations_csv") + "?side=institution")[1:])))
    assert [row["name"] for row in rows] == ["'=cmd()"]
    assert rows[0]["side"] == "institution"


def test_a_record_says_how_old_its_check_is(client, people, group):
    client.force_login(people.editor)
    assert "Not verified yet." in text(client, page_of(group, "organization"))
    for days, words in ((30, ". Last changed"), (400, "more than a year ago. It may be out of date.")):
        group.last_verified_on = clock.today() - timedelta(days=days)
        group.save()
        assert words in text(client, page_of(group, "organization"))


def test_departments_are_shown_below_their_parents(client, people):
    top = make_department(people.office, "Public Works")
    middle = make_department(people.office, "Streets", parent=top)
    low = make_department(people.office, "Signs", parent=middle)
    shown = text(client, page_of(people.office, "jurisdiction"))
    assert shown.index("Public Works") < shown.index("Streets") < shown.index("Signs")
    assert shown.split("Public Works")[1].split("Signs")[0].count("<ul") == 2
    shown = text(client, page_of(low, "department"))
    assert [shown.count(reverse("department", args=[d.public_id])) >= 1 for d in (top, middle)] == [True, True]


def test_a_jurisdiction_shows_stage_neighbors_and_partnerships(client, people):
    office = people.office
    stages = [{"stage": "normalizing", "since": clock.today() - timedelta(days=400)}]
    save_jurisdiction(jurisdiction=office, by=SYSTEM, fields={}, stages=stages)
    relate_jurisdictions(one=people.other_office, other=office, key="neighbors", by=SYSTEM)
    make_partnership("Led by the office", lead=office)
    make_partnership("Joined by the office", lead=people.other_office, parties=[party(office, "member")])
    make_partnership("Of others", lead=people.other_office, parties=[party(people.other_office, "lead")])
    make_partnership("Draft of the office", lead=office, published=False)
    shown = text(client, page_of(office, "jurisdiction"))
    assert "Normalizing" in shown
    assert people.other_office.name in shown
    assert "Led by the office" in shown
    assert "Joined by the office" in shown
    assert "Of others" not in shown
    assert "Draft of the office" not in shown
    assert f"{reverse('partnerships')}?jurisdiction={office.public_id}" in shown


def test_an_unlisted_party_leads_no_one_to_its_partnerships(client, people):
    """A department's page shows its partnership, but not the partner that the reader may not see."""
    department = make_department(people.office)
    hidden = make_organization("Hidden group", "unlisted", kept_by=people.office)
    make_partnership(
        "With a hidden one", lead=people.office, parties=[party(department, "lead"), party(hidden, "member")]
    )
    shown = text(client, page_of(department, "department"))
    assert "With a hidden one" in shown
    assert "Hidden group" not in shown
    assert "and 1 more" not in shown


def test_issue_areas_count_what_is_below_them(client, db):
    housing = make_issue_area()
    renting = make_issue_area("renting", parent=housing)
    make_issue_area("food")
    lead = make_jurisdiction()
    make_partnership("On renting", lead=lead, parties=[party(lead, "lead")], issue_areas=[renting])
    shown = text(client, reverse("issue_areas"))
    assert shown.count("1 partnership in total") == 1
    assert shown.count("No partnerships yet") == 1
    assert "On renting" in text(client, reverse("issue_area", args=["housing"]))
    assert "On renting" not in text(client, reverse("issue_area", args=["food"]))


def test_an_issue_area_names_profiles_only(client, people):
    housing = make_issue_area()
    make_organization("Profiled group", "profiled", issue_areas=[housing])
    make_organization("Quiet group", "named", issue_areas=[housing])
    make_department(people.office, "Housing desk", issue_areas=[housing])
    shown = text(client, reverse("issue_area", args=["housing"]))
    assert "Profiled group" in shown
    assert "Housing desk" in shown
    assert "Quiet group" not in shown


def test_an_issue_area_is_found_by_its_id_too(client, db):
    housing = make_issue_area()
    answer = client.get(reverse("issue_area", args=[housing.public_id]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("issue_area", args=["housing"]))
    assert client.get(reverse("issue_area", args=["nothing"])).status_code == 404


def test_the_tree_of_issue_areas_refuses_what_it_cannot_be_asked_for(client, db):
    assert client.get("/issue-areas/", {"utm_source": "mail"}).status_code == 200
    answer = client.get("/issue-areas/", {"with": "housing"})
    assert answer.status_code == 400
    assert "“with” isn’t a filter of this list." in answer.content.decode()


def test_a_web_address_typed_without_https_gets_it(client, people):
    client.force_login(people.editor)
    typed = {"name": "Voices", "side": "community", "listing": "unlisted", "kept_by": people.office.pk}
    rows = {f"{name}-{n}": "0" for name in ("contacts", "identifiers") for n in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert client.post("/organizations/new/", typed | rows | {"website": "voices.example.org"}).status_code == 302
    assert Organization.objects.get(name="Voices").website == "https://voices.example.org"


def test_a_long_form_folds_what_is_rarer_and_opens_where_something_is_wrong(client, people):
    client.force_login(people.editor)
    folds = '<details class="fold"'
    assert client.get("/organizations/new/").content.decode().count(f"{folds}>") == 7
    typed = {"name": "Renters", "side": "community", "listing": "unlisted", "kept_by": people.office.pk}
    typed |= {"area": "Nowhere at all", "address": "1 Main Street"}
    typed |= {f"{rows}-{key}_FORMS": "0" for rows in ("contacts", "identifiers") for key in ("TOTAL", "INITIAL")}
    refused = client.post("/organizations/new/", typed).content.decode()
    opened = refused.split(f"{folds} open>")[1:]
    assert [part.split("<h2>")[1].split("</h2>")[0] for part in opened] == ["Issue areas and area served"]
    assert refused.count("<span>1 filled in</span>") == 2
