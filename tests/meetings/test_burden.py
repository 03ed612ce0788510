"""What organizations are already asked for, and their other meetings at that time, counted from what one may see."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from partnerships.core.access import SYSTEM
from partnerships.meetings.action_items import save_action
from partnerships.meetings.burden import OrganizationLoad, load_of, overlapping_meetings
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.meetings.closing import close_meeting
from partnerships.registry.actions import end_partnership
from partnerships.registry.models import Party
from tests.factories import cancel_meeting, in_days, make_meeting, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def tables(people):
    """The same organization in a partnership of each office."""
    group = people.organization
    here = make_partnership("Here", lead=people.office, parties=[party(people.office, "lead"), party(group, "member")])
    sides = [party(people.other_office, "lead"), party(group)]
    sides[1]["roles"] = [{"role": "backbone", "hours_per_month": 5}]
    return here, make_partnership("There", lead=people.other_office, parties=sides)


def test_what_is_asked_is_added_up_from_what_one_sees(people, tables):
    here, there = tables
    make_meeting(here, days=10, minutes_long=90)
    make_meeting(here, days=60)
    make_meeting(here, days=120)
    make_meeting(there, days=20, is_public=True)
    make_meeting(there, days=21)  # internal, so not for this office
    cancel_meeting(meeting=make_meeting(here, days=11))
    rhythm = {"partnership": here, "rhythm": "monthly", "anchor_on": in_days(5), "zone": "America/Chicago"}
    save_check_in_plan(by=SYSTEM, fields=rhythm | {"person": people.partner, "party": here.parties.last()})
    seat = here.parties.last()
    to_do = [{"title": "Send the map", "owner_party": seat}]
    close_meeting(meeting=make_meeting(here, days=-3), by=SYSTEM, fields={"notes": "So."}, actions=to_do)
    save_action(by=SYSTEM, fields={"partnership": here, "title": "Call the desk", "owner_party": seat})
    Party.objects.filter(pk=seat.pk).update(confirm_asked_on=in_days(-2))
    Party.objects.filter(pk=there.parties.last().pk).update(confirm_asked_on=None)
    assert load_of(people.editor, here) == [
        OrganizationLoad(
            people.organization,
            asks=3,
            check_ins=1,
            meetings_soon=2,
            meetings_later=3,
            hours=Decimal("1.5") + 1 + 1 + Decimal("0.5") + 15,
            by={"City of Minneapolis", "City of Seattle"},
        )
    ]
    (seen,) = load_of(people.administrator, here)
    assert (seen.meetings_soon, seen.meetings_later) == (3, 4)


def test_a_partnership_that_ended_still_counts_what_its_organizations_have(people, tables):
    here, there = tables
    make_meeting(there, days=20, is_public=True)
    end_partnership(partnership=here, by=SYSTEM, ends_on=in_days(0), reason="The grant ended.")
    (load,) = load_of(people.editor, here)
    assert (load.organization, load.meetings_soon, load.by) == (people.organization, 1, {"City of Seattle"})


def test_an_organization_without_requests_is_listed_too(people):
    sides = [party(people.office, "lead"), party(people.organization, "member")]
    table = make_partnership(lead=people.office, parties=sides, published=False)
    assert load_of(people.editor, table) == [OrganizationLoad(people.organization)]
    assert load_of(people.other_editor, table) == []


OVERLAPS = {
    "the same time": (0, 60, True),
    "it begins within": (59, 60, True),
    "it begins at the end": (60, 60, False),
    "it ends at the start": (-60, 60, False),
    "it ends within": (-60, 61, True),
    "all day around": (-600, 1200, True),
    "another day": (24 * 60, 60, False),
}


@pytest.mark.parametrize("case", OVERLAPS)
def test_meetings_of_the_same_people_at_that_time_are_found(people, tables, case):
    here, there = tables
    shift, minutes, found = OVERLAPS[case]
    start = datetime.combine(in_days(9), time(15), UTC)
    moment = start + timedelta(minutes=shift)
    other = make_meeting(there, title="Other", is_public=True, minutes_long=minutes, zone="UTC",
        days=(moment.date() - in_days(0)).days, at=moment.time())  # fmt: skip
    assert overlapping_meetings(people.editor, here, [(start, 60)]) == ([other] if found else [])
    assert overlapping_meetings(people.editor, here, [(start, 60)], leave_out=[other.pk]) == []


def test_what_one_may_not_see_and_other_peoples_meetings_are_no_hint(people, tables):
    here, there = tables
    start = make_meeting(there, title="Internal").starts_at
    make_meeting(make_partnership("Elsewhere", lead=people.office), title="Others")
    cancel_meeting(meeting=make_meeting(here))
    assert overlapping_meetings(people.editor, here, [(start, 60)]) == []
    own = make_meeting(here, title="Own")
    assert overlapping_meetings(people.editor, here, [(start, 60)]) == [own]
