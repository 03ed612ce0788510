"""Reading partnerships for sync: stored documents by their stamps, tombstones among them (`core.pulls` says how)."""

from partnerships.core.pulls import CHANGED, Pull, finish, place
from partnerships.registry import publication
from partnerships.registry.models import Publication

_COLUMNS = ("stamp", "pk", "public_id", "at", "body", "partnership_id")


def documents(listing, *, since: str, cursor: str | None, size: int) -> Pull:
    """A page of a pull: its rows are documents as text. `listing` is a stranger's, with the client's filters."""
    at = place(since, cursor)
    filtered = bool(listing.filters.filters)
    stored = Publication.objects.filter(stamp__gt=0)
    if at.from_start:
        stored = stored.filter(body__isnull=False)
        if filtered:
            stored = stored.filter(partnership__in=listing.rows.order_by().values("pk"))
    found = list(at.rows(stored).values_list(*_COLUMNS)[: size + 1])
    bodies = publication.bodies_of([(row[5], row[4]) for row in found if row[4] is not None])
    partnerships = {row[1]: row[5] for row in found}
    entries = [(row[0], CHANGED, row[1], bodies.get(row[5]), row[2], row[3]) for row in found]

    def matching(keys):
        if at.from_start or not filtered:
            return set(keys)
        rows = listing.rows.order_by().filter(pk__in=[partnerships[key] for key in keys])
        kept = set(rows.values_list("pk", flat=True))
        return {key for key in keys if partnerships[key] in kept}

    return finish(at, entries, size, matching)
