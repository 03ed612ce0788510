"""QR13: how fast emails are sent, compared with smtplib sending prepared bytes to the same mail server.

python -m tests.chaos.rate ACCEPTED EMAILS, with DATABASE_URL and EMAIL_URL set. Prints one line of JSON. In each of
five rounds, smtplib sends over one connection, and then the two senders of a worker send as many emails from the
outbox.
"""

import json
import smtplib
import sys
import time
from statistics import median
from urllib.parse import urlsplit

from tests.chaos import ground

ROUNDS, SENDERS = 5, 2
READY = 200  # distinct emails that smtplib sends over and over


def main(path, count):
    ground.prepare()
    from partnerships.models import Email

    ground.plan_emails(count, -60, 30)
    ready = _ready_bytes()
    part, before = count // ROUNDS, sum(ground.accepted(path).values())
    rounds = [(_push(ready, part), _send(part // SENDERS)) for _ in range(ROUNDS)]
    print(
        json.dumps(
            {
                "smtplib a second": round(median(part / bare for bare, _ in rounds)),
                "emails a second": round(median(part / ours for _, ours in rounds)),
                "ratio": round(median(bare / ours for bare, ours in rounds), 3),
                "sent": Email.objects.filter(state="sent").count(),
                "mails": sum(ground.accepted(path).values()) - before - part * ROUNDS,
            }
        )
    )


def _ready_bytes():
    from partnerships.core import clock
    from partnerships.mail.message import compose
    from partnerships.models import Email
    from partnerships.notifications import emails, recipients

    made = []
    for email in Email.objects.filter(state="planned")[:READY]:
        reader = recipients.find(email.recipient)
        header = {"name": reader.name, "address": reader.address, "at": clock.now()}
        message_id = email.message_id.replace("<", "<bare-")
        made.append((reader.address, compose(emails.render(email, reader), message_id=message_id, **header)))
    return made


def _push(ready, count):
    from django.conf import settings

    url = urlsplit(settings.EMAIL_URL)
    with smtplib.SMTP(url.hostname, url.port, local_hostname="localhost") as line:
        line.ehlo()
        began = time.perf_counter()
        for n in range(count):
            address, message = ready[n % len(ready)]
            line.sendmail("registry@example.org", [address], message)
        return time.perf_counter() - began


def _send(each):
    began = time.perf_counter()
    senders = [ground.fork(lambda: _senders_part(each)) for _ in range(SENDERS)]
    assert [ground.wait(one) for one in senders] == [0] * SENDERS
    return time.perf_counter() - began


def _senders_part(count):
    from partnerships.mail import outbox
    from partnerships.notifications import emails

    while count > 0:
        count -= outbox.send_due(limit=count, render=emails.render) or 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
