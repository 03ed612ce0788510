"""Keep a copy of all public records of a registry in an SQLite file.

    python nightly_copy.py https://registry.example.org copy.sqlite3

The first run copies everything. Later runs ask only for what has changed. The table `records` has a row for each record:
its list, its id, and the record as JSON.
"""

import json
import sqlite3
import sys
import time
from urllib.error import HTTPError
from urllib.request import urlopen

SYNCED = (
    "jurisdictions",
    "departments",
    "issue-areas",
    "organizations",
    "partnerships",
    "meetings",
    "results",
    "measures",
    "activities",
    "plans",
    "compositions",
    "populations",
    "agreements",
    "rounds",
)
# What has no sync is read as a whole.
WHOLE = ("vocabularies",)

TABLES = """
CREATE TABLE IF NOT EXISTS records (list TEXT, id TEXT, record TEXT, PRIMARY KEY (list, id));
CREATE TABLE IF NOT EXISTS marks (list TEXT PRIMARY KEY, mark TEXT);
"""


def main(registry, file):
    data = sqlite3.connect(file)
    data.executescript(TABLES)
    for name in SYNCED:
        with data:  # all of a list, or nothing
            print(f"{name}: {sync(data, registry, name)} new or changed")
    for name in WHOLE:
        with data:
            data.execute("DELETE FROM records WHERE list = ?", [name])
            for page in pages(f"{registry}/api/v1/{name}/"):
                store(data, name, page["results"])


def sync(data, registry, name):
    """Bring one list up to date. Return how many records came."""
    row = data.execute("SELECT mark FROM marks WHERE list = ?", [name]).fetchone()
    try:
        return pull(data, registry, name, row[0] if row else "start")
    except HTTPError as refused:
        if refused.code != 410:
            raise
    # The last run was more than 400 days ago: begin again.
    data.execute("DELETE FROM records WHERE list = ?", [name])
    return pull(data, registry, name, "start")


def pull(data, registry, name, mark):
    came = 0
    for page in pages(f"{registry}/api/v1/{name}/?updated_since={mark}"):
        store(data, name, page["results"])
        for record in page["gone"]:
            data.execute("DELETE FROM records WHERE list = ? AND id = ?", [name, record["id"]])
        came += len(page["results"])
        mark = page["as_of"]
    data.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", [name, mark])
    return came


def store(data, name, records):
    rows = [(name, record["id"], json.dumps(record, ensure_ascii=False)) for record in records]
    data.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", rows)


def pages(url):
    while url:
        page = read(url)
        yield page
        url = page["next"]


def read(url):
    while True:
        try:
            with urlopen(url, timeout=60) as answer:
                return json.load(answer)
        except HTTPError as refused:
            if refused.code != 429:  # too many requests in a minute
                raise
            time.sleep(int(refused.headers["Retry-After"]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2])
