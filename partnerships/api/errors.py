"""Every error of the API as a problem document (RFC 9457): what went wrong, where, and what to do."""

from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpResponseRedirect, UnreadablePostError
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from partnerships.api.renderers import PageRenderer, ProblemRenderer
from partnerships.api.throttling import TooMany
from partnerships.core.errors import (
    MergedInto,
    NotAllowed,
    NotFound,
    PossibleDuplicates,
    SyncTokenExpired,
    UnknownParameters,
    ValidationError,
)
from partnerships.core.ids import MistypedId, with_public_id
from partnerships.core.retry import is_contention

MOST_ERRORS = 20

# Code → status, title, and what to do. The documentation page explains each under #error-<code>.
CODES = {
    "unknown_parameter": (400, "Unknown parameter", "Remove it or correct its name. See “errors”."),
    "invalid_parameter": (400, "Invalid value of a parameter", "Correct it. See “errors”."),
    "unreadable": (400, "The URL can’t be read", "Use UTF-8, and no control characters."),
    "invalid_fields": (
        400,
        "The body has invalid values",
        "Correct them. See “errors”: each pointer names a value of the body. Nothing was changed.",
    ),
    "invalid_header": (400, "Invalid value of a header", "Correct it. See “errors”."),
    "unreadable_body": (
        400,
        "The body isn’t valid JSON",
        "Send one JSON object in UTF-8, nested ten levels deep at most, without NaN or control characters.",
    ),
    "bad_token": (
        401,
        "This token doesn’t work",
        "Send “Authorization: Bearer” with a token that hasn’t expired or been revoked. Some tokens "
        "allow only some IP addresses. A service account stops 14 days after its manager left. To read what’s public, leave "
        "the header out.",
    ),
    "token_needed": (
        401,
        "Changing a record needs a token",
        "Send “Authorization: Bearer” with a token that may change this kind of record.",
    ),
    "not_for_reading": (
        403,
        "This token can’t read this list",
        "Create a token on your account page, and choose what it can read.",
    ),
    "not_for_writing": (
        403,
        "This token can’t change this kind of record",
        "Create a token on your account page, and choose what it can change.",
    ),
    "no_one_answers": (
        403,
        "No one answers for this service account",
        "The manager who answered for it has left or can’t manage anymore, so it can’t change anything. Ask a manager of its "
        "office or organization to take it over on the page of its service accounts. It can read for 14 days from then on.",
    ),
    "not_allowed": (
        403,
        "You don’t have permission to do this",
        "Your role doesn’t let you add or change this record.",
    ),
    "not_found": (404, "Not found", "Check the URL, or look for the record in its list."),
    "mistyped_id": (404, "This ID looks mistyped", "At least one character of the ID is wrong. Copy it again."),
    "method_not_allowed": (
        405,
        "This URL doesn’t accept that method",
        "Send one of the methods that the Allow header names.",
    ),
    "not_acceptable": (
        406,
        "The response isn’t available in that format",
        "Ask for application/json. Lists also come as application/x-ndjson and text/csv.",
    ),
    "possible_duplicate": (
        409,
        "The record may be there already",
        "“candidates” has what it may be a duplicate of. Change that record, or send its id in “not_duplicates” and, in "
        "“why”, the reason why yours is a different one. Nothing was changed.",
    ),
    "stale": (
        412,
        "The record has changed since you read it",
        "“current” is the record as it is now. Compare it with yours, and send If-Match with “etag”.",
    ),
    "too_large": (413, "The body is too large", "Send 2 MB at most."),
    "unsupported_media_type": (415, "The content type of the body isn’t supported", "Send application/json."),
    "key_reused": (
        422,
        "This Idempotency-Key was already used with another body",
        "Send a new key for a new record. The first request with this key was carried out.",
    ),
    "if_match_needed": (
        428,
        "Changing a record needs the ETag that you read",
        "Read the record, and send its ETag as If-Match.",
    ),
    "pull_anew": (410, "This as_of is too old", "Start again with updated_since=start."),
    "too_many_requests": (429, "Too many requests", "Wait as many seconds as Retry-After says, then try again."),
    "server_error": (500, "Something went wrong on our end", "Nothing was changed. Try again in a few minutes."),
    "busy": (503, "Someone else saved at the same moment", "Nothing was changed. Send the request again."),
}


@dataclass
class Problem(Exception):
    """An error response: a code of CODES, and the errors of single values (from `in_body`, `in_header` or `parameter_error`)."""

    code: str
    errors: list[dict] = field(default_factory=list)
    more: dict = field(default_factory=dict)


# What Django REST framework and the packages raise on purpose → the code that says it.
_SAYS = {
    exceptions.AuthenticationFailed: "bad_token",
    exceptions.NotAuthenticated: "token_needed",
    exceptions.ParseError: "unreadable_body",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    RequestDataTooBig: "too_large",
    UnreadablePostError: "unreadable_body",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.NotFound: "not_found",
    exceptions.Throttled: "too_many_requests",
    MistypedId: "mistyped_id",
    NotFound: "not_found",
    NotAllowed: "not_allowed",
}


def exception_handler(exception, context):
    """The response to an exception that is raised on purpose, or to contention in the database; None for any other, which
    Django handles.
    """
    request, view = context["request"], context["view"]
    if isinstance(exception, MergedInto):
        response = HttpResponseRedirect(with_public_id(request.get_full_path(), exception.public_id))
    elif problem := problem_of(exception, in_query=request.method in SAFE_METHODS):
        response = _response(problem, request)
    elif isinstance(exception, OperationalError) and is_contention(exception):
        response = _response(Problem("busy"), request)
    else:
        return None
    response["Cache-Control"] = "no-store"
    if isinstance(exception, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(view.allowed_methods)
    if isinstance(exception, exceptions.Throttled):
        response["Retry-After"] = str(exception.wait)  # type: ignore[attr-defined]  # missing in their types
    if header := getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _response(problem, request):
    if not isinstance(getattr(request, "accepted_renderer", None), PageRenderer):
        request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    found = document(problem)
    return Response(found, status=found["status"])


def problem_of(exception, *, in_query=True) -> Problem | None:
    """The Problem of an exception that is raised on purpose; None for any other.

    `in_query`: the values were sent in the URL and not in a body.
    """
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, UnknownParameters):
        known = ", ".join(exception.known)
        detail = f"This URL doesn’t have it. It has: {known}." if known else "This URL doesn’t take parameters."
        return Problem(
            "unknown_parameter",
            [parameter_error(name, "unknown_parameter", detail) for name in exception.names[:MOST_ERRORS]],
        )
    if isinstance(exception, exceptions.ValidationError):
        return Problem("invalid_fields", list(_in_fields(exception.detail))[:MOST_ERRORS])
    if isinstance(exception, PossibleDuplicates):
        return Problem("possible_duplicate", _as_pointers(_errors(exception)), {"candidates": _candidates(exception)})
    if isinstance(exception, ValidationError):
        errors = _errors(exception)
        return Problem("invalid_parameter", errors) if in_query else Problem("invalid_fields", _as_pointers(errors))
    if isinstance(exception, SyncTokenExpired):
        return Problem(
            "pull_anew", [parameter_error("updated_since", "pull_anew", "It’s older than the registry remembers.")]
        )
    if isinstance(exception, TooMany):
        return Problem(
            "too_many_requests", [in_header("RateLimit", exception.quota.policy, _OVER[exception.quota.policy])]
        )
    code = next((code for kind, code in _SAYS.items() if isinstance(exception, kind)), None)
    return Problem(code) if code else None


# Which limit a request went over.
_OVER = {
    "address": "Requests from your IP address without a token that works are over their limit.",
    "person": "All requests of your account together are over its limit.",
    "token": "Requests with this token are over the limit that it was created with.",
}


def parameter_error(parameter: str, code: str, detail: str) -> dict:
    return {"parameter": parameter[:60], "code": code, "detail": detail}


def in_body(steps, code: str, detail: str) -> dict:
    """An error of a value in the body. `steps` are the names and indexes (from 0) that lead to it."""
    escaped = (str(step)[:60].replace("~", "~0").replace("/", "~1") for step in steps)
    return {"pointer": "#" + "".join(f"/{step}" for step in escaped), "code": code, "detail": detail}


def in_header(header: str, code: str, detail: str) -> dict:
    return {"header": header, "code": code, "detail": detail}


def _in_fields(detail, steps=()):
    """The errors of a serializer as a flat list. `steps` as in `in_body`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _in_fields(inner, steps if name in _OF_NO_FIELD else (*steps, name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _in_fields(inner, steps if isinstance(inner, exceptions.ErrorDetail) else (*steps, index))
    else:
        yield in_body(steps, detail.code, _PLAIN.get(detail.code, str(detail)))


# What Django REST framework says in the terms of Python.
_PLAIN = {"not_a_list": "Give a list.", "not_a_dict": "Give a JSON object."}
_OF_NO_FIELD = ("non_field_errors", NON_FIELD_ERRORS, "")


def _as_pointers(errors):
    """Turns names that an action gives to values in rows, such as “parties-0-circle”, into JSON pointers."""
    found = []
    for one in errors:
        steps = [step for step in one["parameter"].split("-") if step not in _OF_NO_FIELD]
        found.append(in_body(steps, one["code"], one["detail"]))
    return found


def invalid_parameter(parameter: str, code: str, detail: str) -> Problem:
    """The problem of one query parameter whose value can't be used."""
    return Problem("invalid_parameter", [parameter_error(parameter, code, detail)])


def _errors(exception):
    if not hasattr(exception, "error_dict"):
        return [
            parameter_error("", error.code or "invalid", " ".join(error.messages)) for error in exception.error_list
        ]
    found = [
        parameter_error(name, error.code or "invalid", " ".join(error.messages))
        for name, errors in exception.error_dict.items()
        for error in errors
    ]
    return found[:MOST_ERRORS]


def _candidates(exception: PossibleDuplicates) -> list[dict]:
    return [
        {
            "id": one.record.public_id,
            "name": one.record.name,
            "score": one.score,
            "reasons": [str(reason) for reason in one.reasons],
        }
        for one in exception.duplicates
    ]


def document(problem: Problem) -> dict:
    status, title, what_to_do = CODES[problem.code]
    found = {
        "type": f"/developers/#error-{problem.code}",
        "title": title,
        "status": status,
        "detail": what_to_do,
        "code": problem.code,
    }
    if problem.errors:
        found["errors"] = problem.errors
    return found | problem.more
