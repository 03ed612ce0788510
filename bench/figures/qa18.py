"""QA18: secret leaks.

After an ordinary day, no code, token, link, email address or phone is in a log, task, email row or page.
"""

from bench import trials

NAME = "No secret is in a log or on a page of emails"
# What any program's default log of the same day would hold, which shows that the day produces them.
WOULD_STAND_THERE = {"mail address", "phone", "token"}


def run():
    days = [trials.run("tests.secret_leaks:figure", on=database) for database in ("SQLite", "PostgreSQL")]
    found = [words for day in days for words in day["found"]]
    silent = [place for day in days for place, size in day["places"].items() if not size]
    unheard = [kind for day in days for kind in sorted(WOULD_STAND_THERE - set(day["elsewhere"]))]
    for words in found + silent + unheard:
        print(f"  {words}")
    n = sum(day["secrets"] * len(day["places"]) for day in days)
    secrets, kinds, places = days[0]["secrets"], len(days[0]["kinds"]), len(days[0]["places"])
    value = f"{len(found)} found; {secrets} secrets of {kinds} kinds in {places} places, on both databases"
    return value, "0", n, not (found or silent or unheard)
