"""A form that is sent twice, or by someone who doesn't see everything: nothing counts twice, and no one is dropped."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.meetings import check_ins
from partnerships.models import Participant
from tests.factories import in_days, make_meeting, make_organization, make_partnership
from tests.web.test_editing import fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_check_in_is_noted_once(people):
    fields = {"rhythm": "monthly", "anchor_on": in_days(3), "zone": "America/Chicago", "person": people.editor}
    plan = check_ins.save_check_in_plan(
        by=SYSTEM, fields=fields | {"partnership": make_partnership(lead=people.office)}
    )
    due = str(plan.next_due_on)
    check_ins.record_check_in(plan=plan, by=people.editor, due_on=due)
    with pytest.raises(ValidationError):
        check_ins.record_check_in(plan=plan, by=people.editor, due_on=due)
    assert plan.check_ins.count() == 1


def test_a_contact_that_the_editor_does_not_see_stays_asked(client, people):
    desk = [{"name": "Desk", "email": "desk@example.org"}]
    hidden = make_organization("Elsewhere", "named", kept_by=people.other_office, contacts=desk).contacts.get()
    meeting = make_meeting(make_partnership(lead=people.office), people=[people.editor, hidden])
    client.force_login(people.editor)
    page = f"/meetings/{meeting.public_id}/edit/"
    data = fields_of(client.get(page)) | {"asked": [f"person:{people.editor.pk}"], "place": "Library"}
    assert client.post(page, data).status_code == 302
    asked = Participant.objects.filter(meeting=meeting).values_list("contact", flat=True)
    assert sorted(pk or 0 for pk in asked) == [0, hidden.pk]
