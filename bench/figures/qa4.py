"""QA4: a hidden record answers exactly as a missing one, for every hidden record, role, route and filter."""

from bench import trials

NAME = "Another's record looks like none"


def run():
    found = trials.run("tests.hidden_records:figure", API_RATE_ANONYMOUS="10000000", API_RATE_PERSON="10000000")
    for words in found["wrong"]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} differ; {len(found['records'])} sorts of records, {found['routes']} routes"
    return value, "0 of 350 or more", found["tried"], not found["wrong"] and found["tried"] >= 350
