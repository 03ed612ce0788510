"""The timeline of a partnership: one entry for each thing that happened, if the reader may see it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.meetings import action_items, check_ins
from partnerships.meetings.timeline import timeline
from partnerships.models import Decision, Meeting
from partnerships.registry import actions as registry
from partnerships.registry import remarks, statements
from partnerships.web.partnerships import timeline as timeline_pages
from tests.factories import in_days, make_issue_area, make_meeting, make_organization, make_partnership, party
from tests.partnership_pages import entries_shown
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _first_of_february():
    with time_machine.travel(datetime(2026, 2, 1, 18, tzinfo=UTC), tick=False):
        yield


@snapshot_fixture
def record(people):
    """A partnership in which everything has happened once, with an unlisted partner."""
    quiet = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    ask = {"text": "Hire from here.", "asked_on": date(2025, 3, 1), "answer": "in_part", "answer_reason": "Half of it."}
    made = make_partnership(
        "The table",
        kind="organizing",
        lead=people.office,
        starts_on=date(2025, 1, 5),
        parties=[
            party(people.office, "lead"),
            party(people.organization, "organizer", consented_on=date(2025, 1, 1)),
            party(quiet, "member"),
        ],
        facts={"asks": [ask | {"answered_on": date(2025, 5, 1)}]},
    )
    seats = {seat.organization_id: seat for seat in made.parties.all()}
    seat, hidden = seats[people.organization.pk], seats[quiet.pk]
    for title, public in (("Open table", True), ("Inner table", False)):
        meeting = make_meeting(made, title=title, is_public=public, days=-9)
        Meeting.objects.filter(pk=meeting.pk).update(closed_at=clock.now(), notes_are_public=public)
        decision = Decision.objects.create(
            meeting=meeting,
            question=f"{title}: which lots?",
            outcome="The north lots.",
            community_input="Not the south.",
        )
        decision.decided_by.set([seat, hidden])
    make_meeting(made, title="Table ahead", is_public=True, days=9)
    action = action_items.save_action(
        by=SYSTEM, fields={"partnership": made, "title": "Map the lots", "owner_party": seat}
    )
    action_items.note_action(action=action, by=SYSTEM, status="done")
    rhythm = {"partnership": made, "rhythm": "monthly", "anchor_on": in_days(3), "zone": "UTC", "person": people.editor}
    plan = check_ins.save_check_in_plan(by=SYSTEM, fields=rhythm)
    check_ins.record_check_in(plan=plan, by=SYSTEM, note="Going well.", done_on=date(2026, 1, 20))
    statements.dispute_record(party=seat, by=people.partner, words="We asked three years before.")
    remark = remarks.show_remark(partnership=made, by=SYSTEM, text="We paid on time.")
    remarks.reply_to_remark(remark=remark, party=seat, by=people.partner, text="Late, twice.")
    return registry.save_partnership(partnership=made, by=SYSTEM, fields={"status": "repairing"}, why="We talk again.")


def timeline_entries(person, record, *kinds):
    return [(entry.kind, entry.title) for entry in timeline(person, [record], kinds)]


OPEN = [
    ("statement", "Tenants' association: disagrees with the record"),
    ("meeting", "Open table"),
    ("decision", "Open table: which lots?"),
    ("ask", "Answer"),
    ("ask", "Ask"),
    ("status", "It started"),
]
DONE = [("action", "To do: Map the lots"), ("action", "Done: Map the lots")]
SAID = ("statement", "Public statement by City of Minneapolis")
INNER = [("meeting", "Inner table"), ("decision", "Inner table: which lots?")]
OFFICE = [("check_in", "Check-in"), ("status", "Status: active"), ("status", "Status: repairing")]


def test_each_reader_sees_the_timeline_entries_that_they_may_see(people, record):
    record.refresh_from_db()
    assert timeline_entries(None, record) == timeline_entries(people.other_editor, record) == OPEN
    assert sorted(timeline_entries(people.partner, record)) == sorted([*OPEN, *DONE, SAID])
    whole = sorted([*OPEN, *DONE, SAID, *INNER, *OFFICE])
    assert (
        sorted(timeline_entries(people.reader, record))
        == sorted(timeline_entries(people.administrator, record))
        == whole
    )


def reopened(record, ends_on):
    ended = registry.end_partnership(partnership=record, by=SYSTEM, ends_on=ends_on, reason="The money ended.")
    return registry.save_partnership(partnership=ended, by=SYSTEM, fields={"status": "active"})


def test_everyone_reads_that_it_had_ended_and_was_reopened(people, record):
    last_day, today = in_days(-20), clock.today(clock.zone(people.office.zone))
    made = reopened(record, last_day)
    assert made.ends_on is None
    for person in (None, people.partner, people.reader):
        dated = [(entry.on, entry.title) for entry in timeline(person, [made], ["status"])]
        assert (last_day, "It ended") in dated
        assert (today, "It was reopened") in dated


def test_the_public_does_not_read_what_happened_to_a_draft(people, record):
    draft = reopened(registry.withdraw_partnership(partnership=record, by=SYSTEM), in_days(-20))
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        made = registry.publish_partnership(partnership=draft, by=SYSTEM)
    assert "It was reopened" not in str(timeline_entries(None, made))
    assert "It was reopened" in str(timeline_entries(people.reader, made))


def test_a_statement_is_in_everybodys_story_from_its_day_on(people, record):
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        assert SAID in timeline_entries(None, record)


def test_the_statements_of_both_sides_are_side_by_side(client, people, record):
    client.force_login(people.partner)
    shown = client.get(reverse("partnership_timeline", args=[record.public_id]))
    rows = {row["title"]: row for row in entries_shown(shown)}
    assert [(v.side, v.words) for v in rows["Ask"]["voices"]] == [
        ("government", "Adopted in part. Half of it."),
        ("community", "Hire from here."),
    ]
    assert [(v.side, v.words) for v in rows[SAID[1]]["voices"]] == [
        ("government", "We paid on time."),
        ("community", "Late, twice."),
    ]
    assert [v.words for v in rows["Open table: which lots?"]["voices"]] == ["Not the south."]


def test_a_hidden_party_has_no_name_in_it(client, people, record):
    for person in (None, people.partner):
        if person:
            client.force_login(person)
        for name in ("partnership_timeline", "partnership_timeline_csv"):
            answer = client.get(reverse(name, args=[record.public_id]))
            text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
            assert "The north lots." in text
            assert "Quiet coalition" not in text
            assert "Going well." not in text
    client.force_login(people.editor)
    assert "Quiet coalition" in client.get(reverse("partnership_timeline", args=[record.public_id])).content.decode()


def test_the_timeline_is_filtered_by_kind_and_downloaded(client, record):
    path, file = (
        reverse(name, args=[record.public_id]) for name in ("partnership_timeline", "partnership_timeline_csv")
    )

    def titles(query):
        text = b"".join(client.get(f"{file}?{query}").streaming_content).decode().lstrip("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text)))
        found = list(dict.fromkeys((row["kind"], row["title"]) for row in rows))
        assert found == timeline_entries(None, record, *{row["kind"] for row in rows}) if rows else True
        return found, len(entries_shown(client.get(f"{path}?{query}")))

    assert titles("") == (OPEN, 6)
    assert titles("kind=meeting") == (OPEN[1:2], 1)
    assert titles("kind=meeting&kind=decision") == titles("kind=decision&kind=meeting") == (OPEN[1:3], 2)
    assert titles("kind=meeting&kind=ask") == titles("kind=meeting,ask") == ([OPEN[1], *OPEN[3:5]], 3)
    assert titles("kind=check_in") == ([], 0)
    for query in ("kind=x", "kidn=ask"):
        assert client.get(f"{path}?{query}").status_code == client.get(f"{file}?{query}").status_code == 400


def test_an_issue_area_has_the_timeline_of_all_its_partnerships(client, people, record):
    above = make_issue_area("homes")
    below = make_issue_area("tenants", parent=above)
    registry.save_partnership(partnership=record, by=SYSTEM, fields={"issue_areas": [below]})
    started = {"lead": people.office, "starts_on": date(2025, 4, 1), "issue_areas": [above]}
    make_partnership("Two offices", **started)
    make_partnership("Not out yet", published=False, **started)
    path, file = (reverse(name, args=["homes"]) for name in ("issue_area_timeline", "issue_area_timeline_csv"))

    def entries_on_page(query=""):
        rows = entries_shown(client.get(path + query))
        taken = b"".join(client.get(file + query).streaming_content).decode().lstrip("\ufeff")
        in_file = [(row["partnership"], row["title"]) for row in csv.DictReader(io.StringIO(taken))]
        found = [(row["partnerships"][0].title, row["title"]) for row in rows]
        assert list(dict.fromkeys(in_file)) == found
        return found

    expected = [("The table", title) for _, title in OPEN]
    assert entries_on_page() == [*expected[:3], expected[3], ("Two offices", "It started"), *expected[4:]]
    assert entries_on_page("?kind=meeting") == expected[1:2]
    assert client.get(path + "?kidn=ask").status_code == client.get(file + "?kind=x").status_code == 400
    client.force_login(people.reader)
    assert ("Not out yet", "It started") in entries_on_page("?kind=status")


def test_a_long_timeline_says_how_much_it_shows(client, people, record, monkeypatch):
    monkeypatch.setattr(timeline_pages, "MOST_ENTRIES", 4)
    monkeypatch.setattr(timeline_pages, "MOST_PARTNERSHIPS", 1)
    area = make_issue_area("homes")
    for title in ("First", "Second"):
        made = make_partnership(title, lead=people.office, issue_areas=[area], starts_on=date(2025, 4, 1))
    for path in (
        reverse("partnership_timeline", args=[record.public_id]),
        reverse("issue_area_timeline", args=["homes"]),
    ):
        text = client.get(path).content.decode()
        assert ("These are the latest 4 of 6." in text) == (record.public_id in path)
        assert ("These are the 1 most recently changed" in text) == ("homes" in path)
        assert "every partnership on this issue" not in text
    assert made.title in text
    assert "First" not in text
