"""Possible duplicates on pages: asked about once, then never again, and marked or unmarked by those who may edit."""

import pytest

from partnerships.accounts.claims import identify_organization, make_claim
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.directory.distinct_pairs import mark_distinct
from partnerships.models import Change, Claim, DistinctPair, Organization, Suggestion
from partnerships.records import privacy
from partnerships.sample.removing import remove
from tests.factories import make_department, make_jurisdiction, make_organization
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db
TENANTS, PAGE = "Riverbend Tenants Union", "/organizations/duplicates/"


@pytest.fixture
def unlisted(office):
    return make_organization(TENANTS, "unlisted", kept_by=office, website="https://rtu.example")


def alike(answer):
    return [(row["record"].name, row["score"], row["reasons"]) for row in answer.context["similar"]]


def confirmed_data(data, *records):
    shown = [record.public_id for record in records]
    return data | {"not_a_duplicate": "yes", "seen_alike": shown, "distinct_because": "In another city"}


def pairs():
    return [(pair.record_type, pair.first_id, pair.second_id, pair.by) for pair in DistinctPair.objects.order_by("pk")]


def new_organization(client, name, **fields):
    page = client.get("/organizations/new/")
    given = {"name": name, "side": "community", "listing": "unlisted", "website": "", **fields}
    return fields_of(page) | given


def test_a_new_organization_is_questioned_once_with_reasons_and_then_saved(client, people, office, unlisted):
    data = new_organization(client, "Riverbend Tenant Union", website="rtu.example")
    answer = client.post("/organizations/new/", data)
    assert answer.status_code == 422
    reasons = ("The names have the same words.", "Both have the website rtu.example.")
    assert alike(answer) == [(TENANTS, 98, reasons)]
    page = answer.content.decode()
    assert "Very likely the same, 98%" in page
    assert 'value="Riverbend Tenant Union"' in page
    assert Organization.objects.filter(kept_by=office).count() == 1
    no_reason = client.post("/organizations/new/", confirmed_data(data, unlisted) | {"distinct_because": " "})
    assert (no_reason.status_code, "Say why it’s a different one." in no_reason.content.decode()) == (422, True)
    assert client.post("/organizations/new/", confirmed_data(data, unlisted)).status_code == 302
    made = Organization.objects.latest("pk")
    assert Change.objects.latest("pk").why == "In another city"
    assert pairs() == [("organization", unlisted.pk, made.pk, people.editor)]
    url = f"/organizations/{made.public_id}/edit/"
    data = fields_of(client.get(url)) | {"name": TENANTS}
    assert client.post(url, data).status_code == 302


def test_what_was_not_shown_is_shown_before_it_can_be_gone_on_from(client, office, unlisted):
    data = new_organization(client, TENANTS)
    third = make_organization(f"{TENANTS} Inc", "named")
    answer = client.post("/organizations/new/", confirmed_data(data, unlisted))
    assert {name for name, _, _ in alike(answer)} == {TENANTS, third.name}
    assert client.post("/organizations/new/", confirmed_data(data, unlisted, third)).status_code == 302
    assert len(pairs()) == 2


def test_a_page_cannot_mark_records_that_it_never_showed(client, office, unlisted):
    other = make_organization("Quartz Band", "unlisted", kept_by=make_jurisdiction("Tilden"))
    data = confirmed_data(new_organization(client, "Cedar Grove Choir"), unlisted, other)
    data["seen_alike"] += ["G-0000000-0", "x" * 300, "\0"]
    assert client.post("/organizations/new/", data).status_code == 302
    assert pairs() == []


def test_a_renamed_organization_is_asked_about_and_one_that_keeps_its_name_is_not(client, people, office, unlisted):
    record = make_organization("Cedar Grove Choir", "unlisted", kept_by=office)
    twin = make_organization(TENANTS, "unlisted", kept_by=office)
    url = f"/organizations/{twin.public_id}/edit/"
    assert client.post(url, fields_of(client.get(url)) | {"aims": "Rent"}).status_code == 302
    url = f"/organizations/{record.public_id}/edit/"
    data = fields_of(client.get(url)) | {"name": f"{TENANTS} (RTU)"}
    answer = client.post(url, data)
    assert (answer.status_code, [name for name, _, _ in alike(answer)]) == (422, [TENANTS, TENANTS])
    record.refresh_from_db()
    assert record.name == "Cedar Grove Choir"
    assert client.post(url, confirmed_data(data, unlisted, twin)).status_code == 302
    record.refresh_from_db()
    assert record.name == f"{TENANTS} (RTU)"
    assert len(pairs()) == 2


def test_an_organizations_own_people_see_listed_names_alone(client, people):
    make_organization(TENANTS, "unlisted", kept_by=people.office)
    client.force_login(people.partner)
    url = f"/organizations/{people.organization.public_id}/mine/name/"
    data = fields_of(client.get(url)) | {"name": TENANTS}
    assert client.post(url, data).status_code == 302
    listed = make_organization("Quartz Band", "named")
    answer = client.post(url, fields_of(client.get(url)) | {"name": "Quartz Band, Inc."})
    assert (answer.status_code, alike(answer)) == (422, [("Quartz Band", 97, ("The names have the same words.",))])
    assert client.post(url, confirmed_data(fields_of(answer), listed)).status_code == 302
    assert len(pairs()) == 1


def test_departments_are_asked_about_within_their_jurisdiction(client, people, office):
    there = make_department(office, "Department of Housing")
    make_department(people.other_office, "Housing")
    client.force_login(people.administrator)
    url = f"/jurisdictions/{office.public_id}/departments/new/"
    data = fields_of(client.get(url)) | {"name": "Housing Dept.", "kind": "department"}
    answer = client.post(url, data)
    reasons = ("The names have the same words in another order.",)
    assert (answer.status_code, alike(answer)) == (422, [("Department of Housing", 95, reasons)])
    assert client.post(url, confirmed_data(data, there)).status_code == 302
    made = office.departments.get(name="Housing Dept.")
    assert pairs() == [("department", there.pk, made.pk, people.administrator)]
    url = f"/departments/{made.public_id}/edit/"
    assert client.post(url, fields_of(client.get(url)) | {"name": "Department of Housing"}).status_code == 302
    other = make_jurisdiction("City of Tilden")
    url = f"/jurisdictions/{other.public_id}/departments/new/"
    assert client.post(url, data).status_code == 302


def test_someone_who_proposes_a_record_sees_listed_matches_and_no_hidden_ones(client, people):
    make_organization(f"{TENANTS} Inc", "unlisted", kept_by=people.office)
    listed = make_organization(TENANTS, "profiled", website="https://rtu.example")
    url, data = "/organizations/missing/", {"name": "Riverbend Tenants' Union", "office": people.office.pk}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert alike(answer) == [(TENANTS, 97, ("The names have the same words.",))]
    assert not Suggestion.objects.exists()
    assert client.post(url, confirmed_data(data, listed)).status_code == 302
    assert client.post(url, {"name": "Tenants of the lake", "office": people.office.pk}).status_code == 302
    assert Suggestion.objects.count() == 2
    assert pairs() == []


def test_deciding_on_a_proposal_shows_similar_records_and_accepting_marks_them(client, people):
    url, data = "/organizations/missing/", {"name": TENANTS, "office": people.office.pk, "website": "rtu.example"}
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    hidden = make_organization(f"{TENANTS} Inc", "unlisted", kept_by=people.office)
    client.force_login(people.editor)
    first, second = (f"/suggestions/{pk}/" for pk in Suggestion.objects.order_by("pk").values_list("pk", flat=True))
    assert alike(client.get(first)) == [(hidden.name, 97, ("The names have the same words.",))]
    sent = {"reason": "It is there.", "seen_alike": [hidden.public_id]}
    assert client.post(first, sent).status_code == 302
    assert pairs() == []
    assert client.post(second, sent | {"take": ["name"]}).status_code == 302
    made = Suggestion.objects.latest("pk").organization
    assert pairs() == [("organization", hidden.pk, made.pk, people.editor)]
    assert alike(client.get(second)) == []


def test_someone_who_adds_their_own_is_sent_to_the_existing_record(client, people):
    listed = make_organization(TENANTS, "named")
    client.force_login(people.stranger)
    data = {"name": TENANTS, "office": people.office.pk, "position": "Chair", "evidence": "Call us"}
    answer = client.post("/organizations/propose/", data)
    assert (answer.status_code, len(alike(answer))) == (422, 1)
    assert "Open it and claim it there" in answer.content.decode()
    assert client.post("/organizations/propose/", confirmed_data(data, listed)).status_code == 302
    made = Claim.objects.get()
    client.force_login(people.editor)
    page = client.get(f"/claims/{made.pk}/")
    assert alike(page) == [(TENANTS, 100, ("The names are the same.",))]
    sent = {"verdict": "different", "seen_alike": [listed.public_id]}
    assert client.post(f"/claims/{made.pk}/", sent).status_code == 422
    assert client.post(f"/claims/{made.pk}/", sent | {"reason": "In another city"}).status_code == 302
    made.refresh_from_db()
    assert pairs() == [("organization", listed.pk, made.organization_id, people.editor)]


def test_an_office_says_which_unlisted_record_a_proposal_is_about(client, people, office):
    hidden = make_organization(TENANTS, "unlisted", kept_by=office)
    elsewhere = make_organization(TENANTS, "named", kept_by=people.other_office)
    fields = {"name": TENANTS, "website": "", "about": "", "office": office, "position": "Chair", "evidence": "Call us"}
    made = make_claim(by=people.stranger, fields=fields)
    client.force_login(people.editor)
    page = client.get(f"/claims/{made.pk}/")
    assert [key for key, _ in page.context["form"].fields["verdict"].choices] == [
        f"is-{hidden.public_id}",
        "deny",
        "different",
    ]
    refused = client.post(f"/claims/{made.pk}/", {"verdict": f"is-{elsewhere.public_id}"})
    assert refused.status_code == 422
    with pytest.raises(NotAllowed):
        identify_organization(claim=made, by=people.editor, organization=elsewhere)
    assert client.post(f"/claims/{made.pk}/", {"verdict": f"is-{hidden.public_id}"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.organization) == ("pending", hidden)
    client.force_login(people.stranger)
    assert client.get(hidden.get_absolute_url()).status_code == 404  # until the claim is approved
    client.force_login(people.editor)
    assert client.post(f"/claims/{made.pk}/", {"verdict": "approve"}).status_code == 302
    assert hidden.memberships.get().person == people.stranger
    assert Organization.objects.filter(name=TENANTS).count() == 2
    with pytest.raises(ValidationError, match="already decided"):
        identify_organization(claim=made, by=people.editor, organization=hidden)


def test_the_page_of_possible_duplicates_marks_and_unmarks_pairs(client, people, office, unlisted):
    twin = make_organization(f"{TENANTS} Inc", "named")
    make_organization(f"The {TENANTS}", "unlisted", kept_by=people.other_office)
    make_organization("Cedar Grove Choir", "unlisted", kept_by=office)

    def listed_pairs():
        rows = client.get(PAGE).context["pairs"]
        return [(row["one"].pk, row["other"]["record"].pk) for row in rows]

    assert "Check for duplicates" in client.get("/organizations/").content.decode()
    assert listed_pairs() == [(unlisted.pk, twin.pk)]
    sent = {"one": unlisted.public_id, "other": twin.public_id}
    assert client.post(PAGE, sent).status_code == 302
    assert client.post(PAGE, sent).status_code == 302
    assert (listed_pairs(), len(pairs())) == ([], 1)
    assert client.get(PAGE).context["distinct_pairs"] == [(unlisted, twin)]
    assert client.post(PAGE, sent | {"take_back": "yes"}).status_code == 302
    assert (listed_pairs(), pairs()) == ([(unlisted.pk, twin.pk)], [])


def test_a_pair_of_one_office_is_listed_once(client, office, unlisted):
    twin = make_organization(TENANTS, "unlisted", kept_by=office)
    rows = client.get(PAGE).context["pairs"]
    assert [(row["one"], row["other"]["record"]) for row in rows] == [(unlisted, twin)]


@pytest.mark.parametrize("role", ["stranger", "partner", "reader", "suspended"])
def test_others_have_no_page_of_likely_duplicates(client, people, unlisted, role):
    client.force_login(getattr(people, role))
    twin = make_organization(TENANTS, "named")
    sent = {"one": unlisted.public_id, "other": twin.public_id}
    assert {client.get(PAGE).status_code, client.post(PAGE, sent).status_code} <= {302, 403}
    assert pairs() == []


def test_records_that_one_may_not_edit_or_see_are_not_marked(client, people, office, unlisted):
    client.force_login(people.other_editor)
    one, other = (make_organization(f"Quartz Band{end}", "named") for end in ("", " Inc"))
    keeps_itself = people.organization
    assert client.post(PAGE, {"one": one.public_id, "other": other.public_id}).status_code == 403
    assert client.post(PAGE, {"one": one.public_id, "other": keeps_itself.public_id}).status_code == 403
    assert client.post(PAGE, {"one": unlisted.public_id, "other": one.public_id}).status_code == 404
    assert client.post(PAGE, {"one": one.public_id, "other": "G-NOBODY"}).status_code == 404
    client.force_login(people.editor)
    for wrong in ({}, {"one": unlisted.public_id}, {"one": unlisted.public_id, "other": unlisted.public_id}):
        assert client.post(PAGE, wrong).status_code == 422
    assert pairs() == []


def test_the_list_goes_on_where_the_page_ends(client, office, monkeypatch):
    monkeypatch.setattr("partnerships.web.organizations.duplicates.PAGE_SIZE", 2)
    rows = [make_organization(f"{TENANTS} Inc" if n > 2 else TENANTS, "unlisted", kept_by=office) for n in range(4)]
    first = client.get(PAGE).context
    assert [row.pk for row in first["looked_at"]] == [row.pk for row in rows[:2]]
    assert first["pager"]["more_url"] == f"{PAGE}?after={rows[1].public_id}"
    second = client.get(first["pager"]["more_url"]).context
    assert [(row["one"], row["other"]["record"]) for row in second["pairs"]] == [(rows[2], rows[3])]
    assert (second["pager"]["more_url"], second["pager"]["earlier_url"]) == (None, PAGE)
    assert client.get(f"{PAGE}?after=G-NOBODY").status_code == 404
    assert client.get(f"{PAGE}?befor=x").status_code == 400


def test_pairs_are_in_the_copy_of_ones_data_and_forget_who_said_so(client, people, office, unlisted):
    twin = make_organization(TENANTS, "named")
    client.post(PAGE, {"one": unlisted.public_id, "other": twin.public_id})
    exported = privacy.own_data(people.editor)["not_duplicates"]
    assert [(row["record_type"], row["first_id"], row["second_id"]) for row in exported] == [
        ("organization", unlisted.pk, twin.pk)
    ]
    privacy.erase_person(person=people.editor, by=SYSTEM)
    assert pairs() == [("organization", unlisted.pk, twin.pk, None)]


def test_pairs_go_with_the_sample(db):
    one, other, third = (make_organization(TENANTS, "named", is_sample=sample) for sample in (True, False, False))
    mark_distinct(other, [one, third], by=SYSTEM)
    remove()
    assert pairs() == [("organization", other.pk, third.pk, None)]
