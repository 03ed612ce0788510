"""POST /under-test/…: lets tests make a running registry do its background work now, or restore its data.

This runs in the registry's process (tests/browser/settings.py), where it can hold back pages and background tasks while
the data is replaced.
"""

import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.http import HttpResponse

from partnerships import tasks
from partnerships.core import clock
from partnerships.directory.models import BODIES
from partnerships.models import Party, SeatConsent
from partnerships.notifications import digest_planning, planning
from partnerships.registry import publication
from partnerships.registry.choices import ConsentWay, SeatState
from partnerships.registry.seats import LEADS_OWN
from partnerships.web.account import sign_in
from tests.counts import forget_counts

PREFIX = "/under-test/"
LIMIT = 300  # seconds, reached only if the registry never answers
KEPT = settings.VAR_DIR / "kept.sqlite3"
TO_INVITE = "Invite us"  # how the titles of partnerships begin whose partners wait for an invitation


class Gate:
    """A lock that many pages and tasks can share, or one caller can hold exclusively."""

    def __init__(self):
        self.changed, self.inside, self.is_closed = threading.Condition(), 0, False

    def enter(self):
        with self.changed:
            self.changed.wait_for(lambda: not self.is_closed)
            self.inside += 1

    def leave(self):
        with self.changed:
            self.inside -= 1
            self.changed.notify_all()

    @contextmanager
    def alone(self):
        with self.changed:
            self.changed.wait_for(lambda: not self.is_closed)
            self.is_closed = True
            is_empty = self.changed.wait_for(lambda: not self.inside, LIMIT)
        try:
            assert is_empty, f"{self.inside} pages or tasks did not end within {LIMIT} seconds"
            yield
        finally:
            with self.changed:
                self.is_closed = False
                self.changed.notify_all()


GATE = Gate()
task_prerun.connect(lambda **_: GATE.enter(), weak=False)
task_postrun.connect(lambda **_: GATE.leave(), weak=False)


class Control:
    """Middleware that answers the addresses of this module and lets other requests through the gate."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "POST" and request.path.startswith(PREFIX):
            with GATE.alone():
                COMMANDS[request.path.removeprefix(PREFIX)]()
            return HttpResponse("Done.")
        GATE.enter()
        try:
            return self.get_response(request)
        finally:
            GATE.leave()


def work():
    """Do all waiting background work, so that the next page shows the outcome."""
    send_codes()
    for task in (
        *(
            tasks.start_rounds,
            tasks.process_imports,
            tasks.make_list_files,
            tasks.make_reports,
            tasks.compute_network_scores,
        ),
        *(tasks.refill_publications, tasks.send_emails),
    ):
        task()


def keep():
    """Keep the data as it is now for `restore`, after planning all emails."""
    planning.plan_all()
    digest_planning.plan_all()
    work()
    _copy(settings.DATABASES["default"]["NAME"], KEPT)


def restore():
    """Bring back the data of `keep`. Email files and rate limit counts are deleted."""
    send_codes()
    _copy(KEPT, settings.DATABASES["default"]["NAME"])
    forget_counts()
    for file in settings.MAIL_DIR.glob("*.eml"):
        file.unlink()


def send_codes():
    """Wait for the threads that send sign-in codes. They meet at a barrier when all codes are sent."""
    barrier = threading.Barrier(sign_in.SENDERS)
    for waiting in [sign_in.post.submit(barrier.wait, LIMIT) for _ in range(sign_in.SENDERS)]:
        waiting.result(LIMIT)


def agree():
    """Let all partners that tests added have confirmed their seats 30 days ago, but for those that pages invite."""
    seats = Party.objects.filter(state=SeatState.RECORDED, partnership__is_sample=False).exclude(LEADS_OWN)
    for party in seats.exclude(partnership__title__startswith=TO_INVITE).select_related(*BODIES):
        body = {name: getattr(party, name) for name in BODIES}
        consent = {"state": SeatState.CONFIRMED, "way": ConsentWay.ACCOUNT, "at": clock.now() - timedelta(days=30)}
        SeatConsent.objects.create(partnership_id=party.partnership_id, **consent, **body)
        Party.objects.filter(pk=party.pk).update(state=SeatState.CONFIRMED)
        publication.publish({party.partnership_id})


def _copy(source, target):
    """Copy a SQLite database in one transaction. Open connections of the target continue with the new content."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA synchronous=OFF")
        old.backup(new)


COMMANDS = {"codes": send_codes, "work": work, "keep": keep, "restore": restore, "agree": agree}
