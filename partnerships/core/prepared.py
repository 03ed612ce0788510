"""Conditions that are asked many times a second: Django writes their SQL once, and from then on only the values are put in."""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BooleanField, Expression, QuerySet
from django.db.models.expressions import RawSQL


class Place(Expression):
    """Stands in a filter for a value that comes later, under this name."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


@dataclass(frozen=True)
class Prepared:
    """Whether `rows` has a row, where some of the values that it is filtered by are Places."""

    sql: str
    params: tuple

    @classmethod
    def exists(cls, rows: QuerySet) -> "Prepared":
        try:
            sql, params = rows.query.exists().get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            return cls("1 = 0", ())
        return cls(f"EXISTS ({sql})", tuple(params))

    def given(self, values: dict) -> RawSQL:
        """The condition for these values, by the names of the places: numbers, text, and days as ISO text; never None."""
        params = [values[param.name] if isinstance(param, Place) else param for param in self.params]
        # The statement is Django's own; every value is a parameter.
        return RawSQL(self.sql, params, output_field=BooleanField())  # noqa: S611  # nosec
