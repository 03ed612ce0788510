"""A person's copy of their own data says no more of records than the person may read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings.action_items import save_action
from partnerships.models import Membership, PartyNote, Person, Respondent, TieAnswer
from partnerships.records.privacy import own_data
from tests.assessment.conftest import Board
from tests.factories import make_organization, make_partnership, party

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


def test_more_of_each_kind_take_no_more_queries(people):
    counts, partner = [], people.partner
    for place in range(3):
        group = make_organization(name=f"Tenants of ward {place}")
        Membership.objects.create(person=partner, organization=group, role="editor")
        record = make_partnership(f"Ward {place}", lead=people.office, parties=[party(group, "member")])
        seat = record.parties.get(organization=group)
        PartyNote.objects.create(party=seat, by=partner, at=clock.now(), text=f"Note of ward {place}")
        save_action(by=SYSTEM, fields={"partnership": record, "owner_person": partner, "title": f"Call ward {place}"})
        with CaptureQueriesContext(connection) as queries:
            found = data_of(partner)
        assert found["actions"][-1]["title"] == f"Call ward {place}"
        last = found["notes"][-1]
        assert (last["party"], last["text"]) == (str(group), f"Note of ward {place}")
        counts.append(len(queries))
    assert counts[2] == counts[1]


def test_more_rounds_take_no_more_queries(people):
    counts = []
    for _ in range(3):
        board = Board()
        board.ask(1, 1, 1)
        (respondent,) = board.respondents_of(1)
        Respondent.objects.filter(pk=respondent.pk).update(person=people.stranger, contact=None)
        TieAnswer.objects.create(respondent=respondent, about=board.parties[2], item="mission", level=3)
        with CaptureQueriesContext(connection) as queries:
            found = data_of(people.stranger)
        assert found["rounds"][-1]["of_partners"] == [{"item": "mission", "level": 3, "about": "Neighbors 1"}]
        counts.append(len(queries))
    assert counts[2] == counts[1]
