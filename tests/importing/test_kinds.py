"""Importing contacts, departments and partnerships: found, compared with existing records and saved by their own actions."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_organization
from partnerships.models import Contact, Department, DistinctPair, Membership, Organization, Partnership
from partnerships.records.imports import files as importing
from partnerships.registry.consent import decline_seat
from partnerships.registry.models import Party
from tests.factories import make_department, make_issue_area, make_organization, make_partnership, make_term, party
from tests.importing.files import answer, as_csv, bring, fresh, problems, result_of, states, write

pytestmark = pytest.mark.django_db


def bring_rows(people, rows, kind):
    return bring(people.editor, people.office, as_csv(*rows), kind=kind)


@pytest.mark.parametrize(
    ("cell", "keys", "wrong"),
    [
        ("Renting; Food", ["food", "renting"], []),
        ("Renting, Food", ["food", "renting"], []),
        ("Renting, Food; Renting,", ["food", "renting"], []),
        ("Parks, trees and water", ["green"], []),
        ("Parks, trees and water, Food", [], ["Parks", "trees and water"]),
        ("Renting, Fod", [], ["Fod"]),
        ("Rentng; Food; Hosing / Wter", [], ["Rentng", "Hosing", "Wter"]),
    ],
)
def test_words_of_a_list_have_semicolons_or_commas_between_them(people, cell, keys, wrong):
    for key, name in (("renting", "Renting"), ("food", "Food"), ("green", "Parks, trees and water")):
        make_issue_area(key, name)
    file_import = bring_rows(
        people, [["Name", "Side", "Issue areas"], ["Lake school", "Community", cell]], "organizations"
    )
    if wrong:
        refused = [words.partition(" isn’t one of the options.")[0] for _, _, words in problems(file_import)]
        assert refused == [f"“{text}”" for text in wrong]
        return
    write(people.editor, file_import)
    made = Organization.objects.get(name="Lake school")
    assert sorted(made.issue_areas.values_list("key", flat=True)) == keys


# Contacts

CONTACTS = ["Organization", "Contact name", "E-mail", "Phone", "Role"]


def of_office(people, name="Lake school", **fields):
    return make_organization(name, "named", kept_by=people.office, **fields)


@pytest.mark.both
def test_contacts_are_added_and_changed_in_one_save_for_each_owner(people):
    school = of_office(people, contacts=[{"name": "Front desk", "email": "desk@example.org"}, {"name": "Stays"}])
    make_term("contact_role", "director", "Director")
    unit = make_department(people.office, "Housing unit")
    rows = [
        CONTACTS,
        ["Lake school", "Reception", "DESK@example.org", "", "Director"],
        [school.public_id, "New one", "new@example.org", 6125550100, ""],
        [f"Housing unit ({unit.public_id})", "Unit desk", "", "", ""],
        [people.office.public_id, "City desk", "", "", ""],
    ]
    file_import = bring_rows(people, rows, "contacts")
    assert states(file_import) == ["changed", "new", "new", "new"], problems(file_import)
    labels = [part["label"] for part in result_of(file_import)["items"][0]["differences"]]
    assert labels == ["Contact name", "Email address", "Role"]
    done = write(people.editor, file_import)
    assert [row[:2] for row in result_of(done)["written"]] == [
        ["changed", "organization"],
        ["changed", "department"],
        ["changed", "jurisdiction"],
    ]
    there = {contact.name: contact for contact in school.contacts.all()}
    assert set(there) == {"Reception", "New one", "Stays"}
    assert (there["New one"].phone, there["New one"].visible_to) == ("612-555-0100", "staff")
    assert states(bring_rows(people, rows, "contacts")) == ["same"] * 4


def test_a_namesake_with_another_address_is_another_person(people):
    of_office(people, contacts=[{"name": "Desk", "email": "one@example.org"}, {"name": "Porter"}])
    rows = [
        CONTACTS,
        ["Lake school", "Desk", "two@example.org", "", ""],
        ["Lake school", "porter", "p@example.org", "", ""],
    ]
    assert states(bring_rows(people, rows, "contacts")) == ["new", "changed"]


def test_contacts_that_cannot_be_taken(people):
    of_office(people, contacts=[{"name": "Twin"}, {"name": "Twin"}])
    make_organization("Bay readers", "named", kept_by=people.other_office)
    own = of_office(people, "Keeps itself")
    Membership.objects.create(person=people.stranger, organization=own, role="editor")
    rows = [
        CONTACTS,
        ["", "Nobody's", "", "", ""],
        ["Bay readers", "Desk", "", "", ""],
        ["Keeps itself", "Desk", "", "", ""],
        ["Lake school", "Twin", "", "", ""],
        ["Lake school", "", "x@example.org", "", ""],
        ["Lake school", "Bad", "no address", "", ""],
        ["Lake school", "Again", "", "", ""],
        ["Lake school", "again", "", "", ""],
        ["City of Seattle", "Desk", "", "", ""],
    ]
    found = problems(bring_rows(people, rows, "contacts"))
    assert [row for row, _, _ in found] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert not Contact.objects.filter(name="Again").exists()


def test_an_error_of_a_contact_is_at_its_own_row(people, monkeypatch):
    school = of_office(people, contacts=[{"name": "Front desk", "phone": "1"}, {"name": "Other"}])
    rows = [CONTACTS, ["Lake school", "Newcomer", "", "", ""], ["Lake school", "Front desk", "", "2", ""]]
    file_import = bring_rows(people, rows, "contacts")
    monkeypatch.setattr(Contact, "clean", _refuse_newcomers)
    failed = write(people.editor, file_import)
    assert [row[:2] for row in result_of(failed)["failed"]] == [[2, "Contact name"]]
    assert school.contacts.count() == 2


def _refuse_newcomers(contact):
    if contact.name == "Newcomer":
        raise ValidationError({"name": "Not today."})


# Departments

DEPARTMENTS = ["Name", "Kind", "Part of", "Equity office", "Issues"]


@pytest.mark.both
def test_departments_nest_whatever_their_order_in_the_file(people):
    make_issue_area("housing", "Housing")
    make_department(people.office, "Human Services")
    rows = [
        DEPARTMENTS,
        ["Intake", "Unit", "Homes office", "", ""],
        ["Homes office", "Office", "Human Services", "yes", "Housing"],
        ["Parks", "", "", "no", ""],
    ]
    file_import = bring_rows(people, rows, "departments")
    assert states(file_import) == ["new"] * 3, problems(file_import)
    assert write(people.editor, file_import).state == "done"
    intake = Department.objects.get(name="Intake")
    assert (intake.parent.name, intake.parent.parent.name, intake.kind) == ("Homes office", "Human Services", "unit")
    assert intake.parent.is_equity_office
    assert {row.jurisdiction for row in Department.objects.all()} == {people.office}
    assert states(bring_rows(people, rows, "departments")) == ["same"] * 3


def test_circles_depth_and_unknown_parents_are_refused(people):
    top = make_department(people.office, "Top")
    below = make_department(people.office, "Below", parent=top)
    rows = [
        DEPARTMENTS,
        ["One", "", "Two", "", ""],
        ["Two", "", "One", "", ""],
        ["Self", "", "Self", "", ""],
        ["Top", "", f"Below ({below.public_id})", "", ""],
        ["Lost", "", "Nowhere", "", ""],
        *([f"Level {n}", "", f"Level {n - 1}" if n else "", "", ""] for n in range(17)),
    ]
    found = problems(bring_rows(people, rows, "departments"))
    assert [row for row, _, _ in found] == [2, 3, 4, 5, 6, 22, 23]
    assert "part of itself" in found[0][2]
    assert "can have 15 levels" in found[-1][2]


def test_two_rows_about_one_department_are_refused_with_what_to_do(people):
    rows = [["Name", "Type"], ["Housing", "Office"], ["housing", "Unit"]]
    words = "Rows 2 and 3 are about the same record. Keep only one of them."
    found = problems(bring_rows(people, rows, "departments"))
    assert sorted((row, text) for row, _, text in found) == [(2, words), (3, words)]


def test_a_department_moves_below_one_that_is_new(people):
    old = make_department(people.office, "Old")
    rows = [DEPARTMENTS, ["Old", "", "Fresh", "", ""], ["Fresh", "", "", "", ""]]
    file_import = bring_rows(people, rows, "departments")
    assert states(file_import) == ["changed", "new"]
    write(people.editor, file_import)
    old.refresh_from_db()
    assert old.parent.name == "Fresh"


def test_another_jurisdictions_department_is_refused(people):
    other_department = make_department(people.other_office, "Bay office")
    file_import = bring_rows(people, [["Id", "Name"], [other_department.public_id, "Ours"]], "departments")
    assert "another jurisdiction" in problems(file_import)[0][2]


def test_departments_close_and_keep_their_former_names(people):
    kept = make_department(people.office, "Office of Housing")
    rows = [
        ["Id", "Name", "Also known as", "Closed since"],
        [kept.public_id, "Office of Homes", "Office of Housing", "06/30/2026"],
    ]
    file_import = bring_rows(people, rows, "departments")
    write(people.editor, answer(people.editor, file_import))
    kept.refresh_from_db()
    assert (kept.name, kept.other_names, kept.closed_on) == ("Office of Homes", "Office of Housing", date(2026, 6, 30))
    assert states(bring_rows(people, rows, "departments")) == ["same"]


def test_likely_duplicates_of_departments_are_asked_about(people):
    there = make_department(people.office, "Department of Housing")
    make_department(people.other_office, "Housing Department")
    file_import = bring_rows(people, [DEPARTMENTS, ["Housing Department", "", "", "", ""]], "departments")
    assert states(file_import) == ["decide"]
    assert [row[2] for row in result_of(file_import)["items"][0]["alike"]] == [there.public_id]
    write(people.editor, answer(people.editor, file_import))
    assert DistinctPair.objects.get().record_type == "department"


def test_a_department_that_changed_after_the_preview_stops_the_import(people):
    there = make_department(people.office, "Old")
    file_import = bring_rows(
        people, [DEPARTMENTS, ["Old", "Office", "", "", ""], ["New", "", "", "", ""]], "departments"
    )
    save_department(department=there, by=SYSTEM, fields={"about": "Meanwhile"})
    assert write(people.editor, file_import).state == "failed"
    assert not Department.objects.filter(name="New").exists()


# Partnerships

PARTNERSHIPS = ["Id", "Title", "Kind", "Purpose", "Start date", "Ends", "Party", "Roles", "Circle", "Contribution"]


@pytest.mark.both
def test_rows_of_one_title_are_one_partnership_and_its_parties(people):
    make_term()
    school = of_office(people)
    rows = [
        PARTNERSHIPS,
        [
            "",
            "Safe homes",
            "Joint project",
            "Learning",
            "1/31/2026",
            46_387,
            people.office.public_id,
            "Lead",
            "Decides",
            "",
        ],
        ["", "Safe homes", "", "", "", "", "Lake school", "member; advisor", "Co-designs", "Rooms"],
        ["", "Parks for all", "training", "learning", "", "", "", "", "", ""],
    ]
    file_import = bring_rows(people, rows, "partnerships")
    assert states(file_import) == ["new", "new"], problems(file_import)
    done = write(people.editor, file_import)
    assert done.state == "done", result_of(done)
    made = Partnership.objects.get(title="Safe homes")
    assert (made.is_published, made.lead, made.starts_on, made.ends_on) == (
        False,
        people.office,
        date(2026, 1, 31),
        date(2026, 12, 31),
    )
    joined = made.parties.get(organization=school)
    assert {role.role for role in joined.roles.all()} == {"member", "advisor"}
    assert (joined.circle, joined.contribution, joined.side) == ("co_designs", "Rooms", "community")
    assert states(bring_rows(people, rows, "partnerships")) == ["same", "same"]


def test_parties_join_and_change_and_none_leaves(people):
    school, readers = of_office(people), of_office(people, "East readers")
    there = make_partnership(
        "Safe homes",
        lead=people.office,
        parties=[party(people.office, "lead"), party(school, "member", circle="informed")],
    )
    rows = [
        PARTNERSHIPS,
        [there.public_id, "", "", "", "", "", "Lake school", "Advisor", "Decides", "Rooms"],
        [there.public_id, "", "", "", "", "", "East readers", "Member", "", ""],
    ]
    file_import = bring_rows(people, rows, "partnerships")
    shown = result_of(file_import)["items"][0]["differences"]
    assert [part["label"] for part in shown] == [
        "Lake school: Circle of the partner",
        "Lake school: Contribution",
        "Lake school: Roles of the partner",
        "Partner: East readers",
    ]
    assert (shown[2]["there"], shown[2]["given"]) == ("Participant", "Advisor; Participant")
    pairs = [("2", part["key"]) for part in shown]
    importing.pick(one=fresh(file_import), by=people.editor, shown=pairs, take={*pairs} - {pairs[0]})
    assert write(people.editor, file_import).state == "done"
    joined = Party.objects.get(partnership=there, organization=school)
    assert (joined.circle, joined.contribution) == ("informed", "Rooms")
    assert {role.role for role in joined.roles.all()} == {"member", "advisor"}
    assert there.parties.count() == 3
    assert there.parties.filter(organization=readers).exists()


def test_a_partner_that_looks_like_one_that_said_no_is_not_imported(people):
    """The office adds it on the page, with a reason."""
    school, second = of_office(people), of_office(people, "Lake School, Inc.")
    there = make_partnership(
        "Safe homes", lead=people.office, parties=[party(people.office, "lead"), party(school)], confirmed=False
    )
    decline_seat(party=there.parties.get(organization=school), by=SYSTEM, way="phone")
    rows = [PARTNERSHIPS, [there.public_id, "", "", "", "", "", second.public_id, "Member", "", ""]]
    done = write(people.editor, bring_rows(people, rows, "partnerships"))
    assert done.state == "failed"
    ((row, column, error),) = result_of(done)["failed"]
    assert (row, column) == (2, "")
    assert error.startswith(f"{second} looks like {school}, which declined a seat in this partnership on ")
    assert not there.parties.filter(organization=second).exists()


def test_partnerships_that_cannot_be_taken(people):
    make_term()
    of_office(people)
    other_partnership = make_partnership("Bay homes", lead=people.other_office)
    hidden = make_partnership("Bay draft", lead=people.other_office, published=False)
    rows = [
        PARTNERSHIPS,
        ["", "", "", "", "", "", "Lake school", "Member", "", ""],
        [other_partnership.public_id, "", "Training", "", "", "", "", "", "", ""],
        [hidden.public_id, "", "Training", "", "", "", "", "", "", ""],
        ["", "No kind", "", "Learning", "", "", "", "", "", ""],
        ["", "Twice", "Training", "Learning", "", "", "Lake school", "", "", ""],
        ["", "Twice", "Contract", "", "", "", "Lake school", "", "", ""],
        ["", "Backwards", "Training", "Learning", "2026-02-01", "2026-01-01", "", "", "", ""],
        ["", "Nobody", "Training", "Learning", "", "", "", "Member", "", ""],
        ["", "Unknown", "Training", "Learning", "", "", "Nowhere", "Boss", "", ""],
    ]
    found = problems(bring_rows(people, rows, "partnerships"))
    assert [(row, column) for row, column, _ in found] == [
        (2, "Title"),
        (3, "Id"),
        (4, "Id"),
        (5, "Kind"),
        (7, "Kind"),
        (7, "Party"),
        (8, "Ends"),
        (9, "Party"),
        (10, "Party"),
        (10, "Roles"),
    ]
    assert "can’t find a partnership" in found[2][2]


def test_what_a_published_record_needs_is_an_error_at_its_row(people):
    school = of_office(people)
    parties = [party(people.office, "lead"), party(school, "contractor")]
    make_partnership("Safe homes", lead=people.office, kind="contract", parties=parties)
    file_import = bring_rows(
        people, [PARTNERSHIPS, ["", "Safe homes", "Training", "", "", "", "", "", "", ""]], "partnerships"
    )
    failed = write(people.editor, file_import)
    assert failed.state == "failed"
    assert result_of(failed)["failed"][0][0] == 2
    assert Partnership.objects.get(title="Safe homes").kind == "contract"


def test_a_file_of_contacts_is_not_held_up_by_others(people):
    school = of_office(people)
    file_import = bring_rows(people, [CONTACTS, ["Lake school", "Desk", "", "", ""]], "contacts")
    save_organization(organization=school, by=SYSTEM, fields={"aims": "Meanwhile"})
    assert write(people.editor, file_import).state == "failed"
    assert not school.contacts.exists()


# Options that can no longer be chosen


def retire(*terms):
    for term in terms:
        term.is_retired = True
        term.save()


def test_a_record_keeps_a_retired_option_through_an_import_and_no_other_can_have_it(client, people):
    cultural, dakota = make_term("organization_kind", "cultural", "Cultural"), make_term("language", "dakota", "Dakota")
    chair = make_term("contact_role", "chair", "Chair")
    contacts = [{"name": "Ana", "role": chair, "note": "Mornings"}]
    held = of_office(people, kind=cultural, languages=[dakota], contacts=contacts)
    other = of_office(people, "Hill school", contacts=[{"name": "Bo", "note": "Evenings"}])
    retire(cultural, dakota, chair)
    head = ["Name", "Kind of organization", "Languages", "Contact name", "Contact role"]
    row = ["Cultural", "Dakota", "Ana", "Chair"]
    same = bring_rows(people, [head, ["Lake school", *row]], "organizations")
    assert (states(same), problems(same)) == (["same"], [])
    both = bring_rows(people, [head, ["Hill school", *row], ["New school", *row]], "organizations")
    words = [
        (number, column, f"“{text}” can no longer be chosen. Choose another option.")
        for number in (2, 3)
        for column, text in (("Kind of organization", "Cultural"), ("Languages", "Dakota"))
    ]
    assert (states(both), problems(both)) == (["refused", "refused"], words)
    client.force_login(people.editor)
    page = client.get(f"/imports/{both.pk}/").content.decode()
    assert page.count("“Cultural” can no longer be chosen. Choose another option.") == 1
    assert (held.contacts.get().role, other.contacts.get().role) == (chair, None)


@pytest.mark.parametrize("kind", ["contacts", "organizations"])
def test_a_retired_role_is_kept_by_who_has_it_and_a_title_for_others(people, kind):
    chair = make_term("contact_role", "chair", "Chair")
    school = of_office(people, contacts=[{"name": "Ana", "role": chair, "note": "Mornings"}, {"name": "Bo"}])
    retire(chair)
    head = {"contacts": "Organization", "organizations": "Name"}[kind]
    rows = [[head, "Contact name", "Contact role"], *(["Lake school", name, "Chair"] for name in ("Ana", "Bo", "Cy"))]
    write(people.editor, bring_rows(people, rows, kind))
    found = school.contacts.order_by("name").values_list("name", "role__key", "note")
    assert list(found) == [("Ana", "chair", "Mornings"), ("Bo", None, "Chair"), ("Cy", None, "Chair")]


def test_a_partnership_with_a_retired_purpose_is_imported_again(people):
    tool = make_term("purpose", "tool", "Equity tool")
    make_partnership("Bus team", lead=people.office, purpose=tool)
    retire(tool)
    same = bring_rows(people, [["Title", "Purpose"], ["Bus team", "Equity tool"]], "partnerships")
    assert (states(same), problems(same)) == (["same"], [])
