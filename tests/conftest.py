"""Fixtures for every test, and a check after each test that wrote: stored documents must equal a rebuild."""

import gc
import os
import re
import shutil

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.template import RequestContext
from django.test import client

from partnerships.assessment.doctor import rounds_out_of_sync
from partnerships.registry import publication
from tests.lazy_users import call_actions_lazily
from tests.people import make_people
from tests.prepared_databases import Prepared, flush_of_tables_with_rows, postgres_of_its_own
from tests.snapshots import begin_snapshots, nothing_written, snapshot_fixture

# The time of one example depends on the load of the machine, so there is no deadline. Every run tries the same
# examples, so that none fails by chance. HYPOTHESIS_PROFILE=random tries new ones and prints how to repeat one that
# fails.
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("random", deadline=None, derandomize=False, database=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

# The test client copies the context of each of a page's hundreds of templates, which takes a sixth of the page's time.
# Keep only the context of the page itself.
keep = client.store_rendered_templates
client.store_rendered_templates = lambda kept, signal, sender, template, context, **more: (
    keep(kept, signal, sender, template, context, **more)
    if isinstance(context, RequestContext) and context.template is template
    else None
)

# Each test client loads the middleware again, and WhiteNoise would list every static file then, which takes a twentieth of
# a run. This lets it look for a file when one is asked for.
settings.WHITENOISE_AUTOREFRESH = True

# Tests read more pages a minute than a network of people. Those of this limit set their own.
settings.PAGE_RATE_ANONYMOUS = 10_000_000

call_actions_lazily()

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
HAS_DATABASE = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Prepared databases, shared by all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return Prepared(base.parent if WORKER else base)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, prepared, tmp_path_factory):
    """Give each worker a database of its own.

    On SQLite it's a copy of a prepared file. On PostgreSQL each worker has its own server, since sync waits for every
    open transaction of a server. A run without workers uses the server in DATABASE_URL.
    """
    if connection.vendor == "sqlite":
        create, start = connection.creation._create_test_db, tmp_path_factory.mktemp("start")
        prepared.copy("tables", start)
        connection.creation._create_test_db = lambda *given, **more: shutil.copy(
            start / "registry.sqlite3", create(*given, **more)
        )
        yield
        return
    connection.ops.sql_flush = flush_of_tables_with_rows
    if WORKER:
        with postgres_of_its_own(connection.settings_dict):
            yield
    else:
        yield


@pytest.fixture(scope="session", autouse=True)
def own_mail_folder(tmp_path_factory):
    """Save emails in a folder of this worker. In the checkout's, workers would delete each other's, and a developer's."""
    settings.MAIL_DIR = tmp_path_factory.mktemp("mail")


@pytest.fixture(autouse=True)
def empty_cache():
    """Empty the cache, which counts for the API's rate limits, so that no test counts in the next one."""
    cache.clear()


@pytest.fixture
def generous_limits(settings):
    """Rate limits of the API that no test reaches."""
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 100_000


def pytest_ignore_collect(collection_path, config):
    """Skip modules that have no test of the layer, since importing all of them takes a process 25 seconds."""
    words = config.option.markexpr.split()
    if "or" in words or not collection_path.match("test_*.py"):
        return None
    text = collection_path.read_text(encoding="utf-8")
    if "browser" in collection_path.relative_to(config.rootpath).parts:
        text += "\npytestmark = pytest.mark.browser"  # tests/browser/conftest.py adds this mark
    for before, mark in zip(["", *words], words, strict=False):
        if mark in ("not", "and"):
            continue
        whole_module = re.search(rf"^pytestmark = .*\bmark\.{mark}\b", text, re.MULTILINE)
        if whole_module if before == "not" else f"mark.{mark}" not in text:
            return True
    return None


def pytest_collection_finish(session):
    """Keep what is loaded by now out of garbage collection, which is a fifteenth of a run otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Deselect tests that are marked for the other database, and run slow tests first.

    This runs after the order was randomized. No worker then ends with a slow test while the others wait.
    """
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    left_out = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    value = yield
    if fixturedef.argname == "_django_db_helper":  # pytest-django's transaction of a test
        begin_snapshots()
        request.node.stash[HAS_DATABASE] = True
    return value


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """After each test that wrote, compare stored documents with a rebuild, and public rounds with sync, while the rows are still
    there.
    """
    try:
        if item.stash.get(HAS_DATABASE, False) and not item.get_closest_marker("unpublished_writes"):
            assert nothing_written() or [*publication.check(), *rounds_out_of_sync()] == []
    finally:
        yield  # the other teardowns run in any case


@snapshot_fixture
def people(db):
    return make_people()
