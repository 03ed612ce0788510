"""Fixtures that are built once per worker and then inserted as stored rows.

Building `people` with the registry's own actions takes 100 ms and a `World` 5 s. Inserting their rows takes 3 and 20 ms.

    @snapshot_fixture
    def town(people):
        return Town(people)

    world = snapshot_of(World, people)  # the same, inside a test

The first test of a worker that needs a snapshot builds it, keeps the added rows and the returned value, and rolls all of it
back. Then it gets what every later test gets: the rows, and a copy of the value. So no test can depend on being first.

A snapshot is used only where it is exact:
- The database holds the same as before: nothing, or the rows of the snapshots that are passed in.
- The clock is frozen at the same moment, or runs and is in the same ten minutes (so that no row is from another day).
Everywhere else the function is called as an ordinary fixture.
"""

import functools
import io
import pickle
import time

import pytest
import time_machine
from django.db import connection, models, transaction
from psycopg2.extras import execute_values

WINDOW = 600  # seconds, on the same calendar day in every time zone
PLAIN = (int, str, type(None))  # types of arguments that aren't snapshots (the fixture `db` is None)

_kept = {}  # key → Snapshot
_inserted = []  # (key, value) of the snapshots in this test, in order
_writes = None  # number of written rows after the last snapshot or at the start of the test


def begin_snapshots():
    """Start a test. Call it when the database is ready and before anything is written."""
    global _writes
    _inserted.clear()
    _writes = _rows_written() if connection.in_atomic_block else None


def nothing_written() -> bool:
    """Whether it's certain that the test has only rows of snapshots so far."""
    return _writes is not None and _rows_written() == _writes


def snapshot_fixture(function):
    """Make a fixture that only adds rows, and whose arguments are `db` or other snapshots."""

    @pytest.fixture
    @functools.wraps(function)
    def snapshot(**given):
        return snapshot_of(function, *given.values())

    return snapshot


def snapshot_of(build, *given):
    """Return what `build(*given)` returns. `given`: other snapshots, numbers or texts, which `build` must not change."""
    global _writes
    moment, values = _moment(), [value for value in given if not isinstance(value, PLAIN)]
    exact = moment and nothing_written()
    if not exact or not all(any(value is earlier for _, earlier in _inserted) for value in values):
        _writes = None  # what follows isn't exact either
        return build(*given)
    plain = tuple(value for value in given if isinstance(value, PLAIN))
    key = (build.__module__, build.__qualname__, plain, moment, tuple(key for key, _ in _inserted))
    if key not in _kept:
        _kept[key] = _build(build, given)
    value = _kept[key].insert(_instances(values))
    _inserted.append((key, value))
    _writes = _rows_written()
    return value


def _moment():
    """Return the moment that a snapshot's rows can be dated by, or None while a moved clock is running."""
    if not time_machine.escape_hatch.is_travelling():
        return int(time.time()) // WINDOW
    ticks = time_machine.traveller_stack[-1]._tick
    return None if ticks else f"frozen at {time.time()}"


def _rows_written():
    """How many rows this connection (SQLite) or transaction (PostgreSQL) has inserted, changed and deleted so far."""
    if connection.vendor == "sqlite":
        return connection.connection.total_changes
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables")
        return cursor.fetchone()[0]


def _build(build, given):
    copies = pickle.loads(pickle.dumps(given))
    known = _instances([value for value in copies if not isinstance(value, PLAIN)])
    looked = {key: _values(instance) for key, instance in known.items()}
    before, point = _all_rows(), transaction.savepoint()
    value = build(*copies)
    if looked != {key: _values(instance) for key, instance in known.items()}:
        raise TypeError(f"{build.__qualname__} changes what it was given, so it can't be a snapshot.")
    after = _all_rows()
    raw = _dump(value, {id(instance): key for key, instance in known.items()})
    transaction.savepoint_rollback(point)
    return Snapshot(before, after, raw)


class Snapshot:
    def __init__(self, before, after, value):
        """Keep what was added and removed. `before`, `after`: table → (columns, rows)."""
        self.value, self.removed, self.added = value, {}, {}
        for table, (columns, rows) in after.items():
            # Rows can hold lists and dicts, which aren't hashable.
            old, new = ({repr(row): row for row in side[table][1]} for side in (before, after))
            if gone := [old[key] for key in old.keys() - new.keys()]:
                self.removed[table] = [row[columns.index("id")] for row in gone]
            if more := [row for row in rows if repr(row) not in old]:
                self.added[table] = (columns, more)

    def insert(self, known):
        """Insert the rows and return a new copy of the value, with references to the `known` instances."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            for table, keys in self.removed.items():
                cursor.execute(f"DELETE FROM {quote(table)} WHERE id IN ({', '.join(map(str, keys))})")
            for table, (columns, rows) in self.added.items():
                into = f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))}) VALUES "
                _insert(cursor, into, rows)
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT {', '.join(self._sequences())}")
        return _load(self.value, known)

    def _sequences(self):
        """Advance the sequence of each table, so that the next row gets the next number, as on SQLite."""
        for table, (columns, rows) in self.added.items():
            if "id" in columns:
                last = max(row[columns.index("id")] for row in rows)
                yield f"setval(pg_get_serial_sequence('{table}', 'id'), {last})"


def _insert(cursor, into, rows):
    if connection.vendor == "sqlite":
        cursor.connection.executemany(f"{into} ({', '.join('?' * len(rows[0]))})", rows)
    else:
        execute_values(cursor.cursor, f"{into} %s", rows, page_size=1000)


def _all_rows():
    with connection.cursor() as cursor:
        return {table: (columns, _rows(cursor, table, columns)) for table, columns in _tables().items()}


def _rows(cursor, table, columns):
    # For an expression (“+name”), SQLite returns the stored value without Django's converters.
    names = ", ".join(
        ("+" if connection.vendor == "sqlite" else "") + connection.ops.quote_name(name) for name in columns
    )
    cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)}")
    return cursor.fetchall()


@functools.cache
def _tables():
    """Return table → columns, without generated columns. Triggers keep the tables of SQLite's text search up to date."""
    found = {}
    for model in connection.introspection.django_table_names(only_existing=True):
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"PRAGMA table_xinfo({connection.ops.quote_name(model)})")
                found[model] = [name for _, name, *_, hidden in cursor.fetchall() if not hidden]
            else:
                cursor.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
                    " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
                    [model],
                )
                found[model] = [name for (name,) in cursor.fetchall()]
    return found


def _instances(values):
    """Return (model, primary key) → instance, for model instances that are these values or their direct attributes."""
    found = {}
    for value in values:
        inside = [value, *getattr(value, "__dict__", {}).values()]
        for one in inside:
            several = one.values() if isinstance(one, dict) else one if isinstance(one, (list, tuple)) else [one]
            found |= {(type(x), x.pk): x for x in several if isinstance(x, models.Model)}
    return found


def _values(instance):
    return {field.attname: vars(instance).get(field.attname) for field in instance._meta.concrete_fields}


def _dump(value, keys):
    class Pickler(pickle.Pickler):
        def persistent_id(self, one):
            return keys.get(id(one)) if isinstance(one, models.Model) else None

    out = io.BytesIO()
    Pickler(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


def _load(raw, known):
    class Unpickler(pickle.Unpickler):
        def persistent_load(self, key):
            return known[key]

    return Unpickler(io.BytesIO(raw)).load()
