"""Webhooks that someone who leaves answers for."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import WEBHOOK_VERBS, Outcome
from partnerships.accounts.hooks import LABELS, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import Person
from partnerships.accounts.rules import may_connect_programs
from partnerships.core.writing import log_change
from partnerships.webhooks import delivery
from partnerships.webhooks.choices import WebhookPause
from partnerships.webhooks.models import Webhook
from partnerships.webhooks.rules import webhooks_visible_to

LABELS["webhooks"] = _("Webhooks")


def _webhooks(departure: Departure) -> QuerySet[Webhook]:
    if not isinstance(departure.leaver, Person):
        return Webhook.objects.none()
    return Webhook.objects.filter(by=departure.leaver, **departure.body_field).order_by("pk")


def _passes(departure: Departure) -> bool:
    return departure.person is not None and may_connect_programs(departure.person, departure.body)


@list_holdings.register
def list_webhooks(departure: Departure, found: list[Holding]) -> None:
    rows = departure.seen(_webhooks(departure), webhooks_visible_to)
    items = [(webhook.name, reverse("webhook", args=[webhook.pk])) for webhook in rows]
    if items and _passes(departure):
        note = gettext("%(who)s answers for them from now on.") % {"who": departure.person}
        found.append(Holding("webhooks", Outcome.PASSES, items, note))
    elif items:
        note = gettext("They’re paused until a manager resumes them.")
        found.append(Holding("webhooks", Outcome.ENDS, items, note))


@pass_on.register
def pass_webhooks(departure: Departure) -> None:
    changed = WEBHOOK_VERBS[1]
    for webhook in _webhooks(departure).select_for_update(of=("self",)):
        if _passes(departure):
            Webhook.objects.filter(pk=webhook.pk).update(by=departure.person, version=webhook.version + 1)
            after = {"webhook": {"name": webhook.name}}
            log_change(departure.body, by=departure.by, verb=changed, before={}, after=after)
        else:
            delivery.pause(webhook, WebhookPause.NO_MANAGER)
