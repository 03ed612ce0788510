"""QP11: pages of a visitor compared with a plain ListView of Django in the same frame (bench/baseline/urls.py)."""

from statistics import median

from bench import load, servers
from partnerships.models import Partnership

ROUNDS, SECONDS, CONNECTIONS = 5, 3, 8
PAGES = 50  # different partnerships, requested in turn
# Page → how many times the baseline's p50 it may take.
BOUNDS = {"list": 2, "search": 2.5, "overview": 2}
FILTERED = ("", "kind=contract", "issue=housing", "side=community", "kind=training&status=active", "ordering=title")
SEARCHED = ("q=campaign+rent", "q=training", "q=training&kind=training&side=community")


def main(name):
    rounds, published = [], Partnership.objects.filter(is_published=True)
    with servers.serving(servers.REGISTRY, name) as registry, servers.serving(servers.PLAIN_DRF, name) as plain:
        paths = {
            "baseline": ["/page/"],
            "list": [f"/partnerships/?{query}" for query in FILTERED],
            "search": [f"/partnerships/?{query}" for query in SEARCHED],
            "overview": [one.get_absolute_url() for one in published.order_by("pk")[:PAGES]],
        }
        ports = {page: plain if page == "baseline" else registry for page in paths}
        for page, port in ports.items():  # warm up
            load.keep_busy(port, paths[page], connections=CONNECTIONS, requests=2 * PAGES)
        for _ in range(ROUNDS):
            rounds.append({page: _medians(port, paths[page]) for page, port in ports.items()})
    for page in paths:
        one, eight = (median(found[page][at] for found in rounds) for at in (0, 1))
        print(f"{page:10} p50 {one:6.1f} ms on one connection, {eight:6.1f} ms on {CONNECTIONS}")
    times = {
        page: [median(found[page][at] / found["baseline"][at] for found in rounds) for at in (0, 1)] for page in BOUNDS
    }
    value = "; ".join(f"{page} {one:.2f} × ({eight:.2f} × on {CONNECTIONS})" for page, (one, eight) in times.items())
    bound = ", ".join(f"{page} ≤ {most} ×" for page, most in BOUNDS.items())
    n = sum(found[page][2] for found in rounds for page in paths)
    return value, bound, n, all(max(times[page]) <= most for page, most in BOUNDS.items())


def _medians(port, paths):
    """p50 in milliseconds on one connection and on several, and how many requests were measured."""
    one = load.keep_busy(port, paths, connections=1, seconds=SECONDS)
    eight = load.keep_busy(port, paths, connections=CONNECTIONS, seconds=SECONDS)
    for run in (one, eight):
        if run.refused:
            raise RuntimeError(f"answered {run.refused[:3]}")
    return one.percentile(0.5), eight.percentile(0.5), len(one.times) + len(eight.times)
