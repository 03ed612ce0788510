"""Celery tasks without arguments. equity/celery.py schedules them, and `core.background` wakes them earlier."""

from celery import shared_task
from django.core.management import call_command

from partnerships.accounts import login_codes
from partnerships.assessment import canceling, portfolios, rolls, rounds
from partnerships.core import background, clock, heartbeat, merges, rate_limits, submitted
from partnerships.directory import wordings
from partnerships.insight import network_readings, snapshots
from partnerships.mail import outbox
from partnerships.notifications import digest_planning, letters, planning
from partnerships.notifications.forgetting import forget_sign_in_letters
from partnerships.records import drafts, list_files, retention
from partnerships.records.imports import files as importing
from partnerships.records.imports import work as import_work
from partnerships.registry import asking, inviting, publication
from partnerships.registry.forgetting import forget_old_tombstones
from partnerships.reports import actions as reports
from partnerships.reports import striking as report_striking
from partnerships.reports import work as report_work

SWEEP = 30  # the minimum number of seconds between two sweeps of the planner
# A task runs this many batches at most and then queues itself again, so that other tasks have a turn.
MOST_BATCHES = 20


@shared_task
def send_letters():
    """Send the emails that are due, in batches."""
    wordings.read()
    for _ in range(MOST_BATCHES):
        if not outbox.send_due(render=letters.render):
            return
    background.wake("send_letters")


@shared_task
def refill_publications():
    """Rebuild the published documents that a large change marked as outdated, in batches."""
    for _ in range(MOST_BATCHES):
        if not publication.refill():
            return
    background.wake("refill_publications")


@shared_task
def plan_letters():
    """Plan the emails that are missing. Of many calls that queued up without a worker, only one does the work."""
    if heartbeat.beat("planner", clock.shared()(), every=SWEEP):
        planning.plan_all()
        digest_planning.plan_all()


@shared_task
def open_rounds():
    """Close respondent lists whose time is over, and open the answers of rounds whose due date has passed."""
    rolls.close_due()
    rounds.open_due()


@shared_task
def take_snapshots():
    """Record the circles of all parties, once a quarter."""
    snapshots.take()


@shared_task
def start_rounds():
    """Start the rounds of portfolios, in batches."""
    if portfolios.start_due():
        background.wake("start_rounds")


@shared_task
def read_networks():
    """Calculate the requested scores of large networks."""
    while network_readings.read_next():
        pass


@shared_task
def make_list_files():
    """Create the requested spreadsheets."""
    while list_files.make_next():
        pass


@shared_task
def ask_for_reports():
    """Request the scheduled reports that are due."""
    reports.make_due()


@shared_task
def make_reports():
    """Create the requested reports."""
    while report_work.make_next():
        pass


@shared_task
def work_on_imports():
    """Compare or save the files of imports."""
    while import_work.work_next():
        pass


@shared_task
def ask_again():
    asking.ask_again()
    inviting.give_up_on_silence()


@shared_task
def forget_old():
    forget_old_tombstones()
    retention.keep()
    canceling.erase_answers_of_canceled()
    forget_sign_in_letters()
    login_codes.forget_old()
    rate_limits.forget_old()
    network_readings.forget_old()
    list_files.forget_old()
    merges.forget_old()
    importing.forget_old()
    report_striking.look_over_all()
    drafts.forget_old()
    submitted.forget_old()
    call_command("clearsessions")
    retention.keep_without_office()
