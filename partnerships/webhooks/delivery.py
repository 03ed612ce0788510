"""Plans deliveries for changes, and sends those that are due.

The table is the truth; tasks only wake it. A sweep reads what has changed and plans one delivery for each change and
webhook that has something to say about it: a unique key makes planning twice harmless. What a webhook may say follows
from `notifications.news`, with the rights of `rules.reader_of`. It is asked again right before each attempt, so a webhook
whose right has ended sends nothing more.

A worker holds a webhook by a lease while it sends. Deliveries about one record go out in order: the next one waits until
the one before has been accepted or given up. After a crash a message may be sent again, with the same id.
"""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from partnerships.accounts.events import rights_changed
from partnerships.core import clock, record_types
from partnerships.core.errors import ValidationError
from partnerships.core.models import Change, Heartbeat, type_key
from partnerships.core.retry import retry_on_disconnect
from partnerships.notifications.digest_planning import AGAIN, in_batches, remarks_published_since, types_with_news
from partnerships.notifications.digests import NEWS_SUBJECTS
from partnerships.notifications.news import (
    News,
    Subject,
    describe_changes_for_program,
    meetings_of,
    record_of,
    records_reached,
)
from partnerships.notifications.news_words import STATES
from partnerships.webhooks import addresses, emails, payloads, signing, transport
from partnerships.webhooks.choices import (
    FAILURES_TO_REST,
    KEPT_DAYS,
    LONGEST_REST,
    RETRY_DELAYS,
    TRY_FOR,
    DeliveryState,
    WebhookPause,
    WebhookReach,
)
from partnerships.webhooks.models import Webhook, WebhookDelivery
from partnerships.webhooks.rules import followed_by, may_send, reader_of

logger = logging.getLogger(__name__)

MARK = "webhooks"  # the row that says up to which moment changes were read
LEASE = timedelta(minutes=3)  # longer than the longest attempt, with the time to find the host's addresses
MOST_AT_ONCE = 20
NOTHING_TO_SAY = gettext_noop("There is no longer anything in it that this webhook may say.")
PAUSED_TOO_LONG = gettext_noop("The webhook was paused for longer than three days.")
GONE = 410
_BODIES = ("jurisdiction", "department__jurisdiction", "organization", "by")


# Planning


def plan_due() -> None:
    """Plan a delivery for each change since the last sweep, for each webhook that has something to say about it."""
    now = clock.shared()()
    mark = Heartbeat.objects.filter(name=MARK).first()
    since = min(mark.at if mark else now, now) - AGAIN
    webhooks = list(_planned_for(now))
    _pause_at_other_ports(webhooks)
    if webhooks:
        changes = Change.objects.filter(at__gt=since, record_type__in=types_with_news()).order_by("pk")
        for batch in in_batches(changes):
            _plan_deliveries(webhooks, batch)
        _plan_deliveries(webhooks, remarks_published_since(since, now))
    Heartbeat.objects.update_or_create(name=MARK, defaults={"at": now})


def _pause_at_other_ports(webhooks: Iterable[Webhook]) -> None:
    """Pause those whose port isn't allowed: more may have been when they were added."""
    for webhook in webhooks:
        try:
            addresses.check_port(webhook.url)
        except ValidationError:
            pause(webhook, WebhookPause.PORT)


def _planned_for(now: datetime) -> QuerySet[Webhook]:
    """Live webhooks, and those that were paused so recently that they catch up."""
    rows = Webhook.objects.filter(Q(paused_at=None) | Q(paused_at__gt=now - TRY_FOR))
    return rows.select_related(*_BODIES).order_by("pk")


def _plan_deliveries(webhooks: Sequence[Webhook], subjects: Sequence[Subject]) -> None:
    reached = records_reached(subjects) if subjects else {}
    of_meetings = meetings_of(subjects)
    for webhook in webhooks:
        concerned = [one for one in subjects if one in reached and _concerns(webhook, one, reached[one])]
        wanted = {_occurrence(one): one for one in _of_visible_records(webhook, concerned, of_meetings)}
        there = WebhookDelivery.objects.filter(webhook=webhook, occurrence__in=wanted)
        for occurrence in there.values_list("occurrence", flat=True):
            del wanted[occurrence]
        rows = [
            _build_delivery(webhook, subject, occurrence, record)
            for occurrence, subject in wanted.items()
            if (record := record_of(subject, of_meetings)) and _news_for(webhook, subject)
        ]
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def _concerns(webhook: Webhook, subject: Subject, reached: set[tuple[str, int]]) -> bool:
    if isinstance(subject, Change) and subject.at < webhook.made_at:
        return False
    return webhook.reach == WebhookReach.ALL or bool(reached & (followed_by(webhook) or set()))


def _of_visible_records(webhook: Webhook, subjects: Sequence[Subject], of_meetings: dict) -> list[Subject]:
    """Those whose record the webhook may see at all: one query for each type, instead of several for each change."""
    keys = {one: record_of(one, of_meetings) for one in subjects}
    ids: dict = {}
    for record_type, pk in filter(None, keys.values()):
        ids.setdefault(record_type, set()).add(pk)
    reader = reader_of(webhook)
    seen = {
        (record_type, pk)
        for record_type, pks in ids.items()
        for pk in record_types.get(record_type).visible_to(reader).filter(pk__in=pks).values_list("pk", flat=True)
    }
    return [one for one, key in keys.items() if key in seen]


def _occurrence(subject: Subject) -> str:
    return f"{type_key(subject)}/{subject.pk}"


def _build_delivery(webhook: Webhook, subject: Subject, occurrence: str, record: tuple[str, int]) -> WebhookDelivery:
    now, (record_type, record_id) = clock.now(), record
    return WebhookDelivery(
        webhook=webhook,
        occurrence=occurrence,
        subject_type=type_key(subject),
        subject_id=subject.pk,
        record_type=record_type,
        record_id=record_id,
        made_at=now,
        next_attempt_at=now,
    )


def _news_for(webhook: Webhook, subject: Subject) -> News | None:
    """What the webhook may say about a change or remark now, of the kinds that it sends; None if nothing."""
    with translation.override("en"):
        found = describe_changes_for_program(reader_of(webhook), [subject], followed_by(webhook))
    for news in found:
        facts = tuple(fact for fact in news.facts if fact[0] in webhook.kinds)
        if facts:
            return replace(news, facts=facts)
    return None


# Sending


def send_due(seconds: float = 30) -> int:
    """Send what is due for one webhook, for about this many seconds. Returns 0 when nothing is due."""
    moment = clock.shared()
    webhook = retry_on_disconnect(lambda: _claim_webhook(moment()))
    if webhook is None:
        return 0
    begun, count = time.monotonic(), 0
    try:
        while count < MOST_AT_ONCE and time.monotonic() - begun < seconds and _keep_lease(webhook, moment()):
            delivery = _ready(moment()).filter(webhook=webhook).order_by("next_attempt_at", "pk").first()
            if delivery is None:
                break
            _attempt(webhook, delivery, moment)
            count += 1
    finally:
        _own_lease(webhook).update(token=None, claimed_until=None)
    return max(count, 1)


def _ready(now: datetime) -> QuerySet[WebhookDelivery]:
    """Deliveries that are due, without those that wait for an earlier one about the same record."""
    earlier = WebhookDelivery.objects.filter(
        webhook=OuterRef("webhook"),
        record_type=OuterRef("record_type"),
        record_id=OuterRef("record_id"),
        state=DeliveryState.WAITING,
        pk__lt=OuterRef("pk"),
    )
    return WebhookDelivery.objects.filter(~Exists(earlier), state=DeliveryState.WAITING, next_attempt_at__lte=now)


def _live(now: datetime) -> QuerySet[Webhook]:
    """Webhooks that may send now. A rest or lease that ends later than any could was given by a clock that was wrong."""
    rested = Q(rest_until=None) | Q(rest_until__lte=now) | Q(rest_until__gt=now + 2 * LONGEST_REST)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + 2 * LEASE)
    return Webhook.objects.filter(rested, free, paused_at=None)


def _claim_webhook(now: datetime) -> Webhook | None:
    due = _live(now).filter(Exists(_ready(now).filter(webhook=OuterRef("pk"))))
    if not due.exists():  # an idle worker opens no write transaction
        return None
    with transaction.atomic():
        # Those that were served longest ago first, so that a busy one doesn't keep the others waiting.
        webhook = (
            due.select_for_update(skip_locked=True, of=("self",))
            .order_by(F("claimed_at").asc(nulls_first=True), "pk")
            .first()
        )
        if webhook is None:
            return None
        values = {"token": uuid.uuid4(), "claimed_until": now + LEASE, "claimed_at": now}
        Webhook.objects.filter(pk=webhook.pk).update(**values)
    return Webhook.objects.select_related(*_BODIES).get(pk=webhook.pk)


def _own_lease(webhook: Webhook) -> QuerySet[Webhook]:
    return Webhook.objects.filter(pk=webhook.pk, token=webhook.token)


def _keep_lease(webhook: Webhook, now: datetime) -> bool:
    """Extend the lease. False when another worker holds the webhook now, or it was paused, or rests."""
    rows = _own_lease(webhook).filter(Q(rest_until=None) | Q(rest_until__lte=now), paused_at=None)
    return bool(rows.update(claimed_until=now + LEASE))


def _attempt(webhook: Webhook, delivery: WebhookDelivery, moment: Callable[[], datetime]) -> None:
    """Make one attempt. A message that can't be written counts as a failed one, so that it doesn't keep the others."""
    try:
        _send(webhook, delivery, moment)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        # Log where it broke, but not the exception's own text, which may have what a record says.
        trace = "".join(traceback.format_tb(problem.__traceback__))
        logger.error("Webhook delivery %s cannot be written (%s).\n%s", delivery.pk, type(problem).__name__, trace)
        answer = transport.Answer(None, f"We couldn’t write this message ({type(problem).__name__}).", 0)
        _record(webhook, delivery, "", answer, moment())


def _send(webhook: Webhook, delivery: WebhookDelivery, moment: Callable[[], datetime]) -> None:
    """The webhook is read again for each attempt: it may have been changed or deleted since."""
    token, webhook = webhook.token, Webhook.objects.select_related(*_BODIES).filter(pk=webhook.pk).first()
    if webhook is None:
        return
    webhook.token = token  # of this worker's own lease
    if not may_send(webhook):
        pause(webhook, WebhookPause.NO_MANAGER)
        return
    now = moment()
    payload = _payload(webhook, delivery, now)
    if payload is None:
        _close_delivery(delivery, DeliveryState.NOT_SENT, payload="", answer=NOTHING_TO_SAY)
        return
    body, message_id = payload.encode(), f"msg_{delivery.message_id.hex}"
    headers = {"Content-Type": "application/json", "User-Agent": "Partnership-Registry"}
    answer = transport.post(webhook.url, body, headers | signing.headers(webhook, message_id, now, body))
    retry_on_disconnect(lambda: _record(webhook, delivery, payload, answer, moment()))


def _payload(webhook: Webhook, delivery: WebhookDelivery, now: datetime) -> str | None:
    if delivery.subject_id is None:  # a test
        page = settings.BASE_URL + reverse("webhook", args=[webhook.pk])
        return payloads.of_test(webhook.format, webhook.name, page, now)
    subject = NEWS_SUBJECTS[delivery.subject_type].objects.filter(pk=delivery.subject_id).first()
    news = _news_for(webhook, subject) if subject else None
    if subject is None or news is None:
        return None
    return payloads.of_news(webhook.format, news, subject.at if isinstance(subject, Change) else delivery.made_at)


@transaction.atomic
def _record(webhook: Webhook, delivery: WebhookDelivery, payload: str, answer: transport.Answer, now: datetime) -> None:
    """Record an attempt. Does nothing when another worker holds the webhook since."""
    held = _own_lease(webhook).select_for_update(of=("self",)).first()
    if held is None:
        return
    began = delivery.expires_at - TRY_FOR if delivery.expires_at else now
    values = {
        "attempts": delivery.attempts + 1,
        "attempted_at": now,
        "expires_at": began + TRY_FOR,
        "payload": payload,
        "status": answer.status,
        "answer": answer.text,
        "took": answer.took,
    }
    if answer.is_accepted:
        _close_delivery(delivery, DeliveryState.SENT, **values)
        _own_lease(webhook).update(failures=0, rest_until=None, last_accepted_at=now)
    elif delivery.is_test:  # someone is waiting for its answer, and trying it again would tell them nothing
        _close_delivery(delivery, DeliveryState.FAILED, **values)
    else:
        _record_failure(held, delivery, answer, values, began, now)


def _record_failure(
    webhook: Webhook,
    delivery: WebhookDelivery,
    answer: transport.Answer,
    values: dict[str, Any],
    began: datetime,
    now: datetime,
) -> None:
    """Plan the next attempt by RETRY_DELAYS, until TRY_FOR after the first one (`began`).

    After FAILURES_TO_REST failures in a row, all deliveries of the webhook wait. It is paused when the receiver says that
    it is gone, or when nothing has been accepted for TRY_FOR.
    """
    is_over = now >= began + TRY_FOR
    delay = timedelta(seconds=RETRY_DELAYS[min(delivery.attempts, len(RETRY_DELAYS) - 1)])
    if answer.status == GONE or is_over:
        _close_delivery(delivery, DeliveryState.FAILED, **values)
    else:
        next_at = min(now + delay, began + TRY_FOR)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(**values, next_attempt_at=next_at)
    failures = webhook.failures + 1
    rest_until = None
    if failures >= FAILURES_TO_REST:
        seconds = RETRY_DELAYS[min(failures - FAILURES_TO_REST, len(RETRY_DELAYS) - 1)]
        rest_until = now + min(timedelta(seconds=seconds), LONGEST_REST)
    Webhook.objects.filter(pk=webhook.pk).update(failures=failures, rest_until=rest_until)
    if answer.status == GONE:
        pause(webhook, WebhookPause.GONE)
    elif is_over and not (webhook.last_accepted_at and webhook.last_accepted_at > began):
        pause(webhook, WebhookPause.FAILED)


def _close_delivery(delivery: WebhookDelivery, state: str, **values: Any) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state=state, **values)


# Pausing and keeping


@transaction.atomic
def pause(webhook: Webhook, because: str) -> bool:
    """Pause the webhook, and tell its managers unless one of them did it. Returns False when it was paused before."""
    now = clock.now()
    rows = Webhook.objects.filter(pk=webhook.pk, paused_at=None)
    if not rows.update(paused_at=now, paused_because=because):
        return False
    if because != WebhookPause.BY_HAND:
        emails.plan_notice(Webhook.objects.select_related(*_BODIES).get(pk=webhook.pk))
    return True


@rights_changed.register
def pause_of_people(people: Collection[int]) -> None:
    """Pause the webhooks for which these people no longer answer, and tell managers at once, also if nothing is sent."""
    _pause_unanswered(Webhook.objects.filter(by__in=people))


def pause_all_unanswered() -> None:
    """`pause_of_people` for all, in a sweep: a command can end a right, too."""
    _pause_unanswered(Webhook.objects.all())


def _pause_unanswered(webhooks: QuerySet[Webhook]) -> None:
    for webhook in webhooks.filter(paused_at=None).select_related(*_BODIES).order_by("pk"):
        if not may_send(webhook):
            pause(webhook, WebhookPause.NO_MANAGER)


def delete_expired() -> None:
    """Delete deliveries, with what they said, KEPT_DAYS after they were planned."""
    WebhookDelivery.objects.filter(made_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()


def may_show(delivery: WebhookDelivery) -> bool:
    """Whether what a delivery said can still be shown in the log: if the webhook could say the title and each line now.

    A status that has changed since is no reason to hide it.
    """
    if delivery.subject_id is None:
        return True  # a test
    subject = NEWS_SUBJECTS[delivery.subject_type].objects.filter(pk=delivery.subject_id).first()
    news = _news_for(delivery.webhook, subject) if subject else None
    if news is None:
        return False
    texts = set(payloads.texts_of(delivery.payload)) if delivery.payload else set()
    return texts <= {news.title, *news.lines, *map(str, STATES.values())}
