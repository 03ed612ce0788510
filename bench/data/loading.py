"""Copies rows into PostgreSQL with COPY, while indexes and constraints are dropped."""

import io
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy(table, columns, rows):
    """Write rows (tuples in the order of `columns`) to partnerships_<table>. Other columns get their model's default."""
    fields = [field for field in apps.get_model("partnerships", table)._meta.concrete_fields if not field.primary_key]
    further = {field.column: field.get_default() for field in fields if field.column not in columns and not field.null}
    text = "".join("\t".join(map(_written, (*row, *further.values()))) + "\n" for row in rows)
    with connection.cursor() as cursor:
        statement = f"COPY partnerships_{table} ({', '.join([*columns, *further])}) FROM STDIN"
        cursor.cursor.copy_expert(statement, io.StringIO(text))


def _written(value):
    if value is None:
        return "\\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


@contextmanager
def bare(*tables):
    """Drop the constraints (except NOT NULL) and indexes of these tables for the block, and create them again."""
    names = [f"partnerships_{table}" for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[])"
            # Foreign keys depend on primary keys, so they are dropped first and created last.
            " ORDER BY contype = 'f', contype",
            [names, names],
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[])"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
            [names],
        )
        indexes = cursor.fetchall()
        for table, name, _ in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for definition in [
            f'ALTER TABLE {t} ADD CONSTRAINT "{n}" {d}' for t, n, d in constraints if "FOREIGN" not in d
        ]:
            cursor.execute(definition)
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            if "FOREIGN" in definition:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def set_sequences():
    """Let identity columns continue after the highest number that was copied in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_name LIKE 'partnerships\\_%%'"
            " AND column_name = 'id' AND is_identity = 'YES'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest((SELECT max(id) FROM {table}), 1))"
            )


def analyze():
    """Update statistics, and the visibility map that index-only scans need."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
