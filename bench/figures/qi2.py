"""QI2: a copy of all lists of the API is complete: no row says more alone, and each record that is named is in the copy."""

from bench import trials

NAME = "A full copy without follow-up requests"
NEVER_PUBLIC = ["action-items", "check-ins"]


def run():
    found = trials.run("tests.api.whole_copy:figure", API_RATE_ANONYMOUS="10000000")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} rows need one; {found['requests']} requests for {found['lists']} lists"
    ok = not found["wrong"] and found["requests"] == found["lists"] and found["empty"] == NEVER_PUBLIC
    return value, "0; one a page", found["rows"], ok
