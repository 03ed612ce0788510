"""A refused form shows all of its errors at once, also those that only the action or the model finds."""

import pytest

from partnerships.models import Partnership
from partnerships.registry.choices import Kind
from tests.browser.over_http import fill_in, main_form
from tests.factories import in_days, make_meeting, make_partnership, make_result
from tests.web.test_editing import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(client, people):
    client.force_login(people.editor)
    return make_partnership("Homes for all", lead=people.office)


def errors_of(client, url, **typed):
    """The fields with errors after this was sent, in the main form and the others of the page."""
    answer = client.post(url, fields_of(client.get(url)) | typed)
    assert answer.status_code == 422
    forms = answer.context.get("all_forms") or [answer.context["form"]]
    rows = [row for form in forms for row in getattr(form, "forms", [form])]
    return {row.add_prefix(name) if name != "__all__" else name for row in rows for name in row.errors}


def test_of_a_partnership(client, record):
    url = f"/partnerships/{record.public_id}/edit/"
    typed = {"title": "", "starts_on": "2026-05-01", "ends_on": "2026-04-01", "agreement-amount": "-5"}
    assert errors_of(client, url, **typed) == {"title", "ends_on", "agreement-amount"}
    rows = {"parties-0-starts_on": "2026-05-01", "parties-0-ends_on": "2026-04-01"}
    assert errors_of(client, url, **rows, title="") == {"title", "parties-0-ends_on"}
    assert errors_of(client, url, title="", status="ended") == {"title", "status"}
    again = {"parties-1-entity": str(record.lead), "parties-1-circle": "decides"}
    assert errors_of(client, url, title="", status="ended", **again) == {"title", "status", "parties-1-entity"}
    assert Partnership.objects.get().title == "Homes for all"


@pytest.mark.parametrize("kind", Kind)
def test_of_a_partnership_of_each_type_with_all_fields_filled_in(client, people, kind):
    """A practice names its partners by their rows, which aren't records yet."""
    client.force_login(people.editor)
    url = f"/partnerships/new/?kind={kind}"
    form = main_form(client.get(url).content.decode())
    fill_in(form, {"title": "", "parties-0-entity": str(people.office), "starts_on": "someday"})
    answer = client.post(url, form.values())
    assert answer.status_code == 422
    assert {"title", "starts_on"} <= answer.context["form"].errors.keys()


def test_of_a_meeting(client, record):
    url = f"/partnerships/{record.public_id}/meetings/new/"
    skipped = {"date": "2027-03-14", "time": "02:30", "zone": "America/Chicago"}
    assert errors_of(client, url, title="", **skipped) == {"title", "time"}
    typed = {"title": "", "link": "nowhere", "agenda": "x | y | z", "repeats": "", "times": "3"}
    assert errors_of(client, url, date="20277-03-14", **typed) == {"title", "date", "time", "link", "agenda", "repeats"}
    assert errors_of(client, url, title="", date="1027-03-14", time="10:00") == {"title", "date"}


def test_of_the_notes_of_a_meeting(client, record):
    """The action checks one decision or action item after the other."""
    url = f"/meetings/{make_meeting(record, days=-1).public_id}/close/"
    typed = {"decisions-0-outcome": "The first lot.", "actions-0-title": "Send the map"}
    expected = {"decisions-0-question", "actions-0-owner_party"}
    assert errors_of(client, url, **typed) == expected
    typed |= {"decisions-1-question": "Which lot?", "actions-1-due_on": "someday", "notes": "x" * 50_000}
    expected |= {"decisions-1-outcome", "actions-1-due_on", "actions-1-title", "actions-1-owner_party", "notes"}
    assert errors_of(client, url, **typed) == expected


def test_of_an_organization(client, record):
    typed = {"name": "", "website": "nowhere", "listing": "named", "contacts-0-email": "x", "contacts-0-name": ""}
    expected = {"name", "website", "listing_source", "contacts-0-email", "contacts-0-name"}
    assert errors_of(client, "/organizations/new/", **typed) == expected


def test_of_a_measure(client, people, record):
    url = f"/results/{make_result(lead=people.office).public_id}/indicators/new/"
    typed = {
        "title": "",
        "unit": "rate",
        "baseline_value": "5",
        "smallest": "3",
        "target_on": "never",
        "due_days": "9999",
    }
    expected = {
        "title",
        "per",
        "counted",
        "__all__",
        "smallest",
        "target_on",
        "due_days",
    }  # a baseline without a period
    assert errors_of(client, url, **typed) == expected


def test_of_a_round(client, record):
    url = f"/partnerships/{record.public_id}/rounds/new/"
    no_one = {"asked": []}
    assert errors_of(client, url, title="", closes_on=in_days(1).isoformat(), **no_one) == {
        "title",
        "closes_on",
        "asked",
    }
    assert errors_of(client, url, closes_on=in_days(1).isoformat(), **no_one) == {"closes_on", "asked"}
    assert errors_of(client, url, title="", closes_on="", **no_one) == {"title", "closes_on", "asked"}
