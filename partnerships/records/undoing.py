"""Undoes one change of a record: the former values are saved again by the record's ordinary save action.

So every rule of the record applies, and documents, search, sync and emails follow. `plan_for` says what would change
and what prevents it; `undo` does it completely or not at all, and makes sure that nothing else changes.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.accounts.models import Person
from partnerships.core import clock, record_types
from partnerships.core.access import SYSTEM, Author, Viewer, require
from partnerships.core.children import errors_by_field
from partnerships.core.choices import Vocabulary
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.ids import ids_in
from partnerships.core.models import Change, Record, type_key
from partnerships.directory.models import Organization, Term
from partnerships.measurement.models import Activity, Result
from partnerships.records.privacy import CONTACT_ERASED
from partnerships.records.redaction import ERASED
from partnerships.registry.change_queries import changes_of
from partnerships.registry.models import Partnership, Party

OPENING = "Undo of the change on"  # how the reason of every undo begins
LONGEST_WHY = 200
_NAMESPACE = uuid.UUID("5a1f9a52-6b1b-4d43-9c0e-3c1f4f0a7d11")
# Why a change with one of these verbs can't be undone here, and what to do instead.
_NOT_UNDONE = {
    "create": _("Undo doesn’t delete records, so a record that was added stays. Correct it on its edit page."),
    "publish": _("Use “Unpublish” on its page."),
    "withdraw": _("Use “Publish” on its page."),
    "merge": _("Two records were merged. You can undo the merge above the list of changes."),
    "split": _("Part of it is a separate record now. To merge the two again, use “Report a duplicate” on its page."),
    "unmerge": _("A merge was undone. You can merge the two records again."),
    "linked": _("Measures that add up stay linked, so that small groups of one can’t be worked out from the others."),
    "number": _("Use “Withdraw confirmation” next to the number on the record’s page."),
    "unnumber": _("Confirm the number again on the record’s page."),
    "numbers": _("Numbers have their own history. Correct them where they’re entered."),
}
_OF_ANOTHER = _("This change was made to a record that was merged into this one.")
_OWN_WORDS = _("Someone said this on its own page, and only they can change it there.")
_CHANGED = _("It has changed again since then.")
_ERASED = _("It names a person who was erased, and we can’t restore an erased person.")
_NOT_KEPT = _("The earlier value isn’t in the history.")
_NO_DIFFERENCE = _("It already has the earlier value.")
_NOTHING = _("Nothing in this change can be undone here.")
_NOT_EXACT = _("We can’t restore it exactly. Change it on the edit page.")


@dataclass(frozen=True)
class Line:
    """One field of a change: its old, new and current value, and a message if it can't be undone."""

    key: str
    was: object
    became: object
    now: object
    obstacle: str = ""
    is_same: bool = False  # it already has the former value
    is_changed: bool = False  # it was changed again since


@dataclass
class Plan:
    """What undoing a change would do. `wanted`: key of the snapshot → restored value, empty if it is refused."""

    lines: list[Line] = field(default_factory=list)
    wanted: dict = field(default_factory=dict)
    arguments: dict = field(default_factory=dict)
    now: dict = field(default_factory=dict)
    refused: str = ""


def change_of(person: Viewer, record: Record, pk: int) -> Change:
    """One entry of a record's log. Raises NotFound for another record's, and for one that the person may not read."""
    found = changes_of(person, record).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_undo(person: Person, record: Record) -> bool:
    kind = record_types.for_record(record)
    return kind in record_types.with_undo() and kind.may_write(person, record)


def plan_for(by: Author, record: Record, change: Change) -> Plan:
    """What of a change could be undone now, by this person or SYSTEM."""
    if change.record_id != record.pk:
        return Plan(refused=_OF_ANOTHER)
    if change.verb != "update":
        return Plan(refused=_NOT_UNDONE.get(change.verb, _OWN_WORDS))
    kind = record_types.for_record(record)
    now = kind.snapshot(record)
    lines = [_line(key, change, now) for key in _keys(change, kind)]
    wanted = {line.key: line.was for line in lines if not (line.is_same or line.obstacle)}
    arguments, obstacles = _arguments(kind, record, wanted, by)
    lines = [replace(line, obstacle=obstacles.get(line.key, line.obstacle)) for line in lines]
    wanted = {key: value for key, value in wanted.items() if key not in obstacles}
    refused = ""
    if not wanted:
        refused = _NO_DIFFERENCE if all(line.is_same for line in lines) else _NOTHING
    return Plan(lines, wanted, arguments, now, refused)


def _keys(change: Change, kind: record_types.RecordType) -> list[str]:
    return [key for key in sorted({**change.before, **change.after}) if key not in kind.follows]


def _line(key: str, change: Change, now: dict[str, Any]) -> Line:
    was, became, is_now = change.before.get(key), change.after.get(key), now.get(key)
    if key not in change.before:
        return Line(key, was, became, is_now, _NOT_KEPT)
    if values_equal(key, was, is_now):
        return Line(key, was, became, is_now, is_same=True)
    if ERASED in json.dumps(was) or (key == "contacts" and change.why == CONTACT_ERASED):
        return Line(key, was, became, is_now, _ERASED)
    if not values_equal(key, became, is_now):
        return Line(key, was, became, is_now, _CHANGED, is_changed=True)
    return Line(key, was, became, is_now)


_IN_NO_ORDER = ("contacts", "identifiers", "roles", "grew_out_of", "led_to", "owners")


def values_equal(key: str, one: Any, other: Any) -> bool:
    """Whether two snapshot values are equal, ignoring the order of unordered lists."""
    return _comparable(key, one) == _comparable(key, other)


def _comparable(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        # The side is the organization's own, and the position is the order itself.
        return {k: _comparable(k, v) for k, v in value.items() if k not in ("side", "position") or key != "parties"}
    if not isinstance(value, list):
        return value
    rows = [_comparable(key, row) for row in value]
    return sorted(rows, key=_text) if key in _IN_NO_ORDER else rows


def _text(value: dict[str, str]) -> str:
    return json.dumps(value, sort_keys=True)  # a database may return the keys in another order


def _arguments(kind: record_types.RecordType, record: Record, wanted: dict[str, Any], by: Author) -> tuple[dict, dict]:
    """(arguments of the save action for these values, key → why it can't be restored).

    A value that needs another one is refused together with it.
    """
    find = _finder(record, by, wanted)
    obstacles: dict[str, str] = {}
    while True:
        made: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for key, value in wanted.items():
            try:
                part = kind.undo_argument(record, key, value, wanted=wanted, find=find, by=by)
            except ValidationError as problem:
                wrong[key] = problem.messages[0]
                continue
            for name, more in part.items():
                made[name] = made.get(name, {}) | more if isinstance(more, dict) else more
        if not wrong:
            return {"fields": {}} | made, obstacles
        obstacles |= wrong
        wanted = {key: value for key, value in wanted.items() if key not in wrong}


def _finder(record: Record, by: Author, wanted: dict[str, Any]) -> Callable:
    """A function that returns a related record for its text in these values.

    It finds records that the person may see, or that are here now. Reads all of a kind at once.
    """
    ids, terms = set(ids_in(wanted)), {}
    found: dict[tuple[Any, str], Model] = {}
    vocabularies = record_types.for_record(record).terms | {"role": Vocabulary.CONTACT_ROLE}  # of its contacts
    for kind in record_types.all_types():
        asked = [text for text in ids if kind.is_named and text[0] == kind.model.ID_PREFIX]
        for one in _restorable_records(kind, by, record).filter(public_id__in=asked) if asked else ():
            found[kind.model, one.public_id] = one

    def find(field: Field, text: str) -> Model:
        if field.related_model is Term:
            vocabulary = vocabularies[field.name]
            if vocabulary not in terms:
                terms[vocabulary] = {term.key: term for term in Term.objects.filter(vocabulary=vocabulary)}
            one = terms[vocabulary].get(text)
        else:
            one = found.get((field.related_model, text))
        if one is None:
            raise ValidationError(gettext("It names a record that is gone or that you can no longer see."))
        return one

    return find


def _restorable_records(kind: record_types.RecordType, by: Author, record: Record) -> QuerySet:
    """The records of this kind that the person may see, and those that are here now."""
    if by is SYSTEM:
        return kind.model._default_manager.all()
    seen = kind.visible_to(by)
    if kind.model is Organization and isinstance(record, Partnership):
        here = Party.objects.filter(partnership=record).values("organization")
    elif kind.model is Result and isinstance(record, Activity):
        here = record.results.values("pk")
    else:
        return seen
    return kind.model._default_manager.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=here))


@transaction.atomic
def undo(*, record: Record, change: Change, by: Author, version: int, seen: dict[str, Any], why: str = "") -> Record:
    """Save a record with the values from before a change, those in the plan's `wanted`. Returns the record.

    `version` and `seen` (keys) are of the plan that the person agreed to; if they differ now, EditConflict is raised. `why`:
    the person's own reason. Raises NotAllowed, and ValidationError with a message if it can't be done exactly. Nothing
    is written then.
    """
    plan = plan_for(by, record, change)
    saved = save_former_values(record=record, change=change, plan=plan, by=by, version=version, seen=seen, why=why)
    require_exactly(plan, saved)
    return saved


def save_former_values(
    *, record: Record, change: Change, plan: Plan, by: Author, version: int, seen: dict[str, Any], why: str = ""
) -> Record:
    """The first half of `undo`. Call `require_exactly` afterwards in the same transaction."""
    kind = record_types.for_record(record)
    require(by is SYSTEM or kind.may_write(by, record))
    if version != record.version or set(seen) != plan.wanted.keys():
        raise EditConflict(record, version)
    if plan.refused:
        raise ValidationError(gettext(plan.refused))
    try:
        return kind.save(
            **{type_key(record): record},
            by=by,
            version=version,
            why=reason(change, by, why),
            request_id=mark_of(change),
            **({"reason": why} if isinstance(record, (Organization, Partnership)) else {}),
            **plan.arguments,
        )
    except ValidationError as problem:
        raise ValidationError(_in_words(problem, kind)) from None


def require_exactly(plan: Plan, saved: Record) -> None:
    """Raise ValidationError unless the wanted fields have their former values, and no other field changed."""
    kind, expected = record_types.for_record(saved), plan.now | plan.wanted
    after = kind.snapshot(saved)
    off = [key for key in expected if key not in kind.follows and not values_equal(key, expected[key], after.get(key))]
    if off:
        raise ValidationError([f"{gettext(kind.name_of(key))}: {_NOT_EXACT}" for key in off])


def _in_words(problem: ValidationError, kind: record_types.RecordType) -> list[str]:
    """The errors of an action with the names of their fields, for a page without these fields."""
    found = []
    for key, errors in errors_by_field(problem).items():
        for error in errors:
            words = " ".join(error.messages)
            found.append(words if key.startswith("__") else f"{gettext(kind.name_of(key.partition('-')[0]))}: {words}")
    return found


def mark_of(change: Change) -> uuid.UUID:
    """The request id of every undo of this change, which links the two in the log."""
    return uuid.uuid5(_NAMESPACE, f"undo of change {change.pk}")


def reason(change: Change, by: Author, words: str = "") -> str:
    """The reason in the log of an undo: the day of the change, and the person's own reason."""
    on = change.at.astimezone(clock.zone(getattr(by, "zone", "")))
    words = words.strip()[:LONGEST_WHY]
    return f"{OPENING} {on:%B} {on.day}, {on.year}" + (f": {words}" if words else "")


@dataclass(frozen=True)
class Undone:
    entry: Change  # the last undo that is in effect
    is_whole: bool


def undone(record: Record, changes: Sequence[Change]) -> dict[int, Undone]:
    """Primary key of a change → its undo, for changes that were undone and not redone by undoing the undo.

    One query.
    """
    kind = record_types.for_record(record)
    rows = Change.objects.filter(
        record_type=type_key(record), record_id=record.pk, why__startswith=OPENING
    ).select_related("by")
    whole = set()
    by_mark: dict[UUID, list[Change]] = {}

    def look(change: Change) -> Undone | None:
        not_undone = [entry for entry in by_mark.get(mark_of(change), ()) if entry.pk not in whole]
        back = {key for entry in not_undone for key in _keys(entry, kind)}
        return Undone(not_undone[0], back >= {*_keys(change, kind)}) if not_undone else None

    for entry in rows:  # newest first: an undo is older than what undoes it
        found = look(entry)
        if found and found.is_whole:
            whole.add(entry.pk)
        by_mark.setdefault(entry.request_id, []).append(entry)
    found = {change.pk: look(change) for change in changes}
    return {pk: state for pk, state in found.items() if state}
