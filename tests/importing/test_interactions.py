"""Importing calls, emails and visits: from a list of one's own, from CiviCRM and from Salesforce, and the same file again."""

from datetime import date, time

import pytest

from partnerships import tasks
from partnerships.models import Contact, Interaction
from partnerships.records.imports import files as importing
from partnerships.records.imports.kinds.interactions import plain_text
from tests.factories import in_days, make_organization, make_partnership
from tests.importing.files import as_csv, bring, fresh, problems, result_of, states, write

pytestmark = pytest.mark.django_db

OWN = ["Organization", "Date", "Type", "Summary", "Notes", "Follow up"]
CIVICRM = ["Activity ID", "Activity Type", "Subject", "Activity Date", "Details", "Added by", "With Contact",
           "Current Employer", "Activity Status"]  # fmt: skip
SALESFORCE = [
    "Subject",
    "Company / Account",
    "Contact",
    "Date",
    "Task Subtype",
    "Call Type",
    "Full Comments",
    "Assigned",
]


def bring_rows(people, *rows):
    return bring(people.editor, people.office, as_csv(*rows), kind="interactions")


def bring_and_write(people, *rows):
    preview = bring_rows(people, *rows)
    assert problems(preview) == []
    return write(people.editor, preview)


@pytest.fixture
def school():
    group = make_organization("Lake school", "profiled")
    Contact.objects.create(organization=group, name="Ana Lee", email="ana@example.org", visible_to="public")
    Contact.objects.create(organization=group, name="Front desk", visible_to="public")
    return group


@pytest.mark.both
def test_a_list_of_ones_own_goes_in_and_only_the_office_reads_it(people, school):
    bring_and_write(
        people,
        OWN,
        ["Lake school", "3/2/2026 10:30 AM", "Call", "Buses", "They run late.", "2099-01-05"],
        [people.other_office.public_id, "2026-03-03", "Visit", "", "Shared lists\nWe compare in May.", ""],
    )
    call, visit = Interaction.objects.order_by("date")
    assert (call.organization, call.date, call.time) == (school, date(2026, 3, 2), time(10, 30))
    assert (call.kind, call.summary, call.text) == ("call", "Buses", "They run late.")
    assert (call.office, call.logged_by, call.follow_up_on) == (people.office, people.editor, date(2099, 1, 5))
    assert (visit.jurisdiction, visit.time, visit.is_shared) == (people.other_office, None, False)
    assert (visit.summary, visit.text) == ("Shared lists", "Shared lists\nWe compare in May.")


def test_the_same_file_again_adds_nothing_and_a_changed_note_is_shown(people, school):
    rows = [OWN, ["Lake school", "2026-03-02", "Call", "Buses", "They run late.", ""]]
    bring_and_write(people, *rows)
    assert states(bring_rows(people, *rows)) == ["same"]
    rows[1][4] = "They are on time now."
    preview = bring_rows(people, *rows)
    assert [part["key"] for part in result_of(preview)["items"][0]["differences"]] == ["text"]
    write(people.editor, preview)
    assert [one.text for one in Interaction.objects.all()] == ["They are on time now."]


def test_two_calls_about_the_same_on_one_day_stay_two(people, school):
    row = ["Lake school", "2026-03-02", "Call", "Buses"]
    bring_and_write(people, OWN, [*row, "Morning", ""], [*row, "Evening", ""])
    assert sorted(one.text for one in Interaction.objects.all()) == ["Evening", "Morning"]
    assert states(bring_rows(people, OWN, [*row, "Morning", ""], [*row, "Evening", ""])) == ["same", "same"]


def test_an_export_of_civicrm_needs_no_editing(people, school):
    people.editor.name = "Sam Ortiz"
    people.editor.save()
    details = "<p>They ask for <b>interpreters</b>.</p><p>Somali &amp; Hmong</p>"
    first = ["91", "Phone Call", "Clinic", "2026-03-02 10:30:00", details, "Ortiz, Sam"]
    bring_and_write(
        people,
        CIVICRM,
        [*first, "Lee, Ana", "Lake school", "Completed"],
        [*first, "Front desk", "Lake school", "Completed"],
        [
            "92",
            "Inbound Email",
            "Thanks",
            "2026-03-04 00:00:00",
            "",
            "Ortiz, Sam",
            "No one, Known",
            "Lake school",
            "Completed",
        ],
    )
    call, email = Interaction.objects.order_by("date")
    assert (call.kind, call.time, call.text) == ("call", time(10, 30), "They ask for interpreters.\nSomali & Hmong")
    assert sorted(contact.name for contact in call.contacts.all()) == ["Ana Lee", "Front desk"]
    assert [*call.staff.all()] == [people.editor]
    assert (email.kind, email.direction, email.time) == ("email", "to_us", None)
    assert (email.contacts.count(), email.text) == (0, "Contact: No one, Known")


def test_an_export_of_salesforce_needs_no_editing(people, school):
    bring_and_write(
        people,
        SALESFORCE,
        ["Grant report", "Lake school", "Ana Lee", "3/2/2026", "Call", "Outbound", "Due in May.", people.editor.email],
    )
    call = Interaction.objects.get()
    assert (call.organization, call.kind, call.direction, call.text) == (school, "call", "from_us", "Due in May.")
    assert ([one.name for one in call.contacts.all()], [*call.staff.all()]) == (["Ana Lee"], [people.editor])


def test_an_email_address_says_who_it_was_with(people, school):
    bring_and_write(people, ["Email", "Date", "Subject"], ["ANA@example.org", "2026-03-02", "Buses"])
    call = Interaction.objects.get()
    assert (call.organization, [one.name for one in call.contacts.all()]) == (school, ["Ana Lee"])


def test_partnerships_are_found_by_title_or_id_and_others_go_into_the_notes(people, school):
    table = make_partnership("Bus table", lead=people.office)
    draft = make_partnership("Hidden", lead=people.other_office, published=False)
    names = f"bus table; {draft.public_id}; Old project"
    done = bring_and_write(
        people, [*OWN, "Partnerships"], ["Lake school", "2026-03-02", "Call", "Buses", "", "", names]
    )
    call = Interaction.objects.get()
    assert [*call.partnerships.all()] == [table]
    assert call.text == f"Partnership: {draft.public_id}\nPartnership: Old project"
    assert done.state == "done"


def test_what_cannot_be_read_is_refused_at_its_cell(people, school):
    preview = bring_rows(
        people,
        OWN,
        ["Lake school", in_days(3).isoformat(), "Call", "Early", "", ""],
        ["Unknown group", "2026-03-02", "Call", "Who", "", ""],
        ["Lake school", "2026-03-02", "Séance", "What", "", ""],
        ["Lake school", "2026-03-02 99:99", "Call", "When", "", ""],
        ["Lake school", "2026-03-02", "Call", "", "", ""],
        ["Lake school", "2026-03-02", "Call", "Long", "x" * 5001, ""],
        ["", "2026-03-02", "Call", "Nobody", "", ""],
    )
    assert [(row, column) for row, column, _ in problems(preview)] == [
        (2, "Date"), (3, "Organization"), (4, "Type"), (5, "Date"), (6, "Summary"), (7, "Notes"), (8, "Organization"),
    ]  # fmt: skip
    assert not Interaction.objects.exists()


def test_a_long_subject_is_cut_and_kept_whole_in_the_notes(people, school):
    bring_and_write(people, OWN, ["Lake school", "2026-03-02", "Call", "x" * 250, "More", ""])
    call = Interaction.objects.get()
    assert (call.summary, call.text) == ("x" * 199 + "…", "x" * 250 + "\n\nMore")


def test_an_import_is_undone(people, school):
    done = bring_and_write(people, OWN, ["Lake school", "2026-03-02", "Call", "Buses", "", ""])
    importing.start_undoing(one=fresh(done), by=people.editor)
    tasks.process_imports()
    assert (fresh(done).state, Interaction.objects.exists()) == ("undone", False)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("<script>alert(1)</script>Hi", "alert(1)Hi"),
        ("a&nbsp;&amp;&nbsp;b", "a&nbsp;&amp;&nbsp;b"),
        ("<i>a&nbsp;&amp;&nbsp;b</i>", "a & b"),
    ],
)
def test_markup_becomes_plain_text(given, plain):
    assert plain_text(given) == plain
