"""Answers by personal link: only the button changes something, and a link expires with its subject."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from equity.logs import RedactingFormatter
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail import outbox
from partnerships.meetings import meetings, queries
from partnerships.models import Email, Participant
from partnerships.notifications import emails, links, recipients
from partnerships.notifications.email_queries import email_body
from partnerships.registry import actions as registry
from partnerships.registry.consent import withdraw_from_seat
from tests.factories import cancel_meeting, make_meeting

pytestmark = pytest.mark.django_db


def link_to(meeting, someone, kind="meeting_planned"):
    """Return the link in someone's email about this meeting, as their mail program opens it."""
    text = emails.render(Email(kind=kind, subject_id=meeting.pk), recipients.read_recipient(someone), {}).text
    return re.search(r"if you can come: http://127.0.0.1:8000(\S+)", text)[1]


def answer_of(meeting, **who):
    return Participant.objects.get(meeting=meeting, **who).answer


def status_and_content(response):
    """Return the text of a page, without its own address."""
    return response.status_code, response.content


def test_one_press_answers_until_the_start_without_a_session(client, meeting, contact):
    url = link_to(meeting, contact)
    before = meeting.version
    for answer, words in (("yes", "Will come"), ("no", "Can’t come"), ("maybe", "Might come")):
        response = client.post(url, {"answer": answer})
        assert response.status_code == 200
        assert f"Saved: {words}" in response.content.decode()
        assert answer_of(meeting, contact=contact) == answer
    meeting.refresh_from_db()
    assert meeting.version == before
    assert client.cookies == {}
    # Anyone who opens the link later doesn't see the answer.
    assert "Noted" not in client.get(url).content.decode()
    with time_machine.travel(meeting.starts_at + timedelta(seconds=1), tick=False):
        assert client.post(url, {"answer": "yes"}).status_code == 404
    assert answer_of(meeting, contact=contact) == "maybe"


def test_scanners_change_nothing_and_get_no_session(meeting, contact):
    url, scanner = link_to(meeting, contact), Client(enforce_csrf_checks=True)
    for method in ("get", "head", "options"):
        response = getattr(scanner, method)(url)
        assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in scanner.get(url)["Cache-Control"]
    assert scanner.post(url).status_code == 422
    assert scanner.post(url, {"answer": "perhaps"}).status_code == 422
    assert (answer_of(meeting, contact=contact), scanner.cookies) == ("", {})


def test_every_link_that_opens_nothing_reads_the_same(client, people, meeting, contact):
    url = link_to(meeting, contact)
    token = url.split("/")[-2]
    other = links.make(links.CHECK_IN, recipients.read_recipient(contact), meeting.pk, meeting.starts_at)
    late = links.make(links.MEETING, recipients.read_recipient(contact), meeting.pk, clock.now())
    nobody = links.make(links.MEETING, recipients.read_recipient(people.stranger), meeting.pk, meeting.starts_at)
    tampered = [token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", token.partition(".")[0], "x.y", ".", "é"]
    bad = [*tampered, other, late, nobody]
    answers = [status_and_content(client.get(f"/by-link/meeting/{one}/")) for one in bad]
    answers += [status_and_content(client.post(f"/by-link/meeting/{one}/", {"answer": "yes"})) for one in bad]
    assert [status for status, _ in answers] == [404] * len(answers)
    assert len({body for _, body in answers}) == 1
    assert "We can’t find this page.".encode() in answers[0][1]
    assert token.encode() not in answers[0][1]


@pytest.mark.parametrize("ending", ["removed", "cancelled", "ended", "new address", "suspended", "left", "withdrew"])
def test_a_link_ends_with_the_seat(client, people, partnership, contact, ending):
    meeting = make_meeting(partnership, people=[contact, people.editor])
    seat = partnership.parties.get(organization=people.organization)
    meeting.participants.filter(contact=contact).update(party=seat)
    someone = people.editor if ending in ("suspended", "left") else contact
    url = link_to(meeting, someone)
    assert client.get(url).status_code == 200
    if ending == "removed":
        meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=[{"person": people.editor}])
    elif ending == "cancelled":
        cancel_meeting(meeting=meeting)
    elif ending == "ended":
        registry.end_partnership(partnership=partnership, by=SYSTEM, ends_on=clock.today(), reason="done")
    elif ending == "new address":
        type(contact).objects.filter(pk=contact.pk).update(email="new@example.org")
    elif ending == "withdrew":
        withdraw_from_seat(party=seat, by=people.partner)
    elif ending == "suspended":
        type(someone).objects.filter(pk=someone.pk).update(is_active=False)
    else:
        someone.memberships.all().delete()
    assert client.get(url).status_code == client.post(url, {"answer": "yes"}).status_code == 404
    assert not Participant.objects.exclude(answer="").exists()


def test_a_change_by_staff_keeps_the_answers(client, people, meeting, contact):
    client.post(link_to(meeting, contact), {"answer": "yes"})
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={"place": "Room 3"})
    assert answer_of(meeting, contact=contact) == "yes"


def test_staff_read_names_and_parties_read_counts(client, people, partnership, contact):
    meeting, seat = make_meeting(partnership, is_public=True), partnership.parties.get(organization=people.organization)
    rows = [{"person": people.editor}, {"contact": contact, "party": seat}]
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, participants=rows)
    client.post(link_to(meeting, contact), {"answer": "yes"})
    counts = [(str(row["party"]), row["asked"], row["yes"]) for row in queries.invited_people(people.partner, meeting)]
    assert counts == [("Tenants' association", 1, 1), ("None", 1, 0)]
    assert queries.invited_people(people.reader, meeting) == queries.invited_people(people.partner, meeting)
    for person in (None, people.stranger, people.other_editor):
        assert queries.invited_people(person, meeting) == []
    client.force_login(people.partner)
    page = client.get(f"/meetings/{meeting.public_id}/").content.decode()
    assert "Who is coming" in page
    assert contact.name not in page
    client.force_login(people.reader)
    page = client.get(f"/meetings/{meeting.public_id}/").content.decode()
    assert re.search(rf"{contact.name}.*?Will come", page, re.S)


def test_staff_never_read_a_link_except_the_samples_own(files, settings, people, meeting):
    email = Email.objects.get(kind="meeting_planned", recipient=f"person:{people.editor.pk}")
    assert "by-link" not in email_body(people.reader, email, emails.render)[0]
    outbox.send_due(render=emails.render)
    assert "by-link" not in email_body(people.reader, email, emails.render)[0]
    assert "(a personal link)" in email_body(people.reader, email, emails.render)[0]
    Email.objects.update(is_sample=True)
    email.refresh_from_db()
    assert "by-link" in email_body(people.reader, email, emails.render)[0]
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert "by-link" not in email_body(people.reader, email, emails.render)[0]


def test_no_log_contains_a_link(client, meeting, contact, caplog):
    token = link_to(meeting, contact).split("/")[-2]
    client.get(f"/by-link/meeting/{token}x/")
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.request").warning(
        "Not Found: %s", f"/by-link/meeting/{token}/?next=%2Fby-link%2Fx%2F{token}"
    )
    written = [RedactingFormatter().format(record) for record in caplog.records]
    assert written
    assert not [line for line in written if token in line]
