"""Saves membership composition of advisory bodies, and the population of places.

`by` is the person, or SYSTEM for a command. All functions raise ValidationError (by field; a category as “of_black”),
NotAllowed and, when a version is given, EditConflict. Nothing is written then.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock, sync
from partnerships.core.access import SYSTEM, Author, require
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import snapshot_fields
from partnerships.core.writing import ChangeContext, apply_values, change, lock
from partnerships.measurement.composition_disclosure import MEMBERS, NO_ANSWER, PREFER_NOT, hidden_keys
from partnerships.measurement.composition_models import MOST_MEMBERS, MOST_PEOPLE, Makeup, Population
from partnerships.measurement.groups import CATEGORIES
from partnerships.measurement.rounding import STEP
from partnerships.measurement.rules import may_write_composition, may_write_population
from partnerships.registry.choices import Kind

OF = "of_"  # prefix of a category where its count is a field among others
MAKEUP = ("counted_on", "members", "several", "prefer_not", "no_answer", "changed", "asked_how", "note", "source")
POPULATION = ("year", "total", "several", "source", "link", "note")

Count = TypeVar("Count", Makeup, Population)


def snapshot_composition(makeup: Makeup) -> dict:
    return _snapshot(makeup, "kept_back", "is_closed", "shown")


def snapshot_population(population: Population) -> dict:
    return _snapshot(population)


def _snapshot(record: Makeup | Population, *leave_out: str) -> dict[str, Any]:
    values = snapshot_fields(record, leave_out=("counts", *leave_out))
    return values | {f"{OF}{key}": record.counts.get(key) for key, _ in CATEGORIES[record.dimension]}


@transaction.atomic
def save_composition(
    *,
    makeup: Makeup | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Makeup:
    """Add or change a count of a body's members.

    `fields`: `partnership` and `dimension` (for a new one), `MAKEUP`, and for each category “of_KEY” the number of
    members.
    """
    makeup = makeup or Makeup(**_initial_values(fields, "partnership", "dimension"))
    require(by is SYSTEM or may_write_composition(by, makeup))
    partnership = lock(makeup.partnership, None)  # locked, so that what two saves at the same time hide is consistent
    if makeup.pk is None and partnership.kind != Kind.ADVISORY_BODY:
        raise ValidationError(gettext("We count only members of an advisory body."))
    with _changing(makeup, snapshot_composition, by, version, why, request_id) as writing:
        current = writing.record
        values = _stored_values(current, fields, MAKEUP)
        _check_makeup(current, values)
        earlier = Makeup.objects.filter(partnership=partnership, dimension=current.dimension)
        hidden_before = {key for keys in earlier.values_list("kept_back", flat=True) for key in keys}
        was = {name: getattr(current, name) for name in _PUBLIC}
        apply_values(current, values | _what_is_hidden(current, values, hidden_before))
        writing.is_quiet = was == {name: getattr(current, name) for name in _PUBLIC}
    if writing.changed and not writing.is_quiet:
        sync.restamp(earlier.exclude(pk=writing.record.pk))  # whether they wait depends on this one
    return writing.record


# What everyone can read of a count; its numbers only as they are shown. A change that affects none of it is visible to
# no one.
_PUBLIC = ("counted_on", "several", "changed", "asked_how", "note", "source", "last_verified_on")
_PUBLIC += ("shown", "kept_back", "is_closed")


def _what_is_hidden(makeup: Makeup, values: dict[str, Any], before: set[str]) -> dict:
    """The fields of a count with these values that say what is hidden of it. `before`: keys hidden in any count so far.

    A count that shows nothing can't be compared with others, so it doesn't make later ones hide anything.
    """
    now = {name: values.get(name, getattr(makeup, name)) for name in ("members", "several", "counts", *_SILENT)}
    shown = now["counts"] | {key: now[name] for name, key in _SILENT.items()} | {MEMBERS: now["members"]}
    if makeup.shown and all(abs(shown[key] - count) < STEP for key, count in makeup.shown.items()):
        shown = makeup.shown
    counts = {key: count for key, count in shown.items() if key != MEMBERS}
    keys = hidden_keys(counts, shown[MEMBERS], several=now["several"], before=before)
    is_closed = keys == counts.keys()
    return {"kept_back": sorted(before if is_closed else keys), "is_closed": is_closed, "shown": shown}


_SILENT = {"prefer_not": PREFER_NOT, "no_answer": NO_ANSWER}


@transaction.atomic
def save_population(
    *,
    population: Population | None = None,
    by: Author,
    fields: dict[str, Any],
    version: int | None = None,
    why: str = "",
    request_id: UUID | None = None,
) -> Population:
    """Add or change the population of a place in a year.

    `fields`: `jurisdiction` and `dimension` (for a new one), POPULATION, and for each category “of_KEY” the number of
    people; None if the source doesn't count them.
    """
    population = population or Population(**_initial_values(fields, "jurisdiction", "dimension"))
    require(by is SYSTEM or may_write_population(by, population))
    with _changing(population, snapshot_population, by, version, why, request_id) as writing:
        values = _stored_values(writing.record, fields, POPULATION)
        _check_population(writing.record, values)
        apply_values(writing.record, values)
    return writing.record


def _initial_values(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """What a new record has from the start and no later save changes: these of its fields, and whether it's made up."""
    return {key: fields[key] for key in (*names, "is_sample", "is_illustration") if key in fields}


def _changing(
    record: Count, snapshot: Callable[[Count], dict], by: Author, version: int | None, why: str, request_id: UUID | None
) -> AbstractContextManager[ChangeContext[Count]]:
    verb = "update" if record.pk else "create"
    return change(record, by=by, verb=verb, snapshot=snapshot, why=why, version=version, request_id=request_id)


def _stored_values(record: Makeup | Population, fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The fields as the record stores them. Raises ValidationError for a category of another dimension."""
    values = {name: fields[name] for name in (*names, "last_verified_on") if name in fields}
    typed = {name.removeprefix(OF): count for name, count in fields.items() if name.startswith(OF)}
    unknown = typed.keys() - {key for key, _ in CATEGORIES[record.dimension]}
    if unknown:
        raise ValidationError(
            gettext("%(names)s: not a group of %(dimension)s.")
            % {"names": ", ".join(sorted(unknown)), "dimension": record.get_dimension_display()}
        )
    counts = {key: count for key, count in (record.counts | typed).items() if count is not None}
    return values | {"counts": counts}


def _check_makeup(record: Makeup, values: dict[str, Any]) -> None:
    """Check that the counts are possible for this number of members.

    Raises ValidationError at each impossible count.
    """
    now = {name: values.get(name, getattr(record, name)) for name in MAKEUP}
    counts, errors = values["counts"], {}
    day = now["counted_on"]
    if day and day > clock.today(clock.zone(record.partnership.lead.zone)):
        errors["counted_on"] = gettext("This date is in the future. Enter the date when members were counted.")
    for name in ("members", *_SILENT):
        if now[name] is None or not 0 <= now[name] <= MOST_MEMBERS:
            errors[name] = gettext("Enter a whole number from 0 to %(number)s.") % {"number": MOST_MEMBERS}
    if now["members"] == 0:
        errors["members"] = gettext("Enter how many members it has.")
    for key, label in CATEGORIES[record.dimension]:
        if not isinstance(counts.get(key), int) or counts[key] < 0:
            errors[f"{OF}{key}"] = gettext("Enter how many members are in “%(group)s”. Enter 0 if there’s no one.") % {
                "group": label
            }
    if errors:
        raise ValidationError(errors)
    answered = now["members"] - now["prefer_not"] - now["no_answer"]
    if answered < 0:
        raise ValidationError({"members": gettext("More members are without an answer than there are in total.")})
    over = {key for key, count in counts.items() if count > answered}
    if over:
        words = gettext("Only %(answered)s of %(members)s members answered, so no group can have more than that.") % {
            "answered": answered,
            "members": now["members"],
        }
        raise ValidationError({f"{OF}{key}": words for key in over})
    _require_sum(sum(counts.values()), answered, now["several"])


def _require_sum(together: int, answered: int, several: bool) -> None:
    if several and together < answered:
        words = gettext(
            "%(answered)s members answered, but the groups add up to %(together)s. Everyone who "
            "answered is in at least one group."
        ) % {"answered": answered, "together": together}
    elif not several and together != answered:
        words = gettext(
            "The groups add up to %(together)s members, but %(answered)s answered. These numbers must "
            "match. Count everyone once, or check above that members could choose more than one group."
        ) % {"together": together, "answered": answered}
    else:
        return
    raise ValidationError({"members": words})


def _check_population(record: Population, values: dict[str, Any]) -> None:
    now = {name: values.get(name, getattr(record, name)) for name in POPULATION}
    counts, errors = values["counts"], {}
    if not now["source"]:
        errors["source"] = gettext("Enter the table that these numbers come from.")
    if now["year"] and now["year"] > clock.today().year:
        errors["year"] = gettext("This year is in the future. Enter the year of the numbers.")
    if not now["total"] or not 0 < now["total"] <= MOST_PEOPLE:
        errors["total"] = gettext("Enter the total population. We need it for percentages.")
    elif over := {key for key, count in counts.items() if not 0 <= count <= now["total"]}:
        errors |= {
            f"{OF}{key}": gettext("Enter a number from 0 to %(total)s, the total population.")
            % {"total": f"{now['total']:,}"}
            for key in over
        }
    elif not now["several"] and sum(counts.values()) > now["total"]:
        errors["total"] = gettext(
            "The groups add up to %(sum)s people, which is more than the total. If the table counts "
            "someone in more than one group, check that above."
        ) % {"sum": f"{sum(counts.values()):,}"}
    if not counts:
        errors["total"] = gettext("Enter the number of at least one group.")
    if errors:
        raise ValidationError(errors)
