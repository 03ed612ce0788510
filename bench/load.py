"""A small HTTP client that keeps some connections busy and uses little CPU itself: raw sockets, one thread, no copying."""

import selectors
import socket
import time
from dataclasses import dataclass, field
from itertools import cycle


@dataclass
class Run:
    """The outcome of a run: seconds of each answer in order, and the statuses other than 200 and 304."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    slowest: str = ""

    @property
    def rate(self):
        return len(self.times) / self.seconds

    def percentile(self, share):
        """The percentile in milliseconds. `share`: from 0 to 1."""
        return sorted(self.times)[min(int(len(self.times) * share), len(self.times) - 1)] * 1000


class _Connection:
    def __init__(self, port, head):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = head
        self.room = memoryview(bytearray(4_000_000))
        self.have, self.whole = 0, None

    def ask(self, path):
        self.have, self.whole, self.path = 0, None, path
        self.began = time.perf_counter()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode())

    def read(self):
        """Read what has arrived. Returns whether the answer is complete."""
        n = self.socket.recv_into(self.room[self.have :])
        if not n:
            raise ConnectionError(f"the server closed the connection at {self.path}")
        self.have += n
        if self.whole is None:
            self._read_head()
        return self.whole is not None and self.have >= self.whole

    def _read_head(self):
        start = bytes(self.room[: min(self.have, 8192)])
        end = start.find(b"\r\n\r\n")
        if end < 0:
            return
        self.status = int(start[9:12])
        lines = start[:end].lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        self.whole = end + 4 + length

    def body(self):
        return bytes(self.room[: self.whole]).partition(b"\r\n\r\n")[2]


def _head(port, headers):
    lines = {"Host": f"127.0.0.1:{port}", "Accept": "*/*"} | (headers or {})
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())


def get(port, path, headers=None):
    """Send one request. Returns (status, body)."""
    connection = _Connection(port, _head(port, headers))
    connection.ask(path)
    while not connection.read():
        pass
    connection.socket.close()
    return connection.status, connection.body()


def keep_busy(port, paths, *, connections=1, seconds=None, requests=None, headers=None, look=None) -> Run:
    """Request these paths in turn on this many connections, for some seconds or some number of requests.

    `look(path, body)` gets every answer, outside the measured time.
    """
    run, turn, left = Run(), cycle(paths), requests
    with selectors.DefaultSelector() as waiting:
        for _ in range(connections):
            connection = _Connection(port, _head(port, headers))
            waiting.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(next(turn))
        began = time.perf_counter()
        busy = connections
        while busy:
            for key, _ in waiting.select(60):
                connection = key.data
                if not connection.read():
                    continue
                _note(run, connection, look)
                left = None if left is None else left - 1
                over = (left is not None and left < busy) or (seconds and time.perf_counter() - began >= seconds)
                if over:
                    waiting.unregister(connection.socket)
                    connection.socket.close()
                    busy -= 1
                else:
                    connection.ask(next(turn))
        run.seconds = time.perf_counter() - began
    return run


def _note(run, connection, look):
    run.times.append(time.perf_counter() - connection.began)
    run.sizes.append(connection.whole)
    if connection.status not in (200, 304):
        run.refused.append(connection.status)
    if look:
        look(connection.path, connection.body())
