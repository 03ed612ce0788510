"""A record that a person may not know of answers as a missing one, byte by byte."""

import pytest
from django.http import HttpResponse

from tests import hidden_records
from tests.shares import share_of
from tests.snapshots import snapshot_of
from tests.test_access import EVERYONE
from tests.world import World

pytestmark = pytest.mark.slow


@pytest.fixture
def world(people, settings):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    return snapshot_of(World, people)


def test_hidden_and_missing_records_answer_the_same(world):
    found = hidden_records.compare(world, lambda cases: share_of(cases, 31))
    assert found.wrong == []
    assert found.tried >= 400


def test_every_record_that_can_be_hidden_is_hidden_from_someone():
    hidden_from = {record for role in EVERYONE for _, record in hidden_records.hidden_from(role)}
    assert {record.removeprefix("api ") for record in hidden_from} == {
        *("draft", "unlisted", "unlisted with the partner", "internal meeting", "meeting of a draft"),
        *("meeting of the partner", "check-in", "action", "partner's action", "email", "shared draft", "statement"),
        *("suggestion", "contact", "claim", "named", "invitation", "account", "suspended account", "suppression"),
        *("erasure", "interaction", "shared interaction"),
        *("open round", "opened round", "round place", "expected seat", "portfolio"),
        *("editor's saved list", "office's saved list", "editor's spreadsheet", "editor's import"),
        *("editor's unsaved text", "joined account"),
        *("reader's place", "manager's place", "partner's place"),
        *("activity", "partner's activity", "gain", "plan", "inner result", "inner measure"),
        *("office's report", "office's made report"),
        # These are hidden by their pages for users and history. The records themselves are open.
        *("profiled", "office", "jurisdiction", "department", "published", "public meeting"),
        *("public activity", "public plan", "public result", "public measure"),
        *("webhook", "delivery", "service account"),
        *("draft body", "makeup", "makeup of a draft", "population"),
    }


def test_a_page_that_gives_a_record_away_is_found(world):
    """The comparison itself: it notices a different body, header and status."""
    key = world.key("draft")
    same = HttpResponse(f"We can’t find {key}", status=404)
    for planted in (
        HttpResponse(f"We can’t find {key}.", status=404),
        HttpResponse(f"We can’t find {key}", status=404, headers={"X-Lead": "J"}),
        HttpResponse(f"We can’t find {key}", status=403),
    ):
        found = hidden_records.Comparison()
        hidden_records._note(found, "here", [same, planted], (key, key))
        assert len(found.wrong) == 1
