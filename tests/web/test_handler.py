"""What the WSGI handler adds to Django's: requests in UTF-8 whatever they name, HEAD of every page, no prefix of URLs."""

import subprocess
import sys
from urllib.parse import urlencode

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from equity.handler import Request
from equity.wsgi import application

pytestmark = pytest.mark.django_db
CHARSETS = ("base64", "hex", "rot13", "undefined", "utf-7", "utf-16", "latin-1", "not-a-charset")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


@pytest.fixture(autouse=True)
def _one_connection():
    """The WSGI application would close the connection of the test's transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def wsgi_response(method, url, **environ):
    """Return (status line, headers, body) of the WSGI application, which makes the request itself."""
    environ = RequestFactory().generic(method, url, b"--x--", content_type="text/plain").environ | environ
    began = []
    response = application(environ, lambda *status_and_headers: began.append(status_and_headers[:2]))
    body = b"".join(response)
    response.close()
    return *began[0], body.decode()


def answer(method, url, content_type):
    status, _, body = wsgi_response(method, url, CONTENT_TYPE=content_type)
    return status, body


@pytest.mark.slow  # starts a process
def test_all_pages_are_imported_before_the_first_request():
    code = "import equity.wsgi, sys; print('partnerships.web.urls' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("path", ["/search/", "/api/v1/jurisdictions/"])
def test_a_charset_changes_nothing_of_what_a_url_says(path, charset):
    """“+2ADYAA-” is half of a pair in UTF-7."""
    url = f"{path}?{urlencode({'q': '+2ADYAA- é'})}"
    plain = answer("GET", url, "text/plain")
    assert answer("GET", url, f"text/plain; charset={charset}") == plain
    assert plain[0][:3] in ("200", "400")


def test_a_parameter_in_an_unknown_charset_is_left_out():
    assert answer("GET", "/about/", "text/plain; a*=nope''x") == answer("GET", "/about/", "text/plain")
    environ = RequestFactory().get("/").environ | {"CONTENT_TYPE": "application/JSON; a*=nope''x"}
    request = Request(environ)
    assert (request.content_type, request.META["CONTENT_TYPE"]) == ("application/json", "application/json")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_in_another_charset_is_refused_in_plain_words(form, charset):
    status, body = answer("POST", "/code/", f"{form}; charset={charset}")
    assert (status, "in a character set that we can’t read. Send it as UTF-8." in body) == ("400 Bad Request", True)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("charset", ["UTF-8", "utf8", "us-ascii"])
def test_a_form_in_utf_8_is_read(form, charset):
    status, _ = answer("POST", "/code/", f"{form}; charset={charset}")
    assert status == "403 Forbidden"  # by the CSRF check


@pytest.mark.parametrize("path", ["/about/", "/code/", "/people/", "/by-link/meeting/nothing/", "/api/v1/plans/"])
def test_head_has_the_status_and_the_headers_of_get(path):
    """“/code/” and others take GET and POST."""
    get, head = wsgi_response("GET", path), wsgi_response("HEAD", path)
    names = [name for name, _ in get[1]]
    assert (head[0], [name for name, _ in head[1]], head[2]) == (get[0], names, "")
    assert get[2] != ""


def test_no_request_chooses_a_prefix_of_our_urls():
    """As gunicorn reads “SCRIPT_NAME: /elsewhere”."""
    assert wsgi_response("GET", "/about/", SCRIPT_NAME="/elsewhere")[2] == wsgi_response("GET", "/about/")[2]
