"""Reading for sync: what changed since a client's last pull, and what was removed, in the order of the stamps.

`as_of` is taken before anything is read, and every page of one pull keeps it: a row that changes during the pull gets
a higher stamp and comes with the next one. Sync covers the public records only: the listing passed in is a signed-out
visitor's.
"""

from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from django.core.signing import BadSignature, Signer
from django.core.signing import b64_decode as decode
from django.core.signing import b64_encode as encode
from django.db.models import F, QuerySet, Value

from partnerships.core import stamps
from partnerships.core.errors import ValidationError
from partnerships.core.fields import RowGreaterThan
from partnerships.core.models import Tombstone

if TYPE_CHECKING:
    from partnerships.core.listing import Listing

_SIGNER = Signer(salt="pull", sep="~")
BEFORE_ALL = -1
CHANGED, BURIED = 0, 1
_LAST_KEY = 2**63 - 1


@dataclass
class Pull:
    """One page of a pull.

    `rows` are to be stored by the client, `gone` (public id, moment) to be deleted. `as_of` is the token for the next
    pull, and `next` the cursor of the next page of this one (None at the end).
    """

    rows: list
    gone: list
    as_of: str
    next: str | None


@dataclass
class SyncPosition:
    """How far a pull has come. It asks for stamps in (since, as_of]; `after` is the last (stamp, source, key) seen."""

    since: int
    as_of: int
    after: list = field(default_factory=list)

    @property
    def from_start(self) -> bool:
        return self.since == BEFORE_ALL

    def behind(self, source: int = CHANGED) -> tuple[int, int]:
        """The (stamp, key) after which this pull goes on, among rows of this source."""
        if not self.after:
            return self.since, _LAST_KEY
        stamp, seen, key = self.after
        if source == seen:
            return stamp, key
        return stamp, _LAST_KEY if source < seen else 0

    def rows(self, queryset: QuerySet, source: int = CHANGED) -> QuerySet:
        """The rows of this pull after the last one seen, in the order (stamp, key)."""
        place = map(Value, self.behind(source))
        return queryset.filter(RowGreaterThan(">", F("stamp"), F("pk"), *place), stamp__lte=self.as_of).order_by(
            "stamp", "pk"
        )


def parse_position(since: str, cursor: str | None) -> SyncPosition:
    """Read `updated_since` and the cursor of a later page. Raises ValidationError by parameter, or SyncTokenExpired."""
    as_of = stamps.as_of()
    try:
        stamp = stamps.read_token(since, as_of) or BEFORE_ALL
    except ValidationError as problem:
        raise ValidationError({"updated_since": problem}) from None
    if not cursor:
        return SyncPosition(stamp, as_of)
    try:
        began, as_of, after = orjson.loads(decode(_SIGNER.unsign(cursor).encode()))
        if began != stamp:
            raise BadSignature
    except (BadSignature, ValueError):
        words = "This page link is broken or belongs to another pull. Start the pull again."
        raise ValidationError({"cursor": ValidationError(words, code="bad_cursor")}) from None
    return SyncPosition(stamp, as_of, after)


class PullEntry(NamedTuple):
    """A record that changed, at its position in the order of a pull. `row`: None if it's gone, or doesn't match the filters."""

    stamp: int
    source: int
    key: int
    row: Any | None
    public_id: str
    moment: datetime

    @property
    def position(self) -> tuple[int, int, int]:
        return self.stamp, self.source, self.key


def build_page(at: SyncPosition, entries: list[PullEntry], size: int) -> Pull:
    """Build the page from its entries, one more than `size` if there are more."""
    has_more, entries = len(entries) > size, entries[:size]
    rows = [entry.row for entry in entries if entry.row is not None]
    gone = [(entry.public_id, entry.moment) for entry in entries if entry.row is None]
    cursor = None
    if has_more:
        text = orjson.dumps([at.since, at.as_of, entries[-1].position])
        cursor = _SIGNER.sign(encode(text).decode())
    return Pull(rows, gone, stamps.write_token(at.as_of), cursor)


def records(listing: "Listing", *, since: str, cursor: str | None, size: int) -> Pull:
    """A page of a pull of records that have their own stamp.

    `listing` is a signed-out visitor's, with the client's filters.
    """
    at = parse_position(since, cursor)
    changed = list(at.rows(listing.rows if at.from_start else listing.filters.queryset)[: size + 1])
    matching = {record.pk for record in changed}
    if listing.filters.filters and not at.from_start:
        matching = set(listing.rows.order_by().filter(pk__in=matching).values_list("pk", flat=True))
    entries = [
        PullEntry(one.stamp, CHANGED, one.pk, one if one.pk in matching else None, one.public_id, one.updated_at)
        for one in changed
    ]
    if not at.from_start:
        buried = at.rows(Tombstone.objects.filter(resource=listing.resource), BURIED)[: size + 1]
        gone = [PullEntry(one.stamp, BURIED, one.pk, None, one.public_id, one.at) for one in buried]
        entries = list(merge(entries, gone, key=lambda entry: entry.position))
    return build_page(at, entries, size)
