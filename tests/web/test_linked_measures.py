"""Linking measures that add up, on the edit page of a measure."""

import pytest

from partnerships.models import MeasureSum
from tests.browser.forms import values
from tests.factories import make_measure, make_result

pytestmark = pytest.mark.django_db


@pytest.fixture
def measures(client, people):
    client.force_login(people.editor)
    result = make_result(lead=people.office)
    return [make_measure(title, result=result, counted="events") for title in ("All", "By court", "Outside of court")]


def path(measure):
    return f"/measures/{measure.public_id}/edit/"


def send(client, measure, **more):
    return client.post(path(measure), values(client.get(path(measure)).content.decode()) | more)


def test_staff_link_measures_and_read_that_the_link_stays(client, measures):
    whole, *parts = measures
    text = client.get(path(whole)).content.decode()
    assert "Parts that add up to it" in text
    assert "You can’t remove a link." in text
    assert send(client, whole, **{"sum-parts": [str(part.pk) for part in parts]}).status_code == 302
    assert set(MeasureSum.objects.get().parts.all()) == set(parts)
    assert "Linked: By court + Outside of court." in client.get(path(whole)).content.decode()
    assert send(client, whole).status_code == 302
    assert MeasureSum.objects.count() == 1
    history = client.get(f"/measures/{whole.public_id}/history/").content.decode()
    assert "linked it to measures that add up to it" in history


def test_one_part_is_refused_at_its_field_and_nothing_typed_is_lost(client, measures):
    whole, part, _ = measures
    answer = send(client, whole, title="All of them", **{"sum-parts": [str(part.pk)]})
    text = answer.content.decode()
    assert (answer.status_code, "Choose two or more measures that add up to this one." in text) == (422, True)
    assert 'value="All of them"' in text
    assert not MeasureSum.objects.exists()


def test_what_counts_other_things_is_not_offered(client, measures):
    homes = make_measure("Homes mended", result=measures[0].result, counted="things")
    assert "Homes mended" not in client.get(path(measures[0])).content.decode()
    assert "Parts that add up to it" not in client.get(path(homes)).content.decode()
