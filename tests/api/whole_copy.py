"""A copy of the whole public set, by pages and as files, for bench/figures/qi2.py."""

import json
import re

from django.test import Client

from partnerships.api.resources import RESOURCES
from tests.api.test_lists import make_all

_ID = re.compile(r'"([A-Z]-[0-9A-Z]{6}-[0-9A-Z])"')


def figure(count="5"):
    """Return what a copy lacks of `count` records of each kind, and how many requests it took."""
    for n in range(int(count)):
        make_all(n)
    client, wrong, whole, requests = Client(), [], {}, 0
    for path in RESOURCES:
        rows, address = [], f"/api/v1/{path}/?page_size=250"
        while address:
            answer, requests = client.get(address).json(), requests + 1
            rows += answer["results"]
            address = answer["next"]
        whole[path] = rows
        for row in rows:
            alone = client.get(f"/api/v1/{path}/{row['id']}/").json()
            if alone != row:
                wrong.append(f"{path}: {row['id']} says more alone: {sorted(alone.keys() ^ row.keys())}")
        if _file(client, path) != sorted(map(_text, rows)) and path != "vocabularies":
            wrong.append(f"{path}: the file has other rows than the pages")
    copied = {row["id"] for rows in whole.values() for row in rows}
    wrong += [f"{one} is named and isn’t in the copy" for one in sorted({*_ID.findall(json.dumps(whole))} - copied)]
    keys = {term["key"] for one in whole["vocabularies"] for term in one["terms"]}
    wrong += [
        f"{row['kind']} and {row['purpose']} aren’t in the vocabularies"
        for row in whole["partnerships"]
        if not {row["kind"], row["purpose"]} <= keys
    ]
    empty = sorted(path for path, rows in whole.items() if not rows)
    return {"wrong": wrong, "rows": len(copied), "requests": requests, "lists": len(RESOURCES), "empty": empty}


def _file(client, path):
    """The rows of a list as a file, without its first and last line."""
    lines = client.get(f"/api/v1/{path}/?format=ndjson").getvalue().decode().splitlines()
    return sorted(_text(json.loads(line)) for line in lines[1:-1])


def _text(row):
    return json.dumps(row, sort_keys=True)
