"""A program on a client that openapi-python-client generated from openapi.yaml: it pulls, syncs and writes every list.

python generated_program.py BASE TOKEN, with the client as the package `client` on the path. Standard input has path → the body of
a new record, or the id of one to change. Nothing of the registry is imported. Prints JSON: how many requests were sent, and
what went wrong.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import typing
from urllib.parse import parse_qs, urlsplit

from client import AuthenticatedClient, api

WORDS = "By a generated client"


class Program:
    def __init__(self, base, token):
        self.client, self.sent, self.wrong = AuthenticatedClient(base_url=base, token=token), 0, []

    def call(self, tag, verb, status, *where, **given):
        """The parsed answer and its ETag. Notes another status, and an answer that isn't parsed."""
        function = importlib.import_module(f"client.api.{tag}.{verb}_{tag}").sync_detailed
        if "body" in given:
            annotation = inspect.signature(function).parameters["body"].annotation
            kind = next(one for one in typing.get_args(annotation) or (annotation,) if hasattr(one, "from_dict"))
            given["body"] = kind.from_dict(given["body"])
        answer, self.sent = function(*where, client=self.client, **given), self.sent + 1
        if answer.status_code != status or answer.parsed is None:
            self.wrong.append(f"{verb} {tag}: {int(answer.status_code)} {answer.content[:300]!r}")
            return None, ""
        return answer.parsed, answer.headers.get("ETag", "")

    def pull(self, tag, **given):
        """The ids of a list, page by page."""
        ids, cursor = [], None
        while True:
            page, _ = self.call(tag, "list", 200, page_size=2, **given, **({"cursor": cursor} if cursor else {}))
            if page is None:
                return ids
            ids += [row.id for row in page.results]
            if not page.next_:
                return ids
            (cursor,) = parse_qs(urlsplit(page.next_).query)["cursor"]

    def read(self, tag):
        ids = self.pull(tag)
        for one in ids[:3]:
            record, _ = self.call(tag, "read", 200, one)
            if record is not None and record.id != one:
                self.wrong.append(f"read {tag}: {one} is {record.id}")
        if "updated_since" in self.takes(tag, "list") and {*self.pull(tag, updated_since="start")} - {*ids}:
            self.wrong.append(f"list {tag}: sync has others than the pages")

    def takes(self, tag, verb):
        return inspect.signature(importlib.import_module(f"client.api.{tag}.{verb}_{tag}").sync_detailed).parameters

    def write(self, tag, body):
        """Add this record, or take the one with this id, and change it."""
        changed, one = {"why": WORDS}, body
        if isinstance(body, dict):
            made, _ = self.call(tag, "create", 201, body=body, idempotency_key=f"key-{tag}")
            again, _ = self.call(tag, "create", 201, body=body, idempotency_key=f"key-{tag}")
            if made is None or again is None or made.id != again.id:
                self.wrong.append(f"create {tag}: the key made two")
                return
            one = made.id
        record, etag = self.call(tag, "read", 200, one)
        self.call(tag, "change", 200, one, body=changed, if_match=etag)
        stale, _ = self.call(tag, "change", 412, one, body=changed, if_match='"old"')
        if stale is not None and (stale.code, stale.current["id"]) != ("stale", one):
            self.wrong.append(f"change {tag}: {stale}")
        if isinstance(body, dict):
            rows = [{"id": one, "version": record.version} | changed]
            answer, _ = self.call(tag, "bulk", 200, body={"mode": "all", "rows": rows})
            if answer is not None and [row.outcome for row in answer.rows] != ["unchanged"]:
                self.wrong.append(f"bulk {tag}: {answer}")


def main(base, token):
    program, bodies = Program(base, token), json.load(sys.stdin)
    tags = [one.name for one in pkgutil.iter_modules(api.__path__) if one.name != "default"]
    for tag in tags:
        program.read(tag)
        path = tag.replace("_", "-")
        if path in bodies:
            program.write(tag, bodies[path])
    print(json.dumps({"lists": len(tags), "written": len(bodies), "sent": program.sent, "wrong": program.wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
