"""QA22: a right ends with its reason. Every right that a seat gives × every way in which it can end, on both databases.

The party left, its seat was declined, withdrawn or never confirmed, its person was removed, demoted or suspended, the
partnership ended, or the token ended. Each right is used with a session and with an API token.
"""

from bench import trials

NAME = "A right ends with its reason"


def run():
    tried, left = 0, []
    for database in ("SQLite", "PostgreSQL"):
        found = trials.run("tests.ended_rights:figure", on=database)
        print(f"  {database}: {found['rights']} rights, {found['reasons']} ways to end, {found['tried']} tries")
        tried, left = (
            tried + found["tried"],
            left + found["left"] + [f"{one} was not there" for one in found["missing"]],
        )
    for words in left[:20]:
        print(f"  {words}")
    return f"{len(left)} left over", "0 of 1,000 or more", tried, not left and tried >= 1000
