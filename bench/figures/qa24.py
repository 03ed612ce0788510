"""QA24: no small count can be inferred from pages, files, the API, reports and feeds together.

That includes sums, corrections and changed limits. None of them contains an exact count, and one person more or less
changes none of them.
"""

from bench import trials

NAME = "No small count can be known"


def run():
    found = trials.run("tests.measurement.published:figure", API_RATE_ANONYMOUS="10000000", API_RATE_PERSON="10000000")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    print(
        f"  {found['families']} families ({found['linked']} entered and found to add up), {found['answers']} answers read"
    )
    ok = not found["wrong"] and found["tried"] >= 20_000 and found["answers"] >= 600 and found["linked"] >= 5
    return f"{len(found['wrong'])} known", "0", found["tried"], ok
