"""Corrections on the page of an import, skipped rows, repeated rows, and undoing the whole import later."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from partnerships import tasks
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Change, Import, Organization, Partnership, Party, ValueMemory
from partnerships.records import retention
from partnerships.records.deleting import delete_records
from partnerships.records.imports import files as importing
from partnerships.records.imports.fixes import alike
from partnerships.records.merging import merge
from tests.factories import make_issue_area, make_organization, make_partnership, make_term
from tests.importing.files import as_csv, bring, fresh, page, press_step, problems, result_of, states, write

pytestmark = pytest.mark.django_db

ROWS = [
    ["Org name", "Type of org", "E-mail", "Phone #"],
    ["Lake readers", "Nonprofit", "desk@lake.example.org", "612-555-0100"],
    ["Hill singers", "nonprofit ", "", ""],
    ["Mill makers", "Non sense", "", ""],
    ["", "Nonprofit", "", ""],
]


@pytest.fixture
def editor_client(client, people):
    make_term("organization_kind", "community_nonprofit", "Community nonprofit")
    client.force_login(people.editor)
    return client


def group(file_import, text):
    return next(found for found in result_of(file_import)["groups"] if found["text"] == text)


def test_an_office_corrects_the_errors_of_a_usual_file_on_one_page(editor_client, people):
    rows = [["Org name", "Type of org"], *([f"Group {n}", f"Sort {n}"] for n in range(30))]
    shown = page(editor_client, bring(people.editor, people.office, as_csv(*rows)))
    assert shown.count('<legend class="h4 break">') == 30
    assert "Apply these corrections first." not in shown


def test_the_page_says_to_apply_before_going_to_more_errors(editor_client, people):
    rows = [["Org name", "Type of org"], *([f"Group {n}", f"Sort {n}"] for n in range(101))]
    shown = page(editor_client, bring(people.editor, people.office, as_csv(*rows)))
    assert shown.count('<legend class="h4 break">') == 100
    assert "Apply these corrections first. Then go on to the next page." in shown


def test_focus_is_read_as_issue_areas(editor_client, people):
    make_issue_area()
    file_import = bring(people.editor, people.office, as_csv(["Org name", "Focus"], ["Lake readers", "Housing"]))
    assert fresh(file_import).columns == {"0": "name", "1": "issue_areas"}


def test_one_correction_mends_all_rows_with_the_value_and_the_next_file(editor_client, people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    assert group(file_import, "Nonprofit")["rows"] == [2, 3, 5]
    shown = page(editor_client, file_import)
    assert '<option value="Community nonprofit" selected>' in shown
    names = {text: group(file_import, text)["id"] for text in ("Nonprofit", "Non sense", "")}
    nothing = press_step(editor_client, file_import, do="fix")
    assert nothing.status_code == 422
    assert "Nothing was corrected" in nothing.content.decode()
    fixed = {f"use-{names['Nonprofit']}": "Community nonprofit", f"empty-{names['Non sense']}": "on"}
    assert press_step(editor_client, file_import, do="fix", **fixed).status_code == 302
    assert [row for row, _, _ in problems(file_import)] == [5]
    assert "nonprofit” → Community nonprofit" in page(editor_client, file_import)
    cell = f"cell-{group(file_import, '')['id']}-5"
    assert press_step(editor_client, file_import, do="fix", **{cell: "Named here"}).status_code == 302
    assert write(people.editor, file_import).state == "done"
    kinds = {made.name: str(made.kind or "") for made in Organization.objects.filter(kept_by=people.office)}
    expected = {"Lake readers": "Community nonprofit", "Hill singers": "Community nonprofit", "Mill makers": ""}
    assert kinds == expected | {"Named here": "Community nonprofit"}
    assert Organization.objects.get(name="Lake readers").contacts.get().email == "desk@lake.example.org"
    assert problems(bring(people.editor, people.office, as_csv(ROWS[0], ["New one", "NONPROFIT", "", ""]))) == []
    other = bring(people.other_editor, people.other_office, as_csv(ROWS[0], ["New one", "NONPROFIT", "", ""]))
    assert len(problems(other)) == 1


def test_texts_that_differ_in_capitals_spaces_and_hyphens_are_asked_about_once(editor_client, people):
    texts = ["Non-profit", "nonprofit", "NON PROFIT", "Non‑ profit", "Non-profits"]
    rows = [["Name", "Type of org"], *([f"Group {n}", text] for n, text in enumerate(texts))]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    assert [(one["text"], one["rows"]) for one in result_of(file_import)["groups"]] == [
        ("Non-profit", [2, 3, 4, 5]),
        ("Non-profits", [6]),
    ]
    fixed = {f"use-{group(file_import, 'Non-profit')['id']}": "Community nonprofit"}
    press_step(editor_client, file_import, do="fix", **fixed)
    assert [row for row, _, _ in problems(file_import)] == [6]
    again = bring(people.editor, people.office, as_csv(rows[0], ["New one", "Nonprofit"]))
    assert problems(again) == []
    importing.fix(one=fresh(again), by=people.editor, values=[("kind", "non profit", "")])
    assert list(ValueMemory.objects.values_list("text", "value")) == [("non profit", "")]


@pytest.mark.parametrize(("text", "other", "same"), [
    ("Non-profit", "nonprofit", True), ("K–12", "k 12", True), ("1-2", "12", False), ("1 2", "1-2", False), ("-", "–", False),
    ("A/B", "AB", False),
])  # fmt: skip
def test_which_texts_are_alike(text, other, same):
    assert (alike(text) == alike(other)) == same


def test_a_correction_can_be_taken_back_and_is_forgotten(editor_client, people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS[:2]))
    press_step(
        editor_client, file_import, do="fix", **{f"use-{group(file_import, 'Nonprofit')['id']}": "Community nonprofit"}
    )
    assert problems(file_import) == []
    assert ValueMemory.objects.get().value == "Community nonprofit"
    press_step(editor_client, file_import, do="unfix", fix="kind|nonprofit")
    assert len(problems(file_import)) == 1
    assert not ValueMemory.objects.exists()


def test_a_wrong_correction_is_corrected_in_turn(editor_client, people):
    make_issue_area("housing", "Housing")
    file_import = bring(people.editor, people.office, as_csv(["Name", "Issues"], ["Lake readers", "Housing; Helth"]))
    importing.fix(one=fresh(file_import), by=people.editor, values=[("issue_areas", "Helth", "Heath")])
    tasks.process_imports()
    assert group(file_import, "Heath")["rows"] == [2]
    importing.fix(one=fresh(file_import), by=people.editor, values=[("issue_areas", "Heath", "")])
    tasks.process_imports()
    assert problems(file_import) == []
    assert ["Issue areas", "Housing"] in result_of(file_import)["items"][0]["values"]


def test_skipped_rows_stay_out_and_come_back_as_a_file(editor_client, people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS, ["Pier =1+1", "x", "", ""]))
    assert press_step(editor_client, file_import, do="skip-errors").status_code == 302
    assert problems(file_import) == []
    press_step(editor_client, file_import, do="unskip", row="3")
    assert [row for row, _, _ in problems(file_import)] == [3]
    press_step(editor_client, file_import, do="skip-errors")
    assert states(file_import) == []
    press_step(editor_client, file_import, do="unskip", row="2")
    press_step(editor_client, file_import, do="fix", **{f"empty-{group(file_import, 'Nonprofit')['id']}": "on"})
    assert "Import the other rows" in page(editor_client, file_import)
    write(people.editor, file_import)
    for _ in range(2):
        sent = b"".join(editor_client.get(reverse("import_skipped", args=[file_import.pk])).streaming_content).decode(
            "utf-8-sig"
        )
        rows = list(csv.reader(io.StringIO(sent)))
        assert rows[0] == ["Row", "Why it was skipped", *ROWS[0]]
        assert [row[0] for row in rows[1:]] == ["3", "4", "5", "6"]
        assert rows[1][2:] == ROWS[2]
        assert "isn’t one of the options" in rows[2][1]
    assert "4 rows were skipped" in page(editor_client, file_import)
    assert Organization.objects.filter(kept_by=people.office).count() == 1
    again = bring(people.editor, people.office, sent.encode())
    assert len(again.columns) == 4


def test_new_rows_and_possible_duplicates_can_be_skipped(editor_client, people):
    make_organization("Riverside Tenants Union", kept_by=people.office)
    rows = [["Name"], ["Riverside Tenants Unions"], ["East readers"], ["West readers"]]
    file_import = bring(people.editor, people.office, as_csv(*[[*row, ""] for row in rows]))
    assert press_step(editor_client, file_import, do="skip").status_code == 422
    assert press_step(editor_client, file_import, do="skip", skip="3").status_code == 302
    assert press_step(editor_client, file_import, do="answer", **{"is-2": "skip"}).status_code == 302
    assert result_of(file_import)["counts"]["new"] == 1
    assert [row for row, *_ in importing.read_skipped(fresh(file_import))] == [2, 3]


def test_rows_of_one_file_that_look_alike_are_asked_about(editor_client, people):
    rows = [
        ["Name", "Website", "Email"],
        ["Hmong Elders Circle, Inc.", "https://elders.example.org", "a@elders.example.org"],
        ["Hmong Elders Circle", "https://other.example.org", "b@elders.example.org"],
        ["HMONG ELDERS CIRCLE", "https://third.example.org", ""],
    ]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    assert states(file_import) == ["new", "decide", "decide"]
    shown = page(editor_client, file_import)
    assert "It’s row 2: Hmong Elders Circle, Inc. " in shown
    assert "they differ: Website" in shown
    press_step(editor_client, file_import, do="answer", **{"is-3": "row-2", "is-4": "other"})
    assert [row["rows"] for row in result_of(file_import)["items"]] == [[2, 3], [4]]
    write(people.editor, file_import)
    first, second = Organization.objects.filter(kept_by=people.office).order_by("pk")
    assert first.website == "https://elders.example.org"
    assert {contact.email for contact in first.contacts.all()} == {"a@elders.example.org", "b@elders.example.org"}
    assert second.website == "https://third.example.org"


def test_contacts_and_address_change_with_their_organization(people):
    there = make_organization("Lake readers", kept_by=people.office)
    save_organization(
        organization=there, by=people.editor, fields={}, contacts=[{"name": "Desk", "email": "desk@lake.example.org"}]
    )
    heads = ["Organization", "Contact", "Email", "Phone", "Address", "City", "State", "Zip"]
    rows = [
        ["Lake readers", "Desk", "DESK@lake.example.org", "612-555-0100 x2", "1 Main St", "Saint Paul", "MN", "55101"],
        ["Lake readers", "Board", "board@lake.example.org", "", "", "", "", ""],
    ]
    file_import = bring(people.editor, people.office, as_csv(heads, *rows))
    assert states(file_import) == ["changed"]
    labels = [part["label"] for part in result_of(file_import)["items"][0]["differences"]]
    assert labels == ["Address", "Desk: Contact email", "Desk: Contact phone", "Contact: Board"]
    importing.pick(
        one=file_import,
        by=people.editor,
        shown=[("2", "contact 2 contact_email"), ("2", "contact 2 email")],
        take=set(),
    )
    write(people.editor, file_import)
    there.refresh_from_db()
    assert there.address == "1 Main St\nSaint Paul, MN 55101"
    found = {contact.name: (contact.email, contact.phone, contact.visible_to) for contact in there.contacts.all()}
    assert found == {
        "Desk": ("desk@lake.example.org", "612-555-0100 x2", "staff"),
        "Board": ("board@lake.example.org", "", "staff"),
    }
    assert set(states(bring(people.editor, people.office, as_csv(heads, rows[1])))) == {"same"}


def imported(people):
    make_organization("Lake readers", kept_by=people.office, aims="Old")
    rows = [["Name", "Aims"], ["Lake readers", "New"], ["East singers", ""], ["West makers", ""], ["North riders", ""]]
    return write(people.editor, bring(people.editor, people.office, as_csv(*rows)))


def test_a_whole_import_is_undone(editor_client, people):
    file_import = imported(people)
    assert "Undo this import" in page(editor_client, file_import)
    assert editor_client.post(reverse("import_undoing", args=[file_import.pk]), {"was": "ready"}).status_code == 409
    assert editor_client.post(reverse("import_undoing", args=[file_import.pk]), {"was": "done"}).status_code == 302
    assert "Undoing your import" in page(editor_client, file_import)
    tasks.process_imports()
    assert "4 records were" in page(editor_client, file_import)
    assert Organization.objects.filter(kept_by=people.office).values_list("name", "aims").get() == (
        "Lake readers",
        "Old",
    )
    gone = Change.objects.filter(request_id=file_import.request_id).values_list("verb", flat=True)
    assert set(gone) == {"update"}
    assert editor_client.post(reverse("import_undoing", args=[file_import.pk]), {"was": "undone"}).status_code == 409


def test_what_was_changed_or_used_since_stays_and_is_listed(editor_client, people):
    file_import = imported(people)
    changed, used = Organization.objects.get(name="East singers"), Organization.objects.get(name="West makers")
    save_organization(organization=changed, by=people.editor, fields={"aims": "Sing"})
    Party.objects.create(partnership=make_partnership(people.office), organization=used)
    lake = Organization.objects.get(name="Lake readers")
    save_organization(organization=lake, by=people.editor, fields={"aims": "Newer"})
    importing.start_undoing(one=fresh(file_import), by=people.editor)
    tasks.process_imports()
    left = {name: why for _, _, name, why in result_of(file_import)["undone"]["left"]}
    assert left.keys() == {"East singers", "West makers", "Lake readers"}
    assert "changed" in left["East singers"]
    assert "use it" in left["West makers"]
    shown = page(editor_client, file_import)
    assert all(name in shown for name in left)
    assert not Organization.objects.filter(name="North riders").exists()


def test_what_was_merged_since_stays_and_is_listed(editor_client, people):
    """What the file said lives on in the record that was kept. What someone deleted is undone already."""
    file_import, kept = imported(people), make_organization("South friends", kept_by=people.office)
    for name in ("Lake readers", "East singers"):
        lost = Organization.objects.get(name=name)
        merge(kept=kept, lost=lost, by=SYSTEM, versions=(kept.version, lost.version))
        kept.refresh_from_db()
    delete_records(Organization.objects.filter(name="North riders"))
    importing.start_undoing(one=fresh(file_import), by=people.editor)
    tasks.process_imports()
    undone, why = result_of(file_import)["undone"], "It was merged with another record."
    assert (undone["done"], [row[2:] for row in undone["left"]]) == (2, [["East singers", why], ["Lake readers", why]])
    assert why in page(editor_client, file_import)


def test_draft_partnerships_of_an_import_go_and_published_ones_stay(people):
    for key in ("service", "policy"):
        make_term("purpose", key, key.capitalize())
    make_organization("Lake readers", kept_by=people.office)
    rows = [
        ["Title", "Type", "Purpose", "Partner"],
        *([f"Table {n}", "Joint project", "Service", "Lake readers"] for n in "ab"),
    ]
    file_import = write(people.editor, bring(people.editor, people.office, as_csv(*rows), kind="partnerships"))
    Partnership.objects.filter(title="Table b").update(is_published=True)
    importing.start_undoing(one=fresh(file_import), by=people.editor)
    tasks.process_imports()
    assert [name for _, _, name, _ in result_of(file_import)["undone"]["left"]] == ["Table b"]
    assert list(Partnership.objects.filter(lead=people.office).values_list("title", flat=True)) == ["Table b"]
    Partnership.objects.filter(title="Table b").update(is_published=False)


def test_records_whose_history_a_retention_rule_deleted_stay(people):
    file_import = imported(people)
    save_organization(
        organization=Organization.objects.get(name="East singers"), by=people.editor, fields={"aims": "Sing"}
    )
    with time_machine.travel(clock.now() + timedelta(days=40)):
        retention.set_rules(jurisdiction=people.office, by=SYSTEM, days={"changes": 30})
        retention.apply_rules()
        importing.start_undoing(one=fresh(file_import), by=people.editor)
        tasks.process_imports()
    undone = result_of(file_import)["undone"]
    why = "Its history of the import was deleted by a retention setting. Correct it on its page."
    names = ("North riders", "West makers", "East singers", "Lake readers")
    assert (undone["done"], [row[2:] for row in undone["left"]]) == (0, [[name, why] for name in names])
    assert dict(Organization.objects.values_list("name", "aims"))["East singers"] == "Sing"


def test_someone_without_the_right_undoes_nothing(people):
    file_import = imported(people)
    importing.start_undoing(one=fresh(file_import), by=people.editor)
    people.editor.memberships.update(role="reader")
    tasks.process_imports()
    assert fresh(file_import).state == "done"
    assert "no longer an editor" in result_of(file_import)["failed"][0][2]
    assert Organization.objects.filter(kept_by=people.office).count() == 4


def test_an_import_can_be_undone_for_ninety_days_without_the_rows_of_its_file(editor_client, people):
    file_import = imported(people)
    result = result_of(file_import) | {"skipped": [[3, "why", ["private"]]]}
    Import.objects.filter(pk=file_import.pk).update(asked_at=clock.now() - timedelta(days=30), result=result)
    importing.delete_expired()
    assert "private" not in str(result_of(file_import))
    assert result_of(file_import)["written"]
    assert "Undo this import" in page(editor_client, file_import)
    Import.objects.filter(pk=file_import.pk).update(asked_at=clock.now() - timedelta(days=91))
    assert editor_client.get(reverse("import_file", args=[file_import.pk])).status_code == 404
    importing.delete_expired()
    assert not Import.objects.exists()


def test_rows_that_only_the_file_knows_are_refused(people):
    file_import = bring(people.editor, people.office, as_csv(*ROWS))
    for wrong in ({"values": [("nonsense", "a", "b")]}, {"cells": [(99, "name", "b")]}, {"skip": {99: "why"}}):
        with pytest.raises(importing.ValidationError):
            importing.fix(one=fresh(file_import), by=people.editor, **wrong)
