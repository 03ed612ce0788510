"""Revoked rights end at the next request. bench/figures/qa20.py tries more ways, on both databases."""

import pytest

from partnerships.web.account import sign_in
from tests import revocation_trials
from tests.revocations import SCENARIOS
from tests.serving import Browser, serving

pytestmark = pytest.mark.slow

SHORT = (
    *("editor removed", "editor lowered", "editor suspended", "erased", "signed out everywhere", "token revoked"),
    *("token loses a body", "invitation taken back", "claim revoked", "draft share ended", "withdrawn from everyone"),
    *("service manager left", "service manager erased", "service unanswered for fourteen days"),
    *("calendar of a removed member", "calendar of a suspended person"),
)


@pytest.fixture
def stage(transactional_db, settings, tmp_path, monkeypatch):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    monkeypatch.setattr(sign_in, "A_MOMENT", 0)
    with serving() as port:
        yield revocation_trials.Stage(port, sessions=1)


def test_what_is_revoked_is_gone_at_the_next_request(stage):
    trials = {name: revocation_trials.attempt(name, SCENARIOS[name](stage), stage) for name in SHORT}
    assert {name: trial.wrong for name, trial in trials.items() if trial.wrong} == {}
    assert sum(trial.tried for trial in trials.values()) >= 60
    assert all(trial.kept for trial in trials.values())


def test_what_stays_is_seen(stage):
    """The trial itself: it reports a right that was not revoked."""
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    tries = [*stage.of_draft([Browser(stage.port, person)], draft), *stage.of_writing([stage.browser(person)], draft)]
    nothing = revocation_trials.Scenario(tries, lambda: None)
    assert len(revocation_trials.attempt("nothing", nothing, stage).wrong) == len(tries)


def test_what_someone_signed_in_reads_stays_in_no_copy(stage):
    person, draft = stage.member("editor", jurisdiction=stage.office), stage.draft()
    browser = stage.browser(person)
    pages = ("/", "/partnerships/", f"/partnerships/{draft.public_id}/", "/partnerships.csv", "/account/sessions/")
    pages += ("/outbox/", f"/api/v1/partnerships/{draft.public_id}/", "/organizations/", "/no-such-page/")
    kept = {page: browser.get(page).headers["Cache-Control"] for page in pages}
    assert {page: words for page, words in kept.items() if "no-store" not in (words or "")} == {}
