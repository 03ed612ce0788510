"""What a merge stored to be undone goes when the person that it is about is erased."""

import json

import pytest

from partnerships.core import clock
from partnerships.core.merges import delete_steps_of
from partnerships.models import Merge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fields", [{"person": 12, "role": "editor"}, {"reportdefinition": 3, "person": 12}])
def test_rows_about_the_person_wherever_their_field_is(people, fields):
    person = people.partner

    def merge(lost, pk):
        row = json.dumps([{"model": "x", "pk": 1, "fields": fields | {"person": pk}}])
        steps = [{"do": "dropped", "model": "x", "pk": 1, "row": row}, {"do": "moved", "model": "x", "pk": 2}]
        given = {"kept_id": 1, "lost_id": lost, "record_type": "organization", "steps": steps, "before": {"1": {}}}
        return Merge.objects.create(lost_public_id=f"G-{lost}", lost_name="Lost", at=clock.now(), **given)

    about, other = merge(2, person.pk), merge(3, person.pk * 10 + 2)
    delete_steps_of(person)
    about.refresh_from_db()
    assert (about.steps, about.before) == ([], {})
    before = other.steps
    other.refresh_from_db()
    assert other.steps == before
