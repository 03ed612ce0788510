"""Sign-in by code: once, in the browser that asked, for ten minutes, and nothing shows who has an account (QA6, QA7)."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.template.loader import get_template
from django.test import Client

from partnerships.core import clock
from partnerships.mail.choices import EmailKind, EmailState
from partnerships.models import Email, Person
from partnerships.web.account import sign_in, sign_in_urls
from tests import account_enumeration
from tests.observatory import loose_cookies
from tests.signing_in import KNOWN, ask, code_for, is_signed_in, last_email, type_code, wait_for_emails
from tests.snapshots import snapshot_fixture
from tests.waiting import LIMIT

UNKNOWN, INACTIVE = "nobody@example.org", "suspended@example.org"
NOON = "2026-11-24T12:00Z"


@pytest.fixture(autouse=True)
def set_up(transactional_db, settings, tmp_path, people, monkeypatch):
    settings.MAIL_DIR = tmp_path
    settings.EMAIL_URL = ""
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)
    with time_machine.travel(NOON, tick=False):
        yield
        wait_for_emails()


def test_a_code_signs_in_and_sign_out_ends_it(client, settings):
    code = code_for(client, settings)
    assert not is_signed_in(client)
    response = type_code(client, code)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert client.get("/sign-out/").status_code == 200
    assert is_signed_in(client)
    client.post("/sign-out/")
    assert not is_signed_in(client)


def test_a_code_may_be_typed_small_and_without_the_dash(client, settings):
    type_code(client, f" {code_for(client, settings).replace('-', ' ').lower()} ")
    assert is_signed_in(client)


def test_every_cookie_over_https_is_for_this_host_alone(settings):
    """Those of signing in, of choosing a language, and of a message for the next page."""
    names = {"SESSION", "CSRF", "MESSAGES", "KNOWN_BROWSER", "LANGUAGE"}
    for name in names:
        setattr(settings, f"{name}_COOKIE_NAME", f"__Host-{name}")
    for name in ("SECURE", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"):
        setattr(settings, name, True)
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client(**{"wsgi.url_scheme": "https"})
    client.get("/sign-in/?lang=es")
    type_code(client, code_for(client, settings))
    client.get("/partnerships/new/")  # leads to the second step, with a message
    assert (set(client.cookies), loose_cookies(client.cookies)) == ({f"__Host-{name}" for name in names}, [])


def test_a_code_works_once(client, settings):
    code = code_for(client, settings)
    type_code(client, code)
    client.post("/sign-out/")
    response = type_code(client, code)
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    assert not is_signed_in(client)


def test_asking_again_sends_the_same_code_until_it_is_used(client, settings):
    first = code_for(client, settings)
    client.post("/sign-out/", {"next": "/sign-in/"})
    assert code_for(client, settings) == first
    type_code(client, first)
    assert is_signed_in(client)
    client.post("/sign-out/")
    assert code_for(client, settings) != first


def test_a_code_works_only_in_the_browser_that_asked(client, settings):
    code = code_for(client, settings)
    elsewhere = Client()
    assert type_code(elsewhere, code)["Location"] == "/sign-in/"
    ask(elsewhere, UNKNOWN)
    assert type_code(elsewhere, code).status_code == 200
    assert not is_signed_in(elsewhere)


def test_a_code_ends_after_ten_minutes(client, settings):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        code = code_for(client, settings)
        traveller.shift(timedelta(minutes=10, seconds=1))
        assert type_code(client, code)["Location"] == "/sign-in/"
        assert not is_signed_in(client)


def test_five_wrong_codes_end_it(client, settings):
    code = code_for(client, settings)
    for _ in range(4):
        assert type_code(client, "BBBB-BBBB").status_code == 200
    assert type_code(client, "BBBB-BBBB")["Location"] == "/sign-in/"
    assert type_code(client, code)["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_tries_at_the_same_moment_count_too(client, settings):
    """Parallel requests all read the session before any of them writes its count."""
    code = code_for(client, settings)
    before = dict(client.session)
    for _ in range(5):
        type_code(client, "BBBB-BBBB")
        session = client.session
        session.update(before)
        session.save()
    assert type_code(client, code).status_code == 200
    assert not is_signed_in(client)


def test_reading_never_signs_in_and_costs_the_code_nothing(client, settings):
    code = code_for(client, settings)
    for visit in (client.get, client.head, Client().get, Client().head):
        for address in (f"/sign-in/code/?code={code}", f"/sign-in/?code={code}", "/sign-out/"):
            visit(address)
    assert not is_signed_in(client)
    type_code(client, code)
    assert is_signed_in(client)


def test_an_inactive_person_is_out_at_once(client, people):
    client.force_login(people.editor)
    assert is_signed_in(client)
    people.editor.is_active = False
    people.editor.save()
    assert not is_signed_in(client)


def test_a_code_sent_before_the_account_was_closed_does_not_sign_in(client, settings, people):
    code = code_for(client, settings)
    people.editor.is_active = False
    people.editor.save()
    type_code(client, code)
    assert not is_signed_in(client)


@snapshot_fixture
def stage(people):
    kinds = (account_enumeration.NOBODY, "known", "invited", "claimant", "suspended", "second step")
    return account_enumeration.Stage(people, {kind: account_enumeration.KINDS[kind] for kind in kinds})


@pytest.mark.slow
def test_nothing_tells_who_has_an_account(stage):
    found = account_enumeration.compare(stage)
    assert found.wrong == []
    assert found.tried > 190


def test_who_reads_the_mailbox_gets_the_same_email_and_sees_the_same_after_its_code(stage):
    emails = account_enumeration.emails_of(stage)
    assert {kind for kind, own in emails.items() if own != emails[account_enumeration.NOBODY]} == {"suspended"}
    assert [len(own) for own in emails.values()] == [1] * 6
    assert account_enumeration.right_codes(stage).wrong == []


def test_the_request_does_not_wait_for_the_email(client, monkeypatch):
    """No one has to wait for a slow mail server, so response times show nothing either."""
    is_answered, after_the_answer = threading.Event(), []
    monkeypatch.setattr(sign_in.outbox, "send_now", lambda *_: after_the_answer.append(is_answered.wait(LIMIT)))
    ask(client, KNOWN)
    is_answered.set()
    wait_for_emails()
    assert after_the_answer == [True]


def test_an_address_without_an_account_gets_one_when_its_code_is_typed(client, settings):
    people = Person.objects.count()
    code = code_for(client, settings, UNKNOWN)
    for _ in range(4):
        type_code(client, "BBBB-BBBB")
    assert not is_signed_in(client)
    assert Person.objects.count() == people
    response = type_code(client, code)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    newcomer = Person.objects.get(email=UNKNOWN)
    assert (newcomer.is_active, newcomer.is_administrator, newcomer.memberships.count()) == (True, False, 0)
    assert not newcomer.has_usable_password()
    client.post("/sign-out/")
    type_code(client, code_for(client, settings, UNKNOWN.upper()))
    assert is_signed_in(client)
    assert Person.objects.count() == people + 1


def test_two_browsers_that_ask_for_one_new_address_share_its_code_and_its_account(client, settings):
    other = Client()
    codes = [code_for(browser, settings, UNKNOWN) for browser in (client, other)]
    assert codes[0] == codes[1]
    type_code(client, codes[0])
    assert type_code(other, codes[0]).status_code == 200
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    other.post("/sign-out/", {"next": "/sign-in/"})
    type_code(other, code_for(other, settings, UNKNOWN))
    assert is_signed_in(other)
    assert Person.objects.filter(email=UNKNOWN).count() == 1


def test_an_account_that_was_closed_before_its_first_code_was_typed_stays_closed(client, settings):
    code = code_for(client, settings, UNKNOWN)
    Person.objects.create_user(UNKNOWN, is_active=False)
    assert type_code(client, code)["Location"] == "/sign-in/closed/"
    assert not is_signed_in(client)


def test_a_suspended_account_is_notified_once_an_hour_and_gets_no_code(client, settings):
    for _ in range(3):
        ask(Client(), INACTIVE)
        wait_for_emails()
    email, text = last_email(settings)
    assert (email.kind, email.state) == (EmailKind.UNKNOWN_ADDRESS, EmailState.SENT)
    assert "Its account is suspended" in text
    assert re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", text) is None
    assert Email.objects.count() == 1


def test_no_code_or_address_is_in_rows_or_logs(client, settings, caplog, capsys):
    code = code_for(client, settings)
    ask(Client(), UNKNOWN)
    wait_for_emails()
    rows = str(list(Email.objects.values()))
    for secret in (code, code.replace("-", ""), KNOWN, UNKNOWN):
        assert secret not in rows
        assert secret not in caplog.text
        assert secret not in "".join(capsys.readouterr())


@pytest.mark.parametrize("typed", ["", "x", "a@b", "a b@example.org", "x" * 250 + "@example.org", "\x00@example.org"])
def test_what_is_no_address_is_kept_and_explained(client, typed):
    response = ask(client, typed)
    assert response.status_code == 200
    assert "We couldn’t send a code." in response.content.decode()
    assert Email.objects.count() == 0


@pytest.mark.parametrize(
    "next_page", ["https://elsewhere.example.org/", "//elsewhere.example.org", "javascript:alert(1)"]
)
def test_sign_in_never_leads_out_of_the_registry(client, settings, next_page):
    ask(client, KNOWN, next=next_page)
    _, text = last_email(settings)
    code = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", text).group(0)
    response = client.post(f"/sign-in/code/?next={next_page}", {"code": code, "next": next_page})
    assert response["Location"] == "/"


def test_sign_in_leads_back_to_where_it_was_asked_for(client, settings):
    where = client.get("/account/")["Location"]
    assert where == "/sign-in/?next=/account/"
    sent = client.post(where, {"login": KNOWN, "next": "/account/"})
    _, text = last_email(settings)
    code = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", text).group(0)
    assert client.post(sent["Location"], {"code": code, "next": "/account/"})["Location"] == "/account/"


def test_every_page_of_the_library_is_drawn_by_ours(settings):
    views = [getattr(pattern.callback, "view_class", None) for pattern in sign_in_urls.urlpatterns]
    names = {view.template_name for view in views if getattr(view, "template_name", None)}
    assert len(names) >= 14
    for name in names:
        assert Path(get_template(name).origin.name).is_relative_to(settings.BASE_DIR / "templates"), name


@pytest.mark.parametrize("closed", ["/signup/", "/password/reset/", "/email/", "/accounts/login/", "/reauthenticate/"])
def test_other_urls_of_the_sign_in_library_do_not_exist(client, closed):
    assert client.get(closed).status_code == 404


def test_the_page_for_newcomers_takes_nothing(client):
    assert client.get("/sign-in/new/").status_code == 200
    assert client.post("/sign-in/new/", {"email": UNKNOWN}).status_code == 405
    assert not Person.objects.filter(email=UNKNOWN).exists()


def test_too_many_asks_from_one_network_are_asked_to_wait(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"code_asked/network": "2/m"}
    answers = [ask(Client(), f"person{n}@example.org") for n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 59 <= int(answers[2]["Retry-After"]) <= 60
    assert "Wait a minute, then try again." in answers[2].content.decode()
