"""The second factor: a passkey or an app with a new code every 30 seconds, and recovery codes in case it's lost.

Adapts `mfa` and `usersessions` of allauth. sign_in_urls has the URLs.
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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import is_staff

# URL names that staff without a second factor can still open: to set one up, to sign out, and public ones.
OPEN_TO_ALL = {"account_logout", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"}
OPEN_TO_ALL |= {"healthz", "readyz", "about", "words", "jurisdiction_embed", "issue_area_embed"}


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This isn’t the code that your app shows now. Wait for the next one and enter that."),
        "cannot_delete_authenticator": _("Staff must use a second step here. Set up another one first."),
        "cannot_generate_recovery_codes": _(
            "Set up an app or a passkey first. Recovery codes replace it when you don’t have it."
        ),
    }

    def _get_site_name(self):
        return "Partnership Registry"

    def build_totp_svg(self, url: str) -> str:
        """The QR code of an app's key, as an SVG path without styles, which the Content-Security-Policy would block."""
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
        """The default name of a passkey."""
        number = Authenticator.objects.filter(user=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def can_delete_authenticator(self, authenticator) -> bool:
        """Whether another second factor remains, for people who must have one."""
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        has_another = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_another or not is_required_of(authenticator.user)


def _locker() -> Fernet:
    """The cipher for the secrets of apps.

    Its key comes from SECRET_KEY, so a copy of the database alone reveals none of them.
    """
    digest = hashlib.sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def is_required_of(person) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and is_staff(person)


def _is_vouched_for(request, person) -> bool:
    """Whether an OpenID Connect provider that checks a second factor itself signed this person in, in this session."""
    if not settings.OIDC_SECOND_FACTOR:
        return False
    return any(record.get("method") == "socialaccount" for record in get_authentication_records(request, person))


class SecondStep(AuthenticateStage):
    def _should_handle(self, request):
        return super()._should_handle(request) and not _is_vouched_for(request, self.login.user)


class SecondFactor:
    """Middleware that redirects people who need a second factor and have none to setting it up.

    The API treats them as anonymous.
    """

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
        messages.warning(
            request, gettext("Staff must sign in with a second step. Set it up now. It takes about two minutes.")
        )
        return redirect("mfa_activate_totp")


def _lacks_factor(request) -> bool:
    if not is_required_of(request.user) or _is_vouched_for(request, request.user):
        return False
    return not Authenticator.objects.filter(user=request.user.pk).exists()
