"""The parties' statements on a record: the last one of each, and whether it is about the record as it is now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson
from django.db.models import QuerySet, prefetch_related_objects

from partnerships.core import clock
from partnerships.core.fields import InList
from partnerships.core.prepared import Placeholder, prepared_by_ids
from partnerships.core.snapshots import serialize
from partnerships.directory.models import BODIES
from partnerships.registry.models import Confirmation, DraftShare, Partnership, Remark

# What changes although the content doesn't: counters, and the statements themselves.
_NOT_CONTENT = ("version", "updated_at", "statements", "all_partners_listed")


def fingerprint(document: dict) -> str:
    """A digest of the content of a public document (`document.build`). A statement is current as long as it doesn't
    change.

    Whether partners have confirmed their seats isn't part of it.
    """
    content = {key: value for key, value in document.items() if key not in _NOT_CONTENT}
    content["parties"] = [
        {key: value for key, value in party.items() if key != "confirmed"} for party in content["parties"]
    ]
    return sha256(orjson.dumps(content, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS)).hexdigest()


def latest_statements(partnership_ids: Iterable[int]) -> dict[int, dict[int, Mapping]]:
    """Partnership id → party id → the last statement of that party.

    One query. Partnerships without statements are left out.
    """
    latest: dict[int, dict[int, Mapping]] = defaultdict(dict)
    for row in _statements_made(partnership_ids):
        latest[row["party__partnership_id"]][row["party_id"]] = row
    return latest


@prepared_by_ids
def _statements_made(ids: Placeholder) -> QuerySet:
    rows = Confirmation.objects.filter(InList("party__partnership", ids)).order_by("at", "id")
    fields = ("party_id", "party__partnership_id", "party__partnership__lead__zone", "verdict", "words", "fingerprint")
    return rows.values(*fields, "at")


def statements(
    latest: Mapping[int, Mapping[str, Any]], parties: Sequence[tuple[int, dict[str, Any]]], *, mark: str
) -> list[dict]:
    """The statements of these parties, pairs (id, the document's form), as the document holds them.

    `latest`: party id → its last statement. `mark`: the fingerprint of the current record. Dates are in the lead's time
    zone.
    """
    return [
        {
            "party": party["id"],
            "verdict": latest[pk]["verdict"],
            "words": latest[pk]["words"],
            "on": latest[pk]["at"].astimezone(clock.zone(latest[pk]["party__partnership__lead__zone"])).date(),
            "is_current": latest[pk]["fingerprint"] == mark,
        }
        for pk, party in parties
        if pk in latest
    ]


def snapshot_of_others(partnership: Partnership) -> dict:
    """What others than the lead say of a partnership, and who its draft is shared with, for the change log."""
    shares, remarks = _shares([partnership.pk]), _remarks([partnership.pk])
    prefetch_related_objects(remarks, *_entities("replies__party"))
    latest = latest_statements([partnership.pk]).get(partnership.pk, {})
    parties = partnership.parties.in_bulk(latest) if latest else {}
    return {
        "shared_with": [serialize(share.jurisdiction or share.department or share.organization) for share in shares],
        "statements": [
            {
                "party": serialize(parties[pk].entity),
                "verdict": row["verdict"],
                "words": row["words"],
                "at": serialize(row["at"]),
            }
            for pk, row in sorted(latest.items())
        ],
        "remarks": [_remark_snapshot(remark) for remark in remarks],
    }


@prepared_by_ids
def _shares(ids: Placeholder) -> QuerySet:
    return DraftShare.objects.filter(InList("partnership", ids)).select_related(*BODIES)


@prepared_by_ids
def _remarks(ids: Placeholder) -> QuerySet:
    return Remark.objects.filter(InList("partnership", ids)).order_by("id")


def _entities(path: str) -> list[str]:
    return [f"{path}__{name}" for name in BODIES]


def _remark_snapshot(remark: Remark) -> dict[str, Any]:
    replies = [
        {"party": serialize(reply.party.entity), "text": reply.text, "at": serialize(reply.at)}
        for reply in remark.replies.all()
    ]
    dates = {name: serialize(getattr(remark, name)) for name in ("shown_at", "public_on", "withdrawn_at")}
    return {"text": remark.text, **dates, "replies": replies}
