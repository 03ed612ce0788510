"""What an undo must not bring back, what only other people can change, and what can't be undone exactly."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory.actions import save_jurisdiction, save_organization
from partnerships.meetings.closing import close_meeting
from partnerships.models import Email, Membership
from partnerships.records.privacy import erase_contact
from partnerships.registry.actions import save_partnership
from partnerships.registry.own_part import save_note
from partnerships.registry.statements import dispute_record
from tests.factories import make_jurisdiction, make_meeting, make_organization, make_partnership, make_person, party
from tests.records import undo_cases
from tests.records.undo_cases import fresh, last, plan, undo, unlike

# Who must not come back


def test_an_erased_contact_does_not_come_back(people):
    rows = [{"name": "Desk", "email": "desk@example.org"}, {"name": "Chair", "note": "After six"}]
    group = make_organization("Bus riders", contacts=rows)
    kept = [{"id": row.pk, "name": row.name, "email": row.email} for row in group.contacts.all()]
    save_organization(
        organization=group, by=SYSTEM, fields={"aims": "Buses"}, contacts=[*kept[::-1], {"name": "Third"}]
    )
    added = last(group)
    erase_contact(contact=group.contacts.get(name="Desk"), by=people.administrator)
    erased = last(group)
    found = plan(group, people.administrator, erased)
    assert (found.wanted, [line.obstacle for line in found.lines]) == (
        {},
        ["It names a person who was erased, and we can’t restore an erased person."],
    )
    assert [*plan(group, people.administrator, added).wanted] == ["aims"]
    with pytest.raises(ValidationError):
        undo(group, people.administrator, erased)
    assert sorted(group.contacts.values_list("name", flat=True)) == ["Chair", "Third"]


def test_a_contact_erased_under_the_name_of_another_does_not_come_back(people):
    """Of two “Front desk” without an email address or number, the log can't tell which was erased, so it keeps the name."""
    group = make_organization("Bus riders", contacts=[{"name": "Front desk"}, {"name": "Front desk"}])
    erase_contact(contact=group.contacts.first(), by=people.administrator)
    assert "[erased]" not in str(last(group).before)
    with pytest.raises(ValidationError):
        undo(group, people.administrator)
    assert group.contacts.count() == 1


def test_a_contact_that_was_changed_keeps_its_seats(people):
    group = make_organization("Bus riders", contacts=[{"name": "Desk", "email": "desk@example.org"}])
    contact = group.contacts.get()
    seat = make_meeting(people=[contact]).participants.get()
    rows = [{"id": contact.pk, "name": "Desk", "email": "desks@example.org"}]
    save_organization(organization=group, by=SYSTEM, fields={}, contacts=rows)
    undo(group, people.administrator)
    assert (group.contacts.get().pk, group.contacts.get().email) == (contact.pk, "desk@example.org")
    seat.refresh_from_db()


def test_a_withdrawn_organization_is_not_listed_again_by_its_office(people):
    group = make_organization("Once listed", "named", kept_by=people.office)
    save_organization(organization=group, by=SYSTEM, fields={"listing": "unlisted"})
    for by in (people.editor, people.administrator):
        assert plan(group, by).wanted == {}
    save_organization(organization=group, by=SYSTEM, fields={"listing": "named"})
    undo(group, people.editor)  # undoing is always possible
    assert fresh(group).listing == "unlisted"


def test_an_organization_that_withdrew_does_not_come_back_to_a_partnership(people):
    group = make_organization("Once listed", "named")
    record = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(group, "member")])
    save_partnership(
        partnership=record, by=SYSTEM, fields={"title": "Without it"}, parties=[party(people.office, "lead")]
    )
    save_organization(organization=group, by=SYSTEM, fields={"listing": "unlisted"})
    found = plan(record, people.editor)
    assert [*found.wanted] == ["title"]
    assert "that you can no longer see" in next(line for line in found.lines if line.key == "parties").obstacle


def test_an_undo_does_not_restore_a_withdrawn_yes(people):
    group = make_organization("Organizers", "named")
    rows = [party(people.office, "lead"), party(group, "organizer", consented_on=undo_cases.DAY)]
    record = make_partnership(lead=people.office, kind="organizing", parties=rows)
    save_partnership(
        partnership=record, by=SYSTEM, fields={}, parties=[rows[0], party(group, "organizer", consented_on=None)]
    )
    found = plan(record, people.editor)
    assert (found.wanted, "withdrew its agreement" in found.lines[0].obstacle) == ({}, True)


def _meets(people, record):
    meeting = make_meeting(record, days=-1)
    close_meeting(meeting=meeting, by=SYSTEM, fields={}, attendance=[{"party": record.parties.last(), "came": True}])


def _disputes(people, record):
    dispute_record(party=record.parties.last(), by=people.partner, words="Not so.")


def _owes(people, record):
    undo_cases.action_items.save_action(
        by=SYSTEM, fields={"partnership": record, "title": "Call", "owner_party": record.parties.last()}
    )


@pytest.mark.parametrize("takes_part", [_meets, _disputes, _owes])
def test_a_partner_that_has_taken_part_is_not_taken_out_by_an_undo(people, takes_part):
    record = make_partnership(lead=people.office, parties=[party(people.office, "lead")])
    rows = [party(people.office, "lead"), party(people.organization, "member")]
    save_partnership(partnership=record, by=SYSTEM, fields={"title": "With it"}, parties=rows)
    added = last(record)
    assert [*plan(record, people.editor, added).wanted] == ["parties", "title"]
    takes_part(people, record)
    found = plan(record, people.editor, added)
    assert ([*found.wanted], "has since taken part" in found.lines[0].obstacle) == (["title"], True)


def test_an_undo_does_not_show_that_a_partner_has_a_note(people):
    record = make_partnership(lead=people.office, parties=[party(people.office, "lead")])
    rows = [party(people.office, "lead"), party(people.organization, "member")]
    save_partnership(partnership=record, by=SYSTEM, fields={}, parties=rows)
    save_note(party=record.parties.last(), by=people.partner, text="Ours alone", version=0)
    assert [*plan(record, people.editor).wanted] == ["parties"]


def test_a_contact_that_is_asked_since_is_not_taken_out_by_an_undo(people):
    group = make_organization("Bus riders")
    save_organization(organization=group, by=SYSTEM, fields={"aims": "Buses"}, contacts=[{"name": "Desk"}])
    make_meeting(people=[group.contacts.get()])
    found = plan(group, people.administrator)
    assert ([*found.wanted], "is invited to a meeting" in found.lines[1].obstacle) == (["aims"], True)


def test_the_words_of_a_partner_come_back_with_it(people):
    rows = [party(people.office, "lead"), party(people.organization, "member")]
    record = make_partnership(lead=people.office, parties=rows)
    dispute_record(party=record.parties.last(), by=people.partner, words="Not so.")
    before = undo_cases.registry.snapshot(fresh(record))
    save_partnership(partnership=record, by=SYSTEM, fields={}, parties=rows[:1])
    undo(record, people.editor)
    assert unlike(before, undo_cases.registry.snapshot(fresh(record))) == []


# What other people said, and what can't be exact


def test_what_only_managers_set_is_not_undone_by_editors(people):
    save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={"reply_days": 30})
    assert plan(people.office, people.editor).wanted == {}
    save_organization(
        organization=people.organization,
        by=SYSTEM,
        fields={"mail_domain": "group.example", "website": "https://group.example"},
    )
    assert {*plan(people.organization, people.partner).wanted} == {"website"}
    Membership.objects.filter(person=people.editor).update(role="manager")
    undo(people.office, type(people.editor).objects.get(pk=people.editor.pk))
    assert fresh(people.office).reply_days == 14


def test_a_lead_that_they_may_not_edit_for_does_not_come_back(people):
    record = make_partnership(lead=people.other_office)
    save_partnership(partnership=record, by=SYSTEM, fields={"lead": people.office})
    with pytest.raises(ValidationError) as refused:
        undo(record, people.editor)
    assert refused.value.messages == [
        "Lead agency: You aren’t an editor at City of Seattle. Choose a jurisdiction where you’re an editor."
    ]
    assert fresh(record).lead == people.office


def test_a_partner_renamed_since_is_not_guessed(people):
    group = make_organization("Bus riders")
    record = make_partnership(
        lead=people.office,
        parties=[party(people.office, "lead"), party(group, "member")],
        facts={"seats": [{"title": "Chair", "held_by": 1}]},
    )
    save_partnership(partnership=record, by=SYSTEM, fields={}, facts={"seats": []})
    save_organization(organization=group, by=SYSTEM, fields={"name": "Transit riders"})
    (line,) = plan(record, people.editor).lines
    assert line.obstacle == "We can’t tell which partner “Bus riders” is now."


def test_an_undo_that_would_change_more_than_it_says_is_refused(people):
    """A partner that was added has a seat since. Removing the partner would empty the seat, too."""
    record = make_partnership(lead=people.office, parties=[party(people.office, "lead")])
    rows = [party(people.office, "lead"), party(people.organization, "member")]
    save_partnership(partnership=record, by=SYSTEM, fields={"title": "With riders"}, parties=rows)
    added = last(record)
    save_partnership(partnership=record, by=SYSTEM, fields={}, facts={"seats": [{"title": "Chair", "held_by": 1}]})
    with pytest.raises(ValidationError) as refused:
        undo(record, people.editor, added)
    assert refused.value.messages == ["Seats: We can’t restore it exactly. Change it on the edit page."]
    record = fresh(record)
    assert (record.title, record.parties.count()) == ("With riders", 2)
    assert record.seats.get().held_by == record.parties.last()


def test_an_undo_that_would_break_the_record_says_so_and_writes_nothing(people):
    record = make_partnership(lead=people.office, starts_on=None)
    save_partnership(partnership=record, by=SYSTEM, fields={"ends_on": undo_cases.DAY})
    save_partnership(partnership=record, by=SYSTEM, fields={"ends_on": undo_cases.LATER})
    change = last(record)
    save_partnership(partnership=record, by=SYSTEM, fields={"starts_on": undo_cases.LATER})
    with pytest.raises(ValidationError) as refused:
        undo(record, people.editor, change)
    assert refused.value.messages == ["End date: The end date is before the start date. Choose a later date."]
    assert (fresh(record).ends_on, last(record).after) == (undo_cases.LATER, {"starts_on": "2027-05-06"})


def test_a_field_and_a_row_that_are_kept_no_more_are_refused(people):
    record = make_partnership(lead=people.office)
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "New"})
    change = last(record)
    change.before |= {"color": "red", "seats": [{"title": "x", "color": "red"}]}
    change.after |= {"color": None, "seats": [], "gone": 1}
    change.save()
    found = plan(record, people.editor, change)
    assert ([*found.wanted], {line.key: bool(line.obstacle) for line in found.lines}) == (
        ["summary"],
        {"color": True, "gone": True, "seats": True, "summary": False},
    )


def test_no_one_is_invited_to_a_meeting_again(people):
    meeting = make_meeting(
        make_partnership(lead=people.office), people=[people.editor, make_person("guest@example.org")]
    )
    undo_cases.meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"title": "Other"}, participants=[])
    emails = Email.objects.count()
    assert [*plan(meeting, people.editor).wanted] == ["title"]
    undo(meeting, people.editor)
    assert (meeting.participants.count(), Email.objects.count()) == (0, emails)


def test_a_place_below_itself_is_refused(people):
    above = make_jurisdiction("Above")
    save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={"parent": above})
    save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={"parent": None})
    save_jurisdiction(jurisdiction=above, by=SYSTEM, fields={"parent": people.office})
    with pytest.raises(ValidationError):
        undo(people.office, people.editor)
