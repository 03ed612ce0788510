"""QD1: two people save the same record at once, a thousand times on each database, with the forms of every kind of record.

Nothing is overwritten unseen. A person who is told “saved” finds their text stored. Anyone else finds it in the answer
and can send it again. The history has both sides' texts. Two people who change different fields both succeed at the
first or second try, and for two sections of a profile at the first.
"""

from concurrent.futures import ThreadPoolExecutor

from bench import trials

NAME = "Two who save one record at once"


def run():
    tried, wrong, names = [], [], ("SQLite", "PostgreSQL")
    with ThreadPoolExecutor(len(names)) as at_once:
        ran = list(at_once.map(lambda name: trials.run("tests.concurrent_edits.racing:figure", on=name), names))
    for database, found in zip(names, ran, strict=True):
        tried.append(found["tried"])
        wrong += [f"{database}: {words}" for words in found["wrong"]]
        for kind, times in found["ran"].items():
            print(
                f"  {database}: {times} × {kind}; {found['first'].get(kind, 0)} of {2 * times} got through at the first try"
            )
    for words in wrong[:20]:
        print(f"  {words}")
    value = f"{len(wrong)} wrong; {' and '.join(map(str, tried))} races on SQLite and PostgreSQL"
    return value, "0 overwritten unseen, 0 lost, of 1,000 on each", sum(tried), not wrong and min(tried) >= 1000
