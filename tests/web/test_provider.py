"""Signing in with the office's provider, with a test provider: the whole flow, and who gets in."""

import html
import re
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from partnerships.core import clock
from partnerships.models import Person
from tests.counts import forget_counts
from tests.factories import make_person
from tests.openid import OpenIdProvider
from tests.signing_in import app_code, is_signed_in
from tests.waiting import LIMIT
from tests.web import test_second_step

START, DONE, LINK = "/sign-in/provider/", "/sign-in/provider/done/", "/account/provider/"
EDITOR = {"sub": "u-1", "email": "editor@example.org", "email_verified": True}
NEWCOMER = {"sub": "u-2", "email": "Newcomer@Example.org", "email_verified": True}


enrolled = test_second_step.enrolled


@pytest.fixture(scope="module")
def running():
    provider = OpenIdProvider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running, settings, people):
    running.honest()
    running.person = EDITOR
    settings.OIDC, settings.OIDC_SECOND_FACTOR = running.settings(), False
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = LIMIT
    return running


def text(response):
    return html.unescape(response.content.decode())


def to_provider(client, **sent):
    """Return where the registry redirects the browser."""
    page = client.post(START, sent)
    assert page.status_code == 200, text(page)
    return re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text(page))[1]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given):
        return None


def at_provider(address):
    """Return the address on this site that the provider redirects the browser to."""
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(_Stay).open(address)
    back = answer.value.headers["Location"]
    assert back.startswith(f"http://127.0.0.1:8000{DONE}?")
    return back.removeprefix("http://127.0.0.1:8000")


def sign_in(client=None, **sent):
    """Return (the client, the registry's last answer)."""
    client = client or Client()
    return client, client.get(at_provider(to_provider(client, **sent)))


def test_an_existing_person_signs_in(provider, people):
    client, answer = sign_in(next="/account/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert client.session["_auth_user_id"] == str(people.editor.pk)
    assert provider.asked == ["openid-configuration", "authorization", "openid-configuration", "token", "keys"]


def test_a_new_person_has_no_place_anywhere(provider):
    provider.person = NEWCOMER
    client, answer = sign_in()
    assert answer["Location"] == "/"
    newcomer = Person.objects.get(email="newcomer@example.org")
    assert client.session["_auth_user_id"] == str(newcomer.pk)
    assert (newcomer.is_active, newcomer.is_administrator, newcomer.memberships.count()) == (True, False, 0)
    assert (newcomer.name, newcomer.has_usable_password()) == ("", False)
    again, _ = sign_in()
    assert again.session["_auth_user_id"] == str(newcomer.pk)
    # Of the account there, only its identifier is stored.
    assert list(SocialAccount.objects.values_list("provider", "uid", "extra_data")) == [("oidc", "u-2", {})]


def test_who_is_linked_stays_so_under_another_address(provider, people):
    sign_in()
    provider.person = {"sub": "u-1", "email": "new-name@example.org", "email_verified": False}
    client, _ = sign_in()
    assert client.session["_auth_user_id"] == str(people.editor.pk)
    assert not Person.objects.filter(email="new-name@example.org").exists()


def test_another_account_with_the_same_address_is_refused_until_the_link_is_taken_away(provider, people):
    sign_in()
    provider.person = EDITOR | {"sub": "u-9"}
    client, answer = sign_in()
    assert (answer.status_code, "already linked" in text(answer)) == (403, True)
    assert not is_signed_in(client)
    own = Client()
    own.force_login(people.editor)
    assert "City sign-in" in text(own.get("/account/"))
    assert "has been linked with your account there" in text(own.get(LINK))
    assert own.post(LINK)["Location"] == LINK
    assert "isn’t linked" in text(own.get(LINK))
    client, _ = sign_in()
    assert client.session["_auth_user_id"] == str(people.editor.pk)


def test_a_suspended_person_stays_out(provider, people):
    provider.person = {"sub": "u-3", "email": people.suspended.email, "email_verified": True}
    for _ in range(2):
        client, answer = sign_in()
        assert answer["Location"] == "/sign-in/closed/"
        assert not is_signed_in(client)
    provider.person |= {"email": "another@example.org"}
    client, answer = sign_in()
    assert answer["Location"] == "/sign-in/closed/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": "no"},
        {"email": "nobody"},
        {"email": 7},
    ],
)
def test_only_an_address_that_is_verified_counts(provider, claims):
    provider.person = EDITOR | claims
    people = Person.objects.count()
    client, answer = sign_in()
    assert answer.status_code == 403
    assert "doesn’t confirm that your email address is yours" in text(answer)
    assert (is_signed_in(client), Person.objects.count(), SocialAccount.objects.count()) == (False, people, 0)


ELSEWHERE = {"sub": "u-5", "email": "administrator@elsewhere.example", "email_verified": True}


@pytest.mark.parametrize(
    "domains", [[], ["city.example"], ["sub.elsewhere.example"], ["elsewhere.example.city.example"]]
)
@pytest.mark.parametrize("has_account", [True, False])
def test_it_does_not_vouch_for_an_address_that_is_not_the_offices(provider, settings, domains, has_account):
    """Anyone who runs the provider, or breaks into it, can't take over another account here."""
    settings.OIDC = provider.settings(domains=domains)
    provider.person = ELSEWHERE
    if has_account:
        make_person(ELSEWHERE["email"], is_administrator=True)
    people = Person.objects.count()
    client, answer = sign_in()
    assert (answer.status_code, "Sign in with a code first" in text(answer)) == (403, True)
    assert (is_signed_in(client), Person.objects.count(), SocialAccount.objects.count()) == (False, people, 0)


def test_who_signed_in_with_a_code_links_their_own_account(provider, settings, people):
    settings.OIDC = provider.settings(domains=[])
    client = Client()
    client.force_login(people.editor)
    assert "Link with City sign-in" in text(client.get(LINK))
    _, answer = sign_in(client, link="yes", next=LINK)
    assert (answer.status_code, answer["Location"]) == (302, LINK)
    assert client.session["_auth_user_id"] == str(people.editor.pk)
    assert "has been linked with your account there" in text(client.get(LINK))
    other, _ = sign_in()
    assert other.session["_auth_user_id"] == str(people.editor.pk)


@pytest.mark.parametrize("is_linked", [True, False])
def test_no_one_links_their_account_with_someone_elses(provider, people, is_linked):
    if is_linked:
        sign_in()  # as the editor, whose account is linked from then on
    client = Client()
    client.force_login(people.stranger)
    links = SocialAccount.objects.count()
    _, answer = sign_in(client, link="yes")
    assert (answer.status_code, "as someone else" in text(answer)) == (403, True)
    assert (client.session["_auth_user_id"], SocialAccount.objects.count()) == (str(people.stranger.pk), links)


def test_the_page_says_the_same_with_and_without_an_account(provider, people):
    pages = []
    for address in (people.editor.email, "nobody@example.org", people.suspended.email):
        provider.person = {"sub": "u-4", "email": address, "email_verified": False}
        _, answer = sign_in()
        pages.append((answer.status_code, re.sub(r'(?<=value=")(\w{64}|[\w-]{22})(?=")', "TOKEN", text(answer))))
    assert pages[0] == pages[1] == pages[2]


def test_the_email_address_may_be_in_userinfo_alone(provider, people):
    provider.thin = True
    client, _ = sign_in()
    assert client.session["_auth_user_id"] == str(people.editor.pk)
    assert provider.asked[-1] == "userinfo"
    provider.userinfo = {"sub": "somebody else"}
    client, answer = sign_in()
    assert answer.status_code == 403
    assert not is_signed_in(client)


def test_an_answer_counts_once_and_in_the_browser_that_asked(provider):
    client, other = Client(), Client()
    back = at_provider(to_provider(client))
    for browser, address in (
        (other, back),
        (client, f"{DONE}?code=x"),
        (client, f"{DONE}?code=x&state=y"),
        (client, DONE),
    ):
        answer = browser.get(address)
        assert (answer.status_code, "has expired" in text(answer)) == (400, True)
        assert not is_signed_in(browser)
    assert client.head(back).status_code == 405
    client.get(back)
    assert is_signed_in(client)
    client.post("/sign-out/")
    assert client.get(back).status_code == 400
    assert not is_signed_in(client)
    assert provider.asked.count("token") == 1


def test_an_answer_counts_for_ten_minutes(provider):
    client = Client()
    back = at_provider(to_provider(client))
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        assert client.get(back).status_code == 400
    assert not is_signed_in(client)


def test_a_code_of_another_sign_in_is_refused(provider):
    """Someone replaces the code in another person's flow with their own. The PKCE verifier belongs to one browser."""
    first, second = Client(), Client()
    one, two = at_provider(to_provider(first)), at_provider(to_provider(second))
    mixed = re.sub("code=[^&]+", re.search("code=[^&]+", two)[0], one)
    assert first.get(mixed).status_code == 403
    assert not is_signed_in(first)


def test_canceling_there_shows_a_message(provider):
    provider.person = "cancel"
    client, answer = sign_in()
    assert (answer.status_code, "You didn’t sign in" in text(answer)) == (200, True)
    back = at_provider(to_provider(client)).replace("access_denied", "server_error")
    assert client.get(back).status_code == 403
    assert not is_signed_in(client)


def test_what_a_form_adds_is_not_asked_for(provider):
    address = to_provider(
        Client(), process="connect", scope="admin", auth_params="prompt=none", next="//elsewhere.example.org"
    )
    assert "admin" not in address
    assert "prompt" not in address
    client, answer = sign_in(process="connect", next="https://elsewhere.example.org/")
    assert answer["Location"] == "/"
    assert is_signed_in(client)


def test_it_starts_only_by_a_press_and_not_too_often(provider, settings):
    assert Client().get(START).status_code == 405
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert provider.asked == []
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"provider/network": "2/m"}
    assert [Client().post(START).status_code for _ in range(3)] == [200, 200, 429]
    signed_in, _ = Client(), forget_counts()
    signed_in.force_login(Person.objects.get(email=EDITOR["email"]))
    assert signed_in.post(START, {"next": "/account/"})["Location"] == "/account/"


def test_where_none_is_set_up_there_is_nothing(client, settings, people):
    settings.OIDC = None
    assert "Sign in with City" not in text(client.get("/sign-in/"))
    assert [client.get(where).status_code for where in (START, DONE, LINK)] == [404] * 3
    assert client.post(START).status_code == 404
    client.force_login(people.editor)
    assert client.get(LINK).status_code == 404
    assert LINK not in text(client.get("/account/"))


def test_where_one_is_set_up_there_is_a_button(provider, client):
    assert "Sign in with City sign-in" in text(client.get("/sign-in/"))
    assert client.get(LINK)["Location"] == f"/sign-in/?next={LINK}"


class TestSecondStep:
    def test_it_is_asked_for_all_the_same(self, provider, enrolled):
        client, answer = sign_in()
        assert answer["Location"] == "/sign-in/second-step/"
        assert not is_signed_in(client)
        client.post("/sign-in/second-step/", {"code": app_code(enrolled[1], 1)})
        assert is_signed_in(client)

    def test_unless_the_provider_is_set_up_to_count_for_it(self, provider, settings, enrolled):
        settings.OIDC_SECOND_FACTOR = True
        client, _ = sign_in()
        assert is_signed_in(client)

    @pytest.mark.parametrize("counts", [True, False])
    def test_staff_who_need_a_second_step_have_it_if_the_providers_counts(self, provider, settings, counts):
        settings.SECOND_FACTOR_REQUIRED, settings.OIDC_SECOND_FACTOR = True, counts
        client, _ = sign_in()
        page = client.get("/account/")
        assert page.status_code == 200 if counts else page["Location"] == "/account/second-step/app/"

    def test_it_counts_for_the_session_that_it_opened_alone(self, provider, settings, people):
        settings.SECOND_FACTOR_REQUIRED = settings.OIDC_SECOND_FACTOR = True
        sign_in()
        other = Client()
        other.force_login(people.editor)
        assert other.get("/account/")["Location"] == "/account/second-step/app/"
