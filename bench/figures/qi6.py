"""QI6: a spreadsheet of 5,000 organizations is pushed by API twice: first all are created, then nothing changes."""

from bench import trials

NAME = "A spreadsheet pushed twice by API"


def run():
    found = trials.run("tests.api.pushing:figure", API_RATE_PERSON="10000000")
    first, second = found["seconds"]
    value = f"{found['wrong']} rows otherwise; {first} s, then {second} s"
    return value, "0: all created, then no change", found["rows"], not found["wrong"] and found["rows"] >= 5000
