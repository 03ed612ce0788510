"""Rows that belong to a record (its contacts, its parties): written as one list, with errors by place."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


def replace_rows(manager, rows: list[dict], *, name: str, extra=None) -> list:
    """Makes the related rows of `manager` equal to `rows` (dicts of fields; `id` keeps a row). Gives them in order.

    A many-to-many field takes a list. Raises ValidationError with keys “name-2-field” (places from 0).
    """
    existing = {row.pk: row for row in manager.all()}
    errors, kept, saved = {}, set(), []
    many = {field.name for field in manager.model._meta.many_to_many}
    drafted = []
    for place, values in enumerate(rows):
        values = dict(values) | (extra or {})
        row = existing.get(values.pop("id", None)) or manager.model(**{manager.field.name: manager.instance})
        for key, value in values.items():
            if key not in many:
                setattr(row, key, value)
        kept.add(row.pk)
        drafted.append((place, row, {key: values[key] for key in many if key in values}))
    manager.exclude(pk__in=[pk for pk in kept if pk]).delete()
    for place, row, lists in drafted:
        try:
            row.full_clean()
        except ValidationError as problem:
            errors |= {f"{name}-{place}-{field}": found for field, found in by_field(problem).items()}
            continue
        row.save()
        for key, value in lists.items():
            getattr(row, key).set(value)
        saved.append(row)
    if errors:
        raise ValidationError(errors)
    return saved


def by_field(problem: ValidationError) -> dict[str, list]:
    """The errors by field name; those of no one field under NON_FIELD_ERRORS."""
    return problem.error_dict if hasattr(problem, "error_dict") else {NON_FIELD_ERRORS: problem.error_list}
