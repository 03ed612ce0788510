"""QA30: slow clients don't block others at `manage.py serve`, and at gunicorn behind nginx as in docs/operating.md.

Four kinds of slow connections (half-open, slow headers, slow bodies, slow readers), 600 of each at a time, are opened
again as they are closed. In the meantime, other connections request /healthz and a page. Needs nginx (apt install
nginx-light).
"""

import statistics

from bench import trials

NAME = "Slow clients keep nobody out"
LONGEST = 5  # seconds of the 95th percentile, since the machine has other work


def run():
    found = trials.run("bench.slow_clients:figure")
    for words in sorted(set(found["wrong"]))[:20]:
        print(f"  {words}")
    for kind, longest in found["longest"].items():
        print(f"  {kind}: {longest:.1f} s at most")
    most = statistics.quantiles(found["seconds"], n=20)[-1]
    value = f"{len(found['wrong'])} not answered; 95 of 100 within {most:.1f} s, beside {found['opened']:,} slow connections"
    ok = not found["wrong"] and most <= LONGEST and found["opened"] >= 600 * len(found["longest"])
    return value, f"0; {LONGEST} s", len(found["seconds"]), ok
