"""Who may see and change webhooks, and with which rights a webhook reads."""

from django.db.models import Q, QuerySet

from partnerships.accounts.rules import may_answer_for_programs
from partnerships.core.access import (
    MemberView,
    Viewer,
    departments_managed_by,
    is_administrator,
    jurisdictions_managed_by,
    organizations_managed_by,
)
from partnerships.core.models import type_key
from partnerships.webhooks.choices import WebhookReach, WebhookRights
from partnerships.webhooks.models import Webhook


def webhooks_visible_to(person: Viewer) -> QuerySet[Webhook]:
    """The webhooks of the offices and organizations that the person manages (`core.access.manages`).

    Their addresses can be secrets, so no one else sees them.
    """
    rows = Webhook.objects.select_related("jurisdiction", "department__jurisdiction", "organization")
    if is_administrator(person):
        return rows
    offices = jurisdictions_managed_by(person)
    return rows.filter(
        Q(jurisdiction__in=offices)
        | Q(department__in=departments_managed_by(person))
        | Q(department__jurisdiction__in=offices)
        | Q(organization__in=organizations_managed_by(person))
    )


def may_send(webhook: Webhook) -> bool:
    """Whether the person who answers for the webhook could still add it."""
    return may_answer_for_programs(webhook.by, webhook.body)


def reader_of(webhook: Webhook) -> MemberView | None:
    """Whose rights the webhook has: those of a viewer who belongs to its office or organization and nowhere else, or
    those of the public (None).
    """
    return MemberView(webhook.body) if webhook.rights == WebhookRights.MEMBERS else None


def followed_by(webhook: Webhook) -> set | None:
    """The records whose news it sends, as in `notifications.news`; None for all that it may see."""
    return None if webhook.reach == WebhookReach.ALL else {(type_key(webhook.body), webhook.body.pk)}
