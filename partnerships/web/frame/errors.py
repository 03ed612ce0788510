"""Error responses in plain words: pages, or RFC 9457 problem documents below /api/.

`equity.urls` names the handlers handler400, handler403, handler404 and handler500. `refusal_of` gives the same pages
for exceptions of the packages. A record that a person may not see gets the same page as one that doesn't exist.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import Http404, HttpResponse, JsonResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.errors import NotAllowed, NotFound, RateLimited, UnknownParameters, ValidationError
from partnerships.core.ids import MistypedId
from partnerships.core.retry import is_contention
from partnerships.core.types import Text
from partnerships.web.frame import page_language

API = "/api/"
MOST_NAMES = 20
MOST_CHOICE = 30  # characters; a longer value, or one with a space, was probably typed


@dataclass
class Refusal:
    """An error page: its status, its template, and what went wrong as a sentence and a list of points.

    `is_plain`: it has no menu and costs no query.
    """

    status: int
    template: str
    title: Text
    text: Text = ""
    points: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    is_plain: bool = False


NOT_FOUND = Refusal(404, "404.html", _("We can’t find this page."))
LINK_ENDED = Refusal(404, "404_link.html", NOT_FOUND.title)
MISTYPED = Refusal(404, "404_mistyped.html", _("This ID looks mistyped."))
NOT_YOURS = Refusal(403, "403.html", _("You can read this, but you can’t change it."))
STALE_FORM = Refusal(403, "csrf.html", _("We couldn’t check this form. Reload the page and submit it again."))
# The context processors or the database may be what failed.
BROKEN = Refusal(500, "500.html", _("Something went wrong on our end. Nothing was changed."), is_plain=True)
BUSY = Refusal(
    503, "500.html", _("Someone else saved at the same moment, so nothing was changed. Try again."), is_plain=True
)
_ASKED_WRONGLY = _("We can’t read this request.")
_TOO_LARGE = format_lazy(
    _("What you sent is too large. The limit is {number} MB."), number=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
)
_TOO_MANY = _("This form has more fields than we can save at once. Save it in smaller parts.")
_REASONS = {
    DisallowedHost: _("This registry doesn’t use that web address. Check the name of the site."),
    RequestDataTooBig: _TOO_LARGE,
    TooManyFieldsSent: _TOO_MANY,
    TooManyFilesSent: _TOO_MANY,
}


def refusal_of(exception) -> Refusal | None:
    """The error page for an exception that the packages raise on purpose, or for contention in the database; None for others."""
    if isinstance(exception, MistypedId):
        return MISTYPED
    if isinstance(exception, NotFound):
        return NOT_FOUND
    if isinstance(exception, NotAllowed):
        return NOT_YOURS
    if isinstance(exception, UnknownParameters):
        points = [
            gettext("“%(name)s” isn’t a filter of this list.") % {"name": name[:60]}
            for name in exception.names[:MOST_NAMES]
        ]
        return invalid_parameters(gettext("We don’t recognize part of this web address."), points, exception.known)
    if isinstance(exception, ValidationError):
        return invalid_parameters(gettext("We can’t use part of this web address."), _points(exception))
    if isinstance(exception, OperationalError) and is_contention(exception):
        return BUSY
    return None


def invalid_parameters(text, points=(), known=()) -> Refusal:
    return Refusal(400, "400.html", _ASKED_WRONGLY, text, list(points), list(known))


def _points(exception) -> list[str]:
    if hasattr(exception, "error_dict"):
        by_name = exception.message_dict.items()
        return [f"{name.replace('_', ' ')}: {text}" for name, texts in by_name for text in texts][:MOST_NAMES]
    return list(exception.messages)[:MOST_NAMES]


def show(request, refusal: Refusal) -> HttpResponse:
    """The page of a refusal, or its problem document below /api/."""
    if request.path_info.startswith(API):
        return _problem(refusal)
    if not refusal.is_plain:
        page_language.use_for_error(request)
    is_by_link = page_language.is_by_link(request)
    context = {"refusal": refusal, "is_by_link": is_by_link, "is_sent": request.method == "POST"}
    context["typed"] = typed(request) if _gives_back(request, refusal) else []
    body = render_to_string(refusal.template, context, None if refusal.is_plain else request)
    response = HttpResponse(body, status=refusal.status)
    response["Cache-Control"] = "no-store"
    if is_by_link:
        response["Referrer-Policy"] = "no-referrer"  # the page links others, and its own URL is a secret
    return response


def _gives_back(request, refusal) -> bool:
    """Whether to show what was typed, because it came from a form of this site.

    The person may have signed out since, the page may have been open for too long, or the record may be deleted or no
    longer theirs. What another site sends never appears as if it was typed here.
    """
    if request.method != "POST" or request.resolver_match is None:
        return False
    if refusal is STALE_FORM or refusal.status == 429:
        return _is_from_own_page(request)
    return refusal in (NOT_FOUND, NOT_YOURS, BUSY)  # for these, the CSRF check has passed


def _is_from_own_page(request) -> bool:
    """Whether the browser says that a page of this site sent the form.

    From a page without a referrer, such as that of a personal link, it names no origin.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in (own, *settings.CSRF_TRUSTED_ORIGINS)


def typed(request) -> list[str]:
    """The longer texts of a form that can't be accepted, so that the person can copy them."""
    try:
        fields = list(request.POST.lists())
    except (SuspiciousOperation, UnreadablePostError):  # too large, or interrupted
        return []
    sent = [text.strip() for name, texts in fields if name != "csrfmiddlewaretoken" for text in texts]
    return list(dict.fromkeys(text for text in sent if " " in text or len(text) > MOST_CHOICE))[:MOST_NAMES]


# The codes of these errors in the API's list (/developers/).
_CODES = {400: "unreadable", 403: "not_allowed", 404: "not_found", 500: "server_error", 503: "busy"}
_NO_LIST = "The lists of the API are at /api/v1/, and /developers/ describes them."


def _problem(refusal):
    code = _CODES[refusal.status]
    detail = _NO_LIST if refusal is NOT_FOUND else " ".join([str(refusal.text), *refusal.points]).strip()
    document = {
        "type": f"/developers/#error-{code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": detail or refusal.title,
        "code": code,
    }
    response = JsonResponse(document, status=refusal.status, content_type="application/problem+json")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response


# The handlers that equity.urls names.


def bad_request(request, exception=None):
    return show(
        request, invalid_parameters(_REASONS.get(type(exception), _("Go back, reload the page and try again.")))
    )


def forbidden(request, exception=None):
    return show(request, NOT_YOURS)


def not_found(request, exception=None):
    return show(request, NOT_FOUND)


def broken(request):
    return show(request, BROKEN)


def too_often(request, problem):
    """The 429 page, for a request without typed text. `problem` is a `core.errors.RateLimited`."""
    response = show(request, Refusal(429, "429.html", " ".join(problem.messages)))
    response["Retry-After"] = str(problem.seconds)
    return response


def too_many_pages(request, seconds):
    """The 429 page for a network whose pages are used up for the next `seconds` seconds. It comes before any view."""
    with suppress(Http404):
        request.resolver_match = resolve(request.path_info)
    page_language.use_for_error(request)
    problem = RateLimited(gettext("Too many pages were opened from your network."), seconds=seconds)
    refusal = Refusal(429, "429_pages.html", " ".join(problem.messages), is_plain=True)
    response = show(request, refusal)
    response["Retry-After"] = str(seconds)
    return response


def form_not_checked(request, reason=""):
    """The view for a failed CSRF check (CSRF_FAILURE_VIEW)."""
    return show(request, STALE_FORM)
