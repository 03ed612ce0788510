"""Snapshots of records as JSON values, for the change log and for comparing two versions of a field."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext

from partnerships.core.models import model_field

Row = TypeVar("Row", bound=Model)
NOT_CONTENT = {
    "id",
    "public_id",
    "version",
    "public_version",
    "stamp",
    "created_at",
    "updated_at",
    "path",
    "is_sample",
    "has_withdrawn",
    "answer_key",
    "translated_at",
}


def serialize(value: Any) -> Any:
    """A field's value as JSON: a related record by its public id, its key or its name; dates as ISO text."""
    if isinstance(value, Model):
        return getattr(value, "public_id", None) or getattr(value, "key", None) or str(value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        # Not str(): the two databases return 10 and 10.00 for the same amount.
        return format(value.normalize(), "f")
    return value


def prefetch_rows(records: Sequence[Any], *rows: str | Prefetch) -> None:
    """Prefetch the many-to-many fields of these records and the relations `rows`, for all comparisons before they are
    written.
    """
    for record in records[:1]:
        names = [field.name for field in record._meta.many_to_many] + [*rows]
        prefetch_related_objects(records, *names)


def clear_prefetched(record: Model, relation: str = "") -> None:
    """Clear what was prefetched, or only this relation, so that the record reads the rows from the database again."""
    kept = getattr(record, "_prefetched_objects_cache", {})  # where Django keeps them, with no public way to forget one
    # A copy of the record keeps its own.
    record._prefetched_objects_cache = {n: rows for n, rows in kept.items() if relation and n != relation}  # type: ignore[attr-defined]
    if relation:
        return
    for related in record._meta.related_objects:
        if related.one_to_one and related.is_cached(record):
            related.delete_cached_value(record)


def snapshot_fields(record: Model, *, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """The content fields of a record as JSON values, many-to-many ones as sorted lists.

    One query per many-to-many field.
    """
    meta, out = record._meta, {}
    for field in meta.concrete_fields:
        if field.name not in NOT_CONTENT and field.name not in leave_out:
            out[field.name] = serialize(getattr(record, field.name))
    for field in meta.many_to_many:
        out[field.name] = sorted(str(serialize(other)) for other in getattr(record, field.name).all())
    return out


def snapshot_rows(rows: Iterable[Model], *, leave_out: Collection[str] = ()) -> list[dict[str, Any]]:
    """`snapshot_fields` for each of these rows."""
    return [snapshot_fields(row, leave_out=leave_out) for row in rows]


def snapshot_queryset(rows: QuerySet, *, leave_out: Collection[str] = ()) -> list[dict[str, Any]]:
    """`snapshot_rows` of rows for which nothing has been prefetched.

    One query for the rows and the records that they name, and one per many-to-many field.
    """
    many = [field.name for field in rows.model._meta.many_to_many]
    return snapshot_rows(with_named(rows, leave_out=leave_out).prefetch_related(*many), leave_out=leave_out)


def with_named(rows: QuerySet[Row], *, leave_out: Collection[str] = ()) -> QuerySet[Row]:
    """These rows, read together with the records that their snapshots name."""
    named: list[str] = []
    for field in rows.model._meta.concrete_fields:
        if field.related_model and field.name not in NOT_CONTENT and field.name not in leave_out:
            named += [field.name, *(f"{field.name}__{name}" for name in getattr(field.related_model, "NAMED_BY", ()))]
    return rows.select_related(*named) if named else rows  # without a name, Django would read all of them


def deserialize_value(field: Field, value: Any, find: Callable[[Field, str], Model]) -> Any:
    """The value of a model field from its JSON form in a snapshot.

    `find(field, text)` returns a related record for its text. Raises ValidationError when the field can no longer hold it.
    """
    if field.many_to_many:
        return [find(field, text) for text in value]
    if value is None or not field.is_relation:
        return field.to_python(value)
    return find(field, value)


def deserialize_fields(
    model: type[Model], values: dict[str, Any], find: Callable[[Field, str], Model], *, leave_out: Collection[str] = ()
) -> dict[str, Any]:
    """The field values of a record from `values`, its snapshot, as `snapshot_fields` wrote it. Raises ValidationError."""
    return {
        name: deserialize_value(get_model_field(model, name), text, find)
        for name, text in values.items()
        if name not in leave_out
    }


def undo_field(
    record: Model, key: str, value: Any, *, find: Callable[[Field, str], Any], **others: Any
) -> dict[str, Any]:
    """The arguments of a record's save action that make the field `key` what it was in a snapshot.

    Raises ValidationError with a message.
    """
    return {"fields": {key: deserialize_value(get_model_field(type(record), key), value, find)}}


def get_model_field(model: type[Model], name: str) -> Field:
    """The model's field with this name. Raises ValidationError when the model no longer has it."""
    try:
        return model_field(model, name)
    except FieldDoesNotExist:
        raise ValidationError(gettext("It’s no longer kept.")) from None
