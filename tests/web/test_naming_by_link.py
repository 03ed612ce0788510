"""A partner without an account names its people by a personal link that we email to the contact that confirmed its seat."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from partnerships.assessment import canceling, naming_links, respondent_lists, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.assessment.choices import ScoreState
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.mail import outbox
from partnerships.models import (
    AskedParty,
    Change,
    Contact,
    Email,
    Membership,
    Objection,
    Organization,
    Partnership,
    Party,
    Person,
    Respondent,
    Round,
    RoundSide,
    SeatConsent,
)
from partnerships.notifications import emails, recipients
from partnerships.records.merging import merge
from partnerships.records.merging_contacts import merge_contacts
from partnerships.records.privacy import erase_contact
from partnerships.registry.consent import withdraw_from_seat
from tests.assessment.conftest import Board, days_later, scores
from tests.browser.forms import forms
from tests.factories import confirm_by_link, in_days, make_department, make_organization, make_person
from tests.snapshots import snapshot_fixture
from tests.web.test_round_codes import client_of, codes_on, page_text, print_code, ticket_on

pytestmark = pytest.mark.django_db


@snapshot_fixture
def board(people):
    """The first organization has an editor. The second has no users; its director confirmed its seat by a link 20 days ago."""
    board = Board(lead=people.office)
    board.staff, board.first = people.editor, people.partner
    Membership.objects.create(person=board.first, organization=board.organizations[0], role="editor")
    Organization.objects.filter(pk=board.organizations[1].pk).update(kept_by=people.office)
    board.seat = board.parties[2]
    board.director, *board.others = board.desks[board.seat]
    Contact.objects.filter(pk__in=[one.pk for one in board.others[:3]]).update(visible_to="public")
    confirm_by_link(board.seat, board.director, days=20)
    return board


def start_round(board, partners=(0, 1, 2)):
    asked = [(board.parties[n], NO_PROPOSAL) for n in partners]
    fields = {"title": "Fall round", "closes_on": in_days(30)}
    board.round = rounds.start_round(partnership=board.partnership, by=board.staff, fields=fields, asked=asked)
    return board.round


def emailed(board):
    """The recipients of emails that ask to name people."""
    return set(Email.objects.filter(kind="round_name").values_list("recipient", flat=True))


def rendered(email):
    return emails.render(email, recipients.find(email.recipient), {})


def link(board):
    """The path of the link in the email to the director."""
    email = Email.objects.get(kind="round_name", recipient=f"contact:{board.director.pk}")
    return re.search(r"(/by-link/people/\S+/)", rendered(email).text)[1]


def name(path, *people, **fields):
    """Name contacts, and (name, phone) pairs, by the link."""
    fields |= {"press": "name", "asked": [f"contact:{one.pk}" for one in people if isinstance(one, Contact)]}
    for n, row in enumerate((one for one in people if not isinstance(one, Contact)), 1):
        fields |= {f"name_{n}": row[0], f"phone_{n}": row[1]}
    return Client().post(path, fields)


def others_name(board, *counts):
    """The editors of the first two partners name so many contacts."""
    for number, editor, n in ((0, board.staff, counts[0]), (1, board.first, counts[1])):
        seat = board.parties[number]
        page, client = f"/rounds/{board.round.public_id}/people/{seat.pk}/", client_of(Person.objects.get(pk=editor.pk))
        client.post(page, {"asked": [f"contact:{desk.pk}" for desk in board.desks[seat][:n]]})
    board.round.refresh_from_db()


# What it is for


@pytest.mark.both
def test_a_partner_without_an_account_names_its_people_by_a_link_and_their_answers_make_its_sides_score(board):
    start_round(board)
    assert emailed(board) == {f"person:{board.staff.pk}", f"person:{board.first.pk}", f"contact:{board.director.pk}"}
    path = link(board)
    assert "Who answers for Neighbors 1?" in page_text(Client().get(path))
    named = name(path, board.director, board.others[0], ("Front porch", "612 555 0101"))
    assert "You named 3 people" in page_text(named)
    others_name(board, 3, 0)
    assert board.round.is_answering is False  # the first organization's editor pressed the button of an empty form
    respondent_lists.name_people(survey_round=board.round, by=board.first, party=board.parties[1], people=[])
    board.round.refresh_from_db()
    respondents = board.respondents_of(2)
    assert [(one.contact, one.code_by_other_side, one.is_named) for one in respondents] == [
        (board.director, False, True),
        (board.others[0], False, True),
        (None, False, True),
    ]
    asked = Email.objects.filter(kind="round_asked", subject_id__in=[one.pk for one in respondents])
    assert set(asked.values_list("recipient", flat=True)) == {
        f"contact:{board.director.pk}",
        f"contact:{board.others[0].pk}",
    }
    for email, level in zip(asked, (1, 2), strict=True):
        own = re.search(r"(/by-link/round/\S+/)", rendered(email).text)[1]
        Client().post(own, {"item": "decisions", "decisions-level": str(level)})
    Client().post("/code/", {"code": codes_on(named)[0], "item": "decisions", "decisions-level": "1"})
    board.all_say(0, 4, 4, 4)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.SHOWN, 1.0)
    assert RoundSide.objects.get(round=board.round, key="community").has_recorded is False


def test_the_history_says_how_people_were_named_and_not_by_whose_address(board):
    start_round(board)
    name(link(board), board.director)
    change = Change.objects.filter(verb="name").latest("pk")
    assert (change.by, change.why) == (None, "By a contact of the partner, with the link that we emailed.")
    assert (board.director.email in str(change.after), board.director.name in str(change.after)) == (False, False)


def test_the_email_is_for_someone_who_has_no_account(board):
    start_round(board)
    for recipient, has_link in ((f"contact:{board.director.pk}", True), (f"person:{board.first.pk}", False)):
        mail = rendered(Email.objects.get(kind="round_name", recipient=recipient))
        for words in (mail.text, mail.html):
            assert ("/by-link/people/" in words, "don’t forward it" in " ".join(words.split())) == (has_link, has_link)


def test_the_office_reads_that_a_contact_was_emailed_and_can_still_print_a_code(board):
    start_round(board)
    page = page_text(client_of(board.staff).get(f"/rounds/{board.round.public_id}/"))
    assert "We emailed a link to its contact who confirmed its seat." in page
    assert (f"/people/{board.seat.pk}/code/" in page, board.director.email in page, board.director.name in page) == (
        True,
        False,
        False,
    )
    Email.objects.filter(recipient=f"contact:{board.director.pk}").update(state="failed")
    page = page_text(client_of(board.staff).get(f"/rounds/{board.round.public_id}/"))
    assert "no contact that we can email, so it needs a printed code" in page
    Email.objects.filter(recipient=f"contact:{board.director.pk}").update(state="sent")
    name(link(board), board.director)
    for person in (board.staff, board.first):
        page = page_text(client_of(person).get(f"/rounds/{board.round.public_id}/"))
        assert ("has named its people" in page, f"/people/{board.seat.pk}/code/" in page) == (True, False)
        assert client_of(person).get(f"/rounds/{board.round.public_id}/people/{board.seat.pk}/code/").status_code == 403


def test_it_offers_the_reader_and_the_contacts_that_everyone_sees_with_their_addresses(board):
    start_round(board)
    page = page_text(Client().get(link(board)))
    shown = [board.director, *board.others[:3]]
    for one in board.desks[board.seat]:
        assert (one.email in page) is (one in shown)
    hidden = name(link(board), board.others[5])
    assert (hidden.status_code, Respondent.objects.filter(party=board.seat).exists()) == (422, False)


def test_a_contact_that_is_not_shown_is_named_by_its_address_and_no_one_else_is(board):
    start_round(board)
    path, unseen = link(board), board.others[5]
    for address in (
        "someone@example.org",
        board.desks[board.parties[1]][0].email,
        board.desks[board.parties[0]][0].email,
    ):
        refused = name(path, board.director, ("Someone", address))
        assert (refused.status_code, "has no contact of yours with this" in page_text(refused)) == (422, True)
    named = name(path, board.director, ("", unseen.email.upper()), ("Front porch", "612 555 0101"))
    assert "You named 3 people" in page_text(named)
    assert [one.contact for one in board.respondents_of(2)] == [board.director, unseen, None]
    page = page_text(Client().get(path))
    assert (unseen.email in page, board.others[6].email in page) == (True, False)
    # The same person twice is one.
    assert "You named 1 person" in page_text(name(path, unseen, ("Desk", unseen.email)))


def test_someone_whom_the_office_proposed_is_offered_and_not_checked(board):
    asked = [(board.parties[0], NO_PROPOSAL), (board.seat, board.others[5])]
    fields = {"title": "Fall round", "closes_on": in_days(30)}
    board.round = rounds.start_round(partnership=board.partnership, by=board.staff, fields=fields, asked=asked)
    page = Client().get(link(board)).content.decode()
    form = next(form for form in forms(page) if "name_1" in form.fields)
    assert board.others[5].email in page
    assert form.values().get("asked", []) == []
    assert Client().post(link(board), form.values()).status_code == 422
    with days_later(8):
        respondent_lists.close_due()
    assert board.respondents_of(2) == []


def test_once_people_are_answering_the_link_shows_who_is_asked_and_objects(board):
    start_round(board)
    path = link(board)
    name(path, board.director)
    others_name(board, 1, 3)
    respondent = board.respondents_of(1)[0]
    page = page_text(Client().get(path))
    assert ("Who is asked on your side?" in page, respondent.who in page) == (True, True)
    assert not Objection.objects.filter(respondent=respondent).exists()
    assert "We saved your objection." in page_text(Client().post(path, {"object": str(respondent.pk)}))
    assert Objection.objects.get(respondent=respondent).party == board.seat
    assert Change.objects.filter(verb="object").latest("pk").why == respondent_lists.BY_LINK
    Client().post(path, {"withdraw": str(respondent.pk)})
    assert not Objection.objects.filter(respondent=respondent).exists()
    # Neither its own people nor those of another side, nor anyone by naming them now.
    for other in (*board.respondents_of(2), *board.respondents_of(0)):
        Client().post(path, {"object": str(other.pk)})
    assert not Objection.objects.exists()
    name(path, *board.others[:3])
    assert [one.contact for one in board.respondents_of(2)] == [board.director]


def test_sent_twice_it_names_once_and_shows_the_same_codes(board):
    start_round(board)
    path, client = link(board), Client()
    page = client.get(path).content.decode()
    typed = next(form.values() for form in forms(page) if "name_1" in form.fields)
    typed |= {"name_1": "Front porch", "phone_1": "612 555 0101"}
    first, second = client.post(path, typed), client.post(path, typed)
    assert codes_on(first) == codes_on(second) != []
    assert Change.objects.filter(verb="name").count() == 1


def test_its_contact_is_told_when_the_round_is_canceled(board):
    start_round(board)
    canceling.cancel_round(survey_round=board.round, by=board.staff, why="The wrong people were picked.")
    email = Email.objects.get(kind="round_canceled", recipient=f"contact:{board.director.pk}")
    email_text = rendered(email).text
    assert ("The wrong people were picked." in email_text, "/rounds/" in email_text) == (True, False)
    assert recipients.find_audience(email).refusal == ""


# Who gets it, and until when


def _has_no_link(board):
    SeatConsent.objects.filter(contact=board.director).update(way="code", contact=None)


def _confirmed_lately(board):
    SeatConsent.objects.filter(contact=board.director).update(at=clock.now() - timedelta(days=13))


def _has_an_editor(board):
    Membership.objects.create(person=make_person("new@example.org"), organization=board.organizations[1], role="editor")


def _address_changed(board, email="someone@example.org"):
    rows = [{"id": one.pk} for one in board.organizations[1].contacts.all()]
    for row in rows:
        row |= {"email": email} if row["id"] == board.director.pk else {}
    organization = Organization.objects.get(pk=board.organizations[1].pk)
    save_organization(organization=organization, by=board.staff, fields={}, contacts=rows)


def _merged_into_a_contact_of_the_office(board):
    """Staff add a contact with a mailbox of their own to the partner, and merge the one that confirmed the seat into it."""
    sham = Contact.objects.create(organization=board.organizations[1], name="Sham", email="sham@example.org")
    kept, lost = (Contact.objects.get(pk=one.pk) for one in (sham, board.director))
    merge_contacts(kept=kept, lost=lost, by=board.staff)
    assert SeatConsent.objects.get(contact=sham).state == "confirmed"


def _confirmed_before_mailboxes_were_marked(board):
    SeatConsent.objects.filter(contact=board.director).update(code="")


def _contact_removed(board):
    Contact.objects.get(pk=board.director.pk).delete()


def _of_another_record(board):
    Contact.objects.filter(pk=board.director.pk).update(organization=make_organization("Elsewhere"))


def _mailbox_of_the_office(board):
    Contact.objects.create(jurisdiction=board.lead, name="Desk", email=board.director.email.replace("@", "+city@"))


def _belongs_to_the_office(board):
    Membership.objects.create(person=make_person(board.director.email), jurisdiction=board.lead, role="reader")


def _mailbox_of_a_department_of_the_office(board):
    department = make_department(board.lead)
    Contact.objects.create(department=department, name="Desk", email=board.director.email.replace("@", "+city@"))


def _belongs_to_a_department_of_the_office(board):
    department = make_department(board.lead)
    Membership.objects.create(person=make_person(board.director.email), department=department, role="reader")


def _seat_ended(board):
    Party.objects.filter(pk=board.seat.pk).update(ends_on=in_days(-1))


def _withdrew(board):
    withdraw_from_seat(party=Party.objects.get(pk=board.seat.pk), by=SYSTEM, way="link")


def _unpublished(board):
    Partnership.objects.filter(pk=board.partnership.pk).update(is_published=False)


def _merged_with_another_that_confirmed(board):
    """Staff add an organization whose contact is theirs, let it confirm a seat in the same partnership, and merge the two."""
    sham = make_organization("Sham neighbors", "profiled", kept_by=board.lead)
    contact = Contact.objects.create(organization=sham, name="Sham", email="sham@example.org")
    seat = Party.objects.create(partnership=board.partnership, organization=sham, side="community", position=9)
    confirm_by_link(seat, contact, days=15)
    merge(kept=board.organizations[1], lost=sham, by=SYSTEM, versions=(None, None))
    assert Contact.objects.get(pk=contact.pk).organization == board.organizations[1]


NEVER = (
    _has_no_link,
    _has_an_editor,
    _address_changed,
    _merged_into_a_contact_of_the_office,
    _confirmed_before_mailboxes_were_marked,
    _contact_removed,
    _of_another_record,
    _mailbox_of_the_office,
    _belongs_to_the_office,
    _mailbox_of_a_department_of_the_office,
    _belongs_to_a_department_of_the_office,
    _merged_with_another_that_confirmed,
)
# Two partners aren't merged while one of them is asked.
WHILE_OPEN = [one for one in NEVER if one is not _merged_with_another_that_confirmed]


@pytest.mark.parametrize("happens", NEVER)
def test_no_contact_is_emailed_if_the_seat_was_not_confirmed_at_its_own_address(board, happens):
    happens(board)
    start_round(board)
    assert [one for one in emailed(board) if one.startswith("contact:")] == []


def test_a_contact_with_another_spelling_of_its_mailbox_is_emailed(board):
    _address_changed(board, board.director.email.replace("@", "+rounds@").upper())
    start_round(board)
    assert f"contact:{board.director.pk}" in emailed(board)


def test_a_partner_is_not_asked_before_its_yes_is_14_days_old(board):
    _confirmed_lately(board)
    with pytest.raises(ValidationError, match="confirmed its seat less than 14 days ago"):
        start_round(board)


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("happens", [*WHILE_OPEN, _confirmed_lately, _seat_ended, _withdrew, _unpublished])
def test_the_link_ends_with_each_reason_for_it(board, happens):
    start_round(board)
    path = link(board)
    assert Client().get(path).status_code == 200
    happens(board)
    ended = Client().get(path)
    assert (ended.status_code, "We can’t find this page." in ended.content.decode()) == (404, True)
    assert name(path, ("Front porch", "612 555 0101")).status_code == 404
    assert not Respondent.objects.filter(party=board.seat).exists()
    email = Email.objects.get(kind="round_name", recipient__startswith="contact:")  # merging reassigns it
    assert recipients.find_audience(email).refusal != ""


def test_the_link_ends_with_the_round(board):
    start_round(board, partners=(0, 2))
    path = link(board)
    canceling.cancel_round(survey_round=board.round, by=board.staff, why="Too early.")
    assert Client().get(path).status_code == 404
    Round.objects.update(cancelled_at=None)
    name(path, board.director)
    with days_later(8):
        respondent_lists.close_due()
        assert "Who is asked on your side?" in page_text(Client().get(path))
    with days_later(33):
        assert Client().get(path).status_code == 404
    board.close()
    assert Client().get(path).status_code == 404


def test_the_email_is_not_sent_once_people_were_named(board):
    start_round(board)
    email = Email.objects.get(kind="round_name", recipient=f"contact:{board.director.pk}")
    assert recipients.find_audience(email).refusal == ""
    name(link(board), board.director)
    assert recipients.find_audience(email).refusal == "The partner has named its people, or the seven days are over."


def test_sent_to_the_same_mailbox_only_and_staff_find_no_link_in_the_outbox(board, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    start_round(board)
    path = link(board)
    outbox.send_due(render=emails.render)
    sent = [one.read_text() for one in tmp_path.rglob("*") if one.is_file()]
    (own,) = [one for one in sent if "by-link/people" in one.replace("=\n", "")]
    assert board.director.email in own
    assert not Email.objects.filter(recipient=f"contact:{board.director.pk}").exclude(lead=None).exists()
    assert path.split("/")[3] not in str([*Email.objects.values_list(), *Change.objects.values_list()])


def test_an_erased_contact_leaves_no_mark_of_its_mailbox(board):
    yes = SeatConsent.objects.get(contact=board.director)
    assert yes.code != ""
    erase_contact(contact=Contact.objects.get(pk=board.director.pk), by=SYSTEM)
    yes.refresh_from_db()
    assert (yes.contact, yes.code) == (None, "")


# With a code that the office printed


def test_people_whom_a_code_of_another_side_named_make_no_score_even_with_an_email_address(board):
    """Staff show sham contacts to everyone, and name them, to read what two people answered."""
    start_round(board)
    ticket = ticket_on(Client().post("/code/", {"code": print_code(board, board.staff)}))
    desks = board.others[:3]
    Client().post("/code/", {"ticket": ticket, "press": "name", "asked": [f"contact:{one.pk}" for one in desks]})
    others_name(board, 3, 2)
    board.all_say(2, 4, 4, 4)
    board.all_say(1, 1, 1)
    board.all_say(0, 3, 3, 3)
    board.close()
    assert scores(board.round)["community"] == (ScoreState.KEPT_BACK, None)


def test_what_the_contact_names_replaces_what_a_code_of_the_office_named_and_ends_that_code(board):
    start_round(board)
    code, path = print_code(board, board.staff), link(board)
    ticket = ticket_on(Client().post("/code/", {"code": code}))
    sham = {"asked": [f"contact:{board.others[0].pk}"], "name_1": "Sham", "phone_1": "612 555 0109"}
    Client().post("/code/", {"ticket": ticket, "press": "name"} | sham)
    assert "doesn’t count toward the three" in Client().get(path).content.decode()
    name(path, board.director, board.others[0])
    assert [(one.contact, one.code_by_other_side) for one in board.respondents_of(2)] == [
        (board.director, False),
        (board.others[0], False),
    ]
    assert AskedParty.objects.get(party=board.seat).code == ""
    assert "isn’t valid" in Client().post("/code/", {"code": code}).content.decode()
    assert Client().post("/code/", {"ticket": ticket, "press": "name", "no_one": "on"}).status_code == 422
    assert len(board.respondents_of(2)) == 2
    assert RoundSide.objects.get(round=board.round, key="community").has_recorded is False


def test_no_one_names_by_a_link_that_is_not_theirs(board):
    start_round(board)
    partner = AskedParty.objects.get(party=board.parties[1])
    for contact in (board.director, board.desks[board.parties[1]][0], board.others[0]):
        with pytest.raises(NotFound):
            respondent_lists.name_people(
                survey_round=board.round, by=SYSTEM, party=board.parties[1], people=[], contact=contact
            )
    assert naming_links.emailed_partners([partner]) == set()
