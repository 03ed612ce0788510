"""The history of a record and the undo of a change, as pages: who may use them, in which words, and what the button does."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.core import record_types
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_department, save_jurisdiction, save_organization
from partnerships.directory.rules import contacts_visible_to, may_read_all_of_place
from partnerships.models import Change, Department, Jurisdiction, Membership
from partnerships.records import undoing
from partnerships.registry.actions import save_partnership
from partnerships.registry.own_part import contribute
from partnerships.web.partnerships.forms.partnership import ONE_ROW
from tests.factories import (
    make_department,
    make_issue_area,
    make_meeting,
    make_organization,
    make_partnership,
    make_term,
    party,
)
from tests.people import ROLES
from tests.records.undo_cases import last
from tests.snapshots import snapshot_fixture


def page(client, record, name="history", *args, **params):
    return client.get(reverse(f"{record._meta.model_name}_{name}", args=[record.public_id, *args]), params)


def page_text(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2].partition("</main")[0])
    return " ".join(text.split())


@snapshot_fixture
def record(people):
    made = make_partnership("Homes for all", lead=people.office, summary="First words")
    return save_partnership(partnership=made, by=people.editor, fields={"summary": "Second words"}, why="Clearer")


@pytest.fixture
def as_editor(client, people):
    client.force_login(people.editor)
    return client


def test_it_says_who_changed_what_when_and_why(as_editor, record):
    said = page_text(page(as_editor, record))
    assert "History of Homes for all" in said
    assert re.search(r"Editor changed this record Why: Clearer .* What it is for First words Second words", said)
    assert said.index("changed this record") < said.index("published it") < said.index("added this record")


def test_keys_and_ids_are_shown_as_labels(as_editor, people):
    made = make_partnership(lead=people.office)
    fields = {
        "purpose": make_term("purpose", "policy", "Change a law"),
        "issue_areas": [make_issue_area("transit", "Buses")],
    }
    rows = [party(people.office, "backbone", circle="co_designs"), party(people.organization, "advisor")]
    facts = {"asks": [{"text": "A room", "answer": "adopted", "asked_on": "2026-03-04"}]}
    save_partnership(
        partnership=made, by=SYSTEM, fields=fields | {"lead": people.office, "engagement": 3}, parties=rows, facts=facts
    )
    said = page_text(page(as_editor, made))
    for text in (
        "Change a law",
        "Buses",
        "City of Minneapolis",
        "Tenants' association",
        "Backbone",
        "Co-designs",
        "Adopted",
    ):
        assert text in said.replace("&#x27;", "'"), text
    assert "March 4, 2026" in said
    assert not re.search(r"[JGDA]-[0-9A-Z]{6}-", said)


@pytest.mark.parametrize(
    "words", ["0000-00-00", "2026-13-01T10:00Z", "0001-01-01T00:00+00:00", "9999-12-31T23:59-10:00"]
)
def test_words_that_only_look_like_a_date_are_shown_as_they_are(as_editor, people, record, words):
    save_partnership(partnership=record, by=people.editor, fields={"summary": words})
    said = page(as_editor, record)
    assert said.status_code == 200
    assert f"Second words {words}" in page_text(said)


def test_the_name_of_who_withdrew_since_is_not_said(as_editor, people):
    group = make_organization("Quiet neighbors", "named")
    made = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(group, "member")])
    save_partnership(partnership=made, by=SYSTEM, fields={}, parties=[party(people.office, "lead")])
    assert "Quiet neighbors" in page_text(page(as_editor, made))
    save_organization(organization=group, by=SYSTEM, fields={"listing": "unlisted"})
    answers = [page(as_editor, made), page(as_editor, made, "undo", last(made).pk), as_editor.get(_own(made))]
    for answer in answers:
        assert "Quiet neighbors" not in page_text(answer)
        assert group.public_id not in page_text(answer)
    assert "An organization that you can’t see" in page_text(answers[0])


def test_an_unlisted_partner_is_named_to_the_office(as_editor, people):
    group = make_organization("Quiet neighbors", "unlisted")
    made = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(group, "member")])
    assert "Quiet neighbors" in page_text(page(as_editor, made))


def _own(record):
    """The page of the record that shows its history."""
    name = record._meta.model_name
    return reverse("partnership_office" if name == "partnership" else name, args=[record.public_id])


@pytest.mark.slow
def test_it_comes_in_pages(as_editor, record):
    for n in range(30):
        save_partnership(partnership=record, by=SYSTEM, fields={"summary": f"Words {n}"})
    first = page(as_editor, record)
    assert (page_text(first).count("changed this record"), "Changes 1 to 25" in page_text(first)) == (25, True)
    more = re.search(r'href="([^"]+cursor=[^"]+)"', first.content.decode())[1]
    second = as_editor.get(more)
    assert page_text(second).count("changed this record") == 6
    assert "added this record" in page_text(second)
    back = re.search(r'rel="prev" href="([^"]+)"', second.content.decode())[1]
    assert page_text(as_editor.get(back)).count("Words 29") == page_text(first).count("Words 29")
    assert page(as_editor, record, cursor="x").status_code == 400
    assert page(as_editor, record, kidn="x").status_code == 400


def test_the_record_shows_its_latest_changes_and_where_all_are(as_editor, record):
    for n in range(9):
        save_partnership(partnership=record, by=SYSTEM, fields={"summary": f"Words {n}"})
    own = as_editor.get(_own(record))
    assert page_text(own).count("changed this record") == 5
    assert reverse("partnership_history", args=[record.public_id]) in own.content.decode()


SEE = {
    "partnership": {"editor", "reader", "administrator"},
    "organization": {"partner", "administrator"},
    "jurisdiction": {"editor", "reader", "administrator"},
    "department": {"editor", "reader", "administrator", "department"},
    "meeting": {"editor", "reader", "administrator"},
}


@pytest.mark.slow
def test_only_who_reads_all_of_a_record_reads_its_history(people):
    unit = make_department(people.office)
    Membership.objects.create(person=people.department, department=unit, role="editor")
    secret = [{"name": "Inner desk", "email": "inner@example.org"}]
    save_organization(organization=people.organization, by=SYSTEM, fields={}, contacts=secret)
    save_department(department=unit, by=SYSTEM, fields={}, contacts=secret)
    save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={}, contacts=secret)
    table = make_partnership(lead=people.office, internal_notes="Inner desk")
    records = {"partnership": table, "organization": people.organization, "jurisdiction": people.office}
    records |= {"department": unit, "meeting": make_meeting(table, title="Inner desk", is_public=True)}
    wrong = []
    for role in (*ROLES, "anonymous"):
        client = Client()
        if role != "anonymous":
            client.force_login(getattr(people, role))
        for kind, one in records.items():
            answer, link = page(client, one), reverse(f"{kind}_history", args=[one.public_id])
            found = (
                answer.status_code,
                "Inner desk" in page_text(answer),
                link in client.get(_own(one)).content.decode(),
            )
            if found != ((200, True, True) if role in SEE[kind] else (404, False, False)):
                wrong.append((role, kind, found))
    assert wrong == []


def test_who_reads_the_history_of_a_place_is_who_reads_its_contacts(people):
    unit = make_department(people.office)
    Membership.objects.create(person=people.department, department=unit, role="reader")
    secret = [{"name": "Desk"}]
    places = [
        save_department(department=unit, by=SYSTEM, fields={}, contacts=secret),
        save_jurisdiction(jurisdiction=people.office, by=SYSTEM, fields={}, contacts=secret),
    ]
    wrong = []
    for place, model in zip(places, (Department, Jurisdiction), strict=True):
        place = model.objects.get(pk=place.pk)
        for role in ROLES:
            person = getattr(people, role)
            seen = contacts_visible_to(person).filter(**{model._meta.model_name: place}).exists()
            if may_read_all_of_place(person, place) != seen:
                wrong.append((role, model.__name__))
    assert wrong == []


# Undoing


def test_it_shows_what_becomes_what_and_does_it(as_editor, record):
    change = last(record)
    shown = page(as_editor, record, "undo", change.pk)
    assert "What it is for Second words First words" in page_text(shown)
    fields = {"version": record.version, "field": ["summary"], "why": "It was right"}
    url = reverse("partnership_undo", args=[record.public_id, change.pk])
    done = as_editor.post(url, fields, follow=True)
    assert "Undone. The record has its earlier values again." in done.content.decode()
    assert last(record).why.endswith(": It was right")
    said = page_text(done)
    assert re.search(r"Why: Clearer .*? Undone ", said)
    assert done.content.decode().count("Undo this change") == 1  # of the undo itself
    record.refresh_from_db()
    assert record.summary == "First words"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 409),
        ({"version": "x", "field": "summary"}, 409),
        ({"version": "1", "field": "summary"}, 409),
        ({"field": "summary"}, 409),
        ({"version": "now"}, 409),
        ({"version": "now", "field": ["summary", "title"]}, 409),
        ({"version": "now", "field": "summary", "why": "x" * 201}, 422),
    ],
)
def test_a_press_for_something_else_than_was_shown_writes_nothing(as_editor, record, sent, status):
    sent = sent | ({"version": record.version} if sent.get("version") == "now" else {})
    count, change = Change.objects.count(), last(record)
    answer = as_editor.post(reverse("partnership_undo", args=[record.public_id, change.pk]), sent | {"csrf": "x"})
    assert (answer.status_code, Change.objects.count()) == (status, count)
    assert sent.get("why", "") in answer.content.decode()


def test_what_stays_says_why_with_both_texts(as_editor, people, record):
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Third words", "title": "Homes"})
    change = last(record)
    save_partnership(partnership=record, by=SYSTEM, fields={"summary": "Fourth words"})
    said = page_text(page(as_editor, record, "undo", change.pk))
    assert "Title Homes Homes for all" in said
    assert "What it is for It has changed again since then. Second words Fourth words" in said
    assert "Undo what’s possible" in said


def test_what_is_no_edit_has_no_button_and_says_what_to_do(as_editor, people):
    made = make_partnership(lead=people.office)
    contribute(party=made.parties.first(), by=people.editor, contribution="A room")
    assert "Undo this change" not in page_text(page(as_editor, made))
    for change in Change.objects.filter(record_type="partnership", record_id=made.pk):
        shown = page(as_editor, made, "undo", change.pk)
        assert (shown.status_code, "You can’t undo this change here" in page_text(shown)) == (200, True)
        assert "<button" not in shown.content.decode().partition("<main")[2].partition("</main")[0]
        url = reverse("partnership_undo", args=[made.public_id, change.pk])
        version = type(made).objects.get(pk=made.pk).version
        assert as_editor.post(url, {"version": version}).status_code == 422


def test_an_error_of_the_record_itself_is_at_the_top(as_editor, people, record):
    save_partnership(partnership=record, by=SYSTEM, fields={"ends_on": "2026-03-04"})
    save_partnership(partnership=record, by=SYSTEM, fields={"ends_on": "2027-03-04"})
    change = last(record)
    now = save_partnership(partnership=record, by=SYSTEM, fields={"starts_on": "2027-01-01"})
    url = reverse("partnership_undo", args=[record.public_id, change.pk])
    answer = as_editor.post(url, {"version": now.version, "field": "ends_on", "why": "Kept words"})
    assert answer.status_code == 422
    assert "The end date is before the start date." in page_text(answer)
    assert "Kept words" in answer.content.decode()
    answer = as_editor.post(f"{url}?lang=es", {"version": now.version, "field": "ends_on", "why": "Kept words"})
    assert "La fecha final es anterior a la inicial." in page_text(answer)


def test_the_change_of_another_record_is_not_found(as_editor, people, record):
    other = make_partnership("Other", lead=people.office)
    meeting = make_meeting(record)
    for one, change in ((other, last(record)), (record, last(other)), (record, last(meeting)), (meeting, last(record))):
        url = reverse(f"{one._meta.model_name}_undo", args=[one.public_id, change.pk])
        assert as_editor.get(url).status_code == 404
        assert as_editor.post(url, {"version": one.version, "field": "summary"}).status_code == 404
    for pk in (0, 2**63, 10**30):
        assert page(as_editor, record, "undo", pk).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("reader", 403), ("other_editor", 404), ("partner", 404), ("stranger", 404)]
)
def test_others_undo_nothing(client, people, record, role, status):
    client.force_login(getattr(people, role))
    url = reverse("partnership_undo", args=[record.public_id, last(record).pk])
    sent = {"version": record.version, "field": "summary"}
    assert (client.get(url).status_code, client.post(url, sent).status_code) == (status, status)
    assert "Undo this change" not in page_text(page(client, record))
    record.refresh_from_db()
    assert record.summary == "Second words"


def test_the_longest_reason_fits(as_editor, record):
    url = reverse("partnership_undo", args=[record.public_id, last(record).pk])
    sent = {"version": record.version, "field": "summary", "why": "x" * undoing.LONGEST_WHY}
    assert as_editor.post(url, sent).status_code == 302
    assert last(record).why.endswith("x" * undoing.LONGEST_WHY)


@pytest.mark.parametrize("name", ONE_ROW)
def test_a_history_calls_the_facts_of_a_kind_as_the_form_does(name):
    labels = {field: made.label for field, made in ONE_ROW[name][1].base_fields.items()}
    of_record = record_types.get("partnership")
    assert {field: of_record.name_of(f"{name}.{field}") for field in labels} == labels


def test_numbers_of_an_advisory_body_have_names_that_people_use():
    fields = ONE_ROW["advisory_body"][1].base_fields
    assert [fields[name].label for name in ("seat_count", "term_months")] == ["Number of seats", "Term in months"]
