"""QT3: flaky tests. Each layer runs several times in a new random order, every other time on a busy machine.

Where Debian's `faketime` is installed, the fast layer also runs at a random minute of the coming year, since a test may
fail only at some hour, or only around New Year or daylight saving. `FAKETIME` repeats one. The other layers start servers,
which have the clock of the machine.

The runs of earlier commits count too: docs/figures.md adds them up. `RUNS="fast=2 both=1"` runs fewer.
"""

import os
import random
import re
from datetime import timedelta
from pathlib import Path

from bench import layers, show

NAME = "Failures by chance, in random order and on a busy machine"
RUNS = "fast=10 slow=3 browser=3 both=3"
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"
BOUND = "0 failed; fast 10, slow 3, browser 3, both 3"


def run():
    counts, failed = _earlier()
    for layer, times in re.findall(r"(\w+)=(\d+)", os.environ.get("RUNS", RUNS)):
        for turn in range(int(times)):
            seed, busy = random.SystemRandom().randrange(1, 2**31), turn % 2 == 1
            own = _environment(layer)
            seconds, names = layers.run(f"LAYER={layer}", seed=seed, busy=busy, **own)
            how = f"seed {seed}, clock {own.get('FAKETIME', '+0')} s{', on a busy machine' if busy else ''}"
            print(f"  {layer}, {how}: {seconds:.0f} s, failed {names}", flush=True)
            counts[layer] += 1
            failed += len(names)
    value = f"{failed} failed; " + ", ".join(f"{layer} {n}" for layer, n in counts.items())
    enough = all(counts[layer] >= int(n) for layer, n in re.findall(r"(\w+)=(\d+)", RUNS))
    return value, BOUND, sum(counts.values()), enough and not failed


def _earlier():
    """Return (layer → runs, number of failures) from docs/figures.md."""
    row = show.stored_rows().get("QT3")
    value = row[2] if row else ""
    counts = {layer: 0 for layer, _ in re.findall(r"(\w+)=(\d+)", RUNS)}
    counts |= {layer: int(n) for layer, n in re.findall(r"(\w+) (\d+)", value) if layer in counts}
    failed = re.match(r"(\d+) failed", value)
    return counts, int(failed[1]) if failed else 0


def _environment(layer):
    own = {"HYPOTHESIS_PROFILE": "random"}
    if layer == "fast" and LIBRARY:
        later = random.SystemRandom().randrange(int(timedelta(days=366).total_seconds()))
        later = os.environ.get("FAKETIME", f"+{later}")
        own |= {"LD_PRELOAD": str(LIBRARY), "FAKETIME": later, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    if layer == "both":
        own["DATABASE_URL"] = POSTGRESQL
    if layer == "browser":
        own["REQUIRE_BROWSER"] = "1"
    return own
