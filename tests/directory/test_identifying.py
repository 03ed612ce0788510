"""An identifier is a claim until another record-keeper or a source confirms it, and never shows that the registry holds a
record that one may not know of.
"""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.core.errors import EditConflict, NotAllowed, ValidationError
from partnerships.directory.actions import save_department, save_jurisdiction, save_organization
from partnerships.directory.duplicates import known_facts, similar_organizations
from partnerships.directory.identifying import (
    confirm_identifier,
    match_numbers,
    sharing,
    withdraw_confirmation,
)
from partnerships.directory.reference import all_places
from partnerships.models import Change, Identifier, Organization
from partnerships.records import merging
from partnerships.records.splitting import split
from partnerships.records.undoing import plan_for, undo
from tests.factories import make_department, make_jurisdiction, make_person

pytestmark = pytest.mark.django_db
EIN, AS_TYPED = "12-3456789", "123456789"


def number(value=EIN, scheme="ein"):
    return [{"scheme": scheme, "value": value}]


@pytest.fixture
def hidden_group(people):
    return save_organization(by=SYSTEM, fields={"name": "Hidden", "kept_by": people.other_office}, identifiers=number())


def save_with_number(value=EIN, *, by, record=None, name="Second"):
    """Save a record with this number, and say of those that have it that they are others."""
    fields = {} if record else {"name": name, "kept_by": by.memberships.first().jurisdiction}
    others = {"not_duplicates": Organization.objects.all(), "distinct_because": "They share a number"}
    return save_organization(organization=record, by=by, fields=fields, identifiers=number(value), **others)


@pytest.fixture
def county_editor():
    """An editor of an office that keeps none of the records."""
    person = make_person("county@example.org", name="County's editor")
    make_jurisdiction("Hennepin County").memberships.create(person=person, role="editor")
    return person


def confirm_number(record, *, by):
    """Confirm the record's number for another office, which may read its open profile."""
    save_organization(organization=record, by=SYSTEM, fields={"listing": "profiled"})
    return confirm_identifier(identifier=record.identifiers.get(), by=by)


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def confirmed(record):
    return list(record.identifiers.values_list("is_confirmed", flat=True))


@pytest.mark.both
@pytest.mark.parametrize("value", [EIN, AS_TYPED])
@pytest.mark.parametrize("listing", ["unlisted", "named"])
def test_a_number_of_a_record_that_one_may_not_read_is_taken_all_the_same(people, hidden_group, value, listing):
    save_organization(organization=hidden_group, by=SYSTEM, fields={"listing": listing})
    second = save_with_number(value, by=people.editor)
    assert second.identifiers.get().value == EIN
    assert (confirmed(hidden_group), confirmed(second)) == ([True], [False])
    assert second.version == 1


def test_what_is_no_ein_uei_or_ocd_id_is_refused_and_others_are_kept_in_one_spelling(people):
    rows = number("12 3456789") + number("ab12cd34ef56", "uei") + number("2743000", "geoid")
    saved = save_organization(by=people.editor, fields={"name": "New", "kept_by": people.office}, identifiers=rows)
    assert [one["value"] for one in saved.identifiers.values("value")] == [EIN, "2743000", "AB12CD34EF56"]
    for value, scheme, error in (
        ("12-345", "ein", "“12-345” isn’t an EIN. An EIN has nine digits, such as 12-3456789."),
        ("AB12", "uei", "“AB12” isn’t a UEI. A UEI has twelve letters and digits."),
        (
            "41-16012",
            "ocd",
            "“41-16012” isn’t an OCD division id, such as ocd-division/country:us/state:mn/place:minneapolis.",
        ),
    ):
        with pytest.raises(ValidationError) as problem:
            save_organization(organization=saved, by=people.editor, fields={}, identifiers=number(value, scheme))
        assert problem.value.message_dict == {"identifiers-0-value": [error]}


@pytest.mark.parametrize("again", [EIN, AS_TYPED, " 12 3456789"])
def test_a_number_that_is_listed_twice_is_refused_in_plain_words(people, again):
    fields = {"name": "Twice", "kept_by": people.office}
    with pytest.raises(ValidationError) as refused:
        save_organization(by=people.editor, fields=fields, identifiers=number() + number(again))
    assert refused.value.message_dict == {"identifiers-1-value": ["12-3456789 is listed twice. Keep only one."]}


def test_a_number_from_before_it_was_checked_stays(people):
    saved = save_organization(by=people.editor, fields={"name": "New", "kept_by": people.office})
    saved.identifiers.create(scheme="ein", value="12-345")
    for rows in (number("12-345"), number("12-345") + number("2743000", "geoid")):
        save_organization(organization=saved, by=people.editor, fields={}, identifiers=rows)
    assert [one["value"] for one in saved.identifiers.values("value")] == ["12-345", "2743000"]


def test_a_visible_record_is_named_in_the_error_at_the_field(people, hidden_group):
    save_organization(organization=hidden_group, by=SYSTEM, fields={"listing": "profiled"})
    for value in (EIN, AS_TYPED):
        with pytest.raises(ValidationError) as problem:
            save_with_number(value, by=people.editor)
        error = (
            f"Hidden ({hidden_group.public_id}) already has this number. Check the number, or merge the two records."
        )
        assert problem.value.message_dict == {"identifiers-0-value": [error]}


def test_the_operator_and_an_administrator_read_all(people, hidden_group):
    for by in (SYSTEM, people.administrator):
        with pytest.raises(ValidationError):
            save_organization(by=by, fields={"name": "Second"}, identifiers=number())


def test_a_third_record_has_it_too_as_long_as_no_one_confirmed_the_second(people, hidden_group, county_editor):
    second = save_with_number(by=people.editor)
    assert confirmed(save_with_number(by=people.editor, name="Third")) == [False]
    confirm_number(second, by=county_editor)
    with pytest.raises(ValidationError, match="Second"):
        save_with_number(by=people.editor, name="Fourth")


def test_both_of_one_office_are_reported_on_their_pages_and_as_possible_duplicates(client, people, hidden_group):
    second = save_with_number(by=people.editor)
    save_organization(organization=second, by=SYSTEM, fields={"listing": "profiled"})
    rows = hidden_group.identifiers.all()
    assert sharing(people.other_editor, hidden_group, rows) == {("ein", EIN): [second]}
    known = known_facts(people.other_editor, [hidden_group])
    found = similar_organizations(people.other_editor, known[hidden_group.pk], exclude=hidden_group)
    assert [one.record for one in found] == [second]
    client.force_login(people.other_editor)
    html = client.get(f"/organizations/{hidden_group.public_id}/").content.decode()
    assert re.search(rf'merge the two:\s*<a href="/organizations/{second.public_id}/">Second</a>', html)


def test_an_office_that_keeps_only_one_of_them_learns_nothing(client, people, hidden_group):
    second = save_with_number(by=people.editor)
    assert sharing(people.editor, second, second.identifiers.all()) == {}
    client.force_login(people.editor)
    for page in ("", "history/", "edit/"):
        html = client.get(f"/organizations/{second.public_id}/{page}").content.decode()
        assert "Another record" not in html
        assert "Confirmed" not in html
    entry = Change.objects.filter(record_id=second.pk, record_type="organization").latest("pk")
    assert entry.after["identifiers"] == number()


def test_saving_it_again_asks_nothing_even_once_both_are_read(people, hidden_group):
    second = save_with_number(by=people.editor)
    save_organization(organization=hidden_group, by=SYSTEM, fields={"listing": "profiled"})
    rows = [{"id": row.pk, "scheme": row.scheme, "value": row.value} for row in second.identifiers.all()]
    saved = save_organization(organization=second, by=people.editor, fields={"aims": "Homes"}, identifiers=rows)
    assert (saved.aims, confirmed(saved)) == ("Homes", [False])


@pytest.mark.both
def test_a_changed_number_is_unconfirmed_again_and_no_one_else_gets_the_former_one_confirmed(people, hidden_group):
    second = save_with_number(by=people.editor)
    save_organization(organization=hidden_group, by=people.other_editor, fields={}, identifiers=number("98-7654321"))
    assert (confirmed(hidden_group), confirmed(second), second.version) == ([False], [False], 1)


def test_another_spelling_of_a_confirmed_number_stays_confirmed(people, hidden_group):
    save_organization(organization=hidden_group, by=people.other_editor, fields={}, identifiers=number(AS_TYPED))
    assert confirmed(hidden_group) == [True]


def test_no_claim_keeps_a_government_from_its_own_number(people):
    claimed = save_organization(
        by=people.editor, fields={"name": "Claims", "kept_by": people.office}, identifiers=number("2743000", "geoid")
    )
    save_jurisdiction(jurisdiction=people.office, by=people.editor, fields={}, identifiers=number("2743000", "geoid"))
    assert (confirmed(claimed), confirmed(people.office)) == ([False], [False])


def test_the_reference_list_confirms_the_number_of_a_place_of_its_name(people):
    minneapolis = next(place for place in all_places() if place.name == "Minneapolis" and place.state == "MN")
    rows = number(minneapolis.ocd, "ocd")
    for name, expected in (("Bloomington", False), ("Minneapolis", True)):
        people.office.identifiers.all().delete()
        fields = {"name": name, "state": "MN"}
        save_jurisdiction(jurisdiction=people.office, by=people.administrator, fields=fields, identifiers=rows)
        assert confirmed(people.office) == [expected]


@pytest.fixture
def typed_by_its_people(people):
    """The organization's own EIN, as its people typed it. The office keeps its record."""
    save_organization(organization=people.organization, by=SYSTEM, fields={"kept_by": people.office})
    own = save_organization(organization=people.organization, by=people.partner, fields={}, identifiers=number())
    assert confirmed(own) == [False]
    return own.identifiers.get()


@pytest.mark.both
def test_the_office_confirms_what_an_organization_typed_and_history_says_so(people, typed_by_its_people):
    own = people.organization
    own.refresh_from_db()
    versions = own.version, own.public_version
    row = confirm_identifier(identifier=typed_by_its_people, by=people.editor, version=own.version)
    own.refresh_from_db()
    assert (row.is_confirmed, row.confirmed_for, row.confirmed_source) == (True, people.office, "")
    assert (own.version, own.public_version) == tuple(version + 1 for version in versions)
    entry = Change.objects.filter(record_id=own.pk, record_type="organization").latest("pk")
    assert (entry.verb, entry.by, entry.before, entry.after) == (
        "number",
        people.editor,
        {"confirmed_identifiers": []},
        {"confirmed_identifiers": number()},
    )


def test_no_record_keeper_confirms_its_own_claim(people, typed_by_its_people):
    for by in (people.partner, people.reader, people.administrator):
        with pytest.raises(NotAllowed):
            confirm_identifier(identifier=typed_by_its_people, by=by)
    typed_by_the_office = save_with_number("98-7654321", by=people.editor).identifiers.get()
    colleague = make_person("desk@example.org")
    people.office.memberships.create(person=colleague, role="editor")
    for by in (people.editor, colleague):
        with pytest.raises(NotAllowed):
            confirm_identifier(identifier=typed_by_the_office, by=by)


def test_who_works_for_both_speaks_for_both(people, typed_by_its_people):
    people.office.memberships.create(person=people.partner, role="editor")
    with pytest.raises(NotAllowed):
        confirm_identifier(identifier=typed_by_its_people, by=people.editor)
    people.office.memberships.filter(person=people.partner).delete()
    people.organization.memberships.create(person=people.editor, role="reader")
    with pytest.raises(NotAllowed):
        confirm_identifier(identifier=typed_by_its_people, by=fresh(people.editor))


def test_a_number_that_changed_since_the_page_was_read_is_not_confirmed(people, typed_by_its_people):
    version = people.organization.version
    save_organization(organization=people.organization, by=people.partner, fields={"aims": "Homes"})
    with pytest.raises(EditConflict):
        confirm_identifier(identifier=typed_by_its_people, by=people.editor, version=version)


def test_a_withdrawn_confirmation_comes_back_by_no_undo(people, typed_by_its_people):
    confirm_identifier(identifier=typed_by_its_people, by=people.editor)
    for by in (people.partner, people.other_editor):
        with pytest.raises(NotAllowed):
            withdraw_confirmation(identifier=typed_by_its_people, by=by)
    withdraw_confirmation(identifier=typed_by_its_people, by=people.editor)
    own = people.organization
    for entry in Change.objects.filter(record_id=own.pk, record_type="organization", verb__endswith="number"):
        assert plan_for(people.partner, own, entry).wanted == {}
    save_organization(organization=own, by=people.partner, fields={}, identifiers=[])
    entry = Change.objects.filter(record_id=own.pk, record_type="organization").latest("pk")
    for by in (people.partner, SYSTEM):
        own = fresh(own)
        own.identifiers.all().delete()
        seen = plan_for(by, own, entry).wanted
        undo(record=own, change=entry, by=by, version=own.version, seen=seen)
        assert confirmed(own) == [False]


def test_the_office_sees_a_task_and_presses_once(client, people, typed_by_its_people):
    client.force_login(people.editor)
    page = client.get("/").content.decode()
    assert "1 number to check" in page
    assert 'href="/numbers/"' in page
    html = client.get("/numbers/").content.decode()
    assert f'<a href="{people.organization.get_absolute_url()}">' in html
    people.organization.refresh_from_db()
    pressed = {"version": people.organization.version}
    answer = client.post(f"/numbers/{typed_by_its_people.pk}/confirm/", pressed | {"in_list": "yes"})
    assert (answer.status_code, answer.url) == (302, "/numbers/")
    assert confirmed(people.organization) == [True]
    html = client.get(people.organization.get_absolute_url()).content.decode()
    assert f"Confirmed by {people.office} on" in html
    assert "1 number to check" not in client.get("/").content.decode()
    people.organization.refresh_from_db()
    pressed = {"version": people.organization.version}
    assert client.post(f"/numbers/{typed_by_its_people.pk}/withdraw/", pressed).status_code == 302
    assert confirmed(people.organization) == [False]


def test_a_number_confirmed_where_one_may_not_read_is_confirmed_elsewhere_all_the_same(
    people, hidden_group, county_editor
):
    second = save_with_number(by=people.editor)
    confirm_number(second, by=county_editor)
    assert (confirmed(hidden_group), confirmed(second)) == ([True], [True])
    row = second.identifiers.get()
    withdraw_confirmation(identifier=row, by=county_editor)
    save_organization(organization=hidden_group, by=SYSTEM, fields={"listing": "profiled"})
    with pytest.raises(ValidationError, match="Hidden"):
        confirm_identifier(identifier=row, by=county_editor)


@pytest.mark.parametrize(
    ("name", "is_match"), [("Second", True), ("SECOND, Inc.", True), ("Other homes", False), ("", False)]
)
def test_a_number_alone_is_a_question(people, name, is_match):
    second = save_with_number(by=people.editor)
    match = match_numbers(people.editor, [("ein", AS_TYPED)], name, Organization)
    assert (match.records, match.candidates) == (([second], []) if is_match else ([], [second]))
    assert match_numbers(people.editor, [("ein", EIN)], name, Organization, distinct=[second]).candidates == []


def test_a_confirmed_number_finds_a_record_for_a_row_without_a_name_only(people, hidden_group):
    for name, found in (("", [hidden_group]), ("Other homes", [])):
        assert match_numbers(people.other_editor, [("ein", EIN)], name, Organization).records == found


def test_departments_show_as_little(people, hidden_group):
    department = make_department(people.office)
    saved = save_department(department=department, by=people.editor, fields={}, identifiers=number())
    assert confirmed(saved) == [False]


@pytest.mark.both
def test_two_merged_records_have_it_confirmed_once_and_as_before_after_the_undo(people, hidden_group):
    second = save_with_number(by=people.editor)
    made = merging.merge(kept=second, lost=hidden_group, by=people.administrator, versions=(None, None))
    assert confirmed(second) == [True]
    lost = merging.undo_merge(merge=made, kept=second, by=people.administrator)
    assert (confirmed(second), confirmed(lost)) == ([False], [True])


@pytest.mark.both
def test_a_merge_confirms_nothing_and_its_undo_unconfirms_what_was_confirmed_for_both(people, county_editor):
    first, second = save_with_number(by=people.editor, name="First"), save_with_number(by=people.editor)
    made = merging.merge(kept=second, lost=first, by=people.editor, versions=(None, None))
    assert confirmed(second) == [False]
    confirm_number(second, by=county_editor)
    lost = merging.undo_merge(merge=made, kept=second, by=people.editor)
    assert (confirmed(second), confirmed(lost)) == ([False], [False])


def test_an_undone_merge_revives_no_confirmation_that_was_withdrawn(people, hidden_group):
    second = save_with_number(by=people.editor)
    made = merging.merge(kept=second, lost=hidden_group, by=people.administrator, versions=(None, None))
    withdraw_confirmation(identifier=second.identifiers.get(), by=people.administrator)
    lost = merging.undo_merge(merge=made, kept=second, by=people.administrator)
    assert (confirmed(second), confirmed(lost)) == ([False], [False])


def test_a_confirmed_number_that_is_split_off_is_a_claim_for_the_new_name(people, hidden_group):
    going = {"identifiers": [row.pk for row in hidden_group.identifiers.all()]}
    new = split(record=hidden_group, by=people.other_editor, version=None, name="Other", going=going)
    assert (confirmed(new), new.identifiers.get().stated_by) == ([False], people.other_editor)


def test_a_number_that_is_split_off_stays_as_it_is(people, hidden_group):
    second = save_with_number(by=people.editor)
    going = {"identifiers": [row.pk for row in second.identifiers.all()]}
    new = split(record=second, by=people.editor, version=None, name="Other", going=going)
    assert (confirmed(new), confirmed(second)) == ([False], [])


def test_an_undo_reverses_it_and_a_second_one_restores_it(people, hidden_group):
    second = save_with_number("98-7654321", by=people.editor)
    rows = [{"id": row.pk, "scheme": "ein", "value": EIN} for row in second.identifiers.all()]
    save_organization(organization=second, by=people.editor, fields={}, identifiers=rows)
    assert confirmed(second) == [False]
    for value in ("98-7654321", EIN):
        change = Change.objects.filter(record_id=second.pk, record_type="organization").latest("pk")
        second.refresh_from_db()
        seen = plan_for(people.editor, second, change).wanted
        second = undo(record=second, change=change, by=people.editor, version=second.version, seen=seen)
        row = second.identifiers.get()
        assert (row.value, row.is_confirmed) == (value, False)


@pytest.mark.both
def test_the_database_holds_one_a_record(people, hidden_group):
    with pytest.raises(IntegrityError), transaction.atomic():
        Identifier(organization=hidden_group, scheme="ein", value=EIN).save()
    Identifier(department=make_department(), scheme="ein", value=EIN, is_confirmed=True).save()


def test_the_form_takes_it_and_says_nothing(client, people, hidden_group):
    client.force_login(people.editor)
    typed = {"name": "Second", "side": "community", "listing": "unlisted", "kept_by": people.office.pk}
    typed |= {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}
    typed |= {"identifiers-TOTAL_FORMS": "1", "identifiers-INITIAL_FORMS": "0"}
    typed |= {"identifiers-0-scheme": "ein", "identifiers-0-value": EIN}
    assert client.post(reverse("organization_new"), typed).status_code == 302
