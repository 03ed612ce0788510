"""Email that is slow to read, large or misleading: each about a megabyte, unless a smaller one is worse."""

from tests.notifications.incoming_mails import lines, mail, report

MB = 1_000_000
ID = "<0123456789abcdef0123456789abcdef@example.org>"


def full(start, filler, end=b"") -> bytes:
    """`start`, as much of `filler` as a megabyte holds, and `end`."""
    return start + filler * ((MB - len(start) - len(end)) // len(filler)) + end


def feedback(*headers) -> bytes:
    return report("feedback-report", ["Feedback-Type: abuse", *headers], [f"Message-ID: {ID}", "To: a@example.org", ""])


def bounced(*fields) -> bytes:
    return report("delivery-status", ["Reporting-MTA: dns; mx", "", *fields], [f"Message-ID: {ID}", "", "x"])


def calendar(*text) -> bytes:
    return mail(["BEGIN:VCALENDAR", "METHOD:REPLY", *text])


def nested(kind, head=b"") -> bytes:
    """As many nested parts as a megabyte holds, all of them closed."""
    depth, parts = 0, []
    while sum(map(len, parts[-1:])) + depth * 60 < MB - 200:
        parts.append(b'Content-Type: %s; boundary="%d"\r\n%s\r\n--%d\r\n' % (kind, depth, head, depth))
        depth += 1
    return b"".join(parts)[:MB]


def full_of(*start, filler, end=()) -> bytes:
    """A calendar of 64 kB, the maximum that is read."""
    return calendar(*start, *[filler] * (62_000 // (len(filler) + 2)), *end)


CALENDAR = b"Content-Type: text/calendar; method=REPLY\r\n"
EVENT = ("BEGIN:VEVENT", "UID:x@y", "DTSTAMP:20260301T100000Z", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org")
INPUTS = {
    "a sender of spaces": lambda: feedback("Original-Rcpt-To: a" + " " * 7_900 + "b"),
    "many senders of spaces": lambda: feedback(*["Original-Rcpt-To: " + "a " * 3_900 + "<"] * 120),
    "many senders of quotes": lambda: feedback(*["Original-Rcpt-To: " + '"\\' * 3_900] * 120),
    "many senders in folded lines": lambda: feedback(*["Original-Rcpt-To: a" + "\r\n a" * 1_900] * 100),
    "a header of semicolons": lambda: full(b"Content-Type: multipart/report", b";", b"\r\n\r\nx"),
    "headers of semicolons": lambda: full(b"", b"Content-Type: multipart/report" + b";" * 7_900 + b"\r\n", b"\r\nx"),
    "parameters of semicolons": lambda: full(b"", b"Content-Type: text/calendar" + b"; a" * 2_600 + b"\r\n", b"\r\nx"),
    "parameters of quotes": lambda: CALENDAR[:-2] + b';"\\"' * 1_900 + b"\r\n\r\nx",
    "a method in many pieces": lambda: (
        b"Content-Type: text/calendar" + b"".join(b"; method*%d=R" % n for n in range(550)) + b"\r\n\r\nx"
    ),
    "parts of parameters": lambda: full(
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n',
        b"--b\r\nContent-Type: text/calendar" + b";a*=x" * 1_500 + b"; method=x\r\n\r\nx\r\n",
    ),
    "a header in many lines": lambda: full(b"From: a\r\n", b" ;\r\n", b"\r\nx"),
    "headers in many lines": lambda: full(b"", b"From: a\r\n" + b" ;\r\n" * 1_900, b"\r\nx"),
    "an address of brackets": lambda: full(b"From: ", b"(", b"\r\n\r\nx"),
    "many headers": lambda: full(b"", b"X: y\r\n", b"\r\nx"),
    "many empty headers": lambda: full(b"", b"X:\n", b"\nx"),
    "headers of encoded words": lambda: full(b"", b"To: " + b"=?utf-8?q?=41?= " * 480 + b"\r\n", b"\r\nx"),
    "headers that are no ASCII": lambda: full(b"", b"To: " + b"\xff" * 7_900 + b"\r\n", b"\r\nx"),
    "lines without headers": lambda: full(b"", b"\r\n"),
    "lines of one sign": lambda: full(b"From: a\r\n\r\n", b"x\n"),
    "carriage returns": lambda: full(b"From: a\r\n\r\n", b"\r"),
    "spaces at the end of lines": lambda: full(b"From: a\r\n\r\n", b" " * 7_000 + b"\n"),
    "parts in parts": lambda: nested(b"multipart/mixed"),
    "digests in digests": lambda: nested(b"multipart/digest"),
    "reports in reports": lambda: nested(b"multipart/report"),
    "messages in messages": lambda: full(b"", b"Content-Type: message/rfc822\r\n\r\n"),
    "statuses in statuses": lambda: full(b"", b"Content-Type: message/delivery-status\r\n\r\n"),
    "many parts": lambda: full(b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n', b"--b\r\n\r\nx\r\n"),
    "as many parts as are read": lambda: full(
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n',
        b"--b\r\nContent-Type: text/plain\r\n\r\n" + (b"x" * 70 + b"\r\n") * 140,
    ),
    "a boundary that almost ends": lambda: full(
        b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n' % (b"a" * 70), b"--" + b"a" * 69 + b"\r\n"
    ),
    "a boundary of an expression": lambda: full(
        b'Content-Type: multipart/mixed; boundary="(a+)+$"\r\n\r\n', b"--" + b"a" * 5_000 + b"!\r\n"
    ),
    "a status of many blocks": lambda: bounced(*["Action: failed", ""] * 18_000),
    "a status of many fields": lambda: bounced(*["Action: failed"] * 38_000),
    "a status of long addresses": lambda: bounced(*["Final-Recipient: rfc822;" + "<" * 7_900, ""] * 120),
    "a returned Message-ID without an end": lambda: report(
        "delivery-status", ["A: b", "", "Action: failed"], ["Message-ID: <" + "a" * 7_900, "", "x"]
    ),
    "returned headers in base64": lambda: report(
        "delivery-status",
        ["A: b", "", "Action: failed"],
        ["", *["Zm9vOiBiYXI6IGJhego6" * 3] * 15_000],
        returned="text/rfc822-headers\r\nContent-Transfer-Encoding: base64",
    ),
    "a report of nothing": lambda: (
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"--b\r\n\r\n" * 3 + b"--b--"
    ),
    "a report without an end": lambda: b"Content-Type: multipart/report\r\n\r\n",
    "quoted-printable": lambda: full(
        CALENDAR + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=3D" * 25 + b"=\n"
    ),
    "quoted-printable that breaks": lambda: full(
        CALENDAR + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=" * 75 + b"\n"
    ),
    "base64": lambda: full(CALENDAR + b"Content-Transfer-Encoding: base64\r\n\r\n", b"QUJD" * 19 + b"\r\n"),
    "base64 that breaks": lambda: CALENDAR + b"Content-Transfer-Encoding: base64\r\n\r\n!!!=",
    "uuencode": lambda: full(
        CALENDAR + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\n", b"M" * 61 + b"\n", b"end\n"
    ),
    "an unknown charset": lambda: full(CALENDAR[:-2] + b"; charset=no-such\r\n\r\n", b"BEGIN:VCALENDAR\r\n"),
    "a line break in the method": lambda: b"Content-Type: text/calendar; method*0=RE; method*1=PLY\r\n\r\nx",
    "a calendar of a million lines": lambda: mail(["BEGIN:VCALENDAR", *["X-A:1"] * 140_000, "END:VCALENDAR"]),
    "a large calendar": lambda: mail(["BEGIN:VCALENDAR", *["X-A:" + "x" * 60] * 14_000, "END:VCALENDAR"]),
    "a calendar of lines": lambda: full_of(filler="A:1"),
    "a calendar of folds": lambda: full_of("BEGIN:VEVENT", "X:1", filler=" "),
    "a calendar of short folds": lambda: full_of("BEGIN:VEVENT", "ATTENDEE;CN=a", filler=" a"),
    "a calendar of parameters": lambda: full_of(*EVENT, filler="X" + ";A=b" * 1_900),
    "a calendar of quotes": lambda: full_of(*EVENT, filler='X;A="' + '"' * 900),
    "a calendar of commas": lambda: full_of(*EVENT, filler="ATTENDEE;A=" + "," * 900),
    "a calendar in calendars": lambda: full_of(filler="BEGIN:VCALENDAR"),
    "a calendar of components": lambda: full_of(filler="BEGIN:A"),
    "a calendar of zones": lambda: full_of(
        filler="BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    ),
    "a rule without an end": lambda: full_of(
        *EVENT, filler="RRULE:FREQ=SECONDLY;COUNT=999999999", end=("END:VEVENT", "END:VCALENDAR")
    ),
    "days without an end": lambda: full_of(*EVENT, "RDATE:" + ",".join(["20300101T000000Z"] * 3_000), filler="X:1"),
    "a version of many digits": lambda: full_of(*EVENT, "SEQUENCE:" + "9" * 60_000, filler="X:1"),
    "a calendar without an end": lambda: calendar("BEGIN:VEVENT"),
    "a calendar of nothing": lambda: mail([""]),
    "bytes": lambda: full(b"", bytes(range(256))),
    "nothing but zeros": lambda: b"\0" * MB,
    "an attachment like any": lambda: full(
        lines(
            "From: a@example.net",
            'Content-Type: multipart/mixed; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "Hello",
            "--b",
        )
        + b"\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        b"A" * 76 + b"\r\n",
        b"--b--\r\n",
    ),
}
