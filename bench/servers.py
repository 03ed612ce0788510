"""Servers for benchmarks: the same gunicorn for everything that is measured, on a free port, stopped after the block."""

import contextlib
import subprocess
import sys

from bench import databases
from tests.servers import free_port, wait_for

REGISTRY, PLAIN_DRF, FLOOR = "equity.wsgi", "bench.baseline.wsgi", "bench.baseline.floor"
WORKERS, THREADS = 2, 4


@contextlib.contextmanager
def serving(module, name, **more):
    """Serve this WSGI module on the database with this name, with additional settings. Yields the port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", f"{module}:application", "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
        *("--keep-alive", "60", "--log-level", "warning", "--worker-tmp-dir", "/dev/shm"),
    ]
    server = subprocess.Popen(command, cwd=databases.ROOT, env=databases.environment(name, **more))
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)
