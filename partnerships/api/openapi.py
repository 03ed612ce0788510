"""openapi.yaml, put together from the table of resources, their FilterSets and schemas: `manage.py make_openapi` writes it."""

import django_filters
import yaml
from django.conf import settings

from partnerships.api import errors
from partnerships.api.examples import EXAMPLES
from partnerships.api.resources import RESOURCES
from partnerships.api.schemas import FIELDS, SCHEMAS
from partnerships.api.shapes import ID, KEY, text
from partnerships.core.filters import LONGEST_QUERY, MOST_VALUES, KeysFilter, SeenFilter, TreeFilter
from partnerships.core.ids import SHAPE

ABOUT = {
    "partnerships": "Who works with whom, on what, why and how.",
    "organizations": "Community organizations and institutions, as far as they want to be shown.",
    "jurisdictions": "Cities, counties, states and other governments.",
    "departments": "Departments, offices and initiatives of jurisdictions.",
    "issue-areas": "What partnerships work on, as a tree.",
    "meetings": "Public meetings of partnerships.",
    "results": "What shall be different, and for whom.",
    "activities": "Who does what in a partnership. Its parties and results come with one activity alone, not in lists.",
    "measures": "How we know. The numbers of a measure come with it alone, not in lists.",
}
_RESPONSES = {
    "list": ("unknown_parameter", "method_not_allowed", "not_acceptable", "pull_anew", "too_many_requests"),
    "one": ("unknown_parameter", "not_found", "method_not_allowed", "not_acceptable", "too_many_requests"),
    "root": ("unknown_parameter", "method_not_allowed", "not_acceptable", "too_many_requests"),
}


_SOME_TEXT = r"^[^\u0000]*\S[^\u0000]*$"  # no NUL, and something that is not a space


def build() -> dict:
    """The whole description, as plain values. Asks no database."""
    paths = {"/api/v1/": {"get": _root()}}
    schemas = {}
    for path, resource in RESOURCES.items():
        paths[f"/api/v1/{path}/"] = {"get": _list(path, resource)}
        paths[f"/api/v1/{path}/{{id}}/"] = {"get": _one(path, resource)}
        schemas[f"{resource.schema}Page"] = _page(resource.schema)
    schemas |= {name: schema | {"examples": [EXAMPLES[name]]} for name, schema in SCHEMAS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Partnership Registry API",
            "version": "1",
            "description": (
                "Reads everything that the registry shows to the public, without a key. With a personal token it also"
                " reads what the token’s person may. It changes nothing."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "tags": [{"name": path, "description": about} for path, about in ABOUT.items()],
        "paths": paths,
        "components": {
            "schemas": schemas | {"Problem": _problem()},
            "headers": _HEADERS,
            "responses": _problems(),
            "securitySchemes": {"token": _TOKEN},
        },
        "x-errors": {
            code: {"status": status, "title": title, "detail": what_to_do}
            for code, (status, title, what_to_do) in errors.CODES.items()
        },
    }


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def write() -> str:
    return yaml.dump(build(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


def parameters(path) -> list[dict]:
    """The parameters of one list: its filters by their names, then what steers every list."""
    resource = RESOURCES[path]
    found = [_filter(name, chosen, resource.filters) for name, chosen in resource.filters.base_filters.items()]
    return found + _steering(path, resource)


def _filter(name, chosen, filterset):
    schema, more = _filter_schema(chosen)
    parameter = {"name": name, "in": "query", "description": f"{chosen.label}. {more}".strip(), "schema": schema}
    if schema["type"] == "array":
        parameter |= {"style": "form", "explode": True}
    if name in filterset.STAFF_ONLY:
        parameter["description"] += " Only for signed-in staff; unknown to others."
        parameter["x-staff-only"] = True
    return parameter


def _filter_schema(chosen):
    if isinstance(chosen, TreeFilter):
        pattern = ID if chosen.by == "public_id" else KEY
        words = "Ids" if chosen.by == "public_id" else "Keys"
        below = "" if isinstance(chosen, SeenFilter) else " What lies below counts too."
        return _several({"type": "string", "pattern": pattern}), f"{words}, each once or with commas between.{below}"
    if isinstance(chosen, django_filters.DateFilter):
        return {"type": "string", "format": "date"}, "A day, such as 2026-03-31."
    if isinstance(chosen, (KeysFilter, django_filters.ChoiceFilter)):
        choices = chosen.extra["choices"]
        if callable(choices):
            return _several({"type": "string", "pattern": KEY}), "Keys of an open vocabulary."
        item = {"type": "string", "enum": [str(value) for value, _ in choices]}
        several = isinstance(chosen, KeysFilter)
        return (_several(item), "Any of these.") if several else (item, "")
    return {"type": "string", "pattern": chosen.extra["validators"][0].regex.pattern}, ""


def _several(item):
    return {"type": "array", "items": item, "maxItems": MOST_VALUES}


_SEARCH = ("q", "exact")  # of lists that words can be looked for in


def _steering(path, resource):
    orderings = [sign + name for name in resource.orderings for sign in ("", "-")]
    most, usual = settings.API_PAGE_SIZE_MAX, settings.API_PAGE_SIZE
    rows = (
        ("q", "Text search. It forgives typos and accents.", {"pattern": _SOME_TEXT, "maxLength": LONGEST_QUERY}),
        ("exact", "“yes” searches for the words as typed, without mending typos.", {"enum": ["yes"]}),
        (
            "ordering",
            "The order of the rows, “-” the other way round. Without it: by id, or best match first for a search.",
            {"enum": orderings},
        ),
        ("cursor", "Where a page begins. Take it from next and previous; do not make it yourself.", {"minLength": 1}),
        (
            "updated_since",
            "Turns the list into a pull for sync: “start”, or the as_of of your last pull.",
            {"pattern": r"^(start|\d{1,19}-\d{8})$"},
        ),
    )
    rows = [row for row in rows if row[0] not in _SEARCH or row[0] in resource.filters.CONTROL]
    found = [_parameter(name, about, {"type": "string"} | schema) for name, about, schema in rows]
    size = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    found.append(_parameter("page_size", "How many rows at once.", size))
    return [parameter | {"x-every-list": True} for parameter in (*found, _fields(path))]


def _fields(path):
    schema = {"type": "array", "items": {"type": "string", "enum": list(FIELDS[path])}, "minItems": 1}
    about = "Only these top-level names of each record, with commas between."
    return _parameter("fields", about, schema) | {"style": "form", "explode": False}


def _parameter(name, about, schema):
    return {"name": name, "in": "query", "description": about, "schema": schema}


def _list(path, resource):
    return {
        "operationId": f"list_{path.replace('-', '_')}",
        "tags": [path],
        "summary": f"The list of {path.replace('-', ' ')}",
        "parameters": parameters(path),
        "responses": _answers("list", {"$ref": f"#/components/schemas/{resource.schema}Page"}),
        "x-not-in-sync": [
            "ordering",
            *(name for name in _SEARCH if name in resource.filters.CONTROL),
            *resource.not_in_sync,
            *resource.filters.STAFF_ONLY,
        ],
    }


def _one(path, resource):
    shape = {"type": "string", "pattern": f"^{SHAPE}$"}
    about = "The id of the record."
    if path == "issue-areas":
        shape, about = {"type": "string", "pattern": KEY}, "The key or the id of the issue area."
    return {
        "operationId": f"read_{path.replace('-', '_')}",
        "tags": [path],
        "summary": "One record",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "description": about, "schema": shape},
            _fields(path),
        ],
        "responses": _answers("one", {"$ref": f"#/components/schemas/{resource.schema}"}),
    }


def _root():
    schema = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
    return {
        "operationId": "read_root",
        "summary": "What there is to read",
        "parameters": [],
        "responses": _answers("root", schema),
    }


_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal token, made on the page of your account. Without one you read what everyone may.",
}
_HEADERS = {
    "WWW-Authenticate": {
        "description": "How to send a token.",
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "ETag": {
        "description": "Names this very answer. Send it back as If-None-Match.",
        "schema": {"type": "string"},
    },
    "Link": {"description": "The addresses of the next and the previous page.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "string", "pattern": r"^\d+$"},
    },
}


def _answers(kind, schema):
    etag = {"ETag": {"$ref": "#/components/headers/ETag"}}
    link = {"Link": {"$ref": "#/components/headers/Link"}} if kind == "list" else {}
    found = {
        "200": {
            "description": "The answer.",
            "headers": etag | link,
            "content": {"application/json": {"schema": schema}},
        },
        "304": {"description": "Nothing changed since the answer that If-None-Match names.", "headers": etag | link},
    }
    for code in ("bad_token", *_RESPONSES[kind], "server_error"):
        status = str(errors.CODES[code][0])
        found[status] = {"$ref": f"#/components/responses/{_NAMES[status]}"}
    return found


_NAMES = {
    "400": "BadRequest",
    "401": "BadToken",
    "404": "NotFound",
    "405": "MethodNotAllowed",
    "406": "NotAcceptable",
    "410": "PullAnew",
    "429": "TooManyRequests",
    "500": "ServerError",
}


def _problems():
    found = {}
    for status, name in _NAMES.items():
        codes = [code for code, row in errors.CODES.items() if str(row[0]) == status]
        found[name] = {
            "description": f"{errors.CODES[codes[-1]][1]}. Code: {' or '.join(codes)}.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    found["BadToken"]["headers"] = {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}}
    found["TooManyRequests"]["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return found


def _page(schema):
    url = {"type": ["string", "null"]}
    gone = {
        "type": "array",
        "description": "Sync only: records to drop, with the moment.",
        "items": {
            "type": "object",
            "properties": {
                "id": text("The id.", pattern=ID),
                "at": text("When.", format="date-time"),
            },
            "required": ["id", "at"],
        },
    }
    return {
        "type": "object",
        "properties": {
            "results": {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}},
            "next": url | {"description": "The next page; null at the end."},
            "previous": url | {"description": "The page before; null at the start. Not in sync."},
            "gone": gone,
            "as_of": text("Sync only: keep it, and send it as updated_since next time."),
        },
        "required": ["results", "next"],
    }


def _problem():
    point = {
        "type": "object",
        "properties": {
            "parameter": text("Which parameter."),
            "code": text("What is wrong, for programs."),
            "detail": text("What is wrong, for people."),
        },
        "required": ["parameter", "code", "detail"],
    }
    return {
        "type": "object",
        "description": "What went wrong, after RFC 9457.",
        "properties": {
            "type": text("Where the documentation explains it."),
            "title": text("What is wrong, in short."),
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": text("What to do."),
            "code": text("What is wrong, for programs."),
            "errors": {"type": "array", "description": "Each point that is wrong.", "items": point},
        },
        "required": ["type", "title", "status", "detail", "code"],
        "examples": [
            errors.document(errors.refused("page_size", "invalid", "Give a whole number from 1 to 250.")),
        ],
    }
