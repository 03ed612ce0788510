"""Every refusal of the API as a problem document of RFC 9457: what went wrong, where, and what to do."""

from dataclasses import dataclass, field

import orjson
from django.http import HttpResponse

from partnerships.core.errors import Gone, Missing, NotAllowed, RegistryError, UnknownParameters, ValidationError
from partnerships.core.ids import MistypedId

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
    retry_after: int | None = None


def problem_of(exception) -> Problem:
    """What to say to something that the packages raise on purpose."""
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
    if isinstance(exception, NotAllowed):
        return Problem("not_allowed")
    if isinstance(exception, Gone):
        return Problem("pull_anew", [point("updated_since", "pull_anew", "It is older than the registry remembers.")])
    return Problem("mistyped_id" if isinstance(exception, MistypedId) else "not_found")


ON_PURPOSE = (RegistryError, ValidationError, MistypedId, Problem)
assert issubclass(Missing, RegistryError)


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


def response(problem: Problem) -> HttpResponse:
    found = document(problem)
    answer = HttpResponse(
        orjson.dumps(found), status=found["status"], content_type="application/problem+json", headers=no_store()
    )
    if problem.retry_after is not None:
        answer["Retry-After"] = str(problem.retry_after)
    if problem.code == "bad_token":
        answer["WWW-Authenticate"] = 'Bearer realm="Partnership Registry"'
    return answer


def no_store():
    return {"Cache-Control": "no-store"}
