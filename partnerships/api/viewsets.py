"""What all kinds of record have in common: a list with its sync, and single records."""

import orjson
from rest_framework.viewsets import GenericViewSet

from partnerships.api import parameters
from partnerships.api.errors import invalid_parameter
from partnerships.api.lists import KeysetPagination, ListingBackend, joined
from partnerships.api.schemas import FIELDS
from partnerships.api.views import RegistryView
from partnerships.core import pulls
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter

# A pull has an order of its own, and words are matched by more than the record that holds them.
NEVER_IN_SYNC = ("ordering", "q", "exact")


class ResourceViewSet(RegistryView, GenericViewSet):
    """The list of one kind of record, its sync, and single records.

    `listed(person, params, allow=)` gives the Listing, `find(person, public_id)` one record, and `represent(person, records)`
    what is said of each, `represent_alone` what is said of one that is asked for by itself. `columns` are what a row is read
    with (none: whole records). `not_in_sync`: filters whose answer can change without a change of the record itself.
    """

    path = record = ""  # of its list; the name of its shape
    filterset_class: type[ListFilter]
    orderings: dict
    listed = find = represent = represent_alone = None
    pull = staticmethod(pulls.records)
    columns: tuple[str, ...] = ()
    not_in_sync: tuple[str, ...] = ()

    filter_backends = [ListingBackend]
    pagination_class = KeysetPagination
    lookup_field, lookup_url_kwarg = "public_id", "id"

    @classmethod
    def several(cls):
        """The parameters that may be given more than once."""
        many = (KeysFilter, TreeFilter)
        return {"fields"} | {
            name for name, chosen in cls.filterset_class.base_filters.items() if isinstance(chosen, many)
        }

    def get_queryset(self):
        """The query itself: rows are never read without who asks for them."""
        return self.listed

    def list(self, request, *args, **kwargs):
        params = request.query_params
        parameters.refuse_ambiguous(params, self.several())
        size = self.paginator.get_page_size(request)
        names = parameters.fields(params, FIELDS[self.path])
        if "updated_since" in params:
            return self._pulled(params, size, names)
        texts = _only(names, self.page())
        return self.answer(self.get_paginated_response(texts), self.paginator.links)

    def page(self):
        """The JSON of each row of the page asked for."""
        return self.texts(self.reader, self.paginate_queryset(self.filter_queryset(self.get_queryset())))

    def retrieve(self, request, id, *args, **kwargs):
        params = request.query_params
        parameters.refuse_unknown(params, ("fields",))
        parameters.refuse_ambiguous(params, {"fields"})
        names = parameters.fields(params, FIELDS[self.path])
        (text,) = _only(names, [self.text(self.reader, id)])
        return self.answer(text.encode())

    def texts(self, person, rows):
        return [_written(said) for said in self.represent(person, rows)]

    def text(self, person, public_id):
        (said,) = (self.represent_alone or self.represent)(person, [self.find(person, public_id)])
        return _written(said)

    def _pulled(self, params, size, names):
        """A page of sync: what changed since the caller's last pull, and what is gone. Always of the public set."""
        for name in (*NEVER_IN_SYNC, *self.not_in_sync):
            if name in params:
                words = "It cannot be used together with updated_since. Leave one of them out."
                raise invalid_parameter(name, "not_in_sync", words)
        listing = self.listed(None, parameters.in_default_order(params), allow=parameters.STEERING)
        pull = self.pull(listing, since=params["updated_since"], cursor=params.get("cursor"), size=size)
        links = {"next": parameters.url_with(self.request, cursor=pull.next)} if pull.next else {}
        gone = [{"id": public_id, "at": at} for public_id, at in pull.gone]
        end = {"gone": gone, "as_of": pull.as_of, "next": links.get("next")}
        return self.answer(joined(_only(names, self.pulled_texts(pull.rows)), end), links)

    def pulled_texts(self, rows):
        return self.texts(None, rows)


def _written(value) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def _only(names, texts):
    return [parameters.select_fields(names, text) for text in texts] if names else texts
