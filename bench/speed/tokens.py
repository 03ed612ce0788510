"""The second half of QP1: a page of 100 partnerships with a token, compared with plain DRF that checks the same token.

The token's person has drafts and three memberships: the jurisdiction in the middle of the list (of those with drafts),
a department and an organization. The figure says how many of the requested pages hold partnerships that the person's
office leads, since those are built in the request.
"""

import json
from statistics import median

from bench import load, servers
from bench.speed.api import CONNECTIONS, PAGES, ROUNDS, SECONDS
from partnerships.accounts.token_actions import make_token
from partnerships.models import Department, Jurisdiction, Membership, Organization, Partnership, Person

LEAST_TIMES = 8
ADDRESS = "bench-token@example.org"
CONTENDERS = {
    "registry": (servers.REGISTRY, "/api/v1/partnerships/"),
    "plain DRF": (servers.PLAIN_DRF, "/by-token/partnerships/"),
}


def main(name):
    headers, own = _token()
    limits = {"API_RATE_PERSON": "10000000"}
    rounds = []
    with (
        servers.serving(servers.REGISTRY, name, **limits) as registry,
        servers.serving(servers.PLAIN_DRF, name, **limits) as plain,
    ):
        ports = dict(zip(CONTENDERS, (registry, plain), strict=True))
        paths = {reader: _walk(ports[reader], start, headers) for reader, (_, start) in CONTENDERS.items()}
        share = _share_with_own(registry, paths["registry"], headers, own)
        for reader, port in ports.items():  # warm up
            load.keep_busy(port, paths[reader], connections=CONNECTIONS, requests=3 * CONNECTIONS, headers=headers)
        for _ in range(ROUNDS):
            rounds.append({reader: _measure(port, paths[reader], headers) for reader, port in ports.items()})
    for reader in CONTENDERS:
        rate, p50 = (median(pick(found[reader]) for found in rounds) for pick in (_rate, _p50))
        print(f"{reader:10} {rate:6.0f} requests/s on {CONNECTIONS}, p50 {p50:7.2f} ms")
    times = median(found["registry"].rate / found["plain DRF"].rate for found in rounds)
    value = f"with a token {times:.1f} × plain DRF ({share} of {PAGES} pages hold partnerships of one's own)"
    n = sum(len(run.times) for found in rounds for run in found.values())
    return value, f"with a token ≥ {LEAST_TIMES} ×", n, times >= LEAST_TIMES


def _rate(run):
    return run.rate


def _p50(run):
    return run.percentile(0.5)


def _token():
    """Return the header of a new token, and the public ids of the partnerships that the person's office leads."""
    person, _ = Person.objects.get_or_create(email=ADDRESS)
    person.memberships.all().delete()
    person.tokens.all().delete()
    leads = Partnership.objects.filter(is_published=False).values("lead")
    for field, rows in (
        ("jurisdiction", Jurisdiction.objects.filter(pk__in=leads)),
        ("department", Department.objects.all()),
        ("organization", Organization.objects.all()),
    ):
        middle = rows.order_by("pk")[rows.count() // 2]
        Membership.objects.create(person=person, role="editor", **{field: middle})
    office = person.memberships.get(jurisdiction__isnull=False).jurisdiction
    _, secret = make_token(by=person, name="Bench", memberships=list(person.memberships.all()), days=30)
    own = set(Partnership.objects.filter(lead=office).values_list("public_id", flat=True))
    return {"Authorization": f"Bearer {secret}"}, own


def _walk(port, path, headers):
    """The addresses of the first pages of the list, as each contender links them."""
    found = []
    for _ in range(PAGES):
        found.append(path)
        status, body = load.get(port, path, headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        following = json.loads(body)["next"]
        path = following[following.index("/", len("http://")) :]
    return found


def _share_with_own(port, paths, headers, own):
    pages = [json.loads(load.get(port, path, headers)[1])["results"] for path in paths]
    return sum(any(row["id"] in own for row in rows) for rows in pages)


def _measure(port, paths, headers):
    run = load.keep_busy(port, paths, connections=CONNECTIONS, seconds=SECONDS, headers=headers)
    if run.refused:
        raise RuntimeError(f"answered {run.refused[:3]}")
    return run
