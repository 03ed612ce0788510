"""The published document: one stored text per public partnership, the same for every reader.

`build` is the one function that defines it: keys, ids, names and dates, never a label, a translation, a count, or anything
that the clock alone changes. `publish` stores it in the transaction that changed the partnership or anything it shows.
Locks: entity rows first (`FOR NO KEY UPDATE`, by the action), then documents in id order, *before* reading what they are
built from; or two renames at once store a wrong document for good.
"""

from collections import Counter, defaultdict

import orjson
from django.db import connection, transaction
from django.db.models import F, Q

from partnerships.core import clock, search
from partnerships.core.fields import OneOf
from partnerships.core.models import FacetCount
from partnerships.core.stamps import next_stamp
from partnerships.directory.models import Department
from partnerships.registry import standing
from partnerships.registry.facets import above, counted, facets_of
from partnerships.registry.models import (
    AdvisoryBody,
    Agreement,
    Ask,
    Document,
    JointProject,
    Partnership,
    PartnershipLink,
    Party,
    PartyRole,
    Practice,
    Publication,
    Seat,
    Training,
)
from partnerships.registry.rules import PUBLIC_PARTY

RESOURCE = "partnership"
FAN_OUT = 1000  # above this, documents are emptied at once and refilled in batches
BATCH = 500

_FIELDS = (
    "pk", "public_id", "title", "kind", "purpose__key", "origin__key", "origin_note", "status", "status_reason", "lessons",
    "summary", "common_agenda", "engagement", "starts_on", "ends_on", "lead__public_id", "lead__name", "lead__zone", "source",
    "is_illustration", "last_verified_on", "version", "created_at", "updated_at",
)  # fmt: skip
_ONE_TO_ONE = {
    "agreement": (Agreement, ("amount", "currency", "starts_on", "ends_on", "scope", "payment_days", "renewal")),
    "training": (Training, ("audience", "hours", "evaluator")),
    "advisory_body": (
        AdvisoryBody,
        ("seat_count", "term_months", "position", "chosen_how", "decides_what", "decides_how", "compensation"),
    ),
    "joint_project": (JointProject, ("outcomes", "budget", "budget_split")),
}


def build(partnership_ids, *, parties=None) -> dict[int, dict]:
    """The documents of these partnerships by primary key: a fixed number of queries, whatever their number.

    `parties` are the Party rows to show: by default what the public may see; a face passes `parties_visible_to(person)`
    for rows that its reader sees more of. What parties say is of the public document whoever reads, so that one is built
    beside it then, of those that some party has spoken of.
    """
    ids, is_public = list(partnership_ids), parties is None
    parties = _parties(ids, Party.objects.filter(PUBLIC_PARTY) if is_public else parties)
    areas = _grouped(Partnership.issue_areas.through.objects.filter(partnership__in=ids), "issuearea__key")
    links = _links(ids)
    documents = _grouped(Document.objects.filter(partnership__in=ids).order_by("id"), "title", "url")
    facts = _facts(ids, parties)
    said = standing.latest(ids)
    built, zones = {}, {}
    for row in Partnership.objects.filter(pk__in=ids).order_by().values(*_FIELDS):
        pk, zones[row["pk"]] = row["pk"], row["lead__zone"]
        built[pk] = {
            "id": row["public_id"],
            "title": row["title"],
            "kind": row["kind"],
            "purpose": row["purpose__key"],
            "origin": row["origin__key"],
            "origin_note": row["origin_note"],
            "status": row["status"],
            "status_reason": row["status_reason"],
            "lessons": row["lessons"],
            "summary": row["summary"],
            "common_agenda": row["common_agenda"],
            "engagement": row["engagement"],
            "starts_on": row["starts_on"],
            "ends_on": row["ends_on"],
            "lead": {"id": row["lead__public_id"], "name": row["lead__name"]},
            "issue_areas": sorted(key for (key,) in areas[pk]),
            "parties": [party for _, party in parties[pk]],
            "statements": [],
            "grew_out_of": links["earlier"][pk],
            "led_to": links["later"][pk],
            "facts": facts[pk],
            "documents": [{"title": title, "url": url} for title, url in documents[pk]],
            "source": row["source"],
            "is_illustration": row["is_illustration"],
            "last_verified_on": row["last_verified_on"],
            "version": row["version"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }
    public = built if is_public or not said else build(said)
    for pk in said.keys() & built.keys():
        mark = standing.fingerprint(public[pk])
        built[pk]["statements"] = standing.statements(said[pk], parties[pk], mark=mark, zone=zones[pk])
    return built


def write(document: dict) -> str:
    """The document as it is stored and sent."""
    return orjson.dumps(document, default=str, option=orjson.OPT_UTC_Z).decode()


def _grouped(rows, *fields):
    grouped = defaultdict(list)
    for pk, *values in rows.values_list("partnership_id", *fields):
        grouped[pk].append(values)
    return grouped


def _parties(ids, rows):
    roles = defaultdict(list)
    for party, role, hours in (
        PartyRole.objects.filter(partnership__in=ids).order_by("id").values_list("party_id", "role", "hours_per_month")
    ):
        roles[party].append((role, hours))
    shown = defaultdict(list)
    fields = [
        f"{kind}__{name}" for kind in ("jurisdiction", "department", "organization") for name in ("public_id", "name")
    ]
    for row in (
        rows.filter(partnership__in=ids)
        .order_by("partnership_id", "position", "id")
        .values("pk", "partnership_id", "side", "circle", "starts_on", "ends_on", "contribution", *fields)
    ):
        kind = next(k for k in ("jurisdiction", "department", "organization") if row[f"{k}__public_id"])
        hours = [h for role, h in roles[row["pk"]] if role == "backbone" and h]
        party = {
            "type": kind,
            "id": row[f"{kind}__public_id"],
            "name": row[f"{kind}__name"],
            "side": row["side"],
            "circle": row["circle"] or None,
            "roles": [role for role, _ in roles[row["pk"]]],
            "starts_on": row["starts_on"],
            "ends_on": row["ends_on"],
            "contribution": row["contribution"],
        }
        if hours:
            party["backbone_hours_per_month"] = hours[0]
        shown[row["partnership_id"]].append((row["pk"], party))
    return shown


def _links(ids):
    found = {"earlier": defaultdict(list), "later": defaultdict(list)}
    rows = PartnershipLink.objects.filter(Q(earlier__in=ids) | Q(later__in=ids)).order_by("id")
    wanted = set(ids)
    for earlier, earlier_id, earlier_out, later, later_id, later_out, what, url in rows.values_list(
        "earlier_id", "earlier__public_id", "earlier__is_published",
        "later_id", "later__public_id", "later__is_published", "came_of_it", "url",
    ):  # fmt: skip
        if later in wanted and earlier_out:
            found["earlier"][later].append(earlier_id)
        if earlier in wanted and (what or later_out):
            found["later"][earlier].append({"id": later_id if later_out else None, "came_of_it": what, "url": url})
    return found


def _facts(ids, parties):
    facts = defaultdict(dict)
    for name, (model, fields) in _ONE_TO_ONE.items():
        for row in model.objects.filter(partnership__in=ids).values("partnership_id", *fields):
            facts[row.pop("partnership_id")][name] = row
    shown = {pk: party["id"] for rows in parties.values() for pk, party in rows}
    for pk, title, held_by, chosen_by, starts_on, ends_on in Seat.objects.filter(partnership__in=ids).values_list(
        "partnership_id", "title", "held_by", "chosen_by", "starts_on", "ends_on"
    ):
        seat = {
            "title": title,
            "held_by": shown.get(held_by),
            "chosen_by": chosen_by,
            "starts_on": starts_on,
            "ends_on": ends_on,
        }
        facts[pk].setdefault("seats", []).append(seat)
    ask_fields = ("text", "asked_on", "answer", "answer_reason", "answer_due_on", "answered_on", "delivered_on")
    for row in Ask.objects.filter(partnership__in=ids).values("partnership_id", *ask_fields):
        facts[row.pop("partnership_id")].setdefault("asks", []).append(row)
    adopted = defaultdict(list)
    for practice, party in (
        Practice.adopted_by.through.objects.filter(practice__partnership__in=ids)
        .order_by("id")
        .values_list("practice_id", "party_id")
    ):
        if party in shown:
            adopted[practice].append(shown[party])
    for pk, practice, title, shared_by, shared_on in Practice.objects.filter(partnership__in=ids).values_list(
        "partnership_id", "pk", "title", "shared_by", "shared_on"
    ):
        entry = {
            "title": title,
            "shared_by": shown.get(shared_by),
            "shared_on": shared_on,
            "adopted_by": adopted[practice],
        }
        facts[pk].setdefault("practices", []).append(entry)
    return facts


# Storing


def publish(partnership_ids, *, also=None) -> None:
    """Rewrites the stored documents of these partnerships, withdraws those no longer public, and what hangs on them.

    `also`: what search may know of other records that changed, resource → entries. Call it once, last in the
    transaction that changed them. More than FAN_OUT: see `empty`.
    """
    ids = sorted(set(partnership_ids))
    entries, counts = [], Counter()
    if len(ids) > FAN_OUT:
        ids = empty(ids)
    for start in range(0, len(ids), BATCH):
        _store_batch(ids[start : start + BATCH], entries, counts)
    # Words and counts are shared by many records: touched last, when all documents are locked, so that none deadlock.
    search.index_all({RESOURCE: entries} | (also or {}))
    count_facets(counts)


def prepare(partnership) -> None:
    """Gives a new partnership its row here. Every partnership has one from birth: it is the lock that a rename of a party
    and a first publishing meet at."""
    Publication.objects.create(partnership=partnership, public_id=partnership.public_id, at=clock.now())


def _store_batch(ids, entries, counts):
    """Stores these documents; adds what search may know of them to `entries`, and what filters count to `counts`."""
    stored = Publication.objects.select_for_update().filter(partnership__in=ids).order_by("pk")
    stored = {publication.partnership_id: publication for publication in stored}
    public = set(Partnership.objects.filter(pk__in=ids, is_published=True).values_list("pk", flat=True))
    documents = build(ids)
    ancestors = above(documents.values())
    stamp, at, moved = next_stamp(), clock.now(), []
    for pk, document in documents.items():
        publication = stored[pk]
        body, facets = write(document) if pk in public else None, facets_of(document, ancestors)
        entries.append(search.Entry(pk, pk in public, *search_text(document)))
        if publication.body == body and publication.facets == facets:
            continue
        moved.append(publication)
        counts.update(counted(facets) if body is not None else [])
        counts.subtract(counted(publication.facets) if publication.body is not None else [])
        if publication.body != body:
            publication.stamp, publication.at = stamp, at
        publication.body, publication.facets = body, facets
    # All of them are there and locked: an upsert is the update whose statement is quickest made.
    Publication.objects.bulk_create(
        moved, update_conflicts=True, unique_fields=["id"], update_fields=["body", "facets", "stamp", "at"]
    )


def empty(ids) -> list[int]:
    """Empties the stored documents of very many partnerships at once; `refill` and readers build them anew.

    Gives the others, which have no public document: drafts are few, and rewritten at once.
    """
    chosen = Publication.objects.filter(OneOf("partnership_id", ids))
    rows = chosen.select_for_update().order_by("pk").annotate(is_out=Q(body__isnull=False))
    rows = list(rows.values_list("partnership_id", "is_out"))
    chosen.filter(body__isnull=False).update(body="", stamp=next_stamp(), at=clock.now())
    search.hide(RESOURCE, ids)
    return sorted(pk for pk, is_out in rows if not is_out)


def refill(limit=BATCH) -> int:
    """Builds up to `limit` of the documents that are empty, in a transaction of its own; gives how many it found."""
    with transaction.atomic():
        rows = Publication.objects.filter(body="").order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        ids = [p.partnership_id for p in rows.only("partnership_id")[: min(limit, FAN_OUT)]]
        publish(ids)
    return len(ids)


def bodies_of(rows) -> dict[int, str]:
    """Partnership id → its document as text, of rows (partnership id, stored body): where that is empty, built now; one
    that is deleted meanwhile is left out. Stores nothing: a reader never writes."""
    empty_ids = [pk for pk, body in rows if not body]
    built = build(empty_ids) if empty_ids else {}
    return {pk: body for pk, body in rows if body} | {pk: write(document) for pk, document in built.items()}


def withdraw_deleted(partnership) -> None:
    """Before a partnership's row goes: its publication becomes a tombstone, its counts and words go."""
    publication = Publication.objects.select_for_update().filter(partnership=partnership).first()
    search.remove(RESOURCE, [partnership.pk])
    if publication is None:
        return
    counts = Counter()
    if publication.body is None and publication.stamp == 0:
        publication.delete()
        return
    if publication.body is not None:
        counts.subtract(counted(publication.facets))
        publication.body, publication.stamp, publication.at = None, next_stamp(), clock.now()
    publication.facets = []
    publication.save()
    count_facets(counts)


def check(ids=None):
    """Pairs (public id, what differs) of stored documents against a rebuild. Empty ones that wait for refilling are fine."""
    rows = Publication.objects.filter(partnership__isnull=False).order_by("pk")
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
        yield public_id, "there is no row for its document"


def _check_batch(batch):
    documents = build([p.partnership_id for p in batch])
    ancestors = above(documents.values())
    for publication in batch:
        public, document = publication.partnership.is_published, documents[publication.partnership_id]
        if publication.body != "" and publication.body != (write(document) if public else None):
            yield publication.public_id, "the stored document differs from a rebuild"
        elif publication.body and publication.facets != facets_of(document, ancestors):
            yield publication.public_id, "what filters find it by differs from a rebuild"


# Counts and words that hang on a document


def count_facets(counts: Counter) -> None:
    """Adds these differences to the counts beside filters: last in a transaction, in key order, so that none deadlock."""
    for key in sorted(key for key, n in counts.items() if n):
        facet, value = key.split(":", 1)
        row = {"resource": RESOURCE, "facet": facet, "value": value}
        if not FacetCount.objects.filter(**row).update(count=F("count") + counts[key]):
            FacetCount.objects.get_or_create(**row)
            FacetCount.objects.filter(**row).update(count=F("count") + counts[key])


def search_text(document) -> tuple[str, str, str]:
    """Title, names and the rest of what text search may find a document by."""
    names = "\n".join([document["lead"]["name"], *(party["name"] for party in document["parties"])])
    body = [document["summary"], document["common_agenda"], document["origin_note"]]
    body += [party["contribution"] for party in document["parties"]]
    return document["title"], names, " ".join(filter(None, body))


def partnerships_showing(*, organization=None, department=None, jurisdiction=None):
    """Ids of the partnerships whose document shows this record."""
    entity = {"organization": organization, "department": department, "jurisdiction": jurisdiction}
    parties = Party.objects.filter(**{name: record for name, record in entity.items() if record is not None})
    ids = set(parties.values_list("partnership_id", flat=True))
    if jurisdiction is not None:
        ids |= set(Partnership.objects.filter(lead=jurisdiction).values_list("pk", flat=True))
    return ids


def partnerships_at(place) -> set[int]:
    """Ids of the partnerships that are found by a jurisdiction or department: shown there or anywhere below."""
    below = type(place).objects.filter(path__startswith=place.path)
    if isinstance(place, Department):
        return set(Party.objects.filter(department__in=below).values_list("partnership_id", flat=True))
    departments = Department.objects.filter(jurisdiction__in=below)
    parties = Party.objects.filter(Q(jurisdiction__in=below) | Q(department__in=departments))
    return {
        *parties.values_list("partnership_id", flat=True),
        *Partnership.objects.filter(lead__in=below).values_list("pk", flat=True),
    }
