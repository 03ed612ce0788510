"""The second step of sign-in: an authenticator app's code after the emailed code, required of staff by a setting."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from partnerships.core import clock
from tests.counts import forget_counts
from tests.signing_in import app_code, code_for, is_signed_in, secret_on, type_code
from tests.web.test_sign_in import set_up  # noqa: F401

APP, RECOVERY = "/account/second-step/app/", "/account/second-step/recovery/"


@pytest.fixture
def enrolled(people):
    """Return (client that is still signed in, the app's key, recovery codes) of the editor."""
    client = Client()
    client.force_login(people.editor)
    secret = secret_on(client.get(APP))
    assert client.post(APP, {"code": app_code(secret)})["Location"] == RECOVERY
    codes = re.findall(r"<code>(\d{8})</code>", client.get(RECOVERY).content.decode())
    forget_counts()
    return client, secret, codes


def to_second_step(settings):
    client = Client()
    response = type_code(client, code_for(client, settings))
    assert (response.status_code, response["Location"]) == (302, "/sign-in/second-step/")
    assert not is_signed_in(client)
    return client


def test_the_email_alone_no_longer_signs_in(enrolled, settings):
    _, secret, _ = enrolled
    client = to_second_step(settings)
    assert "This isn’t the code" in client.post("/sign-in/second-step/", {"code": "000000"}).content.decode()
    assert not is_signed_in(client)
    client.post("/sign-in/second-step/", {"code": app_code(secret, 1)})
    assert is_signed_in(client)


def test_a_code_of_the_app_works_once(enrolled, settings):
    _, secret, _ = enrolled
    code = app_code(secret, 1)
    to_second_step(settings).post("/sign-in/second-step/", {"code": code})
    again = to_second_step(settings)
    again.post("/sign-in/second-step/", {"code": code})
    assert not is_signed_in(again)
    # A code is valid for as long as a phone's clock may be off, and stays used all that time.
    with time_machine.travel(clock.now() + timedelta(seconds=40)):
        assert app_code(secret, -1) == code or app_code(secret) == code
        again.post("/sign-in/second-step/", {"code": f" {code[:3]} {code[3:]}"})
        assert not is_signed_in(again)


def test_the_code_that_set_the_app_up_is_used(people, settings):
    client = Client()
    client.force_login(people.editor)
    secret = secret_on(client.get(APP))
    code = app_code(secret)
    client.post(APP, {"code": code})
    again = to_second_step(settings)
    again.post("/sign-in/second-step/", {"code": code})
    assert not is_signed_in(again)


@pytest.mark.slow
def test_a_recovery_code_works_once_and_is_shown_once(enrolled, settings):
    signed_in, _, codes = enrolled
    assert len(codes) == 10
    assert not re.findall(r"\d{8}", signed_in.get(RECOVERY).content.decode().split("<main")[1].split("</main")[0])
    client = to_second_step(settings)
    client.post("/sign-in/second-step/", {"code": codes[0]})
    assert is_signed_in(client)
    again = to_second_step(settings)
    again.post("/sign-in/second-step/", {"code": codes[0]})
    assert not is_signed_in(again)


def test_many_wrong_codes_are_stopped(enrolled, settings):
    _, secret, _ = enrolled
    client = to_second_step(settings)
    for n in range(8):
        client.post("/sign-in/second-step/", {"code": f"00000{n}"})
    client.post("/sign-in/second-step/", {"code": app_code(secret, 1)})
    assert not is_signed_in(client)


def test_the_second_step_page_opens_for_no_one_else(client):
    assert client.get("/sign-in/second-step/")["Location"] == "/sign-in/"


def test_the_key_is_locked_in_the_database(enrolled, people):
    _, secret, _ = enrolled
    row = Authenticator.objects.get(user=people.editor, type=Authenticator.Type.TOTP)
    assert secret not in str(row.data)


def test_changing_how_one_signs_in_asks_for_a_code_again(enrolled, people):
    client = Client()
    client.force_login(people.editor)
    response = client.get(f"{APP}stop/")
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/account/again/")
    client.post(f"{APP}stop/")
    assert Authenticator.objects.filter(user=people.editor).count() == 2


def test_stopping_takes_the_recovery_codes_too(enrolled, people):
    client, *_ = enrolled
    client.post(f"{APP}stop/")
    assert not Authenticator.objects.filter(user=people.editor).exists()


class TestRequired:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.SECOND_FACTOR_REQUIRED = True

    @pytest.mark.parametrize("role", ["editor", "reader", "administrator"])
    def test_staff_without_one_are_led_to_set_it_up(self, people, role):
        client = Client()
        client.force_login(getattr(people, role))
        for name in ("home", "partnerships", "outbox", "account"):
            assert client.get(reverse(name))["Location"] == APP
        assert client.post(reverse("organization_new"), {"name": "x"})["Location"] == APP
        assert client.get(APP).status_code == 200

    def test_the_api_takes_them_for_strangers(self, people):
        client = Client()
        client.force_login(people.administrator)
        url = "/api/v1/organizations/"
        assert client.get(url).content == Client().get(url).content

    @pytest.mark.parametrize("role", ["partner", "stranger"])
    def test_others_sign_in_without_a_second_step(self, people, role):
        client = Client()
        client.force_login(getattr(people, role))
        assert client.get("/account/").status_code == 200

    def test_staff_with_one_go_on_and_cannot_stop_it(self, enrolled, people):
        client, *_ = enrolled
        assert client.get("/account/").status_code == 200
        assert "Staff must use a second step" in client.post(f"{APP}stop/").content.decode()
        assert Authenticator.objects.filter(user=people.editor).count() == 2


def test_the_operator_can_take_it_away(enrolled, people, capsys):
    call_command("reset_second_factor", people.editor.email)
    assert not Authenticator.objects.filter(user=people.editor).exists()


def test_sign_out_everywhere_else(people, settings):
    here, there = Client(), Client()
    for browser in (here, there):
        type_code(browser, code_for(browser, settings))
        forget_counts()
    page = here.get("/account/sessions/").content.decode()
    assert "You’re signed in in 2 browsers." in page
    here.post("/account/sessions/")
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
