"""Neighboring and overlapping jurisdictions: entered on one page, they appear on both pages and in both histories."""

from html import unescape

import pytest
from django.urls import reverse

from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.directory import relations
from partnerships.directory.actions import relate_jurisdictions, save_jurisdiction
from partnerships.models import Change, Jurisdiction, JurisdictionRelation
from partnerships.records import undoing
from tests.browser.forms import forms
from tests.factories import make_jurisdiction
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@snapshot_fixture
def county(people):
    return make_jurisdiction("Ramsey County", "county")


@snapshot_fixture
def district(people):
    return make_jurisdiction("Lake Schools", "school_district")


def related_names(record):
    return {key: [one.name for one in others] for key, others in relations.related(record).items()}


def edit_url(record):
    return reverse("jurisdiction_edit", args=[record.public_id])


def form_values(client, record):
    return forms(client.get(edit_url(record)).content.decode())[-1].values()


def entries(record):
    rows = Change.objects.filter(record_type="jurisdiction", record_id=record.pk, verb="update")
    return [(row.by, row.before, row.after) for row in rows]


def test_what_staff_enter_on_one_page_is_on_both(client, people, county, district):
    client.force_login(people.editor)
    values = form_values(client, people.office)
    typed = {"neighbors": f"Lake Schools\r\n{county.public_id}", "overlaps": "Ramsey County", "why": "From the map"}
    assert client.post(edit_url(people.office), values | typed).status_code == 302
    office = people.office.name
    assert related_names(people.office) == {
        "neighbors": ["Lake Schools", "Ramsey County"],
        "overlaps": ["Ramsey County"],
    }
    assert related_names(county) == {"neighbors": [office], "overlaps": [office]}
    page = unescape(client.get(reverse("jurisdiction", args=[county.public_id])).content.decode())
    assert page.count(f">{office}</a>") >= 2
    (change,) = entries(county)
    ours = [people.office.public_id]
    assert change == (people.editor, {"neighbors": [], "overlaps": []}, {"neighbors": ours, "overlaps": ours})
    assert form_values(client, people.office)["neighbors"] == [
        f"Lake Schools ({district.public_id})\r\nRamsey County ({county.public_id})"
    ]


def test_it_is_removed_and_undone_on_either_side(people, county):
    relate_jurisdictions(one=people.office, other=county, key="neighbors", by=people.editor)
    version = Jurisdiction.objects.get(pk=county.pk).version
    save_jurisdiction(jurisdiction=people.office, by=people.editor, fields={}, neighbors=[])
    now = Jurisdiction.objects.get(pk=county.pk)
    assert now.version == version + 1
    assert related_names(people.office) == related_names(county) == {"neighbors": [], "overlaps": []}
    change = Change.objects.filter(record_type="jurisdiction", record_id=county.pk).first()
    seen = undoing.plan_for(people.administrator, now, change).wanted
    undoing.undo(record=now, change=change, by=people.administrator, version=now.version, seen=seen)
    assert related_names(people.office)["neighbors"] == ["Ramsey County"]


def test_saying_it_again_from_the_other_side_changes_nothing(people, county):
    relate_jurisdictions(one=people.office, other=county, key="overlaps", by=people.editor)
    before = Change.objects.count()
    relate_jurisdictions(one=county, other=people.office, key="overlaps", by=people.administrator)
    relate_jurisdictions(one=people.office, other=county, key="overlaps", by=people.editor)
    assert (Change.objects.count(), JurisdictionRelation.objects.count()) == (before, 1)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("Nowhere at all", "We can’t find “Nowhere at all”."),
        ("Ramsy County", "Did you mean Ramsey County"),
        ("{own}", "can’t be on its own list. Name the others."),
    ],
)
def test_invalid_values_are_refused_and_stay_typed(client, people, county, typed, error):
    client.force_login(people.editor)
    typed = typed.format(own=people.office.name)
    answer = client.post(edit_url(people.office), form_values(client, people.office) | {"neighbors": typed})
    page = unescape(answer.content.decode())
    assert (answer.status_code, error in page, typed in page) == (422, True, True)
    assert not JurisdictionRelation.objects.exists()


def test_there_are_a_hundred_of_a_kind_at_most(people, county):
    many = [Jurisdiction(pk=1000 + n, name="X") for n in range(relations.MOST + 1)]
    with pytest.raises(ValidationError) as refused:
        save_jurisdiction(jurisdiction=people.office, by=people.editor, fields={}, neighbors=many)
    assert refused.value.message_dict == {"neighbors": ["Enter 100 at most."]}


def test_only_who_writes_for_one_of_them_says_it(people, county):
    with pytest.raises(NotAllowed):
        relate_jurisdictions(one=county, other=people.office, key="neighbors", by=people.editor)


def test_two_who_name_others_see_both_texts(client, people, county, district):
    client.force_login(people.editor)
    seen = form_values(client, people.office)
    save_jurisdiction(jurisdiction=people.office, by=people.administrator, fields={}, neighbors=[county])
    answer = client.post(edit_url(people.office), seen | {"overlaps": "Lake Schools"})
    merged = forms(answer.content.decode())[-1].values()
    assert (answer.status_code, merged["neighbors"]) == (409, [f"Ramsey County ({county.public_id})"])
    assert client.post(edit_url(people.office), merged).status_code == 302
    assert related_names(people.office) == {"neighbors": ["Ramsey County"], "overlaps": ["Lake Schools"]}
