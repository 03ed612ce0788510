"""Makes form submissions idempotent: a double click or repeated POST creates one record and sends one email.

Every form that is sent by POST has a one-time key. `{% csrf_token %}` includes it, so no page can forget it.
`{% form_key %}` adds it to pages of personal links, which have no CSRF token. The middleware `IdempotencyMiddleware` runs the
view in a transaction and stores in it where the view redirected to. Another POST with the same key gets the same
redirect, and what its view did is rolled back. A view that responds with a page, because it shows a secret once or has
no URL to show it at, calls `redirect_resubmissions` with the URL for the second POST.

A browser that sends a form twice, as by a double click, shows only the second answer. So for ten minutes, a repeat of a
form that showed a secret gets the same page. The page is stored encrypted with a key that follows from the form's key, which
isn't stored: only the browser with the form can read it again.

The key belongs to its sender and URL. If the second POST has different content, its view runs first, and its errors,
such as an edit conflict, are shown. If it would succeed, it isn't saved, and the sender is asked whether to save both.

A form whose transaction PostgreSQL ended in favor of another one is answered again by `RetriedForms`.
"""

import base64
import copy
import re
import secrets
import zlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.contrib import messages
from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404, HttpResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from partnerships.core import idempotency
from partnerships.core.retry import DEADLOCK_TRIES, is_contention, is_retryable
from partnerships.web.frame import errors
from partnerships.web.frame.drafts import DOES
from partnerships.web.frame.page_language import SWITCH

FIELD = "form_key"
# API clients send their own keys, and sign-in codes have rate limits.
LEFT_OUT = ("/api/", "/sign-in/", "/sign-out/")
TWICE = gettext_lazy("You submitted this form twice. We saved it once.")
SHOWN_ONCE = gettext_lazy(
    "You submitted this form twice. We saved it once and showed the secret or code then. If you didn’t see it, create "
    "a new one. End the first one if it’s listed here."
)
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
# Fields that differ between two POSTs of one form even if nothing else was typed.
_MARKS = ("csrfmiddlewaretoken", FIELD, "draft_hand", "draft_over", "draft_version", "draft_heading")


def key_field():
    """The hidden input with a new key."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_urlsafe(16))


def redirect_resubmissions(request, address: str, *, shows_secret=True) -> None:
    """Set where a second POST of this form leads. For views that respond with a page.

    `shows_secret`: the page shows a secret once, so the sender of a second POST is told how to get another.
    """
    request.answer_again = address, shows_secret


def prepared_by(prepare):
    """Decorator for a view. `prepare(request)` is called for a sent form of a signed-in person before the transaction.

    For what takes long and writes nothing: the transaction keeps other writers waiting.
    """

    def mark(view):
        view.prepare = prepare
        return view

    return mark


@dataclass
class _Sent:
    """A sent form with its key. `secret` is the part of a personal link's URL that is never stored, nor is `key`."""

    mark: str
    content: str
    secret: str | None
    key: str

    def sealed(self, page: bytes) -> bytes:
        return self._locker().encrypt(zlib.compress(page))

    def opened(self, sealed: bytes) -> bytes:
        """The page that `sealed` is of; b"" if there is none, or the registry has another SECRET_KEY since."""
        try:
            return zlib.decompress(self._locker().decrypt(sealed)) if sealed else b""
        except InvalidToken:
            return b""

    def _locker(self):
        digest = salted_hmac("partnerships.web.idempotency", self.key, algorithm="sha256").digest()
        return Fernet(base64.urlsafe_b64encode(digest))

    def hidden(self, address):
        return address.replace(self.secret, "{secret}") if self.secret else address

    def shown(self, address):
        return address.replace("{secret}", self.secret) if self.secret else address


class RetriedForms:
    """Middleware that answers a form again, up to DEADLOCK_TRIES times in all, when its transaction lost to another one.

    It comes before the session: the person, their rights and their messages are read again, as if the form had come later.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "POST":
            return self.get_response(request)
        as_sent, asked = copy.copy(request), request
        response = self.get_response(asked)
        for _ in range(DEADLOCK_TRIES - 1):
            if not getattr(asked, "may_repeat", False):
                break
            asked = copy.copy(as_sent)
            asked._post, asked._files = request.POST, request.FILES  # the body can be read only once
            for file in (file for _, files in request.FILES.lists() for file in files):
                file.seek(0)
            response = self.get_response(asked)
        return response


class IdempotencyMiddleware:
    """Middleware that saves each form once. It comes last, so that only the view runs in its transaction."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = _sent_form(request) if request.method == "POST" else None
        return self._respond_once(request, sent) if sent else self.get_response(request)

    def process_exception(self, request, exception):
        request.lost = isinstance(exception, OperationalError) and is_retryable(exception)

    def _respond_once(self, request, sent):
        response = problem = None
        try:
            with transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                address, is_shown_once = _address(request, response)
                if address:
                    idempotency.store_answer(
                        sent.mark,
                        content=sent.content,
                        answer=sent.hidden(address),
                        is_shown_once=is_shown_once,
                        page=sent.sealed(response.content) if is_shown_once else b"",
                    )
                    return response
        except IntegrityError as refused:
            problem = refused
        except OperationalError as refused:  # by the commit, or a second POST with this key
            if not is_contention(refused):
                raise
            self.process_exception(request, refused)
            response = errors.show(request, errors.BUSY)
        request.may_repeat = getattr(request, "lost", False)
        if request.may_repeat:
            return response
        first = idempotency.find_submission(sent.mark)
        if problem and first is None:
            raise problem
        # If the view refused a POST with the same content as the first one, the first one may be the reason.
        return (
            _repeat_answer(request, sent, first) if first and (problem or first.content == sent.content) else response
        )


def _sent_form(request):
    """The sent form, or None if it has no key or needs no protection."""
    if request.path_info.startswith(LEFT_OUT):
        return None
    try:
        found = resolve(request.path_info)
        # Read the body before the transaction, so that a slow client doesn't keep it open.
        key = request.POST.get(FIELD, "")
    except (Http404, UnreadablePostError):
        return None
    if not _KEY.fullmatch(key) or DOES in request.POST or SWITCH in request.POST:
        return None
    if (prepare := getattr(found.func, "prepare", None)) and request.user.is_authenticated:
        prepare(request)
    # A personal link identifies its sender, and cookies are ignored there.
    is_link = getattr(found.func, "csrf_exempt", False)
    person = None if is_link else request.user.pk
    secret = found.kwargs.get("token") if is_link else None
    return _Sent(idempotency.digest("form", person, request.path, key), _content(request), secret, key)


def _content(request):
    fields = sorted((name, texts) for name, texts in request.POST.lists() if name not in _MARKS)
    files = [
        (name, file.name, file.size, idempotency.digest_of_file(file))
        for name, many in sorted(request.FILES.lists())
        for file in many
    ]
    return idempotency.digest(fields, files)


def _address(request, response):
    """(the URL that the view redirected to or set with `answer_again`, or "" if it didn't succeed; whether its page
    shows a secret once).
    """
    if response.status_code in (302, 303):
        return response["Location"], False
    return getattr(request, "answer_again", ("", False)) if response.status_code == 200 else ("", False)


def _repeat_answer(request, sent, first):
    is_link, to = sent.secret is not None, sent.shown(first.answer)
    request.is_refused = False  # the second POST may have been, and its page isn't shown
    if first.content == sent.content:
        page = sent.opened(idempotency.repeated_page(first))
        if not is_link:  # a page without a session must not leave a message for the next page
            _forget_messages(request)
            if not page:
                messages.info(request, SHOWN_ONCE if first.is_shown_once else TWICE)
        response = HttpResponse(page) if page else redirect(to)
    else:
        fields = [(name, text) for name, texts in request.POST.lists() if name not in _MARKS[:2] for text in texts]
        context = {"to": to, "typed": errors.typed(request), "is_link": is_link}
        context["fields"] = [] if request.FILES else fields
        response = render(request, "sent_before.html", context, status=409)
    response["Cache-Control"] = "private, no-store"
    if is_link:
        response["Referrer-Policy"] = "no-referrer"
    return response


def _forget_messages(request):
    """Remove the messages of the second POST, which was rolled back."""
    storage = messages.get_messages(request)
    storage._queued_messages.clear()  # type: ignore[union-attr]  # Django has no public way
