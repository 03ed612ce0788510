"""Someone leaves in the middle of a survey round: an unanswered place passes on, a given answer stays sealed.

The office must not learn which of the two it was: not from the page, the emails, the history, the respondent list or a
later refusal.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from partnerships.accounts.hooks import Departure, holdings_of
from partnerships.accounts.member_actions import leave_to
from partnerships.assessment import answering
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.directory.actions import save_organization
from partnerships.meetings.rules import emails_visible_to
from partnerships.models import (
    Answer,
    Change,
    Contact,
    Email,
    Membership,
    Organization,
    PendingAnswer,
    Respondent,
    RoundSide,
)
from partnerships.notifications import emails, links, planning, recipients
from partnerships.records.privacy import erase_contact
from tests.assessment.conftest import scores
from tests.factories import make_person
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def kept_board(people, board):
    """A board with a running round. The lead agency keeps the first organization's record, which has no users."""
    board.keeper = people.member
    Membership.objects.filter(person=board.keeper).delete()
    Membership.objects.create(person=board.keeper, jurisdiction=board.lead, role="manager")
    Organization.objects.filter(pk=board.organizations[0].pk).update(kept_by=board.lead)
    board.organization = Organization.objects.get(pk=board.organizations[0].pk)
    board.ask(2, 3)
    return board


def leaver_of(board, number=1):
    return board.respondents_of(number)[0].contact


def leave(board, number=1, *, to=4, by=None):
    """The first respondent of a partner leaves. `to`: the position of the contact that follows, or None."""
    seat = board.parties[number]
    successor = None if to is None else board.desks[seat][to]
    return leave_to(by=by or board.keeper, leaver=leaver_of(board, number), successor=successor)


def link_of(respondent, someone=None):
    recipient = recipients.read_recipient(someone or respondent.person or respondent.contact)
    return reverse("answer_round", args=[links.make(links.ROUND, recipient, respondent.pk, respondent.round.closes_at)])


@pytest.mark.both
def test_an_unanswered_place_passes_with_a_new_link_and_the_old_one_is_dead(kept_board):
    respondent, old = kept_board.respondents_of(1)[0], link_of(kept_board.respondents_of(1)[0])
    kept_board.say(respondent, level=1)  # not finished: no answer
    leave(kept_board)
    respondent.refresh_from_db()
    assert respondent.contact == kept_board.desks[kept_board.parties[1]][4]
    assert (respondent.answers.count(), Client().get(old).status_code) == (0, 404)
    assert Client().get(link_of(respondent)).status_code == 200
    (row,) = Email.objects.filter(recipient=f"contact:{respondent.contact_id}", kind="round_asked")
    (link,) = re.findall(r"/by-link/round/\S+", emails.render(row, recipients.find(row.recipient)).text)[:1]
    assert Client().get(link).status_code == 200


@pytest.mark.both
def test_a_given_answer_stays_and_counts(kept_board):
    kept_board.all_say(1, 3, 3, 3)
    leave(kept_board)
    assert Answer.objects.filter(respondent__in=kept_board.respondents_of(1)).count() == 3
    kept_board.close()
    assert scores(kept_board.round)["community"][0] == ScoreState.SHOWN


def test_the_author_can_still_remove_it_by_the_old_link(kept_board):
    kept_board.all_say(1, 3, 3, 3)
    respondent, old = kept_board.respondents_of(1)[0], link_of(kept_board.respondents_of(1)[0])
    leave(kept_board)
    page = Client().get(old)
    assert (page.status_code, "level" in page.content.decode()) == (200, False)
    assert Client().post(old, {"press": "remove"}).status_code == 200
    assert (respondent.answers.count(), Client().get(old).status_code) == (0, 404)
    assert planning.plan_all() == 0  # no one is reminded of it


def test_who_follows_reads_no_answer_of_the_one_who_left(kept_board):
    kept_board.all_say(1, 3)
    respondent = kept_board.respondents_of(1)[0]
    leave(kept_board)
    follower = kept_board.desks[kept_board.parties[1]][4]
    assert Client().get(link_of(respondent, follower)).status_code == 404
    assert not Email.objects.filter(kind="round_asked", recipient=f"contact:{follower.pk}").exists()


def test_a_no_stays_a_no(kept_board):
    respondent = kept_board.respondents_of(1)[0]
    answering.decline(respondent=respondent)
    leave(kept_board)
    respondent.refresh_from_db()
    assert (respondent.contact, bool(respondent.declined_at)) == (None, True)


# What the office sees


def neutral(text):
    """A page without its one-time keys."""
    return re.sub(r'(name="(csrfmiddlewaretoken|form_key)" value=")[^"]*', r"\1", text)


def all_that_the_office_sees(board, client):
    """Pages, rows of the outbox and of the history that the office reads, after someone left."""
    pages = [
        client.get(reverse("round", args=[board.round.public_id])),
        client.get(reverse("round_record", args=[board.respondents_of(1)[0].pk])),
        client.get(board.partnership.get_absolute_url()),
        client.get(board.organization.get_absolute_url()),
        client.get(reverse("outbox")),
        client.get(f"/api/v1/organizations/{board.organization.public_id}"),
    ]
    rows = emails_visible_to(board.keeper).order_by("kind", "occurrence", "recipient")
    mails = list(rows.values_list("kind", "recipient", "subject_type", "subject_id", "state", "last_reply"))
    history = [
        (row.verb, row.why, row.before, row.after, row.by_id)
        for row in Change.objects.filter(record_type__in=("round", "organization")).order_by("pk")
        if row.verb not in ("open", "roll")
    ]
    return [(page.status_code, neutral(page.content.decode())) for page in pages], mails, history


@pytest.mark.parametrize("to", [4, None])
@pytest.mark.parametrize("number", [0, 1])
def test_the_office_sees_the_same_of_an_answered_and_an_unanswered_place(kept_board, number, to):
    seen, moment = [], clock.now() + timedelta(days=1)
    for is_answered in (False, True):
        with time_machine.travel(moment, tick=False), transaction.atomic():
            client = Client()
            client.force_login(kept_board.keeper)
            if is_answered:
                kept_board.all_say(number, 3)
            leaver = leaver_of(kept_board, number)
            url = reverse("contact_left", args=[leaver.pk])
            follows = "none" if to is None else f"contact:{kept_board.desks[kept_board.parties[number]][to].pk}"
            version = leaver.organization.version if leaver.organization else leaver.jurisdiction.version
            sent = {"follows": follows, "version": version}
            pages = [client.get(url), client.post(url, sent), client.post(url, sent | {"press": "leave"}, follow=True)]
            assert [page.status_code for page in pages] == [200, 200, 200]
            recorded = {"way": "phone", "was_chosen": "on", "decisions": "2"}
            place = reverse("round_record", args=[kept_board.respondents_of(number)[0].pk])
            recording = client.post(place, recorded, follow=True)
            before = [neutral(page.content.decode()) for page in (*pages, recording)]
            assert (recording.status_code, to is None) in ((200, False), (422, True))
            seen.append((before, recording.status_code, all_that_the_office_sees(kept_board, client)))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_the_words_are_the_same_before_the_press(kept_board):
    departure = Departure(leaver_of(kept_board), kept_board.organization, kept_board.keeper, make_successor(kept_board))
    unanswered = holdings_of(departure)
    kept_board.all_say(1, 3)
    assert holdings_of(departure) == unanswered
    (place,) = [one for one in unanswered if one.key == "rounds"]
    assert "If they haven’t answered, the place passes to Desk 4" in str(place.note)


def make_successor(board, to=4):
    return board.desks[board.parties[1]][to]


@pytest.mark.parametrize("is_answered", [False, True])
def test_who_follows_keeps_their_address_in_both_cases(kept_board, is_answered):
    """A refusal must not tell whether the place is theirs."""
    kept_board.all_say(1, *[3] * is_answered)
    leave(kept_board)
    follower, organization = make_successor(kept_board), Organization.objects.get(pk=kept_board.organization.pk)
    rows = [
        {"id": one.pk} | ({"email": "x@example.org"} if one == follower else {}) for one in organization.contacts.all()
    ]
    with pytest.raises(ValidationError, match="is asked in a round that is still open"):
        save_organization(organization=organization, by=kept_board.keeper, fields={}, contacts=rows)
    with pytest.raises(ValidationError, match="is asked in a round that is still open"):
        erase_contact(contact=Contact.objects.get(pk=follower.pk), by=kept_board.keeper)


def test_what_is_recorded_behind_a_given_answer_is_dropped(kept_board):
    kept_board.all_say(1, 3)
    respondent = kept_board.respondents_of(1)[0]
    leave(kept_board)
    answering.record_answers(
        respondent=respondent, by=kept_board.keeper, way="phone", was_read_back=True, answers={"decisions": 0}
    )
    assert not PendingAnswer.objects.exists()


# Who may answer


def test_a_follower_that_another_side_chose_does_not_count_toward_the_three(kept_board):
    """The lead agency could have entered itself. As with a printed code, the answer counts in the median at most."""
    leave(kept_board)
    kept_board.all_say(1, 3, 3, 3)
    kept_board.close()
    assert (scores(kept_board.round)["community"][0] == ScoreState.SHOWN) is False
    assert RoundSide.objects.get(round=kept_board.round, key="community").has_recorded


def test_a_follower_that_its_own_manager_chose_counts(kept_board, people):
    Membership.objects.filter(person=people.partner).delete()
    Membership.objects.create(person=people.partner, organization=kept_board.organization, role="manager")
    leave(kept_board, by=people.partner)
    kept_board.all_say(1, 3, 3, 3)
    kept_board.close()
    assert scores(kept_board.round)["community"][0] == ScoreState.SHOWN


def test_a_place_ends_if_who_follows_may_not_answer_and_the_page_says_so_before(kept_board):
    twin = Contact.objects.create(
        organization=kept_board.organization, name="Twin", email=kept_board.respondents_of(1)[1].contact.email
    )
    departure = Departure(leaver_of(kept_board), kept_board.organization, kept_board.keeper, twin)
    (place,) = [one for one in holdings_of(departure) if one.key == "rounds"]
    assert (place.outcome, "Twin has the same email address" in str(place.note)) == ("ends", True)
    respondent = kept_board.respondents_of(1)[0]
    leave_to(by=kept_board.keeper, leaver=leaver_of(kept_board), successor=twin)
    respondent.refresh_from_db()
    assert (respondent.contact, respondent.person, respondent.who) == (None, None, "someone who left")


def test_a_lost_place_never_opens_a_round(kept_board):
    for number, levels in ((0, (2, 2)), (1, (2, 2, 2))):
        for respondent, level in list(zip(kept_board.respondents_of(number), levels, strict=True))[number:]:
            kept_board.say(respondent, level=level)
            answering.finish(respondent=respondent)
    leave(kept_board, to=None)
    kept_board.round.refresh_from_db()
    assert kept_board.round.is_running


def test_an_account_passes_its_place_to_a_colleague(kept_board, people):
    leaver, colleague = (
        make_person("leaver@example.org", name="Lee Ver"),
        make_person("next@example.org", name="Nia Next"),
    )
    for person in (leaver, colleague):
        Membership.objects.create(person=person, organization=kept_board.organization, role="editor")
    respondent = kept_board.respondents_of(1)[0]
    Respondent.objects.filter(pk=respondent.pk).update(person=leaver, contact=None)
    membership = leaver.memberships.get()
    leave_to(by=people.administrator, leaver=membership, successor=colleague)
    respondent.refresh_from_db()
    assert (respondent.person, respondent.who) == (colleague, "Nia Next")


def test_those_who_leave_one_after_the_other_hide_the_same(kept_board):
    """The second one who leaves follows the first: whether the place was theirs stays hidden too."""
    names = []
    for is_answered in (False, True):
        board_respondent = kept_board.respondents_of(1)[is_answered]
        if is_answered:
            kept_board.say(board_respondent, level=3)
            answering.finish(respondent=board_respondent)
        first, second = (make_successor(kept_board, n + 2 * is_answered) for n in (4, 5))
        leave_to(by=kept_board.keeper, leaver=board_respondent.contact, successor=first)
        leave_to(by=kept_board.keeper, leaver=first, successor=second)
        board_respondent.refresh_from_db()
        names.append((board_respondent.who == str(second), board_respondent.follower_contact == second))
    assert names == [(True, True)] * 2


def test_a_person_named_before_answering_begins_is_replaced(kept_board):
    kept_board.round.answering_at = None
    kept_board.round.save()
    respondent = kept_board.respondents_of(1)[0]
    leave(kept_board)
    respondent.refresh_from_db()
    assert (respondent.contact, respondent.left_at) == (make_successor(kept_board), None)
    leave_to(by=kept_board.keeper, leaver=make_successor(kept_board), successor=None)
    assert not Respondent.objects.filter(pk=respondent.pk).exists()


def test_a_contact_who_left_cannot_be_acted_on_twice(kept_board):
    leaver = leaver_of(kept_board)
    leave(kept_board)
    with pytest.raises(NotFound):
        leave_to(by=kept_board.keeper, leaver=leaver, successor=make_successor(kept_board))
    assert Change.objects.filter(verb="left").count() == 1
