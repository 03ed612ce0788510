"""What the tests of followed records and of daily emails share: reading the emails that someone gets."""

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.mail import outbox
from partnerships.models import EmailPreference
from partnerships.notifications import digest_planning, emails
from partnerships.registry import actions as registry

NEWS, DAILY = "News of Learning from one another", "News since your last email: 1"


def choose(person, pace, *kinds):
    for kind in kinds or ("followed",):
        EmailPreference.objects.update_or_create(person=person, kind=kind, defaults={"pace": pace, "at": clock.now()})


def save(partnership, **fields):
    return registry.save_partnership(partnership=partnership, by=SYSTEM, fields=fields)


def sweep(render=emails.render):
    digest_planning.plan_all()
    while outbox.send_due(render=render):
        pass


def emails_to(sink, address="stranger@example.org"):
    return [message for recipient, message in sink.emails if recipient == address]


def subjects(sink, address="stranger@example.org"):
    return [message["Subject"] for message in emails_to(sink, address)]


def text(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")
