"""Time of the network page: with 500 partners in the request, and with 5,000 partners and 20,000 ties in the background.

One line: `python -m bench.speed.network`, in a temporary database.
"""

import os
import time

import django

PARTIES, TABLES, SEATS = 500, 200, 5
MANY = 10  # times as many, for the background
MOST = 1.0  # seconds


def main():
    """Print the line. Runs by itself, in a test database."""
    call_command("migrate", verbosity=0)
    office = save_jurisdiction(by=SYSTEM, fields={"name": "City", "kind": "city"})
    Term.objects.get_or_create(vocabulary="purpose", key="learning", defaults={"label": "Learning"})
    person = Person.objects.create_user("staff@example.org")
    Membership.objects.create(person=person, jurisdiction=office, role="editor")
    fill_network(office, parties=PARTIES, tables=TABLES, seats=SEATS)
    client = Client()
    client.force_login(person)
    small = min(_seconds(lambda: client.get("/network/")) for _ in range(3))
    fill_network(office, parties=MANY * PARTIES, tables=MANY * TABLES, seats=SEATS, first=2_000_000)
    large = min(_seconds(lambda: client.get("/network/")) for _ in range(3))
    client.post("/network/")
    background = _seconds(network_scores.compute_next)
    words = (
        f"{small:.2f} s for {PARTIES} parties; {large:.2f} s for {(MANY + 1) * PARTIES}, {background:.0f} s behind it"
    )
    print(f"network | {words} | ≤ {MOST} s | {'pass' if small <= MOST else 'short'}")


def _seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equity.settings")
    django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings, where it runs by itself
from django.test import Client  # noqa: E402

from partnerships.core.access import SYSTEM  # noqa: E402
from partnerships.directory.actions import save_jurisdiction  # noqa: E402
from partnerships.insight import network_scores  # noqa: E402
from partnerships.models import Membership, Person, Term  # noqa: E402
from tests.insight.crowded import fill_network  # noqa: E402

if __name__ == "__main__":
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    kept = setup_databases(verbosity=0, interactive=False, aliases=None)
    try:
        main()
    finally:
        teardown_databases(kept, verbosity=0)
