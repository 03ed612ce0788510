"""Records whose stored texts no longer say what they are, after a change that reached very many of them.

They are marked in the transaction of that change, and nothing stored of them is read from then on; whoever makes the texts
anew takes the marks off *before* reading what they are made from, so that a mark set meanwhile stays. Setting marks waits
for nobody: the same record may have several.
"""

import json

from django.db import connection
from django.db.models import Exists, OuterRef

from partnerships.core.models import Outdated
from partnerships.core.stamps import next_stamp


def mark(resource: str, ids) -> None:
    """Marks these records. Inside the transaction that changes what they show."""
    one_each = "unnest(%s)" if connection.vendor == "postgresql" else "value FROM json_each(%s)"
    ids = list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO partnerships_outdated (resource, stamp, record_id) SELECT %s, %s, {one_each}",
            [resource, next_stamp(), ids],
        )


def unmark(resource: str, ids) -> None:
    """Takes the marks off that can be seen now. Call it before reading what the texts are made from."""
    Outdated.objects.filter(resource=resource, record_id__in=ids).delete()


def is_marked(resource: str, pk: str = "pk") -> Exists:
    """Whether the outer row is marked; `pk` is where it has the record's number. In the statement that reads the text."""
    return Exists(Outdated.objects.filter(resource=resource, record_id=OuterRef(pk)))


def any_marked(resource: str) -> bool:
    return Outdated.objects.filter(resource=resource).exists()
