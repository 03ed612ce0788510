"""From the link in the email to one's own organization: signing in, the question, and what the pages say then."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import Claim, Email, Organization, Party, Person
from partnerships.notifications import emails, recipients
from partnerships.registry import inviting, seat_questions
from partnerships.registry.actions import end_partnership
from partnerships.registry.consent import confirm_seat
from partnerships.web.account import sign_in
from tests.factories import in_days, make_organization, make_person
from tests.registry.test_seat_questions import ADDRESS, DAY, NAME, Table, role_of
from tests.signing_in import KNOWN, code_for, last_email, type_code, wait_for_emails


@pytest.fixture
def table(people):
    with time_machine.travel(DAY, tick=False):
        yield Table(people)


@pytest.fixture
def mailbox(transactional_db, settings, tmp_path, monkeypatch):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)
    yield
    wait_for_emails()


def page_text(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def sign_in_to(client, settings, address, page):
    code = code_for(client, settings, address)
    return client.post(f"/sign-in/code/?next={page}", {"code": code})


def question_page(table):
    (question,) = seat_questions.questions_for(table.rosa)
    return f"/account/seats/{question.answer.pk}/"


def test_she_is_asked_on_the_page_where_her_sign_in_leads(mailbox, table, client, settings):
    table.confirm()
    page = question_page(table)
    done = sign_in_to(client, settings, ADDRESS, "/meetings/")
    assert done["Location"] == f"{page}?next=/meetings/"
    shown = client.get(done["Location"])
    assert f"Do you speak for {NAME}?" in page_text(shown)
    assert f"You confirmed the seat of {NAME} in “Homes”." in page_text(shown)
    assert 'href="/meetings/"' in shown.content.decode()
    assert client.post(page, {"answer": "no", "next": "/meetings/"})["Location"] == "/meetings/"


def test_others_are_led_where_they_wanted(mailbox, table, client, settings):
    table.confirm()
    assert sign_in_to(client, settings, KNOWN, "/meetings/")["Location"] == "/meetings/"


@pytest.mark.django_db
def test_she_is_asked_on_her_home_and_account_pages_until_she_answers(table, client):
    table.confirm()
    client.force_login(table.rosa)
    words = f"Do you speak for {NAME}?"
    assert [words in page_text(client.get(url)) for url in ("/", "/account/")] == [True, True]
    client.post(question_page(table), {"answer": "no"})
    assert [words in page_text(client.get(url)) for url in ("/", "/account/")] == [False, False]


@pytest.mark.django_db
def test_someone_with_a_role_elsewhere_is_asked_too(table, client, people):
    people.organization.memberships.create(person=table.rosa, role="editor")
    table.confirm()
    client.force_login(table.rosa)
    assert f"Do you speak for {NAME}?" in page_text(client.get("/"))


@pytest.mark.django_db
def test_her_yes_leads_into_her_organization_and_says_who_was_told(table, client):
    table.confirm()
    client.force_login(table.rosa)
    arrived = client.post(question_page(table), {"answer": "yes"}, follow=True)
    assert arrived.redirect_chain == [(f"/organizations/{table.group.public_id}/mine/", 302)]
    assert f"You’re the first manager of {NAME}. We told City of Minneapolis." in page_text(arrived)
    said = page_text(client.get("/")).partition("What you said")[2]
    assert f"You confirmed the seat of {NAME}" in said


@pytest.mark.django_db
def test_a_yes_that_waits_names_the_organization_to_her_although_it_is_unlisted(table, client):
    table.confirm()
    table.group.memberships.create(person=make_person("ana@tenants.example.org"), role="manager")
    client.force_login(table.rosa)
    arrived = client.post(question_page(table), {"answer": "yes"}, follow=True)
    assert f"We asked the people who decide about {NAME}" in page_text(arrived)
    assert f"Claim: {NAME}" in page_text(arrived)
    assert f"{NAME} : not decided yet" in page_text(client.get("/"))


@pytest.mark.django_db
def test_her_colleague_reads_no_answer_of_hers_as_their_own(table, client):
    table.confirm()
    colleague = make_person("ana@tenants.example.org")
    table.group.memberships.create(person=colleague, role="manager")
    client.force_login(colleague)
    assert "You confirmed the seat" not in page_text(client.get("/"))


@pytest.mark.django_db
def test_the_page_of_the_link_leads_to_sign_in_and_never_to_a_new_organization(table, client):
    inviting.invite_by_email(party=table.seat, by=table.people.editor, source="Our list", contact=table.contact)
    email = Email.objects.filter(kind="seat_invited").first()
    text = emails.render(email, recipients.read_recipient(table.contact), {}).text
    link = re.search(r"Confirm or decline: http://127.0.0.1:8000(\S+)", text)[1]
    answer = client.post(link, {"answer": "confirmed", "seen": "invited"}).content.decode()
    assert re.search(r'href="/sign-in/">\s*Sign in to your organization', answer)
    assert reverse("organization_propose") not in answer


@pytest.mark.django_db
def test_a_code_leads_to_a_claim_of_the_unlisted_record_itself(table, client, people):
    client.force_login(people.editor)
    sent = {"what": "letter", "source": "Rosa, by phone", "was_read": "on"}
    printed = client.post(f"/partners/{table.seat.pk}/invite/", sent).content.decode()
    client.logout()
    page = client.post("/code/", {"code": re.search(r"<code>([0-9A-Z-]+)</code>", printed)[1]}).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    done = client.post("/code/", {"ticket": ticket, "answer": "confirmed", "seen": "invited"}).content.decode()
    assert reverse("organization_propose") not in done
    url = re.search(r'href="(/organizations/[^"]+/claim/[^"]+)"', done)[1].replace("&amp;", "&")
    client.force_login(people.stranger)
    assert f"Claim {NAME}" in page_text(client.get(url))
    assert client.post(url, {"position": "Chair", "evidence": "Call us."}).status_code == 302
    assert Claim.objects.get().organization == table.group
    assert client.get(url.partition("?")[0]).status_code == 404
    assert client.get(f"{url}x").status_code == 404
    with time_machine.travel(DAY + timedelta(days=2), tick=False):
        assert client.get(url).status_code == 404


# What no longer holds


@pytest.mark.django_db
def test_a_seat_that_ended_is_told_in_the_past(table, client):
    table.confirm()
    table.group.memberships.create(person=table.rosa, role="manager")
    client.force_login(table.rosa)
    page = f"/organizations/{table.group.public_id}/mine/"
    assert "See our seat or withdraw" in page_text(client.get(page))
    Party.objects.filter(pk=table.seat.pk).update(ends_on=in_days(-1))
    shown = page_text(client.get(page))
    assert "This seat ended on March 1, 2026. You confirmed it on March 2, 2026." in shown
    assert "See our seat or withdraw" not in shown


@pytest.mark.django_db
def test_a_seat_of_a_partnership_that_ended_is_told_in_the_past(table, client):
    table.confirm()
    table.group.memberships.create(person=table.rosa, role="manager")
    table.record.refresh_from_db()
    end_partnership(partnership=table.record, by=SYSTEM, ends_on=in_days(0), reason="The grant ended.")
    client.force_login(table.rosa)
    shown = page_text(client.get(f"/organizations/{table.group.public_id}/mine/"))
    assert "This seat ended with the partnership. You confirmed it on March 2, 2026." in shown


@pytest.mark.django_db
def test_an_approved_claim_of_someone_who_left_leads_nowhere(table, client):
    made = table.confirm().say_yes()
    client.force_login(table.rosa)
    assert "Go to your organization" in page_text(client.get(f"/claims/{made.pk}/"))
    table.group.memberships.all().delete()
    shown = page_text(client.get(f"/claims/{made.pk}/"))
    assert ("Your role there has ended since." in shown, "Go to your organization" in shown) == (True, False)
    email = Email.objects.get(kind="first_manager")
    assert recipients.find_audience(email).refusal == "Their access has ended since."


# The office decides


@pytest.fixture
def proposal(people):
    made = Claim.objects.create(
        person=people.stranger, name="Tenants union of Elm", office=people.office, position="Chair", made_at=clock.now()
    )
    return made


def buttons(page):
    return [" ".join(words.split()) for words in re.findall(r'name="verdict" value="[^"]*">(.*?)</button>', page, re.S)]


def test_the_likeliest_answer_comes_first_and_approving_makes_no_duplicate(people, client, proposal):
    here = make_organization("Tenants union of Elm", kept_by=people.office)
    client.force_login(people.editor)
    url = f"/claims/{proposal.pk}/"
    shown = client.get(url).content.decode()
    words = [
        "It’s Tenants union of Elm, which is here already",
        "Don’t approve",
        "It’s a different organization: approve",
    ]
    assert buttons(shown) == words
    seen = {"seen_alike": here.public_id}
    for verdict in ("approve", "different"):
        answer = client.post(url, {"verdict": verdict, "reason": "", **seen})
        assert answer.status_code == 422
        assert buttons(answer.content.decode()) == words
    assert client.post(url, {"verdict": "approve", "reason": "I looked.", **seen}).status_code == 422
    assert Organization.objects.filter(name="Tenants union of Elm").count() == 1
    assert client.post(url, {"verdict": "different", "reason": "Two streets.", **seen}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason, proposal.organization == here) == ("approved", "Two streets.", False)


def test_choosing_the_record_that_is_here_makes_no_other(people, client, proposal):
    here = make_organization("Tenants union of Elm", kept_by=people.office)
    client.force_login(people.editor)
    assert client.post(f"/claims/{proposal.pk}/", {"verdict": f"is-{here.public_id}"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.organization) == ("pending", here)
    assert client.post(f"/claims/{proposal.pk}/", {"verdict": "approve"}).status_code == 302
    assert (role_of(people.stranger, here), Organization.objects.filter(name=here.name).count()) == ("manager", 1)


def test_without_a_like_record_approving_comes_first(people, client, proposal):
    client.force_login(people.editor)
    assert buttons(client.get(f"/claims/{proposal.pk}/").content.decode()) == ["Approve", "Don’t approve"]


@pytest.mark.both
def test_five_hundred_claims_of_one_record_are_read_page_by_page(people, client, django_assert_num_queries):
    group = make_organization("Open table", "named", kept_by=people.office, listing_source="A report")
    claimants = Person.objects.bulk_create([Person(email=f"c{number}@example.org") for number in range(500)])
    Claim.objects.bulk_create(
        [Claim(person=one, organization=group, position="Chair", made_at=clock.now()) for one in claimants]
    )
    client.force_login(people.editor)
    url, found = "/claims/", []
    while url:
        with django_assert_num_queries(8):
            page = client.get(url).content.decode()
        found += [int(pk) for pk in re.findall(r'<a href="/claims/(\d+)/"', page)]
        more = re.search(r'href="(\?waiting=\d+)#waiting"', page)
        url = f"/claims/{more[1]}" if more else ""
    assert (len(found), found) == (500, sorted(found))
    assert "500 claims to decide" in page_text(client.get("/"))
    assert client.get("/claims/?waiting=x&own=-1&decided=99999999999999999999999").status_code == 200


# Language


def ask_in(client, url, language):
    return client.get(url, headers={"Accept-Language": language}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["es", "en"])
def test_a_spanish_browser_with_an_english_account_is_asked_once(client, people, answer):
    client.force_login(people.stranger)
    question = 'name="language" value="es" lang="es"'
    assert [question in ask_in(client, url, "es-MX,es;q=0.9,en;q=0.5") for url in ("/", "/account/")] == [True, True]
    assert question not in ask_in(client, "/", "en-US,en;q=0.9,es;q=0.5")
    pressed = client.post("/account/language/", {"language": answer, "asked": "yes"})
    assert pressed["Location"] == "/"
    assert question not in ask_in(client, "/", "es-MX")
    people.stranger.refresh_from_db()
    assert (people.stranger.language, people.stranger.has_chosen_language) == (answer, True)


def test_the_code_comes_in_the_language_of_the_page_or_of_the_account(mailbox, people, settings):
    def is_spanish(query="", language="en"):
        wait_for_emails()
        headers = {"Accept-Language": language}
        Client().post(f"/sign-in/{query}", {"login": people.editor.email}, headers=headers)
        return "Su código" in last_email(settings)[1]

    assert (is_spanish("?lang=es"), is_spanish(language="es"), is_spanish()) == (True, True, False)
    Person.objects.filter(pk=people.editor.pk).update(language="es")
    assert is_spanish()


def test_an_account_that_someone_else_made_reads_in_the_language_of_its_first_sign_in(mailbox, client, settings):
    invited = make_person("invited@example.org")
    code = code_for(client, settings, invited.email, headers={"Accept-Language": "es"})
    client.post("/sign-in/code/", {"code": code}, headers={"Accept-Language": "es"})
    invited.refresh_from_db()
    assert (invited.language, invited.has_chosen_language) == ("es", True)


def test_confirming_without_the_link_of_her_address_asks_no_one(mailbox, table, client, settings):
    inviting.invite_by_email(party=table.seat, by=table.people.editor, source="Our list", contact=table.contact)
    confirm_seat(party=table.seat, by=SYSTEM, way="code")
    assert type_code(client, code_for(client, settings, ADDRESS))["Location"] == "/"
