"""QP2: the list page with its filters and first rows, with a million partnerships and with ten thousand."""

import random
from collections import defaultdict
from contextlib import closing
from statistics import median

import psycopg2

from bench import databases, load, servers
from bench.speed import SMALL

ROUNDS = 5
MOST_TIMES = 1.5
# What people request: no filter, each filter (common and rare values), combinations, orders, and searches with filters.
QUERIES = (
    "",
    "kind=contract",
    "kind=learning",
    "kind=contract,training",
    "purpose=equity_tool",
    "purpose=oversight",
    "status=active",
    "status=repairing",
    "side=community",
    "side=institution",
    "issue=housing",
    "issue=food",
    "issue=fair_hiring,policing",
    "role=backbone",
    "role=funder",
    "role=organizer",
    "stage=operationalizing",
    "engagement=0",
    "engagement=3,4",
    "origin=funder_requirement",
    "starts_after=2025-01-01",
    "starts_before=2018-01-01",
    "ends_after=2026-01-01&ends_before=2026-03-01",
    "jurisdiction={jurisdiction_first}",
    "jurisdiction={jurisdiction_middle}",
    "jurisdiction={jurisdiction_last}",
    "department={department_first}",
    "department={department_last}",
    "organization={organization_first}",
    "organization={organization_middle}",
    "organization={organization_last}",
    "kind=training&status=active",
    "kind=learning&status=repairing&side=community",
    "purpose=law_or_policy&side=community&role=organizer",
    "issue=housing&side=institution&status=paused",
    "issue=food&kind=learning&engagement=0",
    "role=backbone&engagement=5&origin=other",
    "stage=not_started&kind=organizing",
    "jurisdiction={jurisdiction_first}&issue=housing",
    "jurisdiction={jurisdiction_middle}&kind=contract&status=active",
    "starts_after=2025-06-01&kind=contract&side=institution",
    "ordering=title",
    "ordering=-starts&kind=training",
    "ordering=title&issue=food",
    "ordering=starts&role=organizer",
    "ordering=-title&status=repairing",
    "q=campaign+rent",
    "q=training&kind=training&side=community",
)


def main(name):
    times, by_query = {name: [], SMALL: []}, {name: defaultdict(list), SMALL: defaultdict(list)}
    with servers.serving(servers.REGISTRY, name) as big, servers.serving(servers.REGISTRY, SMALL) as small:
        ports = {name: big, SMALL: small}
        paths = {where: [f"/partnerships/?{query.format(**_values(where))}" for query in QUERIES] for where in ports}
        for where, port in ports.items():
            load.keep_busy(port, paths[where], requests=2 * len(QUERIES))
        for number in range(ROUNDS):
            order = random.Random(number).sample(range(len(QUERIES)), len(QUERIES))
            for place in order:
                for where, port in ports.items():
                    run = load.keep_busy(port, [paths[where][place]], requests=2)
                    if run.refused:
                        raise RuntimeError(f"{paths[where][place]} answered {run.refused[:3]}")
                    times[where] += run.times
                    by_query[where][QUERIES[place]] += run.times
    slowest = sorted(QUERIES, key=lambda query: -median(by_query[name][query]))[:8]
    for query in slowest:
        one, other = (median(by_query[where][query]) * 1000 for where in (name, SMALL))
        print(f"{one:7.1f} ms, at 10,000 {other:6.1f} ms: {query or 'nothing filtered'}")
    one, other = (_p95(times[where]) for where in (name, SMALL))
    value = f"p95 {one:.0f} ms against {other:.0f} at 10,000 ({one / other:.2f} ×); p50 {_p50(times[name]):.0f} ms"
    return value, f"≤ {MOST_TIMES} ×", len(times[name]), one <= MOST_TIMES * other


def _p95(times):
    return sorted(times)[int(len(times) * 0.95)] * 1000


def _p50(times):
    return median(times) * 1000


def _values(name):
    """Public ids of records that many, some and few partnerships in this database show."""
    found = {}
    with closing(psycopg2.connect(databases.url_of(name))) as connection, connection.cursor() as cursor:
        for kind in ("jurisdiction", "department", "organization"):
            cursor.execute(f"SELECT public_id FROM partnerships_{kind} ORDER BY id")
            ids = [public_id for (public_id,) in cursor.fetchall()]
            places = {"first": 0, "middle": len(ids) // 2, "last": len(ids) - 1}
            found |= {f"{kind}_{which}": ids[place] for which, place in places.items()}
    return found
