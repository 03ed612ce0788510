"""A PostgreSQL server for the benchmark alone, on a free port. No other server is touched.

Its data stay in BENCH_DIR (by default a folder next to other temporary ones), so that a million partnerships are made
once. It's configured as docs/operating.md recommends for an office's server. With BENCH_SERVER=postgres:

… that server is used instead.
"""

import contextlib
import os
import pwd
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2

from tests.servers import free_port, program

HOME = Path(os.environ.get("BENCH_DIR") or Path(tempfile.gettempdir()) / "registry-bench")


def settings():
    """Memory settings for this machine: a quarter for shared buffers, as PostgreSQL's manual advises."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return {
        "shared_buffers": f"{min(memory // 4, 8192)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
    }


@contextlib.contextmanager
def running():
    """Make sure that a server runs in the block. BENCH_SERVER names it, here and in child processes."""
    if os.environ.get("BENCH_SERVER"):
        yield
        return
    data, port = HOME / "postgres", _port_in_use()
    server = None
    if port is None:
        port = free_port()
        server = _start(data, port)
    os.environ["BENCH_SERVER"] = f"postgres://postgres@127.0.0.1:{port}/postgres"
    try:
        _wait(os.environ["BENCH_SERVER"])
        yield
    finally:
        del os.environ["BENCH_SERVER"]
        if server:
            server.send_signal(signal.SIGINT)  # “fast shutdown”: end connections, then stop
            server.wait(120)


def _port_in_use():
    """The port of the server that another process of the benchmark has started on these data."""
    try:
        pid, _, _, port, *_ = (HOME / "postgres" / "postmaster.pid").read_text().splitlines()
        os.kill(int(pid), 0)
        return int(port)
    except (OSError, ValueError):
        return None


def _start(data, port):
    as_owner = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    data.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(data, owner.pw_uid, owner.pw_gid)
        as_owner |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": str(data)}
    if not (data / "PG_VERSION").exists():
        initdb = ["-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([program("initdb"), *initdb], check=True, **as_owner)
    options = [part for name, value in settings().items() for part in ("-c", f"{name}={value}")]
    where = ["-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(data)]
    server = subprocess.Popen([program("postgres"), *where, *options], **as_owner)
    return server


def _wait(url, seconds=60):
    """Wait until the server answers. After a crash, it recovers first."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return psycopg2.connect(url).close()
        except psycopg2.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
