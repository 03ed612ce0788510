"""A canary in every private field: those who may not see it never do, and no answer changes with it (QA3, in short)."""

from zlib import crc32

import pytest

from tests.canaries import judge
from tests.canaries.crawl import crawl
from tests.canaries.fields import unplaced
from tests.canaries.table import WHO
from tests.canaries.words import Finder
from tests.shares import share_of

pytestmark = pytest.mark.slow

# An anonymous visitor reads every list and a quarter of the records' pages each time. The figure reads everything as
# everyone.
OUTSIDE = ("anonymous",)
QUARTERS = share_of(range(4), 4)
PAGES = {
    "partnership",
    "partnership_partners",
    "partnership_agreement",
    "partnership_results",
    "partnership_meetings",
    "organization",
    "meeting",
    "jurisdiction",
    "department",
    "issue_area",
    "home",
    "api_one",
}
RECORDS = {"table", "organizing", "named only", "profiled for staff", "profiled for partners", "published"}


@pytest.fixture(autouse=True)
def set_up(settings, tmp_path):
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""


def _some(visit):
    # A visit has the same name in every world.
    return crc32(visit.name.encode()) % 4 in QUARTERS and _is_outside(visit)


def _is_outside(visit):
    if visit.label.startswith("search"):
        return visit.surface != "api_list"  # a mistyped search on a page, which must not suggest canaries
    lists = visit.surface in ("api_list", "partnerships", "organizations", "meetings")
    lists = lists or visit.surface.endswith(("_csv", "_xlsx"))
    return visit.method == "get" and (lists or (visit.surface in PAGES and visit.label.removeprefix("api ") in RECORDS))


def test_every_field_of_text_has_its_canary_or_needs_none():
    assert unplaced() == []


@pytest.mark.django_db
def test_no_outsider_sees_a_canary_and_no_answer_changes_with_one():
    found = crawl(OUTSIDE, Finder(judge.NAMES), chosen=_some)
    met = {(canary, *pair) for canary, pairs in found.seen.items() for pair in pairs}
    assert judge.leaks(met) == []
    assert found.differ == []
    assert found.planted == set(WHO)
    assert found.compared > 20
    # Emails reached the people they were for.
    assert {canary for canary, _, surface in met if surface == "mail"}
