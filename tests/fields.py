"""What tests need to know of the fields of a kind of record, so that a new one joins every table by itself."""

from django.db import models

from partnerships.core import record_types
from partnerships.directory.models import Term

TEXT = (models.CharField, models.TextField)


def of(kind) -> dict:
    """Name → the model's field, of those that people fill in, in their order."""
    kind = record_types.get(kind)
    here = {field.name: field for field in (*kind.model._meta.concrete_fields, *kind.model._meta.many_to_many)}
    return {one.name: here[one.name] for one in kind.fields if one.name in here}


def texts(kind) -> tuple[str, ...]:
    """Those in which people write what they like."""
    return tuple(name for name, field in of(kind).items() if isinstance(field, TEXT) and not field.choices)


def terms(kind) -> dict[str, str]:
    """Those that hold terms → of which vocabulary."""
    return {name: record_types.get(kind).terms[name] for name, field in of(kind).items() if field.related_model is Term}


def columns(kind, *, but=()) -> str:
    """The columns of its table that its form writes."""
    return " ".join(field.attname for name, field in of(kind).items() if field.concrete and name not in but
                    and not field.many_to_many)  # fmt: skip


def published(kind) -> set[str]:
    """Those that everyone reads of a record that is public."""
    return {one.name for one in record_types.get(kind).fields if one.published}


def searched(kind) -> set[str]:
    return {one.name for one in record_types.get(kind).fields if one.is_searched}
