"""A receiver of webhooks over HTTPS that fails in every way, as a process that can be killed.

python -m tests.chaos.receiver PORT FOLDER. FOLDER has its key and certificate (`receiver.pem`), and `orders` (JSON): its
mood, the secrets, each with the time from which it signs, and how many seconds its clock is ahead, and was before the
last move: a request of a worker that was killed can be read after that. A request becomes a line of `received`, safely on
disk, before it is answered. Signatures are checked as /developers/ says, by code that shares nothing with the registry.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MOODS = ("works", "slow", "flapping", "redirecting", "down", "dying")
FRESH = 300  # seconds
TOO_SLOW = 20  # seconds, longer than the registry waits
LISTENS = "listens\n"  # printed once it does


def is_ours(secret, headers, body, clocks):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    is_fresh = any(abs(now - int(headers["webhook-timestamp"])) < FRESH for now in clocks)
    return is_fresh and any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split())


class Handler(BaseHTTPRequestHandler):
    folder: Path
    received: object
    alone = threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        orders = json.loads((self.folder / "orders").read_text())
        getattr(self, orders["mood"])(orders, body)

    def keep(self, orders, body, status):
        """Record the request and how it will be answered: None if there will be no answer."""
        message, clocks = json.loads(body), [time.time() + ahead for ahead in orders["ahead"]]
        line = {
            "id": self.headers["webhook-id"],
            "path": self.path,
            "mood": orders["mood"],
            "status": status,
            "type": message["type"],
            "record": message["data"]["record"]["id"],
            "timestamp": message["timestamp"],
            "is_ours": all(is_ours(secret, self.headers, body, clocks) for secret in self.wanted(orders)),
        }
        with self.alone:
            self.received.write(json.dumps(line).encode() + b"\n")
            os.fdatasync(self.received.fileno())

    def wanted(self, orders):
        """The secrets that sign a message of this time."""
        return [secret for secret, since in orders["secrets"] if int(self.headers["webhook-timestamp"]) >= since]

    def answer(self, orders, body, status, **headers):
        self.keep(orders, body, status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def works(self, orders, body):
        self.answer(orders, body, 200)

    def slow(self, orders, body):
        """Often within the time, sometimes after it, and sometimes a byte now and then without an end."""
        how = random.choices(("in time", "silent", "dripping"), (30, 1, 1))[0]
        if how == "in time":
            time.sleep(random.uniform(0, 1))
            return self.answer(orders, body, 200)
        self.keep(orders, body, None)
        for _ in range(TOO_SLOW):
            if how == "dripping":
                self.wfile.write(b"H")
            time.sleep(1)

    def flapping(self, orders, body):
        status = random.choice((200, 200, 500, 503, 429, 404, None))
        if status:
            return self.answer(orders, body, status)
        self.keep(orders, body, None)
        self.wfile.write(random.choice((b"", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH_9.6\r\n")))
        self.close_connection = True

    def redirecting(self, orders, body):
        here = f"https://127.0.0.1:{self.server.server_port}/elsewhere"
        where = random.choice((here, "/elsewhere", orders["elsewhere"]))
        self.answer(orders, body, random.choice((301, 302, 303, 307, 308)), Location=where)

    def dying(self, orders, body):
        """Killed before it has kept the message, before it has answered, or, more often, not at all."""
        when = random.choices(("not at all", "before", "after"), (6, 1, 1))[0]
        if when == "not at all":
            return self.answer(orders, body, 200)
        if when == "after":
            self.keep(orders, body, 200)
        os.kill(os.getpid(), signal.SIGKILL)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, address):
        pass  # the registry left


def main(port, folder):
    Handler.folder = Path(folder)
    Handler.received = open(Handler.folder / "received", "ab", buffering=0)  # noqa: SIM115 (open until it is killed)
    server = Server(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Handler.folder / "receiver.pem")
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # The handshake belongs to the thread of the request, so that a connection that was dropped keeps no other.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(LISTENS, end="", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
