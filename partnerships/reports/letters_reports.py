"""What the letter about a report says: its title and whose it is, with a link. Nothing of what it holds, and no file."""

from django.conf import settings
from django.urls import reverse

from partnerships.core import clock
from partnerships.core.errors import Missing
from partnerships.mail.choices import LetterKind
from partnerships.mail.schedule import day_words
from partnerships.reports.models import Report
from partnerships.reports.recipients_reports import REPORT


def _ready(letter, recipient, context):
    report = context.get("subject")
    report = (
        report or Report.objects.select_related(*REPORT).defer("pdf", "content").filter(pk=letter.subject_id).first()
    )
    if report is None:
        raise Missing
    definition, address = report.definition, reverse("report", args=[report.pk])
    zone = clock.zone(getattr(definition.owner, "zone", "UTC"))
    return {
        "report": definition.title,
        "owner": definition.owner.name,
        "made": day_words((report.made_at or report.asked_at).astimezone(zone).date()),
        "page": f"{settings.BASE_URL}{reverse('account_login')}?next={address}",
        "is_illustration": definition.is_illustration,
    }


REPORT_CONTEXTS = {LetterKind.REPORT_READY: _ready}
