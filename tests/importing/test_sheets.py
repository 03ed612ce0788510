"""Ten sheets as offices keep them (`sheets/`), imported without editing the files: what goes in at once, what is refused and
why, and that corrections on the page bring in at least 95 % of the usable rows.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.management import call_command

from partnerships import tasks
from partnerships.models import Contact, Organization, Partnership
from partnerships.records.imports import files as importing
from tests import factories
from tests.importing.files import answer, bring, fresh, result_of, write
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db

SHEETS = Path(__file__).parent / "sheets"
NONPROFIT, NO_OPTION = "Community nonprofit", "isn’t one of the options"


@dataclass
class Sheet:
    """`usable`: rows that are records, without titles, headings, totals and notes. `at_once`: rows that go in as they are.

    `wrong`: (column, text) → (how many rows, the registry's message, the correction on the page; None to skip the rows).
    `answers`: row → the answer about a possible duplicate. `leave_out`: rows that are no records, to skip. `makes`: how many
    records and contacts there are in the end.
    """

    name: str
    usable: int
    at_once: int
    makes: tuple[int, int]
    kind: str = "organizations"
    wrong: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    leave_out: tuple = ()


TABLE = (
    Sheet(
        "partner-contact-list.csv", 20, 0, (20, 18),
        wrong={
            ("Type of Org", "Nonprofit"): (9, NO_OPTION, NONPROFIT),
            ("Type of Org", "501(c)(3)"): (1, NO_OPTION, NONPROFIT),
            ("Type of Org", "Faith-based"): (1, NO_OPTION, "Faith community"),
            ("Type of Org", "Block Club"): (1, NO_OPTION, "Neighborhood association"),
            ("Type of Org", "Neighborhood Assn"): (1, NO_OPTION, "Neighborhood association"),
            ("Type of Org", "Clinic"): (1, NO_OPTION, "Hospital or clinic"),
            ("Type of Org", "College"): (1, NO_OPTION, "University or college"),
            ("Type of Org", "Chamber of Commerce"): (1, NO_OPTION, "Business"),
            ("Type of Org", "Arts Org."): (1, NO_OPTION, "Cultural organization"),
            ("Type of Org", "Union"): (1, NO_OPTION, "Labor union"),
            ("Type of Org", "Grassroots"): (1, NO_OPTION, "Grassroots group"),
            ("Type of Org", "Foundation"): (1, NO_OPTION, "Funder"),
            ("E-mail", "youth at lantern.example.org"): (1, "full email address", "youth@lantern.example.org"),
        },
    ),
    Sheet(
        "fy24-grantees.xlsx", 14, 13, (11, 14),
        wrong={("WEBSITE", "see Facebook"): (1, "full web address", "")},
    ),
    Sheet(
        "coalition-roster.csv", 12, 11, (12, 12),
        wrong={("Sector", "University"): (1, NO_OPTION, "Institution")},
        leave_out=(15,),
    ),
    Sheet(
        "neighborhood-groups.csv", 12, 11, (11, 11),
        wrong={("Email", "crew@cedar-creek"): (1, "full email address", "crew@cedar-creek.example.org")},
        leave_out=(5, 10, 16),
    ),
    Sheet(
        "outreach-list.xlsx", 15, 13, (13, 15),
        wrong={
            ("Topic", "Jobs"): (1, NO_OPTION, "Jobs and workforce"),
            ("Topic", "Helth"): (1, NO_OPTION, "Health"),
        },
    ),
    Sheet(
        "sign-in-sheet.csv", 12, 11, (9, 11),
        wrong={("Agency / Partner Name", ""): (1, "A new record needs this", None)},
        answers={4: "row-2"},
        leave_out=(10,),
    ),
    Sheet(
        "resource-guide.csv", 12, 7, (12, 12),
        wrong={
            ("Populations Served", "Everyone"): (1, NO_OPTION, ""),
            ("Populations Served", "Immigrants"): (1, NO_OPTION, "Immigrants and refugees"),
            ("Populations Served", "Families"): (1, NO_OPTION, ""),
            ("Focus Area(s)", "Utilities"): (1, NO_OPTION, ""),
            ("Last Verified", "spring"): (1, "year, month and day", "4/1/2025"),
        },
    ),
    Sheet(
        "vendor-master.txt", 11, 4, (11, 11),
        wrong={
            ("Vendor Type", "Consultant"): (4, NO_OPTION, "Outside trainer or consultant"),
            ("Vendor Type", "Nonprofit"): (2, NO_OPTION, NONPROFIT),
            ("Vendor Type", "Vendor"): (1, NO_OPTION, "Business"),
            ("FEIN", "11000003"): (1, "leading zero", "01-1000003"),
        },
    ),
    Sheet(
        "contacts-update.csv", 7, 5, (7, 7), kind="contacts",
        wrong={
            ("Partner", ""): (1, "Enter the organization", "Lake School"),
            ("Partner", "Lake Schol"): (1, "We can’t find", "Lake School"),
        },
    ),
    Sheet(
        "mous-and-partnerships.xlsx", 6, 5, (4, 0), kind="partnerships",
        wrong={("Purpose", "Srvice"): (1, NO_OPTION, "Service or program")},
    ),
)  # fmt: skip
BY_NAME = pytest.mark.parametrize("sheet", TABLE, ids=[sheet.name for sheet in TABLE])
MODELS = {"organizations": Organization, "contacts": Contact, "partnerships": Partnership}


@snapshot_fixture
def office(people):
    call_command("load_vocabularies", verbosity=0)
    for name in ("Lake School", "River Tenants Union", "Old Mill Singers"):
        factories.make_organization(name, kept_by=people.office)
    return people.office


def brought(people, sheet):
    return bring(people.editor, people.office, (SHEETS / sheet.name).read_bytes(), kind=sheet.kind, name=sheet.name)


def rows_in(file_import, *states):
    return [row for item in result_of(file_import)["items"] if item["state"] in states for row in item["rows"]]


@BY_NAME
def test_what_goes_in_as_it_is_and_what_is_refused_and_why(people, office, sheet):
    file_import = brought(people, sheet)
    found = {(group["column"], group["text"].strip()): group for group in result_of(file_import)["groups"]}
    assert found.keys() == sheet.wrong.keys()
    for name, (number, error, _) in sheet.wrong.items():
        assert len(found[name]["rows"]) == number, name
        assert error in found[name]["words"], name
    assert {*rows_in(file_import, "decide")} == {*sheet.answers}
    assert len({*rows_in(file_import, "new", "changed")} - {*sheet.leave_out}) == sheet.at_once


@BY_NAME
def test_corrections_on_the_page_bring_in_at_least_95_percent(people, office, sheet):
    before = MODELS[sheet.kind].objects.count(), Contact.objects.count()
    file_import = brought(people, sheet)
    values, cells, skip = [], [], dict.fromkeys(sheet.leave_out, "Not a record.")
    for group in result_of(file_import)["groups"]:
        correction = sheet.wrong[group["column"], group["text"].strip()][2]
        if correction is None:
            skip |= dict.fromkeys(group["rows"], group["words"])
        elif group["is_value"]:
            values.append((group["key"], group["text"], correction))
        else:
            cells += [(row, group["key"], correction) for row in group["rows"]]
    importing.fix(one=file_import, by=people.editor, values=values, cells=cells, skip=skip)
    tasks.process_imports()
    if sheet.answers:
        answer(people.editor, file_import, {str(row): said for row, said in sheet.answers.items()})
    file_import = fresh(file_import)
    assert result_of(file_import)["problems"] == []
    usable = {*rows_in(file_import, "new", "changed")} - {*sheet.leave_out}
    assert len(usable) >= 0.95 * sheet.usable
    done = write(people.editor, file_import)
    assert done.state == "done", result_of(done)
    assert [row for row, *_ in result_of(done)["skipped"]] == sorted(skip)
    made = MODELS[sheet.kind].objects.count() - before[0], Contact.objects.count() - before[1]
    assert made == sheet.makes
