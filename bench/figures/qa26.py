"""QA26: every form that creates or sends something, sent twice in a row and twice at once to two processes.

Each makes one record and one email, on both databases.
"""

from concurrent.futures import ThreadPoolExecutor

from bench import trials

NAME = "A form that is sent twice is taken once"
LEAST = 90  # forms on each database


def run():
    names = ("SQLite", "PostgreSQL")
    with ThreadPoolExecutor(len(names)) as at_once:
        ran = list(at_once.map(lambda name: trials.run("tests.double_submits:figure", on=name), names))
    wrong = [f"{database}: {words}" for database, found in zip(names, ran, strict=True) for words in found["wrong"]]
    for words in wrong:
        print(f"  {words}")
    forms = [len(found["routes"]) for found in ran]
    tried, emails = (sum(found[name] for found in ran) for name in ("tried", "emails"))
    value = f"{len(wrong)} wrong; {' and '.join(map(str, forms))} forms on SQLite and PostgreSQL, {emails} emails among them"
    return value, "one record and one email each", tried, not wrong and min(forms) >= LEAST
