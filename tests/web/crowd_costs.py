"""CPU time of the pages that are opened most, with few and with many people who take turns.

On the sample registry. The people are of five kinds, an equal number of each, so that a crowd of one, of 20 and of 100 sends
the same requests and only the number of different readers differs.
"""

import time
from itertools import chain, cycle, islice

from django.core.management import call_command
from django.test import Client

from partnerships.models import Jurisdiction, Membership, Partnership, Person
from tests.web import page_costs
from tests.web.page_costs import TITLE

CROWDS = (1, 20, 100)  # people; at 1, one of each kind reads alone, one kind after another
REQUESTS = 100  # measured of each page and crowd, after each reader has opened the page once


def pages() -> dict[str, str]:
    """Name → path."""
    known = page_costs.pages()
    del known["partners"]
    return known | {"timeline": f"{known['partnership']}timeline/"}


def figure() -> dict[str, dict]:
    """Return for bench/figures/qp14.py: page → number of people → milliseconds of CPU time of a request; "visitor" and "editor"
    → those of a visitor and of one editor of the lead agency.
    """
    for command in ("load_vocabularies", "load_sample"):
        call_command(command, verbosity=0)
    kinds = [[_client(kind, n) for n in range(max(CROWDS) // len(_kinds()))] for kind in range(len(_kinds()))]
    found = {}
    for name, path in pages().items():
        found[name] = {"visitor": _cost(path, [Client()], 40), "editor": _cost(path, kinds[0][:1], 40)}
        for people in CROWDS:
            if people == 1:
                costs = [_cost(path, kind[:1], REQUESTS // len(kinds)) for kind in kinds]
                found[name]["1"] = sum(costs) / len(costs)
            else:
                crowd = list(chain.from_iterable(zip(*(kind[: people // len(kinds)] for kind in kinds), strict=True)))
                found[name][str(people)] = _cost(path, crowd, REQUESTS)
    return found


def _kinds() -> list[dict]:
    """The memberships of the people: the lead's editor and reader, another office's editor, a partner's and a department's."""
    table = Partnership.objects.get(title=TITLE)
    other = Jurisdiction.objects.exclude(pk=table.lead_id).first()
    partner = table.parties.exclude(organization=None).first()
    department = table.parties.exclude(department=None).first()
    return [
        {"jurisdiction_id": table.lead_id, "role": "editor"},
        {"jurisdiction_id": table.lead_id, "role": "reader"},
        {"jurisdiction": other, "role": "editor"},
        {"organization_id": partner.organization_id, "role": "manager"},
        {"department_id": department.department_id, "role": "editor"},
    ]


def _client(kind, n):
    person = Person.objects.create_user(f"person{kind}-{n}@example.org")
    Membership.objects.create(person=person, **_kinds()[kind])
    client = Client()
    client.force_login(person)
    return client


def _cost(path, clients, requests):
    """The mean of the milliseconds of a request, by these people in turns."""
    turns = cycle(clients)
    for client in islice(turns, max(len(clients), requests // 4)):  # the first requests of each fill caches
        assert client.get(path).status_code == 200
    started = time.process_time()
    for client in islice(turns, requests):
        client.get(path)
    return (time.process_time() - started) * 1000 / requests
