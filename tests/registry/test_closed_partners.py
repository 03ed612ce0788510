"""A department or an organization that has closed: from its last day on no one adds it, and what still names it is listed."""

import re

import pytest
from django.core.exceptions import ValidationError

from partnerships.assessment.eligibility import partner_refusal
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_organization
from partnerships.models import Change, Email, Organization, Party
from partnerships.notifications import recipients
from partnerships.records import undoing
from partnerships.registry import attention, inviting, party_queries
from partnerships.registry.actions import end_partnership, save_partnership
from partnerships.registry.confirmation_requests import request_confirmation
from tests.assessment.conftest import Board
from tests.factories import in_days, make_department, make_meeting, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture
from tests.web.test_editing import fields_of

# One test sets a date directly, without rebuilding stored documents.
pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


@snapshot_fixture
def record(people):
    department = make_department(people.office, "Office of Housing")
    parties = [party(people.office, "lead"), party(department), party(people.organization)]
    return make_partnership("The table", lead=people.office, parties=parties)


def close(body, on=None):
    save = save_department if body._meta.model_name == "department" else save_organization
    return save(**{body._meta.model_name: body}, by=SYSTEM, fields={"closed_on": on or in_days(0)})


def rows_of(record):
    return [{party.entity._meta.model_name: party.entity} for party in record.parties.all()]


def add(record, body, **fields):
    return save_partnership(partnership=record, by=SYSTEM, fields={}, parties=[*rows_of(record), party(body, **fields)])


@pytest.mark.parametrize("make", [make_department, make_organization])
def test_no_one_adds_it_from_its_last_day_on(record, make):
    body = close(make(name="Was open"), in_days(1))
    assert not body.is_closed
    close(body)
    with pytest.raises(ValidationError) as refused:
        add(record, body)
    assert "Was open closed on" in str(refused.value)


def test_what_it_did_before_can_still_be_recorded(record):
    body = close(make_organization("Was open"), in_days(-10))
    add(record, body, starts_on=in_days(-90), ends_on=in_days(-10))
    assert record.parties.filter(organization=body).exists()


def test_a_partnership_that_names_it_can_still_be_changed(record, people):
    close(people.organization)
    saved = save_partnership(partnership=record, by=SYSTEM, fields={"title": "Another"}, parties=rows_of(record))
    assert saved.parties.count() == 3


def seated(record, *seats):
    """Save seats of an advisory body: (who holds it, a position in the list of partners; its last day)."""
    rows = [{"title": "Seat", "held_by": holder, "ends_on": ends_on} for holder, ends_on in seats]
    ids = record.seats.values_list("pk", flat=True)
    rows = [row | ({"id": ids[index]} if index < len(ids) else {}) for index, row in enumerate(rows)]
    return save_partnership(partnership=record, by=SYSTEM, fields={"kind": "advisory_body"}, facts={"seats": rows})


@pytest.mark.parametrize(
    ("was", "wanted", "field"),
    [
        ([], [(2, None)], "seats-0-held_by"),
        ([(1, None)], [(1, None), (2, None)], "seats-1-held_by"),
        ([(2, None)], [(2, None), (2, None)], "seats-1-held_by"),
        ([(2, -10)], [(2, None)], "seats-0-held_by"),
        ([], [(2, -9)], "seats-0-held_by"),
        ([], [(2, -10)], None),
        ([], [(1, None)], None),
        ([(2, None)], [(2, None)], None),
        ([(1, None), (2, None)], [(2, None)], None),
    ],
)
def test_a_partner_that_has_closed_takes_no_seat_and_keeps_those_it_has(record, people, was, wanted, field):
    def days(seats):
        return [(holder, None if day is None else in_days(day)) for holder, day in seats]

    seated(record, *days(was))
    close(people.organization, in_days(-10))
    record.refresh_from_db()
    if field is None:
        assert seated(record, *days(wanted)).seats.count() == len(wanted)
        return
    with pytest.raises(ValidationError) as refused:
        seated(record, *days(wanted))
    assert (list(refused.value.message_dict), "closed on" in str(refused.value)) == ([field], True)


def test_in_a_partnership_that_has_ended_all_seats_are_the_past(record, people):
    close(people.organization, in_days(-10))
    end_partnership(partnership=record, by=SYSTEM, ends_on=in_days(-10), reason="Done")
    record.refresh_from_db()
    assert seated(record, (2, None)).seats.get().held_by.entity == people.organization


def test_the_form_says_at_the_seat_why_its_partner_cannot_take_it(client, record, people):
    seated(record, (0, None))
    close(people.organization)
    client.force_login(people.editor)
    url = f"/partnerships/{record.public_id}/edit/"
    holder = record.parties.get(organization=people.organization)
    answer = client.post(url, fields_of(client.get(url)) | {"seats-0-held_by": holder.pk, "why": ""})
    assert answer.status_code == 422
    (error,) = re.findall(r'id="id_seats-0-held_by_error"[^>]*>(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert "association closed on" in error


def test_it_opens_again_without_the_date(record):
    body = close(make_organization("Was open"))
    save_organization(organization=body, by=SYSTEM, fields={"closed_on": None})
    add(record, Organization.objects.get(pk=body.pk))


def test_staff_are_told_until_its_seat_ends(client, record, people):
    body = close(people.organization)
    assert [row.title for row, _ in attention.needing(people.editor, ("partner_closed",), most=9)] == ["The table"]
    client.force_login(people.editor)
    page = client.get(body.get_absolute_url()).content.decode()
    assert "Still named as a partner" in page
    assert f"/partnerships/{record.public_id}/edit/partners/{body.public_id}/" in page
    assert "A partner here has closed" in client.get("/").content.decode()
    assert "Closed since" in client.get(f"/partnerships/{record.public_id}/partners/").content.decode()
    Party.objects.filter(organization=body).update(ends_on=in_days(-1))
    assert attention.needing(people.editor, ("partner_closed",), most=9) == []
    assert "Still named as a partner" not in client.get(body.get_absolute_url()).content.decode()


def test_the_public_reads_that_it_has_closed(client, record, people):
    department = close(record.parties.get(department__isnull=False).department)
    close(people.organization)
    for url in ("/organizations/", "/departments/", "/search/?q=tenants", f"/jurisdictions/{people.office.public_id}/"):
        assert "Closed since" in client.get(url).content.decode(), url
    page = client.get(department.get_absolute_url()).content.decode()
    assert "Closed since" in page
    assert "Still named as a partner" not in page
    assert party_queries.seats_after_closing(None, department) == []


def test_the_picker_has_it_last_and_says_so(client, people):
    close(make_organization("Neighbors first"))
    make_organization("Neighbors second and more")
    client.force_login(people.editor)
    page = client.get("/search/picker/?q=neighbors&kinds=G").content.decode()
    assert page.index("second") < page.index("first") < page.index("Closed since")


def test_it_is_not_invited_nor_asked_in_a_round(record, people):
    seat = record.parties.get(organization=people.organization)
    Party.objects.filter(pk=seat.pk).update(state="recorded")
    assert not inviting.refusal(Party.objects.get(pk=seat.pk))
    close(people.organization)
    seat = Party.objects.get(pk=seat.pk)
    assert inviting.refusal(seat) == inviting.CLOSED
    assert "has closed" in partner_refusal(seat, in_days(0))
    assert "has closed" not in partner_refusal(seat, in_days(-1))


def test_it_is_not_asked_whether_the_record_is_right(record, people):
    Party.objects.update(confirm_asked_on=None)
    close(people.organization, in_days(-1))
    assert people.organization not in [party.entity for party in request_confirmation(record)]
    close(people.organization, in_days(1))
    assert people.organization in [party.entity for party in request_confirmation(record)]


def test_its_contacts_get_no_reminders(record, people):
    desk = {"name": "Desk", "email": "desk@example.org"}
    save_organization(organization=people.organization, by=SYSTEM, fields={}, contacts=[desk])
    meeting = make_meeting(record, people=[people.organization.contacts.get()])
    meeting.participants.update(party=record.parties.get(organization=people.organization))
    close(people.organization)
    told = Email.objects.get(kind="meeting_planned")
    assert recipients.find_audience(told).refusal == "Their office or organization has closed."


def test_someone_who_is_asked_in_an_open_round_still_hears_of_it(db):
    """Otherwise, an office that keeps their record could silence them."""
    board = Board()
    board.ask(1, 3)
    close(board.organizations[0])
    mails = Email.objects.filter(kind="round_asked", recipient=f"contact:{board.respondents_of(1)[0].contact_id}")
    assert [recipients.find_audience(mail).refusal for mail in mails] == [""]


def test_its_day_is_edited_undone_and_in_the_history(client, record, people):
    department = record.parties.get(department__isnull=False).department
    client.force_login(people.editor)
    url = f"{department.get_absolute_url()}edit/"
    typed = fields_of(client.get(url)) | {"closed_on": in_days(-3).isoformat()}
    assert client.post(url, typed).status_code == 302
    department.refresh_from_db()
    assert department.closed_on == in_days(-3)
    change = Change.objects.filter(record_type="department", record_id=department.pk).latest("pk")
    assert change.after == {"closed_on": in_days(-3).isoformat()}
    assert "Closed on" in client.get(f"{department.get_absolute_url()}history/").content.decode()
    undoing.undo(record=department, change=change, by=people.editor, version=department.version, seen=change.before)
    department.refresh_from_db()
    assert department.closed_on is None
