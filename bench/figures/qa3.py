"""QA3: a canary in every private field, searched for everywhere as every role. No answer changes with hidden values."""

from concurrent.futures import ThreadPoolExecutor

from bench import trials
from tests.canaries.judge import NAMES, leaks, not_met
from tests.canaries.table import WHO

NAME = "No one meets what isn’t theirs, nor what it would change"
PARTS = 2  # processes, each with its share of the roles


def run():
    with ThreadPoolExecutor() as threads:  # threads that wait for the processes
        parts = list(threads.map(_part, range(PARTS)))
    met = {tuple(seen) for part in parts for seen in part["met"]}
    differ = [words for part in parts for words in part["differ"]]
    wrong = leaks(met) + not_met(met) + differ + parts[0]["unplaced"]
    wrong += sorted(WHO.keys() - set(parts[0]["planted"]))
    for words in wrong:
        print(f"  {words}")
    answers, compared = (sum(part[count] for part in parts) for count in ("answers", "compared"))
    roles, choices = sum(part["roles"] for part in parts), len(WHO) - len(NAMES)
    value = f"{len(leaks(met))} met, {len(differ)} of {compared:,} pairs of answers differ, {len(wrong)} wrong in all; "
    value += f"{len(NAMES)} canaries, {choices} choices, {roles} roles, {parts[0]['fields']} fields of text"
    return value, "0 of 150 canaries or more", answers, not wrong and len(NAMES) >= 150


def _part(number):
    rates = {"API_RATE_ANONYMOUS": "10000000", "API_RATE_PERSON": "10000000"}
    return trials.run("tests.canaries.judge:figure", PART=f"{number} {PARTS}", **rates)
