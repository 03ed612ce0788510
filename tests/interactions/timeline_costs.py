"""CPU time of the timeline with an organization, with few and with many entries, for bench/figures/qp12.py."""

import time

from django.test import Client

from tests.factories import in_days, make_interaction, make_organization
from tests.people import make_people

FEW, MANY, REQUESTS, ROUNDS = 50, 5000, 20, 5


def figure() -> dict[str, float]:
    """Page → how many times the milliseconds with FEW entries it takes with MANY: the median of some rounds, in turns."""
    people, paths = make_people(), {}
    for number in (FEW, MANY):
        side = make_organization(f"With {number}", "profiled")
        for n in range(number):
            make_interaction(
                people.office, organization=side, date=in_days(-n % 900 - 900), text="What was said. " * 20
            )
        page = side.get_absolute_url()
        deep = f"{page}timeline/?before={in_days(-910).isoformat()}"
        paths[number] = {"page": page, "timeline": f"{page}timeline/", "a later page": deep}
    client = Client()
    client.force_login(people.editor)
    found: dict[str, list[float]] = {name: [] for name in paths[FEW]}
    for _ in range(ROUNDS):
        for name, ratios in found.items():
            few, many = (_cost(client, paths[number][name]) for number in (FEW, MANY))
            ratios.append(many / few)
    return {name: sorted(ratios)[ROUNDS // 2] for name, ratios in found.items()}


def _cost(client, path):
    assert client.get(path).status_code == 200
    started = time.process_time()
    for _ in range(REQUESTS):
        client.get(path)
    return time.process_time() - started
