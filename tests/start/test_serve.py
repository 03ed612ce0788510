"""`manage.py serve`: one process that starts, says where to look, protects its data from others, and stops when told."""

import os
import re
import signal
import socket
import sqlite3
import urllib.request
from pathlib import Path

import pytest

from tests.servers import free_port
from tests.start.running import Registry, manage
from tests.waiting import LIMIT, until

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]  # on its own database


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(**parent_end):
        started.append(Registry(tmp_path, **parent_end))
        return started[-1]

    yield start
    for registry in started:
        registry.process.kill()
        registry.process.wait(LIMIT)


@pytest.fixture
def tables(prepared, tmp_path):
    """Copy an empty migrated database into the folder, as if the registry had been set up there."""
    prepared.copy("tables", tmp_path)


def test_it_serves_alone_and_stops_when_told(serve, tables, tmp_path):
    registry = serve(SAMPLE="no")
    assert registry.wait_for("/healthz") == {"status": "alive"}
    assert registry.wait_for("/readyz")["checks"]["sender"]["ok"] is True

    second = manage("serve", VAR_DIR=tmp_path, PORT=free_port(), SAMPLE="no")
    assert second.returncode == 2
    assert second.stderr.startswith(f"The registry is already running on the data in {tmp_path} (process ")
    taken = manage("serve", VAR_DIR=tmp_path / "other", PORT=registry.port, SAMPLE="no")
    assert taken.returncode == 2
    assert taken.stderr.startswith(f"Another program uses port {registry.port}.")
    restored = manage("restore", tmp_path / "registry.sqlite3", VAR_DIR=tmp_path)
    assert restored.returncode == 2
    assert "already running" in restored.stderr

    registry.stop(signal.SIGINT)
    assert registry.process.returncode == 0
    output = registry.text
    assert f"http://127.0.0.1:{registry.port}/" in output
    assert "manage.py add_administrator EMAIL" in output
    assert "Traceback" not in output


def test_it_ends_on_sigterm_and_starts_again_on_the_same_data(serve, tables, tmp_path):
    assert manage("add_administrator", "First@Example.org", VAR_DIR=tmp_path).returncode == 0
    for _ in range(2):
        registry = serve()
        registry.wait_for("/healthz")
        registry.stop(signal.SIGTERM)
        assert registry.process.returncode == 0
    with sqlite3.connect(tmp_path / "registry.sqlite3") as data:
        # A database that was set up by hand gets no sample.
        assert data.execute("SELECT email, is_administrator FROM partnerships_person").fetchall() == [
            ("first@example.org", 1)
        ]


def test_a_request_in_progress_does_not_delay_the_stop(serve, tables):
    registry = serve(SAMPLE="no")
    registry.wait_for("/healthz")
    with socket.create_connection(("127.0.0.1", registry.port)) as slow:
        slow.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf")
        registry.stop()  # before the rest of the request is sent


def test_a_first_start_brings_the_sample_and_says_how_to_sign_in(serve, tmp_path):
    registry = serve()
    registry.wait_for("/readyz")
    registry.stop()
    with sqlite3.connect(tmp_path / "registry.sqlite3") as data:
        (published,) = data.execute("SELECT count(*) FROM partnerships_partnership WHERE is_published").fetchone()
    assert published >= 7
    output = registry.text
    assert "example.org (sample staff; the code shows here)" in output
    assert "Traceback" not in output


def test_a_first_start_that_was_broken_off_is_taken_up_again(serve, tables, tmp_path):
    (tmp_path / "first-start").touch()
    registry = serve()
    registry.wait_for("/healthz")
    registry.stop()
    with sqlite3.connect(tmp_path / "registry.sqlite3") as data:
        assert data.execute("SELECT count(*) > 0 FROM partnerships_partnership").fetchone() == (1,)
    assert not (tmp_path / "first-start").exists()


def test_an_empty_start_asks_for_the_first_administrator(serve, tmp_path):
    parent_end, child_end = os.openpty()
    registry = serve(SAMPLE="no", stdin=child_end)
    os.write(parent_end, b"nonsense\nFirst@example.org\n")
    registry.wait_for("/healthz")
    registry.stop()
    os.close(parent_end)
    os.close(child_end)
    output = registry.text
    assert "Enter a valid email address." in output
    assert "Traceback" not in output
    with sqlite3.connect(tmp_path / "registry.sqlite3") as data:
        people = data.execute("SELECT email, is_administrator FROM partnerships_person").fetchall()
        assert people == [("first@example.org", 1)]
        assert data.execute("SELECT count(*) FROM partnerships_partnership").fetchone() == (0,)


def is_asleep(pid) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def test_ctrl_c_ends_the_question_too(serve, tables):
    parent_end, child_end = os.openpty()
    registry = serve(SAMPLE="no", stdin=child_end)
    registry.wait_for_text("first administrator")
    # If the signal arrives just before the process starts to read, Python delivers it after the answer.
    until(lambda: is_asleep(registry.process.pid))
    registry.stop()
    os.close(parent_end)
    os.close(child_end)
    assert "Traceback" not in registry.text


def test_an_administrator_needs_a_mail_address(tables, tmp_path):
    for address in ("nonsense", "", "a@b", "x" * 260 + "@example.org"):
        done = manage("add_administrator", address, VAR_DIR=tmp_path)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), address


@pytest.mark.parametrize(("proxies", "scheme"), [(0, "http"), (1, "https")])
def test_what_a_proxy_says_counts_only_where_one_is_trusted(serve, tables, proxies, scheme):
    one = serve(SAMPLE="no", TRUSTED_PROXIES=proxies)
    one.wait_for("/healthz")
    request = urllib.request.Request(f"http://127.0.0.1:{one.port}/api/v1/", headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=LIMIT) as answer:
        links = re.findall(r'"(https?)://', answer.read().decode())
    assert set(links) == {scheme}
