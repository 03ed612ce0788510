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
from django.db.models import BooleanField, Expression, Model, QuerySet
from django.db.models.expressions import BaseExpression, RawSQL
from django.db.models.sql.compiler import SQLCompiler

_KEPT = "_prefetched_objects_cache"


class Placeholder(Expression):
    """A placeholder in a filter for a value that is given later, under this name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list]:
        return "%s", [self]


def prepared_subquery(rows: QuerySet) -> RawSQL | QuerySet:
    """These rows, of one column, as the right side of `__in`, with their SQL. Rows that nothing can meet stay as they are."""
    try:
        sql, params = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return rows
    # The statement is Django's own, and every value is a parameter.
    return RawSQL(sql, params)  # noqa: S611  # nosec


class PreparedColumn(RawSQL):
    """What `prepared_column` returns."""

    def relabeled_clone(self, change_map: Mapping[str, str]) -> "PreparedColumn":
        raise AssertionError("In a subquery, the table of the rows has another name.")


def prepared_column(rows: QuerySet, value: BaseExpression) -> PreparedColumn:
    """This value, with its SQL, to annotate rows of the same model. It needs no other table but in subqueries of its own."""
    resolved = value.resolve_expression(rows.query, allow_joins=False)
    sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).compile(resolved)
    # The statement is Django's own, and every value is a parameter.
    return PreparedColumn(sql, params, output_field=resolved.output_field)  # nosec


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


def prefetch_prepared(record: Model, names: Iterable[str]) -> None:
    """Prefetch these relations of one record, as Django's `prefetch_related_objects` does, each by a statement that is kept.

    What was prefetched before is left as it is.
    """
    for name in names:
        if not is_prefetched(record, name):
            relation = _relation(type(record), name)
            key = getattr(record, relation.attname) if _is_foreign_key(relation) else record.pk
            keep_prefetched(record, name, _prepared_relation(type(record), name).given({"key": key}) if key else [])


def is_prefetched(record: Model, name: str) -> bool:
    """Whether this relation of the record is known, to one other record or to several."""
    relation = _relation(type(record), name)
    is_many = relation.many_to_many or relation.one_to_many
    return name in record.__dict__.get(_KEPT, {}) if is_many else relation.is_cached(record)


def keep_prefetched(record: Model, name: str, rows: list) -> None:
    """Keep these rows of the relation where Django keeps what it prefetched."""
    relation = _relation(type(record), name)
    if not relation.concrete and not relation.many_to_many:
        for row in rows:
            setattr(row, relation.field.name, record)
    if relation.many_to_many or relation.one_to_many:
        kept = getattr(record, name).all()
        kept._result_cache, kept._prefetch_done = rows, True
        record.__dict__.setdefault(_KEPT, {})[name] = kept
    else:
        relation.set_cached_value(record, rows[0] if rows else None)


@cache
def _prepared_relation(model: type[Model], name: str) -> PreparedRows:
    """The rows of this relation of one record, in their order. `key`: its primary key, or the value of the foreign key."""
    relation = _relation(model, name)
    if not relation.concrete:
        by = relation.field.name
    else:
        by = relation.target_field.name if _is_foreign_key(relation) else relation.related_query_name()
    return PreparedRows(relation.related_model._default_manager.filter(**{by: Placeholder("key")}))


def _is_foreign_key(relation: Any) -> bool:
    return relation.concrete and not relation.many_to_many


def _relation(model: type[Model], name: str) -> Any:
    """The field of a relation, or its other side."""
    return model._meta.get_field(name)


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
