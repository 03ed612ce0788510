"""Saves the rows that belong to a record (its contacts, its parties) as one list, with errors by row."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import ForeignObjectRel, Model

from partnerships.core.snapshots import clear_prefetched
from partnerships.core.writing import apply_values

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

Row = TypeVar("Row", bound=Model)


def replace_rows(
    manager: "RelatedManager", rows: Sequence[dict[str, Any]], *, name: str, extra: dict[str, Any] | None = None
) -> list:
    """Make the related rows of `manager` equal to `rows`, and return them in that order.

    Each row is a dict of fields. `id` keeps an existing row, and a many-to-many field takes a list. Unchanged rows
    aren't written. Raises ValidationError with keys like “name-2-field”, where rows are counted from 0.
    """
    related: Any = manager  # Django's types say nothing of its field and its record
    existing, drafted = {row.pk: row for row in manager.all()}, []
    for row in rows:
        values = row | (extra or {})
        kept = existing.get(values.pop("id", None))
        drafted.append((kept or manager.model(**{related.field.name: related.instance}), values))
    gone = existing.keys() - {row.pk for row, _ in drafted}
    if gone:
        manager.filter(pk__in=gone).delete()
    errors: dict[str, list] = {}
    differs = bool(gone)
    for index, (row, values) in enumerate(drafted):
        try:
            differs |= apply_values(row, values)
        except ValidationError as problem:
            errors |= {f"{name}-{index}-{field}": found for field, found in errors_by_field(problem).items()}
    if errors:
        raise ValidationError(errors)
    # The prefetched rows are stale now. A deleted row may have been in other prefetched lists too.
    if gone or differs:
        clear_prefetched(related.instance, "" if gone else related.field.remote_field.cache_name)
    return [row for row, _ in drafted]


def referenced_elsewhere(rows: list[Row], *, leave_out: Collection[type[Model]] = ()) -> set[Row]:
    """Those of these rows (all of one model) that rows of other models refer to, so that deleting them would change
    those.

    `leave_out`: models whose references don't count.
    """
    relations = rows[0]._meta.get_fields(include_hidden=True) if rows else ()
    named = set()
    for relation in relations:
        if not isinstance(relation, ForeignObjectRel) or relation.concrete:
            continue
        model = relation.field.model
        if model not in leave_out:
            name = relation.field.name
            others = model._base_manager.filter(**{f"{name}__in": rows})
            named |= set(others.order_by().values_list(name, flat=True))
    return {row for row in rows if row.pk in named}


def errors_by_field(problem: ValidationError) -> dict[str, list]:
    """The errors by field name. Errors that belong to no field are under NON_FIELD_ERRORS."""
    return problem.error_dict if hasattr(problem, "error_dict") else {NON_FIELD_ERRORS: problem.error_list}


def joined(problems: Iterable[ValidationError]) -> ValidationError:
    """One error with all of these by field."""
    found: dict[str, list] = {}
    for problem in problems:
        for name, errors in errors_by_field(problem).items():
            found.setdefault(name, []).extend(errors)
    return ValidationError(found)
