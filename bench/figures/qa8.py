"""QA8: schemathesis with all its checks against the API over HTTP, reads as a stranger, an editor and an administrator,
and every write with the tokens of four users, alone and one after another.
"""

from bench import trials

NAME = "The API keeps to its description"


def run():
    found = trials.run("tests.api.fuzz:figure", API_RATE_ANONYMOUS="10000000", API_RATE_PERSON="10000000")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    ok = not found["wrong"] and found["asked"] >= 1000
    return f"{len(found['wrong'])} failures as {found['users']} users", "0 failures, 0 5xx", found["asked"], ok
