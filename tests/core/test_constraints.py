"""Rules that the database enforces itself, for any code that writes."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.core import clock
from partnerships.mail.models import Email
from partnerships.measurement.models import DataPoint, Measure
from partnerships.meetings.models import Attendance
from partnerships.registry.models import Party
from tests.factories import make_measure, make_meeting, make_organization, make_partnership, make_person, party

pytestmark = pytest.mark.django_db


def is_refused(model, rows):
    """Whether the database refuses these rows, written without the checks of forms and actions."""
    try:
        with transaction.atomic():
            model.objects.bulk_create(rows)
    except IntegrityError:
        return True
    return False


def copy_of(record, **fields):
    """An unsaved copy of a record."""
    values = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
    return type(record)(**values | {"id": None} | fields)


def test_an_outbox_row_is_unique_for_kind_occurrence_and_recipient():
    make_meeting(people=[make_person()])
    email = Email.objects.first()
    assert not is_refused(Email, [copy_of(email, occurrence="another")])
    assert is_refused(Email, [copy_of(email)])


@pytest.mark.unpublished_writes
def test_an_organization_is_a_party_once():
    one = make_organization()
    table = make_partnership(parties=[party(one, "lead")])
    seat = table.parties.get()
    assert not is_refused(Party, [copy_of(seat, organization_id=make_organization("Another").pk, position=2)])
    assert is_refused(Party, [copy_of(seat, position=3)])


def test_no_rate_is_divided_by_zero():
    point = {"measure": make_measure(), "starts_on": date(2024, 1, 1), "numerator": 0, "value": 0, "at": clock.now()}
    assert not is_refused(DataPoint, [DataPoint(**point, denominator=1)])
    assert is_refused(DataPoint, [DataPoint(**point | {"cell": "gender=women"}, denominator=0)])


@pytest.mark.both
@pytest.mark.parametrize(("model", "name", "most"), [(Measure, "per", 2**31 - 1), (Attendance, "people", 2**15 - 1)])
def test_numbers_have_the_same_range_on_both_databases(model, name, most):
    field = model._meta.get_field(name)
    field.run_validators(most)
    with pytest.raises(ValidationError, match=str(most)):
        field.run_validators(most + 1)
