"""Incoming email as mail servers, mailboxes and calendar programs write it, as bytes."""

from partnerships.core import clock
from partnerships.meetings.calendar import secret_uid

DESK = "desk@example.org"


def lines(*parts) -> bytes:
    return "\r\n".join(part for part in parts if part is not None).encode()


def report(kind, fields, original, *, returned="message/rfc822") -> bytes:
    return lines(
        "From: Mail Delivery System <mailer-daemon@mx.example.net>",
        "To: registry@example.org",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind}; boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        "I am sorry.",
        "--b1",
        f"Content-Type: message/{kind}",
        "",
        *fields,
        "",
        "--b1",
        f"Content-Type: {returned}",
        "",
        *original,
        "",
        "--b1--",
        "",
    )


def bounce(message_id, *, to=DESK, action="failed", status="5.1.1", returned="message/rfc822", **more) -> bytes:
    final = more.pop("final", f"rfc822; {to}")
    fields = ["Reporting-MTA: dns; mx.example.net", "", f"Final-Recipient: {final}", f"Action: {action}"]
    fields += [f"Status: {status}", f"Diagnostic-Code: smtp; 550 {status} <{to}>: user unknown"]
    fields += [f"Original-Recipient: {more['original']}"] if "original" in more else []
    return report("delivery-status", fields, original(message_id, to), returned=returned)


def complaint(message_id, *, to=DESK, kind="abuse", rcpt=True) -> bytes:
    fields = [f"Feedback-Type: {kind}", "User-Agent: FBL/1.0", "Version: 1"]
    fields += [f"Original-Rcpt-To: <{to}>"] if rcpt else []
    return report("feedback-report", fields, original(message_id, to))


def original(message_id, to):
    return [f"Message-ID: {message_id}", f"To: Desk <{to}>", "Subject: Meeting", "", "Text"]


def answer(
    meeting, *, partstat="ACCEPTED", to=DESK, sender=None, uid=None, sequence=0, at=None, more=(), method="REPLY"
):
    """The reply of a calendar program for the person invited at `to`. `uid`: another one than their invitation's."""
    at = at or clock.now()
    event = ["BEGIN:VEVENT", f"UID:{uid or secret_uid(meeting, to, '127.0.0.1')}", f"SEQUENCE:{sequence}"]
    event += [f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}", "ORGANIZER:mailto:registry@example.org"]
    event += [
        f"ATTENDEE;PARTSTAT={partstat};CN=Desk:MAILTO:{to}",
        *more,
        "SUMMARY:Accepted: Housing table",
        "END:VEVENT",
    ]
    text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", f"METHOD:{method}", *event, "END:VCALENDAR"]
    return mail(text, sender or f"Outreach desk <{to}>", method)


def mail(calendar, sender=DESK, method="REPLY") -> bytes:
    return lines(
        f"From: {sender}",
        "To: registry@example.org",
        "Subject: Accepted: Housing table",
        'Content-Type: multipart/alternative; boundary="b2"',
        "",
        "--b2",
        "Content-Type: text/plain",
        "",
        "I accept.",
        "--b2",
        f"Content-Type: text/calendar; charset=UTF-8; method={method}",
        "",
        *calendar,
        "--b2--",
        "",
    )
