"""Model fields with the registry's rules for text, and SQL expressions that both databases run quickly."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, F, Func
from django.db.models.sql.compiler import SQLCompiler

from partnerships.core import clock
from partnerships.core.prepared import Placeholder
from partnerships.core.text import clean
from partnerships.core.types import Text

Sql = tuple[str, list]  # a statement, and its parameters


class LineField(models.CharField):
    """One line of text, never null, cleaned by full_clean(). In migrations it is Django's CharField."""

    def __init__(self, verbose_name: Text | None = None, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(verbose_name, max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class ZoneField(models.CharField):
    """The name of a time zone, by default that of the registry's offices. In migrations it is Django's CharField."""

    def __init__(self, verbose_name: Text | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 50)
        kwargs.setdefault("default", clock.zone_of_new)
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs | {"default": clock.CENTRAL}


class ProseInput(forms.Textarea):
    """Several lines of text. A browser sends two characters at the end of a line. They count as one, as they are saved."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class ProseField(models.TextField):
    """Several lines of text, never null, up to `max_length` characters, cleaned by full_clean().

    In migrations it is Django's TextField.
    """

    def __init__(self, verbose_name: Text | None = None, *, max_length: int = 5000, **kwargs: Any) -> None:
        super().__init__(verbose_name, max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return clean(value, lines=True) if isinstance(value, str) else value

    def formfield(self, *args: Any, **kwargs: Any) -> forms.Field | None:
        return super().formfield(*args, **{"widget": ProseInput} | kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        MaxLengthValidator(self.max_length)(value)


class LinkField(models.URLField):
    """A web address. One that is typed without https:// gets it. In migrations it is Django's URLField."""

    def formfield(self, *args: Any, **kwargs: Any) -> forms.Field | None:
        return super().formfield(*args, **{"assume_scheme": "https"} | kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs


class NumbersField(models.Field):
    """A list of whole numbers: on PostgreSQL an array whose index finds any number; on SQLite JSON.

    Migrations have their own copy of this class.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return json.dumps(value) if connection.vendor == "sqlite" and isinstance(value, list) else value

    def from_db_value(
        self, value: str | list[int] | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> list[int] | None:
        return json.loads(value) if isinstance(value, str) else value

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "partnerships.migrations._frozen.NumbersField", args, kwargs


class InList(Func):
    """Whether a column holds one of these numbers, passed as a single parameter.

    A list of fifty thousand is more than SQLite accepts as parameters, and PostgreSQL reads so many slowly.
    """

    def __init__(self, column: str = "", numbers: Iterable[int] | Placeholder = ()) -> None:
        super().__init__(F(column), output_field=models.BooleanField())
        self.numbers = numbers if isinstance(numbers, Placeholder) else list(numbers)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s)", [*params, self.numbers]

    def as_sqlite(  # type: ignore[override]  # a list of parameters serves as well
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Sql:
        column, params = compiler.compile(self.source_expressions[0])
        one_of = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (a column, and a mark for the parameter)
        return one_of, [*params, self.numbers if isinstance(self.numbers, Placeholder) else json.dumps(self.numbers)]


class RowGreaterThan(Func):
    """(a, b) > (x, y) as a row comparison, which is one range of the index. `sign` is > or <."""

    output_field = models.BooleanField()

    def __init__(self, sign: str, *expressions: Expression | F) -> None:
        super().__init__(*expressions)
        self.sign = sign

    def as_sql(  # type: ignore[override]  # templates of Func are not used
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> Sql:
        parts: list[str] = []
        params: list = []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", params
