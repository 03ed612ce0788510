"""The file for a public-records request: complete for those who keep the record, public for colleagues, none for others."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed
from partnerships.measurement.activities import save_activity
from partnerships.meetings.action_items import save_action
from partnerships.models import Decision, Partnership, PartyNote, Person
from partnerships.records.public_records import records_of
from partnerships.registry import remarks
from partnerships.registry.actions import save_partnership
from tests.factories import in_days, make_meeting
from tests.snapshots import snapshot_fixture, snapshot_of
from tests.world import World

# Kind of record with a partnership → its part of the file; and kinds that aren't in it, with the route of their own file.
PARTS = {
    "meeting": "meetings",
    "action": "actions",
    "checkinplan": "check_in_plans",
    "activity": "activities",
    "round": "rounds",
    "expectedseat": "expected_seats",
}
NOT_PARTS = {"makeup": "partnership_makeup_csv", "measure": "measure_numbers_csv"}
NOTE, OWN_NOTE = "Budget talk is tense", "We may leave in spring"


@snapshot_fixture
def record(people):
    published = snapshot_of(World, people)["published"]
    save_partnership(partnership=published, by=people.editor, fields={"internal_notes": NOTE})
    PartyNote.objects.create(party=published.parties.first(), text=OWN_NOTE, at=clock.now())
    return Partnership.objects.get(pk=published.pk)


def text(found):
    return json.dumps(found, default=str)


@pytest.mark.slow
def test_without_private_fields_it_says_what_the_public_may_read(people, record):
    found = records_of(people.reader, record, private=False)
    assert found["partnership"]["title"] == "Shown to all"
    names = [party["name"] for party in found["partnership"]["parties"]]
    assert names == ["City of Minneapolis", "Open coalition", "Ramsey County"]
    assert [meeting["title"] for meeting in found["meetings"]] == ["Held table", "Open table"]
    for private in (NOTE, OWN_NOTE, "Quiet coalition", "Inner table", people.editor.email, people.editor.name):
        assert private not in text(found)
    assert {"at", "verb"} == {key for entry in found["changes"] for key in entry}


def test_every_kind_of_record_of_a_partnership_is_in_it_or_has_a_file_of_its_own(people, record):
    fields = {kind.key: {field.name for field in kind.model._meta.concrete_fields} for kind in record_types.all_types()}
    assert {key for key, names in fields.items() if "partnership" in names} == {*PARTS, *NOT_PARTS}
    assert {*PARTS.values()} <= records_of(people.editor, record, private=True).keys()
    assert [reverse(route, args=["X-1"]) for route in NOT_PARTS.values()]


def test_statements_are_in_it_once_they_are_public_with_the_replies_that_the_public_reads(people, record):
    remark = remarks.show_remark(partnership=record, by=people.editor, text="Kept in time")
    for name, words in (("Open coalition", "It was late"), ("Quiet coalition", "It never came")):
        place = record.parties.get(organization__name=name)
        remarks.reply_to_remark(remark=remark, party=place, by=SYSTEM, text=words)
    texts = {"Kept in time", "It was late", "It never came"}

    def found(private):
        file = text(records_of(people.editor, record, private=private)["statements_of_the_lead"])
        return {words for words in texts if words in file}

    assert (found(False), found(True)) == (set(), texts)
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        assert (found(False), found(True)) == ({"Kept in time", "It was late"}, texts)


def test_with_private_fields_it_is_whole_but_for_a_partys_own_notes(people, record):
    found = records_of(people.editor, record, private=True)
    for private in (NOTE, "Quiet coalition", "Inner table"):
        assert private in text(found)
    assert OWN_NOTE not in text(found)


@pytest.mark.parametrize("private", [False, True])
def test_more_of_each_kind_take_no_more_queries(people, record, private):
    place, counts = record.parties.first(), []
    for word in ("First", "Second", "Third"):
        meeting = make_meeting(record, people=[people.editor], title=f"{word} table", is_public=True)
        decision = Decision.objects.create(meeting=meeting, question=f"{word}?", outcome=word)
        decision.decided_by.add(place)
        fields = {"partnership": record, "owner_party": place, "title": word, "due_on": in_days(9)}
        save_action(by=people.editor, fields=fields)
        fields = {"partnership": record, "title": word, "is_public": True}
        save_activity(by=people.editor, fields=fields, parts=[{"party": place, "text": word}])
        remark = remarks.show_remark(partnership=record, by=people.editor, text=f"{word} statement")
        remarks.reply_to_remark(remark=remark, party=record.parties.last(), by=SYSTEM, text=f"{word} reply")
        with CaptureQueriesContext(connection) as queries:
            found = records_of(Person.objects.get(pk=people.editor.pk), record, private=private)
        assert word in text(found)
        counts.append(len(queries))
    assert counts[2] == counts[1]


@pytest.mark.parametrize(
    ("role", "private"), [("reader", True), ("other_editor", False), ("partner", False), ("stranger", False)]
)
def test_no_one_else_downloads_it(people, record, role, private):
    with pytest.raises(NotAllowed):
        records_of(getattr(people, role), record, private=private)


def test_a_reader_cannot_ask_for_more_by_hand(people, record):
    client = Client()
    client.force_login(people.reader)
    answer = client.post(f"/partnerships/{record.public_id}/records/", {"private": "on"})
    assert answer["Content-Disposition"] == f'attachment; filename="{record.public_id}-records.json"'
    assert NOTE not in answer.content.decode()


@pytest.mark.slow
def test_of_a_draft_the_public_reads_nothing(people):
    draft = snapshot_of(World, people)["draft"]
    found = records_of(people.editor, draft, private=False)
    assert (found["partnership"], found["meetings"]) == ({"id": draft.public_id}, [])
    assert records_of(people.editor, draft, private=True)["partnership"]["title"] == "Not yet shown"
