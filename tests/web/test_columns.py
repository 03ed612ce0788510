"""The columns of an export: chosen in the link, kept by every part of the page, and refused by name."""

import csv
import io
import re

import pytest

from partnerships.directory.exports import DEPARTMENTS, JURISDICTIONS, ORGANIZATIONS
from partnerships.meetings.exports import ACTIONS, MEETINGS
from partnerships.registry.exports import PARTNERSHIPS
from tests.factories import make_department, make_meeting, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db
SHEETS = {one.key: one for one in (PARTNERSHIPS, ORGANIZATIONS, JURISDICTIONS, DEPARTMENTS, MEETINGS, ACTIONS)}


@pytest.fixture
def client(client, people):
    group = make_organization("Listed", "profiled", aims="Safe streets")
    parties = [party(people.office, "lead"), party(group, "member")]
    partnership = make_partnership("Street lamps", lead=people.office, parties=parties, summary="=1+1")
    make_meeting(partnership, title="Round table", is_public=True, people=[])
    make_department(people.office, "Planning")
    client.force_login(people.editor)
    return client


def rows(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize("key", SHEETS)
def test_each_column_alone_is_that_column_of_the_whole_file(client, key):
    whole, columns = rows(client, f"/{key}.csv"), SHEETS[key].columns
    assert whole[0] == list(columns)
    assert key == "actions" or len(whole) > 1
    for place, name in enumerate(columns):
        assert rows(client, f"/{key}.csv?columns={name}") == [[row[place]] for row in whole]


@pytest.mark.parametrize("asked", ["columns=lead&columns=title", "columns=lead,title", "columns=title,lead,title"])
def test_columns_are_in_the_order_of_the_file_each_once(client, asked):
    found = rows(client, f"/partnerships.csv?{asked}")
    assert found == [["title", "lead"], ["Street lamps", "City of Minneapolis"]]


def test_none_chosen_means_all(client):
    assert rows(client, "/partnerships.csv?columns=") == rows(client, "/partnerships.csv")


@pytest.mark.parametrize("key", SHEETS)
def test_the_link_of_a_page_has_the_same_name_in_every_file_and_earlier_names_still_work(client, key):
    """An address is a street address."""
    found = rows(client, f"/{key}.csv?columns=page_url")
    assert rows(client, f"/{key}.csv?columns=address_here") == found
    assert found[0] == ["page_url"]
    assert all(link.startswith("http") for (link,) in found[1:])
    assert rows(client, "/partnerships.csv?columns=address")[0] == ["page_url"]


def test_a_formula_stays_escaped_in_a_column_of_its_own(client):
    assert rows(client, "/partnerships.csv?columns=summary") == [["summary"], ["'=1+1"]]


@pytest.mark.parametrize("key", SHEETS)
def test_an_unknown_column_is_refused_by_name_on_page_and_file(client, key):
    for path in (f"/{key}/", f"/{key}.csv"):
        answer = client.get(path, {"columns": "name,internal_notes"})
        assert answer.status_code == 400
        assert "This list has no column “" in answer.content.decode()
        assert "columns:" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/rounds/", "/rounds.csv", "/api/v1/partnerships/", "/rounds/new/", "/api/v1/organizations/"]
)
def test_where_there_are_no_columns_the_parameter_is_refused(client, path):
    assert client.get(path, {"columns": "title"}).status_code == 400


@pytest.mark.slow
def test_every_link_and_form_of_the_page_remembers_them(client, people):
    for n in range(30):
        make_partnership(f"More lamps {n}", lead=people.office)
    page = client.get("/partnerships/?q=lamps&side=government&columns=title&columns=lead").content.decode()
    both = "columns=title&amp;columns=lead"
    links = set(re.findall(r'href="(/partnerships(?:/|\.csv)\?[^"]*)"', page))
    assert links
    assert {link for link in links if both not in link} == {
        "/partnerships/?q=lamps&amp;side=government#take"  # all columns
    }
    for link in re.findall(r'href="(/(?:api/v1/partnerships|rounds/new)/\?[^"]*)"', page):
        assert "columns" not in link
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    forms = {form: form.count('name="columns"') for form in re.findall(r'<form class="[^"]*".*?</form>', page, re.S)}
    get_forms = [n for form, n in forms.items() if 'action="/partnerships/' in form]
    assert sorted(get_forms) == [2, 2, 2, len(PARTNERSHIPS.columns)]


def test_the_form_shows_what_is_chosen(client):
    page = client.get("/partnerships/?columns=title,lead").content.decode()
    form = page.partition('aria-label="Columns to download"')[2].partition("</form>")[0]
    assert re.findall(r'name="columns" value="(\w+)" checked', form) == ["title", "lead"]
    assert "Columns to download: 2 of 16" in page
    page = client.get("/partnerships/").content.decode()
    form = page.partition('aria-label="Columns to download"')[2].partition("</form>")[0]
    assert (form.count('name="columns"'), form.count("checked")) == (16, 0)
