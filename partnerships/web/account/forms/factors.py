"""Forms of the second factor for codes. Those for passkeys are in `forms.passkeys`."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core import rate_limits
from partnerships.web.frame import limits, page_language

CODE_LIVES = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)  # seconds


def _code(label, help_text=""):
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "short", "autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the code.")},
    )


def _is_spent(person, code) -> bool:
    """Whether this app code was used before. allauth remembers it for 30 seconds only, but accepts it for 90."""
    return not rate_limits.is_first("app-code", f"{person.pk} {normalize_user_code(code)}", CODE_LIVES)


def count_try(person) -> dict:
    """Count an attempt at this person's second factor. Raises RateLimited.

    Returns keyword arguments for `limits.reset`, which resets the count after a correct code.
    """
    whose = {"key": str(person.pk), "address": person.email}
    limits.count_attempt(context.request, "second_step", gettext("Too many tries."), **whose)
    return whose


class ActivateForm(ActivateTOTPForm):
    code = _code(_("Code from your app"), _("Six digits. The app shows a new code every 30 seconds."))

    def __init__(self, *args, **kwargs):
        kept = context.request.session.get(auth.SECRET_SESSION_KEY) if page_language.typed_now() else None
        super().__init__(*args, **kwargs)
        if kept:  # the app may have scanned it already
            self.secret = context.request.session[auth.SECRET_SESSION_KEY] = kept

    def clean_code(self):
        counted = count_try(self.user)
        code = super().clean_code()
        _is_spent(self.user, code)
        limits.reset(context.request, "second_step", **counted)
        # A person who just typed the app's code needs no other one to see the recovery codes.
        record_authentication(context.request, self.user, "mfa", type="totp", reauthenticated=True)
        return code


class _CodeForm:
    """The label depends on what the person has set up: an app, or only recovery codes in addition to a passkey."""

    user: Person
    authenticator: Authenticator
    fields: dict[str, forms.Field]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        has_app = is_mfa_enabled(self.user, [Authenticator.Type.TOTP])
        if has_app:
            words = (
                gettext("Code from your app"),
                gettext("Six digits. A recovery code with eight digits works too, once."),
            )
        else:
            words = gettext("Recovery code"), gettext("Eight digits. Each one works once.")
        self.fields["code"] = _code(*words)

    def clean_code(self):
        counted = count_try(self.user)
        code = super().clean_code()  # type: ignore[misc]  # of the library's form
        if self.authenticator.type == Authenticator.Type.TOTP and _is_spent(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        limits.reset(context.request, "second_step", **counted)
        return code


class SecondStepForm(_CodeForm, AuthenticateForm):
    pass


class AgainForm(_CodeForm, ReauthenticateForm):
    pass
