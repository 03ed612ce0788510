"""QP7: every page and API address takes the same number of queries for one row as for three."""

from bench import trials

NAME = "Questions to the database do not grow with the rows"


def run():
    found = trials.run("tests.test_query_counts:figure", API_RATE_ANONYMOUS="10000000", API_RATE_PERSON="10000000")
    for words in found["wrong"]:
        print(f"  {words}")
    return f"{len(found['wrong'])} differ", "0", found["tried"], not found["wrong"]
