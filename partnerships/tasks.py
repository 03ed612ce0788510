"""Celery tasks without arguments. equity/celery.py schedules them, and `core.background` wakes them earlier."""

import threading

from celery import shared_task
from django.core.management import call_command

from partnerships.accounts import login_codes, service_accounts
from partnerships.assessment import canceling, portfolios, respondent_lists, rounds
from partnerships.core import background, clock, heartbeat, idempotency, merges, rate_limits
from partnerships.directory import label_overrides
from partnerships.insight import network_scores, snapshots
from partnerships.mail import outbox
from partnerships.notifications import digest_planning, emails, planning
from partnerships.notifications.email_deletion import delete_sign_in_emails
from partnerships.records import drafts, erasing, list_files, retention
from partnerships.records.imports import files as importing
from partnerships.records.imports import work as import_work
from partnerships.registry import confirmation_requests, inviting, publication
from partnerships.registry.tombstone_expiry import delete_expired_tombstones
from partnerships.reports import actions as reports
from partnerships.reports import redaction as report_redaction
from partnerships.reports import work as report_work
from partnerships.sample import work as sample_work
from partnerships.webhooks import delivery as webhook_delivery

SWEEP = 30  # the minimum number of seconds between two sweeps of the planner
# A task runs this many batches at most and then queues itself again, so that other tasks have a turn.
MOST_BATCHES = 20


@shared_task
def send_emails():
    """Send the emails that are due, in batches."""
    label_overrides.load()
    for _ in range(MOST_BATCHES):
        if not outbox.send_due(render=emails.render):
            return
    background.wake("send_emails")


@shared_task
def refill_publications():
    """Rebuild the published documents that a large change marked as outdated, in batches."""
    for _ in range(MOST_BATCHES):
        if not publication.rebuild_outdated():
            return
    background.wake("refill_publications")


@shared_task
def plan_emails():
    """Plan the emails that are missing. Of many calls that queued up without a worker, only one does the work."""
    if heartbeat.beat("planner", clock.shared()(), every=SWEEP):
        planning.plan_all()
        digest_planning.plan_all()


_sending_webhooks = threading.Lock()


@shared_task
def send_webhooks():
    """Plan deliveries of webhooks, and send those that are due.

    At most one thread of a process does, so that slow receivers never keep emails waiting.
    """
    if not _sending_webhooks.acquire(blocking=False):
        return
    try:
        if heartbeat.beat("webhook planner", clock.shared()(), every=SWEEP):
            webhook_delivery.plan_due()
        for _ in range(MOST_BATCHES):
            if not webhook_delivery.send_due():
                return
    finally:
        _sending_webhooks.release()
    background.wake("send_webhooks")


@shared_task
def open_rounds():
    """Close respondent lists whose time is over, and open the answers of rounds whose due date has passed."""
    respondent_lists.close_due()
    rounds.open_due()


@shared_task
def take_snapshots():
    """Record the circles of all parties, once a quarter."""
    snapshots.take_snapshots()


@shared_task
def start_rounds():
    """Start the rounds of portfolios, in batches."""
    if portfolios.start_due():
        background.wake("start_rounds")


@shared_task
def compute_network_scores():
    """Calculate the requested scores of large networks."""
    while network_scores.compute_next():
        pass


@shared_task
def make_list_files():
    """Create the requested spreadsheets."""
    while list_files.make_next():
        pass


@shared_task
def request_scheduled_reports():
    """Request the scheduled reports that are due."""
    reports.request_due()


@shared_task
def make_reports():
    """Create the requested reports."""
    while report_work.make_next():
        pass


@shared_task
def check_who_answers():
    """Find service accounts and webhooks for which no one answers since a command ended a right."""
    service_accounts.follow_all()
    webhook_delivery.pause_all_unanswered()


@shared_task
def process_imports():
    """Compare or save the files of imports."""
    while import_work.process_next():
        pass


@shared_task
def process_sample():
    """Load or remove the sample registry."""
    while sample_work.process_next():
        pass


@shared_task
def send_confirmation_requests():
    confirmation_requests.send_postponed()
    inviting.expire_unanswered()


@shared_task
def delete_expired_data():
    delete_expired_tombstones()
    retention.apply_rules()
    canceling.erase_answers_of_canceled()
    delete_sign_in_emails()
    login_codes.delete_expired()
    rate_limits.delete_expired()
    network_scores.delete_expired()
    list_files.delete_expired()
    merges.delete_expired()
    importing.delete_expired()
    report_redaction.check_all()
    drafts.delete_expired()
    erasing.delete_expired()
    idempotency.delete_expired()
    webhook_delivery.delete_expired()
    call_command("clearsessions")
    retention.apply_fixed_rules()
