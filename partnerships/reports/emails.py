"""The email that a report is ready: once, to the people that its settings name, when it was made on schedule.

It gives the report's title and owner with a link, and nothing from the report.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.mail import outbox
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.mail.schedule import day_words
from partnerships.notifications.common import RecipientCheck
from partnerships.notifications.email_queries import TITLES
from partnerships.notifications.emails import WRITERS
from partnerships.notifications.recipients import READERS
from partnerships.reports.models import Report, ReportDefinition

USEFUL = timedelta(days=14)
_OWNER = ("definition__jurisdiction", "definition__organization")


def recipients_of(definition: ReportDefinition) -> QuerySet[Person]:
    """The people that its settings name who still belong to the office or organization."""
    owner = definition.owner
    own = {f"memberships__{type_key(owner)}": owner}
    return Person.objects.filter(reports_mailed=definition, is_active=True, **own).distinct()


def email_recipients(report: Report) -> None:
    """Call it in the transaction that makes the report ready. A report that is made again after
    a redaction is no news.
    """
    if report.asked_by_id is not None:
        return
    now, definition = clock.shared()(), report.definition
    occurrence, lead = f"{definition.public_id}/{report.pk}", definition.jurisdiction_id
    people = recipients_of(definition).order_by("pk")
    emails = [
        outbox.build_row(EmailKind.REPORT_READY, occurrence, one, report, now, now + USEFUL, lead) for one in people
    ]
    outbox.insert(emails, now=now)


def _report_of(email: Email) -> Report | None:
    return Report.objects.select_related(*_OWNER).defer("pdf", "content").filter(pk=email.subject_pk).first()


def _read_report(email: Email) -> RecipientCheck:
    report = _report_of(email)
    if report is None:
        return None, None, gettext_noop("The report was deleted.")
    person = recipients_of(report.definition).filter(pk=email.recipient_pk).first()
    return person, report, "" if person else gettext_noop("They no longer get emails about this report.")


def _report_ready(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    report = context.get("subject") or _report_of(email)
    if report is None:
        raise NotFound
    definition, address = report.definition, reverse("report", args=[report.pk])
    zone = clock.zone(getattr(definition.owner, "zone", ""))
    return {
        "report": definition.title,
        "owner": definition.owner.name,
        "made": day_words((report.made_at or report.asked_at).astimezone(zone).date()),
        "page": f"{settings.BASE_URL}{reverse('account_login')}?next={address}",
        "is_illustration": definition.is_illustration,
    }


READERS["report"] = _read_report
WRITERS[EmailKind.REPORT_READY] = _report_ready
TITLES[Report] = "definition__title"
