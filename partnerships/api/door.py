"""The frame around every address of the API: method, form, rate, errors, ETag, and who may keep the answer.

A plain Django view, since the frame is most of what a list of stored documents costs.
"""

from dataclasses import dataclass, field
from functools import wraps
from hashlib import blake2b

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from partnerships.api import errors
from partnerships.api.callers import Answered, caller_of
from partnerships.core.errors import Moved
from partnerships.core.ids import readdressed

METHODS = "GET, HEAD, OPTIONS"
# Answers to everyone: any site may read them, and none may send a visitor's cookies along (no Allow-Credentials).
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link, Retry-After"}
PREFLIGHT = CORS | {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": METHODS,
}
# A shared cache may keep the first kind, and asks each time whether it still holds.
VARY = "Accept-Encoding, Authorization, Cookie"
SHARED = CORS | {"Cache-Control": "no-cache", "Vary": VARY}
PRIVATE = CORS | {"Cache-Control": "private, no-store", "Vary": VARY}


@dataclass
class Answer:
    """A body, ready to send, and the addresses of the pages beside it (rel → URL)."""

    body: bytes
    links: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def reading(view, form="json"):
    """Makes a view of `view(request, person, …) -> Answer`. `person` is whose rights count, None for strangers."""

    @csrf_exempt
    @wraps(view)
    def door(request, **kwargs):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        try:
            return _answer(view, form, request, kwargs)
        except Moved as exception:
            response = HttpResponseRedirect(readdressed(request.get_full_path(), exception.public_id))
            response["Cache-Control"] = "no-store"
        except errors.ON_PURPOSE as exception:
            response = errors.response(errors.problem_of(exception))
        if response.status_code == 405:
            response["Allow"] = METHODS
        for name, value in CORS.items():
            response[name] = value
        response["Vary"] = VARY
        return response

    return door


def _answer(view, form, request, kwargs):
    if request.method not in ("GET", "HEAD"):
        raise errors.Problem("method_not_allowed")
    caller = caller_of(request)
    _require_acceptable(request, form)
    answer = view(request, caller.reader, **kwargs)
    headers = PRIVATE if caller.person else SHARED
    etag = f'"{blake2b(answer.body, digest_size=16).hexdigest()}"'
    if _has_it(request.META.get("HTTP_IF_NONE_MATCH"), etag):
        response = Answered(status=304, headers=headers)
        del response["Content-Type"]
    else:
        response = Answered(answer.body, content_type=answer.content_type, headers=headers)
    response.token = caller.token
    response["ETag"] = etag
    if answer.links:
        response["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in answer.links.items())
    return response


def _require_acceptable(request, form):
    accepts = request.META.get("HTTP_ACCEPT")
    if accepts and "*/*" not in accepts and form not in accepts and not request.accepts(f"application/{form}"):
        raise errors.Problem("not_acceptable")


def _has_it(header, etag):
    if not header:
        return False
    return header.strip() == "*" or any(tag.strip().removeprefix("W/") == etag for tag in header.split(","))
