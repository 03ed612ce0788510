"""`make bench`: the speed of the registry at a million partnerships, measured in one run on its own PostgreSQL server.

The first run makes the databases, which are kept (bench.cluster says where). Later runs take some minutes. Each figure
is one line: code, name, value, bound, n, seconds, pass or short. The measurements behind it are above the line, with
the load of the machine. On a busy machine ratios are still right, since their two sides alternate. Bounds in
milliseconds aren't.
"""

import argparse
import os
import platform
import time
from datetime import UTC, datetime

FIGURES = ("QP1", "QP2", "QP3", "QP4", "QP6", "QP8", "QP9", "QP11")
READY = 0.5  # a load below this counts as quiet


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the registry's speed on PostgreSQL.")
    parser.add_argument("figures", nargs="*", metavar="CODE", help=f"only these of {', '.join(FIGURES)}")
    parser.add_argument("--n", type=int, default=1_000_000, help="how many partnerships (1,000,000)")
    parser.add_argument("--again", action="store_true", help="make the data anew")
    parser.add_argument(
        "--wait", type=int, default=0, metavar="SECONDS", help="wait so long at most for a quiet machine"
    )
    options = parser.parse_args()
    codes = [code.upper() for code in options.figures] or FIGURES
    if unknown := set(codes) - {*FIGURES}:
        parser.error(f"There is no figure of speed called {', '.join(sorted(unknown))}. Known: {', '.join(FIGURES)}.")
    os.environ["BENCH_N"] = str(options.n)  # read by the figures, also in other processes

    from bench import cluster, databases, show

    name, small = databases.name_for(options.n), databases.name_for(10_000)
    with cluster.running():
        for needed in dict.fromkeys([name, small]):
            if options.again or not databases.exists(needed):
                databases.make(needed, again=options.again)
        print(
            f"{options.n:,} partnerships, {databases.size(name)}; {_machine()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        )
        for code in codes:
            _settle(options.wait)
            print(f"{code}: the machine's load is {os.getloadavg()[0]:.2f}", flush=True)
            print(show.show(code), flush=True)


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {memory:.0f} GB; Python {platform.python_version()}"


def _settle(seconds):
    ends = time.monotonic() + seconds
    while os.getloadavg()[0] > READY and time.monotonic() < ends:
        time.sleep(5)


if __name__ == "__main__":
    main()
