"""Forms of passkeys. A script fills in `credential`, but anyone can send anything there, so it's validated strictly.

allauth verifies a passkey's response against its challenge. These forms also give malformed responses a plain error,
and store only what is needed.
"""

import contextlib
import struct

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as library
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from partnerships.accounts.models import Person
from partnerships.core.errors import RateLimited
from partnerships.web.frame import limits

LONGEST = 20_000  # characters of a response; a real passkey needs one or two thousand
LONGEST_NAME = 60
COUNT = "count"  # the key of a passkey's data that this module adds
NOT_TAKEN = _("This passkey didn’t work. Nothing was changed. Try again.")
# What the parsers raise for malformed bytes.
_UNREADABLE = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RecursionError)
_UNREADABLE += (TypeError, ValueError, UnsupportedAlgorithm, struct.error)


class AnswerField(forms.JSONField):
    """A JSON object that is never rendered again, since it is valid only once."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("You haven’t used your passkey yet. Select the button."),
        "invalid": NOT_TAKEN,
    }

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
    except RateLimited:
        raise
    except ValidationError:
        raise ValidationError(NOT_TAKEN, code="passkey")
    except _UNREADABLE:
        raise ValidationError(NOT_TAKEN, code="passkey")


class AddForm(library.AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("To recognize it, for example “Work laptop”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = AnswerField()
    passwordless = forms.BooleanField(
        label=_("Let it sign me in without an emailed code"),
        help_text=_(
            "It then asks for your fingerprint, your face or a PIN. Some simple security keys can’t do that. Uncheck this "
            "for those."
        ),
        required=False,
        initial=True,
    )

    def clean(self):
        if "credential" not in self.cleaned_data:
            return self.cleaned_data
        with _in_our_words():
            cleaned = super().clean()
            cleaned["credential"] = _parts_to_store(cleaned["credential"])
        # A person who just used the passkey needn't use it again to see the recovery codes.
        record_authentication(context.request, self.user, "mfa", type="webauthn", reauthenticated=True)
        return cleaned


def _parts_to_store(credential) -> dict:
    """The parts of a new passkey's response to store: its ID, its key, and whether it can sign in by itself."""
    answer = RegistrationResponse.from_dict(credential)
    results = credential.get("clientExtensionResults") or {}
    is_alone = (results.get("credProps") or {}).get("rk")
    return {
        "type": "public-key",
        "id": answer["id"],
        "rawId": answer["rawId"],
        "response": {name: answer.response[name] for name in ("clientDataJSON", "attestationObject")},
        "clientExtensionResults": {"credProps": {"rk": is_alone}} if isinstance(is_alone, bool) else {},
    }


class _Used:
    """A passkey's response as the second factor, for sign-in by itself, or for reauthentication."""

    user: Person | None

    def clean_credential(self):
        # No one can guess what a passkey answers, so tries aren't counted by person: others could use them up. Where it
        # signs in alone, the page counts.
        if self.user:
            limits.count_attempt(context.request, "passkey", gettext("Too many tries."))
        given = self.cleaned_data["credential"]  # type: ignore[attr-defined]  # of Django's forms
        with _in_our_words():
            authenticator = super().clean_credential()  # type: ignore[misc]  # of the library's forms
            _count(authenticator, AuthenticationResponse.from_dict(given).response.authenticator_data.counter)
        return authenticator


def _count(authenticator, number) -> None:
    """Store how often a security key says it was used. One that says no more than before may be a copy, and is refused.

    Most passkeys don't count, and always say 0.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        was = row.data.get(COUNT, row.wrap().authenticator_data.counter)
        if number <= was and (number or was):
            raise ValidationError(NOT_TAKEN, code="passkey")
        if number:
            row.data[COUNT] = number
            row.save(update_fields=["data"])


class SecondStepForm(_Used, library.AuthenticateWebAuthnForm):
    credential = AnswerField()


class AgainForm(_Used, library.ReauthenticateWebAuthnForm):
    credential = AnswerField()


class AloneForm(_Used, library.LoginWebAuthnForm):
    credential = AnswerField()

    def clean_credential(self):
        given = self.cleaned_data["credential"]
        authenticator = super().clean_credential()
        # The challenge may be that of a second factor, which doesn't require user verification.
        if not AuthenticationResponse.from_dict(given).response.authenticator_data.is_user_verified():
            raise ValidationError(NOT_TAKEN, code="passkey")
        return authenticator


class RenameForm(library.EditWebAuthnForm):
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def save(self):
        saved = super().save()
        messages.success(context.request, gettext("Passkey renamed."))
        return saved
