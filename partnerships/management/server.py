"""The web server of `manage.py serve`: waitress, which uses a thread only for requests that have arrived in full.

This adds what waitress lacks: correct responses to HEAD, timeouts for slow clients, closing idle connections when there are
too many, an answer to headers that are too long, and saving that is quick also when many people read.
"""

import resource
import time
from collections import deque
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask
from waitress.utilities import RequestHeaderFieldsTooLarge, find_double_newline

THREADS = 8
REQUEST_SECONDS = 20  # seconds in which a request has to arrive
SLOWEST = 1000  # bytes per second that a longer request must keep up with after that
NOT_READ = 30  # seconds in which a client must read some of its response
LOOKED_AFTER = 5  # seconds between two checks for slow clients
MOST_CONNECTIONS = 500
LONGEST_HEADERS, LONGEST_BODY = (
    64 * 1024,
    32 * 1024**2,
)  # bytes; the registry itself refuses what is too long for a page
READS = ("GET", "HEAD", "OPTIONS")
MOST_DROPPED = 1024**2  # bytes of headers that are too long, which are read to answer them
HEADERS_TOO_LONG = (
    f"The headers are longer than {LONGEST_HEADERS // 1024} kB. Shorten the URL, or delete the cookies of this site."
)


class Task(WSGITask):
    """Answers HEAD with the headers of GET and no body, and keeps the connection open for the next request."""

    @property
    def is_head(self):
        return self.request.command.upper() == "HEAD"

    def get_environment(self):
        environ = super().get_environment()
        if self.is_head:
            environ.pop("wsgi.file_wrapper", None)  # a file that is handed over wouldn't go through `write`
        return environ

    def write(self, data):
        super().write(b"" if self.is_head else data)

    def finish(self):
        if not self.is_head:
            super().finish()
        elif not self.wrote_header:
            self.write(b"")


class Parser(HTTPRequestParser):
    """Reads headers that are too long to their end, and keeps nothing of them.

    waitress answers as soon as they are, and closes the connection. Whatever arrives then makes the system reset it, and
    the client sees no answer.
    """

    error: Any = None
    command = ""
    is_dropping = False
    tail = b""  # the last bytes that were read of the headers, which may be the beginning of their end
    dropped = 0

    def received(self, data):
        if self.is_dropping:
            found = find_double_newline(self.tail + data)
            used = len(data) if found < 0 else found - len(self.tail)
            self.dropped += used
            self._drop(data, is_end=found >= 0)
            return used
        self.tail = self.header_plus[-3:]
        used = super().received(data)
        if isinstance(self.error, RequestHeaderFieldsTooLarge):
            self.error = RequestHeaderFieldsTooLarge(HEADERS_TOO_LONG)
            self._drop(data, is_end=find_double_newline(self.tail + data) >= 0)
        return used

    def _drop(self, data, *, is_end):
        self.tail = (self.tail + data)[-3:]
        self.completed = is_end or self.dropped > MOST_DROPPED
        self.is_dropping = not self.completed


class Channel(HTTPChannel):
    """A connection that knows how long it has waited for the rest of a request, and how many bytes of that have
    arrived.

    Waiting starts when the connection opens, and again when a response was sent in full.
    """

    task_class, parser_class = Task, Parser

    def __init__(self, *args, **kwargs):
        self.restart_waiting()
        super().__init__(*args, **kwargs)

    def restart_waiting(self):
        self.waits_since, self.bytes_received = time.time(), 0

    @property
    def is_waiting(self):
        return not self.requests and not self.total_outbufs_len

    def received(self, data):
        if self.request is None:
            self.restart_waiting()
        self.bytes_received += len(data)
        return super().received(data)

    def service(self):
        super().service()
        self.restart_waiting()

    def handle_write(self):
        super().handle_write()
        if not self.total_outbufs_len:
            self.restart_waiting()

    def is_too_slow(self, now):
        """Whether the client sends its request, or reads its response, slower than we wait for."""
        if self.is_waiting:
            return now > self.waits_since + REQUEST_SECONDS + self.bytes_received / SLOWEST
        return self.total_outbufs_len > 0 and now > self.last_activity + NOT_READ


class Waiting:
    """The channels whose requests wait for a thread: those that only read, and the others, one of each in turn.

    So someone who saves doesn't wait for everyone who opened a page before.
    """

    def __init__(self):
        self.reads: deque[Channel] = deque()
        self.changes: deque[Channel] = deque()
        self.next, self.then = self.changes, self.reads

    def __len__(self):
        return len(self.reads) + len(self.changes)

    def append(self, channel):
        (self.reads if channel.requests[0].command.upper() in READS else self.changes).append(channel)

    def popleft(self):
        if self.next:
            self.next, self.then = self.then, self.next
        return self.then.popleft()


class Server(TcpWSGIServer):
    """Serves on a socket that is already bound, and closes slow and surplus connections."""

    channel_class = Channel

    def __init__(self, application, bound, *, threads=THREADS, **options):
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.most = min(MOST_CONNECTIONS, files // 2)
        options |= {"threads": threads, "ident": None, "asyncore_use_poll": True, "cleanup_interval": LOOKED_AFTER}
        options |= {"max_request_header_size": LONGEST_HEADERS, "max_request_body_size": LONGEST_BODY}
        options["connection_limit"] = 2 * self.most  # never reached; waitress would stop accepting connections
        where = (bound.family, bound.type, bound.proto, bound.getsockname())
        super().__init__(application, _sock=bound, bind_socket=False, sockinfo=where, **options)
        self.task_dispatcher.queue = Waiting()

    def handle_accept(self):
        """Accept a connection. With too many of them, close the one that has waited longest."""
        if len(self.active_channels) >= self.most:
            waiting = [one for one in self.active_channels.values() if one.is_waiting and not one.will_close]
            if waiting:
                min(waiting, key=lambda one: one.waits_since).will_close = True
        super().handle_accept()

    def maintenance(self, now):
        """Close slow connections. waitress calls it every LOOKED_AFTER seconds."""
        for channel in self.active_channels.values():
            if channel.is_too_slow(now):
                channel.will_close = True
