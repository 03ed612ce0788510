"""An identifier never shows that the registry holds a record that one may not know of."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory.actions import save_department, save_jurisdiction, save_organization
from partnerships.directory.duplicates import known_facts, similar_organizations
from partnerships.directory.identifying import sharing
from partnerships.models import Change, Identifier
from partnerships.records import merging
from partnerships.records.splitting import split
from partnerships.records.undoing import plan_for, undo
from tests.factories import make_department

pytestmark = pytest.mark.django_db
EIN, AS_TYPED = "12-3456789", "123456789"


def number(value=EIN, scheme="ein"):
    return [{"scheme": scheme, "value": value}]


@pytest.fixture
def hidden_group(people):
    return save_organization(by=SYSTEM, fields={"name": "Hidden", "kept_by": people.other_office}, identifiers=number())


def save_with_number(value=EIN, *, by, record=None, name="Second"):
    fields = {} if record else {"name": name, "kept_by": by.memberships.first().jurisdiction}
    return save_organization(organization=record, by=by, fields=fields, identifiers=number(value))


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


def test_what_is_no_ein_or_uei_is_refused_and_others_are_kept_in_one_spelling(people):
    rows = number("12 3456789") + number("ab12cd34ef56", "uei") + number("2743000", "geoid")
    saved = save_organization(by=people.editor, fields={"name": "New", "kept_by": people.office}, identifiers=rows)
    assert [one["value"] for one in saved.identifiers.values("value")] == [EIN, "2743000", "AB12CD34EF56"]
    for value, scheme, error in (
        ("12-345", "ein", "“12-345” isn’t an EIN. An EIN has nine digits, such as 12-3456789."),
        ("AB12", "uei", "“AB12” isn’t a UEI. A UEI has twelve letters and digits."),
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


def test_a_third_record_is_refused_by_what_is_read_of_the_second(people, hidden_group):
    save_with_number(by=people.editor)
    with pytest.raises(ValidationError, match="Second"):
        save_with_number(by=people.editor, name="Third")


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
    assert f'merge the two:\n              <a href="/organizations/{second.public_id}/">Second</a>' in html


def test_an_office_that_keeps_only_one_of_them_learns_nothing(client, people, hidden_group):
    second = save_with_number(by=people.editor)
    assert sharing(people.editor, second, second.identifiers.all()) == {}
    client.force_login(people.editor)
    for page in ("", "history/", "edit/"):
        html = client.get(f"/organizations/{second.public_id}/{page}").content.decode()
        assert "Also on" not in html
        assert "onfirmed" not in html
    entry = Change.objects.filter(record_id=second.pk, record_type="organization").latest("pk")
    assert entry.after["identifiers"] == number()


def test_saving_it_again_asks_nothing_even_once_both_are_read(people, hidden_group):
    second = save_with_number(by=people.editor)
    save_organization(organization=hidden_group, by=SYSTEM, fields={"listing": "profiled"})
    rows = [{"id": row.pk, "scheme": row.scheme, "value": row.value} for row in second.identifiers.all()]
    saved = save_organization(organization=second, by=people.editor, fields={"aims": "Homes"}, identifiers=rows)
    assert (saved.aims, confirmed(saved)) == ("Homes", [False])


@pytest.mark.both
def test_once_the_first_lets_it_go_the_second_has_it_confirmed(people, hidden_group):
    second = save_with_number(by=people.editor)
    save_organization(organization=hidden_group, by=people.other_editor, fields={}, identifiers=number("98-7654321"))
    assert (confirmed(hidden_group), confirmed(second), second.version) == ([True], [True], 1)


def test_a_government_keeps_its_own_number(people):
    claimed = save_organization(
        by=people.editor, fields={"name": "Claims", "kept_by": people.office}, identifiers=number("2743000", "geoid")
    )
    with pytest.raises(ValidationError, match="Claims"):
        save_jurisdiction(
            jurisdiction=people.office, by=people.editor, fields={}, identifiers=number("2743000", "geoid")
        )
    assert confirmed(claimed) == [True]


def test_departments_show_as_little(people, hidden_group):
    department = make_department(people.office)
    saved = save_department(department=department, by=people.editor, fields={}, identifiers=number())
    assert confirmed(saved) == [False]


@pytest.mark.both
def test_two_merged_records_have_it_once_and_twice_after_the_undo(people, hidden_group):
    second = save_with_number(by=people.editor)
    made = merging.merge(kept=second, lost=hidden_group, by=people.administrator, versions=(None, None))
    assert confirmed(second) == [True]
    lost = merging.undo_merge(merge=made, kept=second, by=people.administrator)
    assert (confirmed(second), confirmed(lost)) == ([False], [True])


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
    for value, is_confirmed in (("98-7654321", True), (EIN, False)):
        change = Change.objects.filter(record_id=second.pk, record_type="organization").latest("pk")
        second.refresh_from_db()
        seen = plan_for(people.editor, second, change).wanted
        second = undo(record=second, change=change, by=people.editor, version=second.version, seen=seen)
        row = second.identifiers.get()
        assert (row.value, row.is_confirmed) == (value, is_confirmed)


@pytest.mark.both
def test_the_database_holds_one_confirmed_and_one_a_record(people, hidden_group):
    second = save_with_number(by=people.editor)
    for row in (
        Identifier(organization=second, scheme="ein", value=EIN, is_confirmed=False),
        Identifier(department=make_department(), scheme="ein", value=EIN),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_the_form_takes_it_and_says_nothing(client, people, hidden_group):
    client.force_login(people.editor)
    typed = {"name": "Second", "side": "community", "listing": "unlisted", "kept_by": people.office.pk}
    typed |= {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}
    typed |= {"identifiers-TOTAL_FORMS": "1", "identifiers-INITIAL_FORMS": "0"}
    typed |= {"identifiers-0-scheme": "ein", "identifiers-0-value": EIN}
    assert client.post(reverse("organization_new"), typed).status_code == 302
