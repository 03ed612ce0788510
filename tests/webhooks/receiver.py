"""A receiver of webhooks on this machine: an HTTP server in a thread, which answers as the test says and checks signatures
on its own, as https://www.standardwebhooks.com describes them.
"""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    path: str
    headers: dict
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """`answer(received)` returns (status, body) or (status, body, headers); or it writes to `handler` and returns None."""

    def __init__(self):
        self.requests, self.answer = [], lambda received, handler: (200, b"ok")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received = Received(self.path, {key.lower(): value for key, value in self.headers.items()}, body)
                receiver.requests.append(received)
                answer = receiver.answer(received, self)
                if answer is None:
                    return
                status, content, *more = answer
                self.send_response(status)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def fails(self, status=500):
        self.answer = lambda received, handler: (status, b"no")

    def works(self):
        self.answer = lambda received, handler: (200, b"ok")

    def texts(self):
        """The first line after the title of each message, in the order in which they came."""
        return [one.json["text"].split("\n")[1] for one in self.requests]


@contextmanager
def running():
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(5)


def is_signed(received, secret) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join([received.id.encode(), received.headers["webhook-timestamp"].encode(), received.body])
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in received.headers["webhook-signature"].split(" ")
