"""Emails of rounds and check-ins name the office or partner that asks, and answers to them reach its person."""

import pytest

from partnerships.assessment import canceling, rounds
from partnerships.meetings import check_ins
from partnerships.models import CheckInPlan, Email, Membership, Organization, Person
from partnerships.notifications import emails, recipients
from tests.assessment.conftest import Board
from tests.factories import in_days, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(people):
    Person.objects.filter(pk=people.editor.pk).update(name="Maria Lopez")
    Person.objects.filter(pk=people.partner.pk).update(name="Sam Reed")
    board = Board(lead=people.office)
    Membership.objects.create(person=people.partner, organization=board.organizations[0], role="editor")
    return board


def ask(board, by):
    """Start a round as this person, in which a contact of each partner is named."""
    asked = [(party, board.desks[party][0]) for party in board.parties]
    fields = {"title": "Fall round", "closes_on": in_days(20)}
    person = Person.objects.get(pk=by.pk)
    board.round = rounds.start_round(partnership=board.partnership, by=person, fields=fields, asked=asked)
    return Email.objects.filter(kind="round_name").order_by("pk")


def rendered(email):
    return emails.render(email, recipients.find_audience(email).recipient, {})


MARIA, SAM = ("Maria Lopez", "editor@example.org"), ("Sam Reed", "partner@example.org")


def test_a_round_names_the_office_that_asks_and_answers_reach_who_started_it(people, board):
    mail = rendered(ask(board, people.editor).get(recipient=f"person:{people.partner.pk}"))
    assert f"{people.office} asks both sides how the work is going." in " ".join(mail.text.split())
    assert "Questions? Reply to this email. Your answer goes to Maria Lopez." in mail.text
    assert "Your answer goes to Maria Lopez." in mail.html
    assert mail.reply_to == MARIA


def test_answers_no_longer_reach_someone_who_has_left_the_office(people, board):
    rows = ask(board, people.editor)
    people.editor.memberships.all().delete()
    mail = rendered(rows.get(recipient=f"person:{people.partner.pk}"))
    assert (mail.reply_to, "Maria" in mail.text) == (None, False)


@pytest.mark.unpublished_writes
def test_a_round_that_a_partner_started_names_it_unless_it_is_unlisted(people, board):
    other = make_person("second@example.org")
    Membership.objects.create(person=other, organization=board.organizations[1], role="editor")
    email = ask(board, people.partner).get(recipient=f"person:{other.pk}")
    assert f"{board.organizations[0]} asks both sides" in rendered(email).text
    assert rendered(email).reply_to == SAM
    Organization.objects.filter(pk=board.organizations[0].pk).update(listing="unlisted")
    mail = rendered(email)
    assert ("A partner asks both sides" in mail.text, mail.reply_to) == (True, None)
    assert not [name for name in ("Sam", str(board.organizations[0])) if name in mail.text + mail.html]


@pytest.mark.unpublished_writes
def test_answers_to_a_cancellation_reach_who_canceled(people, board):
    ask(board, people.editor)
    colleague = make_person("deputy@example.org", name="Ana Ruiz")
    Membership.objects.create(person=colleague, jurisdiction=people.office, role="editor")
    canceling.cancel_round(survey_round=board.round, by=colleague, why="The wrong people were asked.")
    mail = rendered(Email.objects.filter(kind="round_canceled").exclude(recipient=f"person:{colleague.pk}").first())
    assert mail.reply_to == ("Ana Ruiz", "deputy@example.org")


def test_answers_to_a_check_in_reach_its_relationship_holder_or_who_set_it(people, board):
    holder = make_person("holder@example.org", name="Lee Park")
    Membership.objects.create(person=holder, jurisdiction=people.office, role="reader")
    fields = {"partnership": board.partnership, "contact": board.desks[board.parties[1]][0], "anchor_on": in_days(30)}
    editor = Person.objects.get(pk=people.editor.pk)
    plan = check_ins.save_check_in_plan(by=editor, fields=fields | {"holder": holder, "zone": "America/Chicago"})
    email = Email.objects.filter(kind="check_in_due").first()
    mail = rendered(email)
    assert mail.reply_to == ("Lee Park", "holder@example.org")
    assert "Your answer goes to Lee Park." in mail.text
    holder.memberships.all().delete()
    assert rendered(email).reply_to == MARIA
    CheckInPlan.objects.filter(pk=plan.pk).update(holder=None)
    assert rendered(email).reply_to == MARIA
    editor.memberships.all().delete()
    assert rendered(email).reply_to is None
