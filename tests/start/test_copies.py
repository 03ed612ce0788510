"""Backup and restore: a restore gives back what was there, and no mistake loses data."""

import os
import threading

import pytest
from django.db import connection

from partnerships.core import clock, stamps
from partnerships.core.models import Tombstone
from partnerships.core.restoring import raise_stamps
from tests.start.stores import Store

pytestmark = [pytest.mark.both, pytest.mark.slow]


@pytest.fixture(scope="module")
def sample(tmp_path_factory, django_db_setup, prepared):
    """The sample registry, set up once and never changed."""
    store = Store(tmp_path_factory.mktemp("sample"))
    if connection.vendor == "sqlite":
        prepared.copy("sample", store.var)
    else:
        for step in ("migrate", "load_vocabularies", "load_sample"):
            store.must(step)
    yield store
    store.drop()


@pytest.fixture
def stores(tmp_path, django_db_setup):
    made = []

    def make(like=None):
        made.append(Store(tmp_path, like))
        return made[-1]

    yield make
    for store in made:
        store.drop()


@pytest.fixture
def full(stores, sample):
    return stores(like=sample)


def test_what_comes_back_is_what_was_there(full, stores, tmp_path):
    copy, before = tmp_path / "copies" / "copy", full.rows()
    full.must("backup", copy)
    assert os.stat(copy).st_mode & 0o777 == 0o600
    assert len(before["partnerships_partnership"]) >= 7

    empty = stores()
    empty.must("restore", copy)
    assert empty.rows() == before

    full.must("add_administrator", "later@example.org")
    refused = full.manage("restore", copy)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "--replace" in refused.stderr
    assert any("later@example.org" in row for row in full.rows()["partnerships_person"])
    full.must("restore", "--replace", copy)
    assert full.rows() == before
    # The restored registry accepts new rows, so sequences were restored, too.
    full.must("add_administrator", "later@example.org")


def test_a_copy_is_of_one_moment_while_others_write(full, stores, tmp_path):
    with full.connect() as data:
        cursor = data.cursor()
        for number in range(2):
            cursor.execute(f"INSERT INTO partnerships_heartbeat (name, at) VALUES ('{number}', '2026-01-01')")
        data.commit()
    stop, writes = threading.Event(), []

    def write():
        with full.connect() as data:
            cursor = data.cursor()
            while not stop.is_set():
                writes.append(1)
                for number in range(2):
                    cursor.execute(
                        "UPDATE partnerships_heartbeat SET at ="
                        f" '2026-01-01 00:{len(writes) // 60 % 60:02}:{len(writes) % 60:02}' WHERE name = '{number}'"
                    )
                data.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            full.must("backup", tmp_path / f"copy-{number}")
    finally:
        stop.set()
        writer.join()
    assert len(writes) > 10
    for number in range(3):
        store = stores()
        store.must("restore", tmp_path / f"copy-{number}")
        with store.connect() as data:
            cursor = data.cursor()
            cursor.execute("SELECT count(*), count(DISTINCT at) FROM partnerships_heartbeat WHERE name IN ('0', '1')")
            assert cursor.fetchone() == (2, 1)


def test_a_bad_copy_changes_nothing(full, tmp_path):
    copy, before = tmp_path / "copy", full.rows()
    full.must("backup", copy)
    whole = copy.read_bytes()
    other = b"PGDMP" if connection.vendor == "sqlite" else b"SQLite format 3\0"
    bad = {
        "missing": None,
        "empty": b"",
        "text": b"not a copy of anything",
        "other": other + b"\0" * 5000,
        "half": whole[: len(whole) // 2],
        "tail": whole[:-2000],
    }
    for name, content in bad.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        done = full.manage("restore", "--replace", tmp_path / name)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), (name, done.stderr)
        assert full.rows() == before, name


def test_a_copy_from_a_later_version_is_refused(full, tmp_path):
    with full.connect() as data:
        data.cursor().execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('partnerships', '9999_later', '2030-01-01')"
        )
        data.commit()
    full.must("backup", tmp_path / "copy")
    done = full.manage("restore", "--replace", tmp_path / "copy")
    assert done.returncode == 2
    assert "9999_later" in done.stderr


def test_a_copy_never_replaces_a_file(full, tmp_path):
    (tmp_path / "kept").write_text("kept")
    done = full.manage("backup", tmp_path / "kept")
    assert done.returncode == 2
    assert (tmp_path / "kept").read_text() == "kept"
    assert "backups" in full.must("backup")
    assert [path.suffix for path in (full.var / "backups").iterdir()] in ([".sqlite3"], [".dump"])


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [5, 2**40])
def test_stamps_after_a_restore_are_higher_than_all_before(stored):
    Tombstone.objects.create(resource="organizations", public_id="G-000000-0", stamp=stored, at=clock.now())
    given_out_later = max(stored, stamps.next_stamp()) + 1000
    raise_stamps()
    assert stamps.next_stamp() > given_out_later
