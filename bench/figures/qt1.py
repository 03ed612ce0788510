"""QT1: how long `.ci/run` takes from a fresh clone with cached packages."""

import subprocess
import time

from tests.servers import ROOT, folder

NAME = "Seconds of .ci/run from a fresh clone"
BOUND = 25 * 60


def run():
    with folder() as home:
        subprocess.run(["git", "clone", "-q", str(ROOT), str(home / "clone")], check=True)
        started = time.perf_counter()
        done = subprocess.run(["bash", ".ci/run"], cwd=home / "clone", check=False)
        seconds = time.perf_counter() - started
    ended = "green" if done.returncode == 0 else f"exit {done.returncode}"
    return f"{seconds:.0f} s, {ended}", f"{BOUND} s, green", 1, done.returncode == 0 and seconds <= BOUND
