"""The two forms of sign-in: which address, and the code that was sent there."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.stages import LoginByCodeStage
from allauth.core import context, ratelimit
from django import forms

from partnerships.accounts.member_actions import account_at
from partnerships.accounts.models import Person
from partnerships.accounts.queries import person_by_address
from partnerships.web import limits

LONGEST_ADDRESS = 254
NOBODY_YET = 0


class AddressForm(LoginForm):
    """One way for every address, with an account or without: a code goes there, and nothing that is shown tells which.

    Who types the code of an address without an account gets one (CodeForm). Until then stands in its place a person that
    no table has, so that the pages in between ask the database as often and say the same.
    """

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
            limits.count(context.request, "request_login_code", "Many codes were asked for just now.", key=address)
            self.user = person_by_address(address) or Person(pk=NOBODY_YET, email=address)
        return self.cleaned_data

    def login(self, request, redirect_url=None):
        answer = super().login(request, redirect_url)
        # Read only where the person is not found: it would be one question more for an address without an account.
        _stage_of(request).pop("user_id", None)
        return answer


def _stage_of(request) -> dict:
    """What the library remembers of a code that was asked for."""
    return request.session[LOGIN_SESSION_KEY]["state"]["stages"][LoginByCodeStage.key]["data"]


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
        request = context.request
        limits.count(request, "try_login_code", "Many codes were typed in your network just now.")
        # Counted in the cache, under a lock: tries sent at the same moment would all read the same count in the session.
        asked_at = request.session.get("account_login", {}).get("initiated_at")
        if not ratelimit.consume(request, action="try_one_code", key=f"{request.session.session_key}/{asked_at}"):
            raise get_adapter().validation_error("incorrect_code")
        code = super().clean_code()
        login = request._login_stage.login
        if login.user is None:
            # The code proves the address, so it may have an account; one that was closed since stays closed.
            login.user = account_at(login.email)
            request._login_stage.state["user_id"] = user_id_to_str(login.user)
        return code
