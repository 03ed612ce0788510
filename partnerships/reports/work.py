"""Creates reports in the background under a lease: first the content, then the file.

Content that exists is never written again, since people may have received it. After a redaction only the file is
created again. When a worker dies, its lease ends and another continues; after MOST_TRIES failures the report is left
with a message.
"""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from partnerships.core import clock
from partnerships.core.lease import Lease, LeaseLost
from partnerships.core.models import related_model
from partnerships.insight.names import Names
from partnerships.reports import emails
from partnerships.reports import pdf as report_pdf
from partnerships.reports.choices import ReportState
from partnerships.reports.content import ReportNotPossible, content_of
from partnerships.reports.models import NAMED, Report, ReportName
from partnerships.reports.redaction import hidden, reader_of, redacted

LEASE = timedelta(minutes=15)  # longer than a file can take, which reports no progress
MOST_TRIES = 3
MOST_LOCK_TRIES = 60  # attempts, half a second apart, to find a moment in which no one changes the named records
LOST = gettext_lazy("Something went wrong on our end, and we recorded the error.")
OPEN = (ReportState.WAITING, ReportState.MAKING)
_ABOUT = ("definition__jurisdiction", "definition__organization", "definition__partnership")
log = logging.getLogger(__name__)


class _Busy(Exception):
    """A record named in the report is being changed at this moment."""


def make_next() -> bool:
    """Create the oldest report that no worker is creating.

    Returns False if there is none. Errors are stored with the report.
    """
    now = clock.shared()()
    lost = Q(state=ReportState.MAKING, claimed_until__lt=now)
    one = (
        Report.objects.filter(Q(state=ReportState.WAITING, claimed_until=None) | lost)
        .defer("pdf")
        .order_by("asked_at", "pk")
    )
    one = one.select_related(*_ABOUT).first()
    if one is None:
        return False
    lease = Lease(Report.objects.filter(pk=one.pk, state=ReportState.MAKING), now + LEASE, length=LEASE)
    as_read = Report.objects.filter(pk=one.pk, state=one.state, claimed_until=one.claimed_until)
    if not as_read.update(state=ReportState.MAKING, claimed_until=lease.until, tries=F("tries") + 1):
        return True  # another worker took it
    try:
        _make_report(one, lease)
    except LeaseLost:
        log.warning("The report %s is made by another worker, or something was struck from it.", one.pk)
    except ReportNotPossible as problem:
        lease.end(state=ReportState.FAILED, problem=" ".join(problem.messages))
    except Exception:  # whatever it is, only this report is affected: the others go on, and a person can ask again
        log.exception("The report %s was not made.", one.pk)
        again = one.tries + 1 < MOST_TRIES
        lease.held_row().update(
            state=ReportState.WAITING if again else ReportState.FAILED,
            claimed_until=None,
            problem="" if again else str(LOST),
        )
    return True


def _make_report(one: Report, lease: Lease) -> None:
    """Create the content, if there is none yet, and then the file. Emails its recipients once it is ready."""
    if one.tries >= MOST_TRIES:  # a worker died that many times
        lease.end(state=ReportState.FAILED, problem=str(LOST))
        return
    if one.content is None:
        content, names = content_of(one.definition, lambda percent: lease.extend(progress=percent))
        one.content, one.made_at = content, clock.now()
        _store_once_free(one, lease, names)
        lease.extend(progress=90)
        one.refresh_from_db(fields=["content"])
    file = report_pdf.pdf_of(one)
    with transaction.atomic():
        lease.end(state=ReportState.READY, pdf=file, has_no_pdf=file is None, progress=100, tries=0)
        emails.email_recipients(one)


def _store_once_free(one: Report, lease: Lease, names: Names) -> None:
    for _ in range(MOST_LOCK_TRIES):
        try:
            _store(one, lease, names)
            return
        except _Busy:
            time.sleep(0.5)
    _store(one, lease, names)


@transaction.atomic
def _store(one: Report, lease: Lease, names: Names) -> None:
    """Store the content.

    A change that withdraws something has either finished when its rows are locked here, and is seen, or waits for this
    transaction and then finds the report (`redaction.redact`).
    """
    _lock(names)
    gone = hidden(reader_of(one.definition), names)
    assert one.content is not None  # `make` has just set it
    lease.write(content=redacted(one.content, gone), made_at=one.made_at)
    rows = (
        ReportName(report=one, number=n, **{f"{kind}_id": key}) for n, (kind, key) in names.items() if n not in gone
    )
    ReportName.objects.bulk_create(rows, batch_size=500)


def _lock(names: Names) -> None:
    """Lock everything that the report names without waiting, since waiting could deadlock. Raises _Busy."""
    for kind in NAMED:
        keys = sorted({key for of_kind, key in names.values() if of_kind == kind})
        model = related_model(ReportName, kind)
        for start in range(0, len(keys), 500):
            there = model._default_manager.filter(pk__in=keys[start : start + 500]).order_by("pk")
            free = there.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)
            if len(free) != there.count():
                raise _Busy
