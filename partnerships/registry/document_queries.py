"""Reads the documents of partnerships as one person may see them: the stored ones, or built in the request."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection

from partnerships.core import ids, listing
from partnerships.core.access import (
    Viewer,
    belongs_somewhere,
    departments_of,
    is_administrator,
    jurisdictions_read_by,
    organizations_of,
)
from partnerships.core.errors import NotFound
from partnerships.registry import publication
from partnerships.registry.document import build, with_parties, write
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import hidden_parties_of, parties_visible_to, partnerships_visible_to

DOCUMENT_COLUMNS = ("is_published", publication.stored_document())


class DocumentRow(NamedTuple):
    """A row of Listing.page with DOCUMENT_COLUMNS. `body`: the stored document; "" if there is none, or an outdated one."""

    pk: int
    sort_key: Any
    is_published: bool
    body: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "DocumentRow":
        """The row, which may have more columns after these."""
        pk, sort_key, is_published, body, *_ = row
        return cls(pk, sort_key, is_published, body or "")

    @property
    def is_stored(self) -> bool:
        return self.is_published and bool(self.body)


def documents(person: Viewer, rows: Sequence[tuple[Any, ...]], *, brief: bool = False) -> list[dict]:
    """The documents for these rows (as from DocumentRow, more columns may follow), as this person may see them.

    `brief`: those that are built now may lack what a row of a list doesn't show (`registry.document.build`).
    """
    return [orjson.loads(body) for body in document_texts(person, rows, brief=brief)]


def document_texts(
    person: Viewer,
    rows: Sequence[tuple[Any, ...]],
    *,
    brief: bool = False,
    hidden: Collection[int] | None = None,
    parties: Sequence[Party] | None = None,
) -> list[str]:
    """`documents` as JSON texts: the stored ones, or built now if the person sees more than the public or none is stored.

    `hidden`: the partnerships among them with a party that the public doesn't see, if that was read already. `parties`:
    what `parties_seen` returns for them, if that was.
    """
    listed = [DocumentRow.of(row) for row in rows]
    if hidden is None:
        hidden = _with_hidden_party(person, [row.pk for row in listed])
    different = [row for row in listed if row.pk in hidden or not row.is_stored]
    if not different:
        return [row.body for row in listed]
    shown = parties_visible_to(person) if parties is None else parties
    if all(row.is_stored for row in different):
        stored = {row.pk: orjson.loads(row.body) for row in different}
        built = with_parties(stored, shown, brief=brief)
    else:  # some must be built anyway, and one build for all takes the fewest queries
        built = build([row.pk for row in different], parties=shown, brief=brief)
    return [write(built[row.pk]) if row.pk in built else row.body for row in listed]


def _with_hidden_party(person: Viewer, pks: Sequence[int]) -> set[int]:
    """Those of these partnerships where the person sees a party that the public doesn't.

    Only there, and in drafts, does their document differ from the public one.
    """
    if not pks or not belongs_somewhere(person):
        return set()
    hidden = hidden_parties_of(person).filter(partnership__in=pks)
    return set(hidden.order_by().values_list("partnership_id", flat=True))


def unfiltered_page(person: Viewer, cursor: str, size: int) -> listing.Page | None:
    """A page of all partnerships in the order “id”, with their documents as its rows, read from the stored documents
    alone.

    This is most of the API's traffic. A partnership has a stored document exactly while it is published. Returns None
    when the person may see something else than the public does; the caller then uses the list.
    """
    if is_administrator(person):
        return None
    ends: list[int] = []

    def fetch(after: int | None, backwards: bool, limit: int) -> list[tuple[int, str]]:
        found = _stored_documents(after, backwards, limit)
        edge = 0 if backwards else _LAST
        ends.extend((after or 0, found[-1][0] if len(found) == limit else edge))
        return found

    page = listing.page_by_id(cursor, size, fetch)
    if belongs_somewhere(person) and _is_own_between(person, *sorted(ends)):
        return None
    if not all(body for _, body in page.rows):
        built = publication.document_texts(page.rows)
        page.rows = [(pk, built[pk]) for pk, _ in page.rows if pk in built]
    page.rows = [body for _, body in page.rows]
    return page


_DEPARTMENT_OF = "department_id IN (SELECT id FROM partnerships_department WHERE jurisdiction_id IN ({}))"
_LAST = 2**63 - 1
# Where a partnership may read differently for members than for the public: table, its column of the partnership, and
# how it refers to an office or organization. An entry too many only costs time; a missing one would give a wrong page.
_NAMES_A_BODY = (
    ("partnership", "id", "lead_id IN ({})", jurisdictions_read_by),
    ("draftshare", "partnership_id", "jurisdiction_id IN ({})", jurisdictions_read_by),
    ("draftshare", "partnership_id", _DEPARTMENT_OF, jurisdictions_read_by),
    ("draftshare", "partnership_id", "department_id IN ({})", departments_of),
    ("draftshare", "partnership_id", "organization_id IN ({})", organizations_of),
    ("party", "partnership_id", "organization_id IN ({})", organizations_of),
)


def _is_own_between(person: Viewer, low: int, high: int) -> bool:
    """Whether a partnership with an id from `low` to `high` refers to an office or organization of the person."""
    parts, values = [], []
    for table_name, column, names, own_ids in _NAMES_A_BODY:
        own = own_ids(person)
        if own:
            names = names.format(", ".join(["%s"] * len(own)))
            parts.append(f"SELECT 1 FROM partnerships_{table_name} WHERE {names} AND {column} BETWEEN %s AND %s")  # noqa: S608
            values += [*own, low, high]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " LIMIT 1", values)
        return cursor.fetchone() is not None


def _stored_documents(after: int | None, backwards: bool, limit: int) -> list[tuple[int, str]]:
    beyond, order = ("<", "DESC") if backwards else (">", "ASC")
    condition = f"AND partnership_id {beyond} %s " if after is not None else ""
    statement = (
        f"SELECT partnership_id, {publication.STORED_DOCUMENT} FROM partnerships_publication"  # noqa: S608
        f" WHERE body IS NOT NULL AND partnership_id IS NOT NULL {condition}ORDER BY partnership_id {order} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*([] if after is None else [after]), limit])
        return cursor.fetchall()


def partnership_rows(person: Viewer, pks: Iterable[int]) -> list[DocumentRow]:
    """Rows for `documents` and `document_texts`, for those of these partnerships that the person may see."""
    rows = partnerships_visible_to(person).filter(pk__in=list(pks))
    return [DocumentRow.of(row) for row in rows.values_list("pk", "pk", *DOCUMENT_COLUMNS)]


def documents_by_id(person: Viewer, pks: Iterable[int]) -> dict[int, dict]:
    """Documents by primary key, for those of these partnerships that the person may see."""
    rows = partnership_rows(person, pks)
    return dict(zip([row.pk for row in rows], documents(person, rows), strict=True))


def public_document(public_id: str) -> str:
    """The public document of a published partnership as text. Raises NotFound or MistypedId."""
    rows = Partnership.objects.filter(public_id=ids.parse(public_id), is_published=True)
    row = rows.values_list("pk", publication.stored_document()).first()
    body = publication.document_texts([row]).get(row[0]) if row else None
    if body is None:
        raise NotFound
    return body
