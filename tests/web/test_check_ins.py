"""Pages of check-ins: set, change, stop and restart a schedule, what is refused, and what is kept."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, ValidationError
from partnerships.meetings import check_ins
from partnerships.models import Change, CheckIn, CheckInPlan, Email
from partnerships.records import privacy
from tests.browser.forms import forms
from tests.factories import in_days, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def table(people):
    made = make_partnership(
        "The table", lead=people.office, parties=[party(people.office, "lead"), party(people.organization)]
    )
    Email.objects.all().delete()
    return made


@snapshot_fixture
def front_desk(people):
    return people.organization.contacts.create(name="Front desk", email="desk@example.org", visible_to="partners")


@snapshot_fixture
def plan(people, table, front_desk):
    fields = {
        "partnership": table,
        "contact": front_desk,
        "rhythm": "monthly",
        "anchor_on": in_days(20),
        "zone": "America/Chicago",
    }
    return check_ins.save_check_in_plan(by=people.editor, fields=fields)


@pytest.fixture
def editor(client, people):
    client.force_login(people.editor)
    return client


def url_of(route, record):
    return reverse(route, args=[record.public_id])


def page(client, url):
    return " ".join(unescape(client.get(url).content.decode()).split())


def send_form(client, url, **typed):
    values = forms(client.get(url).content.decode())[-1].values() | typed
    return client.post(url, {name: value for name, value in values.items() if value is not None})


def emails():
    return set(Email.objects.filter(subject_type="checkinplan", state="planned").values_list("recipient", flat=True))


def test_staff_set_check_ins_and_the_partner_gets_emails(editor, people, table, front_desk):
    office = reverse("partnership_office", args=[table.public_id])
    assert "No check-ins are set." in page(editor, office)
    due = in_days(20)
    typed = {
        "answered_by": f"contact:{front_desk.pk}",
        "rhythm": "monthly",
        "anchor_on": due.isoformat(),
        "why": "Agreed in May",
    }
    answer = send_form(editor, url_of("checkinplan_new", table), holder=str(people.editor.pk), **typed)
    assert answer["Location"] == office
    plan = CheckInPlan.objects.get()
    seat = table.parties.get(organization=people.organization)
    assert (plan.contact, plan.party, plan.holder, plan.rhythm) == (front_desk, seat, people.editor, "monthly")
    assert (plan.anchor_on, plan.zone, plan.is_active) == (due, people.office.zone, True)
    assert emails() == {f"contact:{front_desk.pk}", f"person:{people.editor.pk}"}
    assert "Front desk answers for" in page(editor, office)
    assert "Agreed in May" in page(editor, url_of("checkinplan_history", plan))


def test_they_are_stopped_and_started_again(editor, table, plan):
    assert emails()
    send_form(editor, url_of("checkinplan", plan), is_active=None)
    assert emails() == set()
    shown = page(editor, url_of("partnership_office", table))
    assert "Every month, stopped. Front desk answers" in shown
    assert "Record a check-in" not in shown
    send_form(editor, url_of("checkinplan", plan), is_active="on")
    assert emails()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"answered_by": ""}, "Who answers: Choose one of the options."),
        ({"answered_by": "contact:987654"}, "Choose one of the options."),
        ({"answered_by": "party:1"}, "Choose one of the options."),
        ({"anchor_on": "2020-02-30"}, "2020-02-30"),
        ({"anchor_on": "2020-02-03"}, "This date is in the past."),
        ({"rhythm": "hourly"}, "Choose one of the options."),
        ({"zone": "Mars/Base"}, "Choose one of the options."),
        ({"holder": "987654"}, "Choose one of the options."),
    ],
)
def test_invalid_values_are_refused_and_stay_typed(editor, table, plan, typed, error):
    for url in (url_of("checkinplan_new", table), url_of("checkinplan", plan)):
        good = {"answered_by": f"contact:{plan.contact_id}", "anchor_on": in_days(30).isoformat()}
        answer = send_form(editor, url, **good | typed | {"why": "Typed before"})
        shown = unescape(answer.content.decode())
        assert (answer.status_code, error in shown, "Typed before" in shown) == (422, True, True)
    assert CheckInPlan.objects.count() == 1
    assert Change.objects.filter(record_type="checkinplan").count() == 1


def test_a_contact_of_another_table_cannot_be_asked(editor, table, plan):
    group = make_organization("Elsewhere", "profiled")
    other = group.contacts.create(name="Other desk", email="other@example.org")
    answer = send_form(editor, url_of("checkinplan", plan), answered_by=f"contact:{other.pk}")
    assert answer.status_code == 422
    plan.refresh_from_db()
    assert plan.contact_id != other.pk


def test_the_person_who_answers_stays_a_choice_when_no_longer_offered(editor, plan, front_desk):
    front_desk.email = ""
    front_desk.save()
    assert send_form(editor, url_of("checkinplan", plan), rhythm="yearly").status_code == 302
    plan.refresh_from_db()
    assert (plan.contact, plan.rhythm) == (front_desk, "yearly")


@pytest.mark.slow
def test_two_who_change_one_rhythm_see_both_texts(editor, people, plan):
    url = url_of("checkinplan", plan)
    seen = forms(editor.get(url).content.decode())[-1].values()
    check_ins.save_check_in_plan(
        checkinplan=plan, by=people.administrator, fields={"rhythm": "yearly", "holder": people.administrator}
    )
    answer = editor.post(url, seen | {"rhythm": "weekly"})
    shown = unescape(answer.content.decode())
    assert (answer.status_code, 'name="choose-rhythm"' in shown) == (409, True)
    merged = forms(shown)[-1].values()
    assert (merged["rhythm"], merged["holder"]) == (["weekly"], [str(people.administrator.pk)])
    assert editor.post(url, merged | {"choose-rhythm": "mine"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.rhythm, plan.holder) == ("weekly", people.administrator)


def test_what_is_not_different_is_not_saved(editor, plan):
    answer = send_form(editor, url_of("checkinplan", plan))
    assert "You didn’t change anything" in page(editor, answer["Location"])
    assert Change.objects.filter(record_type="checkinplan").count() == 1


def test_another_rhythm_keeps_the_day_that_is_due(plan):
    check_ins.save_check_in_plan(checkinplan=plan, by=SYSTEM, fields={"rhythm": "weekly"})
    due = plan.next_due_on
    plan.refresh_from_db()
    assert plan.next_due_on == due
    check_ins.record_check_in(plan=plan, by=SYSTEM)
    plan.refresh_from_db()
    assert timedelta(days=4) < plan.next_due_on - due < timedelta(days=11)  # a holiday can move either date


def test_a_check_in_that_is_still_to_come_is_not_recorded(editor, plan):
    today = clock.today(clock.zone(plan.zone))
    url = reverse("check_in_done", args=[plan.public_id])
    answer = send_form(editor, url, done_on=(today + timedelta(days=1)).isoformat())
    assert (answer.status_code, CheckIn.objects.count()) == (422, 0)
    assert "This date is in the future. Enter the date when the check-in was held." in answer.content.decode()
    assert send_form(editor, url, done_on=today.isoformat()).status_code == 302
    assert CheckIn.objects.get().done_on == today


@pytest.mark.parametrize("days", [1, 4000])
def test_the_action_refuses_a_day_to_come_too(plan, days):
    with pytest.raises(ValidationError) as problem:
        check_ins.record_check_in(
            plan=plan, by=SYSTEM, done_on=clock.today(clock.zone(plan.zone)) + timedelta(days=days)
        )
    assert set(problem.value.error_dict) == {"done_on"}


def test_a_first_day_of_the_past_never_makes_one_late(people, plan):
    """An undo may bring it back. The next check-in is then the first one of the schedule that isn't over."""
    today = clock.today(clock.zone(plan.zone))
    fields = {"anchor_on": today - timedelta(days=10), "rhythm": "weekly", "skips_holidays": False}
    plan = check_ins.save_check_in_plan(checkinplan=plan, by=people.editor, fields=fields)
    assert plan.next_due_on == today + timedelta(days=4)


def test_check_ins_are_answered_for_a_partner_of_their_own_partnership(people, plan):
    other = make_partnership("Another", lead=people.office, parties=[party(people.organization)])
    with pytest.raises(ValidationError) as refused:
        check_ins.save_check_in_plan(checkinplan=plan, by=people.editor, fields={"party": other.parties.get()})
    assert refused.value.message_dict == {"party": ["This partner isn’t in this partnership."]}


@pytest.mark.parametrize("role", ["reader", "partner", "other_editor", "stranger"])
def test_only_who_writes_for_the_lead_sets_them(people, plan, role):
    with pytest.raises(NotAllowed):
        check_ins.save_check_in_plan(checkinplan=plan, by=getattr(people, role), fields={"rhythm": "weekly"})


def test_an_erased_contact_leaves_their_history_too(people, plan, front_desk):
    entry = Change.objects.get(record_type="checkinplan")
    assert entry.after["contact"] == "Front desk"
    privacy.erase_contact(contact=front_desk, by=people.administrator)
    entry.refresh_from_db()
    assert entry.after["contact"] == privacy.ERASED
