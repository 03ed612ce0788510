"""Which numbers a person is to enter, on their home page: of partners that they represent, and of their own office."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.test import Client

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.measurement.actions import save_measure
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.overdue_data import data_due_from
from partnerships.notifications import numbers
from partnerships.registry import publication
from partnerships.registry.actions import save_partnership
from tests.factories import make_measure, make_partnership, make_result, party

pytestmark = pytest.mark.django_db
Q3, Q4 = date(2025, 7, 1), date(2025, 10, 1)  # the numbers of Q4 are due on January 30
DUE = date(2026, 1, 30)
UNTIL = DUE + timedelta(days=5)


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(datetime(2025, 12, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def shared(people):
    """A measure for which the organization supplies the data."""
    record = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    owners = [{"party": one, "supplies": bool(one.organization_id)} for one in record.parties.all()]
    return make_measure(partnership=record, period="quarter", owners=owners)


def enter_number(measure, on, by=None):
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": on, "value": D(5)}], party=by)


def due(person, until=UNTIL, today=date(2025, 12, 1)):
    found = data_due_from(person, today=today, until=until, most=9)
    return [
        (one.measure, one.owner and one.owner.party, one.period, one.due_on) for one in found if not one.is_owners_task
    ]


def waited_for(person, today):
    """What the person's office waits for."""
    found = data_due_from(person, today=today, until=UNTIL, most=9)
    return [(one.measure, one.owner.party, one.due_on) for one in found if one.is_owners_task]


def test_the_partner_that_supplies_the_data_is_asked_until_they_are_in(people, shared):
    seat = shared.owners.get(supplies=True).party
    assert due(people.partner) == [(shared, seat, Q3, None)]  # due before the measure was added
    enter_number(shared, Q3, seat)
    assert due(people.partner) == [(shared, seat, Q4, DUE)]
    assert due(people.partner, until=DUE - timedelta(days=1)) == []
    for other in (people.editor, people.partner_reader, people.other_partner, people.stranger):
        assert due(other) == []
    enter_number(shared, Q4, seat)
    assert due(people.partner) == []


def test_what_is_overdue_comes_before_what_is_due_soon(people, shared):
    seat = shared.owners.get(supplies=True).party
    later, next_due = DUE + timedelta(days=80), date(2026, 4, 30)
    enter_number(shared, Q3, seat)
    assert due(people.partner, until=next_due, today=later) == [(shared, seat, Q4, DUE)]
    enter_number(shared, Q4, seat)
    assert due(people.partner, until=next_due, today=later) == [(shared, seat, date(2026, 1, 1), next_due)]


def test_the_office_waits_for_a_partner_whose_numbers_are_overdue(people, shared):
    seat = shared.owners.get(supplies=True).party
    assert (waited_for(people.editor, DUE), waited_for(people.editor, UNTIL)) == ([], [(shared, seat, DUE)])
    assert (
        waited_for(people.reader, UNTIL)
        == waited_for(people.other_editor, UNTIL)
        == waited_for(people.partner, UNTIL)
        == []
    )
    enter_number(shared, Q4, seat)
    assert waited_for(people.editor, UNTIL) == []


def late_parties(person, measure):
    """The partners whose numbers are overdue on the page of a measure."""
    client = Client()
    with time_machine.travel(datetime(2026, 2, 3, 12, tzinfo=UTC), tick=False):
        client.force_login(person)
        return [one["party"] for one in client.get(measure.get_absolute_url()).context["late"]]


def test_the_office_doesnt_wait_for_a_partner_that_left_but_is_asked_itself(people, shared):
    seat = shared.owners.get(supplies=True).party
    assert waited_for(people.editor, UNTIL) != []
    assert (late_parties(people.editor, shared), due(people.editor)) == ([str(people.organization)], [])
    type(seat).objects.filter(pk=seat.pk).update(ends_on=date(2025, 11, 1))
    publication.publish({seat.partnership_id})
    assert waited_for(people.editor, UNTIL) == []
    assert (late_parties(people.editor, shared), due(people.editor)) == ([], [(shared, None, Q3, None)])


def test_of_two_who_supply_data_each_is_asked_for_its_own(people, shared):
    shared.owners.update(supplies=True)
    enter_number(shared, Q4, shared.owners.get(party__organization=people.organization).party)
    own = shared.owners.get(party__jurisdiction=people.office).party
    assert (due(people.partner), due(people.editor)) == ([], [(shared, own, Q4, DUE)])


def test_no_one_is_asked_for_a_partnership_that_ended(people, shared):
    ended = {"status": "ended", "status_reason": "Done", "ends_on": date(2025, 11, 1)}
    save_partnership(partnership=shared.partnership, by=SYSTEM, fields=ended)
    assert due(people.partner) == []


def test_the_office_is_asked_where_no_partner_supplies_the_data(people):
    own = make_measure("Homes built", result=make_result(lead=people.office), period="year")
    assert due(people.editor, until=date(2025, 12, 31)) == [(own, None, date(2024, 1, 1), None)]
    assert due(people.reader) == due(people.other_editor) == []
    enter_number(own, date(2024, 1, 1))
    assert due(people.editor, until=date(2025, 12, 31)) == []
    assert due(people.editor) == [(own, None, date(2025, 1, 1), DUE)]


def test_the_home_page_leads_to_the_form(people, shared):
    own = make_measure("Homes built", result=make_result(lead=people.office), period="year")
    with time_machine.travel(datetime(2026, 2, 3, 12, tzinfo=UTC), tick=False):
        for person, measure, whose in (
            (people.partner, shared, "For Tenants&#x27; association"),
            (people.editor, own, "Assigned to City of Minneapolis"),
            (people.editor, shared, "Waiting for Tenants&#x27; association"),
        ):
            client = Client()
            client.force_login(person)
            page = client.get("/").content.decode()
            assert f'href="/measures/{measure.public_id}/data/"' in page
            assert ("4 days overdue" in page, whose in page) == (True, True)
            assert re.search(r"Numbers for (2025|2025 Q4)\.", page)


def test_a_measure_that_has_ended_is_asked_for_its_last_period_and_no_later_one(people, shared):
    seat = shared.owners.get(supplies=True).party
    save_measure(measure=shared, by=SYSTEM, fields={"last_on": Q3})
    later = {"today": date(2028, 5, 1), "until": date(2028, 6, 1)}
    assert due(people.partner, **later) == [(shared, seat, Q3, None)]
    enter_number(shared, Q3, seat)
    assert due(people.partner, **later) == due(people.partner) == []
    assert waited_for(people.editor, date(2028, 5, 1)) == []
    may_be = list(numbers.may_be_due())
    assert numbers.reminders(may_be, DUE, lambda moment: True) == []
    shared.refresh_from_db()
    ended = pytest.raises(ValidationError, match="This measure ended with 2025 Q3")
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC)), ended:
        enter_number(shared, Q4, seat)
    with pytest.raises(ValidationError, match="It has numbers of later periods"):
        save_measure(measure=shared, by=SYSTEM, fields={"last_on": date(2025, 4, 1)})


def test_the_pages_of_a_measure_that_has_ended_say_so(people, shared):
    shared.is_published = True
    shared.save(update_fields=["is_published"])
    for quarter in (date(2025, 1, 1), date(2025, 4, 1), Q3):
        enter_number(shared, quarter)
    client = Client()
    client.force_login(people.editor)
    page = client.get(shared.get_absolute_url()).content.decode()
    assert ("Forecast" in page, "Last period" in page) == (True, False)
    url = f"{shared.get_absolute_url()}edit/"
    form = client.get(url).context["form"]
    assert str(form.fields["last_on"].help_text) == (
        "Only for a measure that has ended. No one is asked for numbers after it. For example: 2024 Q3."
    )
    save_measure(measure=shared, by=SYSTEM, fields={"last_on": Q3})
    assert client.get(url).context["form"].initial["last_on"] == "2025 Q3"
    page = client.get(shared.get_absolute_url()).content.decode()
    assert ("Forecast" in page, "Last period" in page) == (False, True)
    assert "This measure ended with 2025 Q3." in client.get("/measures/").content.decode()
    assert client.get(f"/api/v1/measures/{shared.public_id}/").json()["last_on"] == "2025-07-01"
