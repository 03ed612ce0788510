"""Sign-in by a code sent by mail: what the registry asks of allauth."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import wraps

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connections
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.accounts.queries import invitations_for, is_closed, memberships_of, person_by_address
from partnerships.core import rate_limits
from partnerships.core.errors import TooOften
from partnerships.mail import outbox
from partnerships.mail.choices import LetterKind
from partnerships.notifications import letters
from partnerships.web import errors, known_browsers, limits
from partnerships.web.asked import asked_of
from partnerships.web.office.members import people_url

log = logging.getLogger(__name__)

KINDS = {
    "account/email/login_code": LetterKind.SIGN_IN_CODE,
}
TOO_OFTEN = "That was a lot at once."
TOLD_AGAIN_AFTER = 3600  # seconds between two letters that say that an account is closed
WORDS = {
    "account/messages/logged_in.txt": "You are signed in.",
    "account/messages/logged_out.txt": "You are signed out.",
    "mfa/messages/totp_activated.txt": "From now on you sign in with a second step.",
    "mfa/messages/totp_deactivated.txt": "The app is no longer asked for when you sign in.",
    "mfa/messages/webauthn_added.txt": "The passkey is added.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed.",
    "usersessions/messages/sessions_logged_out.txt": "You are signed out everywhere else.",
}

# Letters leave beside the request. The answer is then as quick for an account that is closed (where often no letter goes)
# as for any other address: time tells nobody who has an account, and a slow mail server keeps nobody waiting.
HANDS = 4
A_MOMENT = 0.3  # seconds: the answer is out before the work on the letter could slow it down
post = ThreadPoolExecutor(max_workers=HANDS, thread_name_prefix="sign-in")


class SignInAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": "This is not the code from our last letter. Compare it letter by letter, or ask for a new one.",
        "too_many_login_attempts": "Too many tries with this code. Ask for a new one.",
        "rate_limited": "That was a lot at once. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """The way on after signing in or out: a path of ours, never an address of any host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def generate_login_code(self):
        return current.request.asked_code.text

    def send_mail(self, template_prefix, email, context):
        if current.request.asked_code.is_to_be_sent:
            post.submit(_send, KINDS[template_prefix], email, {"code": context["code"]})

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """Says only what has words here; the page that follows a sent code speaks for itself."""
        text = message or WORDS.get(message_template)
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def is_ajax(self, request):
        """One kind of answer: pages. Only the script of passkeys asks for what they are to sign."""
        is_asked = request.method == "GET" and "application/json" in request.headers.get("Accept", "")
        return is_asked and request.resolver_match.url_name == "mfa_login_webauthn"

    def get_login_stages(self):
        ours = {"allauth.mfa.stages.AuthenticateStage": "partnerships.web.account.factors.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user):
        return super().get_reauthentication_methods(user)[::-1]  # the passkey first: it is the quickest


def _send(kind, address, context):
    time.sleep(A_MOMENT)
    try:
        if is_closed(address):
            # Nobody's mailbox is filled by typing their address here.
            if not rate_limits.is_first("closed account told", address, TOLD_AGAIN_AFTER):
                return
            kind, context = LetterKind.UNKNOWN_ADDRESS, {}
        outbox.send_now(kind, address, context, letters.render)
    except outbox.NotSent:
        log.warning("A sign-in letter could not be sent; its row in the outbox says why.")
    except Exception as problem:
        # Without its traceback, which could hold the address or the code.
        log.error("A sign-in letter could not be sent (%s).", type(problem).__name__)
    finally:
        connections.close_all()


def alike(view):
    """Has a page of sign-in ask the database as often for an address without an account as for one with: once a wrong code was
    typed, the library no longer looks for the person whom it did not find."""

    @wraps(view)
    def visit(request, *args, **kwargs):
        pending = request.session.get("account_login")
        if pending and not pending.get("user_pk"):
            person_by_address("")
        return view(request, *args, **kwargs)

    return visit


def limited(view):
    """Has a page of the library answer 429 where its form was sent too often."""

    @wraps(view)
    def visit(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        for name in ("form", "webauthn_form"):
            limits.answer(response, shown.get(name))
        return response

    return visit


def counted(action, view):
    """Has a button of a page that holds nothing typed answer 429 when it is pressed too often."""

    @wraps(view)
    def visit(request, *args, **kwargs):
        try:
            limits.count(request, action, TOO_OFTEN)
        except TooOften as problem:
            return errors.too_often(request, problem)
        return view(request, *args, **kwargs)

    return visit


def remembered(view):
    """Has a browser in which someone signs in by this view be known from then on."""

    @wraps(view)
    def visit(request, *args, **kwargs):
        was_signed_in = request.user.is_authenticated
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated and not was_signed_in:
            known_browsers.remember(request, response)
        return response

    return visit


@require_safe
def new_account(request):
    """Nothing is asked of newcomers but the code: where allauth would show a form, stands how to begin."""
    return render(request, "account/new_account.html")


@never_cache
@require_safe
@login_required
def account(request):
    """Your account: where letters go, what you belong to, and the way out."""
    context = {
        "memberships": [(place, people_url(place.body)) for place in memberships_of(request.user)],
        "invitations": invitations_for(request.user),
        "asked": asked_of(request.user),
    }
    return render(request, "account/account.html", context)
