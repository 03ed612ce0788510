"""Renderers. Stored text is sent as it is, without being parsed."""

import re
from collections.abc import Callable, Iterator

import orjson
from django.template.loader import render_to_string
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer

_LINKED = re.compile(r'(?<= ")(?:(?:https?://|/developers/#)[^"\\\s]+|[A-Z]-[0-9A-Z]{6}-[0-9A-Z])(?=")')


class JSONRenderer(BaseRenderer):
    media_type, format, charset = "application/json", "json", None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data if isinstance(data, bytes) else orjson.dumps(data, option=orjson.OPT_UTC_Z)


class PageRenderer(BaseRenderer):
    """The same JSON on a page, indented and with links to follow, for someone who opens an address in a browser.

    DRF's own page has styles that the content security policy blocks, and sets a cookie on answers that are shared.
    """

    media_type, format = "text/html", "page"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        request, response = renderer_context["request"], renderer_context["response"]
        found = orjson.loads(JSONRenderer().render(data))
        pages = found if isinstance(found, dict) else {}
        context = {
            "address": request.get_full_path(),
            "url": request.build_absolute_uri(),
            "status": response.status_code,
            "pager": {"earlier_url": pages.get("previous"), "more_url": pages.get("next")},
            "pieces": _linked(
                orjson.dumps(found, option=orjson.OPT_INDENT_2).decode(), renderer_context["view"].url_of
            ),
        }
        return render_to_string("api/page.html", context, request=request._request)


def _linked(text: str, url_of: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield JSON in pieces, each with its URL, which is empty where the piece is no link. `url_of` gives that of an id."""
    end = 0
    for found in _LINKED.finditer(text):
        yield text[end : found.start()], ""
        end, value = found.end(), found.group()
        yield value, value if "/" in value else url_of(value)
    yield text[end:], ""


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
    over the header where there is a choice. A person who opens an address in a browser gets a page; a script in a
    browser doesn't.
    """

    def select_renderer(self, request, renderers, format_suffix=None):
        page = next((one for one in renderers if isinstance(one, PageRenderer)), None)
        renderers = [one for one in renderers if one is not page]
        wanted = request.query_params.get("format") if len(renderers) > 1 else None
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        if page and request.method in SAFE_METHODS and request.META.get("HTTP_SEC_FETCH_DEST") == "document":
            return page, page.media_type
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
