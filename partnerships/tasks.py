"""Celery tasks: ids in, one call. equity/celery.py says when they run; core.background wakes them sooner."""

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

SWEEP = 30  # the fewest seconds between two sweeps of the planner
# Batches of one run: then whatever else waits has its turn.
MOST_BATCHES = 20


@shared_task
def send_letters():
    """Sends what is due, batch by batch until nothing is left or it is the turn of others."""
    wordings.read()
    for _ in range(MOST_BATCHES):
        if not outbox.send_due(render=letters.render):
            return
    background.wake("send_letters")


@shared_task
def refill_publications():
    """Builds the documents that a large change has made outdated, batch by batch until none is left or others have a turn."""
    for _ in range(MOST_BATCHES):
        if not publication.refill():
            return
    background.wake("refill_publications")


@shared_task
def plan_letters():
    """Plans what is missing. Of many calls that have piled up while no worker was there, one does the work."""
    if heartbeat.beat("planner", clock.shared()(), every=SWEEP):
        planning.plan_all()
        digest_planning.plan_all()


@shared_task
def open_rounds():
    """Closes rolls whose time is over, and opens the answers of rounds whose last day is over."""
    rolls.close_due()
    rounds.open_due()


@shared_task
def take_snapshots():
    """Keeps where parties sit at the start of a quarter, once a quarter."""
    snapshots.take()


@shared_task
def start_rounds():
    """Starts rounds of portfolios, some at a time until none is left or it is the turn of others."""
    if portfolios.start_due():
        background.wake("start_rounds")


@shared_task
def read_networks():
    """Works out the scores of large networks that somebody asked for, one after another."""
    while network_readings.read_next():
        pass


@shared_task
def make_list_files():
    """Makes the spreadsheets that somebody asked for, one after another."""
    while list_files.make_next():
        pass


@shared_task
def ask_for_reports():
    """Asks for the reports whose day has come."""
    reports.make_due()


@shared_task
def make_reports():
    """Makes the reports that somebody or a rhythm asked for, one after another."""
    while report_work.make_next():
        pass


@shared_task
def work_on_imports():
    """Compares and writes the files that somebody brought in, one after another."""
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
