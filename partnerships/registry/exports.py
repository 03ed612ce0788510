"""Partnerships as rows of a file, each as its reader may see it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from partnerships.accounts.models import Person
from partnerships.core import record_types
from partnerships.core.exports import Export
from partnerships.registry import document_queries, queries
from partnerships.registry.choices import Verdict

_OF_DOCUMENT = ("id", "title", "kind", "purpose", "status")
_COLUMNS = (
    *_OF_DOCUMENT,
    *("starts_on", "ends_on", "lead_id", "lead", "engagement", "issue_areas", "parties", "disputed_by", "summary"),
)
_MORE = record_types.get("partnership").in_files(exclude=_COLUMNS)


def _partnerships(person: Person, rows: Sequence, full_url: Callable[[str], str]) -> Iterator[list]:
    for document in document_queries.documents(person, rows):
        yield [
            *(document[name] for name in _OF_DOCUMENT),
            *(date.fromisoformat(document[name]) if document[name] else None for name in ("starts_on", "ends_on")),
            document["lead"]["id"],
            document["lead"]["name"],
            document["engagement"],
            "; ".join(document["issue_areas"]),
            "; ".join(map(_partner, document["parties"])),
            "; ".join(_disputing(document)),
            document["summary"],
            *("; ".join(value) if isinstance(value := document[name], list) else value for name in _MORE),
            full_url(reverse("partnership", args=[document["id"]])),
        ]


def _partner(party: dict[str, Any]) -> str:
    mark = "" if party["confirmed"] else "; recorded by the office"
    return f"{party['name']} ({party['side']}: {', '.join(party['roles'])}{mark})"


def _disputing(document: dict[str, Any]) -> list:
    names = {party["id"]: party["name"] for party in document["parties"]}
    return [
        names[statement["party"]] for statement in document["statements"] if statement["verdict"] == Verdict.DISPUTED
    ]


PARTNERSHIPS = Export(
    "partnerships",
    (*_COLUMNS, *_MORE, "page_url"),
    queries.partnership_list,
    _partnerships,
    light=document_queries.DOCUMENT_COLUMNS,
)
