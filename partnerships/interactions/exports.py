"""Interactions as rows of a file, each as its reader may see it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from partnerships.core.access import Viewer
from partnerships.core.exports import Export
from partnerships.directory.models import body_of
from partnerships.interactions.queries import interaction_list
from partnerships.interactions.rules import reads_for_office


def _interactions(person: Viewer, rows: Iterable[Any], full_url: Callable[[str], str]) -> Iterator[list]:
    for record in rows:
        body, is_own = body_of(record), reads_for_office(person, record)
        yield [
            *(getattr(record, name) for name in ("public_id", "date", "time", "kind", "direction", "summary", "text")),
            body.public_id,
            str(body),
            "; ".join(contact.name for contact in record.contacts_seen),
            "; ".join(partnership.title for partnership in record.partnerships_seen),
            record.office.name,
            "; ".join(str(one) for one in record.staff.all()) if is_own else "",
            record.is_shared,
            *((record.follow_up_on, str(record.follow_up_by or ""), record.followed_up_on) if is_own else ("", "", "")),
            full_url(record.get_absolute_url()),
        ]


INTERACTIONS = Export(
    "interactions",
    ("id", "date", "time", "type", "direction", "summary", "notes", "with_id", "with", "contacts", "partnerships", "office",
        "staff", "is_shared", "follow_up_on", "follow_up_by", "followed_up_on", "page_url"),
    interaction_list,
    _interactions,
)  # fmt: skip
