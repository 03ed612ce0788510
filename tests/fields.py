"""What tests need to know about the fields of a kind of record, so that a new field joins every test by itself."""

from django.db import models

from partnerships.core import record_types
from partnerships.directory.models import Term

TEXT = (models.CharField, models.TextField)


def form_fields(kind) -> dict:
    """Return name → model field of the fields that people fill in, in form order."""
    kind = record_types.get(kind)
    here = {field.name: field for field in (*kind.model._meta.concrete_fields, *kind.model._meta.many_to_many)}
    return {one.name: here[one.name] for one in kind.fields if one.name in here}


def texts(kind) -> tuple[str, ...]:
    """The names of fields that hold free text."""
    return tuple(name for name, field in form_fields(kind).items() if isinstance(field, TEXT) and not field.choices)


def terms(kind) -> dict[str, str]:
    """Name of a field that holds terms → the vocabulary of these terms."""
    return {
        name: record_types.get(kind).terms[name]
        for name, field in form_fields(kind).items()
        if field.related_model is Term
    }


def columns(kind, *, exclude=()) -> str:
    """The database columns that the form of this kind writes."""
    return " ".join(field.attname for name, field in form_fields(kind).items() if field.concrete and name not in exclude
                    and not field.many_to_many)  # fmt: skip


def published(kind) -> set[str]:
    """The fields that everyone can read in a public record."""
    return {one.name for one in record_types.get(kind).fields if one.published}


def searched(kind) -> set[str]:
    return {one.name for one in record_types.get(kind).fields if one.is_searched}
