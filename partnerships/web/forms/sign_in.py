"""The two forms of sign-in: which address, and the code that was sent there."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.core import context, ratelimit
from django import forms

from partnerships.accounts.queries import person_by_address

LONGEST_ADDRESS = 254


class AddressForm(LoginForm):
    """Valid whether or not the address has an account: nothing that is shown afterwards tells."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label="Mail address",
            max_length=LONGEST_ADDRESS,
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            error_messages={
                "required": "Type your mail address.",
                "invalid": "This is not a whole mail address. It looks like name@example.org.",
            },
        )

    def clean_login(self):
        return self.cleaned_data["login"].strip().lower()

    def clean(self):
        address = self.cleaned_data.get("login")
        if address:
            if not ratelimit.consume(context.request, action="request_login_code", key=address):
                raise forms.ValidationError(
                    "Many codes were asked for just now. Wait ten minutes, then try again.", code="too_many"
                )
            self.user = person_by_address(address)
        return self.cleaned_data


class CodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label="Code from the letter",
            help_text="Eight letters, such as BCDF-GHJK. Small letters are fine.",
            max_length=40,
            widget=forms.TextInput(
                attrs={
                    "class": "short",
                    "autocomplete": "one-time-code",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                }
            ),
            error_messages={"required": "Type the code from the letter."},
        )

    def clean_code(self):
        # Counted in the cache, under a lock: tries sent at the same moment would all read the same count in the session.
        request = context.request
        asked_at = request.session.get("account_login", {}).get("initiated_at")
        if not ratelimit.consume(request, action="try_login_code", key=f"{request.session.session_key}/{asked_at}"):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()
