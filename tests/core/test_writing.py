"""A save writes only what changed."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.writing import apply_values
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Contact, Party, PartyRole
from partnerships.registry.actions import save_partnership
from tests.factories import make_issue_area, make_organization, make_partnership, party

pytestmark = pytest.mark.both


def as_rows(partnership, **changed):
    """Return the parties as a form would submit them, the first with other values."""
    rows = []
    for row in partnership.parties.all():
        roles = [{"role": role.role, "hours_per_month": role.hours_per_month} for role in row.roles.all()]
        rows.append({"id": row.pk, row.entity._meta.model_name: row.entity, "roles": roles})
    rows[0] |= changed
    return rows


def test_it_says_whether_something_was_another(people, django_assert_num_queries):
    group = make_organization("Voices", issue_areas=[make_issue_area()])
    areas = list(group.issue_areas.all())
    with django_assert_num_queries(1):  # reads the list, to compare it
        assert apply_values(group, {"name": "Voices", "issue_areas": areas}) is False
    assert apply_values(group, {"aims": "More"}) is True
    assert apply_values(group, {"issue_areas": []}) is True
    assert list(type(group).objects.filter(pk=group.pk).values_list("aims", "issue_areas")) == [("More", None)]


def test_rows_that_stay_are_kept_and_rows_that_went_are_gone(people):
    contacts = [{"name": "Front desk"}, {"name": "Back door"}]
    group = make_organization("Voices", contacts=contacts)
    first = Contact.objects.get(name="Front desk")
    rows = [{"id": first.pk, "name": "Front desk"}, {"name": "Side door"}]
    save_organization(organization=group, by=SYSTEM, fields={}, contacts=rows)
    assert set(group.contacts.values_list("name", flat=True)) == {"Front desk", "Side door"}
    assert Contact.objects.filter(pk=first.pk).exists()
    assert [row["name"] for row in Change.objects.first().after["contacts"]] == ["Front desk", "Side door"]


def test_the_change_log_shows_rows_as_they_are_after_a_party_left(people):
    partnership = make_partnership(lead=people.office)
    leaving = partnership.parties.last()
    save_partnership(partnership=partnership, by=SYSTEM, fields={}, facts={"seats": [{"title": "Chair", "held_by": 1}]})
    save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=as_rows(partnership)[:1])
    assert not Party.objects.filter(pk=leaving.pk).exists()
    assert [row["held_by"] for row in Change.objects.first().after["seats"]] == [None]


def test_the_backbone_moves_from_one_party_to_another(people):
    group = make_organization("Voices")
    partnership = make_partnership(
        lead=people.office, parties=[party(people.office, "lead"), party(group, "member", "backbone")]
    )
    rows = as_rows(partnership, roles=[{"role": "lead"}, {"role": "backbone"}])
    rows[1]["roles"] = [{"role": "member"}]
    save_partnership(partnership=partnership, by=SYSTEM, fields={}, parties=rows)
    held = PartyRole.objects.filter(role="backbone").values_list("party", flat=True)
    assert list(held) == [rows[0]["id"]]


def test_removed_facts_are_gone(people):
    partnership = make_partnership(lead=people.office, facts={"agreement": {"scope": "Rooms"}})
    save_partnership(partnership=partnership, by=SYSTEM, fields={}, facts={"agreement": None})
    change = Change.objects.first()
    assert (change.before["agreement"]["scope"], change.after["agreement"]) == ("Rooms", None)
