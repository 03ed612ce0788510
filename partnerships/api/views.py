"""What all responses of the API share: caching, ETag, CORS and rate limit headers; and the root of the API."""

from collections.abc import Sequence
from hashlib import blake2b

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from partnerships.accounts.token_actions import record_use
from partnerships.api import parameters
from partnerships.api.authentication import person_of, reader_of
from partnerships.api.renderers import PageRenderer, YAMLRenderer
from partnerships.api.throttling import headers_of
from partnerships.core.quotas import Quota

# Answers to everyone: any site may read them, and none may send a visitor's cookies along (no Allow-Credentials).
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Allow, Content-Disposition, Dry-Run, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After"
    ),
}
# A shared cache may keep what everyone may read, and asks each time whether it still holds.
SHARED, PRIVATE = "no-cache", "private, no-store"


class ApiResponse(Response):
    """A response that records the use of its token when it was sent.

    The server closes a response after its last byte, outside any transaction. So reading writes nothing before the
    response is sent, and no reader waits for a writer.
    """

    token = None

    def close(self):
        if self.token:
            record_use(self.token)
        super().close()


class RegistryView(APIView):
    quotas: Sequence[Quota] = ()  # what is left of the caller's requests, once they were counted

    @property
    def default_response_headers(self):
        return CORS | {"Vary": "Accept-Encoding, Authorization, Cookie, Sec-Fetch-Dest"}

    def url_of(self, public_id: str) -> str:
        """The URL of the record with this id; empty if it can't be told from the id."""
        return ""

    @property
    def reader(self):
        return reader_of(self.request)

    def initial(self, request, *args, **kwargs):
        if not hasattr(self, request.method.lower()):
            self.http_method_not_allowed(request)
        if request.method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def check_permissions(self, request):
        """Count a request before it can be refused. DRF counts only permitted requests."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request):
        """Does nothing: `check_permissions` has already counted."""

    def options(self, request, *args, **kwargs):
        """Answer the preflight request of a browser (CORS), which has neither a token nor a cookie."""
        allowed = ", ".join(self.allowed_methods)
        self.headers = CORS | {
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match",
            "Access-Control-Max-Age": "86400",
            "Allow": allowed,
        }
        return HttpResponse(status=204)

    def answer(self, data, links=None):
        """A response. `data`: plain values, or bytes that are sent as they are. `links`: rel → URL of another page of
        the list.
        """
        return self.addressed(ApiResponse(data), links)

    def addressed(self, answer, links=None):
        """Add the headers for caching and pagination. `links` as in `answer`."""
        answer.token = self.request.auth
        answer["Cache-Control"] = PRIVATE if person_of(self.request) else SHARED
        if links:
            answer["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
        return answer

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.quotas:
            for name, value in headers_of(self.quotas).items():
                response[name] = value
        if isinstance(getattr(response, "accepted_renderer", None), PageRenderer):
            response["Cache-Control"] = PRIVATE  # its frame is the reader's own
        elif response.status_code == 200 and request.method in SAFE_METHODS and not response.streaming:
            _set_etag(request, response.render())
        return response


def etag_of(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def _set_etag(request, response):
    """Add the ETag, and send 304 without a body if the caller already has this response."""
    response["ETag"] = etag = etag_of(response.content)
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return
    instead = get_conditional_response(request, etag=etag)
    if instead is not None and instead.status_code == 304:
        response.status_code, response.content = 304, b""
        del response["Content-Type"]


class Root(RegistryView):
    """The URLs of all lists."""

    lists: dict[str, str] = {}  # path → name of its address

    def get(self, request):
        parameters.refuse_unknown(request.query_params)
        names = self.lists | {"openapi": "api_openapi"}
        return self.answer({path: reverse(name, request=request) for path, name in names.items()})


class Description(RegistryView):
    """openapi.yaml."""

    renderer_classes = [YAMLRenderer]
    schema = None

    def get(self, request):
        parameters.refuse_unknown(request.query_params)
        return self.answer((settings.BASE_DIR / "openapi.yaml").read_bytes())


@csp_update({"img-src": ["data:"]})  # of its own style sheet
@require_safe
def swagger(request):
    """The page on which developers try requests. It needs no right of its own: it sends what they type."""
    return render(request, "api/swagger.html")


class UnknownAddress(RegistryView):
    """Any other URL below the API's root. One without its last slash leads to the one with it."""

    schema = None

    def get(self, request, rest):
        if rest.endswith("/"):
            raise NotFound
        to = HttpResponse(status=301 if request.method in SAFE_METHODS else 308)  # 308 keeps the method and the body
        to["Location"] = request.get_full_path(force_append_slash=True)
        return to

    post = put = patch = delete = get
