"""Emails about numbers: due, overdue, disputed and answered. They're planned once, and refused if no longer right."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.measurement.interpretations import answer_dispute, delete_interpretation, save_interpretation
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.overdue_data import due_on, last_due, overdue
from partnerships.models import Email, MeasureOwner
from partnerships.notifications import numbers, planning, recipients
from partnerships.registry import publication
from partnerships.registry.actions import save_partnership
from tests.factories import make_measure, make_partnership, party

pytestmark = pytest.mark.django_db
Q4 = date(2025, 10, 1)  # the numbers of this quarter are due on January 30
ENDED = {"status": "ended", "status_reason": "Done", "ends_on": date(2026, 1, 1)}
DUE_SOON = datetime(2026, 1, 29, 18, tzinfo=UTC)


@pytest.fixture
def measure(people):
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    owners = [{"party": one, "supplies": bool(one.organization_id)} for one in table.parties.all()]
    return make_measure(partnership=table, period="quarter", owners=owners)


@pytest.fixture
def partner_seat(people, measure):
    return measure.owners.get(party__organization=people.organization).party


def planned(kind):
    rows = Email.objects.filter(kind=kind).order_by("due_at", "pk")
    return [(row.recipient, row.occurrence.split("/", 1)[1].rsplit("/", 1)[-1], row.due_at) for row in rows]


def plan_at(moment):
    with time_machine.travel(moment, tick=False):
        planning.plan_all()


def supply(measure, party, on=Q4):
    save_points(measure=measure, by=SYSTEM, rows=[{"starts_on": on, "value": D(5)}], party=party)


def test_the_supplier_is_asked_on_the_day_and_two_weeks_later(people, measure, partner_seat):
    for moment in (DUE_SOON, DUE_SOON, datetime(2026, 2, 12, 18, tzinfo=UTC)):
        plan_at(moment)
    key = f"person:{people.partner.pk}"
    assert planned("numbers_due") == [
        (key, "due", datetime(2026, 1, 30, 15, tzinfo=UTC)),  # 9 a.m. in Chicago
        (key, "14d-late", datetime(2026, 2, 13, 15, tzinfo=UTC)),
    ]
    assert Email.objects.filter(kind="numbers_due", lead=None).count() == 2


def test_no_one_is_asked_for_existing_numbers(people, measure, partner_seat):
    supply(measure, None)
    plan_at(DUE_SOON)
    assert planned("numbers_due") == []


def test_numbers_that_came_in_between_stop_the_email(people, measure, partner_seat):
    plan_at(DUE_SOON)
    email = Email.objects.get(kind="numbers_due")
    assert recipients.find_audience(email).refusal == ""
    supply(measure, partner_seat)
    assert recipients.find_audience(email).refusal == "The numbers are already in."


def test_of_two_who_bring_numbers_each_is_asked_for_its_own(people, measure, partner_seat):
    own = measure.owners.get(party__jurisdiction=people.office)
    MeasureOwner.objects.filter(pk=own.pk).update(supplies=True)
    supply(measure, partner_seat)
    plan_at(DUE_SOON)
    assert [row[0] for row in planned("numbers_due")] == [f"person:{people.editor.pk}"]
    with time_machine.travel(datetime(2026, 1, 30, 18, tzinfo=UTC), tick=False):
        assert [(one.owner.party, one.period) for one in overdue(measure, date(2026, 1, 30))] == [(own.party, Q4)]


@pytest.mark.parametrize("why", ["left", "no supplier", "declined", "ended"])
def test_a_person_who_is_no_longer_asked_gets_no_email(people, measure, partner_seat, why):
    plan_at(DUE_SOON)
    email = Email.objects.get(kind="numbers_due")
    if why == "left":
        people.partner.memberships.all().delete()
    elif why == "no supplier":
        measure.owners.update(supplies=False)
    elif why == "declined":
        type(partner_seat).objects.filter(pk=partner_seat.pk).update(circle="declined")
        publication.publish({partner_seat.partnership_id})
    else:
        save_partnership(partnership=partner_seat.partnership, by=SYSTEM, fields=ENDED)
        Email.objects.all().delete()
        plan_at(DUE_SOON)
        assert planned("numbers_due") == []
        return
    assert recipients.find_audience(email).refusal


def test_a_disputed_number_notifies_the_office_and_the_answer_the_partner(people, measure, partner_seat):
    supply(measure, partner_seat)
    interpretation = save_interpretation(
        measure=measure, party=partner_seat, by=people.partner, kind="dispute", words="We count more.", starts_on=Q4
    )
    email = Email.objects.get(kind="number_disputed")
    assert (email.recipient, email.lead, email.subject_id) == (
        f"person:{people.editor.pk}",
        people.office,
        interpretation.pk,
    )
    assert recipients.find_audience(email).refusal == ""
    answer_dispute(reading=interpretation, by=people.editor, answer="We looked.")
    assert recipients.find_audience(email).refusal == "It was already answered."
    answer = Email.objects.get(kind="number_answered")
    assert (answer.recipient, answer.lead) == (f"person:{people.partner.pk}", None)
    assert recipients.find_audience(answer).refusal == ""
    delete_interpretation(reading=interpretation, by=people.partner)
    assert recipients.find_audience(answer).refusal == "The partner deleted its comment."


def test_a_reading_that_is_no_dispute_is_no_news(people, measure, partner_seat):
    supply(measure, partner_seat)
    save_interpretation(measure=measure, party=partner_seat, by=people.partner, words="Rents rose.", starts_on=Q4)
    assert not Email.objects.exclude(kind="confirmation_asked").exists()


def test_when_numbers_are_due(measure):
    assert due_on(measure, Q4) == date(2026, 1, 30)
    assert last_due(measure, date(2026, 1, 29)) == date(2025, 7, 1)
    assert last_due(measure, date(2026, 1, 30)) == Q4


def test_the_sweep_asks_twice_and_once_for_each_email(people, measure, partner_seat, django_assert_num_queries):
    owners = list(numbers.may_be_due())
    with django_assert_num_queries(3):
        assert len(numbers.reminders(owners, date(2026, 1, 29), lambda due_at: True)) == 1
    with django_assert_num_queries(0):  # nothing is due
        assert numbers.reminders(owners, date(2026, 6, 10), lambda due_at: True) == []
