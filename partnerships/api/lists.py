"""Lists of the API: filters of the page's FilterSet, keyset pagination, and the parameters in openapi.yaml."""

import django_filters
import orjson
from django.conf import settings
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination

from partnerships.api import parameters
from partnerships.api.shapes import ID, KEY, flag, text
from partnerships.core.filters import LONGEST_QUERY, MOST_VALUES, KeysFilter, TreeFilter, VisibleRecordsFilter


class ListingBackend(BaseFilterBackend):
    """Filters, searches and sorts with the query of the package, which is the only place that knows what the reader may
    see.
    """

    def filter_queryset(self, request, queryset, view):
        """`queryset` is a query function: (person, parameters) → core.listing.Listing."""
        return queryset(view.reader, parameters.in_default_order(view.params), allow=parameters.API_CONTROL)

    def get_schema_operation_parameters(self, view):
        filters = view.filterset_class
        found = [_filter(name, filter_, filters) for name, filter_ in filters.base_filters.items()]
        left_out = {name for name in _SEARCH if name not in filters.CONTROL}
        left_out |= set() if view.orderings else {"ordering", "after_id"}
        left_out |= set() if view.is_in_sync else {"updated_since"}
        return found + [_control_parameter(name, *row) for name, row in _list_parameters(view) if name not in left_out]


class KeysetPagination(BasePagination):
    """Each page starts after the last row of the one before, so deep pages are as fast as the first.

    The CursorPagination of DRF handles neither empty values nor a cursor that was made for another list.
    """

    def get_page_size(self, request):
        return parameters.page_size(request.query_params)

    def paginate_queryset(self, queryset, request, view=None):
        """`queryset` is a Listing."""
        page = queryset.page(view.page_size, *view.columns)
        return self.take(page, request, queryset.total if view.params.get("count") == "yes" else None)

    def take(self, page, request, total=None):
        """The rows of a page that was already read. `total` is the function that counts the rows, if the caller asked
        for that.
        """
        self.links, self.cursor, self.more = {}, page.next, {}
        if total:
            n, has_more = total()
            self.more = {"count": n, "count_is_exact": not has_more}
        if page.next:
            self.links["next"] = parameters.url_with(request, cursor=page.next)
        if page.previous:
            self.links["prev"] = parameters.url_with(request, cursor=page.previous)
        return page.rows

    def get_paginated_response(self, texts) -> bytes:  # type: ignore[override]  # the view makes the answer
        """The body of a response. `texts` has the JSON of each row."""
        return joined(texts, {"next": self.links.get("next"), "previous": self.links.get("prev")} | self.more)

    def get_schema_operation_parameters(self, view):
        most, usual = settings.API_PAGE_SIZE_MAX, settings.API_PAGE_SIZE
        about = "Where a page starts. Take it from next or previous. Don’t make your own."
        size = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
        return [
            _control_parameter("cursor", about, {"type": "string", "minLength": 1}),
            _control_parameter("page_size", "How many rows at once.", size),
        ]

    def get_paginated_response_schema(self, schema):
        """The schema of a list. `schema` is that of one row."""
        url = {"type": ["string", "null"]}
        gone = {
            "type": "object",
            "properties": {"id": text("The id.", pattern=ID), "at": text("When.", format="date-time")},
            "required": ["id", "at"],
        }
        return {
            "type": "object",
            "properties": {
                "results": {"type": "array", "items": schema},
                "next": url | {"description": "The next page; null at the end."},
                "previous": url | {"description": "The page before; null at the start. Not in sync."},
                "gone": {
                    "type": "array",
                    "description": "Sync only: records to drop, with the moment.",
                    "items": gone,
                },
                "count": {"type": "integer", "description": "With count=yes: how many rows match."},
                "count_is_exact": flag("With count=yes. If false, there are more: the count stops at 10,000."),
                "included": {
                    "type": "object",
                    "description": "With include: list → its records that the rows name.",
                    "additionalProperties": {"type": "array", "items": {"type": "object"}},
                },
                "as_of": text("Sync only: keep it, and send it as updated_since next time."),
            },
            "required": ["results", "next"],
        }


def joined(texts, end: dict) -> bytes:
    """A JSON object with these texts, unparsed, as its `results`, followed by the values of `end`."""
    return b'{"results":[' + ",".join(texts).encode() + b"]," + orjson.dumps(end, option=orjson.OPT_UTC_Z)[1:]


_SOME_TEXT = r"^[^\u0000]*\S[^\u0000]*$"  # no NUL, and something that is not a space
_SEARCH = ("q", "exact")  # of lists that words can be looked for in


def _list_parameters(view):
    """(name, (description, schema)) of each parameter that every list has, besides its filters."""
    orderings = [sign + name for name in view.order_names() for sign in ("", "-")]
    rows: dict[str, tuple[str, dict]] = {
        "q": ("Text search. It forgives typos and accents.", {"pattern": _SOME_TEXT, "maxLength": LONGEST_QUERY}),
        "exact": ("“yes” searches for the words as typed, without correcting typos.", {"enum": ["yes"]}),
        "ordering": (
            "The field to sort the rows by, “-” the other way round. Default: “id”, in which records were added, or best match "
            "first for a search.",
            {"enum": orderings},
        ),
        "count": ("“yes” adds how many rows match: exact up to 10,000.", {"enum": ["yes"]}),
        "format": (
            "“ndjson” or “csv” sends the whole list as one file. An Accept header of application/x-ndjson or text/csv does too. "
            "Organizations also come as “hsds” (HSDS 3.1), and jurisdictions as “geojson” (application/geo+json).",
            {"enum": list(view.formats)},
        ),
        "after_id": (
            "With ndjson and csv: the id of the last row that you have, to go on with a file that broke off.",
            {"pattern": _SOME_TEXT, "maxLength": 60},
        ),
        "updated_since": (
            "Turns the list into a pull for sync: “start”, or the as_of of your last pull.",
            {"pattern": r"^(start|\d{1,19}-\d{8})$"},
        ),
    }
    return [(name, (about, {"type": "string"} | schema)) for name, (about, schema) in rows.items()]


def _control_parameter(name, about, schema):
    return {"name": name, "in": "query", "description": about, "schema": schema, "x-every-list": True}


def _filter(name, filter_, filterset):
    """The OpenAPI parameter of a filter."""
    schema, more = _filter_schema(filter_)
    parameter = {"name": name, "in": "query", "description": f"{filter_.label}. {more}".strip(), "schema": schema}
    if schema["type"] == "array":
        parameter |= {"style": "form", "explode": True}
    if name in filterset.STAFF_ONLY:
        parameter["description"] += " Only for signed-in staff."
        parameter["x-staff-only"] = True
    return parameter


def _filter_schema(filter_):
    """(the schema of a filter, what to add to its description)."""
    if isinstance(filter_, TreeFilter):
        pattern = ID if filter_.by == "public_id" else KEY
        words = "Ids" if filter_.by == "public_id" else "Keys"
        below = "" if isinstance(filter_, VisibleRecordsFilter) else " Includes what’s below it."
        return _list_of({"type": "string", "pattern": pattern}), f"{words}, each once or with commas between.{below}"
    if isinstance(filter_, django_filters.DateFilter):
        return {"type": "string", "format": "date"}, "A day, such as 2026-03-31."
    if isinstance(filter_, (KeysFilter, django_filters.ChoiceFilter)):
        choices = filter_.extra["choices"]
        if callable(choices):
            return _list_of({"type": "string", "pattern": KEY}), "Keys of an open vocabulary."
        item = {"type": "string", "enum": [str(value) for value, _ in choices]}
        several = isinstance(filter_, KeysFilter)
        return (_list_of(item), "Any of these.") if several else (item, "")
    return {"type": "string", "pattern": filter_.extra["validators"][0].regex.pattern}, ""


def _list_of(item):
    return {"type": "array", "items": item, "maxItems": MOST_VALUES}
