"""QD1 (profiles): two who save one organization's profile at one moment, a thousand times on each database, through its forms.

Nothing is overwritten unseen: whoever is told “saved” finds their words stored, whoever is not finds them in the answer and can
send them on, and both sides' words are in the history. Two who work on different parts both get through at the first try.
"""

from bench import trials

NAME = "Two who save one profile at once"


def run():
    tried, wrong = [], []
    for database in ("SQLite", "PostgreSQL"):
        found = trials.run("tests.profiles:figure", on=database)
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
