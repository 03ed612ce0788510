"""Pages that a personal link or a printed code opens, in the language of their reader: whole, and mixed with no other."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from partnerships.assessment import answering, canceling, round_codes, rounds
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail.choices import EmailKind
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.meetings import save_meeting
from partnerships.models import Answer, CheckIn, Contact, Email, Respondent, SeatConsent, TieAnswer
from partnerships.notifications import emails, links, recipients
from partnerships.registry import inviting
from tests.assessment.conftest import Board, days_later
from tests.browser.forms import forms
from tests.factories import in_days, make_meeting, make_organization, make_partnership, make_person, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
# Texts of records, and words that are the same in both languages.
SAME = {
    "English",
    "Español",
    "Homes",
    "Homes for all",
    "Table",
    "Room 2",
    "Child care, step-free",
    "Agenda",
    "1. Welcome",
    "(America/Chicago)",
}
IN_ATTRIBUTES = re.compile(r' (?:aria-label|title|placeholder)="([^"]*)"')


@snapshot_fixture
def homes(people):
    return make_partnership("Homes", lead=people.office)


@pytest.fixture
def reader(people):
    """Someone whose emails are in Spanish."""
    people.editor.language = "es"
    people.editor.save()
    return people.editor


def link(route, purpose, reader, subject):
    token = links.make(purpose, recipients.read_recipient(reader), subject, clock.now() + timedelta(days=9))
    return reverse(route, args=[token])


def check_in(homes, reader):
    fields = {"partnership": homes, "rhythm": "yearly", "anchor_on": in_days(9), "zone": "UTC", "person": reader}
    plan = save_check_in_plan(by=SYSTEM, fields=fields)
    return link("answer_check_in", links.CHECK_IN, reader, [plan.pk, plan.next_due_on.isoformat()])


def meeting(homes, reader):
    made = make_meeting(homes, people=[reader], title="Table", place="Room 2", access_notes="Child care, step-free")
    save_meeting(meeting=made, by=SYSTEM, fields={}, agenda=[{"title": "Welcome", "minutes": 10}])
    return link("answer_meeting", links.MEETING, reader, made.pk)


def texts(page):
    """Every text of a page, also in attributes that are read out."""
    body = page.content.decode()
    found = [*re.findall(r">([^<]+)<", body), *IN_ATTRIBUTES.findall(body)]
    return {text for text in (" ".join(html.unescape(one).split()) for one in found) if re.search("[a-z]{2}", text)}


def check_both(open_page, same=()):
    """Open a page in both languages, and check that no text is in both. `open_page` takes the query of the URL."""
    english, spanish = open_page("?lang=en"), open_page("?lang=es")
    for page, language in ((english, "en"), (spanish, "es")):
        assert f'<html lang="{language}" dir="ltr">' in page.content.decode()
        assert (page["Content-Language"], "Accept-Language" in page["Vary"]) == (language, True)
    assert english.status_code == spanish.status_code
    assert texts(english) & texts(spanish) - SAME - set(same) == set()
    assert "Menu" not in texts(english)
    return spanish


# Which language


def test_the_choice_on_the_page_comes_before_the_reader_and_the_reader_before_the_browser(homes, people, reader):
    url, browser = meeting(homes, reader), {"Accept-Language": "en-US,en;q=0.9"}
    other = link("answer_meeting", links.MEETING, people.reader, 0)  # an invitation that ended, of a reader of English
    asked = [(url, "", {}), (url, "", browser), (url, "?lang=en", {}), (url, "?lang=xx", {}), (other, "", {})]
    asked += [(other, "", {"Accept-Language": "es-MX,es;q=0.9"}), (other, "?lang=es", {})]
    asked += [("/by-link/meeting/x/", "", {"Accept-Language": "es-MX,en;q=0.5"}), ("/by-link/meeting/x/", "", {})]
    languages = [Client().get(url + query, headers=headers)["Content-Language"] for url, query, headers in asked]
    assert languages == ["es", "es", "en", "es", "en", "en", "es", "es", "en"]


def test_a_reader_whose_language_has_no_emails_gets_that_of_the_browser(homes, reader):
    reader.language = "vi"
    reader.save()
    url = meeting(homes, reader)
    assert Client().get(url)["Content-Language"] == "en"
    assert Client().get(url, headers={"Accept-Language": "es"})["Content-Language"] == "es"


def test_a_language_lasts_for_one_request(client, homes, reader):
    client.get(meeting(homes, reader))
    assert '<html lang="en" dir="ltr">' in client.get("/").content.decode()


# Check-ins, meetings, emails


def test_a_check_in_in_both_languages(homes, reader):
    url = check_in(homes, reader)
    long = {"going": "", "changed": "x" * 2001}
    check_both(lambda query: Client().get(url + query))
    refused = check_both(lambda query: Client().post(url + query, long), same={"x" * 2001})
    assert "Es demasiado largo: 2,001 caracteres. El límite es 2,000." in texts(refused)
    assert "x" * 2001 in refused.content.decode()
    nothing = Client().post(url, {"needs": "Una sala"})
    assert "Elija una respuesta o pida que le llamen." in texts(nothing)
    assert "Una sala" in texts(nothing)
    check_both(lambda query: Client().get(reverse("answer_saved") + query))
    assert "Gracias" in texts(Client().post(url, {"going": "hard", "changed": "Una sala"}))
    signed_in = Client()
    signed_in.force_login(reader)
    check_both(lambda query: signed_in.get(url + query), same={"Una sala"})
    check_both(lambda query: Client().get(url + query))  # the link has ended


def test_what_was_typed_stays_when_the_language_changes(homes, reader):
    url = check_in(homes, reader)
    page = Client().post(f"{url}?lang=en", {"going": "hard", "needs": "Una sala", "switch": "en"})
    body = page.content.decode()
    assert (page.status_code, page["Content-Language"], CheckIn.objects.exists()) == (200, "en", False)
    assert re.search(r'value="hard"[^>]*checked', body)
    assert ("Una sala</textarea>" in body, "alert-care" in body) == (True, False)


def test_a_form_that_is_sent_twice_says_so_in_the_language_of_the_page(homes, reader):
    url, browser = check_in(homes, reader), Client()
    key = re.search(r'name="form_key" value="([^"]+)"', browser.get(url).content.decode())[1]
    assert browser.post(url, {"going": "well", "form_key": key}).status_code == 200
    assert browser.post(f"{url}?lang=en", {"going": "well", "form_key": key})["Location"] == "/by-link/thanks/?lang=es"


def test_a_meeting_in_both_languages(homes, reader):
    url = meeting(homes, reader)
    check_both(lambda query: Client().get(url + query))
    check_both(lambda query: Client().post(url + query))
    pages = check_both(lambda query: Client().post(url + query, {"answer": "maybe"}))
    assert "Guardado: Tal vez asista" in texts(pages)
    assert re.search(r"de 10 a\. m\. a .*, hora del Centro", pages.content.decode())


def test_stopping_emails_in_both_languages(reader):
    names = set()
    for kind in EmailKind.values:
        url = link("stop_emails", links.EMAILS, reader, kind)
        names |= texts(check_both(lambda query, url=url: Client().get(url + query)))
    assert len([one for one in names if one.startswith("Correo: ") and "|" not in one]) == len(EmailKind.values)
    check_both(lambda query: Client().post(url + query, {"stop": "yes"}))
    check_both(lambda query: Client().post(url + query, {"again": "yes"}))


def test_the_header_offers_each_language_by_its_own_name(homes, reader):
    body = Client().get(meeting(homes, reader)).content.decode()
    assert '<b lang="es" aria-current="true">Español</b>' in body
    assert '<a href="?lang=en" lang="en" hreflang="en">English</a>' in body
    assert [name for _, name in settings.LANGUAGES] == ["English", "Español"]


# Rounds


@snapshot_fixture
def board(people):
    """A round is open: six people of a side with scores, and one of the lead agency, which is on the record."""
    board = Board(lead=people.office)
    board.ask(1, 6)
    return board


def names_of(board):
    """Texts that are names of the board alone."""
    desks = [f"{desk.name}, {party}" for party, desks in board.desks.items() for desk in desks]
    return {"Fall round", "Fall round: Homes for all", *desks, *(str(party) for party in board.parties)}


def link_to(board, number):
    respondent = board.respondents_of(number)[0]
    return link("answer_round", links.ROUND, respondent.contact, respondent.pk)


def test_every_page_of_a_round_in_both_languages(board):
    same, browser = names_of(board), Client()
    large, on_record = link_to(board, 1), link_to(board, 0)
    for url in (large, on_record, f"{large}partners/", f"{on_record}partners/"):
        check_both(lambda query, url=url: browser.get(url + query), same)
    long = {"item": "decisions", "decisions-evidence": "x" * 301, "decisions-comment": "Una sala"}
    refused = check_both(lambda query: browser.post(large + query, long), same | {"Una sala"})
    assert "Elija un nivel o presione “Prefiero no responder”." in refused.content.decode()
    fields = {"item": "backbone", "backbone-level": "3"}
    check_both(lambda query: browser.post(large + query, fields), same)  # asks why, since the records suggest 0
    board.say(board.respondents_of(1)[0], "grassroots", None)
    check_both(lambda query: browser.get(large + query), same)
    for press in ("finish", "decline"):
        check_both(lambda query, press=press: browser.post(large + query, {"press": press}), same)
    check_both(lambda query: browser.post(on_record + query, {"press": "keep_back"}, follow=True), same)
    respondent = board.respondents_of(1)[1]
    answering.record_answers(respondent=respondent, by=SYSTEM, way="phone", was_read_back=True, answers={"backbone": 2})
    signed_in = Client()
    signed_in.force_login(make_person(respondent.contact.email))
    recorded = link("answer_round", links.ROUND, respondent.contact, respondent.pk)
    for client in (browser, signed_in):
        check_both(lambda query, client=client: client.get(recorded + query), same)
    for number in (0, 1):
        board.all_say(number, *[2] * 6)
    check_both(lambda query: browser.get(large + query), same)
    with days_later(1):
        opened = signed_in.get(f"{recorded}?lang=es").content.decode()
    assert "Una diferencia no es una calificación" in opened
    assert "A gap isn’t a grade" not in opened


def test_an_answer_keeps_the_language_and_a_switch_keeps_the_item_and_what_was_typed(board):
    url, browser = link_to(board, 1), Client()
    typed = {"item": "decisions", "decisions-level": "3", "decisions-comment": "Una sala"}
    page = browser.post(f"{url}?lang=es", typed | {"switch": "es"})
    form = next(one for one in forms(page.content.decode()) if one.values().get("item") == ["decisions"])
    assert form.values()["decisions-level"] == ["3"]
    assert form.values()["decisions-comment"] == ["Una sala"]
    assert form.action == f"{url}?lang=es"
    assert 'id="item-8" class="open"' in page.content.decode()
    assert Answer.objects.exists() is False
    assert browser.post(f"{url}?lang=es", typed)["Location"] == f"{url}?lang=es#item-9"
    about = {"party": str(board.parties[0].pk), f"{board.parties[0].pk}-power": "4", "switch": "es"}
    assert '<option value="4" selected>' in browser.post(f"{url}partners/?lang=es", about).content.decode()
    assert TieAnswer.objects.exists() is False


def test_a_canceled_round_in_both_languages(board):
    url = link_to(board, 1)
    canceling.cancel_round(survey_round=board.round, by=SYSTEM, why="Wrong day")
    check_both(lambda query: Client().get(url + query), names_of(board) | {"Wrong day"})


# Seats and codes


def invited(people):
    """(the URL of its seat, its contact, the partnership) of a partner without an account that was invited by email."""
    group = make_organization("Tenants", "named", listing_source="A report", kept_by=people.office)
    contact = group.contacts.create(name="Desk", email="desk@tenants.example.org")
    rows = [party(people.office, "lead"), party(group, "funder", circle="decides")]
    record = make_partnership("Homes", lead=people.office, parties=rows, confirmed=False)
    seat = record.parties.get(organization=group)
    inviting.invite_by_email(party=seat, by=people.editor, contact=contact, source="Its website")
    return link("answer_seat", links.SEAT, contact, SeatConsent.objects.get(contact=contact).pk), contact, record


def test_a_seat_in_both_languages(people):
    (url, *_), same = invited(people), {"Tenants", ": Tenants"}
    first = check_both(lambda query: Client().get(url + query), same)
    assert "Su círculo: Decide. Sus funciones: Financia." in first.content.decode()
    check_both(lambda query: Client().post(url + query, {"answer": "confirmed", "seen": "declined"}), same)
    assert Client().post(f"{url}?lang=es", {"answer": "confirmed", "seen": "invited"}).status_code == 200
    assert "Puede retirarse en cualquier momento" in SeatConsent.objects.first().text  # as it was read
    for answer in ("confirmed", "withdrawn", "declined"):
        sent = {"answer": answer, "seen": "confirmed"}
        check_both(lambda query, sent=sent: Client().post(url + query, sent), same)


def test_what_a_personal_link_leads_to_is_in_the_language_of_its_page(people):
    """No account and no cookie tells the next page."""
    url, contact, record = invited(people)
    answer, page = {"answer": "confirmed", "seen": "invited"}, f"/partnerships/{record.public_id}/"
    shown = [Client().post(f"{url}?lang={language}", answer).content.decode() for language in ("en", "es")]
    contact.language = "es"
    contact.save()
    shown.append(Client().get(url).content.decode())
    for text, end in zip(shown, ("?lang=en", "?lang=es", "?lang=es"), strict=True):
        paths = re.findall(r'href="(/[^"#]+)"', text[text.index("<main") :].partition("</main>")[0])
        sign_in, statement = "/sign-in/", "/by-link/statement/…/"
        paths = [re.sub(r"(?<=/statement/)[^/]+", "…", one) for one in paths]
        assert paths == [statement + end, sign_in + end, page + end]
    email = Email.objects.filter(kind="seat_invited").earliest("pk")
    assert re.findall(r"/partnerships/\S+", emails.render(email, recipients.read_recipient(contact), {}).text) == [
        f"{page}?lang=es"
    ]


def test_signing_in_from_a_personal_link_leads_back_to_it_in_the_language_of_its_page(board):
    url = link_to(board, 0)
    Client().post(f"{url}?lang=es", {"item": "common_agenda", "common_agenda-level": "2"})
    to_sign_in = re.search(r'href="(/sign-in/[^"]+)"', Client().get(f"{url}?lang=es").content.decode())[1]
    assert html.unescape(to_sign_in) == f"/sign-in/?next={url}%3Flang%3Des&lang=es"


def test_the_page_for_a_code_and_what_it_opens_in_both_languages(board, people):
    Contact.objects.filter(organization=board.organizations[1]).delete()
    asked = [(one, NO_PROPOSAL) for one in board.parties]
    board.round.delete()
    fields = {"title": "Fall round", "closes_on": in_days(30)}
    board.round = rounds.start_round(partnership=board.partnership, by=people.editor, fields=fields, asked=asked)
    own = round_codes.print_partner_code(survey_round=board.round, party=board.parties[2], by=SYSTEM, source="By phone")
    same, url = names_of(board) | {"Porch", "Yard", "Porch, Neighbors 1", ": Porch"}, reverse("code")
    check_both(lambda query: Client().get(url + query))
    check_both(lambda query: Client().post(url + query, {"code": "ABCD"}))
    check_both(lambda query: Client().post(url + query, {"code": own}), same)
    opened = Client().post(url, {"code": own}).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', opened)[1]
    typed = {"ticket": ticket, "press": "name", "name_1": "Porch", "phone_1": ""}
    switched = Client().post(f"{url}?lang=es", typed | {"switch": "es"}).content.decode()
    assert ('value="Porch"' in switched, "alert-care" in switched, Respondent.objects.exists()) == (True, False, False)
    check_both(lambda query: Client().post(url + query, typed), same)
    named = Client().post(f"{url}?lang=es", typed | {"phone_1": "612 555 0101"}).content.decode()
    assert "Usted nombró a 1 persona" in named
    assert ("Escriba este código:" in named, "?lang=" in named) == (True, False)  # a switch would lose the code
