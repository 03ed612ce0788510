"""Statements and conditions that run many times a second, or are part of many others: Django compiles their SQL once."""

import json
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler


class Placeholder(Expression):
    """A placeholder in a filter for a value that is given later, under this name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list]:
        return "%s", [self]


@dataclass(frozen=True)
class PreparedExists:
    """An EXISTS condition on `rows`, in which some of the filtered values are placeholders."""

    sql: str
    params: tuple

    @classmethod
    def exists(cls, rows: QuerySet) -> "PreparedExists":
        try:
            sql, params = rows.query.exists().get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            return cls("1 = 0", ())
        return cls(f"EXISTS ({sql})", tuple(params))

    def given(self, values: dict) -> RawSQL:
        """The condition for these values (placeholder name → value): numbers, texts, and dates as ISO text; never
        None.
        """
        # The statement is Django's own, and every value is a parameter.
        return RawSQL(self.sql, _filled(self.params, values, {}), output_field=BooleanField())  # noqa: S611  # nosec


class PreparedRows:
    """Rows in their order, with their SQL. Values that are given later are placeholders in their filters.

    Django has no such thing: a queryset asks its query for a compiler, and here it gets one that has written its SQL already.
    """

    def __init__(self, rows: QuerySet) -> None:
        self.rows, self.compiler = rows, rows.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
        self.converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])

    def given(self, values: dict, keys: Mapping[int, int] | None = None) -> list:
        """The rows that the database has now, for these values (placeholder name → value): numbers, texts, dates,
        times, and lists of numbers for `InList`; never None. `keys`: stand-in of a reader's primary key → the key.
        """
        if not self.sql:
            return []
        compiler, connection = copy(self.compiler), connections[DEFAULT_DB_ALIAS]
        adapted = {name: _adapted(value, connection) for name, value in values.items()}
        statement = self.sql, tuple(_filled(self.params, adapted, keys or {}))
        compiler.connection, compiler.as_sql = connection, lambda *_, **__: statement
        compiler.get_converters = lambda _: self.converters
        rows = self.rows.all()
        rows.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(rows)


def prepared_by_ids(build: Callable[[Placeholder], QuerySet]) -> Callable[[Iterable[int]], list]:
    """The rows that `build` returns for a placeholder of `InList`, as a function of the numbers. No numbers: no query."""
    kept = cache(lambda: PreparedRows(build(Placeholder("ids"))))

    @wraps(build)
    def rows(ids: Iterable[int]) -> list:
        return kept().given({"ids": numbers}) if (numbers := list(ids)) else []

    return rows


def _adapted(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A date, a time or a list of numbers as the database takes it."""
    if isinstance(value, list):
        return json.dumps(value) if connection.vendor == "sqlite" else value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _filled(params: Iterable, values: dict, keys: Mapping[int, int]) -> list:
    """The parameters, with these values in place of the placeholders, and these keys in place of their stand-ins."""
    return [
        values[param.name]
        if isinstance(param, Placeholder)
        else keys.get(param, param)
        if type(param) is int
        else param
        for param in params
    ]
