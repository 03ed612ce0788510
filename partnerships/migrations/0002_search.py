"""The index of text search: a full-text table kept by triggers on SQLite, a generated tsvector column on PostgreSQL.

Both index the words that `core.search` stores (folded, one space between two) as they stand: no stemming, no stop words,
no parser of the database's own. Django does not know these objects; a later migration that rebuilds the table of
SearchEntry on SQLite has to run `create` again.
"""

from django.db import migrations

TABLE = "partnerships_searchentry"
FTS = "partnerships_search_fts"
COLUMNS = "resource, title, names, body"
OLD, NEW = ("old.id, old.resource, old.title, old.names, old.body", "new.id, new.resource, new.title, new.names, new.body")
FORGET = f"INSERT INTO {FTS}({FTS}, rowid, {COLUMNS}) VALUES ('delete', {OLD});"
STORE = f"INSERT INTO {FTS}(rowid, {COLUMNS}) VALUES ({NEW});"

SQLITE = [
    # “ascii” leaves every letter beyond ASCII alone and splits at spaces, which is all that is left to do; the signs
    # are those in the names of resources, which must stay one word.
    f"CREATE VIRTUAL TABLE {FTS} USING fts5({COLUMNS}, content='{TABLE}', content_rowid='id',"
    " tokenize=\"ascii tokenchars '_:-'\", detail='column', columnsize=0, prefix='1 2 3')",
    f"CREATE TRIGGER {FTS}_insert AFTER INSERT ON {TABLE} BEGIN {STORE} END",
    f"CREATE TRIGGER {FTS}_delete AFTER DELETE ON {TABLE} BEGIN {FORGET} END",
    f"CREATE TRIGGER {FTS}_update AFTER UPDATE OF {COLUMNS} ON {TABLE} BEGIN {FORGET} {STORE} END",
    f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')",
]
SQLITE_BACK = [
    *(f"DROP TRIGGER IF EXISTS {FTS}_{event}" for event in ("insert", "delete", "update")),
    f"DROP TABLE IF EXISTS {FTS}",
]
POSTGRESQL = [
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS (array_to_tsvector(array_remove("
    "string_to_array(title || ' ' || names || ' ' || body, ' '), ''))) STORED",
    # Room on each page, so that hiding an entry (is_public stands in no index) rewrites no index.
    f"ALTER TABLE {TABLE} SET (fillfactor = 80)",
    # Two indexes, so that a search among few organizations does not wade through a million partnerships.
    f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin (vector) WITH (gin_pending_list_limit = 128)"
    " WHERE resource = 'partnership'",
    f"CREATE INDEX {TABLE}_other_words ON {TABLE} USING gin (vector) WITH (gin_pending_list_limit = 128)"
    " WHERE resource <> 'partnership'",
]
POSTGRESQL_BACK = [f"ALTER TABLE {TABLE} DROP COLUMN vector", f"ALTER TABLE {TABLE} RESET (fillfactor)"]


def _run(sqlite, postgresql):
    def run(apps, schema_editor):
        with schema_editor.connection.cursor() as cursor:
            for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
                cursor.execute(statement)

    return run


create, drop = _run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0001_registry")]
    operations = [migrations.RunPython(create, drop)]
