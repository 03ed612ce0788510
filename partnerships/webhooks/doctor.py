"""A check of webhooks. A finding is (public id or name, sentence)."""

from collections.abc import Iterator
from datetime import timedelta

from partnerships.core import clock
from partnerships.webhooks.choices import DeliveryState
from partnerships.webhooks.models import WebhookDelivery

LONG = timedelta(hours=6)


def stuck_deliveries() -> Iterator[tuple[str, str]]:
    """Messages of live webhooks that have waited long for their first attempt."""
    late = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, attempts=0, webhook__paused_at=None)
    # While a webhook rests after failures, or an earlier message about the same record isn't accepted, they rightly wait.
    late = late.filter(webhook__failures=0, next_attempt_at__lt=clock.now() - LONG).order_by("next_attempt_at")
    for pk, at in late.values_list("pk", "next_attempt_at")[:100]:
        yield f"webhook delivery {pk}", f"has waited since {at:%Y-%m-%d %H:%M} UTC. Look at the worker (send_webhooks)."
