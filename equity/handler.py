"""The WSGI handler of gunicorn and waitress: Django's, with requests that are read as UTF-8 only."""

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request in UTF-8, whatever character set its Content-Type names.

    Django decodes even the query by that name, before any middleware, and fails at codecs that aren't for text.
    `partnerships.web.middleware` refuses forms in another character set.
    """

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in an unknown character set (RFC 2231)
            meta["CONTENT_TYPE"] = meta["CONTENT_TYPE"].partition(";")[0].strip().lower()
            self.content_type, self.content_params = meta["CONTENT_TYPE"], {}


class Handler(WSGIHandler):
    request_class = Request


def make_application() -> Handler:
    """Return the WSGI application, once Django is set up."""
    django.setup(set_prefix=False)
    return Handler()
