"""Saves the rows that belong to a record (its contacts, its parties) as one list, with errors by row."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from partnerships.core.writing import apply_values


def replace_rows(manager, rows: list[dict], *, name: str, extra=None) -> list:
    """Make the related rows of `manager` equal to `rows`, and return them in that order.

    Each row is a dict of fields. `id` keeps an existing row, and a many-to-many field takes a list. Unchanged rows
    aren't written. Raises ValidationError with keys like “name-2-field”, where rows are counted from 0.
    """
    existing, drafted = {row.pk: row for row in manager.all()}, []
    for row in rows:
        values = row | (extra or {})
        kept = existing.get(values.pop("id", None))
        drafted.append((kept or manager.model(**{manager.field.name: manager.instance}), values))
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
    read = getattr(manager.instance, "_prefetched_objects_cache", {})
    for stale in list(read) if gone else [manager.field.remote_field.cache_name] if differs else []:
        read.pop(stale, None)
    return [row for row, _ in drafted]


def referenced_elsewhere(rows: list, *, leave_out=()) -> set:
    """Those of these rows (all of one model) that rows of other models refer to, so that deleting them would change
    those.

    `leave_out`: models whose references don't count.
    """
    relations = rows[0]._meta.get_fields(include_hidden=True) if rows else ()
    named = set()
    for relation in relations:
        if relation.auto_created and not relation.concrete and relation.related_model not in leave_out:
            name = relation.field.name
            others = relation.related_model._base_manager.filter(**{f"{name}__in": rows})
            named |= set(others.order_by().values_list(name, flat=True))
    return {row for row in rows if row.pk in named}


def errors_by_field(problem: ValidationError) -> dict[str, list]:
    """The errors by field name. Errors that belong to no field are under NON_FIELD_ERRORS."""
    return problem.error_dict if hasattr(problem, "error_dict") else {NON_FIELD_ERRORS: problem.error_list}
