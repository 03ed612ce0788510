"""QT4: mutation testing. Faults are put into a copy of the product, one at a time, and the tests named for each must fail.

`python -m bench.figures.qt4 3 17` tries only the faults with these numbers, and `python -m bench.figures.qt4 rights`
those of a kind.
"""

import os
import shutil
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

from tests.faults.all import FAULTS
from tests.faults.applying import places, with_fault
from tests.prepared_databases import quick_postgres
from tests.servers import ROOT, folder

NAME = "Faults that the tests catch"
PASSED_ON = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
SECONDS = 600  # for tests that a fault keeps from ending
RED = 1  # pytest's exit code for failed tests; others mean that tests couldn't run


def run(faults=None):
    """Run the figure. `faults`: pairs of number and fault to try, by default all."""
    faults = list(enumerate(FAULTS, 1)) if faults is None else faults
    on_postgres = deque(one for one in faults if one[1].database == "postgresql")
    others = deque(one for one in faults if one not in on_postgres)
    with folder() as home, ExitStack() as stack:
        server = stack.enter_context(quick_postgres()).url if on_postgres else None
        copies = [Copy(home, n, server) for n in range(os.cpu_count() or 1)]
        # Only the first copy uses the server, where a test may wait for every open transaction.
        first = [on_postgres, *(deque() for _ in copies[1:])]
        with ThreadPoolExecutor(len(copies)) as pool:
            is_green = all(list(pool.map(_unchanged, copies, _shares(faults, len(copies)))))
            caught = sum(pool.map(_try_all, copies, first, [others] * len(copies)))
    value = f"{caught} of {len(faults)}" + ("" if is_green else ", and red without a fault")
    bound = f"{len(faults)} of {len(faults)}"
    return value, bound, len(faults), value == bound


class Copy:
    """The tracked files in a separate folder, which gets one fault at a time."""

    def __init__(self, home, number, server):
        self.folder, self.server, self.prepared = home / f"copy-{number}", server, home / "prepared"
        self.prepared.mkdir(exist_ok=True)
        names = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        for name in filter(None, names.split("\0")):
            if (ROOT / name).exists():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)

    def test(self, tests, *, database="sqlite", prepared=True) -> tuple[int, str]:
        """Return pytest's exit code and what it printed."""
        environment = {name: value for name, value in os.environ.items() if name in PASSED_ON}
        environment |= {"VAR_DIR": str(self.folder / "var")}
        options = ["-q", "-p", "no:randomly", "--tb=short", "--no-header", "--maxfail=3"]
        if database == "postgresql":
            environment["DATABASE_URL"] = self.server
            options += ["--reuse-db"] if prepared else ["--create-db"]
        elif prepared:
            environment["PREPARED"] = str(self.prepared)
        command = [sys.executable, "-m", "pytest", *options, *tests]
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return -1, f"no end after {SECONDS} seconds"
        return done.returncode, done.stdout + done.stderr


def _shares(faults, n):
    """The tests of all faults, each once, divided among n copies. The first copy gets those on PostgreSQL."""
    on = {"sqlite": {}, "postgresql": {}}
    for _, fault in faults:
        on[fault.database] |= dict.fromkeys(fault.tests)
    files = sorted(on["sqlite"])
    size = -(-len(files) // n)
    shares = [[("sqlite", files[start : start + size])] for start in range(0, size * n, size)]
    shares[0].append(("postgresql", list(on["postgresql"])))
    return shares


def _unchanged(copy, share):
    """Whether the tests pass without a fault."""
    codes = []
    for database, tests in share:
        if tests:
            code, output = copy.test(tests, database=database)
            codes.append(code)
            print(f"  without a fault, {len(tests)} tests or files on {database}: {output.strip().splitlines()[-1]}")
            if code:
                print(output, flush=True)
    return not any(codes)


def _try_all(copy, first, others) -> int:
    """Try faults on this copy until none is left. Returns how many were caught."""
    caught = 0
    while one := _next(first, others):
        number, fault = one
        started = time.perf_counter()
        ended, output = _try(copy, fault)
        caught += ended == "red"
        print(f"  {number:2} {fault.kind}: {fault.what}: {ended}, {time.perf_counter() - started:.0f} s", flush=True)
        if output and ended != "red":
            print(output, flush=True)
    return caught


def _next(*queues):
    """The next item of the first queue that isn't empty, or None. Another thread may use the same queue."""
    for queue in queues:
        with suppress(IndexError):
            return queue.popleft()
    return None


def _try(copy, fault):
    was = {path: path.read_text() for path in places(copy.folder, fault)}
    if not was:
        return "not found", ""
    in_tables = any(path.parent.name == "migrations" for path in was)
    try:
        for path, text in was.items():
            path.write_text(with_fault(fault, text))
        code, output = copy.test(fault.tests, database=fault.database, prepared=not in_tables)
    finally:
        for path, text in was.items():
            path.write_text(text)
    return {RED: "red", 0: "green"}.get(code, f"not run (pytest ended with {code})"), output


def _chosen(words):
    """The faults with these numbers, and those whose line contains one of these words."""
    numbered = list(enumerate(FAULTS, 1))
    return [
        (number, fault)
        for number, fault in numbered
        if any(word == str(number) or word in f"{fault.kind} {fault.what}" for word in words)
    ]


if __name__ == "__main__":
    print(*run(_chosen(sys.argv[1:]) if sys.argv[1:] else None), sep=" | ")
