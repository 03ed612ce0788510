"""The timeline of an organization, a department or a jurisdiction: what it has, who reads it, and its pages, in order."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.interactions.timeline import events_with, last_contact, next_date
from partnerships.meetings.check_ins import record_check_in
from partnerships.models import Email
from tests import factories
from tests.factories import in_days, make_interaction, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(people):
    parties = [party(people.office, "lead"), party(people.organization, "member", starts_on=in_days(-40))]
    return factories.make_partnership("Housing table", lead=people.office, parties=parties)


def titles(person, side, **more):
    events, following = events_with(person, side, **{"most": 50} | more)
    return [event.title for event in events], following


def test_it_has_all_that_happened_latest_first(people, table):
    make_interaction(people.office, organization=people.organization, date=in_days(-1), summary="Lease data")
    factories.make_meeting(table, days=-5, title="Spring meeting")
    plan = factories.make_check_ins(table)
    record_check_in(plan=plan, by=SYSTEM, note="All is well", done_on=in_days(-9))
    contact = people.organization.contacts.get()
    email = {"kind": "meeting_planned", "occurrence": "x", "recipient": f"contact:{contact.pk}", "lead": people.office}
    sent = clock.now() - timedelta(days=20)
    Email.objects.create(
        **email, state="sent", sent_at=sent, due_at=sent, next_attempt_at=sent, message_id="1@example.org"
    )
    assert titles(people.editor, people.organization)[0] == [
        "Call: Lease data", "Spring meeting", "Check-in", "Meeting invitation", "Joined"
    ]  # fmt: skip
    assert titles(people.editor, people.organization, kinds=("meeting", "seat"))[0] == ["Spring meeting", "Joined"]
    assert titles(people.editor, people.other_office)[0] == []


def test_others_see_only_what_they_may(people, table):
    make_interaction(people.office, organization=people.organization, summary="Ours")
    make_interaction(people.office, organization=people.organization, summary="Shared", is_shared=True)
    factories.make_meeting(table, days=-5, title="Internal", is_public=False)
    assert titles(people.partner, people.organization)[0] == ["Call: Shared", "Joined"]
    assert titles(people.other_editor, people.organization)[0] == ["Joined"]
    for person in (None, people.stranger):
        with pytest.raises(NotFound):
            events_with(person, people.organization, most=5)


def test_pages_follow_each_other_without_a_gap_or_a_repeat(people, table):
    for n in range(7):
        make_interaction(people.office, organization=people.organization, date=in_days(-(n // 3) - 1), summary=str(n))
    factories.make_meeting(table, days=-2, title="Same day")
    whole, following = titles(people.editor, people.organization)
    assert (len(whole), following) == (9, "")
    for size in (1, 2, 3, 4):
        found, before = [], ""
        while True:
            page, before = titles(people.editor, people.organization, most=size, before=before)
            found += page
            if not before:
                break
        assert found == whole, size


@pytest.mark.parametrize("before", ["soon", "2026-02-30", "2026-01-01~x", "~3", "2026-01-01~-5~3"])
def test_a_place_that_is_none_is_refused(people, before):
    with pytest.raises(ValidationError):
        events_with(people.editor, people.organization, before=before, most=5)


def test_a_page_reads_as_much_of_a_long_timeline_as_of_a_short_one(people, table):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            events, _more = events_with(people.editor, people.organization, most=25)
        return len(events), len(queries)

    make_interaction(people.office, organization=people.organization)
    asked()  # who the person is
    assert asked() == (2, 15)
    for n in range(1, 40):
        make_interaction(people.office, organization=people.organization, date=in_days(-n))
    assert asked() == (25, 15)


def test_last_contact_and_what_comes_next(people, table):
    assert (last_contact(people.editor, people.organization, ()), next_date(people.editor, people.organization)) == (
        None,
        None,
    )
    factories.make_meeting(table, days=12, title="Next one", is_public=True)
    make_interaction(people.office, organization=people.organization, date=in_days(-3), follow_up_on=in_days(4))
    events, _more = events_with(people.editor, people.organization, most=6)
    assert last_contact(people.editor, people.organization, events) == in_days(-3)
    assert next_date(people.editor, people.organization).on == in_days(4)
    assert next_date(people.partner, people.organization).title == "Next one"


def test_the_page_filters_and_goes_on(client, people, table):
    for n in range(30):
        make_interaction(
            people.office, organization=people.organization, date=in_days(-n - 1), summary=f"Call number {n:02}"
        )
    factories.make_meeting(table, days=-3, title="Spring meeting")
    client.force_login(people.editor)
    path = f"{people.organization.get_absolute_url()}timeline/"
    page = client.get(path, {"kind": "interaction"})
    assert ("Call number 24" in page.text, "Call number 25" in page.text, "Spring meeting" in page.text) == (
        True,
        False,
        False,
    )
    later = client.get(page.context["more_url"])
    assert ("Call number 24" in later.text, "Call number 29" in later.text) == (False, True)
    for wrong in ({"kind": "coffee"}, {"before": "soon"}, {"kidn": "x"}):
        assert client.get(path, wrong).status_code == 400, wrong
    assert client.get(f"/departments/{people.organization.public_id}/timeline/").status_code == 404
    record = client.get(people.organization.get_absolute_url()).text
    assert ("Last contact" in record, "See the whole timeline" in record, "Claim this organization" in record) == (
        True,
        True,
        False,
    )
    client.logout()
    assert client.get(path).status_code == 404
    assert "Call number" not in client.get(people.organization.get_absolute_url()).text


def test_the_list_of_organizations_finds_those_without_contact_as_far_as_one_may_see(client, people, table):
    quiet = factories.make_organization("Quiet group", "profiled")
    make_interaction(people.office, organization=people.organization, date=in_days(-10))
    path, params = "/organizations/", {"no_contact_since": in_days(-90).isoformat()}
    client.force_login(people.editor)
    page = client.get(path, params).text
    assert (quiet.name in page, people.organization.name in page) == (True, False)
    assert "Last interaction" in client.get(path).text
    client.force_login(people.other_editor)
    page = client.get(path, params).text
    assert (quiet.name in page, "Tenants" in page, "Last interaction" in page) == (True, True, False)
    factories.make_meeting(table, days=-2, is_public=True)
    assert "Tenants" not in client.get(path, params).text
    client.logout()
    assert client.get(path, params).status_code == 400


def test_staff_find_what_was_not_checked_for_long(client, people):
    day = in_days(-30)
    old = factories.make_organization("Old group", "profiled", last_verified_on=in_days(-400))
    factories.make_organization("Fresh group", "profiled", last_verified_on=in_days(-3))
    factories.make_organization("Named group", "named", last_verified_on=in_days(-400))
    kept = factories.make_organization("Kept group", "named", kept_by=people.office, last_verified_on=in_days(-400))
    client.force_login(people.editor)
    rows = client.get("/api/v1/organizations/", {"not_checked_since": day.isoformat()}).json()["results"]
    assert {row["name"] for row in rows} == {old.name, kept.name}


def test_staff_see_how_much_is_asked_of_an_organization(client, people, table):
    client.force_login(people.editor)
    page = client.get(people.organization.get_absolute_url()).text
    assert "About 0 hours. Open asks: 1" in page  # the office asked it to confirm its seat
    factories.make_meeting(table, days=12, minutes_long=90)
    factories.make_check_ins(table, anchor_on=in_days(5))
    assert "About 2 hours. Open asks: 1" in client.get(people.organization.get_absolute_url()).text
    client.logout()
    assert "Requests in the next 90 days" not in client.get(people.organization.get_absolute_url()).text
