"""A person's copy of their own data says no more of records than the person may read."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.meetings.action_items import save_action
from partnerships.models import Person, Respondent, TieAnswer
from partnerships.records.privacy import own_data
from tests.assessment.conftest import Board
from tests.factories import make_partnership, party

pytestmark = pytest.mark.django_db


def data_of(person):
    return own_data(Person.objects.get(pk=person.pk))


def test_an_action_item_is_in_it_as_long_as_its_owner_may_read_it(people):
    partnership = make_partnership(lead=people.office, parties=[party(people.organization, "member")])
    fields = {"partnership": partnership, "owner_person": people.partner, "title": "Call the desk", "detail": "By noon"}
    action = save_action(by=SYSTEM, fields=fields)
    (own,) = data_of(people.partner)["actions"]
    assert (own["title"], own["detail"]) == ("Call the desk", "By noon")
    people.partner.memberships.all().delete()
    assert data_of(people.partner)["actions"] == [{"id": action.public_id}]


def test_what_they_said_of_a_partner_names_it_as_long_as_they_may_know_of_it(people):
    board = Board()
    board.ask(1, 1, 1)
    (respondent,) = board.respondents_of(1)
    Respondent.objects.filter(pk=respondent.pk).update(person=people.stranger, contact=None)
    TieAnswer.objects.create(respondent=respondent, about=board.parties[2], item="mission", level=3)
    said = {"item": "mission", "level": 3}
    assert data_of(people.stranger)["rounds"][0]["of_partners"] == [said | {"about": "Neighbors 1"}]
    board.hide(1)
    assert data_of(people.stranger)["rounds"][0]["of_partners"] == [said]
