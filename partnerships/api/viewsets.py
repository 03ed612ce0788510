"""The base class of all viewsets for reading: a list, its sync and downloads, and single records."""

import re
from collections.abc import Sequence
from functools import cache

import orjson
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django_filters import DateFilter
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.viewsets import GenericViewSet

from partnerships.accounts.models import ApiToken
from partnerships.api import files, parameters
from partnerships.api.errors import Problem, invalid_parameter, parameter_error
from partnerships.api.lists import KeysetPagination, ListingBackend, joined
from partnerships.api.renderers import CSVRenderer, NDJSONRenderer
from partnerships.api.shapes import ID
from partnerships.api.views import RegistryView
from partnerships.core import clock, listing, pulls, record_types
from partnerships.core.errors import MergedInto, NotFound
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter
from partnerships.core.ids import MistypedId

# A pull has an order of its own, and words are matched by more than the record that holds them.
NEVER_IN_SYNC = ("ordering", "q", "exact", "count", "format", "after_id", "include")
# One file holds the whole list, without pages and in one order.
NEVER_IN_FILES = ("page_size", "count", "include", "updated_since")
# First character of an id → the viewset of such records. `resources` fills it.
BY_FIRST: dict[str, type["ResourceViewSet"]] = {}
_IDS = re.compile(r'"(([A-Z])-[0-9A-Z]{6}-[0-9A-Z])"')


class TokenMayRead(BasePermission):
    """A token that is limited to some lists can't read others. Checked before any record is looked up."""

    def has_permission(self, request, view):
        if (
            request.method in SAFE_METHODS
            and request.auth
            and request.auth.reads
            and view.path not in request.auth.reads
        ):
            raise Problem("not_for_reading")
        return True


class ResourceViewSet(RegistryView, GenericViewSet):
    """A list of one kind of record, its sync, and single records.

    `listed(person, params, allow=)` returns the Listing, `find(person, public_id)` one record, and `represent(person,
    records)` their JSON values. `columns` are the columns that a row is read with (none: whole records), and
    `file_page` is how many rows a file reads at once. `is_in_sync`: whether its changes can be pulled. `not_in_sync`:
    filters whose matches can change without a change of the record.
    """

    path = record = kind = ""  # of its list; the name of its records; the key of their record type, if they have one
    about = ""  # its list, in a sentence
    shape: dict  # a record as JSON Schema, and an example of one
    example: dict
    only_for_some: tuple[str, ...] = ()  # names of its shape that most readers don't get
    filterset_class: type[ListFilter]
    orderings: dict
    pull = staticmethod(pulls.records)
    columns: tuple[str | Combinable, ...] = ()
    not_in_sync: tuple[str, ...] = ()
    is_in_sync = True
    file_page = 500  # rows that a file reads at once
    more_formats: tuple[type[BaseRenderer], ...] = ()  # of whole lists, defined by other standards

    permission_classes = [TokenMayRead]
    filter_backends = [ListingBackend]
    pagination_class = KeysetPagination
    lookup_field, lookup_url_kwarg = "public_id", "id"

    @staticmethod
    def listed(person, params, *, allow=()) -> listing.Listing:
        raise NotImplementedError

    @staticmethod
    def represent(person, rows, /) -> Sequence:
        raise NotImplementedError

    @property
    def paginator(self) -> KeysetPagination:
        found = super().paginator
        assert isinstance(found, KeysetPagination)
        return found

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """The top-level fields of a record, which the `fields` parameter takes."""
        return tuple(cls.shape["properties"])

    @classmethod
    @cache
    def names_with_ids(cls) -> tuple[str, ...]:
        """The fields with ids of other records, which the `include` parameter takes."""
        shown = {name: str(found) for name, found in cls.shape["properties"].items() if name != "id"}
        return tuple(name for name, found in shown.items() if ID in found or "schemas/Party" in found)

    @classmethod
    @cache
    def order_names(cls) -> dict[str, str]:
        """What rows can be sorted by: the field, or the ordering's own name if a record has no such field → the ordering's name,
        which version 1 takes as well.
        """
        fields = cls.shape["properties"]
        return {found.field if found.field in fields else name: name for name, found in cls.orderings.items()}

    @classmethod
    def record_type(cls):
        return record_types.get(cls.kind)

    def find(self, person, public_id):
        return self.record_type().find(person, public_id)

    @classmethod
    def several(cls):
        """The parameters that may have several values."""
        many = (KeysFilter, TreeFilter)
        return {"fields", "include"} | {
            name for name, chosen in cls.filterset_class.base_filters.items() if isinstance(chosen, many)
        }

    @classmethod
    def days(cls):
        """The filters by a day."""
        return [name for name, found in cls.filterset_class.base_filters.items() if isinstance(found, DateFilter)]

    @property
    def formats(self):
        return (*parameters.FORMATS, *(kind.format for kind in self.more_formats))

    def is_asked_in(self, kind) -> bool:
        """Whether the response is a file in this format (a renderer class)."""
        request = getattr(self, "request", None)  # none where it represents records that another list includes
        return isinstance(getattr(request, "accepted_renderer", None), kind)

    def get_renderers(self):
        whole: tuple[type[BaseRenderer], ...] = (NDJSONRenderer, CSVRenderer, *self.more_formats)
        is_list = getattr(self, "action", "") == "list"
        return [*super().get_renderers(), *(kind() for kind in whole if is_list)]

    def url_of(self, public_id):
        view = BY_FIRST.get(public_id[0])
        return reverse(f"api-{view.path}-detail", args=[public_id]) if view else ""

    def get_queryset(self):
        """The query function, not a queryset: `ListingBackend` calls it with the reader."""
        return self.listed

    def list(self, request, *args, **kwargs):
        self.params = params = request.query_params.copy()
        parameters.refuse_ambiguous(params, self.several())
        parameters.refuse_other(params, count=("yes",), format=self.formats)
        parameters.refuse_other_days(params, self.days())
        parameters.order_by(params, self.order_names())
        self.page_size = size = self.paginator.get_page_size(request)
        names = parameters.fields(params, self.names())
        to_include = parameters.fields(params, self.names_with_ids(), "include")
        if request.accepted_renderer.format in files.WRITERS:
            return self._file(params, names)
        if "after_id" in params:
            raise invalid_parameter(
                "after_id", "not_in_pages", "It goes with format=ndjson or csv. Follow next instead."
            )
        if "updated_since" in params and not self.is_in_sync:
            raise invalid_parameter("updated_since", "not_in_sync", "This list doesn’t have sync. Read it whole.")
        if "updated_since" in params:
            return self._sync_page(params, size, names)
        texts = self.page()
        if to_include:
            self.paginator.more["included"] = self._included(to_include, texts)
        return self.answer(self.get_paginated_response(_with_fields(names, texts)), self.paginator.links)

    def _included(self, names, texts):
        """List name → the JSON of its records whose IDs these fields of the rows have, as far as the reader may see
        them.
        """
        found = {}
        ids: dict[str, set[str]] = {}
        for public_id, first in _IDS.findall("".join(_with_fields(names, texts))):
            ids.setdefault(first, set()).add(public_id)
        for first, wanted in ids.items():
            view = BY_FIRST.get(first)
            if view is None:  # words that only look like an id
                continue
            token = self.request.auth
            if isinstance(token, ApiToken) and token.reads and view.path not in token.reads:
                words = f"The rows name records of the list “{view.path}”, which this token can’t read."
                raise Problem("not_for_reading", [parameter_error("include", "not_for_reading", words)])
            rows = view.listed(self.reader, parameters.in_default_order(QueryDict())).ordered()
            rows = rows.filter(public_id__in=wanted)
            rows = rows.values_list("pk", "pk", *view.columns) if view.columns else rows
            found[view.path] = [orjson.Fragment(text) for text in view().texts(self.reader, list(rows))]
        return found

    def page(self):
        """The JSON of each row of the requested page."""
        return self.texts(self.reader, self.paginate_queryset(self.filter_queryset(self.get_queryset())))

    def _file(self, params, names):
        """The whole list as a file. The first page is read before anything is sent, so that an error still gets its
        status.
        """
        kind = self.request.accepted_renderer
        for name in NEVER_IN_FILES:
            if name in params:
                raise invalid_parameter(name, "not_in_files", "A file holds the whole list. Leave it out.")
        for name in ("fields", "after_id") if isinstance(kind, self.more_formats) else ():
            if name in params:
                raise invalid_parameter(name, "not_in_files", "This format says what the file holds. Leave it out.")
        if "after_id" in params:
            if "cursor" in params or params.get("ordering", "id") != "id":
                raise invalid_parameter(
                    "after_id", "not_in_order", "It goes with the order “id” and without a cursor. Leave them out."
                )
            params["cursor"] = self._cursor_after(params.pop("after_id")[0])
        params.setdefault("ordering", "id")
        self.page_size = self.file_page
        first = self.page()
        about = files.describe_file(self, parameters.url_with(self.request, cursor=None, after_id=None))
        write = files.WRITERS[kind.format](about, names or self.names(), self._pages(first, names))
        answer = files.File(write if self.request.method != "HEAD" else (), content_type=files.TYPES[kind.format])
        name = f"{self.path}-{clock.today():%Y-%m-%d}.{files.ENDINGS[kind.format]}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        # The middleware compresses pages alone (docs/decisions/0008).
        compress = GZipMiddleware(self._file)  # type: ignore[arg-type]  # it is never called
        return compress.process_response(self.request, self.addressed(answer))

    def _cursor_after(self, public_id):
        try:
            record = self.find(self.reader, public_id)
        except (NotFound, MistypedId, MergedInto):
            words = "This record no longer exists. Send the ID of the row before it."
            raise invalid_parameter("after_id", "unknown_value", words) from None
        return listing.encode_cursor("id", [record.pk, record.pk], 1, False)

    def _pages(self, texts, names):
        """The pages of a file: the first one, which was read before, and then each next one."""
        while True:
            yield _with_fields(names, texts)
            if not self.paginator.cursor:
                return
            self.params["cursor"] = self.paginator.cursor
            texts = self.page()

    def retrieve(self, request, id, *args, **kwargs):
        params = request.query_params
        parameters.refuse_unknown(params, ("fields",))
        parameters.refuse_ambiguous(params, {"fields"})
        names = parameters.fields(params, self.names())
        (text,) = _with_fields(names, [self.text(self.reader, id)])
        return self.answer(text.encode())

    def represented(self, person, rows) -> Sequence:
        """`represent`, and what depends on the rights of this API's callers."""
        return self.represent(person, rows)

    def texts(self, person, rows):
        return [as_json(values) for values in self.represented(person, rows)]

    def text(self, person, public_id):
        (values,) = self.represented(person, [self.find(person, public_id)])
        return as_json(values)

    def _sync_page(self, params, size, names):
        """A page of sync: the records that changed since the caller's last pull, and those that are gone. Public
        records only.
        """
        for name in (*NEVER_IN_SYNC, *self.not_in_sync):
            if name in params:
                words = "You can’t use it together with updated_since. Leave one of them out."
                raise invalid_parameter(name, "not_in_sync", words)
        listing = self.listed(None, parameters.in_default_order(params), allow=parameters.API_CONTROL)
        pull = self.pull(listing, since=params["updated_since"], cursor=params.get("cursor"), size=size)
        links = {"next": parameters.url_with(self.request, cursor=pull.next)} if pull.next else {}
        gone = [{"id": public_id, "at": at} for public_id, at in pull.gone]
        end = {"gone": gone, "as_of": pull.as_of, "next": links.get("next")}
        return self.answer(joined(_with_fields(names, self.pulled_texts(pull.rows)), end), links)

    def pulled_texts(self, rows):
        return self.texts(None, rows)


def as_json(value) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def _with_fields(names, texts):
    return [parameters.select_fields(names, text) for text in texts] if names else texts
