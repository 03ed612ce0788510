"""Every refusal of the API as a problem document of RFC 9457: what went wrong, where, and what to do."""

from dataclasses import dataclass, field

from django.http import HttpResponseRedirect
from rest_framework import exceptions
from rest_framework.response import Response

from partnerships.api.renderers import ProblemRenderer
from partnerships.core.errors import Gone, Missing, Moved, NotAllowed, UnknownParameters, ValidationError
from partnerships.core.ids import MistypedId, readdressed

MOST_POINTS = 20

# Code → status, title, and what to do. The documentation page explains each under #error-<code>.
CODES = {
    "unknown_parameter": (400, "A parameter is not known", "Take it away or correct its name. See “errors”."),
    "invalid_parameter": (400, "A parameter has a value that cannot be used", "Correct it. See “errors”."),
    "unreadable": (400, "The address cannot be read", "Use UTF-8, and no control characters."),
    "bad_token": (
        401,
        "This token opens nothing",
        "Send “Authorization: Bearer” and a token that you have not revoked and that is still good, or leave it out.",
    ),
    "not_allowed": (403, "You may not do this", "You may read this record, but not change it."),
    "not_found": (404, "There is nothing here", "Check the address, or look for the record in its list."),
    "mistyped_id": (404, "This id looks mistyped", "One character or more of the id is wrong. Copy it again."),
    "method_not_allowed": (405, "This address only answers GET, HEAD and OPTIONS", "Send a GET request."),
    "not_acceptable": (406, "The answer cannot be given in that form", "Ask for application/json."),
    "pull_anew": (410, "This as_of is too old", "Start again with updated_since=start."),
    "too_many_requests": (429, "Too many requests", "Wait as many seconds as Retry-After says, then ask again."),
    "server_error": (500, "Something broke on our side", "Nothing was changed. Try again in a few minutes."),
}


@dataclass
class Problem(Exception):
    """A refusal: its code, and the points (parameter, code, detail) that it is about."""

    code: str
    points: list[dict] = field(default_factory=list)


# What Django REST framework and the packages raise on purpose → the code that says it.
_SAYS = {
    exceptions.AuthenticationFailed: "bad_token",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.NotFound: "not_found",
    exceptions.Throttled: "too_many_requests",
    MistypedId: "mistyped_id",
    Missing: "not_found",
    NotAllowed: "not_allowed",
}


def exception_handler(exception, context):
    """The answer to what is raised on purpose; None for what broke, which Django's handlers answer."""
    request, view = context["request"], context["view"]
    if isinstance(exception, Moved):
        response = HttpResponseRedirect(readdressed(request.get_full_path(), exception.public_id))
    elif problem := problem_of(exception):
        response = _response(problem, request)
    else:
        return None
    response["Cache-Control"] = "no-store"
    if isinstance(exception, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(view.allowed_methods)
    if isinstance(exception, exceptions.Throttled):
        response["Retry-After"] = str(exception.wait)
    if header := getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _response(problem, request):
    request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    found = document(problem)
    return Response(found, status=found["status"])


def problem_of(exception) -> Problem | None:
    """What to say to something that was raised on purpose."""
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, UnknownParameters):
        known = ", ".join(exception.known)
        detail = f"This address does not know it. It knows: {known}." if known else "This address takes no parameters."
        return Problem(
            "unknown_parameter", [point(name, "unknown_parameter", detail) for name in exception.names[:MOST_POINTS]]
        )
    if isinstance(exception, ValidationError):
        return Problem("invalid_parameter", _points(exception))
    if isinstance(exception, Gone):
        return Problem("pull_anew", [point("updated_since", "pull_anew", "It is older than the registry remembers.")])
    code = next((code for kind, code in _SAYS.items() if isinstance(exception, kind)), None)
    return Problem(code) if code else None


def point(parameter: str, code: str, detail: str) -> dict:
    return {"parameter": parameter[:60], "code": code, "detail": detail}


def refused(parameter: str, code: str, detail: str) -> Problem:
    """One parameter whose value cannot be used."""
    return Problem("invalid_parameter", [point(parameter, code, detail)])


def _points(exception):
    if not hasattr(exception, "error_dict"):
        return [point("", error.code or "invalid", " ".join(error.messages)) for error in exception.error_list]
    found = [
        point(name, error.code or "invalid", " ".join(error.messages))
        for name, errors in exception.error_dict.items()
        for error in errors
    ]
    return found[:MOST_POINTS]


def document(problem: Problem) -> dict:
    status, title, what_to_do = CODES[problem.code]
    found = {
        "type": f"/developers/#error-{problem.code}",
        "title": title,
        "status": status,
        "detail": what_to_do,
        "code": problem.code,
    }
    return found | {"errors": problem.points} if problem.points else found
