"""Identifiers in a file: a number alone is a question and never an update, and an official list confirms."""

import pytest

from partnerships import tasks
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory.actions import save_organization
from partnerships.models import Change, DistinctPair, Identifier, Organization
from partnerships.records.imports import files as importing
from tests.factories import make_organization
from tests.importing.files import answer, as_csv, bring, fresh, page, problems, result_of, states, write

pytestmark = pytest.mark.django_db
EIN, LIST = "12-3456789", "IRS Tax Exempt Organization Search, November 2026"


def file_of(*rows):
    return as_csv(["Name", "Side", "EIN"], *([name, "Community", number] for name, number in rows))


def with_number(people, name, *, is_confirmed=False, by=None, **fields):
    record = save_organization(
        by=by or people.editor,
        fields={"name": name, "kept_by": people.office} | fields,
        identifiers=[{"scheme": "ein", "value": EIN}],
    )
    record.identifiers.update(is_confirmed=is_confirmed)
    return record


def import_list(people, *rows, source=LIST):
    file_import = bring(people.editor, people.office, file_of(*rows))
    importing.start_writing(one=file_import, by=people.editor, numbers_source=source)
    tasks.process_imports()
    return fresh(file_import)


def confirmed(record):
    return [(row.is_confirmed, row.confirmed_source) for row in record.identifiers.all()]


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_row_with_the_number_of_another_name_is_a_question(people, is_confirmed):
    """However different the names and all else are."""
    squatter = with_number(people, "Zephyr dance", is_confirmed=is_confirmed, website="https://zephyr.example.org")
    squatter.identifiers.create(scheme="uei", value="ABCDEFGH1234")
    file_import = bring(people.editor, people.office, file_of(["Orchard lake renters", EIN]))
    assert states(file_import) == ["decide"]
    assert [row[2] for row in result_of(file_import)["items"][0]["alike"]] == [squatter.public_id]
    file_import = answer(people.editor, file_import, {"2": "other"})
    if is_confirmed:
        assert states(file_import) == ["refused"]
        assert "Another record already has this number." in problems(file_import)[0][2]
        return
    assert states(file_import) == ["new"]
    write(people.editor, file_import)
    made = Organization.objects.get(name="Orchard lake renters")
    squatter.refresh_from_db()
    assert (squatter.name, confirmed(made), DistinctPair.objects.count()) == ("Zephyr dance", [(False, "")], 1)


def test_an_unconfirmed_number_elsewhere_blocks_no_row_that_is_found_by_its_name(people):
    with_number(people, "Zephyr dance")
    own = make_organization("Orchard lake renters", "unlisted", kept_by=people.office)
    file_import = bring(people.editor, people.office, file_of(["Orchard lake renters", EIN]))
    assert states(file_import) == ["changed"]
    write(people.editor, file_import)
    assert confirmed(own) == [(False, "")]
    Identifier.objects.exclude(organization=own).update(is_confirmed=True)
    own.identifiers.all().delete()
    assert states(bring(people.editor, people.office, file_of(["Orchard lake renters", EIN]))) == ["refused"]


@pytest.mark.both
def test_an_official_list_confirms_the_numbers_of_its_names_and_an_undo_takes_that_back(people):
    there = with_number(people, "East readers")
    done = import_list(people, ["East readers", EIN], ["Lake school", "98-7654321"])
    assert done.state == "done", done.result
    made = Organization.objects.get(name="Lake school")
    assert (confirmed(there), confirmed(made)) == ([(True, LIST)], [(True, LIST)])
    entry = Change.objects.get(record_type="organization", record_id=there.pk, verb="number")
    assert (entry.by, entry.why, entry.request_id) == (people.editor, f"Official list: {LIST}", done.request_id)
    assert [row[0] for row in result_of(done)["written"]] == ["added", "changed"]
    importing.start_undoing(one=done, by=people.editor)
    tasks.process_imports()
    assert result_of(fresh(done))["undone"] == {"done": 2, "left": []}
    assert (confirmed(there), Organization.objects.filter(name="Lake school").exists()) == ([(False, "")], False)


def test_a_list_confirms_no_number_of_another_name(people):
    there = with_number(people, "East readers")
    file_import = bring(people.editor, people.office, file_of(["East readers of the lake", EIN]))
    file_import = answer(people.editor, file_import, {"2": there.public_id})
    importing.pick(one=file_import, by=people.editor, shown=[("2", "name")], take=set())
    file_import = fresh(file_import)
    if importing.may_be_written(people.editor, file_import):
        importing.start_writing(one=file_import, by=people.editor, numbers_source=LIST)
        tasks.process_imports()
    assert confirmed(there) == [(False, "")]


def test_without_a_list_the_numbers_are_the_offices_claim(people):
    done = import_list(people, ["East readers", EIN], source="")
    row = Organization.objects.get(name="East readers").identifiers.get()
    assert (done.state, row.is_confirmed, row.stated_by, row.stated_for) == (
        "done",
        False,
        people.editor,
        people.office,
    )


def test_a_file_without_changes_is_imported_only_to_confirm_its_numbers(client, people):
    there = with_number(people, "East readers")
    file_import = bring(people.editor, people.office, file_of(["East readers", EIN]))
    with pytest.raises(ValidationError, match="Enter the official list"):
        importing.start_writing(one=file_import, by=people.editor)
    client.force_login(people.editor)
    assert "Confirm numbers" in page(client, file_import)
    importing.start_writing(one=file_import, by=people.editor, numbers_source=LIST)
    tasks.process_imports()
    assert confirmed(there) == [(True, LIST)]
    file_import = bring(people.editor, people.office, file_of(["East readers", EIN]))
    assert "Confirm numbers" not in page(client, file_import)


def test_a_number_that_is_confirmed_for_another_record_stays_as_it_is(people):
    there, other = with_number(people, "East readers"), with_number(people, "Lake school", by=SYSTEM)
    other.identifiers.update(is_confirmed=True)
    assert import_list(people, ["East readers", EIN], ["New school", "98-7654321"]).state == "done"
    assert confirmed(there) == [(False, "")]
