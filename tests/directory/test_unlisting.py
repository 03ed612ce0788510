"""Only its own people can list an organization again that unlisted itself: no office, undo or merge can."""

import pytest

from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, PossibleDuplicates, ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Email, Membership, Organization
from partnerships.notifications.emails import render
from partnerships.notifications.recipients import find
from partnerships.records import merging
from partnerships.records.splitting import split
from partnerships.records.undoing import plan_for
from tests.factories import make_organization
from tests.importing.files import as_csv, bring, write

pytestmark = pytest.mark.django_db
SOURCE = {"listing": "named", "listing_source": "A report"}


@pytest.fixture
def withdrawn(people):
    """Listed by its office, and unlisted by its own editor, who has left since."""
    group = people.organization
    save_organization(organization=group, by=SYSTEM, fields={"kept_by": people.office, **SOURCE})
    group = save_organization(organization=group, by=people.partner, fields={"listing": "unlisted"})
    Membership.objects.filter(organization=group).delete()
    return group


def test_it_is_its_own_word(withdrawn):
    assert (withdrawn.listing, withdrawn.has_withdrawn) == ("unlisted", True)


@pytest.mark.parametrize("listing", ["named", "profiled"])
@pytest.mark.parametrize("role", ["editor", "administrator", "other_editor"])
def test_no_one_else_lists_it(people, withdrawn, role, listing):
    with pytest.raises((ValidationError, NotAllowed)):
        save_organization(organization=withdrawn, by=getattr(people, role), fields=SOURCE | {"listing": listing})
    withdrawn.refresh_from_db()
    assert withdrawn.listing == "unlisted"


def test_the_office_keeps_the_rest_of_the_record(people, withdrawn):
    saved = save_organization(organization=withdrawn, by=people.editor, fields={"aims": "Homes", "listing": "unlisted"})
    assert (saved.aims, saved.has_withdrawn) == ("Homes", True)


def test_no_undo_lists_it(people, withdrawn):
    change = Change.objects.filter(record_type="organization", after__listing="unlisted").latest("pk")
    for by in (people.editor, people.administrator):
        plan = plan_for(by, withdrawn, change)
        assert list(plan.wanted) == []


def test_no_import_lists_it(people, withdrawn):
    rows = as_csv(
        ["Id", "Name", "Listing", "Listing source"], [withdrawn.public_id, withdrawn.name, "Named only", "A list"]
    )
    file_import = bring(people.editor, people.office, rows)
    done = write(people.editor, file_import)
    assert (done.state, "unlisted itself" in str(done.result)) == ("failed", True)


def test_no_second_record_of_the_same_name_lists_it(people, withdrawn):
    fields = SOURCE | {"name": withdrawn.name.upper(), "kept_by": people.office}
    with pytest.raises(ValidationError, match="unlisted itself"):
        save_organization(by=people.editor, fields=fields)
    with pytest.raises(PossibleDuplicates) as asked:
        save_organization(by=people.editor, fields=fields | {"listing": "unlisted"})
    assert [one.record for one in asked.value.duplicates] == [withdrawn]
    made = make_organization(withdrawn.name, "unlisted", kept_by=people.office)
    with pytest.raises(ValidationError, match="unlisted itself"):
        save_organization(organization=made, by=people.editor, fields=SOURCE)


def test_two_that_truly_share_a_name(people, withdrawn):
    """The office says why it's a different one, and the people of the other are told how to object."""
    withdrawn.contacts.create(name="Office of the group", email="group@example.org")
    fields = SOURCE | {"name": withdrawn.name, "kept_by": people.office}
    with pytest.raises(ValidationError, match="unlisted itself"):
        save_organization(by=people.editor, fields=fields, not_duplicates=[withdrawn], distinct_because=" ")
    made = save_organization(
        by=people.editor, fields=fields, not_duplicates=[withdrawn], distinct_because="In another city"
    )
    assert (made.listing, Change.objects.latest("pk").why) == ("named", "In another city")
    assert Email.objects.get(kind="name_alike").recipient == f"contact:{withdrawn.contacts.get().pk}"
    made = save_organization(organization=made, by=people.editor, fields={"listing": "unlisted"})
    assert save_organization(organization=made, by=people.editor, fields=SOURCE).listing == "named"


def test_no_listed_record_gets_its_name(people, withdrawn):
    """By a new name, or by a merge with a record of that name, which no office lists."""
    other = save_organization(by=people.editor, fields=SOURCE | {"name": "Block club", "kept_by": people.office})
    for name in (withdrawn.name, withdrawn.name.upper()):
        with pytest.raises(ValidationError, match="unlisted itself") as refused:
            save_organization(organization=other, by=people.editor, fields={"name": name})
        assert [*refused.value.message_dict] == ["name"]
    second = make_organization(withdrawn.name, "unlisted", kept_by=people.office)
    with pytest.raises(ValidationError, match="unlisted itself"):
        merging.merge(kept=other, lost=second, by=people.editor, versions=(None, None), take={"name": "other"})
    other = save_organization(organization=other, by=people.editor, fields={"listing": "unlisted"})
    with pytest.raises(PossibleDuplicates):
        save_organization(organization=other, by=people.editor, fields={"name": withdrawn.name})


def test_an_office_that_may_not_know_of_it_learns_nothing(people, withdrawn):
    withdrawn.contacts.create(name="Office of the group", email="group@example.org")
    fields = SOURCE | {"name": withdrawn.name, "kept_by": people.other_office}
    made = save_organization(by=people.other_editor, fields=fields)
    assert made.listing == "named"
    email = Email.objects.get(kind="name_alike")
    assert email.recipient == f"contact:{withdrawn.contacts.get().pk}"
    assert made.name in render(email, find(email.recipient)).text


def test_no_split_lists_what_was_a_part_of_it(people, withdrawn):
    withdrawn.identifiers.create(scheme="ein", value="12-3456789")
    going = {"identifiers": [row.pk for row in withdrawn.identifiers.all()]}
    part = split(record=withdrawn, by=people.editor, version=None, name="Part of it", going=going)
    with pytest.raises(ValidationError, match="unlisted itself"):
        save_organization(organization=part, by=people.editor, fields=SOURCE)


@pytest.mark.both
def test_no_merge_lists_it(people, withdrawn):
    other = make_organization("Tenants", "named", kept_by=people.office, listing_source="A report")
    with pytest.raises(ValidationError, match="unlisted itself"):
        merging.merge(kept=other, lost=withdrawn, by=people.editor, versions=(None, None))
    other = save_organization(organization=other, by=people.editor, fields={"listing": "unlisted"})
    merging.merge(kept=other, lost=withdrawn, by=people.editor, versions=(None, None))
    other.refresh_from_db()
    with pytest.raises(ValidationError, match="unlisted itself"):
        save_organization(organization=other, by=people.editor, fields=SOURCE)


def test_its_own_people_list_it_again_and_then_the_office_may_keep_on(people, withdrawn):
    withdrawn.memberships.create(person=people.other_partner, role="editor")
    saved = save_organization(organization=withdrawn, by=people.other_partner, fields={"listing": "named"})
    assert (saved.listing, saved.has_withdrawn) == ("named", False)
    Membership.objects.filter(organization=saved).delete()
    for listing in ("unlisted", "named"):
        saved = save_organization(organization=saved, by=people.editor, fields={"listing": listing})
    assert Organization.objects.get(pk=saved.pk).listing == "named"


def test_the_form_shows_the_error_at_the_field(client, people, withdrawn):
    client.force_login(people.editor)
    typed = {"name": withdrawn.name, "side": "community", "kept_by": people.office.pk, "version": withdrawn.version}
    typed |= {f"{name}-{n}": "0" for name in ("contacts", "identifiers") for n in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = client.post(f"/organizations/{withdrawn.public_id}/edit/", typed | SOURCE)
    assert answer.status_code == 422
    assert "This organization unlisted itself." in str(answer.context["form"].errors["listing"])
