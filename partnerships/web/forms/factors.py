"""The forms of the second factor: one code each, in plain words."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms


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


class SecondStepForm(AuthenticateForm):
    code = _code("Code from your app", "Six digits. A recovery code of eight digits works too, once.")


class AgainForm(ReauthenticateForm):
    code = _code("Code from your app", "Six digits. A recovery code of eight digits works too, once.")
