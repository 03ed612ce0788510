"""What managers do with the webhooks of their office or organization."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from partnerships.accounts.choices import WEBHOOK_VERBS
from partnerships.accounts.models import Person
from partnerships.accounts.rules import may_connect_programs
from partnerships.core import background, clock
from partnerships.core.access import manages, require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.models import type_key
from partnerships.core.writing import log_change
from partnerships.directory.models import Body
from partnerships.notifications.choices import NewsKind
from partnerships.webhooks import addresses, delivery, signing
from partnerships.webhooks.choices import MOST, OVERLAP_DAYS, TRY_FOR, DeliveryState, WebhookPause
from partnerships.webhooks.models import Webhook, WebhookDelivery

FIELDS = ("name", "url", "format", "kinds", "reach", "rights")
MADE, CHANGED, REPLACED, PAUSED, RESUMED, DELETED = WEBHOOK_VERBS


@transaction.atomic
def add_webhook(*, by: Person, body: Body, fields: dict) -> tuple[Webhook, str]:
    """A new webhook of an office or organization, and its secret, which no one can read again.

    `fields`: FIELDS. Raises NotAllowed, and ValidationError by field.
    """
    require(may_connect_programs(by, body))
    name = type_key(body)
    # Locked, so that two that are added at once are counted one after the other.
    type(body).objects.select_for_update(no_key=True, of=("self",)).get(pk=body.pk)
    if body.webhooks.count() >= MOST:
        words = gettext("%(name)s has %(number)s webhooks. Delete one that you no longer need.")
        raise ValidationError(words % {"name": body, "number": MOST})
    webhook = Webhook(**{str(name): body}, by=by, seed=signing.new_seed(), made_at=clock.now())
    _set_fields(webhook, fields)
    webhook.save(force_insert=True)
    _log(MADE, webhook, by, after=_history_values(webhook))
    return webhook, signing.secret_of(webhook.seed)


@transaction.atomic
def save_webhook(*, by: Person, webhook: Webhook, fields: dict, version: int | None) -> Webhook:
    """Change a webhook. From then on `by` answers for it. Raises NotAllowed, EditConflict, and ValidationError by field."""
    webhook = _locked_webhook(webhook, by, version)
    require(may_connect_programs(by, webhook.body))
    before, had = _history_values(webhook), webhook.url
    _set_fields(webhook, fields)
    if _history_values(webhook) == before and webhook.url == had and webhook.by_id == by.pk:
        return webhook
    webhook.by, webhook.version = by, webhook.version + 1
    webhook.save(update_fields=[*FIELDS, "by", "version"])
    _log(CHANGED, webhook, by, before=before, after=_history_values(webhook))
    return webhook


def _set_fields(webhook: Webhook, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        setattr(webhook, name, fields[name])
    wrong: dict = {}
    if not webhook.kinds or not set(webhook.kinds) <= set(NewsKind.values):
        wrong["kinds"] = gettext("Choose at least one option.")
    webhook.kinds = sorted(set(webhook.kinds))
    try:
        webhook.url = addresses.clean_url(webhook.url)
    except ValidationError as problem:
        wrong["url"] = problem.messages
    try:
        webhook.full_clean()
    except ValidationError as problem:
        wrong = {**problem.error_dict, **wrong}
    if wrong:
        raise ValidationError(wrong)


def _history_values(webhook: Webhook) -> dict:
    """What the history says of it: the host of its address only, and nothing of its secret."""
    values = {name: getattr(webhook, name) for name in FIELDS if name != "url"}
    return values | {"host": webhook.host}


def _log(
    verb: str, webhook: Webhook, by: Person, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
) -> None:
    """Under one key, so that no news takes it for a field of the office or organization."""
    before, after = ({"webhook": values} if values else {} for values in (before, after))
    log_change(webhook.body, by=by, verb=verb, before=before, after=after)


def _locked_webhook(webhook: Webhook, by: Person, version: int | None = None) -> Webhook:
    """The webhook as it is now. Raises NotFound when it was deleted, NotAllowed, and EditConflict when someone changed it
    since `version`.
    """
    rows = Webhook.objects.select_related("jurisdiction", "department__jurisdiction", "organization")
    found = rows.select_for_update(of=("self",)).filter(pk=webhook.pk).first()
    if found is None:
        raise NotFound
    require(manages(by, found.body))
    if version is not None and found.version != version:
        raise EditConflict(found, version)
    return found


@transaction.atomic
def replace_secret(
    *, by: Person, webhook: Webhook, overlap_days: int, version: int | None = None
) -> tuple[Webhook, str]:
    """A new secret. For `overlap_days` more, each message has a signature of the old one as well.

    Raises NotAllowed, EditConflict, and ValidationError by field.
    """
    if not 0 <= overlap_days <= OVERLAP_DAYS:
        raise ValidationError({"overlap_days": gettext("Enter a number from 0 to %(most)s.") % {"most": OVERLAP_DAYS}})
    webhook = _locked_webhook(webhook, by, version)
    require(may_connect_programs(by, webhook.body))
    webhook.version += 1
    webhook.old_seed, webhook.old_until = webhook.seed, clock.now() + timedelta(days=overlap_days)
    webhook.seed = signing.new_seed()
    webhook.save(update_fields=["seed", "old_seed", "old_until", "version"])
    _log(REPLACED, webhook, by, after={"name": webhook.name})
    return webhook, signing.secret_of(webhook.seed)


@transaction.atomic
def pause_webhook(*, by: Person, webhook: Webhook, version: int | None = None) -> bool:
    """Send nothing until it is resumed. Returns False when it was paused before. Raises NotAllowed and EditConflict."""
    webhook = _locked_webhook(webhook, by, version)
    done = delivery.pause(webhook, WebhookPause.BY_HAND)
    if done:
        Webhook.objects.filter(pk=webhook.pk).update(version=webhook.version + 1)
        _log(PAUSED, webhook, by, after={"name": webhook.name})
    return done


@transaction.atomic
def resume_webhook(*, by: Person, webhook: Webhook, version: int | None = None) -> bool:
    """Send again, beginning with what waited for up to three days. From then on `by` answers for it.

    Returns False when it wasn't paused. Raises NotAllowed, EditConflict, and ValidationError for a port that isn't allowed.
    """
    webhook, now = _locked_webhook(webhook, by, version), clock.now()
    require(may_connect_programs(by, webhook.body))
    if webhook.paused_at is None:
        return False
    addresses.check_port(webhook.url)
    waiting = webhook.deliveries.filter(state=DeliveryState.WAITING)
    waiting.filter(made_at__lt=now - TRY_FOR).update(state=DeliveryState.NOT_SENT, answer=delivery.PAUSED_TOO_LONG)
    waiting.update(next_attempt_at=now, expires_at=None)
    webhook.by, webhook.paused_at, webhook.paused_because = by, None, ""
    webhook.failures, webhook.rest_until, webhook.version = 0, None, webhook.version + 1
    webhook.save(update_fields=["by", "paused_at", "paused_because", "failures", "rest_until", "version"])
    _log(RESUMED, webhook, by, after={"name": webhook.name})
    background.wake("send_webhooks")
    return True


@transaction.atomic
def delete_webhook(*, by: Person, webhook: Webhook, version: int | None = None) -> None:
    """Delete it with its log. Raises NotAllowed, EditConflict, and NotFound when it was deleted before."""
    webhook = _locked_webhook(webhook, by, version)
    _log(DELETED, webhook, by, before=_history_values(webhook))
    webhook.delete()


@transaction.atomic
def send_test(*, by: Person, webhook: Webhook) -> WebhookDelivery:
    """Send a test message as soon as possible, once. Raises NotAllowed, and ValidationError while it is paused."""
    webhook = _locked_webhook(webhook, by)
    _require_live(webhook)
    if waiting := webhook.deliveries.filter(state=DeliveryState.WAITING, subject_id=None).first():
        return waiting
    now = clock.now()
    made = webhook.deliveries.create(occurrence=f"test/{uuid.uuid4().hex}", made_at=now, next_attempt_at=now)
    _wake_up(webhook)
    return made


@transaction.atomic
def send_again(*, by: Person, webhook_delivery: WebhookDelivery) -> bool:
    """Send a delivery again with the same id, from what the webhook may say of it now.

    Returns False when it waits to be sent anyway. Raises NotAllowed, NotFound, and ValidationError while it is paused.
    """
    webhook = _locked_webhook(webhook_delivery.webhook, by)
    _require_live(webhook)
    rows = webhook.deliveries.filter(pk=webhook_delivery.pk).exclude(state=DeliveryState.WAITING)
    fresh = {"state": DeliveryState.WAITING, "attempts": 0, "next_attempt_at": clock.now(), "expires_at": None}
    done = bool(rows.update(**fresh))
    if done:
        _wake_up(webhook)
    return done


def _require_live(webhook: Webhook) -> None:
    if webhook.paused_at is not None:
        raise ValidationError(gettext("This webhook is paused. Resume it first."), code="paused")


def _wake_up(webhook: Webhook) -> None:
    """Let it try now, even if it rests after failures: a person asked for it."""
    Webhook.objects.filter(pk=webhook.pk).update(rest_until=None)
    background.wake("send_webhooks")
