"""Publishing: the public document of a partnership is stored as text, the same for every reader.

`publish` stores what `document.build` returns, in the transaction that changed the partnership or anything it shows.
Locks: entity rows first (`FOR NO KEY UPDATE`, by the action), then documents in id order, *before* reading what they
are built from; otherwise two renames at the same time would store a wrong document permanently.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Case, F, Q, TextField, Value, When

from partnerships.core import clock, outdated, search, sync
from partnerships.core.background import wake
from partnerships.core.models import Outdated
from partnerships.core.stamps import next_stamp
from partnerships.core.withdrawals import withdrawn
from partnerships.directory.models import Department, Jurisdiction, Organization
from partnerships.registry import confirmation_status, events
from partnerships.registry.choices import RESOURCE
from partnerships.registry.document import build, search_text, write
from partnerships.registry.facets import ancestors_of, counted_names, facets_of, facets_row, issue_paths
from partnerships.registry.models import Partnership, Party, Publication, PublicFacets

BATCH = 500
_waiting: ContextVar[tuple | None] = ContextVar("documents_waiting", default=None)
PARTNER = "partner"  # the resource of tombstones of partners: of partnerships that no longer name one
FAN_OUT = BATCH  # above this number, documents are marked as outdated at once and rebuilt in batches


def publish(partnership_ids: Iterable[int], *, also: dict[str, Any] | None = None) -> None:
    """Rewrite the stored documents of these partnerships with search and counts, and withdraw those no longer public.

    `also`: what search may know of other records that changed, resource → entries. Call it once, as the last step of
    the transaction that changed them. For more than FAN_OUT documents, see `mark_outdated`. Within `publish_together` it is
    postponed to the end.
    """
    if (waiting := _waiting.get()) is not None:
        waiting[0].update(partnership_ids)
        for resource, known in (also or {}).items():
            waiting[1].setdefault(resource, []).extend(known)
        return
    ids = all_ids = sorted(set(partnership_ids))
    entries: list[search.Entry] = []
    counts: Counter[str] = Counter()
    if len(ids) > FAN_OUT:
        mark_outdated(ids)
        ids = []
    for start in range(0, len(ids), BATCH):
        _store_batch(ids[start : start + BATCH], entries, counts)
    # Many records share words and counts, so they are updated last, after all documents are locked, to prevent
    # deadlocks.
    search.index_all({RESOURCE: entries} | (also or {}))
    count_facets(counts)
    organizations = [entry.record_id for entry in (also or {}).get("organization", ())]
    withdrawn(partnership=all_ids, organization=organizations)


@contextmanager
def publish_together() -> Iterator[None]:
    """Wraps many changes in one transaction: documents, search and counts are rewritten once, at the end."""
    ids: set[int] = set()
    also: dict[str, list[search.Entry]] = {}
    token = _waiting.set((ids, also))
    try:
        yield
    finally:
        _waiting.reset(token)
    publish(ids, also=also)


def prepare(partnership: Partnership) -> None:
    """Create the publication row of a new partnership.

    Every partnership has one from the start: it is the lock on which a rename of a party and the first publishing
    meet.
    """
    Publication.objects.create(partnership=partnership, public_id=partnership.public_id, at=clock.now())


def _store_batch(ids: Sequence[int], entries: list, counts: Counter) -> None:
    """Store these documents. Adds search entries to `entries`, and differences of filter counts to `counts`."""
    stored = Publication.objects.select_for_update().filter(partnership__in=ids).order_by("pk")
    stored = {publication.partnership_id: publication for publication in stored}
    outdated.unmark(RESOURCE, ids)
    public = set(Partnership.objects.filter(pk__in=ids, is_published=True).values_list("pk", flat=True))
    documents, issues = build(ids), issue_paths()
    stamp, at, moved, other_partners, fewer_partners = next_stamp(), clock.now(), [], [], []
    for pk, document in documents.items():
        publication = stored[pk]
        if pk in public and publication.body is not None:
            _keep_moment(pk, document, publication.body)
        body = write(document) if pk in public else None
        entries.append(search.Entry(pk, pk in public, *search_text(document, issues)))
        if publication.body != body:
            if body is not None and publication.body is not None:
                named, now = _partners(publication.body), _partners(body)
                if named != now:
                    other_partners.append(pk)
                if {one for one, _ in named or ()} - {one for one, _ in now or ()}:
                    fewer_partners.append(publication.public_id)
            publication.body, publication.stamp, publication.at = body, stamp, at
            moved.append(publication)
    # All rows exist and are locked: an upsert is the bulk update that compiles fastest.
    Publication.objects.bulk_create(
        moved, update_conflicts=True, unique_fields=["id"], update_fields=["body", "stamp", "at"]
    )
    shown = {pk: document for pk, document in documents.items() if pk in public}
    _store_facets(ids, shown, ancestors_of(shown.values(), issues), counts)
    if other_partners:
        events.partners_changed(other_partners)
    if fewer_partners:
        sync.add_tombstones(PARTNER, fewer_partners)


def _partners(body: str) -> set[tuple[str, str]] | None:
    """The partners that a stored document names; None if its text is damaged."""
    try:
        return {(party["id"], party["side"]) for party in orjson.loads(body)["parties"]}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def _keep_moment(pk: int, document: dict[str, Any], body: str) -> None:
    """Keep the public version and time of a document whose content everyone reads as before, also in the record."""
    try:
        stored = orjson.loads(body)
        before = {"version": stored["version"], "updated_at": datetime.fromisoformat(stored["updated_at"])}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return  # the stored text is damaged: it is stored again
    if document | before != document and write(document | before) == body:
        document |= before
        Partnership.objects.filter(pk=pk).update(public_version=before["version"], updated_at=before["updated_at"])


def _store_facets(
    ids: Sequence[int], public: dict[int, dict[str, Any]], ancestors: dict[str, list[str]], counts: Counter
) -> None:
    """Store the facets of those partnerships that have a public document, and delete those of the others.

    Adds to `counts` (facet → how many more partnerships have it).
    """
    before = _facets(ids)
    rows = {pk: facets_row(pk, document, ancestors) for pk, document in public.items()}
    changed = [pk for pk in rows if _content(rows[pk]) != _content(before.get(pk))]
    gone = before.keys() - rows.keys()
    recounted = [pk for pk in changed if pk not in before or rows[pk].facets != before[pk].facets]
    known = counted_names() if gone or before.keys() & recounted else {}
    for pk in recounted:
        counts.update(facets_of(public[pk], ancestors))
    for pk in before.keys() & {*recounted, *gone}:
        counts.subtract(known[number] for number in before[pk].facets if number in known)
    PublicFacets.objects.bulk_create(
        [rows[pk] for pk in changed],
        update_conflicts=True,
        unique_fields=["partnership"],
        update_fields=["facets", "lies_in", "updated_at"],
    )
    if gone:
        PublicFacets.objects.filter(pk__in=gone).delete()


def _facets(ids: Sequence[int]) -> dict[int, PublicFacets]:
    return PublicFacets.objects.in_bulk(ids)


def _content(row: PublicFacets | None) -> tuple[list[int], list[int], datetime] | None:
    return (row.facets, row.lies_in, row.updated_at) if row else None


def mark_outdated(ids: Collection[int]) -> None:
    """Mark the stored documents of very many partnerships as outdated; `rebuild_outdated` and readers rebuild them."""
    outdated.mark(RESOURCE, ids)
    search.hide(RESOURCE, ids)
    events.partners_changed(Outdated.objects.filter(resource=RESOURCE).values("record_id"))
    wake("refill_publications")


def rebuild_outdated() -> int:
    """Store up to BATCH outdated documents in a transaction of its own. Returns how many it found."""
    with transaction.atomic():
        marked = Outdated.objects.filter(resource=RESOURCE).order_by("record_id").values_list("record_id", flat=True)
        marked = list(marked.distinct()[:BATCH])
        rows = Publication.objects.filter(partnership__in=marked).order_by("pk")
        gone = set(marked).difference(rows.values_list("partnership_id", flat=True))
        if gone:  # deleted while the mark was being set
            outdated.unmark(RESOURCE, gone)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        ids = [p.partnership_id for p in rows.only("partnership_id") if p.partnership_id is not None]
        publish(ids)
    return len(ids) + len(gone)


def stored_document(pk: str = "pk", body: str = "publication__body") -> Case:
    """The text of the stored document as a query expression: "" when it is outdated, null when there is none.

    `pk`: the lookup of the partnership's key. `body`: that of the stored text.
    """
    outdated_one = Q(outdated.is_marked(RESOURCE, pk), **{f"{body}__isnull": False})
    return Case(When(outdated_one, then=Value("")), default=F(body), output_field=TextField())


# The same as SQL text: building a statement from a queryset takes longer than the database needs for the most frequent
# requests.
STORED_DOCUMENT = f"""CASE WHEN body IS NOT NULL AND EXISTS (
    SELECT 1 FROM partnerships_outdated o WHERE o.resource = '{RESOURCE}' AND o.record_id = partnership_id
) THEN '' ELSE body END"""  # noqa: S608


def document_texts(rows: Sequence[tuple[int, str]]) -> dict[int, str]:
    """Partnership id → its document as text, for rows (partnership id, `stored_document`). Empty ones are built now.

    A partnership that was deleted in between is left out. Stores nothing: a reader never writes.
    """
    empty_ids = [pk for pk, body in rows if not body]
    built = build(empty_ids) if empty_ids else {}
    return {pk: body for pk, body in rows if body} | {pk: write(document) for pk, document in built.items()}


def stored_documents(partnership_ids: Iterable[int]) -> dict[int, str]:
    """Partnership id → its stored document as text. Drafts and outdated documents are left out."""
    rows = Partnership.objects.filter(pk__in=partnership_ids).order_by().values_list("pk", stored_document())
    return {pk: body for pk, body in rows if body}


def fingerprints(partnership_ids: Iterable[int]) -> dict[int, str]:
    """Partnership id → the fingerprint of its stored document, for those in `stored_documents`."""
    return {
        pk: confirmation_status.fingerprint(orjson.loads(body))
        for pk, body in stored_documents(partnership_ids).items()
    }


def withdraw_deleted(partnership: Partnership) -> None:
    """Call before a partnership is deleted: turns its publication into a tombstone, and removes its counts and words."""
    publication = Publication.objects.select_for_update().filter(partnership=partnership).first()
    outdated.unmark(RESOURCE, [partnership.pk])
    search.remove(RESOURCE, [partnership.pk])
    if publication is None:
        return
    counts: Counter[str] = Counter()
    if publication.body is None and publication.stamp == 0:
        publication.delete()
        return
    if publication.body is not None:
        _store_facets([partnership.pk], {}, {}, counts)
        publication.body, publication.stamp, publication.at = None, next_stamp(), clock.now()
    publication.save()
    count_facets(counts)


def check(ids: Sequence[int] | None = None) -> Iterator[tuple[str, str]]:
    """(public id, what differs) for stored documents that differ from a rebuild.

    Outdated ones, which no one reads, are fine.
    """
    rows = Publication.objects.filter(~outdated.is_marked(RESOURCE, "partnership_id"), partnership__isnull=False)
    rows = rows.order_by("pk")
    rows = rows if ids is None else rows.filter(partnership__in=ids)
    batch = []
    for publication in rows.select_related("partnership").iterator(BATCH):
        batch.append(publication)
        if len(batch) == BATCH:
            yield from _check_batch(batch)
            batch = []
    yield from _check_batch(batch)
    missing = Partnership.objects.filter(publication=None)
    missing = missing if ids is None else missing.filter(pk__in=ids)
    for public_id in missing.values_list("public_id", flat=True):
        yield public_id, "its document has no row"


def _check_batch(batch: Sequence[Publication]) -> Iterator[tuple[str, str]]:
    partnerships = [(p, p.partnership) for p in batch if p.partnership is not None]
    ids = [partnership.pk for _, partnership in partnerships]
    documents, facets = build(ids), _facets(ids)
    ancestors = ancestors_of(documents.values(), issue_paths())
    for publication, partnership in partnerships:
        public, document = partnership.is_published, documents[partnership.pk]
        row = facets_row(partnership.pk, document, ancestors) if public else None
        if publication.body != (write(document) if public else None):
            yield publication.public_id, "the stored document differs from a rebuild"
        elif _content(facets.get(partnership.pk)) != _content(row):
            yield publication.public_id, "its filter values differ from a rebuild"


# Counts that depend on documents, and which documents depend on a record


def count_facets(counts: Counter) -> None:
    """Add these differences to the counts of filter options.

    Last in a transaction and in key order, to prevent deadlocks.
    """
    rows = [(RESOURCE, *key.split(":", 1), n) for key, n in sorted(counts.items()) if n]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            values = ", ".join(["(%s, %s, %s, %s)"] * len(batch))
            cursor.execute(
                f"INSERT INTO partnerships_facetcount AS known (resource, facet, value, count) VALUES {values}"  # noqa: S608
                " ON CONFLICT (resource, facet, value) DO UPDATE SET count = known.count + excluded.count",
                [value for row in batch for value in row],
            )


def partnerships_showing(
    *,
    organization: Organization | None = None,
    department: Department | None = None,
    jurisdiction: Jurisdiction | None = None,
) -> set[int]:
    """Ids of the partnerships whose document shows this record."""
    entity = {"organization": organization, "department": department, "jurisdiction": jurisdiction}
    parties = Party.objects.filter(**{name: record for name, record in entity.items() if record is not None})
    ids = set(parties.order_by().values_list("partnership_id", flat=True))
    if jurisdiction is not None:
        ids |= set(Partnership.objects.filter(lead=jurisdiction).values_list("pk", flat=True))
    return ids


def partnerships_at(place: Jurisdiction | Department) -> set[int]:
    """Ids of the partnerships that are found by a jurisdiction or department: shown there or anywhere below."""
    if isinstance(place, Department):
        units = Department.objects.filter(path__startswith=place.path)
        return set(Party.objects.filter(department__in=units).values_list("partnership_id", flat=True))
    below = Jurisdiction.objects.filter(path__startswith=place.path)
    departments = Department.objects.filter(jurisdiction__in=below)
    parties = Party.objects.filter(Q(jurisdiction__in=below) | Q(department__in=departments))
    return {
        *parties.values_list("partnership_id", flat=True),
        *Partnership.objects.filter(lead__in=below).values_list("pk", flat=True),
    }
