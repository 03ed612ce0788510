"""Importing organizations: compared, reviewed, and saved completely or not at all."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client

from partnerships import tasks
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed, NotFound
from partnerships.directory.actions import save_organization
from partnerships.models import Change, ColumnMemory, DistinctPair, Import, Membership, Organization
from partnerships.records.imports import files as importing
from partnerships.records.imports import undoing as import_undoing
from partnerships.records.imports import work as import_work
from partnerships.records.imports.kinds import organizations as import_organizations
from partnerships.records.privacy import erase_person, own_data
from tests.factories import make_issue_area, make_jurisdiction, make_organization, make_term
from tests.importing.files import answer, as_csv, as_xlsx, bring, fresh, problems, result_of, states, write

pytestmark = pytest.mark.django_db

ROWS = (
    ["Name", "Side", "Website"],
    ["East side readers", "Community", "readers.example.org"],
    ["Lake school", "institution", ""],
)


@pytest.mark.both
def test_new_records_are_written_under_one_request_and_the_same_file_again_changes_nothing(people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    assert states(file_import) == ["new", "new"]
    done = write(people.editor, file_import)
    assert done.state == "done"
    assert [row[:2] for row in result_of(done)["written"]] == [["added", "organization"]] * 2
    assert bytes(done.content) == b""
    made = Organization.objects.get(name="East side readers")
    assert (made.listing, made.kept_by, made.website) == ("unlisted", people.office, "https://readers.example.org")
    entries = Change.objects.filter(request_id=file_import.request_id)
    assert {entry.why for entry in entries} == {"Import of list.csv"}
    assert {entry.by for entry in entries} == {people.editor}
    before = Change.objects.count()
    again = bring(people.editor, people.office, as_csv(*ROWS))
    assert states(again) == ["same", "same"]
    with pytest.raises(ValidationError):
        write(people.editor, again)
    assert Change.objects.count() == before


def test_one_bad_row_of_many_stops_all_of_them(people):
    rows = [["Name", "Side", "EIN"], *([f"Group number {n}", "Community", ""] for n in range(60))]
    rows[30] = ["Group", "Comunity", "1234567"]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    assert [(row, column) for row, column, _ in problems(file_import)] == [(31, "Side"), (31, "EIN")]
    assert "leading zero" in problems(file_import)[1][2]
    with pytest.raises(Exception, match="needs to be fixed"):
        write(people.editor, file_import)
    assert not Organization.objects.filter(name__startswith="Group").exists()


def test_every_field_is_taken(people):
    make_issue_area("housing", "Housing")
    make_term("organization_kind", "coalition", "Coalition")
    make_term("language", "es", "Spanish")
    make_term("community", "elders", "Elders")
    place = make_jurisdiction("Lake County", "county")
    values = {
        "Name": "East readers",
        "Other names": "ER",
        "Side": "institution",
        "Kind": "coalition",
        "Mission": "Reading",
        "Website": "https://readers.example.org",
        "Issue areas": "Housing",
        "Area served": f"Lake County; City of Minneapolis ({people.office.public_id})",
        "Languages": "spanish",
        "Led by": "Elders",
        "Address": "1 Main Street",
        "EIN": 123456789,
        "UEI": "abcdefgh1234",
        "Listing": "Named only",
        "Listing source": "A report",
        "Source": "Our list",
        "Last verified": 46_000,
    }
    file_import = bring(people.editor, people.office, as_xlsx(list(values), list(values.values())))
    assert problems(file_import) == []
    assert "December 9, 2025" in result_of(file_import)["remarks"][0][1]
    write(people.editor, file_import)
    made = Organization.objects.get(name="East readers")
    assert (made.side, made.kind.key, made.aims, made.listing) == ("institution", "coalition", "Reading", "named")
    assert (made.last_verified_on, made.listing_source, made.source) == (date(2025, 12, 9), "A report", "Our list")
    assert set(made.area.all()) == {place, people.office}
    assert {row.value for row in made.identifiers.all()} == {"12-3456789", "ABCDEFGH1234"}
    again = bring(people.editor, people.office, as_xlsx(list(values), list(values.values())))
    assert states(again) == ["same"]


def test_a_row_with_an_id_changes_that_record_and_what_is_left_stays(people):
    there = make_organization(
        "Lake school", "named", kept_by=people.office, website="https://old.example.org", aims="Old"
    )
    rows = [
        ["Id", "Name", "Website", "Aims"],
        [there.public_id.lower(), "Lake School", "https://new.example.org", "New"],
    ]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    shown = result_of(file_import)["items"][0]["differences"]
    assert [(part["key"], part["there"], part["given"]) for part in shown] == [
        ("name", "Lake school", "Lake School"),
        ("aims", "Old", "New"),
        ("website", "https://old.example.org", "https://new.example.org"),
    ]
    pairs = [("2", part["key"]) for part in shown]
    importing.pick(one=fresh(file_import), by=people.editor, shown=pairs, take={("2", "website")})
    write(people.editor, file_import)
    there.refresh_from_db()
    assert (there.name, there.website, there.aims) == ("Lake school", "https://new.example.org", "Old")


def test_an_empty_cell_changes_nothing(people):
    make_organization("Lake school", "named", kept_by=people.office, aims="Old")
    assert states(bring(people.editor, people.office, as_csv(["Name", "Aims"], ["lake SCHOOL", ""]))) == ["changed"]
    assert states(bring(people.editor, people.office, as_csv(["Name", "Aims"], ["Lake school", "  "]))) == ["same"]


WRONG = [
    ({"Id": "G-000000-0"}, "isn’t an ID"),
    ({"Id": "P-000007-F"}, "isn’t an ID"),
    ({"EIN": "1.23457E+08"}, "shortened this number"),
    ({"EIN": "12345678"}, "drop a leading zero"),
    ({"UEI": "12"}, "twelve"),
    ({"Side": "Goverment"}, "Community, Institution"),
    ({"Side": "Government"}, "isn’t a type of organization"),
    ({"Area served": "Nowhere"}, "We can’t find “Nowhere”"),
    ({"Area served": "667000"}, "enter 0667000"),
    ({"Last verified": "2025"}, "is only a year"),
    ({"Last verified": "13/14/2025"}, "Enter year, month and day"),
    ({"Last verified": "0212-01-01"}, "year"),
    ({"Last verified": "12"}, "isn’t a date"),
    ({"Website": "not an address"}, "full web address"),
    ({"Name": "x" * 201}, "too long: 201"),
    ({"Name": "a\u202eb"}, "can’t save"),
    ({"Listing": "Full profile"}, "Named only, Unlisted"),
    ({"Listing": "Named only"}, "published source"),
]


@pytest.mark.parametrize(("cells", "error"), WRONG)
def test_what_cannot_be_taken_is_said_at_its_row_and_column(people, cells, error):
    people.other_office.identifiers.create(scheme="geoid", value="0667000", is_confirmed=True)
    cells = {"Name": "East readers"} | cells
    file_import = bring(people.editor, people.office, as_csv(list(cells), list(cells.values())))
    found = problems(file_import)
    assert len(found) == 1, found
    row, column, message = found[0]
    assert row == 2
    assert error in message
    assert column in {*cells, "Published source that names it"}


def test_rows_about_one_record_are_one_unless_they_contradict_each_other(people):
    there = make_organization("Lake school", "named", kept_by=people.office)
    rows = [
        ["Id", "Name"],
        ["", "East readers"],
        ["", "EAST  Readers"],
        ["", "Lake school"],
        [there.public_id, "Other"],
    ]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    assert [row["rows"] for row in result_of(file_import)["items"]] == [[2, 3], [4], [5]]
    assert [row for row, _, _ in problems(file_import)] == [4, 5]
    assert "Rows 4 and 5" in problems(file_import)[0][2]


def test_a_number_names_one_record_of_those_that_one_may_read(people):
    readable = {"name": "Quite another", "listing": "profiled"}
    save_organization(by=SYSTEM, fields=readable, identifiers=[{"scheme": "ein", "value": "123456789"}])
    save_organization(by=SYSTEM, fields={"name": "Hidden"}, identifiers=[{"scheme": "ein", "value": "55-5555555"}])
    rows = [["Name", "EIN"], ["East readers", "12-3456789"], ["Lake school", "98-7654321"], ["River", "987654321"]]
    rows.append(["Hill", "55-5555555"])
    whole = bring(people.editor, people.office, as_csv(*rows))
    assert [(row, column) for row, column, _ in problems(whole)] == [(4, "EIN")]
    assert [len(item["alike"]) for item in fresh(whole).result["items"]] == [1, 0, 0, 0]
    file_import = bring(people.editor, people.office, as_csv(rows[0], rows[4]))
    assert write(people.editor, file_import).state == "done"
    assert Organization.objects.get(name="Hill").identifiers.get().value == "55-5555555"


@pytest.mark.both
def test_names_that_are_there_twice_ask_for_the_id(people):
    for _ in range(2):
        make_organization("Lake school", "named", kept_by=people.office)
    found = problems(bring(people.editor, people.office, as_csv(["Name", "Side"], ["Lake school", ""])))
    assert "more than one organization" in found[0][2]


# Who owns the records


def test_no_one_imports_over_an_organization_that_keeps_its_own_record(people):
    there = make_organization("Lake school", "named", kept_by=people.office)
    Membership.objects.create(person=people.stranger, organization=there, role="editor")
    for person in (people.editor, people.administrator):
        file_import = bring(person, people.office, as_csv(["Id", "Aims"], [there.public_id, "Ours"]))
        assert "send a suggestion" in problems(file_import)[0][2]


def test_another_offices_record_is_not_written_and_an_unlisted_one_not_known(people):
    listed = make_organization("Bay readers", "named", kept_by=people.other_office)
    hidden = make_organization("Secret circle", "unlisted", kept_by=people.other_office, aims="Hidden aims")
    rows = [["Id", "Name", "Aims"], [listed.public_id, "Bay readers", "x"], [hidden.public_id, "Secret circle", "x"]]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    found = problems(file_import)
    assert "Another office keeps this record" in found[0][2]
    assert "We can’t find an organization with this ID" in found[1][2]
    assert "Hidden aims" not in str(result_of(file_import))
    assert problems(bring(people.editor, people.office, as_csv(["Name"], ["Secret circle,"]))) == []


def test_who_does_not_write_for_the_office_brings_nothing(people):
    for person in (people.reader, people.other_editor, people.partner, people.stranger):
        with pytest.raises(NotAllowed):
            importing.add_file(
                by=person, jurisdiction=people.office, kind="organizations", filename="x", content=as_csv(*ROWS)
            )


def test_rights_that_changed_since_count(people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    importing.start_writing(one=file_import, by=people.editor)
    people.editor.memberships.update(role="reader")
    tasks.process_imports()
    assert fresh(file_import).state == "failed"
    assert not Organization.objects.filter(name="Lake school").exists()
    with pytest.raises(NotFound):
        importing.import_of(type(people.editor).objects.get(pk=people.editor.pk), file_import.pk)


# All or nothing


def test_a_record_that_changed_after_the_preview_stops_the_import(people):
    there = make_organization("Lake school", "named", kept_by=people.office)
    file_import = bring(
        people.editor, people.office, as_csv(["Name", "Aims"], ["Lake school", "New"], ["East readers", ""])
    )
    save_organization(organization=there, by=SYSTEM, fields={"address": "2 Main Street"})
    failed = write(people.editor, file_import)
    assert failed.state == "failed"
    assert result_of(failed)["failed"] == [[2, "", import_work._MOVED]]
    assert not Organization.objects.filter(name="East readers").exists()
    importing.compare_again(one=failed, by=people.editor)
    tasks.process_imports()
    assert write(people.editor, file_import).state == "done"
    there.refresh_from_db()
    assert (there.aims, there.address) == ("New", "2 Main Street")


@pytest.mark.both
def test_a_record_that_was_added_after_the_preview_is_not_added_twice(people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    make_organization("Lake school", "named", kept_by=people.office)
    assert write(people.editor, file_import).state == "failed"
    assert Organization.objects.filter(name="Lake school").count() == 1


def test_refusals_of_an_action_are_shown_for_all_rows_at_once_and_nothing_is_saved(people, monkeypatch):
    save = import_organizations.save_organization

    def refuse_some(*, fields, **given):
        if fields["name"].endswith(("1", "3")):
            raise ValidationError({"name": f"No {fields['name']}."})
        return save(fields=fields, **given)

    file_import = bring(
        people.editor, people.office, as_csv(["Name", "Side"], *([f"Group of lakes {n}", ""] for n in range(5)))
    )
    monkeypatch.setattr(import_organizations, "save_organization", refuse_some)
    before = Change.objects.count()
    failed = write(people.editor, file_import)
    assert [row[:2] for row in result_of(failed)["failed"]] == [[3, "Name"], [5, "Name"]]
    assert not Organization.objects.filter(name__startswith="Group").exists()
    assert Change.objects.count() == before


@pytest.mark.both
def test_an_error_of_ours_leaves_nothing_and_says_so(people, monkeypatch):
    file_import, written = bring(people.editor, people.office, as_csv(*ROWS)), []
    save = import_organizations.save_organization

    def break_down(**given):
        if written:
            raise RuntimeError("planted")
        written.append(save(**given))
        return written[0]

    monkeypatch.setattr(import_organizations, "save_organization", break_down)
    failed = write(people.editor, file_import)
    assert result_of(failed)["failed"] == [[0, "", import_work.FAULT]]
    assert not Organization.objects.filter(pk=written[0].pk).exists()


@pytest.mark.both
def test_a_worker_that_died_while_writing_leaves_it_to_its_person(people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    importing.start_writing(one=file_import, by=people.editor)
    Import.objects.update(claimed_until=clock.now() + timedelta(seconds=60))
    assert not import_work.process_next()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert import_work.process_next()
        assert not import_work.process_next()
    assert result_of(file_import)["failed"] == [[0, "", import_work.CUT_OFF]]
    assert not Organization.objects.filter(name="Lake school").exists()


@pytest.mark.both
def test_a_worker_that_was_overtaken_writes_nothing(people, monkeypatch):
    file_import, save = bring(people.editor, people.office, as_csv(*ROWS)), import_organizations.save_organization

    def be_overtaken(**given):
        Import.objects.filter(pk=file_import.pk).update(claimed_until=clock.now() + timedelta(minutes=9))
        return save(**given)

    monkeypatch.setattr(import_organizations, "save_organization", be_overtaken)
    importing.start_writing(one=file_import, by=people.editor)
    import_work.process_next()
    assert not Organization.objects.filter(name="Lake school").exists()


# Possible duplicates


def test_rows_that_may_be_there_wait_for_an_answer_which_is_remembered(people):
    there = make_organization("Hmong Elders Circle", "named", kept_by=people.office)
    one = bring(people.editor, people.office, as_csv(["Name", "Side"], ["Hmong Elders Circle Inc", ""], ["Wind", ""]))
    assert states(one) == ["decide", "new"]
    likely = result_of(one)["items"][0]["alike"]
    assert likely[0][2] == there.public_id
    assert likely[0][0] >= 50
    assert likely[0][1]
    with pytest.raises(ValidationError):
        importing.start_writing(one=fresh(one), by=people.editor)
    with pytest.raises(ValidationError):
        importing.answer(one=fresh(one), by=people.editor, answers={"2": people.organization.public_id})
    one = answer(people.editor, one)
    assert states(one) == ["new", "new"]
    one = answer(people.editor, one, {"2": there.public_id})  # another answer
    assert states(one) == ["changed", "new"]
    one = answer(people.editor, one, {"2": "other"})
    write(people.editor, one)
    made = Organization.objects.get(name="Hmong Elders Circle Inc")
    assert DistinctPair.objects.filter(first_id=there.pk, second_id=made.pk, by=people.editor).exists()


def test_an_unlisted_record_of_another_office_is_no_likely_duplicate(people):
    make_organization("Hmong Elders Circle", "unlisted", kept_by=people.other_office)
    assert states(bring(people.editor, people.office, as_csv(["Name", "Side"], ["Hmong Elders Circle", ""]))) == ["new"]


def test_a_likely_duplicate_that_unlisted_itself_since_is_named_no_more(people):
    """Not by the preview that was made before, and not when the file is compared again: its name may have changed."""
    there = make_organization("Hmong Elders Circle", "named", kept_by=people.other_office)
    one = bring(people.editor, people.office, as_csv(["Name"], ["Hmong Elders Circle Inc"], ["Hmong Elders Circles"]))
    client = Client()
    client.force_login(people.editor)
    assert there.public_id in client.get(f"/imports/{one.pk}/").content.decode()
    save_organization(organization=there, by=SYSTEM, fields={"name": "Quiet circle", "listing": "unlisted"})
    page = client.get(f"/imports/{one.pk}/").content.decode()
    assert (there.public_id in page, "Quiet circle" in page) == (False, False)
    one = answer(people.editor, one, {"2": "other"})
    assert [row["alike"] for row in result_of(one)["items"]] == [[], []]


# What is kept, and for how long


def test_files_are_forgotten_after_seven_days_and_with_their_person(people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    assert own_data(people.editor)["imports"][0]["filename"] == "list.csv"
    assert "content" not in own_data(people.editor)["imports"][0]
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(NotFound):
            importing.import_of(people.editor, file_import.pk)
        assert importing.delete_expired() == 1
    bring(people.editor, people.office, as_csv(*ROWS))
    erase_person(person=people.editor, by=SYSTEM)
    assert not Import.objects.exists()
    assert ColumnMemory.objects.filter(jurisdiction=people.office).exists()  # remembered for the office


def test_no_more_than_twenty_are_kept(people, monkeypatch):
    monkeypatch.setattr(importing, "MOST_KEPT", 3)
    for _ in range(5):
        importing.add_file(
            by=people.editor, jurisdiction=people.office, kind="organizations", filename="x", content=as_csv(*ROWS)
        )
    assert Import.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("module", "name"), [(import_work, "_save_all"), (import_undoing, "undo_all")])
def test_an_import_that_lost_a_deadlock_is_made_again(people, monkeypatch, module, name):
    """Also its undo, which saves each record on its own."""
    work, lost = getattr(module, name), []

    def loses_once(*given, **more):
        found = work(*given, **more)
        if not lost:
            lost.append(found)
            cause = Exception("deadlock detected")
            cause.pgcode = "40P01"
            raise OperationalError from cause
        return found

    monkeypatch.setattr(module, name, loses_once)
    make_organization("Lake readers", kept_by=people.office, aims="Old")
    rows = [["Name", "Aims"], ["Lake readers", "New"], ["East singers", ""]]
    done = write(people.editor, bring(people.editor, people.office, as_csv(*rows)))
    assert (done.state, Organization.objects.filter(kept_by=people.office).count()) == ("done", 2)
    importing.start_undoing(one=done, by=people.editor)
    tasks.process_imports()
    assert (fresh(done).state, result_of(done)["undone"]) == ("undone", {"done": 2, "left": []})
    assert (len(lost), Organization.objects.get(kept_by=people.office).aims) == (1, "Old")
