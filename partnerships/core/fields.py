"""Model fields with the registry's rules for text, and SQL expressions that both databases run quickly."""

import json

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Func

from partnerships.core.text import clean


class LineField(models.CharField):
    """One line of text, never null, cleaned by full_clean(). In migrations it is Django's CharField."""

    def __init__(self, verbose_name=None, *, max_length=200, **kwargs):
        super().__init__(verbose_name, max_length=max_length, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class ProseField(models.TextField):
    """Several lines of text, never null, up to `max_length` characters, cleaned by full_clean().

    In migrations it is Django's TextField.
    """

    def __init__(self, verbose_name=None, *, max_length=5000, **kwargs):
        super().__init__(verbose_name, max_length=max_length, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return clean(value, lines=True) if isinstance(value, str) else value

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        MaxLengthValidator(self.max_length)(value)


class LinkField(models.URLField):
    """A web address. One that is typed without https:// gets it. In migrations it is Django's URLField."""

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https"} | kwargs)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs


class NumbersField(models.Field):
    """A list of whole numbers: on PostgreSQL an array whose index finds any number; on SQLite JSON.

    Migrations have their own copy of this class.
    """

    def db_type(self, connection):
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value, connection, prepared=False):
        return json.dumps(value) if connection.vendor == "sqlite" and isinstance(value, list) else value

    def from_db_value(self, value, expression, connection):
        return json.loads(value) if isinstance(value, str) else value

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "partnerships.migrations._frozen.NumbersField", args, kwargs


class InList(Func):
    """Whether a column holds one of these numbers, passed as a single parameter.

    A list of fifty thousand is more than SQLite accepts as parameters, and PostgreSQL reads so many slowly.
    """

    def __init__(self, column="", numbers=()):
        super().__init__(F(column), output_field=models.BooleanField())
        self.numbers = list(numbers)

    def as_postgresql(self, compiler, connection, **context):
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s)", [*params, self.numbers]

    def as_sqlite(self, compiler, connection, **context):
        column, params = compiler.compile(self.source_expressions[0])
        one_of = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (a column, and a mark for the parameter)
        return one_of, [*params, json.dumps(self.numbers)]


class RowGreaterThan(Func):
    """(a, b) > (x, y) as a row comparison, which is one range of the index. `sign` is > or <."""

    output_field = models.BooleanField()

    def __init__(self, sign, *expressions):
        super().__init__(*expressions)
        self.sign = sign

    def as_sql(self, compiler, connection, **extra):  # type: ignore[override]  # templates of Func are not used
        parts, params = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", params
