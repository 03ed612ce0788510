"""Reading partnerships for sync: stored documents by their stamps, tombstones among them (`core.pulls` says how)."""

from heapq import merge
from operator import itemgetter

from partnerships.core.models import Outdated
from partnerships.core.pulls import CHANGED, Pull, finish, place
from partnerships.registry import publication
from partnerships.registry.choices import RESOURCE
from partnerships.registry.models import Publication

_COLUMNS = ("stamp", "pk", "public_id", "at", publication.stored_body("partnership_id", "body"), "partnership_id")
OUTDATED = -1  # source of what is marked and not yet stored anew, before CHANGED


def documents(listing, *, since: str, cursor: str | None, size: int) -> Pull:
    """A page of a pull: its rows are documents as text. `listing` is a stranger's, with the client's filters."""
    at = place(since, cursor)
    filtered = bool(listing.filters.filters)
    stored = Publication.objects.filter(stamp__gt=0)
    if at.from_start:
        stored = stored.filter(body__isnull=False)
        if filtered:
            stored = stored.filter(partnership__in=listing.rows.order_by().values("pk"))
    found = [(row[0], CHANGED, *row[1:]) for row in at.rows(stored).values_list(*_COLUMNS)[: size + 1]]
    if not at.from_start:
        found = list(merge(_outdated(at, size), found, key=itemgetter(0, 1, 2)))[: size + 1]
    bodies = publication.bodies_of([(row[6], row[5]) for row in found if row[5] is not None])
    if filtered and not at.from_start:
        kept = set(listing.rows.order_by().filter(pk__in=list(bodies)).values_list("pk", flat=True))
        bodies = {key: body for key, body in bodies.items() if key in kept}
    entries = [(*row[:3], bodies.get(row[6]), *row[3:5]) for row in found]
    return finish(at, entries, size, set)


def _outdated(at, size):
    """What a large change has marked: it has changed with that change's stamp, whenever it is stored anew."""
    marked = at.rows(Outdated.objects.filter(resource=RESOURCE), OUTDATED).values_list("stamp", "pk", "record_id")[
        : size + 1
    ]
    rows = Publication.objects.filter(partnership__in=[key for *_, key in marked], body__isnull=False) if marked else []
    stored = {row.partnership_id: row for row in rows}
    return [
        (stamp, OUTDATED, pk, stored[key].public_id, stored[key].at, "", key)
        for stamp, pk, key in marked
        if key in stored
    ]
