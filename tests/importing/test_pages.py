"""The pages of an import: every step works with forms alone, and only for its owner."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnerships import tasks
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import DistinctPair, Import, Organization
from partnerships.records.imports import files as importing
from tests import workbooks
from tests.factories import make_organization, make_partnership, make_term
from tests.importing.files import as_csv, as_xlsx, bring, fresh, result_of, write
from tests.web.test_translated_pages import check_both

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("https://example.org")'


@pytest.fixture
def editor_client(client, people):
    client.force_login(people.editor)
    return client


def send(client, people, content, kind="organizations", name="list.csv"):
    data = {"jurisdiction": people.office.pk, "kind": kind, "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("imports"), data)


def page(client, file_import, query=""):
    return client.get(reverse("import_file", args=[file_import.pk]) + query)


def press(client, file_import, **data):
    return client.post(reverse("import_file", args=[file_import.pk]), {"was": fresh(file_import).state} | data)


def match(client, file_import):
    fields = {f"column-{place}": key for place, key in file_import.columns.items()}
    found = client.post(reverse("import_columns", args=[file_import.pk]), {"was": fresh(file_import).state} | fields)
    tasks.process_imports()
    return found


def test_a_file_goes_from_the_upload_to_its_end(editor_client, people):
    make_organization("Lake school", "named", kept_by=people.office, website="https://old.example.org")
    rows = [
        ["Name", "Web site", "Our own note"],
        ["Lake school", "https://new.example.org", "x"],
        ["East readers", "", ""],
    ]
    answer = send(editor_client, people, as_xlsx(*rows), name="groups.xlsx")
    file_import = Import.objects.get()
    assert answer.url == reverse("import_columns", args=[file_import.pk])
    columns = editor_client.get(answer.url).content.decode()
    assert "Our own note (column C)" in columns
    assert "Example: https://new.example.org" in columns
    assert match(editor_client, file_import).status_code == 302
    shown = page(editor_client, file_import, "?show=changed").content.decode()
    assert "https://old.example.org" in shown
    assert "https://new.example.org" in shown
    assert "East readers" in page(editor_client, file_import, "?show=new").content.decode()
    assert (
        press(editor_client, file_import, do="pick", row="2", take=[]).status_code == 302
    )  # keep the registry's value
    written = press(editor_client, file_import, do="write")
    assert written.status_code == 302
    assert "Waiting to start." in page(editor_client, file_import).content.decode()
    tasks.process_imports()
    done = page(editor_client, file_import).content.decode()
    assert "1 added, 0 changed" in done
    assert reverse("organization", args=[Organization.objects.get(name="East readers").public_id]) in done
    assert Organization.objects.get(name="Lake school").website == "https://old.example.org"


def test_the_next_file_of_the_office_finds_its_columns(editor_client, people):
    first = [["Gruppe", "Netz"], ["East readers", "https://readers.example.org"]]
    send(editor_client, people, as_csv(*first))
    file_import = Import.objects.get()
    assert file_import.columns == {}
    columns = {"was": "uploaded", "column-0": "name", "column-1": ""}
    assert editor_client.post(reverse("import_columns", args=[file_import.pk]), columns).status_code == 302
    send(editor_client, people, as_csv(*first))
    assert Import.objects.latest("pk").columns == {"0": "name"}


def test_columns_are_refused_in_words(editor_client, people):
    send(editor_client, people, as_csv(["Name", "Other"], ["x", "y"]))
    file_import = Import.objects.get()
    url = reverse("import_columns", args=[file_import.pk])
    twice = editor_client.post(url, {"was": "uploaded", "column-0": "name", "column-1": "name"})
    assert twice.status_code == 422
    assert "is chosen twice" in twice.content.decode()
    none = editor_client.post(url, {"was": "uploaded", "column-0": "", "column-1": ""})
    assert "Choose a field for at least one column" in none.content.decode()
    assert editor_client.post(url, {"was": "x", "column-0": "name"}).status_code == 409


def test_likely_duplicates_are_asked_about_and_the_answer_is_remembered(editor_client, people):
    there = make_organization("Hmong Elders Circle", "named", kept_by=people.office)
    make_organization("Riverside Tenants Union", "named", kept_by=people.office)
    rows = [
        ["Name", "Address"],
        ["Hmong Elders Circle Inc", "1 Main Street"],
        ["Riverside Tenants Unions", "2 Main Street"],
    ]
    send(editor_client, people, as_csv(*rows))
    file_import = Import.objects.get()
    match(editor_client, file_import)
    shown = page(editor_client, file_import).content.decode()
    assert "Likely the same" in shown or "likely the same" in shown
    assert shown.count('id="answer"') == 1  # also for the button that changes the language and keeps the answers
    assert press(editor_client, file_import, do="write").status_code == 422
    assert (
        press(editor_client, file_import, do="answer", **{"is-2": there.public_id, "is-3": "other"}).status_code == 302
    )
    tasks.process_imports()
    assert result_of(file_import)["counts"] == {"decide": 0, "refused": 0, "changed": 1, "new": 1, "same": 0}
    press(editor_client, file_import, do="pick", row="2", take=["2:address"])
    press(editor_client, file_import, do="write")
    tasks.process_imports()
    there.refresh_from_db()
    assert (there.name, there.address) == ("Hmong Elders Circle", "1 Main Street")
    made = Organization.objects.get(name="Riverside Tenants Unions")
    assert DistinctPair.objects.get().second_id == made.pk
    assert press(editor_client, file_import, do="answer", **{"is-2": "other"}).status_code == 422  # it's saved


def test_no_one_else_finds_it(client, people):
    file_import = bring(people.editor, people.office, as_csv(["Name"], ["East readers"]))
    names = ("import_file", "import_columns", "import_remove", "import_problems")
    for person in (people.administrator, people.other_editor, people.reader, people.stranger):
        client.force_login(person)
        assert {client.get(reverse(name, args=[file_import.pk])).status_code for name in names} == {404}
        assert press(client, file_import, do="write").status_code == 404
    client.force_login(people.reader)
    assert client.get(reverse("imports")).status_code == 403
    people.editor.memberships.update(role="reader")
    client.force_login(people.editor)
    assert client.get(reverse("import_file", args=[file_import.pk])).status_code == 404


def test_another_persons_office_is_not_offered(editor_client, people):
    data = {"jurisdiction": people.other_office.pk, "kind": "organizations"}
    answer = editor_client.post(reverse("imports"), data | {"file": SimpleUploadedFile("a.csv", b"Name\nx,y\n")})
    assert answer.status_code == 422
    assert not Import.objects.exists()


def test_what_a_file_says_is_text_on_every_page_and_in_every_file(editor_client, people):
    there = make_organization("Lake school", "named", kept_by=people.office)
    rows = [["Name", FORMULA, "Side", MARKUP], [MARKUP, "a", "Community", "x"], ["Lake school", FORMULA, FORMULA, "y"]]
    rows.append([there.name + MARKUP, "", "community", ""])
    send(editor_client, people, as_csv(*rows), name=f"{MARKUP}.csv")
    file_import = Import.objects.get()
    pages = [editor_client.get(reverse("imports")), editor_client.get(reverse("import_columns", args=[file_import.pk]))]
    fields = {"was": "uploaded", "column-0": "name", "column-1": "aims", "column-2": "side", "column-3": "address"}
    editor_client.post(reverse("import_columns", args=[file_import.pk]), fields)
    tasks.process_imports()
    pages += [
        page(editor_client, file_import, f"?show={view}") for view in ("refused", "new", "decide", "changed", "same")
    ]
    assert {answer.status_code for answer in pages} == {200}
    assert not [answer for answer in pages if "<script>alert" in answer.content.decode()]
    csv = b"".join(editor_client.get(reverse("import_problems", args=[file_import.pk])).streaming_content).decode()
    assert "Row,Column" in csv
    assert f",{FORMULA[:6]}" not in csv
    assert f',"{FORMULA[:6]}' not in csv


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "This file is empty. Choose another one."),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old Excel file"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04 broken", "can’t read"),
        (b"<html><table></table></html>", "web page"),
        (b"just words", "can’t find any columns"),
        (b'Name,Side\n"x,y\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(editor_client, people, content, error):
    answer = send(editor_client, people, content)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert not Import.objects.exists()


def test_templates_are_read_by_what_writes_them(editor_client, people):
    for kind in ("organizations", "contacts", "departments", "partnerships"):
        sheet = editor_client.get(reverse("import_template", args=[kind, "xlsx"])).content
        heading, *rows = workbooks.cells(sheet)
        assert not rows
        send(editor_client, people, as_csv(heading, ["x"] * len(heading)), kind=kind)
        file_import = Import.objects.latest("pk")
        assert len(file_import.columns) == len(heading), kind
        csv = b"".join(editor_client.get(reverse("import_template", args=[kind, "csv"])).streaming_content)
        assert csv.decode("utf-8-sig").strip().split(",")[0] == heading[0]
    assert editor_client.get("/imports/to-fill-in/people.csv").status_code == 404
    assert editor_client.get("/imports/to-fill-in/contacts.exe").status_code == 404


def pass_on(record, people):
    save_organization(organization=record, by=SYSTEM, fields={"kept_by": people.other_office})


def unlist_elsewhere(record, people):
    save_organization(organization=record, by=SYSTEM, fields={"kept_by": people.other_office, "listing": "unlisted"})


def edit(record, people):
    save_organization(organization=record, by=SYSTEM, fields={"website": "https://newest.example.org"})


@pytest.mark.parametrize("change", [pass_on, unlist_elsewhere, edit])
def test_a_preview_shows_nothing_once_a_record_in_it_changed(editor_client, people, change):
    """Another office keeps it by now, it's unlisted, or it was edited: what it had before isn't theirs to read, or is old."""
    there = make_organization("Lake school", "profiled", kept_by=people.office, address="1 Quiet Street")
    rows = [["Name", "Address", "Side"], ["Lake school", "2 Main Street", ""], ["", "3 Main Street", "Nowhere"]]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    assert "1 Quiet Street" in page(editor_client, file_import, "?show=changed").content.decode()
    change(there, people)
    for view in ("changed", "same", "refused", "new"):
        shown = page(editor_client, file_import, f"?show={view}").content.decode()
        assert "Records in this file have changed since we compared it." in shown
        assert "1 Quiet Street" not in shown
    csv = b"".join(editor_client.get(reverse("import_problems", args=[file_import.pk])).streaming_content).decode()
    assert csv.splitlines()[1:] == ["0,,Records in this file have changed since we compared it."]
    press(editor_client, file_import, do="compare")
    tasks.process_imports()
    assert ("1 Quiet Street" in page(editor_client, file_import, "?show=changed").content.decode()) == (change is edit)


def test_a_preview_names_no_partner_that_unlisted_itself_since(editor_client, people):
    partner = make_organization("Hmong Elders Circle", "named", kept_by=people.other_office)
    rows = [["ID", "Partner"], [make_partnership(lead=people.office).public_id, partner.public_id]]
    file_import = bring(people.editor, people.office, as_csv(*rows), kind="partnerships")
    assert "Hmong Elders Circle" in page(editor_client, file_import).content.decode()
    save_organization(organization=partner, by=SYSTEM, fields={"listing": "unlisted"})
    assert "Hmong Elders Circle" not in page(editor_client, file_import).content.decode()


@pytest.mark.parametrize("is_undone", [False, True])
def test_the_result_of_an_import_names_only_records_that_its_person_may_see(editor_client, people, is_undone):
    file_import = bring(people.editor, people.office, as_csv(["Name", "Side"], ["East readers", ""], ["Hill club", ""]))
    write(people.editor, file_import)
    both = Organization.objects.filter(name__in=("East readers", "Hill club"))
    for record in both:
        save_organization(organization=record, by=SYSTEM, fields={"aims": "Ours"})
    if is_undone:
        importing.start_undoing(one=fresh(file_import), by=people.editor)
        tasks.process_imports()
    assert "East readers" in page(editor_client, file_import).content.decode()
    unlist_elsewhere(both.get(name="East readers"), people)
    shown = page(editor_client, file_import).content.decode()
    assert ("East readers" in shown, "Hill club" in shown) == (False, True)


def test_a_template_in_spanish_is_read_as_the_english_one_is(editor_client, people):
    make_term(vocabulary="organization_kind", key="coalition", label="Coalition")
    address = reverse("import_template", args=["organizations", "xlsx"]) + "?lang=es"
    heading, *_rows = workbooks.cells(editor_client.get(address).content)
    assert heading[:4] == ["ID", "Nombre", "Otros nombres", "Lado"]
    earlier = "Identificador"  # in templates from before
    content = as_csv([earlier, "Nombre", "Lado", "Tipo"], ["", "Vecinos", "Comunidad", "Coalición"])
    file_import = bring(people.editor, people.office, content)
    assert file_import.columns["0"] == "id"
    write(people.editor, file_import)
    made = Organization.objects.get(name="Vecinos")
    assert (made.side, made.kind.key) == ("community", "coalition")


def test_a_file_that_is_removed_is_gone(editor_client, people):
    file_import = bring(people.editor, people.office, as_csv(["Name", "Side"], ["East readers", ""]))
    assert editor_client.post(reverse("import_remove", args=[file_import.pk]), {"was": "writing"}).status_code == 409
    assert editor_client.post(reverse("import_remove", args=[file_import.pk]), {"was": "ready"}).status_code == 302
    assert not Import.objects.exists()


def test_a_very_large_file_is_refused_before_it_is_read(editor_client, people):
    answer = editor_client.post(reverse("imports"), {}, headers={"content-length": str(100 * 2**20)})
    assert answer.status_code in (400, 413)
    assert "10 MB" in answer.content.decode()


def test_an_import_is_in_the_language_of_its_reader_whenever_it_was_compared(editor_client, people):
    there = make_organization("Lake school", "named", kept_by=people.office, website="https://old.example.org")
    make_organization("Hmong Elders Circle", "named", kept_by=people.office)
    rows = [
        ["Name", "Web site", "Last verified", "Type"],
        ["Lake school", "https://new.example.org", "", ""],
        ["East readers", "", "46000", ""],
        ["Hmong Elders Circle Inc", "", "", ""],
        ["Dane County", "", "spring", "Sort"],
        ["Hill college", "", "", ""],
        ["City of Edina", "", "", ""],
        ["Osseo", "", "", "School district"],
    ]
    file_import = bring(people.editor, people.office, as_csv(*rows))
    of_records = {
        "“Sort”",
        ": Type, School district",
        "“spring”",
        ": Last verified, spring",
        ": Type, Sort",
        "list.csv",
    }
    of_records |= {cell for row in rows for cell in row} | {f": {row[0]}" for row in rows}
    of_records |= {str(there), "https://old.example.org", str(people.office), "Hmong Elders Circle", "East readers"}
    for view in ("refused", "decide", "changed", "new", "sides"):
        check_both(editor_client, reverse("import_file", args=[file_import.pk]) + f"?show={view}", same=of_records)
    press(editor_client, file_import, do="skip-errors")
    tasks.process_imports()
    check_both(editor_client, reverse("import_file", args=[file_import.pk]) + "?show=skipped", same=of_records)
    shown = page(editor_client, file_import, "?show=skipped&lang=es").content.decode()
    assert "Last verified: No sabemos qué fecha es “spring”." in shown  # the heading of the file stays
    press(editor_client, file_import, do="others")
    tasks.process_imports()
    press(editor_client, file_import, do="write")
    check_both(editor_client, reverse("import_file", args=[file_import.pk]), same=of_records)
    tasks.process_imports()
    for name in ("import_file", "import_undoing", "import_remove"):
        check_both(editor_client, reverse(name, args=[file_import.pk]), same=of_records | {"Hill college"})
    importing.start_undoing(one=fresh(file_import), by=people.editor)
    tasks.process_imports()
    check_both(editor_client, reverse("import_file", args=[file_import.pk]), same=of_records)
