"""The page that closes a meeting, and what the meeting's page then shows to each reader."""

import re

from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.meetings import save_meeting
from tests.browser.forms import values
from tests.factories import make_meeting, make_organization, make_partnership, party


def _held(people, **fields):
    group = make_organization("Quiet coalition", "unlisted", kept_by=people.office)
    sides = [party(people.office, "lead"), party(people.organization, "member"), party(group, "advisor")]
    table = make_partnership("The table", lead=people.office, parties=sides)
    meeting = make_meeting(table, days=-1, is_public=True, people=[people.editor], **fields)
    agenda = [{"title": "Data", "owner": table.parties.last()}]
    return save_meeting(meeting=meeting, by=SYSTEM, fields={}, agenda=agenda), list(table.parties.all())


def _page(client, meeting):
    return " ".join(client.get(reverse("meeting", args=[meeting.public_id])).content.decode().split())


def _sent(client, meeting, **more):
    url = reverse("meeting_close", args=[meeting.public_id])
    return url, values(client.get(url).content.decode()) | more


def _errors(page):
    return " ".join(re.sub(r"<[^>]+>", "", page.split('id="not-saved"')[1].split("</section>")[0]).split())


def test_a_meeting_is_closed_and_then_opened_to_all(client, people):
    meeting, (office, group, quiet) = _held(people)
    client.force_login(people.editor)
    assert "Nothing is recorded yet" in _page(client, meeting)
    url, sent = _sent(client, meeting, notes="We talked long.")
    assert '<a class="skip" href="#save">Skip to Save</a>' in client.get(url).content.decode()
    sent |= {f"came-{group.pk}-people": "3", f"said-{meeting.agenda.get().pk}": "Late numbers."}
    sent |= {"decisions-0-question": "Which lot?", "decisions-0-outcome": "The first one."}
    sent |= {"decisions-0-decided_by": [str(office.pk), str(quiet.pk)], "decisions-0-community_input": "The date."}
    sent |= {
        "actions-0-title": "Send the map",
        "actions-0-owner_party": str(group.pk),
        "actions-0-due_on": "2030-01-02",
    }
    assert client.post(url, sent).status_code == 302
    shown = _page(client, meeting)
    inner = ("We talked long.", "Late numbers.", "Which lot?", "The first one.", "The date.", "Quiet coalition")
    for words in (
        *inner,
        "Send the map",
        "Internal: only the office and the invited partners",
    ):
        assert words in shown
    assert re.search(r'Tenants&#x27; association</th>\s*<td data-l="Came">\s*Yes', shown)
    assert re.findall(r'<td data-l="Came"> (\w+) </td> <td data-l="People" class="num"> (.+?) </td>', shown) == [
        ("No", "0"),
        ("Yes", "3"),
        ("No", "0"),
    ]
    client.logout()
    hidden = _page(client, meeting)
    assert [words for words in (*inner, "Send the map") if words in hidden] == []
    client.force_login(people.editor)
    url, sent = _sent(client, meeting, notes_are_public="on")
    assert sent["notes"] == ["We talked long."]
    assert client.post(url, sent).status_code == 302
    client.logout()
    shown = _page(client, meeting)
    assert [words for words in inner if words not in shown] == ["Quiet coalition"]
    assert "Send the map" not in shown  # it may name people


def test_the_owner_has_no_name_for_those_who_may_not_know_of_them(client, people):
    meeting, (_, group, quiet) = _held(people)
    meeting.participants.create(person=people.partner, party=group)
    to_do = [{"title": "Bring the list", "owner_party": quiet}]
    close_meeting(meeting=meeting, by=SYSTEM, fields={"notes": "So."}, actions=to_do)
    client.force_login(people.editor)
    assert "Quiet coalition" in _page(client, meeting)
    client.force_login(people.partner)
    shown = _page(client, meeting)
    assert ["Bring the list" in shown, "A partner" in shown, "Quiet coalition" in shown] == [
        True,
        True,
        False,
    ]


def test_a_refused_form_keeps_what_was_typed(client, people):
    meeting, _ = _held(people)
    client.force_login(people.editor)
    url, sent = _sent(client, meeting, **{"decisions-0-question": "Which lot?", "actions-0-due_on": "someday"})
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "Which lot?" in answer.content.decode()
    assert "someday" in answer.content.decode()
    first = next(iter(answer.context["parts"]["attendance"]))
    refused = client.post(url, sent | {f"{first.prefix}-people": "-1"}).content.decode()
    assert f"{first.party}, How many people: This is too low." in _errors(refused)
    refused = client.post(url, sent | {f"{first.prefix}-people": "99999"}).content.decode()
    assert f"{first.party}, How many people: This is too high. Enter 32,767 or less." in _errors(refused)
    answer = client.post(url, sent | {"actions-0-due_on": ""})
    assert answer.status_code == 422  # a decision must have a text
    assert "decisions-0-outcome" in answer.content.decode().split('id="not-saved"')[1].split("</section>")[0]


def test_an_action_item_without_an_owner_shows_an_error_at_its_field(client, people):
    meeting, _ = _held(people)
    client.force_login(people.editor)
    url, sent = _sent(client, meeting, **{"actions-1-title": "Send the map"})
    answer = client.post(url, sent)
    shown = answer.content.decode()
    assert (answer.status_code, meeting.actions.count()) == (422, 0)
    beside = shown.split('id="id_actions-1-owner_party_error"')[1].split("</div>")[0]
    assert "Choose who is responsible: a partner, a person, or both." in beside
    assert 'href="#id_actions-1-owner_party"' in shown.split('id="not-saved"')[1].split("</section>")[0]
    assert 'value="Send the map"' in shown


def test_two_who_close_one_meeting_lose_nothing(client, people):
    meeting, _ = _held(people)
    client.force_login(people.editor)
    url, first = _sent(client, meeting, notes="The first text")
    assert client.post(url, first).status_code == 302
    answer = client.post(url, first | {"notes": "The second text"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "The first text" in shown
    assert "The second text" in shown
    assert client.post(url, values(shown)).status_code == 302
    meeting.refresh_from_db()
    assert meeting.notes == "The second text"


def test_only_what_was_held_can_be_closed(client, people):
    meeting = make_meeting(make_partnership(lead=people.office))
    client.force_login(people.editor)
    assert client.get(reverse("meeting_close", args=[meeting.public_id])).status_code == 302
    page = _page(client, meeting)
    assert ("Add notes and decisions" in page, 'id="came-of"' in page) == (False, False)
