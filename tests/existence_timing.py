"""Response times don't show whether a hidden record exists (bench/figures/qa29.py): pages and the API alternate."""

import random
import statistics
import time

from django.test import Client

from partnerships.core.ids import new_id
from tests import factories
from tests.counts import forget_counts

SAMPLES = 200


def addresses(people) -> dict[str, tuple[str, str]]:
    """What is requested → (address of a hidden record, address of a missing one)."""
    office = people.other_office
    draft = factories.make_partnership(
        "Quiet draft", lead=office, published=False, parties=[factories.party(office, "lead")]
    )
    group = factories.make_organization("Quiet homes", "unlisted", kept_by=office)
    shown = factories.make_partnership("Homes", lead=office, parties=[factories.party(office, "lead")])
    meeting = factories.make_meeting(shown, title="Quiet table", is_public=False)
    found = {}
    for name, record in (("partnerships", draft), ("organizations", group), ("meetings", meeting)):
        for door in (f"/{name}/", f"/api/v1/{name}/"):
            found[door] = f"{door}{record.public_id}/", f"{door}{new_id(record.public_id[0])}/"
    return found


def figure(people):
    """Return the result for bench/figures/qa29.py.

    A list of [interface, whether signed in, difference of the means in ms, the same in standard errors].
    """
    pairs, chance, found = addresses(people), random.Random(11), []
    signed_in = Client()
    signed_in.force_login(people.stranger)
    for is_signed_in, client in ((False, Client()), (True, signed_in)):
        for door, asked in pairs.items():
            forget_counts()
            taken = ([], [])
            for n in range(SAMPLES + 10):
                for which in chance.sample((0, 1), 2):
                    started = time.perf_counter()
                    assert client.get(asked[which]).status_code == 404
                    if n >= 10:  # the first requests fill caches
                        taken[which].append(1000 * (time.perf_counter() - started))
            difference, errors = mean_difference(*taken)
            found.append([door, is_signed_in, difference, errors])
    return found


def mean_difference(one, other) -> tuple[float, float]:
    """Return (difference of the means, the same in standard errors by Welch's t-test).

    The slowest twentieth of each is left out, since a busy machine causes it.
    """
    one, other = (sorted(times)[: len(times) * 19 // 20] for times in (one, other))
    difference = statistics.mean(one) - statistics.mean(other)
    error = (statistics.variance(one) / len(one) + statistics.variance(other) / len(other)) ** 0.5
    return difference, difference / error if error else 0.0
