"""Identifiers of other systems: which record a number belongs to, as far as the reader may know.

A number must not reveal that an unlisted organization exists. So when the other record with the same number is hidden
from a record's editors, the record may have the number too: unconfirmed, a mark that no one reads. People who may read
both records see that they share it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.core.access import SYSTEM, Author, Person, Viewer
from partnerships.core.errors import ValidationError
from partnerships.core.locks import lock_names
from partnerships.core.models import Record
from partnerships.directory.matching import number_of, spellings, standard_spelling
from partnerships.directory.models import Body, Identifier, Organization, body_key, body_of
from partnerships.directory.rules import identifiers_visible_to

WRONG_SPELLING = {
    "ein": _("“%(text)s” isn’t an EIN. An EIN has nine digits, such as 12-3456789."),
    "uei": _("“%(text)s” isn’t a UEI. A UEI has twelve letters and digits."),
}


def confirmed(rows: Sequence[dict[str, Any]], record: Body, *, by: Author) -> list[dict[str, Any]]:
    """The identifier rows as they are stored, the new and changed ones in their standard spelling and with `is_confirmed`.

    SYSTEM may read everything. Raises ValidationError for what is no EIN or UEI, and for a number that another record
    has, if the person may read it there.
    """
    if not rows:
        return list(rows)
    kept: dict[Any, tuple[str, str]] = {row.pk: (row.scheme, row.value) for row in record.identifiers.all()}
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
    others = _with_number(asked.values(), Identifier.objects.all(), exclude=record)
    seen = _with_number(
        asked.values(), Identifier.objects.all() if by is SYSTEM else identifiers_visible_to(by), exclude=record
    )
    for index, key in asked.items():
        if (number := number_of(*key)) in seen:
            errors.setdefault(f"identifiers-{index}-value", ValidationError(_taken_words(seen[number]), code="taken"))
    if errors:
        raise ValidationError(errors)
    taken = {(row.scheme, row.value) for found in others.values() for row in found if row.is_confirmed}
    return [
        row | ({"value": asked[index][1], "is_confirmed": asked[index] not in taken} if index in asked else {})
        for index, row in enumerate(rows)
    ]


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


def sharing(person: Person, record: Organization, identifiers: QuerySet[Identifier]) -> dict[tuple[str, str], list]:
    """(scheme, value) → the other records with the same number that this person may read.

    One query; none without identifiers.
    """
    keys = [(row.scheme, row.value) for row in identifiers]
    found = _with_number(keys, identifiers_visible_to(person), exclude=record) if keys else {}
    return {key: [body_of(row) for row in found[number_of(*key)]] for key in keys if number_of(*key) in found}


def records_with(person: Viewer, keys: Iterable[tuple[str, str]], model: type[Record]) -> list[Body]:
    """The records of this kind with one of these numbers (scheme, value), in any spelling, that the person may read there.

    Oldest number first; each record once.
    """
    found = _with_number(keys, identifiers_visible_to(person))
    records = [body_of(row) for rows in found.values() for row in rows]
    return list(dict.fromkeys(record for record in records if isinstance(record, model)))


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


def first_claims(rows: Iterable[Identifier]) -> list[Identifier]:
    """Those of these rows whose number isn't confirmed for any record."""
    return [
        row
        for row in rows
        if not Identifier.objects.filter(scheme=row.scheme, value=row.value, is_confirmed=True).exists()
    ]


def confirm_first_claims(numbers: Sequence[tuple[str, str]]) -> None:
    """Confirm each of these numbers (scheme, value) that is confirmed for no record, for the oldest record that has
    it.
    """
    for scheme, value in numbers:
        rows = Identifier.objects.filter(scheme=scheme, value=value).order_by("pk")
        for row in first_claims(rows[:1]):
            Identifier.objects.filter(pk=row.pk).update(is_confirmed=True)


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
        if exclude is None or body_key(row) != (exclude._meta.model_name, exclude.pk):
            found.setdefault(number_of(row.scheme, row.value), []).append(row)
    return found


def _taken_words(rows: Sequence[Identifier]) -> str:
    other = body_of(rows[0])
    return gettext("%(other)s (%(public_id)s) already has this number. Check the number, or merge the two records.") % {
        "other": other,
        "public_id": other.public_id,
    }
