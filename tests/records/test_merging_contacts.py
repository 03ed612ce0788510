"""Merging two contacts of one organization: what named the lost one names the kept one, and no one can read more."""

import pytest
from django.urls import reverse

from partnerships.assessment import answering, rounds
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.core.models import Merge
from partnerships.core.repoint_references import foreign_keys_to
from partnerships.directory.actions import save_organization
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.meetings.check_ins import save_check_in_plan
from partnerships.models import Change, CheckIn, Contact, Email, EmailPreference, Respondent
from partnerships.records.merging_contacts import merge_contacts
from partnerships.records.privacy import erase_contact
from partnerships.records.undoing import undo
from tests.factories import in_days, make_department, make_meeting, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def body(people):
    group = make_organization("Quiet choir", "unlisted", kept_by=people.office)
    rows = [
        {"name": "Ana Ortiz", "email": "ana@example.org", "visible_to": "staff"},
        {"name": "A. Ortiz", "email": "ortiz@example.org", "phone": "555-0142"},
        {"name": "Front desk", "email": "desk@example.org"},
    ]
    return save_organization(organization=group, by=SYSTEM, fields={}, contacts=rows)


def two_contacts(body):
    return body.contacts.get(name="Ana Ortiz"), body.contacts.get(name="A. Ortiz")


def test_each_foreign_key_to_a_contact_has_a_rule():
    assert {f"{field.model.__name__}.{field.name}" for field in foreign_keys_to(Contact)} == {
        "CheckIn.answered_by",
        "CheckInPlan.contact",
        "EmailPreference.contact",
        "Interaction_contacts.contact",
        "Participant.contact",
        "Respondent.contact",
        "Respondent.follower_contact",
        "SeatConsent.contact",
    }


def test_references_to_the_lost_one_point_at_the_kept_one(body, people):
    kept, lost = two_contacts(body)
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(body)])
    both, alone = make_meeting(partnership, people=[kept, lost]), make_meeting(partnership, people=[lost], days=40)
    both.participants.filter(contact=lost).update(answer="yes", answered_at=clock.now())
    rhythm = {"contact": lost, "anchor_on": in_days(3), "zone": "UTC"}
    plan = save_check_in_plan(by=SYSTEM, fields=rhythm | {"partnership": partnership})
    done = CheckIn.objects.create(plan=plan, due_on=in_days(-9), done_on=in_days(-9), answered_by=lost)
    outbox.plan(EmailKind.CHECK_IN_DUE, "check-in/1", [kept, lost], plan, due_at=clock.now())
    merge_contacts(kept=kept, lost=lost, by=people.editor, why="One and the same.")
    assert [[(one.contact, one.answer) for one in m.participants.all()] for m in (both, alone)] == [
        [(kept, "yes")],
        [(kept, "")],
    ]
    plan.refresh_from_db(), done.refresh_from_db()
    assert (plan.contact, done.answered_by) == (kept, kept)
    assert not Email.objects.filter(recipient=f"contact:{lost.pk}").exists()
    occasions = Email.objects.filter(recipient=f"contact:{kept.pk}").values_list("occurrence", flat=True)
    assert len(occasions) == len(set(occasions)) > 1
    kept.refresh_from_db()
    assert (kept.name, kept.email, kept.phone) == ("Ana Ortiz", "ana@example.org", "555-0142")


def test_it_is_in_the_history_and_can_be_undone_there(body, people):
    kept, lost = two_contacts(body)
    version = body.version
    merge_contacts(kept=kept, lost=lost, by=people.editor, take={"email": "other"}, why="One and the same.")
    body.refresh_from_db()
    assert body.version == version + 1
    entry = Change.objects.filter(record_type="organization", record_id=body.pk).latest("pk")
    assert (entry.by, entry.why) == (people.editor, "One and the same.")
    assert sorted(row["name"] for row in entry.before["contacts"]) == ["A. Ortiz", "Ana Ortiz", "Front desk"]
    assert sorted(row["name"] for row in entry.after["contacts"]) == ["Ana Ortiz", "Front desk"]
    assert body.contacts.get(name="Ana Ortiz").email == "ortiz@example.org"
    undo(change=entry, record=body, by=people.editor, version=body.version, seen={"contacts"}, why="No.")
    emails = {one.name: one.email for one in Contact.objects.filter(organization=body)}
    assert emails["Ana Ortiz"] == "ana@example.org"
    assert emails["A. Ortiz"] == "ortiz@example.org"


@pytest.mark.parametrize(
    ("kept_reader", "lost_reader", "left"), [("public", "staff", "staff"), ("partners", "public", "partners")]
)
def test_it_is_read_by_no_more_than_read_either(body, people, kept_reader, lost_reader, left):
    kept, lost = two_contacts(body)
    for one, reader in ((kept, kept_reader), (lost, lost_reader)):
        Contact.objects.filter(pk=one.pk).update(visible_to=reader)
    merge_contacts(kept=kept, lost=lost, by=people.editor)
    kept.refresh_from_db()
    assert kept.visible_to == left


def test_emails_that_one_of_them_stopped_stay_stopped(body, people):
    kept, lost = two_contacts(body)
    for one, pace in ((kept, "at_once"), (lost, "never")):
        EmailPreference.objects.create(contact=one, kind=EmailKind.CHECK_IN_DUE, pace=pace, at=clock.now())
    merge_contacts(kept=kept, lost=lost, by=people.editor)
    assert [(one.contact, one.pace) for one in EmailPreference.objects.all()] == [(kept, "never")]


@pytest.mark.parametrize("role", ["reader", "other_editor", "partner", "stranger", "suspended"])
def test_only_editors_of_the_organization_may_merge(body, people, role):
    kept, lost = two_contacts(body)
    with pytest.raises(NotAllowed):
        merge_contacts(kept=kept, lost=lost, by=getattr(people, role))
    assert body.contacts.count() == 3


def test_what_cannot_be_merged_gets_an_error_and_nothing_is_written(body, people):
    kept, lost = two_contacts(body)
    with pytest.raises(ValidationError, match="of the same office or organization"):
        merge_contacts(kept=kept, lost=kept, by=people.editor)
    away = Contact.objects.create(department=make_department(people.office), name="Ana Ortiz")
    with pytest.raises(ValidationError, match="of the same office or organization"):
        merge_contacts(kept=kept, lost=away, by=people.editor)
    with pytest.raises(EditConflict):
        merge_contacts(kept=kept, lost=lost, by=people.editor, version=body.version - 1)
    Contact.objects.filter(pk=lost.pk).delete()
    with pytest.raises(NotFound):
        merge_contacts(kept=kept, lost=lost, by=people.editor)


def test_open_rounds_prevent_a_merge(body, people):
    kept, lost = two_contacts(body)
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(body)])
    place = partnership.parties.get(organization=body)
    values = {"title": "Fall round", "closes_on": in_days(14)}
    survey_round = rounds.start_round(partnership=partnership, by=SYSTEM, fields=values, asked=[(place, lost)])
    for _ in ("before they answer", "and after"):  # the same refusal, so it doesn't show who answered
        with pytest.raises(ValidationError, match="only they may read"):
            merge_contacts(kept=kept, lost=lost, by=people.editor)
        with pytest.raises(ValidationError, match="only they may read"):
            merge_contacts(kept=lost, lost=kept, by=people.editor, take={"email": "other"})
        answering.save_answer(respondent=Respondent.objects.get(contact=lost), item="decisions", fields={"level": 2})
    Respondent.objects.create(round=survey_round, side=survey_round.sides.first(), party=place, contact=kept)
    with pytest.raises(ValidationError, match="Both are asked"):
        merge_contacts(kept=kept, lost=lost, by=people.editor)


def test_a_later_erasure_includes_the_other_name(body, people):
    kept, lost = two_contacts(body)
    merge_contacts(kept=kept, lost=lost, by=people.editor)
    erase_contact(contact=body.contacts.get(pk=kept.pk), by=people.editor)
    left = str([list(model.objects.values()) for model in (Contact, Change, Email, Merge)])
    assert [word for word in ("Ortiz", "ortiz@", "ana@", "555-0142") if word in left] == []
    assert ("Front desk" in left, Merge.objects.count()) == (True, 0)


def test_on_pages_one_contact_comes_of_two(client, body, people):
    kept, lost = two_contacts(body)
    client.force_login(people.editor)
    start = reverse("contact_merge", args=[kept.pk])
    assert start in client.get(reverse("organization", args=[body.public_id])).content.decode()
    assert f"{start}?other={lost.pk}" in client.get(start).content.decode()
    page = f"{start}?other={lost.pk}"
    text = client.get(page).content.decode()
    for words in ("ana@example.org", "ortiz@example.org", "555-0142"):
        assert words in text
    stale = client.post(page, {"version": body.version - 1, "take-name": "other"})
    assert (stale.status_code, body.contacts.count()) == (409, 3)
    done = client.post(page, {"version": body.version, "take-name": "other", "take-email": "kept"}, follow=True)
    assert "The contacts are merged." in done.content.decode()
    assert sorted(body.contacts.values_list("name", "email")) == [
        ("A. Ortiz", "ana@example.org"),
        ("Front desk", "desk@example.org"),
    ]
    assert client.get(page).status_code == 404


def test_a_contact_of_elsewhere_is_no_choice(client, body, people):
    away = Contact.objects.create(department=make_department(people.office), name="Ana Ortiz")
    client.force_login(people.editor)
    for other in (away.pk, two_contacts(body)[0].pk, "x", 2**70):
        page = reverse("contact_merge", args=[two_contacts(body)[0].pk])
        assert client.get(page, {"other": other}).status_code == 404
