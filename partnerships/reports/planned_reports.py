"""The letter that a report is ready: to those whom its settings name, once, when its rhythm asked for it."""

from datetime import timedelta

from partnerships.core import clock
from partnerships.mail import outbox
from partnerships.mail.choices import LetterKind
from partnerships.reports.recipients_reports import may_be_told

USEFUL = timedelta(days=14)


def tell(report) -> None:
    """Call it in the transaction that makes the report ready. One that is made anew after something was struck is no news."""
    if report.asked_by_id is not None:
        return
    now, definition = clock.shared()(), report.definition
    occurrence, lead = f"{definition.public_id}/{report.pk}", definition.jurisdiction_id
    people = may_be_told(definition).order_by("pk")
    letters = [
        outbox.planned(LetterKind.REPORT_READY, occurrence, one, report, now, now + USEFUL, lead) for one in people
    ]
    outbox.insert(letters, now=now)
