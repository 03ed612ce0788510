"""Keep a spreadsheet of organizations and a registry the same, in both directions.

    REGISTRY_TOKEN=… python organizations_csv.py https://registry.example.org organizations.csv

The token is made on the page of your account and may change organizations. The file has a heading for each column:

    id,version,name,side,website,aims,kept_by,ein,outcome

Leave id and version empty in a new row, and give in kept_by the id of the office that keeps its record. A row without an id is
found by its EIN, if the registry has it. First the rows are sent: those that differ change the registry. Then the file is
written again with what the registry has. `outcome` says what became of each row.

If someone has changed a record in the registry since the last run, the row is refused and stays as it is in the file, and
`outcome` says so. To take your row all the same, put the record's current version into it.
"""

import csv
import json
import os
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

TEXTS = ("name", "side", "website", "aims")
COLUMNS = ("id", "version", *TEXTS, "kept_by", "ein", "outcome")
AT_ONCE = 250  # rows that the registry takes in one request


def main(registry, file, token):
    with open(file, encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = list(reader)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        sys.exit(f"{file} has no column for {', '.join(missing)}.")
    for start in range(0, len(rows), AT_ONCE):
        push(registry, token, rows[start : start + AT_ONCE])
    for row in rows:
        if row["outcome"] in ("created", "updated", "unchanged"):
            row |= read(registry, token, row["id"])
    write(file, rows)
    refused = sum(row["outcome"].startswith("refused") for row in rows)
    print(f"The same here and there: {len(rows) - refused}. Refused: {refused}.")
    return refused


def push(registry, token, rows):
    """Send rows, and write into each what became of it."""
    sent = {"mode": "each", "rows": [record(row) for row in rows]}
    answer = ask(registry, token, "organizations/bulk/", sent)
    for row, told in zip(rows, answer["rows"], strict=True):
        row["outcome"] = told["outcome"]
        row["id"] = told.get("id") or row["id"]
        if told.get("errors"):
            row["outcome"] = "refused: " + " ".join(in_words(error) for error in told["errors"])


def in_words(error):
    """An error of a row, with the value that it is about: “name: This field is required.”"""
    where = ".".join(error["pointer"].split("/")[3:])  # after #/rows/0
    return f"{where}: {error['detail']}" if where else error["detail"]


def record(row):
    """The row as the API takes it. Empty cells of a new row are left out."""
    known = {"id": row["id"]} if row["id"] else {}
    known |= {"version": int(row["version"])} if row["id"] and row["version"] else {}
    texts = {name: row[name] for name in TEXTS if row[name] or known}
    texts |= {"kept_by": row["kept_by"]} if row["kept_by"] and not known else {}
    ein = [{"scheme": "ein", "value": row["ein"]}] if row["ein"] else []
    return known | texts | ({"identifiers": ein} if ein else {})


def read(registry, token, pk):
    """What the registry has, as columns of the file."""
    found = ask(registry, token, f"organizations/{pk}/")
    eins = [one["value"] for one in found["identifiers"] if one["scheme"] == "ein"]
    row = {name: found[name] or "" for name in TEXTS}
    return row | {"id": pk, "version": str(found["version"]), "ein": eins[0] if eins else ""}


def ask(registry, token, path, sent=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(sent).encode() if sent else None
    while True:
        try:
            with urlopen(Request(f"{registry}/api/v1/{path}", body, headers), timeout=300) as answer:
                return json.load(answer)
        except HTTPError as refused:
            if refused.code != 429:  # too many requests in a minute
                problem = json.load(refused)
                sys.exit(f"{problem['title']}. {problem.get('detail', '')}")
            time.sleep(int(refused.headers["Retry-After"]))


def write(file, rows):
    """Write the file beside the old one first, so that a full disk loses nothing."""
    new = Path(f"{file}.new")
    with new.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    new.replace(file)


if __name__ == "__main__":
    if len(sys.argv) != 3 or "REGISTRY_TOKEN" not in os.environ:
        sys.exit(__doc__)
    sys.exit(1 if main(sys.argv[1].rstrip("/"), sys.argv[2], os.environ["REGISTRY_TOKEN"]) else 0)
