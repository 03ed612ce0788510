"""The layers of the test suite as commands: `run(layer)` returns how long a layer took and which tests failed."""

import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

from tests.servers import ROOT

PASSED_ON = ("PATH", "HOME", "LANG")
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)


def run(*make, seed=1, busy=False, **variables):
    """Run `make test` with these arguments.

    Returns (wall seconds, ids of failed tests, or “exit 2” if pytest itself failed).
    """
    own = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    with ExitStack() as stack:
        if busy:
            stack.enter_context(busy_loops(2))
        started = time.perf_counter()
        done = subprocess.run(
            ["make", "test", f"SEED={seed}", *make],
            cwd=ROOT,
            env=own | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    failed = sorted(set(FAILED.findall(done.stdout)))
    if done.returncode and not failed:
        failed = [f"exit {done.returncode}"]
    if failed:
        print(done.stdout[-20_000:])
    return time.perf_counter() - started, failed


@contextmanager
def busy_loops(n):
    """Run this many processes that use all the CPU time they get, as long as this process lives."""
    until_parent_ends = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
    loops = [subprocess.Popen([sys.executable, "-c", until_parent_ends]) for _ in range(n)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
