"""The registry over HTTP, served by threads of this process on its own database, and clients with a persistent connection."""

import http.client
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections
from django.test import Client

from equity.wsgi import application
from partnerships.management import instance
from partnerships.management.server import Server
from tests.browser import forms
from tests.waiting import LIMIT

FORM = "application/x-www-form-urlencoded"


@contextmanager
def serving(threads=4):
    """Serve the registry in the block. Yields the port."""
    kept = connections.settings["default"]["CONN_MAX_AGE"]
    # Threads keep no connection, since a test's database couldn't be dropped then.
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    server = Server(application, instance.bind("127.0.0.1", 0), threads=threads)
    threading.Thread(target=_run, args=(server,), daemon=True).start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        connections.settings["default"]["CONN_MAX_AGE"] = kept


def _run(server):
    with suppress(OSError):  # closing its socket ends it
        server.run()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self):
        return self.headers.get("Location", "")

    @property
    def fields(self):
        """Return the form data that a browser would send with the page's forms."""
        return forms.values(self.text)


class Browser:
    """A client with one connection, which it opens again only after it was closed. `opened` counts how often."""

    def __init__(self, port, person=None, **headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
        self.cookies, self.headers, self.opened = {}, headers, 0
        if person is not None:
            client = Client()
            client.force_login(person)
            self.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def ask(self, method, path, body=None, **headers) -> Answer:
        sent = self.headers | headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self._response(method, path, body, sent)
        text = response.read().decode("utf-8", "replace")
        for header in response.headers.get_all("Set-Cookie", ()):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return Answer(response.status, response.headers, text)

    def _response(self, method, path, body, sent, *, again=True):
        """Read the response. A GET is sent again if the server has closed the connection since, as every client does."""
        kept = self.connection.sock is not None
        self.opened += not kept
        try:
            self.connection.request(method, path, body, sent)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            if not (kept and again and method == "GET"):
                raise
        return self._response(method, path, body, sent, again=False)

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields):
        return self.ask("POST", path, urlencode(fields, doseq=True), **{"Content-Type": FORM})

    def send(self, path, **fields):
        """Send the form of this page as it is, with these fields changed."""
        return self.post(path, self.get(path).fields | fields)

    def close(self):
        self.connection.close()
