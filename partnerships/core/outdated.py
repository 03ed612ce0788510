"""Marks records whose stored texts are out of date, after a change that reached very many of them.

The marks are written in the transaction of that change, and from then on no stored text of these records is read. Code
that rebuilds the texts removes the marks *before* it reads the source data, so that a mark set in between remains.
Setting a mark waits for no lock: one record may have several marks.
"""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef

from partnerships.core.models import Outdated
from partnerships.core.stamps import next_stamp


def mark(resource: str, ids: Iterable[int]) -> None:
    """Mark these records. Call it inside the transaction that changes what they show."""
    one_each = "unnest(%s)" if connection.vendor == "postgresql" else "value FROM json_each(%s)"
    ids = list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO partnerships_outdated (resource, stamp, record_id) SELECT %s, %s, {one_each}",
            [resource, next_stamp(), ids],
        )


def unmark(resource: str, ids: Iterable[int]) -> None:
    """Remove the marks that are visible now. Call it before reading what the texts are built from."""
    Outdated.objects.filter(resource=resource, record_id__in=ids).delete()


def is_marked(resource: str, pk: str = "pk") -> Exists:
    """Whether the outer row is marked.

    Use it in the same statement that reads the text. `pk`: where the outer row has the key.
    """
    return Exists(Outdated.objects.filter(resource=resource, record_id=OuterRef(pk)))


def any_marked(resource: str) -> bool:
    return Outdated.objects.filter(resource=resource).exists()
