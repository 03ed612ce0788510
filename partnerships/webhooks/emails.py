"""The email that a webhook was paused, to the managers of its office or organization, or to administrators if it has none.

It says the webhook's name, the host of its address and why it was paused. The rest of the address may be a secret.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from partnerships.accounts.service_rules import people_told
from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.mail import outbox
from partnerships.mail.audience import Recipient
from partnerships.mail.choices import EmailKind
from partnerships.mail.models import Email
from partnerships.notifications.common import RecipientCheck
from partnerships.notifications.email_queries import TITLES
from partnerships.notifications.emails import WRITERS
from partnerships.notifications.recipients import READERS
from partnerships.webhooks.models import Webhook

USEFUL = timedelta(days=14)


def plan_notice(webhook: Webhook) -> None:
    """Call it in the transaction that paused the webhook."""
    now = clock.shared()()
    occurrence = f"webhook/{webhook.pk}/{webhook.paused_at:%Y%m%dT%H%M%S}"
    emails = [
        # Only managers know of a webhook, so its office's staff don't see the row (`lead_id`).
        outbox.build_row(EmailKind.WEBHOOK_PAUSED, occurrence, one, webhook, now, now + USEFUL, lead_id=None)
        for one in people_told(webhook.body).order_by("pk")
    ]
    outbox.insert(emails, now=now)


def _webhook_of(email: Email) -> Webhook | None:
    bodies = ("jurisdiction", "department__jurisdiction", "organization")
    return Webhook.objects.select_related(*bodies).filter(pk__in=[email.subject_id]).first()


def _read_webhook(email: Email) -> RecipientCheck:
    webhook = _webhook_of(email)
    if webhook is None:
        return None, None, gettext_noop("The webhook is gone.")
    if webhook.paused_at is None:
        return None, webhook, gettext_noop("The webhook sends again.")
    person = people_told(webhook.body).filter(pk=email.recipient_pk).first()
    return person, webhook, "" if person else gettext_noop("They no longer manage it.")


def _webhook_paused(email: Email, recipient: Recipient, context: dict[str, Any]) -> dict[str, Any]:
    webhook = context.get("subject") or _webhook_of(email)
    if webhook is None:
        raise NotFound
    return {
        "webhook": webhook.name,
        "owner": str(webhook.body),
        "host": webhook.host,
        "because": webhook.paused_because,
        "page": settings.BASE_URL + reverse("webhook", args=[webhook.pk]),
        "is_illustration": False,
    }


READERS["webhook"] = _read_webhook
WRITERS[EmailKind.WEBHOOK_PAUSED] = _webhook_paused
TITLES[Webhook] = "name"
