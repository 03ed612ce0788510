"""The page for developers shows everything in openapi.yaml, without network or script."""

import csv
import io
import re
import shlex
import urllib.request
from html import unescape

import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from partnerships.accounts.choices import Readable, Writable
from partnerships.accounts.token_actions import make_token
from partnerships.registry.publication import publish
from partnerships.web.public.developers import description
from tests.factories import make_measure, make_organization, make_partnership, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    answer = client.get("/developers/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_calls_each_list_what_the_form_of_a_token_calls_it(page):
    assert re.findall(r"<summary><h3>(.*?)</h3>", page)[-len(Readable) :] == Readable.labels


def test_a_record_has_one_name_in_spanish_and_the_registry_another(client):
    """docs/words.md: a record is “ficha”. “Registro” is the registry, and the log of a webhook."""
    page = client.get("/developers/", headers={"accept-language": "es"}).content.decode()
    assert "Qué contiene una ficha" in page
    assert re.findall(r"\bregistros?\b(?! de envíos)", re.sub("<[^>]+>", " ", page)) == []


@pytest.mark.slow
def test_it_shows_every_resource_parameter_field_and_error(page):
    described = yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text(encoding="utf-8"))
    lists = [item["get"] for item in described["paths"].values() if "x-list" in item.get("get", {})]
    sections = dict(re.findall(r'<div class="stack" id="([\w-]+)">(.*?)\n *</div>\n *</details>', page, re.DOTALL))
    shared = {row["name"] for row in description()["steering"]}
    for found in lists:
        section = sections[found["tags"][0]]
        for parameter in found["parameters"]:
            where = sections["lists"] if parameter["name"] in shared else section
            assert f"<code>{parameter['name']}</code>" in where
        record = found["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1][:-4]
        for name in described["components"]["schemas"][record]["properties"]:
            assert f"<code>{name}</code>" in section
    for code in described["x-errors"]:
        assert f'id="error-{code}"' in page


# What the examples name.
OFFICE, ORGANIZATION, MEASURE, SINCE = "J-7REHWF-R", "G-V6824N-X", "N-5M1XW8-Z", "8123-20260331"


@pytest.fixture
def named(people):
    """Records with the ids that the examples name."""
    example = description()["resources"][0]["example_id"]
    group = make_organization("Neighbors", kept_by=people.office)
    work = make_partnership("Learning from one another", lead=people.office)
    north = {"dimension": "place", "key": "north", "name": "North side"}
    measure = make_measure(partnership=work, groups=[north])
    for record, pk in ((people.office, OFFICE), (group, ORGANIZATION), (work, example), (measure, MEASURE)):
        type(record).objects.filter(pk=record.pk).update(public_id=pk)
    publish([work.pk])
    group.refresh_from_db()
    return {"version": group.public_version, "mark": bookmark()}


def test_the_examples_of_reading_name_a_partnership_that_is_there(client, people):
    newest = make_partnership("Homes", lead=people.office)
    shown = client.get("/developers/").content.decode()
    assert f"/api/v1/partnerships/{newest.public_id}/</code>" in shown
    assert f"after_id={newest.public_id}" in shown


def bookmark():
    return Client().get("/api/v1/partnerships/?updated_since=start").json()["as_of"]


@pytest.mark.usefixtures("generous_limits")
def test_every_request_that_it_shows_works(page, people, named):
    """Each curl command is sent as it is shown, with a real token, a current ETag and version, and a recent mark."""
    memberships = list(people.editor.memberships.all())
    _, token = make_token(by=people.editor, name="x", memberships=memberships, days=9, writes=Writable.values)
    shown = unescape("\n".join(re.findall(r"<pre[^>]*><code>(curl .*?)</code></pre>", page, re.DOTALL)))
    shown = shown.replace("\\\n", " ").replace("$TOKEN", token).replace(SINCE, named["mark"])
    shown = shown.replace('"version": 4', f'"version": {named["version"]}')
    commands = re.split(r"\n(?=curl )", shown)
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", " ".join(commands))
    assert set(bare) & set("?*[]&;") == set()  # a shell takes them as something else
    statuses = [status_of(shlex.split(command)[1:]) for command in commands]
    assert statuses == [200] * 10 + [201, 200, 200, 200]


def sections_of(page, start):
    """The examples of code on the page that start like this."""
    return [unescape(code) for code in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
        if unescape(code).startswith(start)]  # fmt: skip


def make_contract(people, title="Contract"):
    parties = [party(people.office, "lead"), party(people.organization, "contractor")]
    return make_partnership(title, kind="contract", lead=people.office, parties=parties)


@pytest.mark.usefixtures("generous_limits")
def test_the_python_that_it_shows_reads_all_pages(page, people, monkeypatch, capsys):
    made = [make_contract(people, f"Contract {n}") for n in range(3)]
    monkeypatch.setattr(settings, "API_PAGE_SIZE", 2)
    monkeypatch.setattr(urllib.request, "urlopen", lambda url: io.BytesIO(Client().get(path_of(url)).content))
    (code,) = sections_of(page, "import json")
    exec(code, {})  # what readers run
    assert capsys.readouterr().out.splitlines() == [f"{one.public_id} {one.title}" for one in made]


@pytest.mark.parametrize("start", ["contracts <- read.csv(", "=IMPORTDATA("])
def test_the_lines_for_r_and_for_a_spreadsheet_read_a_table(page, people, start):
    """R is told to skip the first line, which says what the file has. A spreadsheet shows it."""
    made = make_contract(people)
    (code,) = sections_of(page, start)
    (url,) = re.findall(r'"(.*?)"', code)
    about, *lines = b"".join(Client().get(path_of(url))).decode().splitlines()
    assert about.startswith("# partnerships, ")
    assert [(row["id"], row["title"]) for row in csv.DictReader(lines)] == [(made.public_id, "Contract")]


def test_swagger_is_behind_a_link_and_loads_nothing_from_elsewhere(client, page):
    (link,) = re.findall(r'<a href="([^"]+)">with Swagger</a>', page)
    answer = client.get(link)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert re.findall(r"<script(?! src=)|<style|\son\w+=", text) == []
    assert all(src.startswith("/static/") for src in re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', text))
    assert 'data-url="/api/v1/openapi.yaml"' in text
    assert "img-src 'self' data:;" in answer["Content-Security-Policy"] + ";"
    for path in re.findall(r'(?:src|<link[^>]*href)="/static/([^"]+)"', text):
        assert finders.find(path), path


def path_of(url):
    return re.sub("^https?://[^/]+", "", url)


def status_of(rest):
    """Send what these arguments of curl say. Return the status."""
    method, headers, body, url = "GET", {}, "", ""
    while rest:
        word = rest.pop(0)
        if word == "-X":
            method = rest.pop(0)
        elif word == "-H":
            name, _, value = rest.pop(0).partition(": ")
            headers[name.lower()] = value
        elif word == "-d":
            body = rest.pop(0)
        elif word == "-o":
            rest.pop(0)
        elif word != "--compressed":
            url = word
    path = path_of(url)
    if "if-match" in headers:
        record = path.removesuffix("numbers/")
        headers["if-match"] = Client(headers={"authorization": headers["authorization"]}).get(record)["ETag"]
    answer = Client().generic(method, path, body, content_type=headers.pop("content-type", ""), headers=headers)
    if answer.streaming:
        b"".join(answer)
    return answer.status_code


def test_it_works_offline_and_without_script(page):
    assert re.findall(r"<script(?! src=)", page) == []
    assert re.findall(r'(?:src|href)="(https?:)?//', page) == []


def test_every_link_within_the_page_leads_somewhere(page):
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert targets <= set(re.findall(r'id="([\w-]+)"', page))
    assert "vocabularies" in targets
