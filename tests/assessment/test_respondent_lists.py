"""Respondent lists: partners name their own people, and no one becomes a respondent through another side."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from partnerships import tasks
from partnerships.assessment import answering, asking_queries, queries, respondent_lists, respondent_queries, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound
from partnerships.models import Change, Contact, Email, Membership, Party, Respondent, Round, SeatConsent, SideScore
from partnerships.notifications import emails, recipients
from partnerships.records.merging import refusal
from partnerships.registry.consent import withdraw_from_seat
from tests.assessment.conftest import Board, days_later, scores
from tests.factories import in_days, make_organization, make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
QUERIES_OF_NAMING = 10
IN_TIME = {"title": "Fall round", "closes_on": in_days(30)}


@snapshot_fixture
def table(people, board):
    """A board with an editor of the lead agency and of each of its two organizations."""
    board.staff, board.first, board.second = people.member, people.partner, people.other_partner
    bodies = (
        {"jurisdiction": board.lead},
        {"organization": board.organizations[0]},
        {"organization": board.organizations[1]},
    )
    for person, body in zip((board.staff, board.first, board.second), bodies, strict=True):
        Membership.objects.filter(person=person).delete()
        Membership.objects.create(person=person, role="editor", **body)
    return board


def start_round(board, *, by=None, proposes=0, partners=(0, 1, 2)):
    """Start a round as the lead agency's editor, who picks partners and proposes some contacts of each."""
    asked = []
    for number in partners:
        seat = board.parties[number]
        asked += [(seat, desk) for desk in board.desks[seat][:proposes]] or [(seat, NO_PROPOSAL)]
    board.round = rounds.start_round(partnership=board.partnership, by=by or board.staff, fields=IN_TIME, asked=asked)
    return board.round


def name(board, number, n=1, by=None):
    seat = board.parties[number]
    by = by or (board.staff, board.first, board.second)[number]
    respondent_lists.name_people(survey_round=board.round, by=by, party=seat, people=board.desks[seat][:n])
    return Round.objects.get(pk=board.round.pk)


# Naming


def test_whoever_may_be_named_is_found_by_as_many_queries_for_ten_as_for_one(table, django_assert_num_queries):
    seat, found = table.parties[1], []
    respondent_queries.who_may_be_named(table.first, seat)  # what is known of the person is asked once
    for more in (0, 9):
        for number in range(more):
            person = make_person(f"more{number}@example.org")
            Membership.objects.create(person=person, role="reader", organization=seat.organization)
            if number == 0:
                Membership.objects.create(person=person, role="reader", jurisdiction=table.lead)
            Contact.objects.create(
                organization=seat.organization, name=f"Desk {number}", email=f"Desk{number}@example.org"
            )
        with django_assert_num_queries(QUERIES_OF_NAMING):
            found.append(len(respondent_queries.who_may_be_named(table.first, seat)))
    assert found[1] == found[0] + 17  # not the one who also belongs to the lead agency


def test_each_partners_own_editors_name_its_people_and_then_answering_begins(table):
    start_round(table)
    asked = Email.objects.filter(kind="round_name").values_list("recipient", flat=True)
    assert set(asked) == {f"person:{person.pk}" for person in (table.staff, table.first, table.second)}
    assert name(table, 0).answering_at is None
    assert name(table, 1, 2).answering_at is None
    assert not Email.objects.filter(kind="round_asked").exists()
    assert name(table, 2).answering_at is not None
    assert [(side.key, side.asked) for side in table.round.sides.all()] == [("government", 1), ("community", 3)]
    assert Email.objects.filter(kind="round_asked").count() == 4


def test_no_one_names_people_of_a_partner_but_its_own_editors(people, table):
    start_round(table)
    for by in (table.staff, table.second, people.administrator, people.stranger):
        with pytest.raises(NotAllowed):
            name(table, 1, by=by)
    assert Respondent.objects.count() == 0


def test_what_an_office_proposes_makes_no_respondents(table):
    start_round(table, proposes=2)
    assert list(Respondent.objects.values_list("party", "is_named").order_by("pk")) == [
        (table.parties[0].pk, True), (table.parties[0].pk, True),
        *((table.parties[n].pk, False) for n in (1, 1, 2, 2)),
    ]  # fmt: skip
    name(table, 1)
    with days_later(8):
        tasks.open_rounds()
    assert list(Respondent.objects.values_list("party", flat=True)) == [table.parties[0].pk] * 2 + [table.parties[1].pk]


def test_no_answer_is_accepted_before_the_list_is_closed(table):
    start_round(table)
    name(table, 0)
    name(table, 1)
    respondent = Respondent.objects.get(party=table.parties[1])
    for act in (lambda: table.say(respondent), lambda: answering.finish(respondent=respondent)):
        with pytest.raises(NotFound):
            act()


def test_partners_that_do_not_answer_in_seven_days_are_left_out_and_the_page_says_so(table):
    start_round(table)
    name(table, 0)
    name(table, 1, 3)
    with days_later(6):
        tasks.open_rounds()
        assert Round.objects.get().answering_at is None
    with days_later(8):
        tasks.open_rounds()
    survey_round = Round.objects.get()
    assert (survey_round.answering_at is not None, [side.asked for side in survey_round.sides.all()]) == (True, [1, 3])
    seen = {
        str(one.party): (one.has_named, one.asked)
        for one in respondent_queries.partners_seen(table.staff, survey_round)
    }
    assert seen == {"City of Round Lake": (True, 1), "Neighbors 0": (True, 3), "Neighbors 1": (False, 0)}
    with pytest.raises(ValidationError, match="The respondent list is closed"):
        name(table, 2)


def test_an_empty_respondent_list_opens_nothing_and_everyone_is_notified(table):
    start_round(table)
    with days_later(8):
        tasks.open_rounds()
        survey_round = Round.objects.get()
        assert (survey_round.answering_at, survey_round.opened_at, survey_round.cancelled_at is not None) == (
            None,
            None,
            True,
        )
        seen = queries.cancellation_seen(table.staff, survey_round)
        assert (seen.who, "Nothing was opened" in seen.why) == ("The registry", True)
        cancellations = Email.objects.filter(kind="round_canceled")
        assert cancellations.count() == 3
        text = emails.render(cancellations[0], recipients.find(cancellations[0].recipient), {}).text
        assert "No partner named anyone who answers" in text
        fields = {"title": "Again", "closes_on": in_days(40)}
        asked = [(table.parties[0], table.desks[table.parties[0]][0])]
        again = rounds.start_round(partnership=table.partnership, by=table.staff, fields=fields, asked=asked)
        assert again.is_answering  # no waiting time, since no one canceled


def test_a_partner_says_that_no_one_answers_for_it_and_changes_its_mind(table):
    start_round(table)
    name(table, 1, 0)
    assert Respondent.objects.count() == 0
    name(table, 1, 2)
    assert Respondent.objects.count() == 2


@pytest.mark.parametrize("days", [1, 7, 12])
def test_people_have_seven_days_to_answer_after_seven_to_name_them(table, days):
    with pytest.raises(ValidationError, match="7 days to name"):
        rounds.start_round(
            partnership=table.partnership,
            by=table.staff,
            fields={"title": "Short", "closes_on": in_days(days)},
            asked=[(table.parties[0], NO_PROPOSAL)],
        )


# Who counts


def agree(seat, *, days_ago, by):
    Party.objects.filter(pk=seat.pk).update(state="confirmed")
    at = clock.now() - timedelta(days=days_ago)
    SeatConsent.objects.create(
        partnership=seat.partnership, organization=seat.organization, state="confirmed", way="account", by=by, at=at
    )


@pytest.mark.unpublished_writes
@pytest.mark.parametrize(("days_ago", "is_refused"), [(0, True), (13, True), (14, False), (40, False)])
def test_a_seat_is_agreed_to_14_days_before_the_round(table, days_ago, is_refused):
    agree(table.parties[1], days_ago=days_ago, by=table.first)
    if is_refused:
        with pytest.raises(ValidationError, match="less than 14 days ago"):
            start_round(table)
    else:
        assert start_round(table).is_running
    offered = [key for key, _ in asking_queries.who_may_be_asked(table.staff, table.partnership)]
    assert (f"party:{table.parties[1].pk}" in offered) is not is_refused


@pytest.mark.unpublished_writes
def test_a_seat_that_staff_of_another_side_agreed_to_makes_no_respondent(table):
    agree(table.parties[1], days_ago=40, by=table.staff)
    with pytest.raises(ValidationError, match="another side agreed"):
        start_round(table)


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("state", ["recorded", "invited", "declined", "withdrawn"])
def test_a_sham_organization_that_never_agreed_is_not_asked(table, state):
    """Staff add an unlisted organization with contacts of their own, and no one there has agreed."""
    sham = make_organization("Sham neighbors", "unlisted")
    table.seat(0)
    Party.objects.filter(pk=table.parties[2].pk).update(organization=sham, state=state)
    desk = Contact.objects.create(organization=sham, name="Sham desk", email="sham@example.org")
    with pytest.raises(ValidationError, match="isn’t a partner in this partnership now"):
        rounds.start_round(
            partnership=table.partnership, by=table.staff, fields=IN_TIME, asked=[(table.parties[2], desk)]
        )


def test_a_contact_of_elsewhere_or_with_another_sides_account_does_not_answer(table):
    start_round(table)
    seat = table.parties[1]
    away = table.desks[table.parties[2]][0]
    sham = Contact.objects.create(organization=seat.organization, name="Sham", email=table.staff.email.upper())
    for someone, error in (
        (away, "isn’t a contact of"),
        (sham, "belongs to another side"),
        (table.second, "doesn’t belong to"),
    ):
        with pytest.raises(ValidationError, match=error):
            respondent_lists.name_people(survey_round=table.round, by=table.first, party=seat, people=[someone])
    assert Respondent.objects.count() == 0


def test_a_double_member_neither_answers_nor_names(table):
    start_round(table)
    double = make_person("double@example.org")
    Membership.objects.create(person=double, organization=table.organizations[0], role="editor")
    Membership.objects.create(person=double, jurisdiction=table.lead, role="reader")
    with pytest.raises(ValidationError, match="belongs to another side"):
        respondent_lists.name_people(survey_round=table.round, by=table.first, party=table.parties[1], people=[double])
    with pytest.raises(NotAllowed):
        name(table, 1, by=double)


def test_each_person_has_an_address_of_their_own(table):
    start_round(table)
    seat = table.parties[1]
    desk = table.desks[seat][0]
    same = Contact.objects.create(organization=seat.organization, name="The same", email=desk.email.upper())
    with pytest.raises(ValidationError, match="same email address"):
        respondent_lists.name_people(survey_round=table.round, by=table.first, party=seat, people=[desk, same])


def test_one_mailbox_is_one_person_however_its_address_is_written(table):
    start_round(table)
    seat = table.parties[1]
    desk = table.desks[seat][0]
    local, _, domain = desk.email.partition("@")
    alias = Contact.objects.create(organization=seat.organization, name="Alias", email=f"{local}+2@{domain}")
    with pytest.raises(ValidationError, match="same email address"):
        respondent_lists.name_people(survey_round=table.round, by=table.first, party=seat, people=[desk, alias])
    assert Respondent.objects.count() == 0


@pytest.mark.parametrize("whose", ["member", "contact"])
def test_a_mailbox_of_another_side_does_not_answer_under_another_spelling(table, whose):
    start_round(table)
    address = table.staff.email if whose == "member" else table.desks[table.parties[0]][4].email
    local, _, domain = address.partition("@")
    sham = Contact.objects.create(organization=table.organizations[0], name="Sham", email=f"{local}+x@{domain}")
    with pytest.raises(ValidationError, match="belongs to another side"):
        respondent_lists.name_people(survey_round=table.round, by=table.first, party=table.parties[1], people=[sham])
    assert Respondent.objects.count() == 0


def test_all_that_is_wrong_is_said_at_once(table):
    start_round(table)
    people = table.desks[table.parties[2]][:2]
    with pytest.raises(ValidationError) as problem:
        respondent_lists.name_people(survey_round=table.round, by=table.first, party=table.parties[1], people=people)
    assert len(problem.value.error_dict["asked"]) == 2


@pytest.mark.parametrize("end", ["left", "withdrew"])
def test_a_seat_that_ends_before_the_list_closes_no_longer_counts(table, end):
    start_round(table)
    name(table, 0)
    name(table, 1, 3)
    if end == "left":
        table.seat(1, ends_on=clock.today() - timedelta(days=1))
    else:
        withdraw_from_seat(party=table.parties[1], by=SYSTEM, may_count=True)
    name(table, 2)
    assert set(Respondent.objects.values_list("party", flat=True)) == {table.parties[0].pk, table.parties[2].pk}


def test_a_side_that_dissolves_mid_round_loses_nothing_in_silence(table):
    """Two of three had finished, which is too few. Their score is withheld, and the round opens at its end for the others."""
    start_round(table, partners=(0, 1))
    name(table, 0)
    name(table, 1, 3)
    for respondent in table.respondents_of(1)[:2]:
        table.say(respondent, level=1)
        answering.finish(respondent=respondent)
    table.all_say(0, 3)
    table.seat(1, ends_on=clock.today() - timedelta(days=1))
    table.close()
    assert scores(table.round) == {"government": (ScoreState.SHOWN, 3.0), "community": (ScoreState.TOO_FEW, None)}


def test_two_organizations_are_not_merged_while_one_of_them_has_still_to_name_its_people(table):
    """Otherwise, people of the other one could name anyone to answer in its place."""
    start_round(table, partners=(0, 1))
    assert not table.round.respondents.exists()
    for kept, lost in (table.organizations, table.organizations[::-1]):
        assert "Wait until the round closes" in refusal(kept, lost)


@pytest.mark.unpublished_writes
def test_two_organizations_of_which_one_withdrew_are_not_merged_while_the_other_answers(table):
    start_round(table, partners=(0, 1))
    name(table, 0)
    name(table, 1)
    withdraw_from_seat(party=table.parties[2], by=SYSTEM, may_count=True)
    one, declined = table.organizations
    for kept, lost in ((one, declined), (declined, one)):
        assert "Wait until the round closes" in refusal(kept, lost)
    table.close()
    assert refusal(one, declined) == ""


# Checks against sham respondents


def test_each_side_sees_its_own_respondents_by_name_and_the_others_as_counts(table):
    start_round(table)
    for number, n in ((0, 2), (1, 2), (2, 1)):
        name(table, number, n)
    community, government = (table.round.sides.get(key=key) for key in ("community", "government"))
    own = respondent_queries.side_respondents(table.first, table.round, community)
    first, second = table.parties[1:]
    assert [(str(one.contact), one.party) for one in own.own] == [
        *((str(desk), first) for desk in table.desks[first][:2]),
        (str(table.desks[second][0]), second),
    ]
    assert [(key, str(party), n) for key, party, n in own.others] == [("government", "City of Round Lake", 2)]
    others = respondent_queries.side_respondents(table.staff, table.round, government).others
    assert [(str(party), n) for _, party, n in others] == [("Neighbors 0", 2), ("Neighbors 1", 1)]


def test_a_partner_objects_to_a_place_on_its_own_side_and_that_answer_makes_no_third(table):
    start_round(table, partners=(0, 1, 2))
    for number, n in ((0, 1), (1, 2), (2, 1)):
        name(table, number, n)
    respondent = table.respondents_of(2)[0]
    for by in (table.staff, table.second):  # another side, and the respondent's own partner
        with pytest.raises(NotAllowed):
            respondent_lists.object_to(respondent=respondent, by=by)
    respondent_lists.object_to(respondent=respondent, by=table.first)
    assert Change.objects.filter(verb="object").count() == 1
    table.all_say(0, 3)
    table.all_say(1, 1, 1)
    table.all_say(2, 4)
    assert scores(table.round)["community"] == (ScoreState.KEPT_BACK, None)


@pytest.mark.parametrize("end", ["withdrawn by another", "left"])
def test_an_objection_ends_only_with_the_partner_that_made_it(end, people):
    board = Board(organizations=3)
    first, second = people.partner, people.member
    Membership.objects.filter(person__in=[first, second]).delete()
    for person, organization in zip((first, second), board.organizations, strict=False):
        Membership.objects.create(person=person, organization=organization, role="editor")
    board.ask(1, 1, 1, 1)
    respondent = board.respondents_of(3)[0]
    respondent_lists.object_to(respondent=respondent, by=first)
    board.all_say(1, 1)
    if end == "withdrawn by another":
        respondent_lists.object_to(respondent=respondent, by=second)
        respondent_lists.object_to(respondent=respondent, by=second, wanted=False)
    else:
        board.seat(1, ends_on=in_days(-1))
    for number, level in ((0, 3), (2, 1), (3, 4)):
        board.all_say(number, level)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.KEPT_BACK, None)


def test_an_objection_can_be_withdrawn_until_answers_open(table):
    start_round(table)
    for number, n in ((0, 1), (1, 2), (2, 1)):
        name(table, number, n)
    respondent = table.respondents_of(2)[0]
    respondent_lists.object_to(respondent=respondent, by=table.first)
    respondent_lists.object_to(respondent=respondent, by=table.first, wanted=False)
    table.all_say(0, 3)
    table.all_say(1, 1, 1)
    table.all_say(2, 4)
    assert SideScore.objects.get(side__key="community", item="decisions").standing == ScoreState.SHOWN
    with pytest.raises(ValidationError, match="closed"):
        respondent_lists.object_to(respondent=respondent, by=table.first)
