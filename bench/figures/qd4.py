"""QD4 (purged): people who are erased, at their own request or by the rules of an office, and contacts, leave nothing behind.

Canaries stand in every place that can hold something of a person. Afterwards every column of every table is searched, search
index and stored documents included, sessions and files are opened, and on SQLite the database's own file is read.
"""

from bench import trials

NAME = "Nothing is left of who was erased"
LEAST = 50  # canaries, on each database


def run():
    wrong, planted, ways = [], 0, 0
    for database in ("SQLite", "PostgreSQL"):
        found = trials.run("tests.purging:figure", on=database)
        for way, of in found["ways"].items():
            ways += bool(of["canaries"]) and database == "SQLite"
            planted += of["canaries"]
            print(f"  {database}: {way}: {of['canaries']} canaries, {len(of['left'])} hits")
            wrong += of["left"] + [f"{way}: {where} was never there" for where in of["never there"]]
    for words in wrong[:20]:
        print(f"  {words}")
    value = f"{len(wrong)} hits of {planted} canaries; {ways} ways on both databases"
    return value, f"0 of {LEAST} or more on each", planted, not wrong and planted >= 2 * LEAST
