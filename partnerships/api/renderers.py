"""How an answer becomes bytes. What is stored as text passes through as it is, without being parsed."""

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type, format, charset = "application/json", "json", None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data if isinstance(data, bytes) else orjson.dumps(data, option=orjson.OPT_UTC_Z)


class NDJSONRenderer(BaseRenderer):
    """Of whole lists (`files`)."""

    media_type, format, charset = "application/x-ndjson", "ndjson", None


class CSVRenderer(BaseRenderer):
    """Of whole lists (`files`)."""

    media_type, format = "text/csv", "csv"


class HSDSRenderer(BaseRenderer):
    """Of whole lists of organizations (`hsds`). Only `format` asks for it: by its media type it is JSON like any other."""

    media_type, format, charset = "application/json", "hsds", None


class GeoJSONRenderer(BaseRenderer):
    """Of whole lists of places (`files`). Only `format` asks for it."""

    media_type, format, charset = "application/geo+json", "geojson", None


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"


class YAMLRenderer(BaseRenderer):
    """For text that is YAML already."""

    media_type, format, charset = "application/yaml", "yaml", None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


class Negotiation(DefaultContentNegotiation):
    """A caller who names JSON in any way gets it: DRF refuses “application/json; charset=utf-8”, which many programs send.
    `format` in the address counts before the header, where there is a choice.
    """

    def select_renderer(self, request, renderers, format_suffix=None):
        wanted = request.query_params.get("format") if len(renderers) > 1 else None
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        accepts = request.META.get("HTTP_ACCEPT")
        named = [renderer for renderer in renderers if renderer.format in (accepts or "")]
        if named and "*/*" not in accepts:
            chosen = max(named, key=lambda renderer: len(renderer.format))  # “json” is a part of “ndjson”
            return chosen, chosen.media_type
        for renderer in renderers:
            if not accepts or "*/*" in accepts or _accepts(request, renderer.media_type):
                return renderer, renderer.media_type
        raise NotAcceptable


def _accepts(request, media_type) -> bool:
    """Whether the Accept header has this media type. One that can't be parsed has none."""
    try:
        return request.accepts(media_type)
    except ValueError:  # a parameter in an unknown character set (RFC 2231)
        return False
