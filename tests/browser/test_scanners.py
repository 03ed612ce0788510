"""A mail scanner that opens links in a browser with script and presses the buttons that it finds there (QA7)."""

import pytest

from partnerships.web.account import sign_in
from tests import scanners
from tests.counts import forget_counts
from tests.serving import serving
from tests.signing_in import wait_for_emails


@pytest.fixture
def port(transactional_db, settings, tmp_path, monkeypatch):
    settings.MAIL_DIR, settings.EMAIL_URL, settings.BASE_URL = tmp_path, "", settings.BASE_URL
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)
    forget_counts()
    with serving() as port:
        yield port
    wait_for_emails()


def test_a_browser_that_presses_every_button_costs_the_reader_nothing(port, people, chromium):
    found = scanners.scan(port, people, {"browser": scanners.InBrowser(chromium)}, short=True)
    assert found.wrong == []
    assert found.links >= 6
