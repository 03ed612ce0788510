"""The frame around every address of the API: method, form, rate, errors, ETag, and who may keep the answer.

A plain Django view, since the frame is most of what a list of stored documents costs.
"""

from dataclasses import dataclass, field
from functools import wraps
from hashlib import blake2b

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from partnerships.api import errors
from partnerships.api.throttle import seconds_to_wait

METHODS = "GET, HEAD, OPTIONS"
# Answers to everyone: any site may read them, and none may send a visitor's cookies along (no Allow-Credentials).
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link, Retry-After"}
PREFLIGHT = CORS | {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": METHODS,
}
# A shared cache may keep the first kind, and asks each time whether it still holds.
SHARED = CORS | {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Cookie"}
PRIVATE = CORS | {"Cache-Control": "private, no-store", "Vary": "Accept-Encoding, Cookie"}


@dataclass
class Answer:
    """A body, ready to send, and the addresses of the pages beside it (rel → URL)."""

    body: bytes
    links: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def reading(view, form="json"):
    """Makes a view of `view(request, person, …) -> Answer`. `person` is None for strangers."""

    @csrf_exempt
    @wraps(view)
    def door(request, **kwargs):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        try:
            return _answer(view, form, request, kwargs)
        except errors.ON_PURPOSE as exception:
            response = errors.response(errors.problem_of(exception))
        if response.status_code == 405:
            response["Allow"] = METHODS
        for name, value in CORS.items():
            response[name] = value
        response["Vary"] = "Accept-Encoding, Cookie"
        return response

    return door


def _answer(view, form, request, kwargs):
    if request.method not in ("GET", "HEAD"):
        raise errors.Problem("method_not_allowed")
    person = _person(request)
    wait = seconds_to_wait(request.META, person)
    if wait:
        raise errors.Problem("too_many_requests", retry_after=wait)
    _require_acceptable(request, form)
    answer = view(request, person, **kwargs)
    etag = f'"{blake2b(answer.body, digest_size=16).hexdigest()}"'
    if _has_it(request.META.get("HTTP_IF_NONE_MATCH"), etag):
        response = HttpResponse(status=304, headers=PRIVATE if person else SHARED)
        del response["Content-Type"]
    else:
        response = HttpResponse(answer.body, content_type=answer.content_type, headers=PRIVATE if person else SHARED)
    response["ETag"] = etag
    if answer.links:
        response["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in answer.links.items())
    return response


def _person(request):
    # Without the cookie nobody is signed in, and neither session nor person need be looked for.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if request.user.is_authenticated else None


def _require_acceptable(request, form):
    accepts = request.META.get("HTTP_ACCEPT")
    if accepts and "*/*" not in accepts and form not in accepts and not request.accepts(f"application/{form}"):
        raise errors.Problem("not_acceptable")


def _has_it(header, etag):
    if not header:
        return False
    return header.strip() == "*" or any(tag.strip().removeprefix("W/") == etag for tag in header.split(","))
