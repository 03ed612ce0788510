"""The Celery app and the schedule of all periodic tasks.

The outbox table is the source of truth. A task only tells a worker to look at it, so a task that runs twice, late or
not at all changes nothing but the moment. No results are kept, and no task has an ETA. Messages don't expire either: a
worker whose clock is ahead of beat's would discard all of them.
"""

import os
import sys
from collections.abc import Callable
from types import TracebackType

from celery import Celery
from celery.schedules import crontab

from equity.environment import Refusal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")

# Task → when it runs: seconds between two runs, or a time of day in UTC.
TIMETABLE = {
    "send_emails": 5,
    "send_webhooks": 10,
    "plan_emails": 60,
    "open_rounds": 60,
    "start_rounds": 60,
    "compute_network_scores": 60,
    "make_list_files": 60,
    "process_imports": 60,
    "process_sample": 60,
    "make_reports": 60,
    "request_scheduled_reports": 600,
    "check_who_answers": 600,
    "refill_publications": 30,
    "take_snapshots": crontab(minute=7),  # on the first day of a quarter, or as soon as possible after that
    "send_confirmation_requests": crontab(
        hour="13,17,21", minute=0
    ),  # in the morning of all US time zones; later runs catch up
    "delete_expired_data": crontab(hour=9, minute=0),
}


def _say_refusals_alone(otherwise: Callable) -> Callable:
    """An excepthook. The programs of Celery read the settings where we can't catch a Refusal, and would print a
    traceback.
    """

    def show(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if isinstance(problem, Refusal):
            print(problem, file=sys.stderr)
        else:
            otherwise(kind, problem, trace)

    return show


sys.excepthook = _say_refusals_alone(sys.excepthook)
app = Celery("equity")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    beat_schedule={name: {"task": f"partnerships.tasks.{name}", "schedule": when} for name, when in TIMETABLE.items()},
    # In memory, so that no schedule file is left behind. After a restart each task runs again soon enough.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=1,
    timezone="UTC",
    enable_utc=True,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=4,
)
app.autodiscover_tasks(["partnerships"])
