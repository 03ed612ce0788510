"""openapi.yaml by drf-spectacular. `manage.py spectacular --file openapi.yaml` writes it, and a test compares it with
the code.

Viewsets describe their records, since most of those are stored as text. FilterSets and `lists` describe parameters.
"""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from partnerships.api import bulk, errors, examples, schemas
from partnerships.api.resources import RESOURCES
from partnerships.api.shapes import KEY, shape, text
from partnerships.api.viewsets import NEVER_IN_SYNC, ResourceViewSet
from partnerships.api.writing import LONGEST_KEY
from partnerships.core.ids import SHAPE

_WRITES = ("invalid_fields", "not_allowed", "not_found", "method_not_allowed", "not_acceptable", "too_large")
_WRITES += ("unsupported_media_type", "too_many_requests")
_UNDER_ETAG = (*_WRITES, "stale", "if_match_needed")
_REFUSED = {  # in addition to an invalid token and a server error
    "list": (
        "unknown_parameter",
        "not_for_reading",
        "method_not_allowed",
        "not_acceptable",
        "pull_anew",
        "too_many_requests",
    ),
    "retrieve": (
        "unknown_parameter",
        "not_for_reading",
        "not_found",
        "method_not_allowed",
        "not_acceptable",
        "too_many_requests",
    ),
    "root": ("unknown_parameter", "method_not_allowed", "not_acceptable", "too_many_requests"),
    "create": (*_WRITES, "unknown_parameter", "key_reused"),
    **dict.fromkeys(("bulk", "bulk_numbers"), (*_WRITES, "unknown_parameter", "key_reused")),
}
_OF_MANY = ("bulk", "bulk_numbers")
# Action of a viewset → the verb of its operation, and what it does.
_DOES = {
    "list": ("list", ""),
    "retrieve": ("read", "One record"),
    "root": ("read", "What there is to read"),
    "create": ("create", "Add a record"),
    "update": ("replace", "Change a record: what is required is sent whole"),
    "partial_update": ("change", "Change some values of a record"),
    "publish": ("publish", "Publish a draft"),
    "unpublish": ("unpublish", "Unpublish a record"),
    "end": ("end", "Close a partnership"),
    "cancel": ("cancel", "Cancel a meeting, or more of its series"),
    "close": ("close", "Record what came of a meeting"),
    "bulk": ("bulk", "Add or change many records"),
    "numbers": ("enter_numbers", "Enter, correct or remove numbers of a measure"),
    "bulk_numbers": ("enter_numbers_of_many", "Enter, correct or remove numbers of many measures"),
    "note": ("note", "Update an action item: its status, and a note"),
    "done": ("hold", "Record that the check-in which is due was held"),
    "follow_up": ("follow_up", "Record that someone followed up today"),
}
_NAMES = {
    "400": "BadRequest",
    "401": "BadToken",
    "403": "NotAllowed",
    "404": "NotFound",
    "405": "MethodNotAllowed",
    "406": "NotAcceptable",
    "409": "PossibleDuplicate",
    "410": "PullAnew",
    "412": "Stale",
    "413": "TooLarge",
    "415": "UnsupportedMediaType",
    "422": "KeyReused",
    "428": "IfMatchNeeded",
    "429": "TooManyRequests",
    "500": "ServerError",
    "503": "Busy",
}


class RegistrySchema(AutoSchema):
    @property
    def action(self):
        return getattr(self.view, "action", "root")

    @property
    def resource(self):
        return getattr(self.view, "path", "")

    @property
    def _of_resource(self) -> ResourceViewSet:
        assert isinstance(self.view, ResourceViewSet)
        return self.view

    @property
    def _is_write(self):
        return self.method != "GET"

    def get_operation_id(self):
        return f"{_DOES[self.action][0]}_{(self.resource or 'root').replace('-', '_')}"

    def get_summary(self):
        return _DOES[self.action][1] or f"The list of {self.resource.replace('-', ' ')}"

    def get_description(self):  # type: ignore[override]  # drf-spectacular asks without arguments
        return ""

    def get_tags(self):
        return [self.resource] if self.resource else []

    def get_auth(self):
        return [{"token": []}] if self._is_write else []  # of reading, it is said once

    def get_override_parameters(self):
        if not self.resource:
            return []
        if self._is_write:
            about = [_IDEMPOTENCY_KEY] if self.action in ("create", *_OF_MANY) else [self._id(), _IF_MATCH]
            return [*about, _DRY_RUN]
        schema = {"type": "array", "items": {"type": "string", "enum": list(self._of_resource.names())}, "minItems": 1}
        about = "Only these top-level names of each record, with commas between."
        found = [self._several("fields", schema, about)]
        if self.action == "list" and self._of_resource.names_with_ids():
            schema = schema | {"items": {"type": "string", "enum": list(self._of_resource.names_with_ids())}}
            about = "Adds the records that these names hold, once each, as “included”."
            found.append(self._several("include", schema, about))
        return found if self.action == "list" else [self._id(), *found]

    def _several(self, name, schema, about):
        more = {"x-every-list": True} if self.action == "list" else {}
        return OpenApiParameter(name, schema, description=about, style="form", explode=False, extensions=more)

    def _id(self):
        shape, about = {"type": "string", "pattern": f"^{SHAPE}$"}, "The id of the record."
        if self.resource == "issue-areas":
            shape, about = {"type": "string", "pattern": KEY}, "The key or the id of the issue area."
        if self.resource == "vocabularies":
            shape, about = {"type": "string", "pattern": KEY}, "The name of the vocabulary."
        return OpenApiParameter("id", shape, OpenApiParameter.PATH, description=about)

    def get_extensions(self):
        if self.action != "list":
            return {}
        view = self._of_resource
        filters = view.filterset_class
        if not view.is_in_sync:
            return {"x-list": True}
        never = [name for name in NEVER_IN_SYNC if name not in ("q", "exact") or name in filters.CONTROL]
        return {"x-list": True, "x-not-in-sync": [*never, *view.not_in_sync, *filters.STAFF_ONLY]}

    def _get_parameters(self):
        refused = getattr(self.view, "refused_parameters", ())
        return [one for one in super()._get_parameters() if one["name"] not in refused]

    def _get_format_parameters(self):
        return []  # `lists` describes it

    def get_response_serializers(self):
        return None  # the viewsets say it

    def _is_list_view(self, serializer=None):
        return self.action == "list"

    def map_parsers(self):
        return [kind for kind in super().map_parsers() if self.method == "PATCH" or "patch" not in kind]

    def _get_response_bodies(self, direction="response"):
        etag = {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", *_QUOTA)}
        link = {"Link": {"$ref": "#/components/headers/Link"}} if self.action == "list" else {}
        found = {
            "201" if self.action == "create" else "200": {
                "description": "The answer.",
                "headers": etag | link,
                "content": {"application/json": {"schema": self._shape()}} | (_FILES if self.action == "list" else {}),
            },
        }
        if not self._is_write:
            about = "Nothing changed since the answer that If-None-Match names."
            found["304"] = {"description": about, "headers": etag | link}
        also = ("busy",) if self._is_write else ()
        if self.action in ("create", "update", "partial_update") and self._of_resource.kind in (
            "organization",
            "department",
        ):
            also += ("possible_duplicate",)
        for code in ("bad_token", *_REFUSED.get(self.action, _UNDER_ETAG), "server_error", *also):
            status = str(errors.CODES[code][0])
            found[status] = {"$ref": f"#/components/responses/{_NAMES[status]}"}
        return found

    def _shape(self):
        if not self.resource:
            return {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
        if self.action in _OF_MANY:
            return _ref("BulkAnswer")
        record = self._of_resource.record
        return _ref(f"{record}Page" if self.action == "list" else record)


def complete(result, generator, request, public):
    """Add the parts that many URLs share. A hook of drf-spectacular."""
    pages = {
        f"{view.record}Page": view.pagination_class().get_paginated_response_schema(_ref(view.record))
        for view in RESOURCES.values()
    }
    shapes = {name: shape | {"examples": [examples.PARTS[name]]} for name, shape in schemas.PARTS.items()}
    shapes |= {
        view.record: view.shape | {"examples": [examples.filled(view.shape, view.example, view.only_for_some)]}
        for view in RESOURCES.values()
    }
    if twice := shapes.keys() & result["components"]["schemas"].keys():
        raise ValueError(f"A serializer has the name of a record’s schema: {sorted(twice)}.")
    # The library gives them in the order of a set, another one in each process.
    result["paths"] = {
        path: {verb: methods[verb] for verb in ("get", "post", "put", "patch") if verb in methods}
        for path, methods in result["paths"].items()
    }
    result["servers"] = [{"url": "/"}]
    result["security"] = [{}, {"token": []}]
    result["tags"] = [{"name": path, "description": view.about} for path, view in RESOURCES.items()]
    result["components"] = {
        "schemas": pages
        | shapes
        | result["components"]["schemas"]
        | {"Problem": _problem(), "BulkAnswer": _bulk_answer()},
        "headers": _HEADERS,
        "responses": _problems(),
        "securitySchemes": {"token": _TOKEN},
    }
    result["x-errors"] = {
        code: {"status": status, "title": title, "detail": what_to_do}
        for code, (status, title, what_to_do) in errors.CODES.items()
    }
    return result


def _ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="A key that you choose. If you send the same body with it again, you get the record that the first "
    "request created.",
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "minLength": 1},
    OpenApiParameter.HEADER,
    description="The ETag of the record as you read it, without `fields`, or its version in quotation marks, as you read "
    "it with the same rights.",
    required=True,
)
_DRY_RUN = OpenApiParameter(
    "dry_run",
    {"type": "string", "enum": ["yes"]},
    description="Checks and answers as always, and saves nothing. The answer has the header Dry-Run.",
)
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal token, created on your account page. Without one you can read what’s public.",
}
_FILES = {
    "application/x-ndjson": {"schema": {"type": "string", "description": "One record per line."}},
    "text/csv": {"schema": {"type": "string", "description": "One column per field."}},
}
_QUOTA = ("RateLimit", "RateLimit-Policy")
_HEADERS = {
    "WWW-Authenticate": {
        "description": "How to send a token.",
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "ETag": {
        "description": "Identifies this response. Send it back as If-None-Match.",
        "schema": {"type": "string"},
    },
    "Link": {"description": "The addresses of the next and the previous page.", "schema": {"type": "string"}},
    "RateLimit-Policy": {
        "description": "How many requests (q) you may send in how many seconds (w), after draft-ietf-httpapi-ratelimit-headers.",
        "schema": {"type": "string", "pattern": r'^"\w+";q=\d+;w=\d+(, "\w+";q=\d+;w=\d+)?$'},
    },
    "RateLimit": {
        "description": "How many are left (r), and in how many seconds you may send as many again (t).",
        "schema": {"type": "string", "pattern": r'^"\w+";r=\d+;t=\d+(, "\w+";r=\d+;t=\d+)?$'},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "string", "pattern": r"^\d+$"},
    },
}


def _problems():
    found = {}
    for status, name in _NAMES.items():
        codes = [code for code, row in errors.CODES.items() if str(row[0]) == status]
        found[name] = {
            "description": f"{errors.CODES[codes[-1]][1]}. Code: {' or '.join(codes)}.",
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
    found["BadToken"]["headers"] = {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}}
    found["TooManyRequests"]["headers"] = {
        name: {"$ref": f"#/components/headers/{name}"} for name in ("Retry-After", *_QUOTA)
    }
    return found


def _error_schema():
    """The schema of one error of a problem."""
    return {
        "type": "object",
        "properties": {
            "parameter": text("Which parameter of the address."),
            "pointer": text("Which value of the body: a JSON pointer, as a fragment."),
            "header": text("Which header."),
            "code": text("What is wrong, for programs."),
            "detail": text("What is wrong, for people."),
            "candidates": {
                "type": "array",
                "description": "For a possible duplicate: the records that have the identifier under another name.",
                "items": shape(id=text("Its ID."), name=text("Its name.")),
            },
        },
        "required": ["code", "detail"],
    }


def _problem():
    return {
        "type": "object",
        "description": "What went wrong, after RFC 9457.",
        "properties": {
            "type": text("Where the documentation explains it."),
            "title": text("What is wrong, in short."),
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": text("What to do."),
            "code": text("What is wrong, for programs."),
            "errors": {"type": "array", "description": "Each point that is wrong.", "items": _error_schema()},
            "current": {"type": "object", "description": "For a stale change: the record as it is now."},
            "etag": text("For a stale change: the ETag of the record as it is now."),
            "counts": {"type": "object", "description": "Of many rows: how many were refused."},
        },
        "required": ["type", "title", "status", "detail", "code"],
        "examples": [
            errors.document(errors.invalid_parameter("page_size", "invalid", "Give a whole number from 1 to 250.")),
        ],
    }


def _bulk_answer():
    count = {"type": "integer", "minimum": 0}
    outcomes = (bulk.CREATED, bulk.UPDATED, bulk.UNCHANGED, bulk.REFUSED)
    row = {
        "type": "object",
        "properties": {
            "row": {"type": "integer", "minimum": 0, "description": "Its place, from 0."},
            "outcome": {"type": "string", "enum": list(outcomes), "description": "Its result."},
            "id": text("The record, unless the row was refused."),
            "version": {"type": "integer", "description": "Its version now."},
            "errors": {"type": "array", "description": "What is wrong with a refused row.", "items": _error_schema()},
            "current": {"type": "object", "description": "For a stale row: the record as it is now."},
            "etag": text("For a stale row: the ETag of the record as it is now, to send as if_match."),
        },
        "required": ["row", "outcome"],
    }
    return {
        "type": "object",
        "description": "The result of each row, in order.",
        "properties": {
            "mode": {"type": "string", "enum": [bulk.ALL, bulk.EACH]},
            "counts": {"type": "object", "properties": dict.fromkeys(outcomes, count), "required": list(outcomes)},
            "rows": {"type": "array", "items": row},
        },
        "required": ["mode", "counts", "rows"],
    }
