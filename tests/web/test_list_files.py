"""Spreadsheets by their addresses: at once, or requested, waited for and downloaded."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from partnerships import tasks
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import ListFile, Organization, Partnership
from partnerships.records import list_files
from partnerships.registry.actions import withdraw_partnership
from partnerships.registry.consent import withdraw_from_seat
from tests import workbooks
from tests.factories import make_department, make_meeting, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, people):
    group = make_organization("Listed", "profiled", aims="=1+1")
    parties = [party(people.office, "lead"), party(group, "member")]
    for n in range(3):
        make_partnership(f"Street lamps {n}", lead=people.office, parties=parties, summary="@x", starts_on="2026-01-02")
    partnership = make_partnership("Quiet draft", lead=people.office, published=False)
    make_meeting(partnership, title="Round table", people=[])
    make_department(people.office, "Planning")
    client.force_login(people.editor)
    return client


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("key", list_files.SHEETS)
def test_the_spreadsheet_holds_what_the_csv_file_holds(client, key):
    for query in ("", "?ordering=-id", f"?columns={list_files.SHEETS[key].columns[-1]},id"):
        body = b"".join(client.get(f"/{key}.csv{query}").streaming_content).decode("utf-8-sig")
        answer = client.get(f"/{key}.xlsx{query}")
        assert answer["Content-Disposition"] == f'attachment; filename="{key}.xlsx"'
        assert answer["Cache-Control"] == "private, no-store"
        cells = [
            [str(getattr(cell, "date", lambda c=cell: c)()) for cell in row] for row in workbooks.cells(answer.content)
        ]
        assert cells == list(csv.reader(io.StringIO(body, newline="")))


@pytest.mark.parametrize("key", list_files.SHEETS)
def test_the_list_links_its_spreadsheet_as_it_is(client, key):
    page = text(client, f"/{key}/?ordering=-id&columns=id")
    assert page.count(f'href="/{key}.xlsx?ordering=-id&amp;columns=id"') == (
        key not in ("actions", "interactions", "results", "measures", "activities")  # there are none
    )


def test_strangers_get_what_is_public(client, people):
    titles = {row[1] for row in workbooks.cells(Client().get("/partnerships.xlsx").content)}
    assert titles == {"title", *(f"Street lamps {n}" for n in range(3))}


@pytest.mark.parametrize("asked", ["kidn=x", "columns=titel", "ordering=size", "kind=x"])
def test_wrong_parameters_are_refused_with_an_error(client, asked):
    for path in ("/partnerships.xlsx", "/files/new/partnerships/"):
        text(client, f"{path}?{asked}", 400)
    assert client.post(f"/files/new/partnerships/?{asked}").status_code == 400
    assert not ListFile.objects.exists()


def test_a_list_up_to_the_limit_is_made_within_the_request(client, monkeypatch):
    monkeypatch.setattr(list_files, "AT_ONCE", 3)
    assert len(workbooks.cells(client.get("/partnerships.xlsx?q=lamps").content)) == 1 + 3


def test_a_longer_list_is_made_in_the_background(client, monkeypatch):
    monkeypatch.setattr(list_files, "AT_ONCE", 2)
    asked = "?columns=title&q=lamps"
    answer = client.get(f"/partnerships.xlsx{asked}&cursor=")
    assert answer.url == f"/files/new/partnerships/{asked}"
    page = text(client, answer.url)
    assert "3 rows with 1 column." in page
    assert not ListFile.objects.exists()
    answer = client.post(answer.url)
    file = ListFile.objects.get()
    assert answer.url == f"/files/{file.pk}/"
    waiting = client.get(answer.url)
    assert "Your file is waiting to start." in waiting.content.decode()
    assert waiting["Refresh"] == "3"
    assert client.get(f"/files/{file.pk}/list.xlsx").status_code == 404
    tasks.make_list_files()
    ready = client.get(answer.url)
    assert "The file is ready: 3 rows" in ready.content.decode()
    assert "Refresh" not in ready
    cells = workbooks.cells(client.get(f"/files/{file.pk}/list.xlsx").content)
    assert sorted(row[0] for row in cells) == ["Street lamps 0", "Street lamps 1", "Street lamps 2", "title"]


def test_how_far_it_is_is_shown(client, people):
    file = list_files.ask(by=people.editor, key="partnerships", query="", rows=40_000)
    ListFile.objects.update(state="making", rows_done=12_500)
    assert "12,500 of 40,000 rows are done." in text(client, f"/files/{file.pk}/")


def test_beyond_what_it_holds_the_csv_file_is_named(client, monkeypatch):
    monkeypatch.setattr("partnerships.web.frame.list_files.MOST_ROWS", 2)
    monkeypatch.setattr(list_files, "MOST_ROWS", 2)
    page = text(client, "/files/new/partnerships/?q=lamps")
    assert "This list has more than 2 rows," in page
    assert 'href="/partnerships.csv?q=lamps"' in page
    assert "Create spreadsheet" not in page
    assert client.post("/files/new/partnerships/?q=lamps").status_code == 422
    assert not ListFile.objects.exists()


def test_too_many_that_wait_are_refused_and_named(client, people):
    for n in range(5):
        list_files.ask(by=people.editor, key="partnerships", query=f"q={n}", rows=1)
    answer = client.post("/files/new/partnerships/?q=lamps")
    assert answer.status_code == 422
    assert "still preparing 5 of your spreadsheets." in answer.content.decode()
    assert "Your spreadsheets" in text(client, "/account/lists/")


def test_a_failure_says_so_and_leads_to_another_try(client, people, monkeypatch):
    file = list_files.ask(by=people.editor, key="partnerships", query="q=lamps", rows=3)
    ListFile.objects.update(state="failed")
    page = text(client, f"/files/{file.pk}/")
    assert "We couldn’t make the file." in page
    assert 'href="/files/new/partnerships/?q=lamps"' in page
    assert client.post("/files/new/partnerships/?q=lamps").url != f"/files/{file.pk}/"


def test_after_their_role_ended_the_page_offers_a_new_export(client, people):
    file = list_files.ask(by=people.editor, key="partnerships", query="", rows=4)
    tasks.make_list_files()
    people.editor.memberships.all().delete()
    page = text(client, f"/files/{file.pk}/")
    assert "What you may see has changed since we made this file" in page
    assert 'href="/files/new/partnerships/"' in page
    text(client, f"/files/{file.pk}/list.xlsx", 404)


def unlist(group, record):
    save_organization(organization=group, by=SYSTEM, fields={"listing": "unlisted"})


def decline(group, record):
    withdraw_from_seat(party=record.parties.get(organization=group), by=SYSTEM)


def unpublish(group, record):
    withdraw_partnership(partnership=record, by=SYSTEM)


@pytest.mark.parametrize("withdraw", [unlist, decline, unpublish])
def test_a_file_from_before_something_was_withdrawn_is_made_again(client, withdraw):
    group, record = Organization.objects.get(name="Listed"), Partnership.objects.get(title="Street lamps 0")
    quiet = make_organization("Quiet circle", "unlisted")
    hidden = make_partnership("Quiet table", parties=[party(record.lead, "lead"), party(quiet)])
    answer = client.post("/files/new/partnerships/")
    tasks.make_list_files()
    decline(quiet, hidden)  # no one else may notice that
    assert "The file is ready" in text(client, answer.url)
    withdraw(group, record)
    assert "What you may see has changed since we made this file" in text(client, answer.url)
    text(client, f"{answer.url}list.xlsx", 404)
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        again = client.post("/files/new/partnerships/")
        tasks.make_list_files()
        assert "The file is ready" in text(client, again.url)


def test_who_is_not_signed_in_is_led_to_it_and_loses_nothing(monkeypatch):
    answer = Client().get("/files/new/partnerships/?q=lamps")
    assert answer.url == "/sign-in/?next=/files/new/partnerships/%3Fq%3Dlamps"
    assert Client().post("/files/new/partnerships/").status_code == 403


def test_a_list_without_a_file_or_of_someone_else_is_missing(client, people):
    for key in ("rounds", "outbox", "nothing"):
        text(client, f"/files/new/{key}/", 404)
    client.force_login(people.stranger)
    for path in ("/files/new/actions/", "/actions.xlsx"):
        text(client, path, 404)
    for pk in (1, 10**19):
        text(client, f"/files/{pk}/", 404)
