"""Every page takes the same number of queries, however many rows it has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.web.outbox import views as outbox
from tests.snapshots import snapshot_of
from tests.web.counted_pages import addresses
from tests.web.counted_world import CountedWorld

pytestmark = pytest.mark.both

STRANGER = {
    "home": 6,
    "partnerships_map": 5,
    "partnerships_map, of a state": 5,
    "robots": 0,
    "security": 1,
    "sitemap": 6,
    "sitemap_part": 1,
    "site_privacy": 2,
    "organizations": 3,
    "organizations_map": 6,
    "organizations_map, of a state": 6,
    "organization": 9,
    "jurisdictions": 3,
    "jurisdiction": 11,
    "departments": 3,
    "department": 8,
    "issue_areas": 3,
    "issue_area": 8,
    "meetings": 4,
    "meeting": 3,
    "meeting, closed": 9,
    "calendar": 5,
    "partnership_timeline": 31,
    "issue_area_timeline": 29,
    "partnership_partners": 12,
    "partnership_power": 6,
    "partnership_results": 18,
    "partnership_meetings": 7,
    "partnership_agreement": 5,
    "issue_area_circles": 12,
    "issue_area_circles, without a place": 3,
    "about": 1,
    "words": 1,
    "answer_saved": 1,
    "organizations_csv": 1,
    "jurisdictions_csv": 1,
    "departments_csv": 1,
    "meetings_csv": 2,
    "activity": 5,
    "partnership_matrix": 8,
    "partnership_matrix_csv": 7,
    "plans": 2,
    "plan": 7,
    "jurisdiction_dashboard": 40,
    "issue_area_dashboard": 43,
    "jurisdiction_embed": 40,
    "issue_area_embed": 43,
    "partnership_makeup": 4,
    "partnership_makeup_csv": 3,
    "jurisdiction_population": 3,
    "coverage": 12,
    "coverage_csv": 5,
    "activities": 6,
    "activities_csv": 4,
    "results": 4,
    "results_csv": 2,
    "results_atom": 2,
    "result": 12,
    "measures": 9,
    "measures_csv": 5,
    "measure": 10,
    "measure, by group": 9,
}
# Being signed in takes three queries, and documents of one's own partnerships get their other partners in the request.
STAFF = {
    "organization_timeline": 21,
    "department_timeline": 17,
    "interactions": 11,
    "interactions_csv": 7,
    "interaction_new": 17,
    "interaction": 11,
    "interaction_edit": 19,
    "home": 22,
    "partnerships_map": 12,
    "partnerships_map, of a state": 12,
    "organizations": 8,
    "organizations_map": 10,
    "organizations_map, of a state": 10,
    "organization": 46,
    "organization_duplicates": 21,
    "jurisdictions": 7,
    "jurisdiction": 34,
    "departments": 7,
    "department": 32,
    "issue_areas": 6,
    "issue_area": 13,
    "meetings": 12,
    "meeting": 12,
    "meeting, closed": 17,
    "meeting_close": 14,
    "calendar": 8,
    "action": 8,
    "actions": 8,
    "actions_csv": 4,
    "account_actions": 5,
    "account_language": 4,
    "account_first_steps": 4,
    "account_name": 4,
    "account_lists": 6,
    "partnerships_xlsx": 6,
    "organizations_xlsx": 5,
    "jurisdictions_xlsx": 5,
    "departments_xlsx": 5,
    "meetings_xlsx": 6,
    "actions_xlsx": 5,
    "reports": 7,
    "report_new": 7,
    "profile_new": 8,
    "report_definition": 7,
    "report_edit": 8,
    "report_make": 5,
    "report_end": 5,
    "report": 11,
    "report_file": 11,
    "list_file_new": 5,
    "list_file": 9,
    "list_file_content": 9,
    "imports": 7,
    "import_file": 5,
    "import_columns": 5,
    "import_remove": 5,
    "import_undoing": 5,
    "import_problems": 4,
    "import_skipped": 4,
    "saved_list_new": 6,
    "saved_list": 5,
    "saved_list_remove": 5,
    "partnership_timeline": 38,
    "issue_area_timeline": 35,
    "partnership_history": 11,
    "organization_history": 14,
    "organization_merge": 22,
    "meeting_history": 9,
    "partnership_undo": 58,
    "partnership_partners": 18,
    "partnership_partners, compared": 20,
    "partnership_power": 11,
    "partnership_results": 23,
    "partnership_meetings": 11,
    "partnership_agreement": 9,
    "partnership_office": 21,
    "issue_area_circles": 16,
    "issue_area_circles, without a place": 6,
    "about": 4,
    "words": 4,
    "answer_saved": 1,
    "outbox": 11,
    "email_kinds": 4,
    "email_preview": 4,
    "email_html": 3,
    "people": 6,
    "organizations_csv": 4,
    "jurisdictions_csv": 4,
    "departments_csv": 4,
    "meetings_csv": 5,
    "network": 8,
    "network_csv": 6,
    "activity": 12,
    "activity_edit": 19,
    "activity_new": 11,
    "partnership_matrix": 11,
    "partnership_matrix_csv": 10,
    "gain_new": 6,
    "plans": 5,
    "plan": 14,
    "partnership_makeup": 8,
    "partnership_makeup_csv": 6,
    "makeup_new": 6,
    "makeup": 6,
    "checkinplan": 11,
    "checkinplan_new": 11,
    "check_in_done": 5,
    "jurisdiction_population": 6,
    "population": 6,
    "plan_csv": 9,
    "plan_edit": 6,
    "outcome_new": 9,
    "outcome_edit": 12,
    "jurisdiction_dashboard": 43,
    "issue_area_dashboard": 46,
    "jurisdiction_embed": 40,  # as for a stranger, since it doesn't load the person
    "issue_area_embed": 43,
    "coverage": 15,
    "coverage_csv": 8,
    "activities": 14,
    "activities_csv": 7,
    "results": 12,
    "results_csv": 5,
    "results_xlsx": 6,
    "result": 19,
    "result_edit": 12,
    "measures": 17,
    "measures_csv": 8,
    "measures_xlsx": 9,
    "measure": 19,
    "measure, by group": 12,
    "measure_edit": 13,
    "measure_data": 13,
    "measure_paste": 8,
    "measure_history": 12,
    "measure_number": 9,
    "measure_new": 7,
}


def questions(client, urls) -> dict:
    """Return page → number of queries."""
    asked = {}
    for page, url in urls.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            if response.streaming:
                assert b"".join(response.streaming_content)
        assert (page, response.status_code) == (page, 200)
        asked[page] = len(queries)
    return asked


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 3])
def test_pages_take_the_same_queries_for_a_stranger(client, people, rows):
    urls = addresses(snapshot_of(CountedWorld, people, rows))
    assert questions(client, {page: urls[page] for page in STRANGER}) == STRANGER


def show_whole_outbox(put=setattr):
    """Let the page of the outbox have an email about each kind of record."""
    put(outbox, "PAGE_SIZE", 100)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 3])
def test_pages_take_the_same_queries_for_staff(client, people, rows, monkeypatch):
    show_whole_outbox(monkeypatch.setattr)
    urls = addresses(snapshot_of(CountedWorld, people, rows))
    client.force_login(people.editor)
    assert questions(client, {page: urls[page] for page in STAFF}) == STAFF
