"""Time of the pages on many rounds: 200 partnerships whose sides answered, ten people each, read by someone who sees all.

`python -m bench.speed.portfolio` makes them on SQLite and on PostgreSQL and prints a line for each. Pages are requested
within the process, without a network.
"""

from itertools import cycle, islice, product
from time import perf_counter

from bench import trials

PARTNERSHIPS, A_SIDE, PAGES = 200, 5, 50
SHOWN = ("gaps", "low", "owed", "answers", "groups", "groups&by=department", "groups&by=kind", "groups&by=issue")
FILTERS = ("", "kind=advisory_body", "issue=housing", "purpose=learning", "kind=joint_project&issue=health")


def measure():
    """Return the seconds it took to make them, and the milliseconds and queries of each page. Runs in an empty registry."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.assessment.many import Many
    from tests.people import make_people

    began, many = perf_counter(), Many(make_people())
    for _ in range(PARTNERSHIPS):
        many.add(plain=True, desks=(A_SIDE, A_SIDE), all_of_it=True)
    made, client, times, questions = perf_counter() - began, Client(), [], set()
    client.force_login(many.people.administrator)
    client.get("/rounds/")
    for show, chosen in islice(cycle(product(SHOWN, FILTERS)), PAGES):
        began = perf_counter()
        answer = client.get(f"/rounds/?show={show}&{chosen}")
        times.append((perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{show} {chosen}: {answer.status_code}")
    for show in SHOWN:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/rounds/?show={show}")
        questions.add(len(asked))
    answers = sum(level is not None for level in many.levels.values())
    return {"made": made, "times": times, "questions": sorted(questions), "answers": answers}


def main():
    for on in ("SQLite", "PostgreSQL"):
        found = trials.run("bench.speed.portfolio:measure", on=on)
        times = sorted(found["times"])
        print(
            f"{on}: {PARTNERSHIPS} partnerships, {found['answers']} answers, made in {found['made']:.0f} s; {len(times)} pages,"
            f" p50 {times[len(times) // 2]:.0f} ms, p95 {times[int(len(times) * 0.95)]:.0f} ms,"
            f" {found['questions'][0]} to {found['questions'][-1]} questions",
            flush=True,
        )


if __name__ == "__main__":
    main()
