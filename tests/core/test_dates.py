"""Any date that can be typed is saved, or refused with an error at its field. No page fails on it."""

import random
from datetime import date, timedelta

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.dates import names_between, names_of
from partnerships.core.errors import ValidationError
from partnerships.meetings import check_ins, meetings
from partnerships.models import CheckIn, CheckInPlan, Meeting
from partnerships.registry.actions import save_partnership
from tests.factories import make_meeting, make_partnership, party

FIRST, LAST = date(1600, 1, 1), date(2199, 12, 31)
TOO_FAR = [date.min, date(1599, 12, 31), date(2200, 1, 1), date.max]


def fields_refused(call, *arguments, **fields):
    with pytest.raises(ValidationError) as refused:
        call(*arguments, **fields)
    assert "Enter a year from 1600 to 2199." in str(refused.value)
    return set(refused.value.message_dict)


def plan(partnership, person, on):
    fields = {"partnership": partnership, "person": person, "rhythm": "monthly", "anchor_on": on, "zone": "UTC"}
    return check_ins.save_check_in_plan(by=SYSTEM, fields=fields)


@pytest.mark.parametrize("on", TOO_FAR)
def test_a_year_too_far_off_is_refused_at_its_field(people, on):
    partnership = make_partnership(lead=people.office)
    save = {"partnership": partnership, "by": SYSTEM, "fields": {}}
    parties = [party(people.office, starts_on=on)]
    assert fields_refused(save_partnership, **save | {"fields": {"starts_on": on}}) == {"starts_on"}
    assert fields_refused(save_partnership, **save, parties=parties) == {"parties-0-starts_on"}
    assert fields_refused(save_partnership, **save, facts={"agreement": {"ends_on": on}}) == {"agreement-ends_on"}
    meeting = {"partnership": partnership, "title": "Table", "time": "10:00", "zone": "America/Chicago"}
    assert fields_refused(meetings.save_meeting, by=SYSTEM, fields=meeting | {"date": on}) == {"date"}
    assert "anchor_on" in fields_refused(plan, partnership, people.editor, on)
    assert (Meeting.objects.count(), CheckInPlan.objects.count()) == (0, 0)


@pytest.mark.parametrize("on", [on for on in TOO_FAR if on < FIRST])
def test_a_check_in_of_a_year_too_far_off_is_refused_at_its_field(people, on):
    due = plan(make_partnership(lead=people.office), people.editor, date(2026, 12, 1))
    assert fields_refused(check_ins.record_check_in, plan=due, by=SYSTEM, done_on=on) == {"done_on"}
    assert CheckIn.objects.count() == 0


@pytest.mark.parametrize("on", [FIRST, LAST])
def test_the_first_and_the_last_day_are_saved_and_shown(client, people, on):
    partnership = make_partnership(lead=people.office)
    parties = [party(people.office, "lead", starts_on=on, ends_on=on)]
    facts = {"agreement": {"starts_on": on, "ends_on": on}}
    fields = {"starts_on": on, "ends_on": on}
    saved = save_partnership(partnership=partnership, by=SYSTEM, fields=fields, parties=parties, facts=facts)
    meeting = make_meeting(saved, date=on, is_public=True, people=[people.editor])
    plan(saved, people.editor, on)
    check_ins.record_check_in(plan=plan(saved, people.editor, date(2026, 12, 1)), by=SYSTEM, done_on=FIRST)
    client.force_login(people.editor)
    for page in (f"partnerships/{saved.public_id}", f"meetings/{meeting.public_id}", "meetings", "outbox"):
        assert client.get(f"/{page}/").status_code == 200


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_the_forms_show_the_error_at_the_field_and_lose_nothing(client, people, on):
    partnership = make_partnership(lead=people.office)
    client.force_login(people.editor)
    typed = {"title": "Table", "date": on, "time": "10:00", "zone": "America/Chicago", "minutes_long": "60"}
    answer = client.post(f"/partnerships/{partnership.public_id}/meetings/new/", typed)
    assert answer.status_code == 422
    assert b"Enter a year from 1600 to 2199." in answer.content
    assert on.encode() in answer.content
    for name in ("after", "before"):
        assert client.get("/meetings/", {name: on}).status_code == 200


def test_the_names_between_two_days_are_those_of_the_days_between_and_of_no_others():
    dice = random.Random(1)
    for _ in range(2000):
        first = FIRST + timedelta(dice.randrange((LAST - FIRST).days))
        last = min(first + timedelta(dice.randrange(4000)), LAST)
        names = set(names_between(first, last))
        for day in (first, last, first - timedelta(1), last + timedelta(1), dice.choice([FIRST, LAST])):
            assert bool(names & set(names_of(day))) == (first <= day <= last), (first, last, day)


def test_a_time_without_a_bound_reaches_to_the_first_or_the_last_year():
    assert names_between(date(2199, 11, 30), None) == ["2199-11-30", "2199-12"]
    assert names_between(None, date(1600, 1, 1)) == ["1600-01-01"]
    assert names_between(None, None) == [str(decade) for decade in range(160, 220)]
    assert names_between(date(2026, 1, 2), date(2026, 1, 1)) == []
