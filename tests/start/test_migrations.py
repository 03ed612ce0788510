"""Migrations: an empty database and one of the oldest supported version get the same tables, and old data is kept.

The copies `oldest_sample.*` are the sample of November 24, 2026, upgraded to the first migration and no further: VACUUM
INTO for SQLite and `pg_dump --format=custom --compress=0 --no-owner --no-privileges` for PostgreSQL, then gzip.
"""

import ast
import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.start.stores import Store, schema

FOLDER = Path(__file__).resolve().parent.parent.parent / "partnerships" / "migrations"
FROZEN = "partnerships.migrations._frozen"

OLDEST_SAMPLE = {
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
from partnerships.models import Department, Jurisdiction, Meeting, Organization, Partnership, Person

lists = [
    "/", "/partnerships/", "/partnerships/?q=housing", "/partnerships/?side=community", "/partnerships/filters/",
    "/partnerships/filters/kind/", "/organizations/", "/organizations/?q=a", "/organizations/filters/", "/departments/",
    "/jurisdictions/", "/meetings/", "/results/", "/network/", "/coverage/", "/api/v1/partnerships/?q=housing",
]
staff = ["/actions/", "/rounds/", "/activities/", "/plans/"]
records = [record for model in (Partnership, Organization, Department, Jurisdiction, Meeting) for record in model.objects.all()]
pages = lists + staff + [record.get_absolute_url() for record in records]
pages += [f"{place.get_absolute_url()}dashboard/" for place in Jurisdiction.objects.all()]
visitor, editor = (Client(headers={"host": "localhost"}) for _ in range(2))
editor.force_login(Person.objects.get(email="staff@example.org"))
found = {page: editor.get(page).status_code for page in pages}
print(json.dumps(found | {f"public {page}": visitor.get(page).status_code for page in lists}))
"""


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


@pytest.fixture
def upgraded(tmp_path, django_db_setup):
    """The oldest sample, restored and upgraded by this version, which runs every migration from 0052 on."""
    copy = tmp_path / ("oldest_sample.sqlite3" if connection.vendor == "sqlite" else "oldest_sample.dump")
    with gzip.open(Path(__file__).with_name(f"{copy.name}.gz")) as packed, copy.open("wb") as file:
        shutil.copyfileobj(packed, file)
    store = Store(tmp_path)
    store.must("restore", copy, seconds=600)
    yield store
    store.drop()


@pytest.mark.slow
@pytest.mark.both
def test_the_oldest_sample_comes_through_an_upgrade_to_the_tables_of_a_new_database(upgraded, db):
    """One test, since the upgrade takes half a minute."""
    old = upgraded.schema()
    if connection.vendor == "postgresql":
        # 0002 said 512 when the copy was made, and was edited 22 minutes later.
        old = [line.replace("gin_pending_list_limit='512'", "gin_pending_list_limit='128'") for line in old]
    assert old == schema(connection.settings_dict["NAME"])
    with upgraded.connect() as data:
        cursor = data.cursor()
        found = {}
        for table in OLDEST_SAMPLE:
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
    assert found == OLDEST_SAMPLE
    assert "No problems found" in upgraded.must("doctor")
    upgraded.must("migrate", "--check")
    # No worker has run: the stored documents are outdated, and counts next to filters may be missing.
    assert "8 of 8 documents are outdated" in upgraded.must("publish", "--check")
    with upgraded.connect() as data:
        data.cursor().execute("DELETE FROM partnerships_facetcount WHERE facet = 'kind'")
        data.commit()
    pages = json.loads(upgraded.must("shell", "-v0", "-c", PAGES))
    assert {page: status for page, status in pages.items() if status != 200} == {}
    upgraded.must("publish", "--all")
    assert "All 8 documents match a rebuild." in upgraded.must("publish", "--check")


@pytest.mark.sqlite
def test_a_backup_from_before_the_first_migration_is_refused(tmp_path, django_db_setup):
    copy, store = tmp_path / "older.sqlite3", Store(tmp_path)
    with closing(sqlite3.connect(copy)) as data:
        data.execute("CREATE TABLE django_migrations (id INTEGER, app TEXT, name TEXT, applied TEXT)")
        data.execute("INSERT INTO django_migrations VALUES (1, 'partnerships', '0012_lies_in', '2026-11-20')")
        data.commit()
    refused = store.manage("restore", copy)
    assert refused.returncode == 2
    assert (
        "older.sqlite3 is older than November 25, 2026. Restore it with the version of that day and make a new backup."
        in refused.stderr
    )
