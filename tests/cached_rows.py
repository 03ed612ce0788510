"""Rows that take seconds to make: one worker makes them once, and inserts them again for later tests."""

from datetime import time

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

_kept = {}


def once(name, write):
    """Leave all tables as `write()` does, in the transaction of a test that starts without records."""
    if name in _kept:
        _put_back(_kept[name])
    else:
        write()
        _kept[name] = [(table, columns, _rows(table, columns)) for table, columns in _tables()]


def _models():
    return apps.get_models(include_auto_created=True)


def _tables():
    quote = connection.ops.quote_name
    for model in _models():
        meta = model._meta
        yield quote(meta.db_table), [quote(field.column) for field in meta.local_concrete_fields]


def _rows(table, columns):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return [[_writable(value) for value in row] for row in cursor]


def _writable(value):
    return str(value) if isinstance(value, time) else value  # SQLite returns a time, but doesn't accept one


def _put_back(kept):
    with connection.cursor() as cursor:
        for table, _, _ in kept:
            cursor.execute(f"DELETE FROM {table}")
        for table, columns, rows in kept:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
