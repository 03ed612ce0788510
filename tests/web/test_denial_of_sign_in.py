"""Denial of sign-in: the person gets in whatever a stranger floods, and no more guesses are compared than the limits allow.

bench/figures/qa29.py sends more of each, over HTTP and on both databases.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from unittest.mock import patch

import pytest
import time_machine
from allauth.account import forms as base_forms
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings as known_settings
from django.core import signing
from django.db import connections
from django.test import Client

from partnerships.accounts import login_codes
from partnerships.core import clock, rate_limits
from partnerships.models import Email, RateCount
from partnerships.web.frame import known_browsers
from tests.counts import forget_counts
from tests.rate_limits import at_second_step, enrolled, known_browser
from tests.signing_in import (
    KNOWN,
    app_code,
    ask,
    code_for,
    enroll,
    is_signed_in,
    newest_code,
    type_code,
    wait_for_emails,
)
from tests.waiting import LIMIT
from tests.web.test_sign_in import set_up  # noqa: F401

WRONG = "BBBB-BBBB"
STEP = "/sign-in/second-step/"


def flood(address, times, *, network="203.0.113"):
    """Ask for codes for an email address as strangers, each from another network."""
    for n in range(times):
        assert ask(Client(), address, REMOTE_ADDR=f"{network}.{n % 250}").status_code == 302


def at_once(task, times):
    """Return the results of this many calls at the same moment, each with its own connection."""
    barrier = Barrier(times)

    def run(n):
        barrier.wait(LIMIT)
        try:
            return task(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.slow
def test_strangers_who_ask_for_an_address_all_day_never_keep_its_owner_out(client, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"code_emailed/key": "3/10m, 5/d"}
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _hour in range(4):
            flood(KNOWN, 8)
            browser = Client()
            ask(browser, KNOWN)
            type_code(browser, newest_code(settings))
            assert is_signed_in(browser)
            flood(KNOWN, 3)
            wait_for_emails()  # or an email of this hour's code could be written after one of the next
            traveller.shift(timedelta(hours=1))
        wait_for_emails()
        # For 48 requests: five a day, and one for each new code.
        assert Email.objects.count() <= 5 + 2 * 4


def test_a_flood_from_a_persons_own_network_leaves_their_browser_alone(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"code_asked/network": "2/10m"}
    own = known_browser(KNOWN)
    for n in range(3):
        last = ask(Client(), f"person{n}@example.org")
    assert last.status_code == 429
    assert ask(Client(), KNOWN).status_code == 429
    type_code(own, code_for(own, settings))
    assert is_signed_in(own)


def test_strangers_hold_back_no_email_of_a_known_browser(settings):
    own = known_browser(KNOWN)
    flood(KNOWN, 8)
    wait_for_emails()
    sent = Email.objects.count()
    type_code(own, code_for(own, settings))
    assert is_signed_in(own)
    assert Email.objects.count() == sent + 1


@pytest.mark.slow
def test_tries_of_others_in_the_network_cost_a_request_nothing(client, settings):
    code = code_for(client, settings)
    for n in range(30):
        other = Client()
        ask(other, f"other{n}@example.org")
        for _ in range(5):
            type_code(other, WRONG)
    type_code(client, code)
    assert is_signed_in(client)


def test_a_reader_of_the_mailbox_cannot_use_up_the_second_step_of_a_known_browser(people, settings):
    own = known_browser(KNOWN)
    secret = enroll(people.editor)
    thief = at_second_step(people.editor)
    answers = [thief.post(STEP, {"code": "135790"}).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert at_second_step(people.editor).post(STEP, {"code": app_code(secret, 1)}).status_code == 429
    type_code(own, code_for(own, settings))
    own.post(STEP, {"code": app_code(secret, 1)})
    assert is_signed_in(own)


@pytest.mark.slow
def test_a_day_of_guesses_at_the_second_step_ends(people):
    """An app's code is one of a million, and three of them are valid at a time."""
    thief, judged = enrolled(people.editor), 0
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(12):
            client = at_second_step(thief)
            judged += [client.post(STEP, {"code": "135790"}).status_code for _ in range(6)].count(200)
            traveller.shift(timedelta(minutes=6))
    assert judged == 30


@pytest.mark.both
@pytest.mark.slow
def test_tries_at_the_same_moment_are_judged_five_times(settings):
    client, judged = Client(), []
    code_for(client, settings)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def type_wrong(n):
        browser = Client()
        browser.cookies.load(cookies)
        return type_code(browser, WRONG).status_code

    compare = base_forms.compare_user_code
    with patch.object(base_forms, "compare_user_code", lambda **codes: judged.append(1) or compare(**codes)):
        answers = at_once(type_wrong, 12)
    assert set(answers) <= {200, 302}
    assert len(judged) == 5


@pytest.mark.both
@pytest.mark.slow
def test_no_two_tries_read_the_same_count(settings):
    limit = rate_limits.Limit("trial", "someone", rate_limits.rates("5/10m, 7/d"))
    waits = at_once(lambda n: rate_limits.seconds_to_wait(limit), 12)
    assert (waits.count(0), min(wait for wait in waits if wait)) == (5, 600)
    # A refused request doesn't count toward the day.
    others = [rate_limits.Limit("trial", "someone", rate_limits.rates("7/d"))] * 3
    assert [rate_limits.seconds_to_wait(one) > 0 for one in others] == [False, False, True]
    assert at_once(lambda n: rate_limits.is_first("trial", "a code", 60), 8).count(True) == 1


@pytest.mark.both
@pytest.mark.slow
def test_a_code_that_is_asked_for_at_the_same_moment_is_one(settings):
    asked = at_once(lambda n: login_codes.request_code(KNOWN), 8)
    assert len({one.text for one in asked}) == 1
    assert at_once(lambda n: login_codes.use_code(asked[0].number), 8).count(True) == 1


def test_a_count_restarts_when_its_time_is_over_and_is_deleted(people):
    limit = rate_limits.Limit("trial", "x", rate_limits.rates("2/m"))
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert [rate_limits.seconds_to_wait(limit) for _ in range(3)] == [0, 0, 60]
        traveller.shift(59)
        assert rate_limits.seconds_to_wait(limit) == 1
        traveller.shift(1)
        assert rate_limits.seconds_to_wait(limit) == 0
        rate_limits.delete_expired()
        assert RateCount.objects.count() == 1
        traveller.shift(61)
        rate_limits.delete_expired()
        assert not RateCount.objects.exists()


def test_a_forged_or_foreign_cookie_makes_no_browser_known(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"code_asked/network": "1/10m"}
    own = known_browser("stranger@example.org")
    value = own.cookies[known_settings.KNOWN_BROWSER_COOKIE_NAME].value
    forged = [value[:-2], "x", signing.dumps(["x", []], salt=known_browsers._SALT), signing.dumps(["x", ["y"]])]
    ask(Client(), "first@example.org")
    for cookie in (*forged, value):
        client = Client()
        client.cookies[known_settings.KNOWN_BROWSER_COOKIE_NAME] = cookie
        assert ask(client, KNOWN).status_code == 429
    forget_counts()


def test_the_cookie_of_a_known_browser_names_no_one_and_opens_nothing(people):
    own = known_browser(KNOWN)
    cookie = own.cookies[known_settings.KNOWN_BROWSER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", known_browsers.LIVES)
    assert KNOWN not in str(signing.loads(cookie.value, salt=known_browsers._SALT))
    assert not is_signed_in(own)
    assert known_settings.SESSION_COOKIE_NAME != known_settings.KNOWN_BROWSER_COOKIE_NAME


def test_printed_codes_are_tried_so_often_and_no_more(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"printed_code/network": "3/10m"}
    answers = [Client().post("/code/", {"code": "ABCD-EFGH-JKMN"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert int(answers[3]["Retry-After"]) > 590
    elsewhere = Client(REMOTE_ADDR="203.0.113.9").post("/code/", {"code": "ABCD-EFGH-JKMN"})
    assert elsewhere.status_code == 422


@pytest.mark.both
@pytest.mark.slow
def test_a_code_of_the_second_step_that_is_typed_in_many_browsers_at_once_opens_one(people, settings):
    secret = enroll(people.editor)
    own = Client()
    own.force_login(people.editor)
    recovery = RecoveryCodes(people.editor.authenticator_set.get(type="recovery_codes")).generate_codes()[0]
    forget_counts()
    for code in (app_code(secret, 1), recovery):
        browsers = [at_second_step(people.editor) for _ in range(4)]

        def type_it(n, code=code, browsers=browsers):
            browsers[n].post(STEP, {"code": code})
            return is_signed_in(browsers[n])

        assert at_once(type_it, 4).count(True) == 1
        forget_counts()
