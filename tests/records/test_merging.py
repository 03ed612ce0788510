"""Merging two records: nothing that referred to the lost one is lost, and undoing the merge restores both."""

import json

import pytest
from django.apps import apps
from django.core import serializers

from partnerships.accounts import service_accounts
from partnerships.core import clock, merges
from partnerships.core.access import SYSTEM, get_or_not_found
from partnerships.core.errors import EditConflict, MergedInto, NotAllowed, NotFound, ValidationError
from partnerships.core.models import Merge
from partnerships.directory import actions as directory
from partnerships.directory.models import Department, Organization
from partnerships.directory.queries import organization as organization_of
from partnerships.directory.rules import contacts_visible_to
from partnerships.models import (
    Change,
    Contact,
    DistinctPair,
    Follow,
    Membership,
    Party,
    PartyNote,
    Person,
    Publication,
    PublicFacets,
    SearchEntry,
    Tombstone,
    Webhook,
)
from partnerships.records import merging
from partnerships.webhooks import actions as webhooks
from partnerships.webhooks.rules import may_send
from tests.factories import (
    make_department,
    make_issue_area,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    party,
)

pytestmark = pytest.mark.django_db
# What remains after an undone merge: its own row, the audit log, and what sync and counts were told.
LEFT = {
    "change",
    "merge",
    "stamp",
    "tombstone",
    "publication",
    "publicfacets",
    "searchentry",
    "searchword",
    "searchgram",
}
LEFT |= {"facetcount", "outdated", "email", "nameskeleton"}
MOVES = {"version", "public_version", "updated_at", "stamp", "confirm_asked_on"}


def with_programs(organization, address):
    """A manager of the organization, with a service account and a webhook there."""
    manager = make_person(address)
    organization.memberships.create(person=manager, role="manager")
    given = {"name": "Theirs", "role": "editor", "days": 9, "writes": ["organizations"]}
    token, _ = service_accounts.add_service_account(by=manager, body=organization, **given)
    hook = {"name": "Theirs", "url": "https://example.org/", "format": "registry", "reach": "own", "rights": "members"}
    webhook, _ = webhooks.add_webhook(by=manager, body=organization, fields=hook | {"kinds": ["status"]})
    return manager, token, webhook


def test_programs_of_the_lost_record_dont_act_for_the_people_of_the_kept_one(people, pair):
    """Its people are told of a manager who comes with a merge, and can end that. They aren't told of programs."""
    kept, lost = pair
    kept.memberships.create(person=make_person("theirs@example.org"), role="manager")
    _, token, webhook = with_programs(lost, "own@example.org")
    made = merge(kept, lost)
    token.refresh_from_db(), webhook.refresh_from_db()
    assert (token.organization, token.is_live(clock.now())) == (kept, False)
    assert (webhook.organization, may_send(webhook)) == (kept, False)
    assert service_accounts.changes_of(kept)[0].before == {"service": {"name": "Theirs"}}
    kept.refresh_from_db()
    merging.undo_merge(merge=made, kept=kept, by=SYSTEM, version=kept.version)
    token.refresh_from_db()
    assert (token.organization, token.is_live(clock.now())) == (lost, True)
    assert may_send(Webhook.objects.get(pk=webhook.pk))


def test_a_manager_who_merges_their_records_keeps_the_programs(people, pair):
    kept, lost = pair
    manager, token, webhook = with_programs(lost, "own@example.org")
    kept.memberships.create(person=manager, role="manager")
    merge(kept, lost, by=Person.objects.get(pk=manager.pk))
    token.refresh_from_db(), webhook.refresh_from_db()
    assert (token.organization, token.is_live(clock.now()), may_send(webhook)) == (kept, True, True)


@pytest.fixture
def pair(people):
    kept = make_organization("Harbor Tenants Union", kept_by=people.office, aims="Rent that people can pay.")
    lost = make_organization("Harbour Tenants' Union", kept_by=people.office, website="https://harbor.example.org")
    return kept, lost


def merge(kept, lost, *, by=SYSTEM, **more):
    kept.refresh_from_db(), lost.refresh_from_db()
    return merging.merge(kept=kept, lost=lost, by=by, versions=(kept.version, lost.version), **more)


def everything_else() -> dict:
    """Return all rows that a merge must leave as they were, by model and key, without versions and stamps."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.model_name in LEFT or model._meta.app_label != "partnerships":
            continue
        for row in json.loads(serializers.serialize("json", model._base_manager.all())):
            fields = {name: value for name, value in row["fields"].items() if name not in MOVES}
            natural = (model._meta.model_name, row["pk"])
            # The key of a row in a many-to-many table has no meaning.
            found[(model._meta.model_name, str(fields)) if model._meta.auto_created else natural] = fields
    return found


@pytest.mark.both
def test_references_to_the_lost_one_point_at_the_kept_one(people, pair):
    kept, lost = pair
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(lost, "member")])
    directory.save_organization(
        organization=lost, by=SYSTEM, fields={}, contacts=[{"name": "Front desk", "email": "desk@example.org"}]
    )
    Membership.objects.create(person=people.stranger, organization=lost, role="reader")
    Follow.objects.create(person=people.reader, record_type="organization", record_id=lost.pk, at=clock.now())
    merge(kept, lost)
    assert not Organization.objects.filter(pk=lost.pk).exists()
    assert [str(one) for one in partnership.parties.order_by("pk")] == ["City of Minneapolis", "Harbor Tenants Union"]
    assert [one.name for one in kept.contacts.all()] == ["Front desk"]
    assert [one.person for one in kept.memberships.all()] == [people.stranger]
    assert Follow.objects.get().record_id == kept.pk
    kept.refresh_from_db()
    assert (kept.website, kept.aims) == ("https://harbor.example.org", "Rent that people can pay.")


@pytest.mark.both
def test_no_table_that_names_an_organization_or_department_is_forgotten(people):
    """`repoint_references.foreign_keys_to` finds references of new tables. This is what it found when the test was written."""
    from partnerships.core.repoint_references import foreign_keys_to

    for model in (Organization, Department, Party):
        known = {(field.model, field.name) for field in foreign_keys_to(model)}
        naming = {
            (other, field.name)
            for other in apps.get_models(include_auto_created=True)
            for field in other._meta.concrete_fields
            if field.is_relation and field.related_model is model
        }
        assert known == naming


@pytest.mark.both
def test_at_one_table_both_become_one_party_and_no_word_is_lost(people, pair):
    kept, lost = pair
    seats = [
        party(people.office, "lead"),
        party(kept, "member", contribution="Runs the phone line."),
        party(lost, "advisor", contribution="Lends its hall.", circle="decides"),
    ]
    partnership = make_partnership(lead=people.office, parties=seats)
    PartyNote.objects.create(party=partnership.parties.get(organization=kept), text="Ours.", at=clock.now())
    PartyNote.objects.create(party=partnership.parties.get(organization=lost), text="Theirs.", at=clock.now())
    meeting = make_meeting(partnership, people=[lost.contacts.create(name="Desk", email="desk@example.org")])
    merge(kept, lost)
    one = partnership.parties.get(organization=kept)
    assert partnership.parties.count() == 2
    assert (one.contribution, one.circle) == ("Runs the phone line.\n\nLends its hall.", "decides")
    assert sorted(role.role for role in one.roles.all()) == ["advisor", "member"]
    assert one.own_note.text == "Ours.\n\nTheirs."
    assert meeting.participants.get().contact.organization == kept


@pytest.mark.both
def test_a_merge_can_be_undone_and_everything_is_as_it_was(people, pair):
    kept, lost = pair
    housing, jobs = make_issue_area(), make_issue_area("jobs")
    directory.save_organization(organization=kept, by=SYSTEM, fields={"issue_areas": [housing]})
    directory.save_organization(organization=lost, by=SYSTEM, fields={"issue_areas": [housing, jobs]})
    lost.contacts.create(name="Desk", email="desk@example.org")
    kept.contacts.create(name="The desk", email="Desk@example.org")
    lost.identifiers.create(scheme="ein", value="12-3456789")
    seats = [
        party(people.office, "lead"),
        party(kept, "member"),
        party(lost, "member", "advisor", contribution="Hall."),
    ]
    partnership = make_partnership(lead=people.office, parties=seats)
    make_partnership("Another one", lead=people.office, parties=[party(people.office, "lead"), party(lost, "member")])
    Membership.objects.create(person=people.stranger, organization=lost, role="manager")
    Membership.objects.create(person=people.stranger, organization=kept, role="reader")
    DistinctPair.objects.create(
        record_type="organization", first_id=kept.pk, second_id=lost.pk, by=people.editor, at=clock.now()
    )
    make_meeting(partnership, people=[lost.contacts.get()])
    before = everything_else()
    made = merge(kept, lost, take={"issue_areas": "both", "name": "other"})
    kept.refresh_from_db()
    assert (kept.name, sorted(map(str, kept.issue_areas.all()))) == ("Harbour Tenants' Union", ["Housing", "Jobs"])
    assert everything_else() != before
    back = merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    assert (back.pk, back.public_id) == (lost.pk, lost.public_id)
    assert everything_else() == before


def test_what_was_changed_since_stays_when_a_merge_is_undone(people, pair):
    kept, lost = pair
    made = merge(kept, lost)
    kept.refresh_from_db()
    directory.save_organization(organization=kept, by=SYSTEM, fields={"website": "https://new.example.org"})
    kept.contacts.create(name="New desk", email="new@example.org")
    back = merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    kept.refresh_from_db()
    assert (kept.website, back.website) == ("https://new.example.org", "https://harbor.example.org")
    assert [one.name for one in kept.contacts.all()] == ["New desk"]


def test_a_merge_is_undone_once_and_only_for_a_time(people, pair):
    kept, lost = pair
    made = merge(kept, lost)
    merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    with pytest.raises(ValidationError, match="can no longer be undone"):
        merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    late = merge(kept, lost)
    Merge.objects.filter(pk=late.pk).update(at=clock.now() - merges.KEPT)
    assert merges.delete_expired() == 1
    with pytest.raises(ValidationError, match="can no longer be undone"):
        merging.undo_merge(merge=late, kept=kept, by=SYSTEM)


def test_something_new_in_its_place_is_said_and_nothing_is_written(people, pair):
    kept, lost = pair
    lost.identifiers.create(scheme="ein", value="12-3456789")
    made = merge(kept, lost)
    lost_pk = lost.pk
    Organization.objects.filter(pk=kept.pk).update(public_id=lost.public_id)  # as if the id were used again
    with pytest.raises(ValidationError, match="prevents this"):
        merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    assert not Organization.objects.filter(pk=lost_pk).exists()
    Organization.objects.filter(pk=kept.pk).update(public_id=kept.public_id)


def test_the_old_id_leads_to_the_kept_one_over_several_merges(people, pair):
    kept, lost = pair
    third = make_organization("Harbor Renters", kept_by=people.office)
    merge(kept, lost)
    merge(third, kept)
    with pytest.raises(MergedInto) as moved:
        organization_of(None, lost.public_id)
    assert moved.value.public_id == third.public_id
    directory.save_organization(organization=third, by=SYSTEM, fields={"listing": "unlisted"})
    with pytest.raises(NotFound) as missing:
        organization_of(None, lost.public_id)
    assert not isinstance(missing.value, MergedInto)


@pytest.mark.both
def test_sync_search_and_documents_follow(people, pair):
    kept, lost = pair
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(lost, "member")])
    made = merge(kept, lost)
    assert Tombstone.objects.get(resource="organization").public_id == lost.public_id
    assert not SearchEntry.objects.filter(resource="organization", record_id=lost.pk).exists()
    body = Publication.objects.get(partnership=partnership).body
    assert (kept.public_id in body, lost.public_id in body) == (True, False)
    merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    assert not Tombstone.objects.filter(resource="organization").exists()
    assert SearchEntry.objects.get(resource="organization", record_id=lost.pk).is_public
    assert lost.public_id in Publication.objects.get(partnership=partnership).body
    assert PublicFacets.objects.filter(partnership=partnership).exists()


def test_the_log_has_no_gap(people, pair):
    """Each changed record has one more entry, all with the same request id."""
    kept, lost = pair
    partnership = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(lost, "member")])
    version = partnership.version
    last = Change.objects.latest("pk").pk
    merge(kept, lost, by=people.administrator, why="The same desk and the same people.")
    new = Change.objects.filter(pk__gt=last).order_by("pk")
    assert sorted((one.record_type, one.record_id, one.verb) for one in new) == [
        ("organization", kept.pk, "merge"),
        ("organization", lost.pk, "merged"),
        ("partnership", partnership.pk, "update"),
    ]
    assert len({one.request_id for one in new}) == 1
    assert {one.by for one in new} == {people.administrator}
    partnership.refresh_from_db()
    assert partnership.version == version + 1
    assert lost.name not in new.get(record_type="partnership").why


def test_merging_shows_nothing_to_more_readers(people):
    kept = make_organization("Open house", listing="profiled", kept_by=people.office)
    lost = make_organization("Closed house", listing="unlisted", kept_by=people.office, aims="A secret plan.")
    lost.contacts.create(name="Desk", email="desk@example.org", visible_to="public")
    merge(kept, lost)
    kept.refresh_from_db()
    assert (kept.listing, kept.aims, kept.reader_of("aims")) == ("profiled", "A secret plan.", "staff")
    assert kept.contacts.get().visible_to == "staff"


class Neighbors:
    """One office keeps the lost record. An editor of that office also manages the kept one, which has other users."""

    def __init__(self, people):
        self.kept = make_organization("Open house", "profiled")
        self.lost = make_organization("Closed house", "profiled", kept_by=people.office)
        self.by = people.editor
        Membership.objects.create(person=self.by, organization=self.kept, role="manager")
        self.other = people.other_partner
        Membership.objects.create(person=self.other, organization=self.kept, role="reader")

    def reads(self, person):
        rows = contacts_visible_to(type(person).objects.get(pk=person.pk))
        return set(rows.values_list("name", flat=True))


@pytest.mark.parametrize("visible_to", ["staff", "partners"])
def test_a_merge_shows_no_contact_to_the_people_of_the_kept_one(people, visible_to):
    here = Neighbors(people)
    here.lost.contacts.create(name="Director", email="director@example.org", visible_to=visible_to)
    here.lost.contacts.create(name="Front desk", visible_to="public")
    assert here.reads(here.other) == {"Front desk"}
    with pytest.raises(ValidationError, match="A manager of Closed house can merge the two"):
        merging.merge(kept=here.kept, lost=here.lost, by=here.by, versions=(None, None))
    assert here.reads(here.other) == {"Front desk"}
    here.lost.contacts.get(name="Director").delete()
    merging.merge(kept=here.kept, lost=here.lost, by=here.by, versions=(None, None))
    assert here.reads(here.other) == {"Front desk"}


def test_a_manager_of_the_lost_one_brings_its_contacts_along(people):
    here = Neighbors(people)
    here.lost.contacts.create(name="Director", email="director@example.org")
    Membership.objects.create(person=here.by, organization=here.lost, role="manager")
    merging.merge(kept=here.kept, lost=here.lost, by=here.by, versions=(None, None))
    assert here.reads(here.other) == {"Director"}


def test_a_contact_for_partners_is_for_no_new_partner_after_a_merge(people, pair):
    """Contacts of both records: the partners of each are now partners of the kept one. Undoing the merge opens them again."""
    for n, one in enumerate(pair):
        Organization.objects.filter(pk=one.pk).update(listing="profiled")
        one.contacts.create(name=f"Desk {n}", visible_to="partners")
        lead = (people.office, people.other_office)[n]
        make_partnership(f"Table {n}", lead=lead, parties=[party(lead, "lead"), party(one)])
    reads = Neighbors.reads
    assert (reads(None, people.editor) >= {"Desk 0", "Desk 1"}, reads(None, people.other_editor)) == (True, {"Desk 1"})
    made = merge(*pair)
    assert reads(None, people.other_editor) == set()
    assert reads(None, people.editor) >= {"Desk 0", "Desk 1"}  # its office keeps both records
    merging.undo_merge(merge=made, kept=Organization.objects.get(pk=pair[0].pk), by=SYSTEM)
    assert reads(None, people.other_editor) == {"Desk 1"}


def test_another_office_comes_to_read_no_contact_by_a_merge(people):
    kept = make_organization("Open house", kept_by=people.other_office)
    lost = make_organization("Closed house", kept_by=people.office, contacts=[{"name": "Director"}])
    with pytest.raises(ValidationError, match="contacts of Closed house"):
        merge(kept, lost)


def test_a_contact_who_is_there_already_is_not_kept_twice_unless_something_names_it(people, pair):
    kept, lost = pair
    kept.contacts.create(name="Desk", email="desk@example.org")
    lost.contacts.create(name="Same desk", email="DESK@example.org")
    asked = lost.contacts.create(name="Asked desk", email="desk@example.org")
    make_meeting(make_partnership(lead=people.office), people=[asked])
    merge(kept, lost)
    assert sorted(one.name for one in kept.contacts.all()) == ["Asked desk", "Desk"]


def test_departments_become_one_with_all_below_them(people):
    top = make_department(people.office, "Housing")
    kept = make_department(people.office, "Housing office", parent=top)
    unit = make_department(people.office, "Tenant help", parent=top)
    deep = make_department(people.office, "Night line", parent=unit)
    before = everything_else()
    made = merge(kept, top)
    for one in (kept, unit, deep):
        one.refresh_from_db()
    assert (kept.parent, unit.parent, deep.parent) == (None, kept, unit)
    assert (kept.path, unit.path) == (f"/{kept.pk}/", f"/{kept.pk}/{unit.pk}/")
    assert deep.path == f"/{kept.pk}/{unit.pk}/{deep.pk}/"
    merging.undo_merge(merge=made, kept=kept, by=SYSTEM)
    assert everything_else() == before


@pytest.mark.parametrize("role", ["reader", "other_editor", "partner", "stranger"])
def test_who_may_not_edit_both_may_not_merge_them(people, pair, role):
    kept, lost = pair
    with pytest.raises(NotAllowed):
        merge(kept, lost, by=getattr(people, role))
    assert Organization.objects.filter(pk=lost.pk).exists()


def test_an_organization_that_keeps_its_own_record_is_merged_by_its_manager_or_an_administrator(people, pair):
    kept, lost = pair
    Membership.objects.create(person=people.partner, organization=lost, role="editor")
    with pytest.raises(NotAllowed):
        merge(kept, lost, by=people.editor)
    with pytest.raises(NotAllowed):
        merge(kept, lost, by=people.partner)
    assert merge(kept, lost, by=people.administrator).lost_name == "Harbour Tenants' Union"


def test_the_office_may_as_long_as_it_keeps_both(people, pair):
    assert merge(*pair, by=people.editor).by == people.editor


def test_what_cannot_be_merged_gets_an_error(people, pair):
    kept, _ = pair
    with pytest.raises(ValidationError, match="the same record"):
        merge(kept, kept)
    business = make_organization("Harbor Bank", side="institution", kept_by=people.office)
    with pytest.raises(ValidationError, match="different sides"):
        merge(kept, business)
    here, there = make_department(people.office, "Housing"), make_department(people.other_office, "Housing")
    with pytest.raises(ValidationError, match="different jurisdictions"):
        merge(here, there)


def test_a_person_who_saw_another_version_gets_an_error(people, pair):
    kept, lost = pair
    with pytest.raises(EditConflict):
        merging.merge(kept=kept, lost=lost, by=SYSTEM, versions=(kept.version, lost.version - 1))
    assert Organization.objects.filter(pk=lost.pk).exists()


def test_a_merge_is_not_undone_once_someone_in_it_is_erased(people, pair):
    from partnerships.records.privacy import erase_contact

    kept, lost = pair
    lost.contacts.create(name="Old name", email="desk@example.org")
    kept.contacts.create(name="Desk", email="desk@example.org")
    made = merge(kept, lost)
    erase_contact(contact=Contact.objects.get(organization=kept), by=SYSTEM)
    made.refresh_from_db()
    assert made.steps == []
    log = str(list(Change.objects.values_list("before", "after")))
    assert "desk@example.org" not in log.lower()
    assert "Old name" not in log
    with pytest.raises(NotFound):
        get_or_not_found(Organization.objects.none(), lost.public_id)
