"""QT2: how long `make test BROWSER=no` takes."""

from bench import layers

NAME = "Seconds of make test BROWSER=no"
BOUND = 5 * 60


def run():
    seconds, failed = layers.run("BROWSER=no")
    return f"{seconds:.0f} s, {len(failed)} failed", f"{BOUND} s, 0 failed", 1, seconds <= BOUND and not failed
