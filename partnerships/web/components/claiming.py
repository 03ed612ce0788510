"""The address at which someone claims an organization, also one whose seat they just confirmed."""

from datetime import timedelta
from urllib.parse import urlencode

from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

SEAT, _SALT = "seat", "partnerships.claims.seat"


def claim_url(organization) -> str:
    """The page where someone who confirmed a seat of the organization claims it, for a day also if it's unlisted."""
    signed = TimestampSigner(salt=_SALT).sign(organization.public_id)
    return f"{reverse('organization_claim', args=[organization.public_id])}?{urlencode({SEAT: signed})}"


def seat_confirmed(request) -> str:
    """The public ID of the organization in an address of `claim_url` from the last day, or ""."""
    try:
        return TimestampSigner(salt=_SALT).unsign(request.GET.get(SEAT, ""), max_age=timedelta(days=1))
    except BadSignature:
        return ""
