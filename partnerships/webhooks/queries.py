"""Reads of webhooks for their managers."""

from partnerships.accounts.choices import WEBHOOK_VERBS
from partnerships.core.access import Viewer, manages, require
from partnerships.core.errors import NotFound
from partnerships.core.models import Change, type_key
from partnerships.directory.models import Jurisdiction
from partnerships.webhooks.models import Webhook, WebhookDelivery
from partnerships.webhooks.rules import webhooks_visible_to

MOST_SHOWN = 200


def webhooks_of(person: Viewer, body: Jurisdiction) -> list[Webhook]:
    """The webhooks of an office or organization, by name. Raises NotAllowed."""
    require(manages(person, body))
    return list(webhooks_visible_to(person).filter(**{type_key(body): body}))


def webhook_changes(body: Jurisdiction, most: int = 50) -> list[Change]:
    """What managers did with the webhooks of an office or organization, newest first."""
    rows = Change.objects.filter(record_type=type_key(body), record_id=body.pk, verb__in=WEBHOOK_VERBS)
    return list(rows.select_related("by")[:most])


def webhook(person: Viewer, pk: int) -> Webhook:
    """Raises NotFound, also for one that the person may not see."""
    found = webhooks_visible_to(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def deliveries_of(of: Webhook) -> list[WebhookDelivery]:
    """The newest deliveries of a webhook, without what they said."""
    return list(of.deliveries.order_by("-pk").defer("payload", "answer")[:MOST_SHOWN])


def delivery(person: Viewer, pk: int) -> WebhookDelivery:
    """Raises NotFound, also for one of a webhook that the person may not see."""
    rows = WebhookDelivery.objects.filter(webhook__in=webhooks_visible_to(person))
    bodies = ("webhook__jurisdiction", "webhook__department__jurisdiction", "webhook__organization")
    found = rows.select_related(*bodies).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
