"""The forms of passkeys. A script fills in `credential`, so whatever comes in it is read strictly, whoever made it.

The library checks the answer of a passkey against what it was asked. Here stands what it leaves open: an answer of the wrong
shape is refused in words, and only what is needed of an answer is kept.
"""

import contextlib
import struct

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.webauthn import forms as library
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from partnerships.core.errors import TooOften
from partnerships.web import limits
from partnerships.web.forms.factors import count_try

LONGEST = 20_000  # characters of an answer; that of a real key takes one or two thousand
LONGEST_NAME = 60
NOT_TAKEN = "This passkey did not work here. Nothing was changed. Try once more."
# What its readers raise when bytes are not what they say they are.
_UNREADABLE = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RecursionError)
_UNREADABLE += (TypeError, ValueError, UnsupportedAlgorithm, struct.error)


class AnswerField(forms.JSONField):
    """An object of JSON; never put back into a page, since it is good once."""

    widget = forms.HiddenInput
    default_error_messages = {"required": "The passkey was not asked yet. Use the button.", "invalid": NOT_TAKEN}

    def to_python(self, value):
        with _in_our_words():
            if len(value or "") > LONGEST:
                raise ValueError
            return super().to_python(value)

    def bound_data(self, data, initial):
        return None

    def prepare_value(self, value):
        return ""


@contextlib.contextmanager
def _in_our_words():
    try:
        yield
    except TooOften:
        raise
    except ValidationError:
        raise ValidationError(NOT_TAKEN, code="passkey")
    except _UNREADABLE:
        raise ValidationError(NOT_TAKEN, code="passkey")


class AddForm(library.AddWebAuthnForm):
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=LONGEST_NAME,
        help_text="To tell it from others, such as “Work laptop”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = AnswerField()
    passwordless = forms.BooleanField(
        label="Let it sign me in without a letter",
        help_text="It then asks for your finger, your face or a PIN. Some simple keys cannot do that; untick it for those.",
        required=False,
        initial=True,
    )

    def clean(self):
        if "credential" not in self.cleaned_data:
            return self.cleaned_data
        with _in_our_words():
            cleaned = super().clean()
            cleaned["credential"] = _needed(cleaned["credential"])
        # Whoever just used it need not use it once more to see the recovery codes.
        record_authentication(context.request, self.user, "mfa", type="webauthn", reauthenticated=True)
        return cleaned


def _needed(credential) -> dict:
    """Of the answer of a new passkey: its id, its key, and whether it can sign in alone. The rest is not kept."""
    answer = RegistrationResponse.from_dict(credential)
    told = credential.get("clientExtensionResults") or {}
    is_alone = (told.get("credProps") or {}).get("rk")
    return {
        "type": "public-key",
        "id": answer["id"],
        "rawId": answer["rawId"],
        "response": {name: answer.response[name] for name in ("clientDataJSON", "attestationObject")},
        "clientExtensionResults": {"credProps": {"rk": is_alone}} if isinstance(is_alone, bool) else {},
    }


class _Used:
    """A passkey answers: at the second step, alone, or once more before a change."""

    def clean_credential(self):
        # Alone, a passkey says itself whose it is; what may be tried then, the page counts.
        counted = count_try(self.user) if self.user else None
        with _in_our_words():
            authenticator = super().clean_credential()
        if counted:
            limits.start_over(context.request, "second_step", **counted)
        return authenticator


class SecondStepForm(_Used, library.AuthenticateWebAuthnForm):
    credential = AnswerField()


class AgainForm(_Used, library.ReauthenticateWebAuthnForm):
    credential = AnswerField()


class AloneForm(_Used, library.LoginWebAuthnForm):
    credential = AnswerField()

    def clean_credential(self):
        given = self.cleaned_data["credential"]
        authenticator = super().clean_credential()
        # What it was asked may stem from a second step, where a key that knows nobody is enough.
        if not AuthenticationResponse.from_dict(given).response.authenticator_data.is_user_verified():
            raise ValidationError(NOT_TAKEN, code="passkey")
        return authenticator


class RenameForm(library.EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def save(self):
        saved = super().save()
        messages.success(context.request, "The passkey has a new name.")
        return saved
