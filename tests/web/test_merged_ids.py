"""The id of a merged record still works and means the kept one: in filters of lists and files, and in forms."""

import pytest
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.records.merging import merge
from partnerships.web.frame.forms.entities import EntityField
from tests.factories import make_department, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


def merge_into(kept, lost):
    for row in (kept, lost):
        row.refresh_from_db()
    merge(kept=kept, lost=lost, by=SYSTEM, versions=(kept.version, lost.version))
    return kept


@snapshot_fixture
def merged_records(people):
    """An organization and a department, each kept and lost, and a partnership of the lost one."""
    groups = [make_organization(f"Choir {n}", kept_by=people.office) for n in "AB"]
    offices = [make_department(people.office, f"Desk {n}") for n in "AB"]
    for title, body in (("Sings", groups[1]), ("Writes", offices[1])):
        make_partnership(title, lead=people.office, parties=[party(people.office, "lead"), party(body, "member")])
    lost = groups[1].public_id, offices[1].public_id
    return merge_into(*groups), merge_into(*offices), *lost


@pytest.mark.parametrize("face", ["partnerships", "partnerships_csv", "/api/v1/partnerships/"])
@pytest.mark.parametrize(("place", "name", "title"), [(0, "organization", "Sings"), (1, "department", "Writes")])
def test_a_list_filtered_by_the_lost_id_shows_the_kept_one_s_rows(client, merged_records, face, place, name, title):
    page = face if face.startswith("/") else reverse(face)
    responses = [client.get(page, {name: one}) for one in (merged_records[place].public_id, merged_records[place + 2])]
    texts = [answer.getvalue().decode() for answer in responses]
    assert [answer.status_code for answer in responses] == [200, 200]
    for text in texts:
        assert title in text
        assert {"Sings": "Writes", "Writes": "Sings"}[title] not in text


def test_the_filter_is_shown_by_the_name_of_the_kept_one(client, merged_records):
    text = client.get(reverse("partnerships"), {"organization": merged_records[2]}).content.decode()
    assert f"Organization: {merged_records[2]}" not in text
    assert "Choir A" in text


def test_both_ids_together_ask_for_one_record(client, merged_records):
    answer = client.get(reverse("partnerships"), {"organization": [merged_records[0].public_id, merged_records[2]]})
    assert (answer.status_code, "Sings" in answer.content.decode()) == (200, True)


def test_who_may_not_see_the_kept_one_learns_nothing_by_the_lost_id(client, merged_records, people):
    save_organization(organization=merged_records[0], by=SYSTEM, fields={"listing": "unlisted"})
    unknown = client.get("/api/v1/partnerships/", {"organization": "G-000000-Z"})
    answer = client.get("/api/v1/partnerships/", {"organization": merged_records[2]})
    assert (answer.status_code, unknown.status_code) == (400, 400)
    assert answer.content.decode().replace(merged_records[2], "") == unknown.content.decode().replace("G-000000-Z", "")
    client.force_login(people.editor)
    assert client.get(reverse("partnerships"), {"organization": merged_records[2]}).status_code == 200


def test_a_form_that_names_the_lost_id_takes_the_kept_one(merged_records, people):
    field = EntityField(person=people.editor)
    assert field.clean(f"Choir B ({merged_records[2]})") == merged_records[0]
    assert field.clean(merged_records[3]) == merged_records[1]
    save_organization(organization=merged_records[0], by=SYSTEM, fields={"listing": "unlisted"})
    with pytest.raises(Exception, match="We can’t find"):
        EntityField(person=people.stranger).clean(merged_records[2])
