"""QD4 (purged): erased people and contacts leave nothing, whether they asked for it or a retention rule did it.

Every place that can hold something about a person has a canary. Afterwards, every column of every table is searched,
with the search index and stored documents, sessions and files are decoded, and on SQLite the database's own file is
read.
"""

from bench import trials

NAME = "Nothing is left of who was erased"
LEAST = 50  # canaries, on each database


def run():
    wrong, planted, ways = [], 0, 0
    for database in ("SQLite", "PostgreSQL"):
        found = trials.run("tests.erasure:figure", on=database)
        for way, of in found["ways"].items():
            ways += bool(of["canaries"]) and database == "SQLite"
            planted += of["canaries"]
            print(f"  {database}: {way}: {of['canaries']} canaries, {len(of['left'])} hits")
            wrong += of["left"] + [f"{way}: {where} was never there" for where in of["never there"]]
    for words in wrong[:20]:
        print(f"  {words}")
    value = f"{len(wrong)} hits of {planted} canaries; {ways} ways on both databases"
    return value, f"0 of {LEAST} or more on each", planted, not wrong and planted >= 2 * LEAST
