"""Pages of action items: the list and its file, one item, its status, and what a person has to do."""

import csv
import io

import pytest
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.meetings import action_items, check_ins
from partnerships.models import Action, Email, Membership
from partnerships.notifications import answers
from tests.factories import in_days, make_meeting, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def record(people):
    group = make_organization("Open coalition", "profiled")
    sides = [party(people.office, "lead"), party(people.organization), party(group)]
    return make_partnership("The table", lead=people.office, parties=sides)


@snapshot_fixture
def action(people, record):
    fields = {"partnership": record, "title": "Send the lease data", "detail": "As a file", "due_on": in_days(9)}
    seat = record.parties.get(organization=people.organization)
    return action_items.save_action(by=people.editor, fields=fields | {"owner_party": seat})


def page_text(client, url, status=200):
    response = client.get(url)
    assert (url, response.status_code) == (url, status)
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def page(action, what=""):
    return reverse(f"action{what}", args=[action.public_id])


def test_the_owner_finds_it_on_the_partnership_in_the_list_and_in_their_account(client, people, record, action):
    places = [
        reverse("partnership", args=[record.public_id]),
        reverse("actions"),
        reverse("account_actions"),
        page(action),
    ]
    client.force_login(people.partner)
    assert ["Send the lease data" in page_text(client, url) for url in places] == [True] * 4
    client.force_login(people.reader)
    assert ["Send the lease data" in page_text(client, url) for url in places] == [True, True, False, True]
    client.force_login(people.other_editor)
    assert ["Send the lease data" in page_text(client, url) for url in places[:3]] == [False] * 3
    client.logout()
    assert "Send the lease data" not in page_text(client, places[0])
    assert client.get(places[1]).status_code == client.get(reverse("actions_csv")).status_code == 404


def test_an_editor_gives_it_to_a_party_and_the_party_says_that_it_is_done(client, people, record):
    client.force_login(people.editor)
    url = reverse("action_new", args=[record.public_id])
    seat = record.parties.get(organization=people.organization)
    typed = {"title": "Call the desk", "due_on": in_days(5), "owner_party": seat.pk, "owner_person": ""}
    answer = client.post(url, typed)
    action = Action.objects.get()
    assert answer.url == page(action)
    assert (action.owner_party, action.owner_person, action.due_on) == (seat, None, in_days(5))
    client.force_login(people.partner)
    assert page(action, "_edit") not in page_text(client, page(action))
    done = {"status": "done", "text": "They answered.", "version": action.version}
    assert client.post(page(action, "_note"), done).url == page(action)
    shown = page_text(client, page(action))
    assert "They answered." in shown
    assert "Call the desk" not in page_text(client, reverse("account_actions"))
    client.force_login(people.editor)
    reopened = {"status": "open", "text": "Once more.", "version": action.version + 1}
    assert client.post(page(action, "_note"), reopened).status_code == 302
    assert "Call the desk" in page_text(client, reverse("partnership", args=[record.public_id]))


def test_a_refused_form_keeps_what_was_typed(client, people, record, action):
    client.force_login(people.editor)
    typed = {"title": "", "detail": "Typed before", "due_on": "someday"}
    for url in (reverse("action_new", args=[record.public_id]), page(action, "_edit")):
        answer = client.post(url, typed | {"version": action.version})
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "Typed before" in shown
        assert "Enter a date that exists" in shown
    answer = client.post(reverse("action_new", args=[record.public_id]), {"title": "Without an owner"})
    assert answer.status_code == 422
    assert "Choose who is responsible: a partner, a person, or both." in answer.content.decode()
    answer = client.post(page(action, "_note"), {"status": "open", "text": "", "version": action.version})
    assert answer.status_code == 422
    assert "Enter a note, or choose the new status." in answer.content.decode()


def test_of_two_people_who_save_the_second_sees_both_texts(client, people, action):
    action_items.save_action(action=action, by=SYSTEM, fields={"title": "Send the newer data"})
    client.force_login(people.editor)
    typed = {"title": "Send the older data", "owner_party": action.owner_party_id, "version": action.version}
    answer = client.post(page(action, "_edit"), typed)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert ("Send the newer data" in shown, "Send the older data" in shown) == (True, True)
    assert Action.objects.get().title == "Send the newer data"
    late = {"status": "done", "text": "Sent", "version": action.version}
    assert client.post(page(action, "_note"), late).status_code == 409
    assert Action.objects.get().status == "open"


def test_the_form_offers_only_people_the_editor_may_know_of(client, people, record):
    Membership.objects.create(person=people.stranger, organization=people.organization, role="editor")
    client.force_login(people.editor)
    shown = page_text(client, reverse("action_new", args=[record.public_id]))
    offered = shown.partition('name="owner_person"')[2].partition("</select>")[0]
    assert [person.name in offered for person in (people.editor, people.reader, people.partner, people.stranger)] == [
        True,
        True,
        False,
        False,
    ]
    answer = client.post(
        reverse("action_new", args=[record.public_id]), {"title": "Call", "owner_person": people.partner.pk}
    )
    assert answer.status_code == 422


@pytest.mark.slow
def test_the_list_is_filtered_and_taken_along(client, people, record, action):
    other = {"partnership": record, "title": "Book the room", "owner_person": people.editor}
    action_items.note_action(action=action_items.save_action(by=SYSTEM, fields=other), by=SYSTEM, status="done")
    client.force_login(people.editor)

    def titles(query):
        rows = csv.DictReader(io.StringIO(page_text(client, f"{reverse('actions_csv')}?{query}").lstrip("\ufeff")))
        found = [row["title"] for row in rows]
        assert [row["title"] for row in client.get(f"{reverse('actions')}?{query}").context["rows"]] == found
        return found

    both = ["Send the lease data", "Book the room"]
    assert titles("") == titles(f"partnership={record.public_id}") == both
    assert titles("status=open") == titles(f"due_before={in_days(9)}") == ["Send the lease data"]
    assert titles("status=done") == titles("whose=mine") == ["Book the room"]
    assert titles(f"due_after={in_days(10)}") == []
    for query in ("kidn=x", "q=lease", "status=x", "whose=theirs", "due_after=someday", "ordering=x"):
        assert client.get(f"{reverse('actions')}?{query}").status_code == 400
        assert client.get(f"{reverse('actions_csv')}?{query}").status_code == 400


def test_a_party_that_a_reader_may_not_know_of_has_no_name(client, people, record):
    """Both were invited to the meeting that it comes from. One of them is unlisted."""
    quiet = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    table = make_partnership(
        "Two tables",
        lead=people.office,
        parties=[party(people.office, "lead"), party(people.organization), party(quiet)],
    )
    seats = {seat.organization_id: seat for seat in table.parties.all()}
    meeting = make_meeting(table, days=-1)
    meeting.participants.create(person=people.partner, party=seats[people.organization.pk])
    fields = {"partnership": table, "meeting": meeting, "title": "Map the lots", "owner_party": seats[quiet.pk]}
    action = action_items.save_action(by=SYSTEM, fields=fields)
    client.force_login(people.partner)
    for url in (page(action), reverse("actions"), reverse("actions_csv")):
        shown = page_text(client, url)
        assert "Map the lots" in shown
        assert "A partner" in shown
        assert "Quiet coalition" not in shown
    client.force_login(people.editor)
    assert "Quiet coalition" in page_text(client, page(action))


def test_the_email_of_an_action_item_is_in_the_outbox_of_its_office(client, people, action):
    email = Email.objects.get(kind="action_assigned")
    client.force_login(people.editor)
    assert "Send the lease data" in page_text(client, reverse("outbox"))
    assert "You have a new action item. It’s due on" in page_text(client, reverse("email", args=[email.pk]))
    client.force_login(people.other_editor)
    assert client.get(reverse("email", args=[email.pk])).status_code == 404


def test_what_was_said_in_a_check_in_becomes_an_action(client, people, record):
    fields = {
        "partnership": record,
        "rhythm": "yearly",
        "anchor_on": in_days(0),
        "zone": "UTC",
        "person": people.editor,
    }
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=fields)
    check_in = answers.answer_check_in(plan=plan, fields={"going": "mixed", "needs": "A list of the leases"})
    client.force_login(people.editor)
    office = reverse("partnership_office", args=[record.public_id])
    url = f"{reverse('action_new', args=[record.public_id])}?check_in={check_in.pk}"
    assert url in page_text(client, office)
    assert "A list of the leases" in page_text(client, url)
    seat = record.parties.get(organization=people.organization)
    answer = client.post(url, {"title": "Send the leases", "owner_party": seat.pk, "owner_person": ""})
    action = Action.objects.get()
    assert (answer.url, action.check_in) == (page(action), check_in)
    assert "Action item: " in page_text(client, office)
    assert "From the check-in" in page_text(client, page(action))
    client.force_login(people.partner)  # the person who has to do it reads the description, but not the answer
    shown = page_text(client, page(action))
    assert ["Send the leases" in shown, "check-in" in shown, "A list of the leases" in shown] == [True, False, False]


def test_an_answer_of_elsewhere_makes_no_action(client, people, record):
    other = make_partnership("Elsewhere", lead=people.office)
    fields = {"partnership": other, "rhythm": "yearly", "anchor_on": in_days(0), "zone": "UTC", "person": people.editor}
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=fields)
    check_in = answers.answer_check_in(plan=plan, fields={"going": "well"})
    client.force_login(people.editor)
    url = reverse("action_new", args=[record.public_id])
    for wrong in (check_in.pk, "x", "-1", "9" * 40, "²"):
        assert client.get(url, {"check_in": wrong}).status_code == 404, wrong
