"""Identifiers of other systems: whose claim a number is, who confirms it, and which record it belongs to, as far as the
reader may know.

A number that someone typed is unconfirmed: it blocks no one and matches nothing by itself, so two records may have it, and
people who may read both see that they share it. Who confirms one: `directory.rules.identifiers_confirmable_by`. A changed
number is unconfirmed again.

A number must not reveal that an unlisted organization exists. So a confirmed one is refused only to those who may read
the record that has it, and where that record is hidden, the same number can be confirmed for another record, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.core import clock
from partnerships.core.access import (
    SYSTEM,
    Author,
    Person,
    Viewer,
    account_of,
    jurisdictions_written_by,
    organizations_of,
    require,
)
from partnerships.core.errors import ValidationError
from partnerships.core.locks import lock_names
from partnerships.core.models import Record, type_key
from partnerships.core.snapshots import clear_prefetched
from partnerships.core.writing import change
from partnerships.directory import hooks
from partnerships.directory.matching import number_of, same_name, spellings, standard_spelling
from partnerships.directory.models import (
    Body,
    Department,
    Identifier,
    Jurisdiction,
    Organization,
    body_key,
    body_of,
)
from partnerships.directory.reference import SOURCE, all_places
from partnerships.directory.rules import (
    identifiers_confirmable_by,
    identifiers_visible_to,
    may_withdraw_confirmation,
)
from partnerships.directory.snapshots import snapshot

WRONG_SPELLING = {
    "ein": _("“%(text)s” isn’t an EIN. An EIN has nine digits, such as 12-3456789."),
    "uei": _("“%(text)s” isn’t a UEI. A UEI has twelve letters and digits."),
    "ocd": _("“%(text)s” isn’t an OCD division id, such as ocd-division/country:us/state:mn/place:minneapolis."),
}
_UNCONFIRMED = {"is_confirmed": False, "confirmed_for": None, "confirmed_source": "", "confirmed_at": None}
_KEPT = ("is_confirmed", "stated_by_id", "stated_for_id", "confirmed_for_id", "confirmed_source", "confirmed_at")


def stated(rows: Sequence[dict[str, Any]], record: Body, *, by: Author) -> list[dict[str, Any]]:
    """The identifier rows as they are stored: the new and changed ones in their standard spelling, with who typed them, and
    unconfirmed unless a source has them.

    SYSTEM may read everything. No source confirms a row that has `is_confirmed` False. Raises ValidationError for
    what is no EIN, UEI or OCD division id, and for a number that is confirmed for another record, if the person may
    read it there.
    """
    if not rows:
        return list(rows)
    existing = list(record.identifiers.all())
    kept: dict[Any, tuple[str, str]] = {row.pk: (row.scheme, row.value) for row in existing}
    asked = {
        index: (row["scheme"], row["value"])
        for index, row in enumerate(rows)
        if row.get("value") and kept.get(row.get("id")) != (row.get("scheme"), row["value"])
    }
    errors: dict[str, Any] = {}
    for index, (scheme, value) in asked.items():
        spelling = standard_spelling(scheme, value)
        if spelling:
            asked[index] = scheme, spelling
        elif (scheme, value) not in kept.values():
            words = gettext(WRONG_SPELLING[scheme]) % {"text": value}
            errors[f"identifiers-{index}-value"] = ValidationError(words, code="malformed")
    errors |= _listed_twice(rows, asked)
    own = {number_of(row.scheme, row.value): row for row in existing}
    new = [key for key in asked.values() if number_of(*key) not in own]
    seen = _with_number(new, _readable(by).filter(is_confirmed=True), exclude=record)
    for index, key in asked.items():
        if (number := number_of(*key)) in seen:
            errors.setdefault(f"identifiers-{index}-value", ValidationError(_taken_words(seen[number]), code="taken"))
    if errors:
        raise ValidationError(errors)
    found = []
    for index, row in enumerate(rows):
        if index in asked:
            number, value = number_of(*asked[index]), asked[index][1]
            same = own.get(number)
            state = {name: getattr(same, name) for name in _KEPT} if same else _claim(record, by)
            if same is None and row.get("is_confirmed", True):
                state |= _source_for(record, asked[index], by)
            row = row | {"value": value} | state
        found.append(row)
    return found


def _readable(by: Author) -> QuerySet[Identifier]:
    return Identifier.objects.all() if by is SYSTEM else identifiers_visible_to(by)


def _claim(record: Body, by: Author) -> dict[str, Any]:
    """Who typed a new number, and for which office."""
    return _UNCONFIRMED | {"stated_by": account_of(by), "stated_for_id": _office_of(record, by)}


def _source_for(record: Body, key: tuple[str, str], by: Author) -> dict[str, Any]:
    """The confirmation of a new number that a source has: the reference list for a place of this name, or SYSTEM."""
    if _is_in_reference_list(record, key):
        return _confirmation(source=SOURCE)
    return _confirmation() if by is SYSTEM else {}


def _office_of(record: Body, by: Author) -> int | None:
    """The office for which the person types a number; None for the organization's own people and for no office."""
    if isinstance(record, Organization) and record.pk in organizations_of(by):
        return None
    home = {"jurisdiction": "pk", "department": "jurisdiction_id", "organization": "kept_by_id"}
    office, offices = getattr(record, home[type_key(record)]), jurisdictions_written_by(by)
    if isinstance(record, Department) and by is not SYSTEM and not by.is_administrator:
        return office
    return office if office in offices else next(iter(offices), None)


def _is_in_reference_list(record: Body, key: tuple[str, str]) -> bool:
    if not isinstance(record, Jurisdiction) or key[0] not in ("geoid", "ocd"):
        return False
    return any(
        key in place.identifiers and same_name(place.name, record.name) and record.state in ("", place.state)
        for place in all_places()
    )


def _confirmation(*, source: str = "", office: int | None = None) -> dict[str, Any]:
    return {
        "is_confirmed": True,
        "confirmed_for_id": office,
        "confirmed_source": source[:200],
        "confirmed_at": clock.now(),
    }


def confirm_identifier(*, identifier: Identifier, by: Person, version: int | None = None) -> Identifier:
    """Confirm a number of a record for an office of this person. `version`: of the record as the person read it.

    Raises NotAllowed, EditConflict, and ValidationError for a number that is confirmed for another record that they may
    read.
    """
    require(identifiers_confirmable_by(by).filter(pk=identifier.pk).exists())
    others = confirmed_elsewhere(by, identifier)
    if others:
        raise ValidationError(_taken_words(others), code="taken")
    offices, kept_by = jurisdictions_written_by(by), getattr(identifier.organization, "kept_by_id", None)
    office = kept_by if kept_by in offices else offices[0]
    return _set_state(identifier, _confirmation(office=office), by=by, version=version)


def withdraw_confirmation(*, identifier: Identifier, by: Author, version: int | None = None) -> Identifier:
    """Say that a confirmed number isn't confirmed. Raises NotAllowed and EditConflict."""
    require(by is SYSTEM or may_withdraw_confirmation(by, identifier))
    return _set_state(identifier, _UNCONFIRMED, by=by, version=version)


def confirm_from_source(
    *, record: Body, numbers: Iterable[tuple[str, str]], source: str, by: Author, **more: Any
) -> bool:
    """Confirm those of these numbers (scheme, value) that the record has, since an official list has them for its name.
    Returns whether any was unconfirmed before.

    Numbers that are confirmed for another record that the person may read stay as they are. `more`: `why` and `request_id`
    for the history.
    """
    wanted = {number_of(*key) for key in numbers}
    rows = [
        row
        for row in record.identifiers.filter(is_confirmed=False)
        if number_of(row.scheme, row.value) in wanted and not confirmed_elsewhere(by, row)
    ]
    for row in rows:
        _set_state(row, _confirmation(source=source), by=by, **more)
    return bool(rows)


def confirmed_elsewhere(by: Author, identifier: Identifier) -> list[Identifier]:
    """The rows with the same number that are confirmed for other records, as far as this person may read them."""
    key = (identifier.scheme, identifier.value)
    found = _with_number([key], _readable(by).filter(is_confirmed=True), exclude=body_of(identifier))
    return found.get(number_of(*key), [])


def withdraw_source(*, record: Body, numbers: Iterable[tuple[str, str]], by: Author, **more: Any) -> None:
    """Undo `confirm_from_source` for these numbers (scheme, value). `more`: as there."""
    wanted = {*numbers}
    for row in record.identifiers.filter(is_confirmed=True).exclude(confirmed_source=""):
        if (row.scheme, row.value) in wanted:
            _set_state(row, _UNCONFIRMED, by=by, **more)


def restate(record: Body, *, by: Author) -> None:
    """Make all numbers of a record that was split off the claim of who split it: they were checked for another record."""
    record.identifiers.update(**_claim(record, by))


@transaction.atomic
def _set_state(
    identifier: Identifier, values: dict[str, Any], *, by: Author, version: int | None = None, **more: Any
) -> Identifier:
    """Store who confirmed a number, or no one, with an entry in the history of its record."""
    lock_numbers([(identifier.scheme, identifier.value)])
    verb = "number" if values["is_confirmed"] else "unnumber"
    with change(body_of(identifier), by=by, verb=verb, snapshot=snapshot, version=version, **more) as writing:
        rows = writing.record.identifiers.filter(pk=identifier.pk, scheme=identifier.scheme, value=identifier.value)
        rows.update(**values)
        clear_prefetched(writing.record)
    if writing.changed:
        hooks.record_changed(writing.record, entries={})
    identifier.refresh_from_db()
    return identifier


@dataclass(frozen=True)
class NumberMatch:
    """What a row with some numbers is about. `records`: by its numbers and its name. `candidates`: records with one of the
    numbers that it may be about, which a person has to say.
    """

    records: Sequence[Body] = ()
    candidates: Sequence[Body] = ()


def match_numbers(
    person: Viewer, keys: Iterable[tuple[str, str]], name: str, model: type[Record], *, distinct: Iterable[Body] = ()
) -> NumberMatch:
    """The records that a row with these numbers (scheme, value) and this name is about, as far as the person may read.

    A record is a match only if its name is the row's, too; of a row without a name, if the number is confirmed. The others
    with the number are candidates, which is a question and never an update, but for those that the person said it isn't
    (`distinct`).
    """
    matches: dict[Body, None] = {}
    candidates: dict[Body, None] = {}
    for rows in _with_number(keys, identifiers_visible_to(person)).values():
        for row in rows:
            record = body_of(row)
            if not isinstance(record, model):
                continue
            is_match = same_name(name, record.name) if name else row.is_confirmed
            (matches if is_match else candidates)[record] = None
    open_ones = [one for one in candidates if one not in {*distinct}]
    return NumberMatch([*matches], [] if matches else open_ones)


def _listed_twice(rows: Sequence[dict[str, Any]], asked: dict[int, tuple[str, str]]) -> dict[str, Any]:
    """The errors of new and changed rows (`asked`) whose number is in the list already, in any spelling."""
    errors: dict[str, Any] = {}
    there: set[tuple[str, str]] = set()
    for index, row in enumerate(rows):
        scheme, value = asked.get(index, (row.get("scheme"), row.get("value")))
        if not (scheme and value):
            continue
        if (number := number_of(scheme, value)) in there and index in asked:
            words = gettext("%(entity)s is listed twice. Keep only one.") % {"entity": value}
            errors[f"identifiers-{index}-value"] = ValidationError(words, code="twice")
        there.add(number)
    return errors


def sharing(person: Viewer, record: Body, identifiers: Iterable[Identifier]) -> dict[tuple[str, str], list]:
    """(scheme, value) → the other records with the same number that this person may read.

    One query; none without identifiers.
    """
    keys = [(row.scheme, row.value) for row in identifiers]
    found = _with_number(keys, identifiers_visible_to(person), exclude=record) if keys else {}
    return {key: [body_of(row) for row in found[number_of(*key)]] for key in keys if number_of(*key) in found}


def sharing_each(person: Viewer, identifiers: Iterable[Identifier]) -> dict[int, list[Body]]:
    """Primary key → the other records with the same number that this person may read. One query for all."""
    found = _with_number([(row.scheme, row.value) for row in identifiers], identifiers_visible_to(person))
    return {
        row.pk: [
            body_of(other)
            for other in found.get(number_of(row.scheme, row.value), ())
            if body_key(other) != body_key(row)
        ]
        for row in identifiers
    }


def lock_numbers(keys: Iterable[tuple[str, str]]) -> None:
    """Let no one else look for one of these numbers (scheme, value) to add a record with it, until the transaction ends."""
    lock_names(":".join(number_of(*key)) for key in keys)


def joined(identifiers: Iterable[Identifier], sent: list) -> list:
    """The rows that were sent (dicts of scheme and value), and those identifiers whose number isn't among them."""
    numbers = {number_of(row["scheme"], row["value"]) for row in sent if _is_number(row)}
    others = [row for row in identifiers if number_of(row.scheme, row.value) not in numbers]
    return [*({"scheme": row.scheme, "value": row.value} for row in others), *sent]


def _is_number(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("scheme", "value"))


def _with_number(keys: Iterable[tuple[str, str]], rows: QuerySet[Identifier], *, exclude: Body | None = None) -> dict:
    """Normalized number → rows of records that have it, in any spelling. `exclude`: leave out those of this record."""
    wanted = {number_of(*key) for key in keys}
    same = Q(pk__in=())
    for scheme, value in wanted:
        same |= Q(scheme=scheme, value__in=spellings(scheme, value))
    found: dict[tuple[str, str], list[Identifier]] = {}
    for row in (
        rows.filter(same).select_related("jurisdiction", "department", "organization").order_by("pk") if wanted else ()
    ):
        if exclude is None or body_key(row) != (type_key(exclude), exclude.pk):
            found.setdefault(number_of(row.scheme, row.value), []).append(row)
    return found


def _taken_words(rows: Sequence[Identifier]) -> str:
    other = body_of(rows[0])
    return gettext("%(other)s (%(public_id)s) already has this number. Check the number, or merge the two records.") % {
        "other": other,
        "public_id": other.public_id,
    }
