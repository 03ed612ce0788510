"""The programs in examples/, run against a registry as their users run them."""

import csv
import json
import sqlite3
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Thread

import pytest

from partnerships.accounts.token_actions import make_token
from partnerships.api.resources import RESOURCES
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Organization
from partnerships.registry.actions import save_partnership, withdraw_partnership
from tests import factories
from tests.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("generous_limits")]

FOLDER = Path(__file__).resolve().parent.parent.parent / "examples"
HEADINGS = "id,version,name,side,website,aims,kept_by,ein,outcome"


def example(name):
    spec = spec_from_file_location(name, FOLDER / f"{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def channel():
    """A receiver. Yields (its URL, the messages that were posted to it)."""
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *given):
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posted
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def registry(people):
    with serving() as port:
        yield f"http://127.0.0.1:{port}"


def test_a_copy_follows_what_changes_and_what_goes(registry, people, tmp_path):
    copy = example("nightly_copy")
    kept = factories.make_partnership("Homes", lead=people.office)
    taken_back = factories.make_partnership("Roofs", lead=people.office)

    def titles():
        copy.main(registry, tmp_path / "copy.sqlite3")
        data = sqlite3.connect(tmp_path / "copy.sqlite3")
        rows = data.execute("SELECT record FROM records WHERE list = 'partnerships'").fetchall()
        return sorted(json.loads(record)["title"] for (record,) in rows)

    assert titles() == ["Homes", "Roofs"]
    save_partnership(partnership=kept, by=SYSTEM, fields={"title": "Homes that last"})
    withdraw_partnership(partnership=taken_back, by=SYSTEM)
    assert titles() == ["Homes that last"]
    data = sqlite3.connect(tmp_path / "copy.sqlite3")
    lists = {name for (name,) in data.execute("SELECT DISTINCT list FROM records")}
    assert {"jurisdictions", "organizations", "partnerships", "vocabularies"} <= lists


def test_a_copy_has_every_list_that_holds_something_public():
    """Synchronized where that can be, and else read as a whole."""
    copy = example("nightly_copy")
    assert set(copy.SYNCED) == {path for path, viewset in RESOURCES.items() if viewset.is_in_sync}
    assert set(copy.WHOLE) == RESOURCES.keys() - set(copy.SYNCED) - {
        "action-items",
        "check-ins",
        "interactions",
    }  # never public


@pytest.mark.parametrize("name", ["nightly_copy", "organizations_csv", "slack_notice"])
def test_a_program_waits_when_it_has_sent_too_many_requests(name, registry, people, tmp_path, monkeypatch, settings):
    """A sheet of 700 organizations needs more than the 600 requests of a minute."""
    program, waited = example(name), []

    def wait(seconds):
        waited.append(seconds)
        settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 1_000_000

    monkeypatch.setattr(program.time, "sleep", wait)
    settings.API_RATE_ANONYMOUS = settings.API_RATE_PERSON = 0
    if name == "organizations_csv":
        office, file = people.office.public_id, tmp_path / "organizations.csv"
        memberships = list(people.editor.memberships.all())
        _, token = make_token(
            by=people.editor, name="Sheet", memberships=memberships, days=30, writes=["organizations"]
        )
        file.write_text(f"{HEADINGS}\n,,Lake readers,community,,,{office},,\n", encoding="utf-8")
        assert program.main(registry, file, token) == 0
    elif name == "slack_notice":
        factories.make_partnership("Homes", lead=people.office)
        program.pull(registry, "start")
        program.pull(registry, "start")
    else:
        program.main(registry, tmp_path / "copy.sqlite3")
    assert len(waited) == 1
    assert 1 <= waited[0] <= 60


def test_a_spreadsheet_and_the_registry_become_the_same(registry, people, tmp_path):
    sync = example("organizations_csv")
    office, file = people.office.public_id, tmp_path / "organizations.csv"
    memberships = list(people.editor.memberships.all())
    _, token = make_token(by=people.editor, name="Sheet", memberships=memberships, days=30, writes=["organizations"])
    kept = factories.make_organization("Old name", "unlisted", kept_by=people.office)

    def rows():
        return list(csv.DictReader(file.open(encoding="utf-8", newline="")))

    file.write_text(
        f"{HEADINGS}\n,,Lake readers,community,,Books for all,{office},12-3456789,\n"
        f"{kept.public_id},{kept.public_version},New name,community,,,,,\n,,Odd side,both,,,{office},,\n",
        encoding="utf-8",
    )
    assert sync.main(registry, file, token) == 1
    made, changed, refused = rows()
    assert (made["outcome"], changed["outcome"]) == ("created", "updated")
    assert refused["outcome"] == "refused: side: “both” isn’t an option here. Known: community, institution."
    assert (refused["name"], refused["id"]) == ("Odd side", "")
    assert Organization.objects.get(public_id=made["id"]).aims == "Books for all"
    kept.refresh_from_db()
    assert kept.name == "New name"
    # A change there comes here. Where both have changed, the row is refused and kept.
    first = Organization.objects.get(public_id=made["id"])
    file.write_text("\n".join([HEADINGS, *(",".join(row.values()) for row in (made, changed))]), encoding="utf-8")
    save_organization(organization=first, by=SYSTEM, fields={"aims": "Books and talks"})
    assert sync.main(registry, file, token) == 1
    made, changed = rows()
    assert (made["aims"], changed["outcome"]) == ("Books for all", "unchanged")
    assert made["outcome"].startswith("refused: version: The record has changed since you read it.")
    file.write_text("\n".join([HEADINGS, ",".join((made | {"version": ""}).values())]), encoding="utf-8")
    assert sync.main(registry, file, token) == 1
    assert rows()[0]["outcome"].startswith("refused: version: Send the version that you read")


def test_a_channel_reads_what_has_changed_since_the_last_run(registry, people, tmp_path):
    notice, mark = example("slack_notice"), tmp_path / "mark.txt"
    partnership = factories.make_partnership("Homes & roofs", lead=people.office)
    with channel() as (url, posted):
        notice.main(registry, mark, url)
        assert posted == []
        save_partnership(partnership=partnership, by=SYSTEM, fields={"summary": "Homes that last"})
        notice.main(registry, mark, url)
        notice.main(registry, mark, url)
    page = f"{registry}/partnerships/{partnership.public_id}/"
    assert posted == [{"text": f"A partnership has changed.\n• <{page}|Homes &amp; roofs>"}]
