"""The parameters that steer an answer and filter nothing: page_size, fields, cursor, ordering, updated_since, count, format,
after_id and include.
"""

import orjson
from django.conf import settings

from partnerships.api.errors import MOST_POINTS, Problem, invalid_parameter, point
from partnerships.core.errors import UnknownParameters
from partnerships.core.filters import TRACKING

STEERING = ("fields", "include", "page_size", "updated_since", "count", "format", "after_id")
FORMATS = ("json", "ndjson", "csv")
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
    """The top-level names to answer with, or None for all. `parameter`: another one that takes names alike."""
    if parameter not in params:
        return None
    names = [name for text in params.getlist(parameter) for name in text.split(",")]
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    if unknown:
        detail = f"Known: {', '.join(known)}."
        raise Problem(
            "invalid_parameter",
            [
                point(parameter, "unknown_field", f"“{name[:60]}” isn’t a field of this record. {detail}")
                for name in unknown[:MOST_POINTS]
            ],
        )
    return tuple(name for name in known if name in names)


def refuse_ambiguous(params, several) -> None:
    """Refuses what would be read as something else than was meant: an empty value, two values where one counts, and an
    `exact` that is not “yes”. `several`: the names that may be given more than once.
    """
    _refuse_empty(params)
    twice = [name for name in params if len(params.getlist(name)) > 1 and name not in several]
    if twice:
        raise Problem(
            "invalid_parameter",
            [point(name, "twice", "It appears twice. Send it once.") for name in twice[:MOST_POINTS]],
        )
    if params.get("exact", "yes") != "yes":
        raise invalid_parameter("exact", "unknown_value", "Write exact=yes, or leave it out.")


def refuse_other(params, **known) -> None:
    """Refuses a value that isn't among these, name by name."""
    for name, values in known.items():
        if name in params and params[name] not in values:
            raise invalid_parameter(name, "unknown_value", f"Known: {', '.join(values)}. Or leave it out.")


def _refuse_empty(params):
    empty = [
        name for name in params if not TRACKING.match(name) and not all(value.strip() for value in params.getlist(name))
    ]
    if empty:
        raise Problem(
            "invalid_parameter",
            [
                point(name, "empty", "It is empty. Give a value, or leave the parameter out.")
                for name in empty[:MOST_POINTS]
            ],
        )


def refuse_unknown(params, known=()) -> None:
    """For addresses without a list behind them."""
    unknown = [name for name in params if name not in known and not TRACKING.match(name)]
    if unknown:
        raise UnknownParameters(unknown, known)


def in_default_order(params):
    """The API's own default: the order in which records were added, which no change of a record moves."""
    if "ordering" in params or "q" in params:
        return params
    params = params.copy()
    params["ordering"] = "id"
    return params


def url_with(request, **changes) -> str:
    """This address with some parameters put in place or (None) taken away."""
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
    """A record's JSON with these of its top-level names."""
    values = orjson.loads(text)
    return orjson.dumps({name: values[name] for name in names if name in values}).decode()
