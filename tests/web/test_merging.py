"""Merging two records on pages: chosen, compared, merged, found under the old address, and the merge undone."""

import pytest
from django.urls import reverse

from partnerships.core.models import Merge
from partnerships.models import Membership, Organization
from tests.factories import make_department, make_meeting, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def pair(people):
    kept = make_organization("Harbor Tenants Union", kept_by=people.office, aims="Rent that people can pay.")
    lost = make_organization("Harbour Tenants' Union", kept_by=people.office, aims="Homes for all.")
    return kept, lost


def page(record, other=None):
    address = reverse(f"{record._meta.model_name}_merge", args=[record.public_id])
    return f"{address}?other={other.public_id}" if other else address


def merge_fields(kept, lost, **fields):
    return {"version": kept.version, "other_version": lost.version, "take-name": "kept", "take-aims": "kept"} | fields


def text_of(response):
    return " ".join(response.content.decode().split())


def test_both_are_side_by_side_with_their_linked_records(client, people, pair):
    kept, lost = pair
    both = [party(people.office, "lead"), party(kept, "member"), party(lost, "member")]
    make_partnership("The shared table", lead=people.office, parties=both)
    lost.contacts.create(name="Desk", email="desk@example.org")
    client.force_login(people.editor)
    text = text_of(client.get(page(kept, lost)))
    for words in (
        "Rent that people can pay.",
        "Homes for all.",
        "Its role in 1 partnership that you can see:",
        "1 contact",
    ):
        assert words in text
    assert "Both take part here. They become one partner, with the text of both: “The shared table”" in text
    assert page(lost, kept) in text  # swapped


def test_they_become_one_and_the_old_addresses_lead_there(client, people, pair):
    kept, lost = pair
    client.force_login(people.editor)
    answer = client.post(page(kept, lost), merge_fields(kept, lost, **{"take-aims": "other", "why": "One desk."}))
    assert (answer.status_code, answer.url) == (302, f"/organizations/{kept.public_id}/")
    kept.refresh_from_db()
    assert (kept.name, kept.aims) == ("Harbor Tenants Union", "Homes for all.")
    client.logout()
    old = f"/organizations/{lost.public_id}/"
    assert client.get(old).url == f"/organizations/{kept.public_id}/"
    assert client.get(old.lower().replace("organizations", "organizations") + "?x=1").url.endswith(
        f"{kept.public_id}/?x=1"
    )
    api = client.get(f"/api/v1/organizations/{lost.public_id}/")
    assert (api.status_code, api.url) == (302, f"/api/v1/organizations/{kept.public_id}/")
    assert api["Access-Control-Allow-Origin"] == "*"
    assert client.post(old).status_code == 405
    assert client.get(api.url).json()["name"] == "Harbor Tenants Union"


def test_the_history_shows_the_merge_and_offers_to_undo_it(client, people, pair):
    kept, lost = pair
    client.force_login(people.editor)
    client.post(f"/organizations/{lost.public_id}/edit/", {"version": 1, "name": "x"})
    client.post(page(kept, lost), merge_fields(kept, lost))
    history = text_of(client.get(f"/organizations/{kept.public_id}/history/"))
    undo_url = reverse("organization_apart", args=[kept.public_id, Merge.objects.get().pk])
    assert "merged another record into it" in history
    assert f'href="{undo_url}"' in history
    assert "Harbour Tenants&#x27; Union" in text_of(client.get(undo_url))
    kept.refresh_from_db()
    answer = client.post(undo_url, {"version": kept.version})
    assert answer.url == f"/organizations/{lost.public_id}/"
    assert client.get(answer.url).status_code == 200
    assert client.get(undo_url).status_code == 404


def test_an_old_form_cannot_undo_the_merge(client, people, pair):
    kept, lost = pair
    client.force_login(people.editor)
    client.post(page(kept, lost), merge_fields(kept, lost))
    undo_url = reverse("organization_apart", args=[kept.public_id, Merge.objects.get().pk])
    answer = client.post(undo_url, {"version": "1", "why": "Two desks after all."})
    assert answer.status_code == 409
    assert "Two desks after all." in text_of(answer)
    assert not Organization.objects.filter(pk=lost.pk).exists()


def test_an_edit_since_is_shown_and_every_choice_stays(client, people, pair):
    kept, lost = pair
    client.force_login(people.editor)
    form = merge_fields(kept, lost, **{"take-aims": "other", "other_version": "0", "why": "One desk."})
    answer = client.post(page(kept, lost), form)
    assert answer.status_code == 409
    assert "Someone changed this record while you had it open." in text_of(answer)
    assert "One desk." in text_of(answer)
    assert Organization.objects.filter(pk=lost.pk).exists()


@pytest.mark.parametrize("wrong", ["", "Nobody at all", "G-000000-0", "<script>alert(1)</script>"])
def test_what_names_no_organization_shows_an_error_at_the_field(client, people, pair, wrong):
    kept, _ = pair
    client.force_login(people.editor)
    answer = client.get(page(kept), {"other": wrong})
    assert answer.status_code == 422
    assert "has-error" in text_of(answer)
    assert "<script>alert" not in text_of(answer)


def test_it_is_not_merged_with_itself_another_side_or_what_is_not_yours(client, people, pair):
    kept, _ = pair
    bank = make_organization("Harbor Bank", side="institution", kept_by=people.office)
    foreign = make_organization("Seattle group", kept_by=people.other_office)
    client.force_login(people.editor)
    for other, error in (
        (kept, "These are the same record."),
        (bank, "They’re on different sides."),
        (foreign, "You don’t have permission to change “Seattle group”"),
    ):
        answer = client.get(page(kept, other))
        assert answer.status_code == 422
        assert error in text_of(answer)


def test_one_that_you_do_not_see_is_unknown(client, people, pair):
    kept, _ = pair
    hidden = make_organization("Hidden group", "unlisted", kept_by=people.other_office)
    client.force_login(people.editor)
    answers = [text_of(client.get(page(kept), {"other": text})) for text in (hidden.public_id, "G-000007-X")]
    assert "We can’t find “" + hidden.public_id in answers[0]
    assert "Hidden group" not in answers[0]


def test_a_choice_that_is_none_is_refused(client, people, pair):
    kept, lost = pair
    client.force_login(people.editor)
    answer = client.post(page(kept, lost), merge_fields(kept, lost, **{"take-aims": "mine"}))
    assert answer.status_code == 422
    assert Organization.objects.filter(pk=lost.pk).exists()


def test_tables_that_one_does_not_see_are_not_counted(client, people, pair):
    kept, lost = pair
    sides = [party(people.other_office, "lead"), party(lost, "member")]
    make_partnership("Draft elsewhere", lead=people.other_office, parties=sides, published=False)
    client.force_login(people.editor)
    text = text_of(client.get(page(kept, lost)))
    assert "No partnerships that you can see." in text
    assert "Draft elsewhere" not in text


def test_it_is_said_when_more_people_will_see_it(client, people, pair):
    kept, _ = pair
    quiet = make_organization("Quiet tenants", "unlisted", kept_by=people.office)
    client.force_login(people.editor)
    assert "everyone will see Harbor Tenants Union there" in text_of(client.get(page(kept, quiet)))
    assert "everyone will see" not in text_of(client.get(page(quiet, kept)))


def test_departments_of_one_jurisdiction(client, people):
    kept, lost = make_department(people.office, "Housing"), make_department(people.office, "Housing office")
    unit = make_department(people.office, "Tenant help", parent=lost)
    client.force_login(people.editor)
    assert "1 office or unit within it" in text_of(client.get(page(kept, lost)))
    form = {"version": kept.version, "other_version": lost.version, "take-name": "kept"}
    assert client.post(page(kept, lost), form).status_code == 302
    unit.refresh_from_db()
    assert unit.parent == kept
    assert client.get(f"/departments/{lost.public_id}/").url == f"/departments/{kept.public_id}/"
    assert client.get(f"/api/v1/departments/{lost.public_id}/").status_code == 302


def test_a_feed_or_meeting_that_named_the_lost_one_still_works(client, people, pair):
    kept, lost = pair
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(lost, "member")])
    meeting = make_meeting(partnership, people=[lost.contacts.create(name="Desk", email="desk@example.org")])
    Membership.objects.create(person=people.stranger, organization=lost, role="reader")
    client.force_login(people.administrator)
    lost.refresh_from_db()
    assert client.post(page(kept, lost), merge_fields(kept, lost)).status_code == 302
    assert client.get(f"/meetings/{meeting.public_id}/").status_code == 200
    assert "Harbor Tenants Union" in text_of(client.get(f"/partnerships/{partnership.public_id}/"))
    client.force_login(people.stranger)
    assert client.get(f"/organizations/{kept.public_id}/yours/").status_code in (200, 404)
