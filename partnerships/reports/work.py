"""Making reports in the background: first what each says, then its file. Under a lease, like `list_files`.

A report whose content stands is never written anew: what was said then is what was handed out. After a name was struck its file
alone is made again. Of a worker that dies the lease runs out and another goes on; what fails MOST_TRIES times is left, in words.
"""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from partnerships.core import clock
from partnerships.reports import emails
from partnerships.reports import pdf as report_pdf
from partnerships.reports.choices import ReportState
from partnerships.reports.content import Unmakeable, content_of
from partnerships.reports.models import NAMED, Report, ReportName
from partnerships.reports.striking import hidden, reader_of, without

LEASE = timedelta(minutes=15)  # longer than a file may take, which tells nothing meanwhile
MOST_TRIES = 3
PATIENCE = 60  # looks, half a second apart, for a moment in which nobody changes what it names
LOST = "It could not be made. That is our fault, and it is written down."
OPEN = (ReportState.WAITING, ReportState.MAKING)
_ABOUT = ("definition__jurisdiction", "definition__organization", "definition__partnership")
log = logging.getLogger(__name__)


class _TakenOver(Exception):
    pass


class _Busy(Exception):
    """Something that the report names is being changed at this moment."""


def make_next() -> bool:
    """Makes one report, the oldest that nobody makes now; False when there is none. What goes wrong stays with its report."""
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
    claim = _Claim(one.pk, now + LEASE)
    as_read = Report.objects.filter(pk=one.pk, state=one.state, claimed_until=one.claimed_until)
    if not as_read.update(state=ReportState.MAKING, claimed_until=claim.until, tries=F("tries") + 1):
        return True  # another worker took it
    try:
        _make(one, claim)
    except _TakenOver:
        log.warning("The report %s is made by another worker, or something was struck from it.", one.pk)
    except Unmakeable as problem:
        claim.note(state=ReportState.FAILED, claimed_until=None, problem=" ".join(problem.messages))
    except Exception:  # whatever it is stays with its report: the others go on, and somebody may ask again
        log.exception("The report %s was not made.", one.pk)
        again = one.tries + 1 < MOST_TRIES
        claim.rows().update(
            state=ReportState.WAITING if again else ReportState.FAILED,
            claimed_until=None,
            problem="" if again else LOST,
        )
    return True


def _make(one, claim):
    if one.tries >= MOST_TRIES:  # a worker died of it that often
        claim.note(state=ReportState.FAILED, claimed_until=None, problem=LOST)
        return
    if one.content is None:
        content, names = content_of(one.definition, lambda percent: claim.note(progress=percent))
        one.content, one.made_at = content, clock.now()
        _store_once_free(one, claim, names)
        one.refresh_from_db(fields=["content"])
    file = report_pdf.pdf_of(one)
    with transaction.atomic():
        claim.note(
            state=ReportState.READY, claimed_until=None, pdf=file, has_no_pdf=file is None, progress=100, tries=0
        )
        emails.tell(one)


def _store_once_free(one, claim, names):
    for _ in range(PATIENCE):
        try:
            return _store(one, claim, names)
        except _Busy:
            time.sleep(0.5)
    return _store(one, claim, names)


@transaction.atomic
def _store(one, claim, names):
    """Keeps what it says. Whoever withdraws something meanwhile either has done so when its rows are locked here, and is seen, or
    waits for that and finds the report (`striking.strike`)."""
    _lock(names)
    gone = hidden(reader_of(one.definition), names)
    claim.note(content=without(one.content, gone), made_at=one.made_at, progress=90)
    rows = (
        ReportName(report=one, number=n, **{f"{kind}_id": key}) for n, (kind, key) in names.items() if n not in gone
    )
    ReportName.objects.bulk_create(rows, batch_size=500)


def _lock(names):
    """All that it names, without waiting for anybody: who waits while others wait could be waited for. Raises _Busy."""
    for kind in NAMED:
        keys = sorted({key for of_kind, key in names.values() if of_kind == kind})
        model = ReportName._meta.get_field(kind).related_model
        for start in range(0, len(keys), 500):
            there = model.objects.filter(pk__in=keys[start : start + 500]).order_by("pk")
            free = there.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)
            if len(free) != there.count():
                raise _Busy


class _Claim:
    """A worker's hold on a report: the moment until which it holds, which no other worker's is."""

    def __init__(self, pk, until):
        self.pk, self.until = pk, until

    def rows(self):
        return Report.objects.filter(pk=self.pk, state=ReportState.MAKING, claimed_until=self.until)

    def note(self, **values):
        """Writes how far it is, and holds on unless the values let go. Raises _TakenOver once the hold is another's."""
        until = max(clock.shared()() + LEASE, self.until + timedelta(microseconds=1))
        if not self.rows().update(**({"claimed_until": until} | values)):
            raise _TakenOver
        self.until = until
