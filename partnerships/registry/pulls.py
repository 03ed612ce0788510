"""Sync of partnerships and their agreements: stored documents by their stamps, including tombstones (see `core.pulls`)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.query import RawQuerySet

from partnerships.core.listing import Listing
from partnerships.core.pulls import CHANGED, Pull, PullEntry, SyncPosition, build_page, parse_position
from partnerships.registry import publication
from partnerships.registry.choices import RESOURCE
from partnerships.registry.models import Publication

OUTDATED = -1  # source of rows that are marked and not yet stored again; sorts before CHANGED
# What a large change marked has that change's stamp, no matter when it is stored again.
_CHANGES = f"""
SELECT * FROM (
    SELECT id, stamp, {CHANGED} AS source, public_id, at, partnership_id, {publication.STORED_DOCUMENT} AS text
    FROM partnerships_publication
    WHERE stamp > 0 AND (stamp, id) > (%s, %s) AND stamp <= %s ORDER BY stamp, id LIMIT %s
) AS stored UNION ALL SELECT * FROM (
    SELECT m.id, m.stamp, {OUTDATED} AS source, p.public_id, p.at, p.partnership_id, '' AS text
    FROM partnerships_outdated m JOIN partnerships_publication p ON p.partnership_id = m.record_id
    WHERE m.resource = '{RESOURCE}' AND p.body IS NOT NULL
        AND (m.stamp, m.id) > (%s, %s) AND m.stamp <= %s ORDER BY m.stamp, m.id LIMIT %s
) AS marked ORDER BY stamp, source, id LIMIT %s"""  # noqa: S608


def documents(listing: Listing, *, since: str, cursor: str | None, size: int) -> Pull:
    """A page of a pull whose rows are documents as text.

    `listing` is a signed-out visitor's, with the client's filters.
    """
    at, filtered = parse_position(since, cursor), bool(listing.filters.filters)
    found = _find(at, listing, size, filtered=filtered)
    texts = publication.document_texts([(row.partnership_id, row.text) for row in found if row.text is not None])
    if filtered and not at.from_start:
        kept = set(listing.rows.order_by().filter(pk__in=list(texts)).values_list("pk", flat=True))
        texts = {key: text for key, text in texts.items() if key in kept}
    return _page(at, found, texts, size)


def agreements(listing: Listing, *, since: str, cursor: str | None, size: int) -> Pull:
    """A page of a pull whose rows are partnerships with an agreement, which is a part of their documents.

    A partnership that changed and has none is gone, since it may have had one. `listing` as for `documents`.
    """
    at = parse_position(since, cursor)
    found = _find(at, listing, size, filtered=True)
    public_ids = [row.partnership_id for row in found if row.text is not None]
    return _page(at, found, listing.rows.order_by().in_bulk(public_ids), size)


def _find(at: SyncPosition, listing: Listing, size: int, *, filtered: bool) -> list[Any]:
    """The changes of a page, one more than `size` if there are more."""
    return list(_from_start(at, listing, filtered)[: size + 1] if at.from_start else _changes(at, size + 1))


def _page(at: SyncPosition, found: list[Any], rows: Mapping[int, Any], size: int) -> Pull:
    """`rows`: partnership id → what the client stores of it."""
    entries = [
        PullEntry(row.stamp, row.source, row.pk, rows.get(row.partnership_id), row.public_id, row.at) for row in found
    ]
    return build_page(at, entries, size)


def _from_start(at: SyncPosition, listing: Listing, filtered: bool) -> QuerySet[Publication]:
    rows = Publication.objects.filter(stamp__gt=0, body__isnull=False)
    if filtered:
        rows = rows.filter(partnership__in=listing.rows.order_by().values("pk"))
    text = publication.stored_document("partnership_id", "body")
    return at.rows(rows).defer("body").annotate(source=Value(CHANGED), text=text)


def _changes(at: SyncPosition, most: int) -> RawQuerySet:
    """What changed, as rows of Publication with `source` and `text`. The key of a marked row is that of the mark."""
    bounds = [[*at.behind(source), at.as_of, most] for source in (CHANGED, OUTDATED)]
    return Publication.objects.raw(_CHANGES, [*bounds[0], *bounds[1], most])
