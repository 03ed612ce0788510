"""Renderers. Stored text is sent as it is, without being parsed."""

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type, format, charset = "application/json", "json", None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data if isinstance(data, bytes) else orjson.dumps(data, option=orjson.OPT_UTC_Z)


class NDJSONRenderer(BaseRenderer):
    """Whole lists as NDJSON (`files`)."""

    media_type, format, charset = "application/x-ndjson", "ndjson", None


class CSVRenderer(BaseRenderer):
    """Whole lists as CSV (`files`)."""

    media_type, format = "text/csv", "csv"


class HSDSRenderer(BaseRenderer):
    """Whole lists of organizations (`hsds`). Only the `format` parameter selects it, since its media type is plain
    JSON.
    """

    media_type, format, charset = "application/json", "hsds", None


class GeoJSONRenderer(BaseRenderer):
    """Whole lists of jurisdictions as GeoJSON (`files`)."""

    media_type, format, charset = "application/geo+json", "geojson", None


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"


class YAMLRenderer(BaseRenderer):
    """Text that is already YAML."""

    media_type, format, charset = "application/yaml", "yaml", None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


class Negotiation(DefaultContentNegotiation):
    """Accepts any Accept header that names JSON.

    DRF refuses “application/json; charset=utf-8”, which many programs send. The `format` parameter takes precedence
    over the header where there is a choice.
    """

    def select_renderer(self, request, renderers, format_suffix=None):
        wanted = request.query_params.get("format") if len(renderers) > 1 else None
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        accepts = request.META.get("HTTP_ACCEPT")
        named = [one for one in renderers if one.format in (accepts or "") or one.media_type in (accepts or "")]
        if named and "*/*" not in accepts:
            chosen = max(named, key=lambda renderer: len(renderer.media_type))  # “json” is a part of “ndjson”
            return chosen, chosen.media_type
        for renderer in renderers:
            if not accepts or "*/*" in accepts or _accepts(request, renderer.media_type):
                return renderer, renderer.media_type
        raise NotAcceptable


def _accepts(request, media_type) -> bool:
    """Whether the Accept header includes this media type. False if the header can't be parsed."""
    try:
        return request.accepts(media_type)
    except ValueError:  # a parameter in an unknown character set (RFC 2231)
        return False
