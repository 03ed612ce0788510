"""The forms of the second factor that take a code, in plain words; those of passkeys stand in forms.passkeys."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms

SLOW_DOWN = "Too many tries. Wait five minutes, then try again."


def _code(label, help_text=""):
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "short", "autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the code."},
    )


class ActivateForm(ActivateTOTPForm):
    code = _code("Code that the app shows now", "Six digits. The app shows a new one every 30 seconds.")

    def clean_code(self):
        code = super().clean_code()
        # Who just typed the app's code need not type one more to see the recovery codes.
        record_authentication(context.request, self.user, "mfa", type="totp", reauthenticated=True)
        return code


class _CodeForm:
    """Which code it takes depends on what its person has: an app with recovery codes, or recovery codes beside a passkey."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        has_app = is_mfa_enabled(self.user, [Authenticator.Type.TOTP])
        words = ("Code from your app", "Six digits. A recovery code of eight digits works too, once.")
        self.fields["code"] = _code(*words if has_app else ("Recovery code", "Eight digits. Each one works once."))

    def clean_code(self):
        try:
            return super().clean_code()
        except forms.ValidationError as problem:
            raise forms.ValidationError(SLOW_DOWN) if problem.code == "too_many_login_attempts" else problem


class SecondStepForm(_CodeForm, AuthenticateForm):
    pass


class AgainForm(_CodeForm, ReauthenticateForm):
    pass
