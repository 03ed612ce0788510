"""Interpretations: what partners say about numbers, and the answers."""

from datetime import date
from decimal import Decimal as D

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.measurement.interpretations import answer_dispute, delete_interpretation, save_interpretation
from partnerships.measurement.number_actions import save_points
from partnerships.measurement.number_queries import numbers_of
from partnerships.models import Reading
from tests.factories import make_measure, make_partnership, make_result, party

pytestmark = pytest.mark.django_db
YEAR = date(2024, 1, 1)
BLACK = {"dimension": "race", "key": "black", "name": "Black or African American"}


@pytest.fixture
def measure(people):
    table = make_partnership(lead=people.office, parties=[party(people.office), party(people.organization)])
    result = make_result(lead=people.office, partnerships=[table])
    measure = make_measure(result=result, groups=[BLACK], owners=[{"party": one} for one in table.parties.all()])
    rows = [{"starts_on": YEAR, "value": D("12.50")}]
    rows.append({"starts_on": YEAR, "cell": "race=black", "numerator": D(3), "denominator": D(90)})
    save_points(measure=measure, by=SYSTEM, rows=rows)
    return measure


@pytest.fixture
def partner_seat(people, measure):
    return measure.owners.get(party__organization=people.organization).party


def test_each_side_says_how_it_reads_a_number(people, measure, partner_seat):
    own = measure.owners.get(party__jurisdiction=people.office).party
    save_interpretation(measure=measure, party=partner_seat, by=people.partner, words="Rents rose.", starts_on=YEAR)
    save_interpretation(measure=measure, party=own, by=people.editor, words="The fund came late.")
    found = measure.readings.order_by("id").values_list("party", "words", "number_then")
    assert list(found) == [(partner_seat.pk, "Rents rose.", "13"), (own.pk, "The fund came late.", "")]


def test_no_one_speaks_for_another_partner(people, measure, partner_seat):
    for name in ("editor", "partner_reader", "stranger", "administrator", "other_editor", "suspended"):
        with pytest.raises(NotAllowed):
            save_interpretation(measure=measure, party=partner_seat, by=getattr(people, name), words="Not ours")
    assert not Reading.objects.exists()


def test_a_dispute_is_open_until_it_is_answered(people, measure, partner_seat):
    interpretation = save_interpretation(
        measure=measure, party=partner_seat, by=people.partner, kind="dispute", words="We count more.", starts_on=YEAR
    )
    assert numbers_of(None, measure).number(YEAR).is_disputed
    for name in ("partner", "reader", "stranger", "other_editor"):
        with pytest.raises(NotAllowed):
            answer_dispute(reading=interpretation, by=getattr(people, name), answer="No")
    with pytest.raises(ValidationError, match="Enter what you found"):
        answer_dispute(reading=interpretation, by=people.editor, answer="  ")
    answer_dispute(reading=interpretation, by=people.editor, answer="You are right. We count families now.")
    assert not numbers_of(None, measure).number(YEAR).is_disputed
    with pytest.raises(EditConflict):
        answer_dispute(reading=interpretation, by=people.editor, answer="Again")


def test_a_dispute_is_of_a_number_that_is_shown(people, measure, partner_seat):
    for more, error in (
        ({}, "Choose a number"),
        ({"starts_on": date(2020, 1, 1)}, "There’s no number there"),
        ({"starts_on": YEAR, "cell": "race=black"}, "too few people"),
        ({"starts_on": YEAR, "cell": "race=white"}, "There’s no number there"),
    ):
        with pytest.raises(ValidationError, match=error):
            save_interpretation(
                measure=measure, party=partner_seat, by=people.partner, kind="dispute", words="Wrong", **more
            )


def test_interpretations_are_withdrawn_by_their_own_partner(people, measure, partner_seat):
    interpretation = save_interpretation(measure=measure, party=partner_seat, by=people.partner, words="Rents rose.")
    with pytest.raises(NotAllowed):
        delete_interpretation(reading=interpretation, by=people.editor)
    delete_interpretation(reading=interpretation, by=people.partner)
    assert not measure.readings.exists()
    with pytest.raises(NotFound):
        delete_interpretation(reading=interpretation, by=people.partner)


def test_a_party_that_owns_it_no_more_says_nothing(people, measure, partner_seat):
    measure.owners.filter(party=partner_seat).delete()
    with pytest.raises(NotAllowed):
        save_interpretation(measure=measure, party=partner_seat, by=people.partner, words="Still")
    with pytest.raises(ValidationError, match="isn’t an owner of this measure"):
        save_interpretation(measure=measure, party=partner_seat, by=SYSTEM, words="Still")
