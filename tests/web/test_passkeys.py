"""Passkeys, alone or as the second step. Whatever else a browser sends is refused with an error."""

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from partnerships.core import clock
from tests.counts import forget_counts
from tests.passkeys import Passkey, passkey_options
from tests.snapshots import snapshot_fixture
from tests.web.test_second_step import RECOVERY, to_second_step
from tests.web.test_sign_in import is_signed_in, set_up  # noqa: F401

ADD, STEP, ALONE = "/account/second-step/passkeys/add/", "/sign-in/second-step/", "/sign-in/passkey/"
NOT_TAKEN = "This passkey didn’t work."


def text(response):
    return response.content.decode()


def add(client, passkey, **fields):
    answer = passkey.made(passkey_options(text(client.get(ADD))))
    return client.post(ADD, {"name": "Laptop", "passwordless": "on", "credential": answer} | fields)


def passkeys_of(person):
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN)


@snapshot_fixture
def owner(people):
    """Return (client that is still signed in, the passkey) of the editor."""
    client, passkey = Client(), Passkey()
    client.force_login(people.editor)
    assert add(client, passkey)["Location"] == RECOVERY
    return client, passkey


def challenge(client):
    return client.get(ALONE, headers={"accept": "application/json"}).json()


def sign_in_alone(client, passkey, **other):
    return client.post(ALONE, {"credential": passkey.used(challenge(client), **other)})


def test_a_passkey_signs_in_alone(owner):
    _, passkey = owner
    client = Client()
    assert sign_in_alone(client, passkey)["Location"] == "/"
    assert is_signed_in(client)


def test_a_copy_of_a_security_key_is_refused(people, settings):
    """A key that counts says how often it was used. A copy of it falls behind."""
    client, key = Client(), Passkey()
    client.force_login(people.editor)
    key.count = 7
    add(client, key)
    for count, is_taken in ((7, False), (8, True), (8, False), (9, True), (0, False), (2**32 - 1, True)):
        browser, key.count = Client(), count
        sign_in_alone(browser, key)
        assert (count, is_signed_in(browser)) == (count, is_taken)
    browser, key.count = to_second_step(settings), 9
    refused = browser.post(STEP, {"credential": key.used(passkey_options(text(browser.get(STEP))))})
    assert NOT_TAKEN in text(refused)


def test_it_leads_back_to_where_sign_in_was_asked_for(owner):
    client = Client()
    sent = {"credential": owner[1].used(challenge(client)), "next": "/account/"}
    assert client.post(ALONE, sent)["Location"] == "/account/"


def test_it_is_the_second_step_after_the_email(owner, settings):
    client = to_second_step(settings)
    page = text(client.get(STEP))
    assert "Use your passkey" in page
    assert client.post(STEP, {"credential": owner[1].used(passkey_options(page))})["Location"] == "/"
    assert is_signed_in(client)


def test_a_recovery_code_replaces_it_without_script(owner, settings):
    signed_in, _ = owner
    page = text(signed_in.get(RECOVERY))
    codes = [part[:8] for part in page.split("<code>")[1:]]
    assert len(codes) == 10
    client = to_second_step(settings)
    assert "Recovery code" in text(client.get(STEP))
    client.post(STEP, {"code": codes[3]})
    assert is_signed_in(client)


def test_an_answer_is_good_once(owner):
    client = Client()
    answer = owner[1].used(challenge(client))
    client.post(ALONE, {"credential": answer})
    client.post("/sign-out/")
    challenge(client)
    assert client.post(ALONE, {"credential": answer})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_an_answer_is_good_only_in_the_browser_that_asked(owner):
    answer, elsewhere = owner[1].used(challenge(Client())), Client()
    challenge(elsewhere)
    elsewhere.post(ALONE, {"credential": answer})
    assert not is_signed_in(elsewhere)


def test_a_key_that_does_not_verify_its_user_is_only_a_second_step(people, settings):
    client, passkey = Client(), Passkey(verifies=False)
    client.force_login(people.editor)
    assert NOT_TAKEN in text(add(client, passkey))
    assert add(client, passkey, passwordless="")["Location"] == RECOVERY
    other = Client()
    sign_in_alone(other, passkey)
    assert not is_signed_in(other)
    other = to_second_step(settings)
    other.post(STEP, {"credential": passkey.used(passkey_options(text(other.get(STEP))))})
    assert is_signed_in(other)


def test_the_question_of_a_second_step_is_no_way_to_sign_in_alone(people, settings):
    """It requires less, and stays valid longer than the sign-in that it belongs to."""
    client, passkey = Client(), Passkey(verifies=False)
    client.force_login(people.editor)
    add(client, passkey, passwordless="")
    other = to_second_step(settings)
    answer = passkey.used(passkey_options(text(other.get(STEP))))
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        assert other.post(ALONE, {"credential": answer})["Location"] == "/sign-in/"
        assert not is_signed_in(other)


def test_a_changed_answer_is_refused(owner):
    wrong = {"signature": [b"", bytes.fromhex("3006020101020101")], "authenticatorData": [b"short"]}
    wrong |= {"userHandle": [b"", b"999999", b"9" * 40, b"\xff\x00"], "clientDataJSON": [b"no JSON", b"{}"]}
    for part, values in wrong.items():
        for value in values:
            client = Client()
            assert sign_in_alone(client, owner[1], **{part: value})["Location"] == "/sign-in/", (part, value)
            assert NOT_TAKEN in text(client.get("/sign-in/")), (part, value)
            assert not is_signed_in(client), (part, value)


def test_another_site_cannot_use_it(owner):
    owner[1].origin = "https://elsewhere.example.org"
    client = Client()
    sign_in_alone(client, owner[1])
    assert not is_signed_in(client)


def test_a_suspended_person_stays_out(owner, people):
    people.editor.is_active = False
    people.editor.save()
    client = Client()
    assert sign_in_alone(client, owner[1])["Location"] == "/sign-in/closed/"
    assert not is_signed_in(client)


NONSENSE = ["", "x", "null", "0", "false", "[]", "{}", "[1]", '"x"', '{"id": 1}', '{"rawId": "x"}', '{"rawId": 7}']
NONSENSE += ['{"rawId": "x", "response": []}', '{"rawId": "eA", "response": {"clientDataJSON": "e30"}}', "[" * 5000]
NONSENSE += [json.dumps({"rawId": "eA", "response": {"clientDataJSON": "e30", "attestationObject": "9" * 30_000}})]


@pytest.mark.slow
def test_nonsense_in_its_place_breaks_nothing(owner, people, settings):
    signed_in, client, other = owner[0], to_second_step(settings), Client()
    for sent in NONSENSE:
        forget_counts()
        for page in (signed_in.get(ADD), client.get(STEP), other.get("/sign-in/")):
            assert page.status_code == 200, sent
        challenge(other)
        assert signed_in.post(ADD, {"name": "x", "credential": sent}).status_code == 200, sent
        assert client.post(STEP, {"credential": sent}).status_code == 200, sent
        assert other.post(ALONE, {"credential": sent})["Location"] == "/sign-in/", sent
    assert passkeys_of(people.editor).count() == 1
    assert not is_signed_in(client)
    assert not is_signed_in(other)


def test_only_what_is_needed_of_it_is_kept(people):
    client, passkey = Client(), Passkey()
    client.force_login(people.editor)
    answer = json.loads(passkey.made(passkey_options(text(client.get(ADD)))))
    answer["response"]["transports"] = answer["more"] = ["\0"]
    client.post(ADD, {"name": "", "passwordless": "on", "credential": json.dumps(answer)})
    row = passkeys_of(people.editor).get()
    assert row.data["name"] == "Passkey 1"
    assert set(row.data["credential"]) == {"type", "id", "rawId", "response", "clientExtensionResults"}
    assert set(row.data["credential"]["response"]) == {"clientDataJSON", "attestationObject"}


def test_renaming_and_removing(owner, people):
    client, _ = owner
    pk = passkeys_of(people.editor).get().pk
    page = f"/account/second-step/passkeys/{pk}/"
    assert "Laptop" in text(client.get("/account/second-step/"))
    assert client.post(page, {"name": ""}).status_code == 200
    assert client.post(page, {"name": "Old laptop"})["Location"] == "/account/second-step/"
    assert "Old laptop" in text(client.get("/account/second-step/"))
    assert client.get(f"{page}remove/").status_code == 200
    client.post(f"{page}remove/")
    assert not Authenticator.objects.filter(user=people.editor).exists()


def test_only_its_owner_changes_it(owner, people):
    pk = passkeys_of(people.editor).get().pk
    other = Client()
    other.force_login(people.administrator)
    for page in (f"/account/second-step/passkeys/{pk}/", f"/account/second-step/passkeys/{pk}/remove/"):
        assert other.get(page).status_code == 404
        assert other.post(page, {"name": "Mine"}).status_code == 404
    assert passkeys_of(people.editor).get().data["name"] == "Laptop"


def test_changing_how_one_signs_in_asks_for_it_again(owner, people):
    client = Client()
    client.force_login(people.editor)
    response = client.get(ADD)
    assert response["Location"].split("?")[0] == "/account/again/passkey/"
    page = text(client.get(response["Location"]))
    assert "Enter a code instead" in page
    nonsense = client.post(response["Location"], {"credential": "x"})
    assert NOT_TAKEN in text(nonsense)
    sent = {"credential": owner[1].used(passkey_options(text(nonsense))), "next": ADD}
    assert client.post("/account/again/passkey/", sent)["Location"] == ADD
    assert client.get(ADD).status_code == 200


def test_codes_that_someone_else_typed_keep_no_passkey_out(owner, settings):
    """Someone who reads the mailbox gets to the second step, and can use up the tries of its codes."""
    thief, client = to_second_step(settings), to_second_step(settings)
    assert [thief.post(STEP, {"code": "00000000"}).status_code for _ in range(6)] == [200] * 5 + [429]
    client.post(STEP, {"credential": owner[1].used(passkey_options(text(client.get(STEP))))})
    assert is_signed_in(client)


def test_many_passkeys_at_the_second_step_are_stopped(owner, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"passkey/network": "2/5m"}
    client = to_second_step(settings)
    for _ in range(2):
        client.post(STEP, {"credential": Passkey().used(passkey_options(text(client.get(STEP))))})
    refused = client.post(STEP, {"credential": owner[1].used(passkey_options(text(client.get(STEP))))})
    assert refused.status_code == 429
    assert "Too many tries. Wait 5 minutes" in text(refused)
    assert not is_signed_in(client)


def test_too_many_tries_from_one_network_are_asked_to_wait(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"passkey/network": "2/m"}
    answers = [Client().post(ALONE, {"credential": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 59 <= int(answers[2]["Retry-After"]) <= 60


class TestRequired:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.SECOND_FACTOR_REQUIRED = True

    def test_a_passkey_is_enough(self, people):
        client = Client()
        client.force_login(people.editor)
        assert client.get("/account/")["Location"] == "/account/second-step/app/"
        assert "Add a passkey" in text(client.get("/account/second-step/app/"))
        assert add(client, Passkey())["Location"] == RECOVERY
        assert client.get("/account/").status_code == 200

    def test_the_only_one_stays_and_one_of_two_may_go(self, owner, people):
        client, _ = owner
        first = f"/account/second-step/passkeys/{passkeys_of(people.editor).get().pk}/remove/"
        assert "Set up another one first." in text(client.get(first))
        assert "Set up another one first." in text(client.post(first))
        assert passkeys_of(people.editor).count() == 1
        add(client, Passkey())
        client.post(first)
        assert passkeys_of(people.editor).count() == 1


def test_pages_say_what_to_do_without_script(owner, settings):
    signed_in, _ = owner
    again = Client()
    again.force_login(Authenticator.objects.first().user)
    pages = [signed_in.get(ADD), again.get("/account/again/passkey/"), to_second_step(settings).get(STEP)]
    for page in (*pages, Client().get("/sign-in/")):
        assert '<p data-passkey="without">' in text(page)
        assert "need JavaScript, which this browser doesn’t run." in text(page)


@pytest.mark.parametrize("address", ["/sign-in/", ALONE])
def test_browsers_may_ask_for_passkeys_on_our_own_pages_alone(client, address):
    policy = client.get(address)["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in policy
    assert "publickey-credentials-create=(self)" in policy
    assert "script-src 'self';" in client.get(address)["Content-Security-Policy"] + ";"
