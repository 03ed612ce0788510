"""QP1: a page of 100 partnerships for a stranger, compared with plain DRF and with the least that a process can do."""

import json
from statistics import median

from bench import load, servers

ROUNDS, SECONDS, CONNECTIONS = 5, 4, 8
PAGES = 50  # different pages, requested in turn
LEAST_TIMES, MOST_TIMES = 15, 3
CONTENDERS = {
    "registry": (servers.REGISTRY, "/api/v1/partnerships/"),
    "plain DRF": (servers.PLAIN_DRF, "/partnerships/"),
    "floor": (servers.FLOOR, "/?after=0"),
}


def main(name):
    rounds = []
    with (
        servers.serving(servers.REGISTRY, name) as registry,
        servers.serving(servers.PLAIN_DRF, name) as plain,
        servers.serving(servers.FLOOR, name) as floor,
    ):
        ports = dict(zip(CONTENDERS, (registry, plain, floor), strict=True))
        paths = {reader: _walk(ports[reader], start) for reader, (_, start) in CONTENDERS.items()}
        for reader, port in ports.items():  # warm up
            load.keep_busy(port, paths[reader], connections=CONNECTIONS, requests=3 * CONNECTIONS)
        for _ in range(ROUNDS):
            rounds.append({reader: _measure(port, paths[reader]) for reader, port in ports.items()})
    for reader in CONTENDERS:
        _say(reader, [found[reader] for found in rounds])
    times = median(found["registry"][1].rate / found["plain DRF"][1].rate for found in rounds)
    over_one = median(found["registry"][0].percentile(0.5) / found["floor"][0].percentile(0.5) for found in rounds)
    over_eight = median(found["registry"][1].percentile(0.5) / found["floor"][1].percentile(0.5) for found in rounds)
    n = sum(len(run.times) for found in rounds for runs in found.values() for run in runs)
    value = f"{times:.1f} × plain DRF; p50 {over_one:.2f} × the floor (eight connections: {over_eight:.2f} ×)"
    bound = f"≥ {LEAST_TIMES} ×; p50 ≤ {MOST_TIMES} × the floor"
    return value, bound, n, times >= LEAST_TIMES and max(over_one, over_eight) <= MOST_TIMES


def _walk(port, path):
    """The addresses of the first pages. The floor has no links, so its addresses name the last row of the page before."""
    if path.startswith("/?after"):
        return [f"/?after={number * 102}" for number in range(PAGES)]
    found = []
    for _ in range(PAGES):
        found.append(path)
        status, body = load.get(port, path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        following = json.loads(body)["next"]
        path = following[following.index("/", len("http://")) :]
    return found


def _measure(port, paths):
    one = load.keep_busy(port, paths, connections=1, seconds=SECONDS / 2)
    eight = load.keep_busy(port, paths, connections=CONNECTIONS, seconds=SECONDS)
    for run in (one, eight):
        if run.refused:
            raise RuntimeError(f"answered {run.refused[:3]}")
    return one, eight


def _say(reader, runs):
    ones, eights = zip(*runs, strict=True)
    size = sum(ones[0].sizes) / len(ones[0].sizes) / 1000
    print(
        f"{reader:10} p50 {median(run.percentile(0.5) for run in ones):7.2f} ms on one connection;"
        f" {median(run.rate for run in eights):6.0f} requests/s on {CONNECTIONS},"
        f" p50 {median(run.percentile(0.5) for run in eights):7.2f} ms; {size:.0f} kB"
    )
