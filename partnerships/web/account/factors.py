"""The second factor: a passkey, or an app that shows a new code every 30 seconds; with recovery codes for the day it is lost.

What the registry asks of allauth's `mfa` and `usersessions`; the addresses stand in sign_in_urls.
"""

import base64
import hashlib

import qrcode
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect

from partnerships.core.access import is_staff

# What staff without a second factor may still open: setting it up, and leaving.
OPEN_TO_ALL = {"account_logout", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"}
OPEN_TO_ALL |= {"healthz", "readyz", "about", "words", "jurisdiction_embed", "issue_area_embed"}


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This is not the code that your app shows now. Wait for the next one and type that.",
        "cannot_delete_authenticator": "Staff need a second step here. Set up another one first.",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first. Recovery codes stand in for it.",
    }

    def _get_site_name(self):
        return "Partnership Registry"

    def build_totp_svg(self, url: str) -> str:
        """The picture that an app reads, as a path without style, so that the page's policy allows it."""
        code = qrcode.QRCode(border=2)
        code.add_data(url)
        rows = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return f'<svg class="qr" viewBox="0 0 {len(rows)} {len(rows)}" aria-hidden="true"><path d="{path}"/></svg>'

    def encrypt(self, text: str) -> str:
        return _locker().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _locker().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user, type) -> str:
        """The name of a passkey that its owner gave none."""
        return f"Passkey {Authenticator.objects.filter(user=user.pk, type=type).count() + 1}"

    def can_delete_authenticator(self, authenticator) -> bool:
        """Somebody who has to have a second step keeps one."""
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        has_another = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_another or not is_required_of(authenticator.user)


def _locker() -> Fernet:
    """Keys of apps are kept locked with the registry's own key: a copy of the database alone gives none away."""
    digest = hashlib.sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def is_required_of(person) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and is_staff(person)


def _is_vouched_for(request, person) -> bool:
    """Whether a provider that asks for a second step of its own signed this person in, in this session."""
    if not settings.OIDC_SECOND_FACTOR:
        return False
    return any(record.get("method") == "socialaccount" for record in get_authentication_records(request, person))


class SecondStep(AuthenticateStage):
    def _should_handle(self, request):
        return super()._should_handle(request) and not _is_vouched_for(request, self.login.user)


class SecondFactor:
    """Staff who have to have a second factor, and have none yet, are led to setting it up; the API takes them for strangers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.url_name
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or name in OPEN_TO_ALL or not _lacks_factor(request):
            return None
        if request.path.startswith("/api/"):
            request.user = AnonymousUser()
            return None
        messages.warning(request, "Staff sign in with a second step. Set it up now; it takes two minutes.")
        return redirect("mfa_activate_totp")


def _lacks_factor(request) -> bool:
    if not is_required_of(request.user) or _is_vouched_for(request, request.user):
        return False
    return not Authenticator.objects.filter(user=request.user.pk).exists()
