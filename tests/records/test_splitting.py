"""Splitting one record of two organizations: the new one takes what belongs to it, the log says so, and a merge reverses it."""

from functools import partial

import pytest

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, NotFound, ValidationError
from partnerships.models import Change, Organization, PartyNote, Person, Publication, SearchEntry
from partnerships.notifications import link_queries, recipients
from partnerships.records import merging, splitting
from partnerships.registry import inviting
from partnerships.registry.rules import party_notes_visible_to
from tests.factories import make_department, make_organization, make_partnership, party
from tests.records.test_merging import everything_else
from tests.snapshots import snapshot_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@snapshot_fixture
def combined(people):
    made = make_organization("Singers and dancers", "profiled", kept_by=people.office, aims="Art for all.")
    made.contacts.create(name="Desk", email="desk@example.org")
    made.contacts.create(name="Dance desk", email="dance@example.org")
    made.identifiers.create(scheme="ein", value="12-3456789")
    return made


def table(people, whole, title="Dance in parks"):
    return make_partnership(title, lead=people.office, parties=[party(people.office, "lead"), party(whole, "member")])


def split(whole, *, by=SYSTEM, name="Dancers", **going):
    return splitting.split(record=whole, by=by, version=whole.version, name=name, going=going)


def test_the_new_one_takes_what_is_its_own_and_no_more(people, combined):
    going, staying = table(people, combined), table(people, combined, "Songs in schools")
    seat, desk = going.parties.get(organization=combined), combined.contacts.get(name="Dance desk")
    new = split(combined, parties=[seat.pk], contacts=[desk.pk])
    assert (new.name, new.listing, new.side, new.kept_by) == ("Dancers", "unlisted", "community", people.office)
    assert [one.name for one in new.contacts.all()] == ["Dance desk"]
    assert [one.name for one in combined.contacts.all()] == ["Desk"]
    assert [one.partnership for one in new.parties.all()] == [going]
    assert [one.partnership for one in combined.parties.all()] == [staying]
    assert combined.public_id not in Publication.objects.get(partnership=going).body
    assert not SearchEntry.objects.filter(resource="organization", record_id=new.pk).exists()
    log = Change.objects.filter(request_id=Change.objects.latest("pk").request_id)
    assert sorted((one.record_type, one.verb) for one in log) == [
        ("organization", "create"),
        ("organization", "split"),
        ("partnership", "update"),
    ]


def test_a_merge_reverses_it(people, combined):
    partnership = table(people, combined)
    before = everything_else()
    new = split(
        combined, parties=[partnership.parties.get(organization=combined).pk], contacts=[combined.contacts.first().pk]
    )
    combined.refresh_from_db()
    merging.merge(kept=combined, lost=new, by=SYSTEM, versions=(None, None))
    assert everything_else() == before


def test_rows_of_others_do_not_go(people, combined):
    other = make_organization("Another", kept_by=people.office)
    foreign = other.contacts.create(name="Foreign", email="foreign@example.org")
    with pytest.raises(ValidationError, match="Check what belongs"):
        split(combined, contacts=[foreign.pk])
    foreign.refresh_from_db()
    assert foreign.organization == other


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_a_seat_that_the_organization_confirmed_goes_only_by_its_own_manager(people, combined, role):
    seat, desk = table(people, combined).parties.get(organization=combined), combined.contacts.first()
    new = split(combined, by=getattr(people, role), parties=[seat.pk], contacts=[desk.pk])
    seat.refresh_from_db()
    assert (seat.organization, new.parties.count(), new.contacts.count()) == (combined, 0, 1)
    combined.memberships.create(person=people.manager, role="manager")
    combined.refresh_from_db()
    newer = split(combined, by=people.manager, name="Choir", parties=[seat.pk])
    seat.refresh_from_db()
    assert seat.organization == newer


def test_what_a_manager_splits_off_stays_with_its_people(people, combined):
    """Otherwise, no one would manage the new record, and someone that the office lets in would read the notes of its seat."""
    seat = table(people, combined).parties.get(organization=combined)
    PartyNote.objects.create(party=seat, text="Ours alone", at=clock.now())
    combined.memberships.create(person=people.manager, role="manager")
    new = split(combined, by=people.manager, parties=[seat.pk])
    assert [(one.person, one.role) for one in new.memberships.all()] == [(people.manager, "manager")]
    manager = Person.objects.get(pk=people.manager.pk)
    assert [note.text for note in party_notes_visible_to(manager)] == ["Ours alone"]
    combined.refresh_from_db()
    merging.merge(kept=combined, lost=new, by=manager, versions=(None, None))
    assert combined.memberships.get().person == manager


def test_an_office_lets_a_seat_go_that_it_recorded(people, combined):
    sides = [party(people.office, "lead"), party(combined, "member")]
    seat = make_partnership("Songs", lead=people.office, parties=sides, confirmed=False).parties.get(
        organization=combined
    )
    PartyNote.objects.create(party=seat, text="Ours alone", at=clock.now())
    new = split(combined, by=people.editor, parties=[seat.pk])
    seat.refresh_from_db()
    assert (seat.organization, PartyNote.objects.count()) == (new, 0)  # the notes of its people are for no one else


@pytest.mark.parametrize("by_code", [True, False])
def test_an_invitation_of_one_organization_answers_for_no_other(people, combined, by_code):
    """Otherwise, its contact would confirm the seat of the new record with its own link, or someone with its code."""
    sides = [party(people.office, "lead"), party(combined, "member")]
    seat = make_partnership("Songs", lead=people.office, parties=sides, confirmed=False).parties.get(
        organization=combined
    )
    desk = combined.contacts.get(name="Desk")
    if by_code:
        _, code = inviting.print_code(party=seat, by=people.editor, source="Its director, by phone")
        read = partial(inviting.invitation_by_code, code)
    else:
        invited = inviting.invite_by_email(party=seat, by=people.editor, contact=desk, source="Its website")
        read = partial(link_queries.invitation_of, (recipients.read_recipient(desk), invited.pk))
    assert read()[1] == seat
    new = split(combined, by=people.editor, parties=[seat.pk])
    seat.refresh_from_db()
    assert (seat.organization, seat.state) == (new, "recorded")
    with pytest.raises(NotFound):
        read()


def test_a_seat_that_one_does_not_see_stays(people, combined):
    sides = [party(people.other_office, "lead"), party(combined, "member")]
    hidden = make_partnership("Draft elsewhere", lead=people.other_office, parties=sides, published=False)
    seat = hidden.parties.get(organization=combined)
    new = split(combined, by=people.editor, parties=[seat.pk], contacts=[combined.contacts.first().pk])
    seat.refresh_from_db()
    assert (seat.organization, new.parties.count()) == (combined, 0)


@pytest.mark.parametrize("name", ["singers AND dancers", " Singers and dancers "])
def test_the_same_name_is_refused(combined, name):
    with pytest.raises(ValidationError) as refused:
        split(combined, name=name, contacts=[combined.contacts.first().pk])
    assert set(refused.value.message_dict) == {"name"}
    assert Organization.objects.filter(name__iexact=name.strip()).count() == 1


def test_splitting_needs_the_right_and_the_current_version(people, combined):
    with pytest.raises(NotAllowed):
        split(combined, by=people.other_editor, contacts=[combined.contacts.first().pk])
    with pytest.raises(EditConflict):
        splitting.split(record=combined, by=SYSTEM, version=combined.version - 1, name="Dancers", going={})
    assert not Organization.objects.filter(name="Dancers").exists()


def test_a_split_department_keeps_its_parent(people):
    top = make_department(people.office, "Housing")
    desk = make_department(people.office, "Permits and parks", parent=top)
    desk.contacts.create(name="Parks desk", email="parks@example.org")
    new = splitting.split(
        record=desk, by=people.editor, version=None, name="Parks", going={"contacts": [desk.contacts.get().pk]}
    )
    assert (new.parent, new.jurisdiction, new.path) == (top, people.office, f"/{top.pk}/{new.pk}/")
