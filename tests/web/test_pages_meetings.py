"""Pages of meetings: public ones for everyone, internal ones and participants for the lead agency's staff."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from partnerships.accounts.token_actions import make_token
from partnerships.core.access import SYSTEM
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.feeds import make_feed
from partnerships.meetings.meetings import save_meeting
from partnerships.models import Membership
from partnerships.registry.actions import end_partnership
from partnerships.registry.consent import withdraw_from_seat
from tests.factories import cancel_meeting, in_days, make_meeting, make_partnership, party


def text(client, url):
    response = client.get(url)
    assert (url, response.status_code) == (url, 200)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def page_of(meeting):
    return reverse("meeting", args=[meeting.public_id])


def test_an_open_meeting_says_when_and_where_and_not_who(client, people):
    partnership = make_partnership("The table", lead=people.office)
    meeting = make_meeting(
        partnership, title="Open table", is_public=True, people=[people.editor], place="City hall", access_notes="Food"
    )
    shown = text(client, page_of(meeting))
    for words in (
        "Open table",
        "10 a.m. to 11 a.m., Central Time",
        "(America/Chicago)",
        "City hall",
        "Food",
        "The table",
    ):
        assert words in shown
    assert people.editor.name not in shown
    assert people.editor.email not in shown
    assert "History" not in shown
    client.force_login(people.editor)
    shown = text(client, page_of(meeting))
    assert people.editor.name in shown
    assert reverse("meeting_edit", args=[meeting.public_id]) in shown
    assert people.editor.email not in shown
    client.force_login(people.reader)
    shown = text(client, page_of(meeting))
    assert people.editor.name in shown
    assert reverse("meeting_edit", args=[meeting.public_id]) not in shown
    client.force_login(people.other_editor)
    assert people.editor.name not in text(client, page_of(meeting))


def test_an_invited_person_answers_from_the_page_of_the_meeting(client, people):
    page = page_of(make_meeting(make_partnership(lead=people.office), people=[people.editor], days=3))
    client.force_login(people.editor)
    link = re.search(r'href="([^"]+)">Say whether you can come', text(client, page))[1]
    client.post(link, {"answer": "maybe"})
    shown = text(client, page)
    assert ("Your answer: Might come" in shown, f'href="{link}">Change your answer' in shown) == (True, True)
    client.force_login(people.reader)
    assert ("Say whether" in text(client, page), "Your answer" in text(client, page)) == (False, False)


def test_an_internal_meeting_is_as_unknown_as_a_missing_one(client, people):
    meeting = make_meeting(make_partnership(lead=people.office), title="Closed table", place="Back room")
    answers = []
    for person in (None, people.partner, people.other_editor):
        if person:
            client.force_login(person)
        answer = client.get(page_of(meeting))
        assert answer.status_code == 404
        assert "Closed table" not in text(client, reverse("meetings")) + text(client, reverse("meetings_csv"))
        assert "Closed table" not in text(client, reverse("meetings") + "?q=back")
        answers.append(answer.content)
    client.force_login(people.reader)
    assert "Internal: for the office and invited people" in text(client, page_of(meeting))
    meeting.delete()
    client.logout()
    assert client.get(page_of(meeting)).content == answers[0]


@pytest.fixture
def inner_table(people):
    """An internal meeting with notes, to which the partner is invited on their own, and no one for the partner."""
    parties = [party(people.office, "lead"), party(people.organization, "member")]
    partnership = make_partnership(lead=people.office, parties=parties)
    meeting = make_meeting(
        partnership, title="Inner table", people=[people.partner], days=-1, link="https://join.example"
    )
    close_meeting(
        meeting=meeting,
        by=SYSTEM,
        fields={"notes": "The inner notes"},
        attendance=[{"party": partnership.parties.get(organization=people.organization), "came": True, "people": 4}],
        decisions=[{"question": "The inner question", "outcome": "The inner decision"}],
        actions=[{"title": "The inner task", "owner_person": people.editor}],
    )
    return meeting


def test_who_is_invited_on_their_own_reads_the_meeting_and_not_its_outcome(client, people, inner_table):
    """As in their calendar: what it is about, when, and how to join. Notes, attendance and action items are for partners."""
    client.force_login(people.partner)
    feed = f"/by-link/calendar/{make_feed(by=people.partner)[1]}.ics"
    assert "Inner table" in text(client, feed)
    shown = text(client, page_of(inner_table))
    assert ("Inner table" in shown, "https://join.example" in shown) == (True, True)
    assert [word for word in ("notes", "question", "decision", "task") if f"The inner {word}" in shown] == []
    assert "Who came" not in shown
    assert "The inner task" not in text(client, reverse("actions"))
    assert client.get(page_of(inner_table) + "history/").status_code == 404
    client.force_login(people.editor)
    shown = text(client, page_of(inner_table))
    assert [word for word in ("notes", "question", "decision", "task") if f"The inner {word}" not in shown] == []
    assert "Who came" in shown


def _are_removed(people, meeting):
    save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=[])


def _leave_the_organization(people, meeting):
    people.partner.memberships.all().delete()


def _leaves_the_partnership(people, meeting):
    withdraw_from_seat(party=meeting.partnership.parties.get(organization=people.organization), by=SYSTEM)


@pytest.mark.parametrize("end", [_are_removed, _leave_the_organization, _leaves_the_partnership])
def test_an_invitation_on_ones_own_ends_with_its_reason(client, people, inner_table, end):
    client.force_login(people.partner)
    assert client.get(page_of(inner_table)).status_code == 200
    end(people, inner_table)
    assert client.get(page_of(inner_table)).status_code == 404
    assert "Inner table" not in text(client, reverse("meetings"))
    assert "Inner table" not in text(client, f"/by-link/calendar/{make_feed(by=people.partner)[1]}.ics")


def test_a_colleague_and_a_token_read_no_invitation_that_is_someones_own(client, people, inner_table):
    Membership.objects.create(person=people.partner_reader, organization=people.organization, role="reader")
    client.force_login(people.partner_reader)
    assert client.get(page_of(inner_table)).status_code == 404
    _, secret = make_token(by=people.partner, name="Sheet", memberships=list(people.partner.memberships.all()), days=30)
    answer = Client().get(f"/api/v1/meetings/{inner_table.public_id}/", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 404


def test_a_cancelled_meeting_says_so_first(client, people):
    meeting = make_meeting(make_partnership(lead=people.office), title="Open table", is_public=True)
    cancel_meeting(meeting=meeting)
    shown = text(client, page_of(meeting))
    assert shown.index("This meeting is canceled.") < shown.index("Where, and how to join")
    assert "Open table" not in text(client, reverse("home"))
    client.force_login(people.editor)
    assert reverse("meeting_cancel", args=[meeting.public_id]) not in text(client, page_of(meeting))


def test_a_meeting_that_was_kept_when_its_partnership_ended_is_announced_nowhere(client, people):
    """Its page and the lists keep it, and say that the partnership has ended."""
    table = make_partnership(lead=people.office, parties=[party(people.office, "lead"), party(people.organization)])
    meeting = make_meeting(table, title="Open table", is_public=True, people=[people.editor])
    pages = {
        None: ["home", reverse("partnership", args=[table.public_id])],
        people.editor: ["home", reverse("partnership", args=[table.public_id])],
        people.partner: [reverse("organization_mine", args=[people.organization.public_id])],
    }

    def announced():
        found = []
        for person, here in pages.items():
            client.force_login(person) if person else client.logout()
            found += ["Open table" in text(client, reverse(url) if url == "home" else url) for url in here]
        return found

    assert announced() == [True] * 5
    end_partnership(partnership=table, by=SYSTEM, ends_on=in_days(0), reason="The grant ended.")
    assert announced() == [False] * 5
    (row,) = client.get(reverse("jurisdiction_dashboard", args=[people.office.public_id])).context["meetings"]
    assert (row["title"], row["line"]) == ("Open table", "10 a.m., Central Time. The partnership has ended.")
    (row,) = client.get(reverse("meetings")).context["rows"]
    assert (row["title"], row["note"]) == ("Open table", "The partnership has ended.")
    page, cancel = page_of(meeting), reverse("meeting_cancel", args=[meeting.public_id])
    assert ("ask first whether it will take place" in text(client, page), cancel in text(client, page)) == (True, False)
    client.force_login(people.editor)
    shown = text(client, page)
    assert ("we don’t send reminders for it" in shown, shown.count(cancel)) == (True, 2)
    assert "Schedule a similar meeting" not in shown


def rows(client, url):
    return [row["title"] for row in client.get(url).context["rows"]]


def test_the_next_meeting_is_first_and_past_ones_are_one_press_away(client, people):
    partnership = make_partnership(lead=people.office)
    elsewhere = make_partnership("Elsewhere", lead=people.other_office)
    make_meeting(partnership, title="Past table", is_public=True, days=-3)
    make_meeting(partnership, title="Older table", is_public=True, days=-9)
    make_meeting(partnership, title="Later table", is_public=True, days=9)
    make_meeting(elsewhere, title="Soon table", is_public=True, days=2)
    here = reverse("meetings")
    assert rows(client, here) == ["Soon table", "Later table"]
    (when,) = client.get(here).context["switches"]
    assert [(way["label"], way["is_on"]) for way in when["ways"]] == [("Upcoming", True), ("Past", False)]
    assert rows(client, when["ways"][1]["url"]) == ["Past table", "Older table"]
    client.force_login(people.editor)
    assert rows(client, here) == ["Later table"]
    office, _ = client.get(here).context["switches"]
    assert [(way["label"], way["count"]) for way in office["ways"]] == [("My office", "1"), ("All places", "2")]
    assert rows(client, office["ways"][1]["url"]) == ["Soon table", "Later table"]


def test_a_list_without_a_row_says_what_to_do_next(client, people):
    assert "No meetings yet" in text(client, reverse("meetings"))
    shown = text(client, reverse("meetings") + "?status=cancelled")
    assert "No meetings match these filters" in shown
    assert "See all meetings" in shown
