"""QA18: an everyday with codes, tokens, links, addresses and phones; none of them in a log, a task, a row of a letter, a page."""

from bench import trials

NAME = "Secrets stand in no log and on no page of letters"
# What any program's plain log of the same day would hold: so the flows do bring them there.
WOULD_STAND_THERE = {"mail address", "phone", "token"}


def run():
    days = [trials.run("tests.quiet:figure", on=database) for database in ("SQLite", "PostgreSQL")]
    found = [words for day in days for words in day["found"]]
    silent = [place for day in days for place, size in day["places"].items() if not size]
    unheard = [kind for day in days for kind in sorted(WOULD_STAND_THERE - set(day["elsewhere"]))]
    for words in found + silent + unheard:
        print(f"  {words}")
    n = sum(day["secrets"] * len(day["places"]) for day in days)
    secrets, kinds, places = days[0]["secrets"], len(days[0]["kinds"]), len(days[0]["places"])
    value = f"{len(found)} found; {secrets} secrets of {kinds} kinds in {places} places, on both databases"
    return value, "0", n, not (found or silent or unheard)
