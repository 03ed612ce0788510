"""Sign-in with an emailed code: the adapter for allauth, and decorators for its views."""

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
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.accounts.queries import invitations_for, is_closed, memberships_of, person_by_address
from partnerships.core import rate_limits
from partnerships.core.errors import RateLimited
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind
from partnerships.notifications import emails
from partnerships.registry.seat_questions import questions_for
from partnerships.web.account import seat_questions
from partnerships.web.components.members import people_url
from partnerships.web.components.pending_requests import requests_to
from partnerships.web.frame import errors, known_browsers, limits

log = logging.getLogger(__name__)

KINDS = {
    "account/email/login_code": EmailKind.SIGN_IN_CODE,
}
TOO_OFTEN = _("Too many tries.")
EMAILED_AGAIN_AFTER = 3600  # seconds between two emails that say that an account is closed
WORDS = {
    "account/messages/logged_in.txt": _("You’re signed in."),
    "account/messages/logged_out.txt": _("You’re signed out."),
    "mfa/messages/totp_activated.txt": _("You now sign in with a second step."),
    "mfa/messages/totp_deactivated.txt": _("You no longer need the app to sign in."),
    "mfa/messages/webauthn_added.txt": _("Passkey added."),
    "mfa/messages/webauthn_removed.txt": _("Passkey removed."),
    "usersessions/messages/sessions_logged_out.txt": _("You’re signed out everywhere else."),
}

# Emails are sent in a thread outside the request. The response then takes the same time for a closed account, which
# often gets no email, as for any other address. So its timing doesn't reveal who has an account, and a slow mail server
# delays no one.
SENDERS = 4
A_MOMENT = 0.3  # seconds to wait, so that the response is sent before work on the email could slow it down
post = ThreadPoolExecutor(max_workers=SENDERS, thread_name_prefix="sign-in")


class SignInAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This isn’t the code from our last email. Check it, or ask for a new one."),
        "too_many_login_attempts": _("Too many tries with this code. Ask for a new one."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """Whether a redirect after sign-in or sign-out is a path of this site, without any host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def generate_login_code(self):
        return current.request.asked_code.text

    def send_mail(self, template_prefix, email, context):
        if current.request.asked_code.is_to_be_sent:
            told = {"code": context["code"], "language": get_language()}
            post.submit(_send, KINDS[template_prefix], email, told)

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """Show only messages from WORDS or with a text of their own. The page after a sent code needs none."""
        text = message or WORDS.get(message_template)
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def is_ajax(self, request):
        """Always respond with pages, except to the passkey script, which requests its challenge as JSON."""
        is_asked = request.method == "GET" and "application/json" in request.headers.get("Accept", "")
        return is_asked and request.resolver_match.url_name == "mfa_login_webauthn"

    def get_login_stages(self):
        ours = {"allauth.mfa.stages.AuthenticateStage": "partnerships.web.account.factors.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user):
        return super().get_reauthentication_methods(user)[::-1]  # passkeys first, since they are the quickest


def _send(kind, address, context):
    time.sleep(A_MOMENT)
    try:
        if is_closed(address):
            # Don't let people fill a mailbox by entering its address here.
            if not rate_limits.is_first("closed account told", address, EMAILED_AGAIN_AFTER):
                return
            kind, context = EmailKind.UNKNOWN_ADDRESS, {"language": context["language"]}
        outbox.send_now(kind, address, context, emails.render)
    except outbox.NotSent as problem:
        log.warning("A sign-in email could not be sent: %s", problem.reply)
    except Exception as problem:
        # Without the traceback, which could contain the email address or the code.
        log.error("A sign-in email could not be sent (%s).", type(problem).__name__)
    finally:
        connections.close_all()


def same_for_unknown_address(view):
    """Decorator that makes the same queries for an email address without an account as for one with an account.

    After a wrong code, allauth no longer looks for a person that it didn't find.
    """

    @wraps(view)
    def visit(request, *args, **kwargs):
        pending = request.session.get("account_login")
        if pending and not pending.get("user_pk"):
            person_by_address("")
        return view(request, *args, **kwargs)

    return visit


def rate_limited(view):
    """Decorator for a view of allauth that responds with 429 if its form was sent too often."""

    @wraps(view)
    def visit(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        for name in ("form", "webauthn_form"):
            limits.render_form(response, shown.get(name))
        return response

    return visit


def counted(action, view):
    """Decorator for a button without typed text, which responds with 429 if it's used too often."""

    @wraps(view)
    def visit(request, *args, **kwargs):
        try:
            limits.count_attempt(request, action, TOO_OFTEN)
        except RateLimited as problem:
            return errors.too_often(request, problem)
        return view(request, *args, **kwargs)

    return visit


def remembered(view):
    """Decorator that marks the browser as known when a person signs in through this view.

    Someone who confirmed a seat by a link is first asked whether they speak for its organization.
    """

    @wraps(view)
    def visit(request, *args, **kwargs):
        was_signed_in = request.user.is_authenticated
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated and not was_signed_in:
            known_browsers.remember(request, response)
            if response.status_code == 302 and (page := seat_questions.first_page(request.user, response["Location"])):
                response["Location"] = page
        return response

    return visit


@require_safe
def new_account(request):
    """The page that replaces allauth's sign-up form. New people need only a code."""
    return render(request, "account/new_account.html")


@never_cache
@require_safe
@login_required
def account(request):
    """Your account: email settings, memberships and requests."""
    context = {
        "memberships": [(membership, people_url(membership.body)) for membership in memberships_of(request.user)],
        "invitations": invitations_for(request.user),
        "questions": questions_for(request.user),
        "asked": requests_to(request.user),
    }
    return render(request, "account/account.html", context)
