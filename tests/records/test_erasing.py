"""Erasing a person: every live text that names them is listed, then redacted, or listed for the office."""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.db import models
from django.test import Client

from partnerships import tasks
from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings.meetings import save_meeting
from partnerships.models import (
    Answer,
    Change,
    Draft,
    Erasure,
    Import,
    LeftText,
    Membership,
    PartyNote,
    Publication,
)
from partnerships.records import erasing, live_texts, privacy
from partnerships.records.imports import files
from partnerships.records.live_texts import places_naming, text_fields
from partnerships.registry.actions import save_partnership
from tests.accounts.test_privacy import everything
from tests.factories import make_meeting, make_organization, make_partnership, make_person, party
from tests.records.rows_of_models import Rows

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "Ana Roe", "a@xy.org"
TEXT = f"{NAME} {ADDRESS}"
QUERIES = 115  # one for each model with texts, and a few for the records
ASKED = f"We asked {NAME} about it."


@pytest.fixture
def ana(people):
    return make_person(ADDRESS, name=NAME)


def plant(rows, text=TEXT):
    """Write the text into every text field of a row of every model. Returns the places."""
    placed = []
    for model, fields in text_fields().items():
        row = rows.of(model)
        values = {field.name: text for field in fields if (field.max_length or len(text)) >= len(text)}
        values |= {field.name: {"a": [text]} for field in fields if isinstance(field, models.JSONField)}
        if model is Person:
            values["is_service"] = True
        model._base_manager.filter(pk=row.pk).update(**values)
        placed += [(model, row.pk, name) for name in values if name != "is_service"]
    return placed


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def shown_to(by, person):
    """(record, field, snippet) of each match that the page shows."""
    matches = erasing.matches_of(person, erasing.Search(person), by=by)
    return [(str(one.owner), one.place.field, "".join(one.snippet)) for one in matches.shown]


def choice_of(person, by, *, leave=(), others=True):
    """Everything that the page offers is checked but for these fields (“model.field”)."""
    matches = erasing.matches_of(person, erasing.Search(person), by=by)
    tokens = {one.token for one in matches.shown if f"{one.place.model.__name__}.{one.place.field}" not in leave}
    return erasing.Choice(frozenset(tokens), others)


def erase(person, by, **chosen):
    return privacy.erase_person(person=person, by=by, choice=choice_of(person, by, **chosen))


def write(partnership, **fields):
    save_partnership(partnership=partnership, by=SYSTEM, fields=fields)


def left(erasure):
    return sorted(f"{row.model.split('.')[1]}.{row.field}" for row in erasure.left.all())


def checked_on(page):
    """Token → whether its box is checked, of the boxes of a page."""
    boxes = re.findall(r'name="texts"\s+value="([^"]+)"\s+(checked)?', page.content.decode())
    return {token: bool(checked) for token, checked in boxes}


# Every text of every model


@pytest.mark.slow
@pytest.mark.both
def test_it_finds_the_person_in_every_text_of_every_model(ana):
    placed = plant(Rows())
    search = erasing.Search(ana)
    found = [*places_naming(search.pattern), *places_naming(search.pattern, sealed=True)]
    assert sorted(str((*place,)) for place, _ in found) == sorted(map(str, placed))
    assert len(placed) >= 270


@pytest.mark.slow
@pytest.mark.both
def test_with_all_checked_nothing_is_left(people, ana):
    plant(Rows())
    assert everything().count(NAME) >= 270
    erasure = erase(ana, people.administrator)
    after = everything().lower()
    assert (after.count(NAME.lower()), after.count(ADDRESS)) == (0, 0)
    assert (erasure.unlisted, left(erasure)) == (0, [])


@pytest.mark.slow
def test_what_was_left_unchecked_is_left_and_listed(people, ana):
    plant(Rows())
    erasure = erase(ana, people.administrator, leave=("Meeting.notes",))
    after = everything()
    assert (after.count(NAME), after.count(ADDRESS)) == (1, 1)
    assert (erasure.unlisted, left(erasure)) == (0, ["meeting.notes"])


# The page


@pytest.fixture
def partnership(people):
    sides = [party(people.office, "lead"), party(people.organization, "member")]
    return make_partnership("Safe homes", lead=people.office, parties=sides, summary=ASKED)


def test_the_page_shows_what_it_found_and_the_list_what_was_left(people, ana, partnership):
    client = client_of(people.administrator)
    meeting = make_meeting(partnership, title="Planning", place=f"At {NAME}’s")
    page = client.get(f"/people/{ana.pk}/erase/")
    assert "We found 2 texts" in page.content.decode()
    assert "We asked <mark>Ana Roe</mark> about it." in page.content.decode()
    boxes = checked_on(page)
    assert list(boxes.values()) == [True, True]
    kept = next(token for token in boxes if ".meeting." in token)
    sent = client.post(f"/people/{ana.pk}/erase/", {"sure": "on", "texts": [token for token in boxes if token != kept]})
    (erasure,) = Erasure.objects.all()
    assert sent["Location"] == f"/erasures/{erasure.pk}/"
    partnership.refresh_from_db()
    meeting.refresh_from_db()
    assert (partnership.summary, meeting.place) == ("We asked [erased] about it.", f"At {NAME}’s")
    assert "[erased]" in Publication.objects.get(partnership=partnership).body
    after = client.get(sent["Location"]).content.decode()
    assert "1 text was redacted." in after
    assert f'<a href="/meetings/{meeting.public_id}/">Meeting: Planning' in after
    lines = b"".join(client.get(f"/erasures/{erasure.pk}/list.csv").streaming_content).decode().splitlines()
    assert lines[1:] == [f"Meeting: {meeting},http://testserver/meetings/{meeting.public_id}/,Place"]
    assert NAME not in str(list(LeftText.objects.values_list())) + str(list(Erasure.objects.values_list()))


def test_the_history_says_that_it_was_redacted_and_not_what(people, ana, partnership):
    save_partnership(
        partnership=partnership, by=people.editor, fields={"summary": f"{ASKED} Again."}, why=f"For {NAME}"
    )
    erase(ana, people.administrator)
    changes = Change.objects.filter(record_type="partnership").order_by("pk")
    assert [(one.verb, one.why) for one in changes][-2:] == [("update", "For [erased]"), ("redact", erasing.REDACTED)]
    assert (changes.last().before, changes.last().after) == ({}, {})
    assert NAME not in str(list(changes.values_list()))
    history = client_of(people.editor).get(f"/partnerships/{partnership.public_id}/history/").content.decode()
    assert "Administrator redacted it" in history


def test_a_text_that_changed_since_the_page_is_left(people, ana, partnership):
    choice = choice_of(ana, people.administrator)
    write(partnership, summary=f"{NAME} and others")
    erasure = privacy.erase_person(person=ana, by=people.administrator, choice=erasing.Choice(choice.tokens))
    partnership.refresh_from_db()
    assert (partnership.summary, left(erasure)) == (f"{NAME} and others", ["partnership.summary"])
    assert erasure.redacted == 0


def test_an_open_form_brings_no_text_back(people, ana, partnership):
    version = partnership.version
    erase(ana, people.administrator)
    partnership.refresh_from_db()
    assert partnership.version == version + 1


def test_only_an_administrator_erases_someone_else(people, ana, partnership):
    for person in (people.editor, people.manager, people.partner):
        assert client_of(person).get(f"/people/{ana.pk}/erase/").status_code == 404
        assert client_of(person).post(f"/people/{ana.pk}/erase/", {"sure": "on"}).status_code == 404
    assert Person.objects.get(pk=ana.pk).name == NAME


# What someone may not read


def test_private_texts_are_counted_and_not_shown(people, ana, partnership):
    row = partnership.parties.get(organization=people.organization)
    PartyNote.objects.create(party=row, text=f"Watch {NAME}, she knows", at=clock.now())
    Draft.objects.create(person=people.editor, page="/partnerships/new/", fields={"summary": [ASKED]}, at=clock.now())
    client = client_of(people.administrator)
    page = client.get(f"/people/{ana.pk}/erase/").content.decode()
    assert [field for _, field, _ in shown_to(people.administrator, ana)] == ["summary"]
    assert "2 more texts name them." in page
    assert "she knows" not in page
    erasure = privacy.erase_person(person=ana, by=people.administrator, choice=erasing.Choice())
    assert (erasure.unlisted, left(erasure)) == (2, ["partnership.summary"])


def test_private_texts_are_redacted_unseen_if_the_administrator_says_so(people, ana, partnership):
    row = partnership.parties.get(organization=people.organization)
    note = PartyNote.objects.create(party=row, text=f"Watch {NAME}", at=clock.now(), version=1)
    erase(ana, people.administrator)
    note.refresh_from_db()
    assert (note.text, note.version) == ("Watch [erased]", 2)
    assert "Watch" not in str(list(Change.objects.values_list("before", "after")))


def test_the_same_text_in_a_private_note_is_not_shown(people, ana, partnership):
    row = partnership.parties.get(organization=people.organization)
    PartyNote.objects.create(party=row, text=ASKED, at=clock.now())
    assert shown_to(people.administrator, ana) == [("Safe homes", "summary", ASKED)]


def test_sealed_answers_are_redacted_and_never_counted(people, ana):
    rows = Rows()
    answer = rows.of(Answer)
    Answer.objects.filter(pk=answer.pk).update(comment=ASKED)
    erasure = privacy.erase_person(person=ana, by=people.administrator, choice=erasing.Choice())
    answer.refresh_from_db()
    assert (answer.comment, erasure.unlisted, erasure.redacted) == ("We asked [erased] about it.", 0, 0)


def test_someone_who_erases_themselves_redacts_what_they_may_write(people, ana, partnership):
    Membership.objects.create(person=ana, jurisdiction=people.office, role="editor")
    other = make_partnership("Elsewhere", lead=people.other_office, summary=ASKED)
    client = client_of(ana)
    page = client.get("/account/erase/")
    assert [record for record, _, _ in shown_to(ana, ana)] == ["Safe homes"]
    assert "Elsewhere" not in page.content.decode()
    assert "1 more text isn’t shown" in page.content.decode()
    sent = {"address": ADDRESS, "texts": list(checked_on(page)), "others": "on"}
    assert client.post("/account/erase/", sent).status_code == 302
    for record, summary in ((partnership, "We asked [erased] about it."), (other, ASKED)):
        record.refresh_from_db()
        assert record.summary == summary
    (erasure,) = Erasure.objects.all()
    assert (erasure.by, left(erasure)) == (None, ["partnership.summary"])
    answers = [client_of(one).get(f"/erasures/{erasure.pk}/") for one in (people.other_editor, people.editor)]
    assert [one.status_code for one in answers] == [200, 404]
    assert "Elsewhere" in answers[0].content.decode()


def test_a_viewer_redacts_nothing(people, ana, partnership):
    Membership.objects.create(person=ana, jurisdiction=people.office, role="reader")
    tokens = choice_of(ana, people.administrator).tokens
    privacy.erase_person(person=ana, by=ana, choice=erasing.Choice(tokens, others=True))
    partnership.refresh_from_db()
    assert partnership.summary == ASKED


def test_the_list_goes_after_thirty_days(people, ana, partnership):
    privacy.erase_person(person=ana, by=people.administrator, choice=erasing.Choice())
    for days, number in ((29, 1), (31, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            tasks.delete_expired_data()
        assert Erasure.objects.count() == number


# Names


def test_a_name_that_others_have_is_checked_nowhere(people, partnership):
    make_organization("Rainbow Coalition", kept_by=people.office)
    person = make_person(ADDRESS, name="Rainbow Coalition")
    write(partnership, summary="With the Rainbow Coalition.", lessons=f"Write to {ADDRESS}.")
    page = client_of(people.administrator).get(f"/people/{person.pk}/erase/")
    checked = {token.split(".")[3]: is_checked for token, is_checked in checked_on(page).items()}
    assert checked == {"name": False, "summary": False, "lessons": True}
    assert "“Rainbow Coalition” may also mean someone or something else." in page.content.decode()
    privacy.erase_person(person=person, by=people.administrator, choice=erasing.Choice(others=True))
    partnership.refresh_from_db()
    assert partnership.summary == "With the Rainbow Coalition."
    assert "With the Rainbow Coalition." in str(list(Change.objects.values_list("after")))


@pytest.mark.parametrize(("name", "words"), [("M", "“M” is too short to search for."), ("", "We found 1 text")])
def test_without_a_name_to_search_it_looks_for_the_address(people, partnership, name, words):
    person = make_person(ADDRESS, name=name)
    write(partnership, summary="M is for Maria.", lessons=f"Write to {ADDRESS.upper()}.")
    page = client_of(people.administrator).get(f"/people/{person.pk}/erase/").content.decode()
    assert [field for _, field, _ in shown_to(people.administrator, person)] == ["lessons"]
    assert words in page


@pytest.mark.both
@pytest.mark.parametrize(
    ("name", "found", "other"),
    [
        ("José Núñez", "JOSE NUNEZ wrote", "Josefina Nunez wrote"),
        ("Jose O’Brien", "josé O'Brien’s", "Jose Brien"),
        ("Ana Roe", "Roe, Ana (chair)", "Roe and Ana"),
        ("Strauß Ærø", "STRAUSS AERO", "Straus Aero"),
        ("王伟", "我是王伟先生", "我是王先生"),
        ("Ana Roe", "Ana\nRoe", "Diana Roe; Ana Roebuck"),
    ],
)
def test_names_are_found_as_search_folds_them(people, partnership, name, found, other):
    person = make_person(ADDRESS, name=name)
    write(partnership, summary=found, lessons=other)
    Draft.objects.create(person=people.editor, page="/a/", fields={"a": [found], "b": [other]}, at=clock.now())
    matches = erasing.matches_of(person, erasing.Search(person), by=people.administrator)
    assert [(one.place.field, "".join(one.snippet)) for one in matches.shown] == [("summary", found)]
    assert matches.total == 2


def test_phone_numbers_of_their_contacts_are_found(people, ana, partnership):
    make_organization("Desk", contacts=[{"name": "Front desk", "email": ADDRESS, "phone": "(612) 555-0100"}])
    write(partnership, summary="Call +1 612.555.0100.", lessons="Call 612-555-01000.")
    assert [field for _, field, _ in shown_to(people.administrator, ana)] == ["summary"]


def test_five_hundred_texts_are_counted_and_two_hundred_listed(people, ana, partnership):
    partnership.documents.bulk_create(
        type(partnership.documents.model())(
            partnership=partnership, title=f"{number} {NAME}", url="https://example.org"
        )
        for number in range(499)
    )
    client = client_of(people.administrator)
    page = client.get(f"/people/{ana.pk}/erase/")
    assert len(checked_on(page)) == live_texts.MOST_SHOWN == 200
    assert "We found 500 texts" in page.content.decode()
    assert "300 more texts name them." in page.content.decode()
    sent = {"sure": "on", "others": "on", "texts": list(checked_on(page))}
    assert client.post(f"/people/{ana.pk}/erase/", sent).status_code == 302
    assert Erasure.objects.get().redacted == 500
    assert not partnership.documents.filter(title__contains=NAME).exists()


@pytest.mark.both
def test_the_number_of_queries_does_not_grow(people, ana, partnership, django_assert_num_queries):
    search = erasing.Search(ana)
    for number in (1, 3):
        for title in range(number):
            make_meeting(partnership, title=f"{title} with {NAME}")
        with django_assert_num_queries(QUERIES):
            erasing.matches_of(ana, search, by=people.administrator)


# Imports


def make_import(people, content=b"", **fields):
    values = {"kind": "organizations", "filename": "list.csv", "state": "ready", "asked_at": clock.now()} | fields
    return Import.objects.create(person=people.editor, jurisdiction=people.office, content=content, **values)


def workbook(text):
    content = BytesIO()
    with ZipFile(content, "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<sst><si><r><t>Ana</t></r><r><t> {text}</t></r></si></sst>")
    return content.getvalue()


def test_files_and_results_of_imports_that_name_them_go(people, ana):
    result = {"counts": {"new": 1, "same": 4}, "written": [["added", "organization", "G-1", "Elm"]], "same": 4}
    named = [
        make_import(people, f"Name,Email\nElm,{ADDRESS}\n".encode()),
        make_import(people, workbook("Roe")),
        make_import(people, "Név;Ana Roe\n".encode("utf-16"), filename=f"{NAME}.csv"),
        make_import(people, state="done", result=result | {"skipped": [[3, "", [NAME]]]}),
    ]
    without = workbook("Doe")
    other = make_import(people, without, result={"items": []})
    page = client_of(people.administrator).get(f"/people/{ana.pk}/erase/").content.decode()
    assert "4 imported files name this person." in page
    privacy.erase_person(person=ana, by=people.administrator, choice=erasing.Choice())
    for one in named:
        one.refresh_from_db()
        assert (bytes(one.content), one.columns, one.fixes, one.result["erased"]) == (b"", {}, {}, True)
    assert [one.state for one in named] == ["failed"] * 3 + ["done"]
    assert named[2].filename == ".csv"
    assert named[3].result == {"counts": {"new": 1, "same": 4}, "same": 4, "added": 1, "changed": 0, "erased": True}
    other.refresh_from_db()
    assert (bytes(other.content), other.result) == (without, {"items": []})


def test_the_page_of_such_an_import_says_why(people, ana):
    waiting = make_import(people, ADDRESS.encode())
    done = make_import(people, state="done", result={"written": [["added", "organization", "G-1", NAME]], "same": 2})
    privacy.erase_person(person=ana, by=people.administrator, choice=erasing.Choice())
    client = client_of(people.editor)
    page = client.get(f"/imports/{waiting.pk}/").content.decode()
    assert files.ERASED_FILE in page
    assert "Compare the file again" not in page
    again = client.post(f"/imports/{waiting.pk}/", {"do": "compare", "was": "failed"})
    assert files.ERASED_FILE in again.content.decode()
    assert "1 added, 0 changed, 2 without a change." in client.get(f"/imports/{done.pk}/").content.decode()


def test_a_shared_name_deletes_no_import(people):
    make_organization("Rainbow Coalition")
    person = make_person(ADDRESS, name="Rainbow Coalition")
    one = make_import(people, b"Name\nRainbow Coalition\n")
    privacy.erase_person(person=person, by=people.administrator, choice=erasing.Choice(others=True))
    one.refresh_from_db()
    assert bytes(one.content) == b"Name\nRainbow Coalition\n"


def test_a_meeting_is_found_by_its_new_title(people, ana, partnership):
    meeting = make_meeting(partnership, title="Planning")
    save_meeting(meeting=meeting, by=people.editor, fields={"title": f"Lunch with {NAME}"})
    erase(ana, people.administrator)
    meeting.refresh_from_db()
    assert meeting.title == "Lunch with [erased]"
