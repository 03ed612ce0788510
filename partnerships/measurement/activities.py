"""Saves activities and gains: which party does which part, and what each party says it has gained.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field; fields of a row as
“parts-0-party”), NotAllowed and, when a version is given, EditConflict. Nothing is written then.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock, sync
from partnerships.core.access import SYSTEM, Author, account_of, require
from partnerships.core.children import replace_rows
from partnerships.core.dates import require_years
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.snapshots import prefetch_rows, snapshot_fields, snapshot_rows
from partnerships.core.writing import apply_values, change, lock, public_snapshot
from partnerships.measurement.models import Activity, Gain
from partnerships.measurement.rules import may_write_gain
from partnerships.registry.document import names_shown
from partnerships.registry.models import Partnership, Party
from partnerships.registry.rules import may_write_partnership

FIELDS = ("title", "detail", "kind", "status", "starts_on", "ends_on", "results", "outcomes")
FIELDS += ("source", "last_verified_on", "is_public")
_PARTIES = ("parts__party__organization", "parts__party__department", "parts__party__jurisdiction")


def read_for_snapshots(activities: Sequence[Activity]) -> None:
    """Prefetch what the snapshots of these activities show."""
    prefetch_rows(activities, *_PARTIES)


def snapshot(activity: Activity) -> dict:
    read_for_snapshots([activity])
    return snapshot_fields(activity) | {"parts": snapshot_rows(activity.parts.all(), leave_out=("activity",))}


@public_snapshot(Activity)
def _shown_of_activity(activity: Activity) -> Callable:
    """Of a public activity, everything except the parts of parties that not everyone sees."""
    parties = names_shown(activity.partnership_id)

    def shown(values: dict[str, Any]) -> dict[str, Any] | None:
        if not values["is_public"]:
            return None
        return values | {"parts": [row for row in values["parts"] if row["party"] in parties]}

    return shown


@transaction.atomic
def save_activity(
    *,
    activity: Activity | None = None,
    by: Author,
    fields: dict[str, Any],
    parts: Sequence[dict[str, Any]] | None = None,
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Activity:
    """Add or change an activity. `fields`: `partnership` (for a new one) and FIELDS (`results` and `outcomes` as
    lists).

    `parts`: dicts of party, part, in the order of the parties. None leaves them unchanged.
    """
    partnership = activity.partnership if activity else fields["partnership"]
    require(by is SYSTEM or may_write_partnership(by, partnership))
    activity = activity or Activity()
    verb = "update" if activity.pk else "create"
    with change(
        activity, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id
    ) as writing:
        current = writing.record
        was_public = bool(current.pk) and is_public(current)
        _check_goals(current, partnership, fields)
        apply_values(current, fields | {"partnership": partnership})
        if parts is not None:
            _write_parts(current, parts)
    if writing.changed:
        sync.update_tombstone("activity", current.public_id, was_public=was_public, is_public=is_public(current))
    return writing.record


def is_public(activity: Activity) -> bool:
    """Whether everyone can read it, by the rule of `activities_visible_to` for signed-out visitors."""
    return activity.is_public and activity.partnership.is_published


def _check_goals(activity: Activity, partnership: Partnership, fields: dict[str, Any]) -> None:
    """Check new goals: results that the partnership works on, and outcomes of its lead's plans.

    Existing goals may stay.
    """
    was = {name: set(getattr(activity, name).all()) if activity.pk else set() for name in ("results", "outcomes")}
    for result in set(fields.get("results", ())) - was["results"]:
        if not result.partnerships.filter(pk=partnership.pk).exists():
            words = gettext(
                "This partnership isn’t linked to “%(result)s”. Link it on the page of the result first."
            ) % {"result": result}
            raise ValidationError({"results": ValidationError(words, code="other_table")})
    for outcome in set(fields.get("outcomes", ())) - was["outcomes"]:
        if outcome.plan.lead_id != partnership.lead_id:
            words = gettext("“%(outcome)s” belongs to another office’s plan.") % {"outcome": outcome}
            raise ValidationError({"outcomes": ValidationError(words, code="other_office")})


def _write_parts(activity: Activity, rows: Sequence[dict[str, Any]]) -> None:
    kept = {part.party_id: part.pk for part in activity.parts.all()}
    for index, row in enumerate(rows):
        if row["party"].partnership_id != activity.partnership_id:
            words = gettext("This partner isn’t in this partnership.")
            raise ValidationError({f"parts-{index}-party": ValidationError(words, code="other_table")})
    rows = [row | ({"id": kept[row["party"].pk]} if row["party"].pk in kept else {}) for row in rows]
    replace_rows(activity.parts, rows, name="parts")


@transaction.atomic
def save_gain(
    *, party: Party, by: Author, fields: dict[str, Any], gain: Gain | None = None, version: int | None = None
) -> Gain:
    """Save what a party says it has gained: `text`, `gained_on`, `is_public`.

    It isn't in the change log, which others read: after it is withdrawn, it is gone.
    """
    require(by is SYSTEM or may_write_gain(by, party))
    lock(party.partnership, None)
    current = Gain(party=party, version=0) if gain is None else _current_gain(gain, party, version)
    if current.pk is None or any(getattr(current, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(current, name, value)
        current.version, current.by, current.at = current.version + 1, account_of(by), clock.now()
        current.full_clean(exclude=["by"])
        require_years(current)
        current.save()
    return current


@transaction.atomic
def withdraw_gain(*, gain: Gain, by: Author, version: int | None = None) -> None:
    """Delete a gain permanently."""
    require(by is SYSTEM or may_write_gain(by, gain.party))
    lock(gain.party.partnership, None)
    _current_gain(gain, gain.party, version).delete()


def _current_gain(gain: Gain, party: Party, version: int | None) -> Gain:
    current = Gain.objects.filter(pk=gain.pk, party=party).first()
    if current is None:
        raise NotFound
    if version is not None and current.version != version:
        raise EditConflict(current, version)
    return current
