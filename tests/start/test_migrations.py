"""Migrations: an empty database and one of an older release get the same tables, and old data is kept.

The copies `first_sample.*` are of the first commit that had a sample (89a9623, November 24, 2026), with the migrations
0001 and 0002. They were made with `migrate`, `load_vocabularies` and `load_sample` in a checkout of it, then VACUUM
INTO for SQLite and `pg_dump --format=custom --compress=0 --no-owner --no-privileges` for PostgreSQL, then gzip.
"""

import ast
import gzip
import json
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.start.stores import Store, schema

FOLDER = Path(__file__).resolve().parent.parent.parent / "partnerships" / "migrations"
FROZEN = "partnerships.migrations._frozen"
APP, SQUASHED = "partnerships", "0001_squashed_0051_webhooks"
REPLACED = [name for _, name in import_module(f"partnerships.migrations.{SQUASHED}").Migration.replaces]

FIRST_SAMPLE = {
    "person": 4,
    "jurisdiction": 11,
    "department": 9,
    "organization": 7,
    "contact": 6,
    "identifier": 16,
    "partnership": 8,
    "partnershiplink": 2,
    "party": 24,
    "partyrole": 21,
    "meeting": 5,
    "participant": 20,
    "checkinplan": 3,
    "letter": 52,
    "change": 75,
    "publication": 8,
    "searchentry": 68,
    "term": 69,
    "issuearea": 28,
}
PAGES = """
import json
from django.test import Client
from partnerships.models import Partnership

pages = ["/", "/partnerships/", "/organizations/"]
pages += [f"/partnerships/{pk}/" for pk in Partnership.objects.filter(is_published=True).values_list("public_id", flat=True)]
client = Client(headers={"host": "localhost"})
print(json.dumps({page: client.get(page).status_code for page in pages}))
"""
REPLAY = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
executor.migrate([leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[1] != "%s"])
"""


def targets(executor):
    return executor.loader.graph.leaf_nodes()


@pytest.mark.sqlite
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_imports_only_frozen_code_of_ours(path):
    """Code that moves or changes later then can't break a migration."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module)
    ours = {name for name in imported if name.split(".")[0] in ("partnerships", "equity")}
    assert ours <= ({FROZEN} if path.stem != "_frozen" else set())


@pytest.mark.sqlite
def test_an_empty_database_runs_the_squashed_migration_alone():
    names = {name for app, name in MigrationLoader(None).graph.nodes if app == APP}
    assert SQUASHED in names
    assert not names & set(REPLACED)


@pytest.mark.both
def test_a_database_with_all_replaced_migrations_needs_nothing(db):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(APP, SQUASHED)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(targets(executor)) == []
    executor.migrate(targets(executor))
    assert (APP, SQUASHED) in recorder.applied_migrations()


@pytest.mark.both
@pytest.mark.parametrize("applied", [1, 28, 50])
def test_a_database_of_an_older_release_runs_the_migrations_that_it_lacks(db, applied):
    recorder = MigrationRecorder(connection)
    for app, name in recorder.applied_migrations():
        if app == APP and name not in REPLACED[:applied]:
            recorder.record_unapplied(app, name)
    executor = MigrationExecutor(connection)
    plan = [migration.name for migration, _ in executor.migration_plan(targets(executor)) if migration.app_label == APP]
    assert plan[: len(REPLACED) - applied] == REPLACED[applied:]
    assert SQUASHED not in plan


@pytest.fixture
def upgraded(tmp_path, django_db_setup):
    """The first sample, restored and upgraded by this version, which runs every migration from 0003 on."""
    copy = tmp_path / ("first_sample.sqlite3" if connection.vendor == "sqlite" else "first_sample.dump")
    with gzip.open(Path(__file__).with_name(f"{copy.name}.gz")) as packed, copy.open("wb") as file:
        shutil.copyfileobj(packed, file)
    store = Store(tmp_path)
    store.must("restore", copy, seconds=600)
    yield store
    store.drop()


@pytest.mark.slow
@pytest.mark.both
def test_the_first_sample_comes_through_an_upgrade_to_the_tables_of_a_new_database(upgraded, db):
    """One test, since the upgrade takes half a minute."""
    old = upgraded.schema()
    if connection.vendor == "postgresql":
        # 0002 said 512 when the copy was made, and was edited 22 minutes later.
        old = [line.replace("gin_pending_list_limit='512'", "gin_pending_list_limit='128'") for line in old]
    assert old == schema(connection.settings_dict["NAME"])
    with upgraded.connect() as data:
        cursor = data.cursor()
        found = {}
        for table in FIRST_SAMPLE:
            cursor.execute(f"SELECT count(*) FROM partnerships_{table}")
            (found[table],) = cursor.fetchone()
        cursor.execute("SELECT DISTINCT version, updated_at IS NULL FROM partnerships_checkinplan")
        assert list(map(tuple, cursor.fetchall())) == [(1, False)]
        cursor.execute(
            "SELECT model FROM django_content_type WHERE app_label = 'partnerships' AND model IN ('letter', 'email')"
        )
        assert [model for (model,) in cursor.fetchall()] == ["email"]
        # No process sends what the sample planned, and doctor would report it as overdue.
        cursor.execute("UPDATE partnerships_letter SET due_at = '2190-01-01 00:00:00+00:00'")
        data.commit()
    assert found == FIRST_SAMPLE
    assert "No problems found" in upgraded.must("doctor")
    assert "All 8 documents match a rebuild." in upgraded.must("publish", "--check")
    upgraded.must("migrate", "--check")
    pages = json.loads(upgraded.must("shell", "-v0", "-c", PAGES))
    assert len(pages) == 3 + 7
    assert set(pages.values()) == {200}, pages


@pytest.mark.slow
def test_the_replaced_migrations_make_the_same_tables_in_an_empty_database(tmp_path, db):
    store = Store(tmp_path)
    try:
        store.must("shell", "-v0", "-c", REPLAY % SQUASHED, seconds=600)
        store.must("migrate")
        assert store.schema() == schema(connection.settings_dict["NAME"])
    finally:
        store.drop()
