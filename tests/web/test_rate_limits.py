"""Rate-limited requests are told how long to wait, keep what was typed, and pass after that time.

bench/figures/qa19.py sends more of each.
"""

import pytest

from partnerships.web.account import sign_in
from tests import rate_limits
from tests.signing_in import wait_for_emails

pytestmark = [pytest.mark.both, pytest.mark.slow]

LOW = {
    "code_asked/network": "6/10m",
    "code_asked/browser": "3/10m, 5/d",
    "second_step/network": "5/m",
    "second_step/key": "3/5m",
    "second_step/browser": "3/5m",
    "printed_code/network": "3/10m",
    "suggest/network": "3/h",
    "passkey/network": "3/10m",
    "passkey/browser": "3/10m",
    "provider/network": "3/10m",
}


@pytest.fixture(autouse=True)
def set_up(transactional_db, settings, tmp_path, monkeypatch):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    settings.RATE_LIMITS = settings.RATE_LIMITS | LOW
    settings.OIDC = None  # the default, before a trial sets it
    settings.API_RATE_ANONYMOUS, settings.API_RATE_PERSON, settings.PAGE_RATE_ANONYMOUS = 4, 6, 80
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)
    yield
    wait_for_emails()


@pytest.mark.parametrize("name", rate_limits.NAMES)
def test_after_the_time_that_it_names_it_passes(people, name):
    trial = rate_limits.attempt(name, people, rounds=1)
    assert trial.wrong == []
    assert trial.sent > 5


def test_a_code_ends_after_its_tries():
    assert rate_limits.a_code_ends_after_its_tries() == (7, [])
