"""Emails: a complete text part, the same content in HTML, and nothing that their recipient may not read."""

import re
from datetime import UTC, datetime, time
from email import message_from_bytes
from email.policy import default
from html import unescape
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from partnerships.accounts import member_actions
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotFound
from partnerships.mail import outbox, transport
from partnerships.mail.choices import EmailKind
from partnerships.mail.message import Mail, ascii_address, compose
from partnerships.meetings import meetings
from partnerships.models import Email
from partnerships.notifications import emails, links, recipients
from partnerships.notifications.email_queries import NOT_SHOWN, email_body, email_rows, emails_seen
from partnerships.registry import actions as registry
from tests.factories import make_meeting, make_organization, make_partnership, party
from tests.notifications.every_email import CANARY, make_everything, rendered
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _first_of_february():
    with time_machine.travel(datetime(2026, 2, 1, 18, tzinfo=UTC), tick=False):
        yield


@snapshot_fixture
def every_email(people):
    return make_everything(people)


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.starts, self.words, self.skip = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.starts.append((tag, dict(attrs)))
        self.skip = tag in ("style", "title")

    def handle_endtag(self, tag):
        self.skip = False

    def handle_data(self, data):
        if not self.skip:
            self.words += data.split()


@pytest.mark.slow
def test_every_email_is_whole_in_both_forms_and_leaks_nothing(people, every_email):
    wrong = {kind: faults(rendered(kind, people.editor)) for kind in EmailKind.values}
    assert {kind: words for kind, words in wrong.items() if words} == {}


def faults(mail):
    """Return what is wrong with this email, as a list of texts."""
    page = Page(mail.html)
    tags, plain = [tag for tag, _ in page.starts], mail.subject + mail.text
    html = mail.html.partition("<style>")[0] + mail.html.partition("</style>")[2]
    found = [f"{tags.count(tag)} {tag}" for tag in ("html", "title", "main", "h1") if tags.count(tag) != 1]
    found += ["another language"] * (("html", {"lang": "en", "dir": "ltr"}) not in page.starts)
    # Nothing is loaded, so opening the email isn't tracked.
    found += [f"has {tag}" for tag in ("img", "script", "link", "form", "iframe") if tag in tags]
    words = [word for word in page.words if word.isalpha() and word not in page_only(page)]
    found += [f"only in HTML: {word}" for word in words if word not in mail.text]
    found += ["line ends in the subject"] * (mail.subject != " ".join(mail.subject.split()))
    needed = ("You get this email because", "http://127.0.0.1:8000")
    found += [f"lacks {part}" for part in needed if not re.search(part, mail.text)]
    found += [f"has {part}" for part in (CANARY, "31337", "kestrel") if part in plain + mail.html]
    found += [f"has {part} as text" for part in ("&amp;", "&lt;", "{") if part in plain]
    return found + [f"has {part} in HTML" for part in ("<b>", "{") if part in html]


def page_only(page):
    """Words of the heading and of labels, which the text part expresses differently."""
    return {
        "A",
        "is",
        "coming",
        "up",
        "An",
        "has",
        "This",
        "no",
        "account",
        "late",
        "changed",
        "canceled",
        "ending",
    } | {
        *("Meeting", "overdue", "Someone", "new", "Sign", "your", "first", "its", "seat", "claim"),
        *("Decide", "about", "it"),  # the link's text
        *("Numbers", "due", "partner", "sees", "number", "differently", "question", "was", "answered"),
        *(
            "How",
            "where",
            "you",
            "sit",
            "Your",
            "answers",
            "are",
            "still",
            "were",
            "written",
            "work",
            "from",
            "missing",
            "down",
            "for",
            "The",
            "open",
        ),
    }


def test_a_reminder_in_full(people, every_email):
    people.editor.zone = "America/New_York"
    mail = rendered("meeting_reminder", people.editor)
    token = links.make(links.MEETING, recipients.read_recipient(people.editor), every_email.pk, every_email.starts_at)
    stop = links.make(
        links.EMAILS, recipients.read_recipient(people.editor), "meeting_reminder", clock.now() + emails.STOP_OPEN
    )
    assert mail.subject == (
        "Reminder: Table for “all” & <b>more</b>, Tuesday, March 3, 2026, 10 a.m. Central Time (America/Chicago)"
    )
    assert mail.text == (
        "A meeting that you’re invited to is coming up.\n"
        "\n"
        "Table for “all” & <b>more</b>\n"
        "Homes & <neighbors>\n"
        "\n"
        "When: Tuesday, March 3, 2026, 10 a.m. Central Time (America/Chicago)\n"
        "For you: Tuesday, March 3, 2026, 11 a.m. Eastern Time (America/New_York)\n"
        "Length: 1 hour 30 minutes\n"
        "Where: Room 2\n"
        "Join: https://meet.example.org/a?b=1&c=2\n"
        "Access, food, child care: Child care, step-free\n"
        "\n"
        "Agenda:\n"
        "- Welcome & names (10 minutes)\n"
        "\n"
        f"Tell us if you can come: http://127.0.0.1:8000/by-link/meeting/{token}/\n"
        "\n"
        f"See it in the Partnership Registry: http://127.0.0.1:8000/meetings/{every_email.public_id}/\n"
        "\n"
        "-- \n"
        "You get this email because you’re invited to this meeting.\n"
        f"Stop this kind of email: http://127.0.0.1:8000/by-link/letters/{stop}/\n"
        "Sent by the Partnership Registry, http://127.0.0.1:8000\n"
    )


def test_the_agenda_says_who_presents_each_item_as_far_as_the_reader_may_know(people, contact):
    hidden = make_organization("Kestrel tenants", "unlisted", kept_by=people.office)
    seats = [party(people.office, "lead"), party(people.organization, "member"), party(hidden, "member")]
    partnership = make_partnership("Homes", lead=people.office, parties=seats)
    lead, group, unlisted = partnership.parties.all()
    agenda = [
        {"title": "Welcome", "minutes": 10, "owner": lead},
        {"title": "Data", "owner": group},
        {"title": "Rents", "owner": unlisted},
        {"title": "Next steps", "minutes": 5},
    ]
    meeting = make_meeting(partnership, people=[people.editor, contact])
    meetings.save_meeting(meeting=meeting, by=SYSTEM, fields={}, agenda=agenda)
    email = Email(kind="meeting_planned", subject_type="meeting", subject_id=meeting.pk)
    page = links.make(links.MEETING, recipients.read_recipient(contact), meeting.pk, meeting.starts_at)
    for someone, presents in ((people.editor, ", presented by Kestrel tenants"), (contact, "")):
        mail = emails.render(email, recipients.read_recipient(someone), {})
        assert (
            "Agenda:\n"
            f"- Welcome (10 minutes), presented by {people.office}\n"
            f"- Data, presented by {people.organization}\n"
            f"- Rents{presents}\n"
            "- Next steps (5 minutes)\n"
        ) in mail.text
        assert f"Data, presented by {people.organization}" in unescape(" ".join(mail.html.split()))
    opened = unescape(Client().get(f"/by-link/meeting/{page}/").content.decode())
    assert [str(people.organization) in opened, "Kestrel" in opened] == [True, False]


def test_the_link_is_one_that_the_reader_can_open(people, every_email, contact):
    def link(someone):
        email = Email(kind="meeting_reminder", subject_id=every_email.pk)
        text = emails.render(email, recipients.read_recipient(someone)).text
        return re.search(r"Registry: http://127.0.0.1:8000(\S+)", text)[1]

    partnership = every_email.partnership
    assert link(people.editor) == f"/meetings/{every_email.public_id}/"
    assert link(contact) == f"/partnerships/{partnership.public_id}/"
    registry.withdraw_partnership(partnership=partnership, by=SYSTEM)
    assert link(contact) == "/"
    registry.publish_partnership(partnership=partnership, by=SYSTEM)
    meetings.save_meeting(meeting=every_email, by=SYSTEM, fields={"is_public": True})
    assert link(contact) == f"/meetings/{every_email.public_id}/"


def test_check_ins_say_when_they_are_late(people, every_email):
    assert rendered("check_in_due", people.editor, occurrence__endswith="/day").subject == (
        "Check-in due Sunday, March 8, 2026: Homes & <neighbors>"
    )
    late = rendered("check_in_due", people.editor, occurrence__endswith="/3d-late")
    assert late.subject == "Check-in was due Sunday, March 8, 2026: Homes & <neighbors>"
    assert "City of Minneapolis asked you for a check-in." in late.text
    assert "isn’t recorded yet" in late.text


def test_what_is_gone_is_missing_not_a_crash(people, every_email):
    for kind in ("meeting_reminder", "check_in_due", "agreement_ending"):
        with pytest.raises(NotFound):
            emails.render(Email(kind=kind, subject_id=0), recipients.read_recipient(people.editor))


def test_the_message_on_the_wire(people, every_email):
    mail = rendered("meeting_reminder", people.editor)
    at = datetime(2026, 2, 1, 18, tzinfo=UTC)
    raw = compose(mail, name="Zoë, “Z”", address="z@bücher.example", message_id="<a@b>", at=at)
    assert all(len(line) <= 998 and line.isascii() for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = message_from_bytes(raw, policy=default)
    names = ("From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Language")
    assert [message[name] for name in names] == [
        "Partnership Registry <registry@example.org>",
        '"Zoë, “Z”" <z@xn--bcher-kva.example>',
        "Sun, 01 Feb 2026 18:00:00 +0000",
        "<a@b>",
        "auto-generated",
        "en",
    ]
    assert message["Subject"] == mail.subject
    # As ASCII on one line, since mail programs don't decode encoded words here.
    assert f"List-Unsubscribe: <{mail.stop}>".encode() in raw.split(b"\r\n")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == mail.text
    assert ascii_address("a@b.example") == "a@b.example"


def test_no_text_can_add_a_header():
    at = datetime(2026, 2, 1, 18, tzinfo=UTC)
    mail = Mail("x\r\nBcc: all@example.org", "text", "<p>text</p>")
    raw = compose(mail, name="a\r\nBcc: b@c", address="a@b.example", message_id="<a@b>", at=at)
    message = message_from_bytes(raw, policy=default)
    assert message["Bcc"] is None
    assert message["Subject"] == "x Bcc: all@example.org"


# Who can read which email in the outbox


def shown_emails():
    """No staff see reminders of rounds: people without one have answered."""
    return Email.objects.exclude(kind=EmailKind.ROUND_REMINDER)


def test_who_sees_which_emails(people, every_email):
    count, of_office = shown_emails().count(), shown_emails().filter(lead=people.office).count()
    decided = Email.objects.filter(lead=people.office, subject_type__in=("claim", "suggestion")).count()
    seen = {name: emails_seen(person).count() for name, person in people.as_roles().items()}
    assert seen == dict.fromkeys(people.as_roles(), 0) | {
        "editor": of_office,
        "reader": of_office - decided,  # those are for the people who decide
        "administrator": count,
    }
    # Emails about accounts, and to people of partners that the lead agency may not know, are for administrators alone.
    others = set(Email.objects.exclude(lead=people.office).values_list("kind", flat=True))
    assert others == {
        *("invitation", "membership_changed", "passed_on", "confirmation_asked", "remark_shown", "followed", "digest"),
        *("suggestion_made", "suggestion_decided"),  # of an organization that no office keeps
        *(
            "round_asked",
            "round_reminder",
            "round_opened",
            "round_cancel_asked",
            "round_canceled",
            "round_name",
            "round_named",
            "round_publish_asked",
            "round_agreement",
            "statement_saved",
        ),  # to people who answer for another partner than the lead agency
        "number_answered",
        *("webhook_paused", "service_unanswered"),  # to the managers alone
    }
    with pytest.raises(NotFound):
        email_body(people.stranger, Email.objects.first(), emails.render)


def test_emails_go_with_the_record_to_another_office(people, every_email):
    partnership, rows = every_email.partnership, shown_emails().filter(lead=people.office)
    about_it = rows.exclude(
        subject_type__in=("claim", "suggestion", "report", "seatconsent", "partnership", "organization")
    ).count()
    before = rows.count()
    registry.save_partnership(
        partnership=partnership, by=SYSTEM, fields={"lead": people.other_office, "title": "Taken over"}
    )
    of_other = emails_seen(people.other_editor).exclude(kind="lead_changed")  # written by this change
    assert (emails_seen(people.editor).count(), of_other.count()) == (before - about_it, about_it)
    assert "Taken over" not in str(email_rows(emails_seen(people.editor)))
    # Administrators alone can see what partners were told.
    assert not emails_seen(people.other_editor).filter(kind__in=("remark_shown", "confirmation_asked")).exists()


def test_an_email_shows_staff_no_address(files, settings, people):
    member_actions.invite(by=people.administrator, body=people.office, address="new@example.org", role="reader")
    email = Email.objects.get(kind="invitation")
    planned, _ = email_body(people.administrator, email, emails.render)
    outbox.send_due(render=emails.render)
    filed, language = email_body(people.administrator, email, emails.render)
    assert (planned.split(), language) == (filed.split(), "en")
    assert "Sign in with (address). We’ll email you a code" in filed
    assert "new@example.org" in transport.path_of(files, email.message_id).read_text()


def test_rows_name_people_and_titles_in_few_queries(people, every_email, django_assert_num_queries):
    with django_assert_num_queries(18):  # one for the reader's memberships
        rows = email_rows(emails_seen(people.editor))
    named = {(row.email.kind, row.to, row.about) for row in rows}
    assert named == {
        (kind, to, title)
        for kind, tos, title in (
            ("meeting_planned", ("Editor", f"{CANARY} desk"), every_email.title),
            ("meeting_reminder", ("Editor", f"{CANARY} desk"), every_email.title),
            ("check_in_due", ("Editor", f"{CANARY} desk"), "Homes & <neighbors>"),
            ("check_in_missed", ("Editor",), "Homes & <neighbors>"),
            ("call_asked", ("Editor",), "Homes & <neighbors>"),
            ("agreement_ending", ("Editor",), "Homes & <neighbors>"),
            *((f"action_{what}", ("Editor",), "Send the map & <list>") for what in ("assigned", "due", "overdue")),
            *(
                (f"round_{what}", ("Editor",), "Homes & <neighbors>")
                for what in ("asked", "taken", "opened", "cancel_asked", "canceled")
            ),
            ("record_disputed", ("Editor",), "Homes & <neighbors>"),
            ("seat_invited", (f"{CANARY} desk",), "Seats & <names>"),
            ("lead_changed", ("Editor", "Other editor"), "Handed & <over>"),
            ("seat_answered", ("Editor",), "Seats & <names>"),
            ("seat_answered", ("Editor",), "Homes & <neighbors>"),
            ("numbers_due", ("Editor",), "Families & <homes>"),
            ("number_disputed", ("Editor",), "Families & <homes>"),
            ("report_ready", ("Editor",), "Homes for the council & <more>"),
            ("remark_replied", ("Editor",), "Homes & <neighbors>"),
            ("claim_made", ("Editor",), ""),
            ("claim_decided", ("Stranger",), ""),
            ("first_manager", ("Editor",), ""),
            ("name_alike", ("Editor",), ""),
        )
        for to in tos
    }


def test_a_text_is_what_was_sent_or_what_would_be_sent(files, people, every_email):
    email = Email.objects.get(kind="meeting_planned", recipient=f"person:{people.editor.pk}")
    assert email_body(people.reader, email, emails.render)[0].startswith(
        "City of Minneapolis invites you to a meeting."
    )
    outbox.send_due(render=emails.render)
    type(every_email).objects.filter(pk=every_email.pk).update(title="Renamed since")
    assert "Renamed since" not in email_body(people.reader, email, emails.render)[0]


def test_codes_are_shown_for_the_sample_without_a_server_only(files, settings, people):
    def body(email):
        row = outbox.send_now("sign_in_code", email, {"code": "K7Q2-MX9P"}, emails.render)
        return email_body(people.administrator, row, emails.render)[0]

    people.reader.is_sample = True
    people.reader.save()
    assert "K7Q2-MX9P" in body("reader@example.org")
    assert body("editor@example.org") == NOT_SHOWN
    sample = Email.objects.get(is_sample=True)
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert email_body(people.administrator, sample, emails.render)[0] == NOT_SHOWN
    with pytest.raises(NotFound):
        email_body(people.editor, sample, emails.render)


def test_midnight_and_noon_are_written_as_words(people, partnership):
    make_meeting(partnership, people=[people.editor], at=time(0))
    assert ", midnight Central Time" in rendered("meeting_reminder", people.editor).subject
