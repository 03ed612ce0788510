"""QD12: a thousand changes on PostgreSQL, one of them in a transaction open across pulls. A copy kept by sync misses none."""

from bench import trials

NAME = "Sync misses nothing while a writer is open"


def run():
    found = trials.run("tests.api.open_writer:figure", on="PostgreSQL", API_RATE_ANONYMOUS="10000000")
    for words in found["missed"][:20]:
        print(f"  {words}")
    print(f"  a token of the highest stamp seen would have missed the held partnership {found['naive']} times")
    value = f"{len(found['missed'])} missed"
    return value, "0 of 1,000", found["made"], not found["missed"] and found["made"] == 1000 and found["naive"] > 0
