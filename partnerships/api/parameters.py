"""The query parameters that aren't filters: page_size, fields, cursor, ordering, updated_since, count, format, after_id
and include.
"""

import re
from datetime import date

import orjson
from django.conf import settings

from partnerships.api.errors import MOST_ERRORS, Problem, invalid_parameter, parameter_error
from partnerships.core.errors import UnknownParameters
from partnerships.core.filters import TRACKING
from partnerships.core.listing import BEST_MATCH

API_CONTROL = ("fields", "include", "page_size", "updated_since", "count", "format", "after_id")
FORMATS = ("json", "ndjson", "csv")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLAIN = {"fields", "page_size", "cursor"}  # a list that is asked for with no more than these is not filtered


def page_size(params) -> int:
    text = params.get("page_size")
    if text is None:
        return settings.API_PAGE_SIZE
    most = settings.API_PAGE_SIZE_MAX
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
        raise invalid_parameter("page_size", "invalid", f"Give a whole number from 1 to {most}.")
    return int(text)


def fields(params, known, parameter="fields") -> tuple[str, ...] | None:
    """The top-level fields to return; None for all. `parameter` is the parameter that names them: “fields” or
    “include”.
    """
    if parameter not in params:
        return None
    names = [name for text in params.getlist(parameter) for name in text.split(",")]
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    if unknown:
        detail = f"Known: {', '.join(known)}."
        raise Problem(
            "invalid_parameter",
            [
                parameter_error(parameter, "unknown_field", f"“{name[:60]}” isn’t a field of this record. {detail}")
                for name in unknown[:MOST_ERRORS]
            ],
        )
    return tuple(name for name in known if name in names)


def refuse_ambiguous(params, several) -> None:
    """Raise Problem for parameters that could be misread: an empty value, two values where one is expected, or an
    `exact` that isn't “yes”.

    `several` are the parameters that may have several values.
    """
    _refuse_empty(params)
    twice = [name for name in params if len(params.getlist(name)) > 1 and name not in several]
    if twice:
        raise Problem(
            "invalid_parameter",
            [parameter_error(name, "twice", "It appears twice. Send it once.") for name in twice[:MOST_ERRORS]],
        )
    if params.get("exact", "yes") != "yes":
        raise invalid_parameter("exact", "unknown_value", "Write exact=yes, or leave it out.")


def refuse_other(params, **known) -> None:
    """Raise Problem if a parameter has another value than these. `known`: parameter → its values."""
    for name, values in known.items():
        if name in params and params[name] not in values:
            raise invalid_parameter(name, "unknown_value", f"Known: {', '.join(values)}. Or leave it out.")


def refuse_other_days(params, names) -> None:
    """Raise Problem for days that don't exist, or are written in another way than ISO's: 01/02/2026 is two days."""
    wrong = [name for name in names if name in params and not all(map(_is_day, params.getlist(name)))]
    if wrong:
        words = "Give a day that exists, as year-month-day, such as 2026-03-31."
        raise Problem("invalid_parameter", [parameter_error(name, "invalid", words) for name in wrong])


def _is_day(text):
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def order_by(params, names) -> None:
    """Replace the name of the field to sort by with that of the ordering. `names`: field → ordering. Raises Problem."""
    if "ordering" not in params:
        return
    text = params["ordering"]
    sign, name = ("-", text[1:]) if text.startswith("-") else ("", text)
    if name not in {*names, *names.values()} and (text, "q" in params) != (BEST_MATCH, True):
        known = ", ".join(sorted(sign + name for name in names for sign in ("", "-")))
        words = f"This list can’t be sorted by “{text[:60]}”. Known: {known}."
        raise invalid_parameter("ordering", "unknown_value", words)
    params["ordering"] = sign + names.get(name, name)


def _refuse_empty(params):
    empty = [
        name for name in params if not TRACKING.match(name) and not all(value.strip() for value in params.getlist(name))
    ]
    if empty:
        raise Problem(
            "invalid_parameter",
            [
                parameter_error(name, "empty", "It is empty. Give a value, or leave the parameter out.")
                for name in empty[:MOST_ERRORS]
            ],
        )


def refuse_unknown(params, known=()) -> None:
    """Raise UnknownParameters for parameters that a URL without a list doesn't know."""
    unknown = [name for name in params if name not in known and not TRACKING.match(name)]
    if unknown:
        raise UnknownParameters(unknown, known)


def in_default_order(params):
    """The parameters with the default order of the API: by ID, in which records were added. Changes don't reorder
    records.
    """
    if "ordering" in params or "q" in params:
        return params
    params = params.copy()
    params["ordering"] = "id"
    return params


def url_with(request, **changes) -> str:
    """The URL of this request with some parameters replaced, or removed if they are None."""
    params = request.GET.copy()
    for name in list(params):
        if TRACKING.match(name):
            del params[name]
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}" if params else request.path)


def select_fields(names, text: str) -> str:
    """A record's JSON with only these top-level fields."""
    values = orjson.loads(text)
    return orjson.dumps({name: values[name] for name in names if name in values}).decode()
