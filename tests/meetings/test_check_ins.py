"""Check-ins: answers by email link, due dates, and who is asked when no one answers."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.mail import outbox
from partnerships.meetings import check_ins, queries
from partnerships.meetings.holidays import federal_holidays, working_day
from partnerships.models import Change, CheckIn, CheckInPlan, Contact, Email, Party
from partnerships.notifications import emails, recipients
from partnerships.notifications.answers import answer_check_in
from partnerships.records.privacy import erase_contact
from partnerships.registry.actions import save_partnership
from partnerships.registry.consent import withdraw_from_seat
from tests.factories import make_organization, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db
CENTRAL = "America/Chicago"
DUE = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _first_of_march():
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=ZoneInfo(CENTRAL)), tick=False):
        yield


@snapshot_fixture
def plan(people, partnership, contact):
    return make_plan(partnership, contact=contact, holder=people.reader)


def make_plan(partnership, **fields):
    values = {"partnership": partnership, "rhythm": "monthly", "anchor_on": DUE, "zone": CENTRAL} | fields
    return check_ins.save_check_in_plan(by=SYSTEM, fields=values)


def link_of(plan, someone):
    email = Email(kind="check_in_due", subject_id=plan.pk, occurrence="x/y/day")
    text = emails.render(email, recipients.read_recipient(someone), {}).text
    return re.search(r"Answer: http://127.0.0.1:8000(\S+)", text)[1]


def test_answers_reach_the_office_and_close_the_check_in(client, people, plan, contact):
    url = link_of(plan, contact)
    assert client.get(url).status_code == client.get(url).status_code == 200  # interrupted and continued
    sent = {"going": "mixed", "changed": "A new director.", "needs": "An interpreter", "record_is_right": "no"}
    assert "read your answers" in client.post(url, sent).content.decode()
    plan.refresh_from_db()
    assert plan.next_due_on == date(2026, 4, 10)
    (held,) = queries.check_ins_held(people.reader, plan.partnership)
    assert {name: getattr(held, name) for name in sent} == sent
    assert (held.due_on, held.answered_by, held.recorded_by) == (DUE, contact, None)
    assert queries.check_ins_held(people.partner, plan.partnership) == []
    client.force_login(people.reader)
    page = client.get(f"/partnerships/{plan.partnership.public_id}/office/").content.decode()
    assert "A new director." in page
    assert client.cookies["sessionid"]
    # Once answered, the link opens nothing, neither for someone who found it nor for other signed-in people.
    assert client.get(url).status_code == client.post(url, sent).status_code == 404
    assert CheckIn.objects.count() == 1


def test_earlier_answers_are_read_only_after_a_code_to_the_same_address(client, people, partnership, plan, contact):
    url = link_of(plan, contact)
    client.post(url, {"going": "hard", "needs": "Two more chairs"})
    people.stranger.email = contact.email
    people.stranger.save()
    client.force_login(people.stranger)
    page = client.get(url).content.decode()
    assert "Two more chairs" in page
    client.force_login(people.editor)
    assert client.get(url).status_code == 404


def test_what_was_typed_comes_back(client, plan, contact):
    url = link_of(plan, contact)
    response = client.post(url, {"going": "", "changed": "We moved to Lake Street"})
    assert response.status_code == 422
    assert "We moved to Lake Street" in response.content.decode()
    response = client.post(url, {"going": "well", "changed": "x" * 2001, "needs": "kept"})
    assert (response.status_code, "kept" in response.content.decode()) == (422, True)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("holder", [True, False])
def test_a_call_is_asked_of_who_holds_the_relationship_or_of_the_office(client, people, partnership, contact, holder):
    plan = make_plan(partnership, contact=contact, holder=people.reader if holder else None)
    client.post(link_of(plan, contact), {"wants_call": "yes", "needs": "Kestrel"})
    rows = Email.objects.filter(kind="call_asked")
    asked = people.reader if holder else people.editor
    assert [row.recipient for row in rows] == [f"person:{asked.pk}"]
    look = recipients.find_audience(rows[0])
    assert look.refusal == ""
    mail = emails.render(rows[0], look.recipient, {})
    assert plan.partnership.title in mail.text
    assert not {"Kestrel", contact.name} & set(re.split(r"\W+", mail.text + mail.html + mail.subject))
    asked.memberships.all().delete()
    assert recipients.find_audience(rows[0]).refusal == "They no longer look after this partnership."


@pytest.mark.parametrize(("answer", "reported"), [("no", True), ("unsure", False), ("yes", False)])
def test_an_answer_that_the_record_is_wrong_goes_to_who_keeps_it(
    client, people, partnership, contact, answer, reported
):
    plan = make_plan(partnership, contact=contact, holder=people.reader)
    client.post(link_of(plan, contact), {"going": "well", "changed": "Kestrel", "record_is_right": answer})
    rows = Email.objects.filter(kind="record_disputed")
    assert [row.recipient for row in rows] == [f"person:{people.editor.pk}"] * reported
    if not reported:
        return
    look = recipients.find_audience(rows[0])
    assert look.refusal == ""
    mail = emails.render(rows[0], look.recipient, {})
    assert mail.subject == f"A check-in says the record is wrong: {partnership.title}"
    assert "The answer to a check-in says that something in one of your office’s records is wrong." in mail.text
    assert "Kestrel" not in mail.text + mail.html
    people.editor.memberships.all().delete()
    assert recipients.find_audience(rows[0]).refusal == "They no longer look after this partnership."


def test_missed_ones_are_reported_to_the_holder_then_the_office_then_no_one(people, plan, contact):
    rows = Email.objects.filter(subject_type="checkinplan").order_by("due_at")
    wall = [(row.kind, row.recipient, row.due_at.astimezone(ZoneInfo(CENTRAL)).date()) for row in rows]
    asked = f"contact:{contact.pk}"
    assert wall == [
        *(("check_in_due", asked, DUE + timedelta(days=days)) for days in (-7, 0, 3, 7)),
        ("check_in_missed", f"person:{people.reader.pk}", DUE + timedelta(days=10)),
        ("check_in_missed", f"person:{people.editor.pk}", DUE + timedelta(days=17)),
    ]
    last = rows.last()
    assert last.expires_at.astimezone(ZoneInfo(CENTRAL)).date() == DUE + timedelta(days=21)
    assert "A call may be enough" in emails.render(last, recipients.read_recipient(people.editor), {}).text
    assert recipients.find_audience(last).refusal == ""
    plan.refresh_from_db()
    check_ins.record_check_in(plan=plan, by=SYSTEM)
    assert set(Email.objects.filter(pk__in=[row.pk for row in wall_rows(rows)]).values_list("state", flat=True)) == {
        "withdrawn"
    }


def wall_rows(rows):
    return [row for row in rows if f"/{DUE}/" in row.occurrence]


@pytest.mark.parametrize("ending", ["over", "moved", "paused", "answered by another", "suspended", "withdrew"])
def test_a_link_ends_with_the_check_in(client, people, partnership, contact, ending):
    seat = partnership.parties.get(organization=people.organization)
    plan = make_plan(partnership, person=people.editor, party=seat)
    url, rows = link_of(plan, people.editor), type(plan).objects.filter(pk=plan.pk)
    if ending == "over":
        with time_machine.travel(datetime(2026, 3, 31, 6, tzinfo=ZoneInfo(CENTRAL)), tick=False):
            assert client.get(url).status_code == 404
        return
    if ending == "moved":
        check_ins.save_check_in_plan(checkinplan=plan, by=SYSTEM, fields={"anchor_on": DUE + timedelta(days=1)})
    elif ending == "paused":
        rows.update(is_active=False)
    elif ending == "answered by another":
        rows.update(person=None, contact=contact)
    elif ending == "withdrew":
        withdraw_from_seat(party=seat, by=people.partner)
    else:
        type(people.editor).objects.filter(pk=people.editor.pk).update(is_active=False)
    assert client.get(url).status_code == client.post(url, {"going": "well"}).status_code == 404
    assert not CheckIn.objects.exists()


def test_federal_holidays_of_two_years():
    """The list of the Office of Personnel Management, with the observed dates of holidays on weekends."""
    listed = {
        2026: "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25",
        2021: "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31",
    }
    for year, days in listed.items():
        assert sorted(f"{day:%m-%d}" for day in federal_holidays(year)) == days.split()


def test_a_due_day_on_a_holiday_moves_to_the_next_working_day(partnership, contact):
    assert working_day(date(2026, 7, 3)) == date(2026, 7, 6)
    assert working_day(date(2026, 7, 11)) == date(2026, 7, 11)  # a Saturday that isn't a holiday
    plan = make_plan(partnership, contact=contact, rhythm="weekly", anchor_on=date(2026, 5, 18))
    check_ins.record_check_in(plan=plan, by=SYSTEM)
    plan.refresh_from_db()
    assert plan.next_due_on == date(2026, 5, 26)
    check_ins.record_check_in(plan=plan, by=SYSTEM)
    plan.refresh_from_db()
    assert plan.next_due_on == date(2026, 6, 1)
    heedless = make_plan(partnership, contact=contact, anchor_on=date(2026, 5, 25), skips_holidays=False)
    assert heedless.next_due_on == date(2026, 5, 25)


def test_two_answers_at_once_are_one(plan, contact):
    answer_check_in(plan=plan, fields={"going": "well"})
    with pytest.raises(NotFound):
        answer_check_in(plan=plan, fields={"going": "hard"})
    assert outbox.already_emailed(plan, ["check_in_due"], occurrence=f"check-in-{plan.pk}/2026-04-10/")


def test_an_organization_is_asked_its_own_check_ins_and_no_others(people, partnership, plan):
    other = make_organization("Neighbors", contacts=[{"name": "Desk", "email": "neighbors@example.org"}])
    other_plan = make_plan(partnership, contact=other.contacts.get())
    assert queries.check_ins_asked_of(people.partner, [people.organization]) == [plan]
    assert queries.check_ins_asked_of(people.partner, [other]) == [other_plan]


@pytest.mark.unpublished_writes
def test_a_partner_that_left_reads_no_more_of_its_check_ins(client, people, partnership, contact):
    seat = partnership.parties.get(organization=people.organization)
    plan = make_plan(partnership, contact=contact, party=seat)
    client.force_login(people.partner)
    pages = {"/": "Answer by the link", f"/organizations/{people.organization.public_id}/mine/": "desk answers."}
    for state, ends_on, asked in (
        ("confirmed", None, [plan]),
        ("confirmed", date(2026, 2, 1), []),
        ("declined", None, []),
        ("withdrawn", None, []),
    ):
        Party.objects.filter(pk=seat.pk).update(state=state, ends_on=ends_on)
        assert queries.check_ins_asked_of(people.partner, [people.organization]) == asked
        assert {words in client.get(page).content.decode() for page, words in pages.items()} == {bool(asked)}


@pytest.mark.unpublished_writes
def test_a_person_who_left_the_partner_reads_no_more_of_their_check_ins(people, partnership):
    seat = partnership.parties.get(organization=people.organization)
    plan = make_plan(partnership, person=people.partner, party=seat)
    assert queries.check_ins_asked_of(people.partner, []) == [plan]
    people.partner.memberships.update(organization=make_organization("Elsewhere"))
    assert queries.check_ins_asked_of(people.partner, []) == []


@pytest.fixture
def answered(people, plan, contact):
    """A plan whose contact has answered once."""
    plan = CheckInPlan.objects.get(pk=plan.pk)
    plan.party = plan.partnership.parties.get(organization=people.organization)
    plan.save()
    check_ins.record_check_in(plan=plan, by=SYSTEM, note="They need a room.")
    return plan


def state_of(plan):
    plan = CheckInPlan.objects.get(pk=plan.pk)
    notes = [held.note for held in plan.check_ins.all()]
    return plan.person, plan.contact, plan.holder, plan.next_due_on, plan.is_active, notes


@pytest.mark.parametrize("how", ["replaced", "erased"])
def test_what_a_removed_contact_answered_stays_and_the_relationship_holder_takes_over(people, answered, contact, how):
    if how == "erased":
        erase_contact(contact=contact, by=SYSTEM)
    else:
        rows = [{"name": "Bo", "email": "bo@example.org"}]
        save_organization(organization=people.organization, by=people.partner, fields={}, contacts=rows)
    assert not Contact.objects.filter(pk=contact.pk).exists()
    reader = people.reader
    assert state_of(answered) == (reader, None, reader, date(2026, 4, 10), True, ["They need a room."])
    assert {email.recipient for email in Email.objects.filter(kind="check_in_due", state="planned")} == {
        f"person:{reader.pk}"
    }
    logged = Change.objects.filter(record_type="checkinplan").order_by("-pk")[0]
    assert (logged.by, logged.why) == (None, "The contact who answered was removed.")
    assert (contact.name in str((logged.before, logged.after))) == (how == "replaced")


def test_without_a_relationship_holder_someone_of_the_office_takes_over(people, answered):
    CheckInPlan.objects.update(holder=None)
    save_organization(organization=people.organization, by=SYSTEM, fields={}, contacts=[])
    assert state_of(answered)[:3] == (people.editor, None, None)


def test_a_party_that_held_check_ins_gets_a_last_day_and_stays_on_record(people, answered):
    sent = {"partnership": answered.partnership, "by": SYSTEM, "fields": {}, "parties": [party(people.office, "lead")]}
    with pytest.raises(ValidationError) as refused:
        save_partnership(**sent)
    assert refused.value.code == "took_part"
    CheckIn.objects.all().delete()
    save_partnership(**sent)


@pytest.mark.parametrize(
    ("done", "following"),
    [((2026, 4, 9), (2026, 4, 10)), ((2026, 4, 10), (2026, 4, 10)), ((2027, 6, 20), (2027, 7, 10))],
)
def test_after_missed_check_ins_the_next_one_is_ahead(plan, done, following):
    with time_machine.travel(datetime(*done, 12, tzinfo=ZoneInfo(CENTRAL)), tick=False):
        check_ins.record_check_in(plan=plan, by=SYSTEM)
    plan.refresh_from_db()
    assert plan.next_due_on == date(*following)
