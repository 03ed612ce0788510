"""What HTTP clients get from `manage.py serve`: HEAD without a body, keep-alive, slow clients, wrong hosts."""

import http.client
import shutil
import socket
import subprocess
import threading
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
import requests
from waitress.adjustments import Adjustments

from partnerships.management import instance, server
from tests.start.running import Registry
from tests.waiting import LIMIT, until

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]  # on its own database

# Each family of addresses: pages, exports, the API, calendars, static files, redirects, refusals, errors.
STATUS = {
    "/": 200,
    "/partnerships/": 200,
    "/about/": 200,
    "/sign-in/": 200,
    "/code/": 200,
    "/partnerships.csv": 200,
    "/partnerships.xlsx": 200,
    "/api/v1/": 200,
    "/api/v1/partnerships/": 200,
    "/api/v1/openapi.yaml": 200,
    "/api/v1/partnerships/nothing/": 404,
    "/static/registry/look.css": 200,
    "/static/registry/favicon.svg": 200,
    "/favicon.ico": 200,
    "/healthz": 200,
    "/partnerships": 301,
    "/account/": 302,
    "/nothing/": 404,
    "/partnerships/?unknown=1": 400,
    "/sign-out/": 302,
    "/by-link/calendar/nothing.ics": 404,
}
SAYS_WHEN = {"/partnerships.xlsx"}  # to the second, so two packed files differ by a few bytes


@pytest.fixture(scope="module")
def registry(tmp_path_factory, prepared):
    home = tmp_path_factory.mktemp("http")
    prepared.copy("tables", home)
    started = Registry(home, SAMPLE="no")
    started.wait_for("/healthz")
    yield started
    started.process.kill()
    started.process.wait(LIMIT)


def ask(connection, method, path, **headers):
    """Return (status, headers, body) on a connection that isn't reopened automatically."""
    connection.auto_open = 0
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def connected(registry):
    connection = http.client.HTTPConnection("127.0.0.1", registry.port, timeout=LIMIT)
    connection.connect()
    return connection


def raw(registry, sent: bytes) -> bytes:
    """Return everything that the server sends back for these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", registry.port), LIMIT) as link:
        link.sendall(sent)
        parts = []
        while part := link.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("path", STATUS)
def test_head_is_the_headers_of_get_and_nothing_more(registry, path):
    last = f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    headers, end, body = raw(registry, last.encode()).partition(b"\r\n\r\n")
    assert (headers.split(b" ", 2)[1], end, body) == (str(STATUS[path]).encode(), b"\r\n\r\n", b"")


@pytest.mark.parametrize("path", STATUS)
def test_after_head_the_next_request_of_the_connection_is_answered(registry, path):
    connection = connected(registry)
    status, headers, body = ask(connection, "HEAD", path)
    assert (status, body) == (STATUS[path], b"")
    if headers.get("Connection") == "close":  # an answer of unknown length
        connection = connected(registry)
    status, own, body = ask(connection, "GET", path)
    assert status == STATUS[path]
    assert path in SAYS_WHEN or own.get("Content-Length") == headers.get("Content-Length")
    assert ask(connected(registry) if own.get("Connection") == "close" else connection, "GET", "/healthz")[0] == 200
    assert ("Connection" in headers) == ("Content-Length" not in headers)


@pytest.mark.parametrize(
    ("command", "status_line"), [(["curl", "-sS", "-I"], "HTTP/1.1 200"), (["wget", "-nv", "--spider"], "200 OK")]
)
def test_curl_and_wget_read_on_after_head(registry, command, status_line):
    if not shutil.which(command[0]):
        pytest.skip(f"There is no {command[0]} here.")
    paths = [f"http://127.0.0.1:{registry.port}{path}" for path, status in STATUS.items() if status == 200]
    done = subprocess.run([*command, *paths], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.returncode, (done.stdout + done.stderr).count(status_line)) == (0, len(paths))


def test_a_client_that_keeps_its_connections_reads_on_after_head(registry):
    with requests.Session() as session:
        for path in STATUS:
            for ask_for in (session.head, session.get):
                found = ask_for(f"http://127.0.0.1:{registry.port}{path}", allow_redirects=False, timeout=LIMIT)
                assert found.status_code == STATUS[path], path


@pytest.mark.parametrize(
    "opening", [b"", b"GET / HT", b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\nhalf"]
)
def test_idle_connections_keep_no_one_out(registry, opening):
    """More connections than the server keeps: the one that has waited longest is closed for the next."""
    with ExitStack() as kept:
        for _ in range(server.MOST_CONNECTIONS + 100):
            link = kept.enter_context(socket.create_connection(("127.0.0.1", registry.port), LIMIT))
            link.sendall(opening)
        for path in ("/healthz", "/sign-in/"):
            assert ask(connected(registry), "GET", path)[0] == 200


def test_a_wrong_host_is_refused_without_a_log_line(registry):
    before = len(registry.text)
    assert ask(connected(registry), "GET", "/", Host="elsewhere.example.org")[0] == 400
    assert ask(connected(registry), "GET", "/healthz")[0] == 200
    assert "Traceback" not in registry.text[before:]
    assert "elsewhere" not in registry.text[before:]


@pytest.mark.parametrize("kilobytes", [63, 70, 300, 1000])
@pytest.mark.parametrize("step", [8192, 777])
def test_headers_that_are_too_long_get_an_answer(registry, kilobytes, step):
    """The connection isn't reset before the client has read why."""
    sent = (
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: "
        + b"a" * kilobytes * 1024
        + b"\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", registry.port), LIMIT) as link:
        for start in range(0, len(sent), step):
            link.sendall(sent[start : start + step])
        response = b"".join(iter(lambda: link.recv(65536), b""))
    assert response.split(b"\r\n")[0] == (
        b"HTTP/1.1 200 OK" if kilobytes < 64 else b"HTTP/1.0 431 Request Header Fields Too Large"
    )
    assert (b"longer than 64 kB" in response) is (kilobytes > 64)


def test_headers_without_an_end_are_not_read_forever():
    adjustments = Adjustments(max_request_header_size=server.LONGEST_HEADERS)
    parser, sent = server.Parser(adjustments), 0
    while not parser.completed and sent < 10 * server.MOST_DROPPED:
        sent += parser.received(b"a" * 8192)
    assert (parser.error.code, sent < 2 * server.MOST_DROPPED) == (431, True)
    assert len(parser.header_plus) <= server.LONGEST_HEADERS


def test_the_end_of_long_headers_is_found_across_parts_and_the_next_request_is_left():
    adjustments = Adjustments(max_request_header_size=server.LONGEST_HEADERS)
    for part in range(1, 5):
        parser = server.Parser(adjustments)
        for sent in (b"GET / HTTP/1.1\r\nCookie: " + b"a" * 70_000, b"\r\n\r\n"[:part]):
            assert parser.received(sent) == len(sent)
        if part < 4:
            assert not parser.completed
            assert parser.received(b"\r\n\r\n"[part:] + b"GET /next") == 4 - part
        assert (parser.completed, parser.error.code) == (True, 431)


@pytest.fixture
def channel(monkeypatch):
    """A server connection, with `channel.at(seconds)` to set the time since it was opened."""
    clock = [1000.0]
    monkeypatch.setattr(server.time, "time", lambda: clock[0])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        one = server.Channel(SimpleNamespace(active_channels={}), ours, ("127.0.0.1", 1), Adjustments(), map={})
        one.at = lambda seconds: clock.__setitem__(0, 1000.0 + seconds)
        one.slow_at = lambda seconds: one.is_too_slow(1000.0 + seconds)
        yield one


def test_a_request_has_to_come_in_within_its_time(channel):
    assert not channel.slow_at(server.REQUEST_SECONDS)
    assert channel.slow_at(server.REQUEST_SECONDS + 1)
    channel.at(15)
    channel.received(b"POST / HTTP/1.1\r\nContent-Length: 90000\r\n\r\n")  # the start of a request
    assert not channel.slow_at(15 + server.REQUEST_SECONDS)
    channel.at(30)
    channel.received(b"x" * 40 * server.SLOWEST)
    assert not channel.slow_at(15 + server.REQUEST_SECONDS + 40)
    assert channel.slow_at(15 + server.REQUEST_SECONDS + 42)


def test_a_client_that_does_not_read_its_answer_is_disconnected(channel):
    channel.total_outbufs_len, channel.last_activity = 10, 1000.0
    assert not channel.slow_at(server.NOT_READ)
    assert channel.slow_at(server.NOT_READ + 1)


def test_who_saves_waits_for_one_reader_not_for_all():
    arrived, goes_on, answered = threading.Event(), threading.Event(), []

    def application(environ, start_response):
        arrived.set()
        assert goes_on.wait(LIMIT)
        answered.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    running = server.Server(application, instance.bind("127.0.0.1", 0), threads=1)
    threading.Thread(target=running.run, daemon=True).start()
    waiting = running.task_dispatcher.queue
    asked = ["GET /first", "GET /r1", "GET /r2", "HEAD /r3", "GET /r4", "POST /s1", "PATCH /s2", "DELETE /s3"]
    with ExitStack() as opened:
        connections = []
        for place, line in enumerate(asked):
            link = opened.enter_context(socket.create_connection(("127.0.0.1", running.effective_port), LIMIT))
            link.sendall(f"{line} HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n".encode())
            connections.append(link)
            assert arrived.wait(LIMIT)
            until(lambda place=place: len(waiting) == place)  # the first is with the thread
        goes_on.set()
        for link in connections:
            while link.recv(65536):
                pass
        running.task_dispatcher.shutdown()
        running.close()
    assert answered == ["/first", "/s1", "/r1", "/s2", "/r2", "/s3", "/r3", "/r4"]
