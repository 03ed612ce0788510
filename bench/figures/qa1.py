"""QA1: the table of rights (tests/access.py): every role, route and method, with every kind of record."""

from bench import trials

NAME = "Rights as the table says"


def run():
    found = trials.run("tests.test_access:figure", API_RATE_ANONYMOUS="10000000", API_RATE_PERSON="10000000")
    for words in found["wrong"][:50]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} mismatches; {found['roles']} roles, {found['rows']} routes with their records, 7 methods"
    return value, "0 mismatches", found["cells"], not found["wrong"] and found["cells"] > 20_000
