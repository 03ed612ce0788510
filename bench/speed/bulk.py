"""QP5: all partnerships as one NDJSON file, against COPY of the stored bytes by the same process, and the memory it takes.

Timed is the server's own work. Memory is this process's peak, the registry itself included.
"""

import io
import json
import resource
from time import perf_counter

from django.db import connection

from equity.wsgi import application

MOST_MB, MOST_TIMES, ROUNDS = 150, 3, 3
COPY = "COPY (SELECT body FROM partnerships_publication WHERE body IS NOT NULL ORDER BY partnership_id) TO STDOUT"


class Sink(io.RawIOBase):
    """Counts what is written and keeps nothing."""

    size = 0

    def writable(self):
        return True

    def write(self, data):
        self.size += len(data)
        return len(data)


def main(name):
    pulls, copies, rows, peaks = [], [], 0, []
    for _ in range(ROUNDS):
        seconds, rows, size = pulled()
        pulls.append(seconds)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        copies.append(copied())
        print(f"pulled {rows:,} rows, {size / 1e6:.0f} MB, in {seconds:.2f} s; COPY in {copies[-1]:.2f} s")
    times = min(pulls) / min(copies)
    value = f"{times:.2f} × COPY, {rows / min(pulls):,.0f} rows/s; peak {peaks[-1]:.0f} MB"
    value += f", of it since the first pull {peaks[-1] - peaks[0]:.0f}"
    return value, f"≤ {MOST_TIMES} × COPY; ≤ {MOST_MB} MB", rows * ROUNDS, times <= MOST_TIMES and peaks[-1] <= MOST_MB


def pulled():
    """(seconds, rows, bytes) of the whole list through the WSGI application."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/partnerships/", "QUERY_STRING": "format=ndjson",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    began, size, last = perf_counter(), 0, b""
    response = application(environ, lambda status, headers: None)
    for chunk in response:
        size, last = size + len(chunk), chunk
    response.close()
    return perf_counter() - began, json.loads(last)["file"]["rows"], size


def copied():
    """Seconds of a COPY of the same bytes."""
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(COPY, Sink())
    return perf_counter() - began
