"""Secrets of webhooks, and signatures as Standard Webhooks has them (https://www.standardwebhooks.com).

A receiver checks that base64(HMAC-SHA256(secret, "ID.TIMESTAMP.BODY")) is one of the signatures in the header.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from partnerships.webhooks.models import Webhook


def new_seed() -> str:
    return secrets.token_hex(32)


def secret_of(seed: str) -> str:
    """The secret of a seed, such as “whsec_…”. It also depends on SECRET_KEY, so the database alone doesn't tell it."""
    return "whsec_" + base64.b64encode(_key(seed)).decode()


def _key(seed: str) -> bytes:
    return salted_hmac("webhook-secret", seed, algorithm="sha256").digest()


def headers(webhook: Webhook, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that sign a message. While two secrets are live, it has a signature of each."""
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    seeds = [webhook.seed]
    if webhook.old_seed and webhook.old_until and at < webhook.old_until:
        seeds.append(webhook.old_seed)
    signatures = [base64.b64encode(hmac.digest(_key(seed), content, hashlib.sha256)).decode() for seed in seeds]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
