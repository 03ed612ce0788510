"""The WSGI handler of gunicorn and waitress: Django's, with requests in UTF-8, and HEAD wherever GET is answered."""

from importlib import import_module

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request in UTF-8, whatever character set its Content-Type names.

    Django decodes even the query by that name, before any middleware, and fails at codecs that aren't for text.
    `partnerships.web.frame.middleware` refuses forms in another character set.
    """

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in an unknown character set (RFC 2231)
            meta["CONTENT_TYPE"] = meta["CONTENT_TYPE"].partition(";")[0].strip().lower()
            self.content_type, self.content_params = meta["CONTENT_TYPE"], {}


class Handler(WSGIHandler):
    """Answers HEAD as GET without its body. A view that takes GET and POST would refuse it."""

    request_class = Request

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] != "HEAD":
            return super().__call__(environ, start_response)
        return _Headers(super().__call__(environ | {"REQUEST_METHOD": "GET"}, start_response))


class _Headers:
    """A response without its body. Closing it closes what would have been sent."""

    def __init__(self, response):
        self.response = response

    def __iter__(self):
        return iter(())

    def close(self):
        self.response.close()


def make_application() -> Handler:
    """Return the WSGI application, once Django is set up and all pages are imported.

    Django would import them in the first request, which would take about a second longer.
    """
    django.setup(set_prefix=False)
    import_module(settings.ROOT_URLCONF)
    return Handler()
