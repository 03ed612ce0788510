"""A partner without an account confirms the record or disputes it, by a personal link to its contact."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.mail import suppressions
from partnerships.models import Change, Confirmation, Contact, Email, Organization, Partnership, Party, SeatConsent
from partnerships.notifications import answers, links, recipients
from partnerships.records.merging import merge
from partnerships.registry import statements
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import confirm_seat, decline_seat, withdraw_from_seat
from partnerships.registry.inviting import invite_by_email
from partnerships.registry.statement_links import BY_LINK, OF_PARTY, contact_who_speaks, contacts_who_speak
from tests.assessment.conftest import days_later
from tests.browser.forms import forms
from tests.factories import confirm_by_link, make_organization
from tests.web.test_naming_by_link import NEVER, _seat_ended, _unpublished, _withdrew, board, rendered
from tests.web.test_round_codes import client_of, page_text

pytestmark = pytest.mark.django_db
__all__ = ["board"]
WORDS = "We were never asked about the <site>."


def ask_to_confirm(board):
    return statements.ask_to_confirm(partnership=Partnership.objects.get(pk=board.partnership.pk), by=board.staff)


def emails_of(board, kind="confirmation_asked"):
    return Email.objects.filter(kind=kind, recipient=f"contact:{board.director.pk}")


def path_in(email):
    return re.search(r"(/by-link/statement/\S+/)", rendered(email).text)[1]


def ask_for_link(board):
    """(path of the link, its email), once the contact is asked."""
    ask_to_confirm(board)
    email = emails_of(board).get()
    return path_in(email), email


def receipt(board):
    return emails_of(board, "statement_saved").latest("pk")


def send_statement(path, verdict="disputed", words=WORDS, **fields):
    """Send the form of this link as it was shown, with these values."""
    client = Client()
    shown = next((form.values() for form in forms(client.get(path).content.decode()) if "verdict" in form.fields), {})
    return client.post(path, shown | {"verdict": verdict, "words": words} | fields)


def statements_made(board):
    """What the partner has said so far, first to last."""
    return [*Confirmation.objects.filter(party=board.seat).order_by("pk").values_list("verdict", "words", "by")]


# What it is for


@pytest.mark.both
def test_a_partner_without_an_account_disputes_the_record_and_the_office_is_emailed(board):
    path, email = ask_for_link(board)
    mail = rendered(email)
    for part in (mail.text, mail.html):
        words = " ".join(part.split())
        assert ("You answer for Neighbors 1, and don’t need an account." in words, "don’t forward it" in words) == (
            True,
            True,
        )
    page = page_text(Client().get(path))
    assert ("describes here how you work together" in page, "for Neighbors 1, whether it’s right" in page) == (
        True,
        True,
    )
    assert "Saved: Neighbors 1 disagrees with the record" in page_text(send_statement(path))
    assert statements_made(board) == [("disputed", WORDS, None)]
    public = page_text(Client().get(f"/partnerships/{board.partnership.public_id}/partners/"))
    assert "We were never asked about the &lt;site&gt;." in public
    assert set(Email.objects.filter(kind="record_disputed").values_list("recipient", flat=True)) == {
        f"person:{board.staff.pk}"
    }
    change = Change.objects.filter(verb="dispute").latest("pk")
    assert (change.why, change.by) == (BY_LINK, None)
    page = page_text(client_of(board.staff).get(f"/partnerships/{board.partnership.public_id}/office/"))
    assert "A partner’s contact disagreed with the record for a partner" in page


def test_it_confirms_and_then_changes_its_mind_by_the_link_that_came_after(board):
    path, _ = ask_for_link(board)
    assert "Saved: Neighbors 1 confirms the record" in page_text(send_statement(path, "confirmed", ""))
    email = receipt(board)
    assert "Neighbors 1 confirms this record." in rendered(email).text
    second = path_in(email)
    send_statement(second)
    email = receipt(board)
    assert "Neighbors 1 disagrees with this record." in rendered(email).text
    assert WORDS not in rendered(email).text
    third = Client().get(path_in(email)).content.decode()
    assert "We were never asked about the &lt;site&gt;." in third
    send_statement(path_in(email), "confirmed")
    assert statements_made(board) == [("confirmed", "", None), ("disputed", WORDS, None), ("confirmed", "", None)]


def test_one_who_confirms_the_seat_by_a_link_can_say_at_once_whether_the_record_is_right(board):
    Party.objects.filter(pk=board.seat.pk).update(state="recorded")
    invite_by_email(
        party=Party.objects.get(pk=board.seat.pk), by=board.staff, contact=board.director, source="Its website"
    )
    invitation = Email.objects.filter(kind="seat_invited", recipient=f"contact:{board.director.pk}").earliest("due_at")
    seat = re.search(r"(/by-link/seat/\S+/)", rendered(invitation).text)[1]
    assert "/by-link/statement/" not in page_text(Client().get(seat))
    page = page_text(Client().post(seat, {"answer": "confirmed", "seen": "invited"}))
    path = re.search(r'"(/by-link/statement/[^"]+)"', page)[1]
    send_statement(path, "confirmed", "")
    assert statements_made(board) == [("confirmed", "", None)]
    assert "/by-link/statement/" not in page_text(Client().get(seat))


def test_one_whose_seat_was_confirmed_with_a_code_meanwhile_is_promised_no_emails(board):
    """The office printed a code, too. Then no contact gets links, so the page of the seat doesn't say so."""
    seat = Party.objects.filter(pk=board.seat.pk)
    SeatConsent.objects.all().delete()
    promises = []
    for way in ("link", "code"):
        seat.update(state="recorded")
        invite_by_email(party=seat.get(), by=board.staff, contact=board.director, source="Its website")
        invitation = Email.objects.filter(kind="seat_invited").latest("pk")
        path = re.search(r"(/by-link/seat/\S+/)", rendered(invitation).text)[1]
        if way == "code":
            confirm_seat(party=seat.get(), by=SYSTEM, way=way)
        page = page_text(Client().post(path, {"answer": "confirmed"}))
        promises.append(("You confirmed this seat." in page, "Then we email you at this address" in page))
    assert promises == [(True, True), (True, False)]


def test_an_unlisted_partner_reads_before_and_after_that_the_public_does_not_see_its_words(board):
    organization = Organization.objects.get(pk=board.organizations[1].pk)
    save_organization(organization=organization, by=SYSTEM, fields={"listing": "unlisted", "name": "<b>Us</b>"})
    path, _ = ask_for_link(board)
    page = page_text(Client().get(path))
    assert "The public doesn’t see these words while &lt;b&gt;Us&lt;/b&gt; is unlisted." in page
    assert "Everyone can read these words" not in page
    said = page_text(send_statement(path))
    assert "The public doesn’t while &lt;b&gt;Us&lt;/b&gt; is unlisted." in said
    url = f"/partnerships/{board.partnership.public_id}/partners/"
    assert escape(WORDS) not in page_text(Client().get(url))
    assert escape(WORDS) in page_text(client_of(board.staff).get(url))


def test_the_contact_is_asked_again_after_the_record_changed_and_not_before(board):
    path, _ = ask_for_link(board)
    send_statement(path, "confirmed", "")
    ask_to_confirm(board)
    with days_later(8):
        ask_to_confirm(board)
        assert emails_of(board).count() == 1
        save_partnership(
            partnership=Partnership.objects.get(pk=board.partnership.pk),
            by=board.staff,
            fields={"title": "Other homes"},
        )
        again = emails_of(board).latest("pk")
        assert (emails_of(board).count(), recipients.find_audience(again).refusal) == (2, "")
        send_statement(path_in(again))
    assert [one[0] for one in statements_made(board)] == ["confirmed", "disputed"]


# Bad input, and nothing by opening it


@pytest.mark.parametrize(
    ("verdict", "words", "problem"),
    [
        ("disputed", " ", "Say in your own words where you disagree."),
        ("", WORDS, "Choose one of the options."),
        ("perhaps", WORDS, "Choose one of the options."),
        ("disputed", "x" * 3001, "This is too long: 3,001 characters. The limit is 3,000."),
    ],
)
def test_a_refused_answer_keeps_what_was_typed(board, verdict, words, problem):
    path, _ = ask_for_link(board)
    refused = send_statement(path, verdict, words)
    assert (refused.status_code, statements_made(board)) == (422, [])
    assert (problem in page_text(refused), escape(words.strip()) in refused.content.decode()) == (True, True)


def test_a_record_that_changed_meanwhile_is_read_again_and_the_words_stay(board):
    path, _ = ask_for_link(board)
    old = next(form.values() for form in forms(Client().get(path).content.decode()) if "verdict" in form.fields)
    save_partnership(
        partnership=Partnership.objects.get(pk=board.partnership.pk), by=board.staff, fields={"title": "Other homes"}
    )
    conflict = Client().post(path, old | {"verdict": "disputed", "words": WORDS})
    page = conflict.content.decode()
    assert (conflict.status_code, "The record changed while you had it open." in page_text(conflict)) == (409, True)
    assert ("We were never asked about the &lt;site&gt;." in page, statements_made(board)) == (True, [])
    again = next(form.values() for form in forms(page) if "verdict" in form.fields)
    assert "Saved" in page_text(Client().post(path, again))
    assert statements_made(board) == [("disputed", WORDS, None)]


def test_opening_a_link_changes_nothing(board):
    path, _ = ask_for_link(board)
    for method in ("get", "head", "options"):
        getattr(Client(), method)(path)
    assert statements_made(board) == []


def test_a_link_works_once_and_a_second_use_is_refused(board):
    """Someone who got it forwarded answers first, or again after the contact."""
    path, email = ask_for_link(board)
    send_statement(path, "confirmed", "")
    again = send_statement(path)
    assert ("has answered this already" in page_text(again), statements_made(board)) == (
        True,
        [("confirmed", "", None)],
    )
    assert recipients.find_audience(email).refusal == "The partner has answered already."
    first = receipt(board)
    assert recipients.find_audience(first).refusal == ""
    send_statement(path_in(first))
    assert recipients.find_audience(first).refusal == "The partner has answered since."


def test_the_same_answer_again_writes_nothing(board):
    path, _ = ask_for_link(board)
    send_statement(path)
    version = Partnership.objects.get(pk=board.partnership.pk).version
    same = send_statement(path_in(receipt(board)))
    assert "nothing changed. This link still works." in page_text(same)
    assert (len(statements_made(board)), emails_of(board, "statement_saved").count()) == (1, 1)
    assert Partnership.objects.get(pk=board.partnership.pk).version == version


def test_two_presses_at_once_are_one(board):
    """Both read the page before either answered: under the lock of the record, the second link is used."""
    ask_for_link(board)
    given = {"party": Party.objects.get(pk=board.seat.pk), "contact": board.director, "mark": 0}
    statements.state_by_link(**given, verdict="confirmed")
    with pytest.raises(ValidationError):
        statements.state_by_link(**given, verdict="disputed", words=WORDS)
    assert statements_made(board) == [("confirmed", "", None)]


@pytest.mark.parametrize("seen", [None, "", "x", "x" * 100])
def test_a_form_without_the_mark_of_what_was_read_is_read_again_and_can_then_be_sent(board, seen):
    path, _ = ask_for_link(board)
    typed = {"verdict": "disputed", "words": WORDS} | ({} if seen is None else {"seen": seen})
    refused = Client().post(path, typed)
    assert (refused.status_code, statements_made(board)) == (409, [])
    again = next(form.values() for form in forms(refused.content.decode()) if "verdict" in form.fields)
    assert "Saved" in page_text(Client().post(path, again))
    assert statements_made(board) == [("disputed", WORDS, None)]


# Who gets it, and until when


def _sham_contact(board, organization=None):
    return Contact.objects.create(
        organization=organization or board.organizations[1], name="Sham", email="sham@example.org"
    )


def _seat(board):
    return Party.objects.get(pk=board.seat.pk)


def _confirmed_by_another_after_it_was_organizing(board):
    """Staff change the type of partnership, which resets all seats, and back, and invite a contact of their own."""
    sham = _sham_contact(board)
    for kind in ("organizing", "joint_project"):
        partnership = Partnership.objects.get(pk=board.partnership.pk)
        save_partnership(partnership=partnership, by=board.staff, fields={"kind": kind})
    invite_by_email(party=_seat(board), by=board.staff, contact=sham, source="Its website")
    confirm_seat(party=_seat(board), by=SYSTEM, way="link", contact=sham)
    assert _seat(board).state == "confirmed"


def _confirmed_by_another_after_a_merge(board):
    """Staff name a second record of the partner, and merge it into the first one, which resets the seat."""
    twin = make_organization("Neighbours 1", "profiled", kept_by=board.lead)
    sham = _sham_contact(board, twin)
    Party.objects.create(partnership=board.partnership, organization=twin, side="community", position=9)
    merge(kept=board.organizations[1], lost=twin, by=SYSTEM, versions=(None, None))
    assert _seat(board).state == "recorded"
    sham.refresh_from_db()
    invite_by_email(party=_seat(board), by=board.staff, contact=sham, source="Its website")
    confirm_seat(party=_seat(board), by=SYSTEM, way="link", contact=sham)


def _confirmed_by_another_after_its_no_was_merged(board):
    """The sham record said no, which holds for both, and then its contact says yes."""
    twin = make_organization("Neighbours 1", "profiled", kept_by=board.lead)
    sham = _sham_contact(board, twin)
    seat = Party.objects.create(partnership=board.partnership, organization=twin, side="community", position=9)
    decline_seat(party=seat, by=SYSTEM, way="link", contact=sham)
    merge(kept=board.organizations[1], lost=twin, by=SYSTEM, versions=(None, None))
    sham.refresh_from_db()
    assert _seat(board).state == "declined"
    confirm_seat(party=_seat(board), by=SYSTEM, way="link", contact=sham)


RESET = (
    _confirmed_by_another_after_it_was_organizing,
    _confirmed_by_another_after_a_merge,
    _confirmed_by_another_after_its_no_was_merged,
)


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("happens", [*NEVER, *RESET, _seat_ended, _withdrew, _unpublished])
def test_the_link_ends_with_each_reason_for_it(board, happens):
    path, email = ask_for_link(board)
    old = next(form.values() for form in forms(Client().get(path).content.decode()) if "verdict" in form.fields)
    happens(board)
    ended = Client().post(path, old | {"verdict": "disputed", "words": WORDS})
    assert (ended.status_code, "We can’t find this page." in ended.content.decode()) == (404, True)
    assert (Client().get(path).status_code, Confirmation.objects.count()) == (404, 0)
    email.refresh_from_db()  # merging reassigns it
    assert recipients.find_audience(email).refusal != ""


@pytest.mark.unpublished_writes
@pytest.mark.parametrize("happens", [*NEVER, *RESET])
def test_no_contact_is_asked_unless_the_seat_was_confirmed_at_its_own_address(board, happens):
    happens(board)
    ask_to_confirm(board)
    assert not Email.objects.filter(kind="confirmation_asked", recipient__startswith="contact:").exists()


def test_the_contact_that_confirms_again_after_a_no_speaks_again(board):
    """Its own no ends its yes, and a yes by a code that the office printed."""
    SeatConsent.objects.create(
        partnership=board.partnership,
        organization=board.organizations[1],
        state="confirmed",
        way="code",
        at=clock.now(),
    )
    assert contact_who_speaks(_seat(board)) is None
    withdraw_from_seat(party=_seat(board), by=SYSTEM, way="link", contact=board.director)
    assert contact_who_speaks(_seat(board)) is None
    confirm_seat(party=_seat(board), by=SYSTEM, way="link", contact=board.director)
    assert contact_who_speaks(_seat(board)) == board.director


def _stops_these_emails(board):
    answers.unsubscribe(reader={"contact_id": board.director.pk}, kind="confirmation_asked")
    return lambda: answers.resubscribe(reader={"contact_id": board.director.pk}, kind="confirmation_asked")


def _address_blocked(board):
    entry = suppressions.suppress(address=board.director.email, reason="gone", by=SYSTEM)
    return entry.delete


@pytest.mark.parametrize("happens", [_stops_these_emails, _address_blocked])
def test_a_contact_that_gets_no_email_is_not_asked_and_the_record_does_not_say_so(board, happens):
    """Without an account, it has no other way to read that it was asked."""
    page = f"/partnerships/{board.partnership.public_id}/partners/"
    undo = happens(board)
    assert _seat(board) not in ask_to_confirm(board)
    assert (emails_of(board).count(), _seat(board).confirm_asked_on) == (0, None)
    said = page_text(Client().get(page)).count("Invited, has not replied")
    undo()
    assert ask_to_confirm(board) == [_seat(board)]
    assert page_text(Client().get(page)).count("Invited, has not replied") == said + 1


def test_asking_more_partners_without_accounts_reads_no_more_to_find_their_contacts(board):
    found = []
    for number in range(4):
        with CaptureQueriesContext(connection) as queries:
            assert len(
                contacts_who_speak(Party.objects.filter(partnership=board.partnership).select_related(*OF_PARTY))
            )
        found.append(len(queries))
        organization = make_organization(f"Tenants {number}", "profiled")
        contact = Contact.objects.create(organization=organization, name="Desk", email=f"desk@tenants{number}.example")
        seat = Party.objects.create(
            partnership=board.partnership, organization=organization, side="community", position=9 + number
        )
        confirm_by_link(seat, contact, days=1)
    assert found[0] == found[-1]


def test_the_link_expires_after_a_year(board):
    path, _ = ask_for_link(board)
    with days_later(364):
        assert Client().get(path).status_code == 200
    with days_later(366):
        assert Client().get(path).status_code == 404


def test_a_link_is_for_its_purpose_and_partner_alone(board):
    path, _ = ask_for_link(board)
    token = path.split("/")[3]
    for other in ("people", "round", "seat", "agreement"):
        assert Client().get(f"/by-link/{other}/{token}/").status_code == 404
    reader = recipients.read_recipient(board.director)
    for pk, status in ((board.parties[1].pk, 404), (0, 404)):
        forged = links.make(links.STATEMENT, reader, [pk, 0], clock.now() + timedelta(days=30))
        assert Client().get(f"/by-link/statement/{forged}/").status_code == status


def test_the_office_cannot_speak_for_that_partner(board):
    ask_for_link(board)
    party = Party.objects.get(pk=board.seat.pk)
    with pytest.raises(NotAllowed):
        statements.confirm_record(party=party, by=board.staff)
    sham = Contact.objects.create(organization=board.organizations[1], name="Sham", email="sham@example.org")
    confirm_by_link(board.seat, sham, days=15)
    for contact in (sham, board.director, board.others[0]):
        with pytest.raises(NotFound):
            statements.state_by_link(party=party, contact=contact, mark=0, verdict="confirmed")
    assert statements_made(board) == []


def test_nothing_of_it_is_in_the_outbox_of_the_office_or_the_change_log(board):
    path, _ = ask_for_link(board)
    send_statement(path)
    assert not Email.objects.filter(recipient=f"contact:{board.director.pk}").exclude(lead=None).exists()
    assert path.split("/")[3] not in str([*Email.objects.values_list(), *Change.objects.values_list()])
    assert board.director.email not in str([*Change.objects.filter(verb="dispute").values_list()])


def test_the_office_reads_that_it_can_ask_this_partner(board):
    page = client_of(board.staff).get(f"/partnerships/{board.partnership.public_id}/ask/")
    assert "gets a link to answer with" in page_text(page)


def test_the_office_reads_how_to_reach_a_partner_where_no_one_can_be_asked_now(board):
    ask_to_confirm(board)
    client, url = client_of(board.staff), f"/partnerships/{board.partnership.public_id}/"
    response = client.post(f"{url}ask/", {"version": Partnership.objects.get(pk=board.partnership.pk).version})
    assert response["Location"] == f"{url}partners/#voices"
    assert "first invite it to confirm its seat" in page_text(client.get(response["Location"]))
