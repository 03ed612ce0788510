"""One POST to a receiver: over a checked address, without redirects, limited in time and size."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from partnerships.webhooks import addresses
from partnerships.webhooks.addresses import Target

REDIRECTS = gettext_noop("It redirects to another address. We don’t follow redirects. Enter the new address.")
CONNECT_SECONDS = 5
STEP_SECONDS = 10  # the longest wait for one part of the answer
ALL_SECONDS = 15  # for all of it
MOST_READ = 4096  # bytes of the answer that are read
MOST_KEPT = 1000  # characters of the answer that are kept


@dataclass(frozen=True)
class Answer:
    """What came of one attempt. `status` is None when there was no HTTP answer; then `text` says why, in our words."""

    status: int | None
    text: str
    took: int  # milliseconds

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send the body to the address. Never raises because of the receiver.

    Nothing of the address is in the answer's words, since it may be a secret.
    """
    begun = time.monotonic()
    try:
        target = addresses.resolve(url)
        status, text = _exchange(target, body, headers)
    except addresses.Refused as problem:
        status, text = None, str(problem)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        status, text = None, _failure_words(problem, time.monotonic() - begun)
    return Answer(status, text, round((time.monotonic() - begun) * 1000))


class _Connection(http.client.HTTPConnection):
    """A connection to the checked address, and not to what the host's name may resolve to now."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=STEP_SECONDS)
        self.target = target

    def connect(self) -> None:
        raw = socket.create_connection((self.target.address, self.target.port), timeout=CONNECT_SECONDS)
        self.sock = raw
        if self.target.is_tls:
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self.target.host)
        self.sock.settimeout(STEP_SECONDS)


def _exchange(target: Target, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    connection = _Connection(target)
    # A receiver that sends one byte now and then never times out in a single step: the socket is shut down under it.
    ended = threading.Timer(ALL_SECONDS, _shut_down, [connection])
    ended.daemon = True
    ended.start()
    try:
        default = 443 if target.is_tls else 80
        name = f"[{target.host}]" if ":" in target.host else target.host
        host = name if target.port == default else f"{name}:{target.port}"
        connection.request("POST", target.path, body, {"Host": host, "Connection": "close"} | headers)
        answer = connection.getresponse()
        if 300 <= answer.status < 400:
            return answer.status, REDIRECTS
        return answer.status, _start_of(answer)
    finally:
        ended.cancel()
        connection.close()


def _start_of(answer: http.client.HTTPResponse) -> str:
    """The beginning of an answer's body. The status is what counts, so one that breaks off is no failure."""
    try:
        content = answer.read(MOST_READ)
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    text = content.decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()[:MOST_KEPT]


def _shut_down(connection: _Connection) -> None:
    sock = connection.sock
    if sock is not None:
        # The method of the plain socket: that of a TLS socket would take its state from the thread that reads it.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _failure_words(problem: Any, seconds: float) -> str:
    """Why there was no HTTP answer, in our words. `seconds`: how long the attempt took."""
    if isinstance(problem, TimeoutError) or seconds >= ALL_SECONDS:
        return gettext_noop("The receiver took too long to answer.")
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"The receiver’s certificate isn’t valid ({getattr(problem, 'verify_message', 'unknown reason')})."
    if isinstance(problem, ssl.SSLError):
        return gettext_noop("No encrypted connection could be made.")
    if isinstance(problem, http.client.HTTPException) or not isinstance(problem, OSError):
        return gettext_noop("The receiver’s answer isn’t HTTP, or broke off.")
    return gettext_noop("No connection could be made, or it broke off.")
