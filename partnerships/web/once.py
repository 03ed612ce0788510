"""Each form is taken once: a double click, a second tap or a repeated post makes no second record and sends no second email.

Every form that is sent by POST carries a one-time key. `{% csrf_token %}` draws it, so no page can forget it; `{% form_key %}`
draws it on pages of personal links, which have no check of forms. `AnsweredOnce` puts a transaction around the view, and writes
in it where the view led its sender. Whatever is sent again under that key is led there as well, and what it did is rolled back.
A view that answers with a page, since it shows a secret once, says in `answer_again` where a second post leads.

The key is tied to its sender and to the address. Where the second post says something else, its view is heard first: what it
refuses (a stale version, say), it explains. What it would take isn't written; its sender is asked whether to save both.
"""

import re
import secrets
from dataclasses import dataclass

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.html import format_html

from partnerships.core import submitted
from partnerships.web.drafts import DOES
from partnerships.web.errors import typed

FIELD = "form_key"
# Programs send their own keys, and sign-in asks for a new code as often as its limits let it.
LEFT_OUT = ("/api/", "/sign-in/", "/sign-out/")
TWICE = "You sent this form twice. We saved it once."
SHOWN_ONCE = (
    "You sent this form twice. We made one, and the first answer showed its secret. If you didn't see it, end it here and make"
    " another."
)
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
# What differs between two posts of one form, though nothing else was typed.
_MARKS = ("csrfmiddlewaretoken", FIELD, "draft_hand", "draft_over", "draft_version", "draft_heading")


def key_field():
    """The input with a new key."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_urlsafe(16))


def answer_again(request, address: str) -> None:
    """For a view whose answer shows a secret once: where its sender is led who sends the form again."""
    request.answer_again = address


@dataclass
class _Sent:
    """A form with its key. `secret`: the part of a personal link's address that is stored nowhere."""

    mark: str
    content: str
    secret: str | None

    def hidden(self, address):
        return address.replace(self.secret, "{secret}") if self.secret else address

    def shown(self, address):
        return address.replace("{secret}", self.secret) if self.secret else address


class AnsweredOnce:
    """Middleware, the last one: nothing but the view is inside its transaction."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = _sent(request) if request.method == "POST" else None
        return self._answered(request, sent) if sent else self.get_response(request)

    def _answered(self, request, sent):
        response = problem = None
        try:
            with transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                if address := _address(request, response):
                    is_page = response.status_code == 200
                    submitted.remember(
                        sent.mark, content=sent.content, answer=sent.hidden(address), is_shown_once=is_page
                    )
                    return response
        except IntegrityError as refused:
            problem = refused
        first = submitted.sent_before(sent.mark)
        if problem and first is None:
            raise problem
        # Where the view refused a post that says the same as the first one, the first one may be why.
        return _again(request, sent, first) if first and (problem or first.content == sent.content) else response


def _sent(request):
    """The form, where it has a key and is one that is taken once."""
    if request.path_info.startswith(LEFT_OUT):
        return None
    try:
        found = resolve(request.path_info)
        # Read before the transaction begins, so that no slow sender holds it open.
        key = request.POST.get(FIELD, "")
    except (Http404, UnreadablePostError):
        return None
    if not _KEY.fullmatch(key) or DOES in request.POST:
        return None
    # On the page of a personal link no cookie says who asks: the link does.
    is_link = getattr(found.func, "csrf_exempt", False)
    person = None if is_link else request.user.pk
    secret = found.kwargs.get("token") if is_link else None
    return _Sent(submitted.digest("form", person, request.path, key), _content(request), secret)


def _content(request):
    fields = sorted((name, texts) for name, texts in request.POST.lists() if name not in _MARKS)
    files = [
        (name, file.name, file.size, submitted.digest_of_file(file))
        for name, many in sorted(request.FILES.lists())
        for file in many
    ]
    return submitted.digest(fields, files)


def _address(request, response):
    """Where the view led to, if it did what it was asked for."""
    if response.status_code in (302, 303):
        return response["Location"]
    return getattr(request, "answer_again", "") if response.status_code == 200 else ""


def _again(request, sent, first):
    is_link, to = sent.secret is not None, sent.shown(first.answer)
    if first.content == sent.content:
        if not is_link:  # nothing of a page without a session is kept for the next one
            _forget_messages(request)
            messages.info(request, SHOWN_ONCE if first.is_shown_once else TWICE)
        response = redirect(to)
    else:
        fields = [(name, text) for name, texts in request.POST.lists() if name not in _MARKS[:2] for text in texts]
        context = {"to": to, "typed": typed(request), "is_link": is_link}
        context["fields"] = [] if request.FILES else fields
        response = render(request, "sent_before.html", context, status=409)
    response["Cache-Control"] = "private, no-store"
    if is_link:
        response["Referrer-Policy"] = "no-referrer"
    return response


def _forget_messages(request):
    """What the view said of the second post was rolled back with it."""
    messages.get_messages(request)._queued_messages.clear()
