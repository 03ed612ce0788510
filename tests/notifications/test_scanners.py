"""Mail scanners use nothing up and get no access. tests/browser/test_scanners.py does the same with a browser (QA7)."""

import pytest

from partnerships.mail.choices import EmailKind
from partnerships.web.account import sign_in
from tests import scanners
from tests.serving import serving
from tests.signing_in import wait_for_emails

pytestmark = pytest.mark.slow


@pytest.fixture
def port(transactional_db, settings, tmp_path, monkeypatch):
    settings.MAIL_DIR, settings.EMAIL_URL, settings.BASE_URL = tmp_path, "", settings.BASE_URL
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)
    with serving() as port:
        yield port
    wait_for_emails()


def test_whatever_looks_into_emails_first_costs_the_reader_nothing(port, people):
    found = scanners.scan(port, people, scanners.WAYS, short=True)
    assert found.wrong == []
    assert found.kinds == set(EmailKind.values)
    assert found.links >= 6
