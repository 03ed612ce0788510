"""The two forms of sign-in: for the email address, and for the code that was sent to it."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.stages import LoginByCodeStage
from allauth.core import context
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext

from partnerships.accounts import login_codes
from partnerships.accounts.actions import choose_language
from partnerships.accounts.member_actions import account_at
from partnerships.accounts.models import Person
from partnerships.accounts.queries import person_by_address
from partnerships.core.errors import RateLimited
from partnerships.web.frame import known_browsers, limits

LONGEST_ADDRESS = 254
NOBODY_YET = 0
CODE_NUMBER = "login_code"


class AddressForm(LoginForm):
    """The form responds the same to all email addresses: a code is sent, and nothing shows whether an account exists.

    Entering the code creates an account for an address without one (`CodeForm`). Until then, an unsaved person replaces
    it, so that the pages in between make the same queries and show the same text.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=gettext("Email address"),
            max_length=LONGEST_ADDRESS,
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            error_messages={
                "required": gettext("Enter your email address."),
                "invalid": gettext("Enter a full email address, like name@example.org."),
            },
        )

    def clean_login(self):
        return self.cleaned_data["login"].strip().lower()

    def clean(self):
        address = self.cleaned_data.get("login")
        if address:
            limits.count_attempt(
                context.request, "code_asked", gettext("Too many codes were requested just now."), address=address
            )
            self.user = person_by_address(address) or Person(pk=NOBODY_YET, email=address)
        return self.cleaned_data

    def login(self, request, redirect_url=None):
        address = self.cleaned_data["login"]
        request.asked_code = login_codes.request_code(address, known_browsers.number_of(request, address))
        answer = super().login(request, redirect_url)
        stage = _stage_of(request)
        stage[CODE_NUMBER] = request.asked_code.number
        # allauth reads it only to look up a person that it didn't find, which would be an extra query for an address
        # without an account.
        stage.pop("user_id", None)
        return answer


def _stage_of(request) -> dict:
    """Allauth's state of the requested code."""
    return request.session[LOGIN_SESSION_KEY]["state"]["stages"][LoginByCodeStage.key]["data"]


class CodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=gettext("Code from the email"),
            help_text=gettext("Eight letters, like BCDF-GHJK. Lowercase is fine."),
            max_length=40,
            widget=forms.TextInput(
                attrs={
                    "class": "short",
                    "autocomplete": "one-time-code",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                }
            ),
            error_messages={"required": gettext("Enter the code from the email.")},
        )

    def clean_code(self):
        request = context.request
        stage = request._login_stage
        # The count is for this request for a code only, so no one else can use it up.
        key = f"{request.session.session_key} {stage.login.initiated_at}"
        try:
            limits.count_attempt(request, "code_typed", "", key=key)
        except RateLimited:
            raise get_adapter().validation_error("incorrect_code")
        code = super().clean_code()
        if not login_codes.use_code(stage.state.get(CODE_NUMBER)):
            raise get_adapter().validation_error("incorrect_code")
        login = stage.login
        if login.user is None:
            # The code proves the address, so it can get an account. One that was closed in the meantime stays closed.
            login.user = account_at(login.email)
            stage.state["user_id"] = user_id_to_str(login.user)
        if login.user.last_login is None and login.user.language == settings.LANGUAGE_CODE != get_language():
            choose_language(by=login.user, language=get_language())  # also of an account that someone else made
        return code
