"""The upgrade makes a claim of each number that no source has, and loses none."""

from importlib import import_module

import pytest
from django.apps import apps

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_jurisdiction, save_organization
from partnerships.directory.reference import SOURCE
from partnerships.directory.reference.actions import load_state
from partnerships.models import Change, Identifier, Jurisdiction, Organization
from tests.factories import make_department

pytestmark = pytest.mark.django_db
upgrade = import_module("partnerships.migrations.0083_identifiers_are_claims")


def number(value, scheme="ein"):
    return [{"scheme": scheme, "value": value}]


def upgraded(record):
    """(is confirmed, by which source, who typed it, for which office) of the record's number after the upgrade."""
    row = record.identifiers.get()
    return row.is_confirmed, row.confirmed_source, row.stated_by, row.stated_for


@pytest.fixture
def upgrade_all():
    def act():
        before = sorted(Identifier.objects.values_list("pk", "scheme", "value"))
        Identifier.objects.update(
            is_confirmed=True, stated_by=None, stated_for=None, confirmed_source="", confirmed_at=None
        )
        upgrade.check_all(apps, None)
        assert sorted(Identifier.objects.values_list("pk", "scheme", "value")) == before

    return act


@pytest.mark.both
def test_numbers_that_people_typed_are_their_keepers_claims(people, upgrade_all):
    by_office = save_organization(
        by=people.editor, fields={"name": "Kept", "kept_by": people.office}, identifiers=number("12-3456781")
    )
    save_organization(organization=people.organization, by=SYSTEM, fields={"kept_by": people.office})
    save_organization(organization=people.organization, by=people.partner, fields={}, identifiers=number("12-3456782"))
    department = make_department(people.office)
    save_department(department=department, by=people.editor, fields={}, identifiers=number("12-3456783"))
    save_jurisdiction(jurisdiction=people.office, by=people.editor, fields={}, identifiers=number("2743000", "geoid"))
    forgotten = save_organization(
        by=people.editor, fields={"name": "Old", "kept_by": people.office}, identifiers=number("12-3456784")
    )
    Change.objects.filter(record_type="organization", record_id=forgotten.pk).delete()
    upgrade_all()
    assert upgraded(by_office) == (False, "", people.editor, people.office)
    assert upgraded(people.organization) == (False, "", people.partner, None)
    assert upgraded(department) == (False, "", people.editor, people.office)
    assert upgraded(people.office) == (False, "", people.editor, people.office)
    assert upgraded(forgotten) == (False, "", None, people.office)


def test_numbers_of_a_source_stay_confirmed(people, upgrade_all):
    load_state("WY")
    place = Jurisdiction.objects.filter(source=SOURCE, identifiers__scheme="geoid").first()
    sample = save_organization(by=SYSTEM, fields={"name": "Sample"}, identifiers=number("12-3456781"))
    Organization.objects.filter(pk=sample.pk).update(is_sample=True)
    imported = [
        save_organization(
            by=people.editor,
            fields={"name": f"{source or 'Elm'} choir", "kept_by": people.office, "source": source},
            identifiers=number(value),
            why="Import of list.csv",
        )
        for source, value in (("State register", "12-3456782"), ("", "12-3456783"))
    ]
    upgrade_all()
    assert {(row.is_confirmed, row.confirmed_source) for row in place.identifiers.all()} == {(True, SOURCE)}
    assert upgraded(sample) == (True, "", None, None)
    assert upgraded(imported[0])[:2] == (True, "State register")
    assert upgraded(imported[1])[:2] == (False, "")
