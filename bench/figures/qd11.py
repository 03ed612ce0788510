"""QD11: two people save one partnership at once, a thousand rounds on PostgreSQL, and one byte changed by hand is found."""

from bench import trials

NAME = "Two writers at once, stored equals rebuilt"


def run():
    found = trials.run("tests.registry.races:figure", on="PostgreSQL")
    for words in found["wrong"][:20]:
        print(f"  {words}")
    for kind, times in found["ran"].items():
        print(f"  {times} × {kind}")
    value = f"{len(found['wrong'])} wrong; publish --check ends with {found['altered']} on an altered byte"
    ok = not found["wrong"] and (found["altered"], found["after"]) == (1, 0)
    return value, "0 wrong, 0 deadlocks shown; ends with 1", found["tried"], ok
