"""The page for developers shows everything in openapi.yaml, without network or script."""

import re

import pytest
import yaml
from django.conf import settings

from partnerships.web.public.developers import description

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    answer = client.get("/developers/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_every_resource_parameter_field_and_error(page):
    described = yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text(encoding="utf-8"))
    lists = [item["get"] for item in described["paths"].values() if "x-list" in item.get("get", {})]
    sections = dict(re.findall(r'<h2 id="([\w-]+)">(.*?)</section>', page, re.DOTALL))
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


def test_it_works_offline_and_without_script(page):
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(https?:)?//', page) == []


def test_every_link_within_the_page_leads_somewhere(page):
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert targets <= set(re.findall(r'id="([\w-]+)"', page))
    assert {"sync", "errors", "partnerships", "meetings"} <= targets
