"""Middleware for all requests."""

from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from partnerships.accounts.uploads import MOST_BYTES
from partnerships.core import tables
from partnerships.core.errors import MergedInto
from partnerships.core.ids import with_public_id
from partnerships.web.frame import errors, limits, page_language
from partnerships.web.frame.words import terms_read_once

_UNREADABLE = gettext_lazy("This web address has characters that we can’t read. Type the words again.")
_TOO_LARGE = gettext_lazy(
    "What you sent is too large. A file may have 5 MB at most, a table to import 10 MB. Choose a smaller one."
)
_OTHER_CHARSET = gettext_lazy("This form was sent in a character set that we can’t read. Send it as UTF-8.")
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")  # that a form may name
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_IMPORTS = "/imports/"  # the URL that accepts imports


class CompressedPages(GZipMiddleware):
    """Compresses pages, style sheets, scripts and SVG (docs/decisions/0008). The API's stored bytes stay as they are."""

    KINDS = ("text/html", "text/css", "text/javascript", "image/svg+xml")

    def process_response(self, request, response):
        compress = response.get("Content-Type", "").startswith(self.KINDS)
        return super().process_response(request, response) if compress else response


class PlainRefusals:
    """Answers in plain words what reaches no page: unreadable URLs, too large requests, and exceptions of the packages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self._answer(request)
        # Other sites can't embed our responses. Scripts of other sites can still read the API, as CORS allows it.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            # After a person signs out, the browser's cache must not show their pages to the next one.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _answer(self, request):
        if not _is_readable(request):
            return errors.show(request, errors.invalid_parameters(_UNREADABLE))
        if not _is_small_enough(request):
            return errors.show(request, errors.invalid_parameters(_TOO_LARGE))
        if request.content_type in _FORMS and request.content_params.get("charset", "utf-8").lower() not in _CHARSETS:
            return errors.show(request, errors.invalid_parameters(_OTHER_CHARSET))
        with terms_read_once():
            return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, MergedInto) and request.method in ("GET", "HEAD"):
            # Not permanent, since the merge can be undone.
            return redirect(with_public_id(request.get_full_path(), exception.public_id))
        is_api = request.path_info.startswith(errors.API)
        if not is_api:
            page_language.use_for_error(request)
        refusal = errors.refusal_of(exception)
        if refusal is errors.BUSY and is_api:
            return None  # the API has tried again
        return errors.show(request, refusal) if refusal else None


class PageLimit:
    """Answers 429 when a network opens too many pages without signing in. It comes before views, and costs no query."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        seconds = limits.seconds_until_page(request)
        return errors.too_many_pages(request, seconds) if seconds else self.get_response(request)


class FormsInPlace:
    """Lets a form that was sent from within another page (htmx) lead to the next page.

    htmx would follow a redirect itself, and put that page where the form was.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.htmx and response.status_code == 302:
            # Without its fragment: to the same page with one, the browser would only scroll.
            response["HX-Redirect"], response.status_code = response["Location"].partition("#")[0], 204
            del response["Location"]
        return response


class RefusedForms:
    """Says in the title of a page that its form has errors, so that screen readers say it first.

    Such a page has status 422 for errors and questions, 409 if someone else saved first, or a summary of errors
    (`components/_error_summary.html`). Sign-in pages have only the summary.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        if is_page and (response.status_code in (409, 422) or getattr(request, "is_refused", False)):
            title = f"<title>{gettext('Error:')} ".encode()
            response.content = response.content.replace(b"<title>", title, 1)
        return response


def _is_small_enough(request) -> bool:
    """Whether the request is within the limit.

    Its body isn't read for this, since Django would write files to disk first.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = tables.MOST_BYTES if request.path_info == _IMPORTS else MOST_BYTES
    return length.isdecimal() and int(length) <= most + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _is_readable(request) -> bool:
    """Whether path and query are valid UTF-8 without NUL, which PostgreSQL can't store."""
    query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
    if b"\0" in query or "\0" in request.path_info or "\ufffd" in request.path_info:
        return False
    try:
        query.decode()
    except UnicodeDecodeError:
        return False
    # WSGI decodes the path, and Django writes bytes that aren't UTF-8 as %XX again.
    return "%" not in request.path_info or _decodes(request.path_info)


def _decodes(path) -> bool:
    try:
        unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return False
    return True
