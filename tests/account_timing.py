"""Response times don't show who has an account either (bench/figures/qa6.py).

Requests for each kind of address alternate.
"""

import random
import statistics
import time

from django.test import Client

from tests.account_enumeration import KINDS, NOBODY, Stage, compare, emails_of, right_codes
from tests.existence_timing import mean_difference
from tests.people import make_people
from tests.signing_in import type_code, wait_for_emails

ROUNDS = 200
# More addresses without an account. How much their times differ from each other shows what is chance.
CHANCE = ("nobody's second", "nobody's third", "nobody's fourth")
TIMED = KINDS | dict.fromkeys(CHANCE, KINDS[NOBODY])


def times(people, rounds):
    """Return step → kind → seconds of each try. In each round, the kinds come in random order."""
    stage, chance = Stage(people, kinds=TIMED, made=10_000), random.Random(7)
    found = {step: {kind: [] for kind in stage.kinds} for step in ("asked", "code page", "typed")}
    for n in range(rounds):
        addresses, clients = stage.again(), {}
        for place, kind in enumerate(chance.sample([*stage.kinds], len(stage.kinds))):
            client = clients[kind] = Client(REMOTE_ADDR=f"198.51.{n % 250}.{place}")
            asked = {"login": addresses[kind]}
            _timed(found["asked"][kind], lambda client=client, asked=asked: client.post("/sign-in/", asked))
        for step, do in (
            ("code page", lambda client: client.get("/sign-in/code/")),
            ("typed", lambda client: type_code(client, "BBBB-BBBB")),
        ):
            for kind in chance.sample([*stage.kinds], len(stage.kinds)):
                _timed(found[step][kind], lambda do=do, client=clients[kind]: do(client))
        wait_for_emails()
    return found


def _timed(taken, do):
    started = time.perf_counter()
    do()
    taken.append(time.perf_counter() - started)


def compare_times(taken) -> dict:
    """Compare the times of each kind with those of addresses without an account.

    Returns (step, kind) → (difference of the medians in ms, share of pairs in which this kind is slower, difference of
    the means in standard errors). By chance, the share is one half.
    """
    found = {}
    for step, kinds in taken.items():
        for kind, own in kinds.items():
            nobody = [one for other in (NOBODY, *CHANCE) if other != kind for one in kinds[other]]
            slower = statistics.mean((a > b) + (a == b) / 2 for a in own for b in nobody)
            medians = 1000 * (statistics.median(own) - statistics.median(nobody))
            found[step, kind] = (medians, slower, mean_difference(own, nobody)[1])
    return found


def figure():
    """Return the result for bench/figures/qa6.py."""
    people = make_people()
    stage = Stage(people)
    same, mailbox, emails = compare(stage), right_codes(stage), emails_of(stage)
    wrong = same.wrong + mailbox.wrong
    for kind, own in emails.items():
        if len(own) != 1 or (own != emails[NOBODY]) != (kind == "suspended"):
            wrong.append(f"emails: {kind} gets {len(own)}, {'others' if own != emails[NOBODY] else 'the same'}")
    taken = times(people, ROUNDS)
    rows = [(*key, *values) for key, values in compare_times(taken).items()]
    return {
        "kinds": len(stage.kinds),
        "tried": same.tried + mailbox.tried + len(emails),
        "wrong": wrong,
        "apart": [row for row in rows if row[1] not in (NOBODY, *CHANCE)],
        "chance": [row for row in rows if row[1] in (NOBODY, *CHANCE)],
        "timed": sum(len(own) for kinds in taken.values() for own in kinds.values()),
        "median": 1000 * statistics.median(one for kinds in taken.values() for one in kinds[NOBODY]),
    }
