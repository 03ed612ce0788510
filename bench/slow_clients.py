"""Slow clients at the registry's servers (bench/figures/qa30.py).

Hundreds of connections send or receive next to nothing and are opened again as soon as they are closed, while someone
else requests pages. `manage.py serve` runs alone, and gunicorn runs behind nginx, both as docs/operating.md describes.
"""

import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException

from django.conf import settings

from tests.servers import ROOT, free_port, wait_for

MANY, SECONDS, BETWEEN = 600, 25, 3  # connections, seconds, and seconds between two pieces of a slow one
FLOOD, OTHER = "127.0.0.3", "127.0.0.2"  # network addresses of the flood and of the person who reads
PAGES = ("/healthz", "/sign-in/")
POST = b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"
# Name → (what is sent at once, what is sent piece by piece).
KINDS = {
    "half-open connections": (b"", b""),
    "slow headers": (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-More: x\r\n"),
    "slow bodies": (POST, b"login=some"),
    "slow readers": (b"GET /static/registry/look.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b""),
}


class Flood(threading.Thread):
    """Keeps MANY slow connections open until `ends` is set."""

    def __init__(self, port, first, more):
        super().__init__(daemon=True)
        self.port, self.first, self.more, self.ends, self.opened = port, first, more, threading.Event(), 0

    def run(self):
        links = [None] * MANY
        while not self.ends.is_set():
            for place, link in enumerate(links):
                if self.ends.is_set():
                    break
                if link is None or self._is_closed(link):
                    links[place] = self._open()
            self.ends.wait(BETWEEN)
        for link in filter(None, links):
            link.close()

    def _open(self):
        with suppress(OSError):
            link = socket.socket()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            link.bind((FLOOD, 0))
            link.settimeout(2)
            link.connect(("127.0.0.1", self.port))
            link.sendall(self.first)
            link.setblocking(False)
            self.opened += 1
            return link

    def _is_closed(self, link):
        try:
            if self.more:
                link.send(self.more)
            if not self.first.startswith(b"GET /static"):
                link.recv(1, socket.MSG_PEEK)
                return True  # an answer, or the end of the connection
        except BlockingIOError:
            return False
        except OSError:
            link.close()
            return True
        return False


def read_pages(port, seconds):
    """Read pages for this many seconds. Returns (seconds of each answer, sentences on failed requests)."""
    taken, wrong, ends = [], [], time.monotonic() + seconds
    while time.monotonic() < ends:
        for page in PAGES:
            started = time.monotonic()
            try:
                link = HTTPConnection("127.0.0.1", port, timeout=30, source_address=(OTHER, 0))
                link.request("GET", page, headers={"Host": "127.0.0.1"})
                status = link.getresponse().status
                link.close()
                if status != 200:
                    wrong.append(f"{page} is answered {status}")
            except (OSError, HTTPException) as problem:
                wrong.append(f"{page} is not answered ({type(problem).__name__})")
            taken.append(time.monotonic() - started)
        time.sleep(0.2)
    return taken, wrong


@contextmanager
def alone():
    port = free_port()
    command = [sys.executable, "manage.py", "serve"]
    with _running(command, port, PORT=str(port), SAMPLE="no"):
        yield port


@contextmanager
def behind_nginx():
    inner, port, home = free_port(), free_port(), settings.VAR_DIR / "nginx"
    home.mkdir(exist_ok=True)
    (home / "nginx.conf").write_text(nginx_configuration(home, inner, port))
    gunicorn = [sys.executable, "-m", "gunicorn", "equity.wsgi", "--bind", f"127.0.0.1:{inner}"]
    gunicorn += ["--workers", "4", "--threads", "2"]
    nginx = [shutil.which("nginx"), "-p", str(home), "-c", str(home / "nginx.conf"), "-g", "daemon off;"]
    with _running(gunicorn, inner, TRUSTED_PROXIES="1"), _running(nginx, port):
        yield port


def nginx_configuration(home, inner, port) -> str:
    """The configuration in docs/operating.md, with these ports and without TLS."""
    (page,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "operating.md").read_text(), re.S)
    page = page[: page.rindex("server {")]  # without the redirect from HTTP to HTTPS
    page = re.sub(r" *ssl_.*\n", "", page).replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    page = page.replace("127.0.0.1:8000", f"127.0.0.1:{inner}").replace("$host;", "127.0.0.1;")
    logs = f"error_log {home}/error.log;\npid {home}/pid;\nevents {{ worker_connections 4096; }}\n"
    return f"{logs}http {{\naccess_log off;\n{page}\n}}\n"


@contextmanager
def _running(command, port, **more):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | more, **quiet)
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(60)


def figure():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096) if most > 0 else 4096, most))
    found = {"wrong": [], "seconds": [], "opened": 0, "longest": {}}
    for name, started in (("serve", alone), ("gunicorn behind nginx", behind_nginx)):
        with started() as port:
            read_pages(port, 3)  # the first requests fill caches
            for kind, (first, more) in KINDS.items():
                flood = Flood(port, first, more)
                flood.start()
                taken, wrong = read_pages(port, SECONDS)
                flood.ends.set()
                flood.join(60)
                found["wrong"] += [f"{name}, {kind}: {words}" for words in wrong]
                found["seconds"] += taken
                found["opened"] += flood.opened
                found["longest"][f"{name}, {kind}"] = max(taken)
    return found
