"""The page for developers, from openapi.yaml. It needs no network and no script.

The descriptions in openapi.yaml are English. The page shows them in the reader's language: `manage.py messages` collects them
(`texts`), and templates translate them.
"""

import json
from collections.abc import Iterator
from functools import cache

import yaml
from django.conf import settings
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from partnerships.accounts.choices import Readable
from partnerships.registry.queries import recently_published

DESCRIPTION = settings.BASE_DIR / "openapi.yaml"
# Each shape, and the same if the value may be null.
_SHAPES = {
    "date": (_("a day"), _("a day, or null")),
    "date-time": (_("a moment"), _("a moment, or null")),
    "string": (_("text"), _("text, or null")),
    "integer": (_("a whole number"), _("a whole number, or null")),
    "number": (_("a number"), _("a number, or null")),
    "boolean": (_("true or false"), _("true, false or null")),
    "array": (_("a list"), _("a list, or null")),
    "object": (_("an object"), _("an object, or null")),
}


@require_safe
def page(request):
    found = description()
    newest = recently_published(None, most=1)
    context = found | {
        "base": settings.BASE_URL,
        "partnership_id": newest[0][1]["id"] if newest else found["resources"][0]["example_id"],
        "page_size": settings.API_PAGE_SIZE,
        "most": settings.API_PAGE_SIZE_MAX,
        "rate": settings.API_RATE_ANONYMOUS,
        "rate_person": settings.API_RATE_PERSON,
    }
    return render(request, "public/developers.html", context)


@cache
def description() -> dict:
    """The context of the page: resources, the parameters that all lists share, and errors."""
    text = DESCRIPTION.read_text(encoding="utf-8")
    # The parser in C, where PyYAML was built with it, takes a sixth of the time.
    api = yaml.load(text, Loader=yaml.CSafeLoader) if yaml.__with_libyaml__ else yaml.safe_load(text)
    lists = {path: item["get"] for path, item in api["paths"].items() if "x-list" in item.get("get", {})}
    first = next(iter(lists.values()))
    shared = {p["name"] for p in first["parameters"] if p.get("x-every-list")}
    return {
        "about": api["info"]["description"],
        "resources": [_resource(api, path, found, shared) for path, found in lists.items()],
        "steering": [
            _parameter(p, with_values=p["name"] not in ("fields", "include"))
            for p in first["parameters"]
            if p["name"] in shared
        ],
        "errors": [{"code": code} | error for code, error in api["x-errors"].items()],
    }


def texts() -> Iterator[str]:
    """The texts of openapi.yaml that the page shows, to collect them for translation."""
    found = description()
    rows = list(found["steering"])
    yield found["about"]
    for error in found["errors"]:
        yield from (error["title"], error["detail"])
    for resource in found["resources"]:
        yield from (resource["about"], *(summary for summary, _verb, _at in resource["writes"]))
        rows += [*resource["filters"], *resource["fields"]]
    yield from filter(None, (row["about"] for row in rows))


def _resource(api, path, found, shared):
    name = found["tags"][0]
    about = {tag["name"]: tag["description"] for tag in api["tags"]}[name]
    page_schema = _schema(api, found["responses"]["200"]["content"]["application/json"]["schema"])
    record = _schema(api, page_schema["properties"]["results"]["items"])
    orderings: list[str] = next((p["schema"]["enum"] for p in found["parameters"] if p["name"] == "ordering"), [])
    return {
        "name": name,
        "title": Readable(name).label,
        "about": about,
        "path": path,
        "filters": [_parameter(p) for p in found["parameters"] if p["name"] not in shared],
        "orderings": orderings,
        "is_in_sync": "x-not-in-sync" in found,
        "not_in_sync": [other for other in found.get("x-not-in-sync", ()) if other not in shared],
        "fields": [_field(field, schema) for field, schema in record["properties"].items()],
        "writes": [(item["summary"], verb.upper(), at) for at, verb, item in _writes(api, path)],
        "example": json.dumps(record["examples"][0], indent=2, ensure_ascii=False),
        "example_id": record["examples"][0]["id"],
    }


def _writes(api, path):
    """(path, method, operation) of all operations that change records of this list."""
    return [
        (at, verb, item)
        for at, methods in api["paths"].items()
        for verb, item in methods.items()
        if verb != "get" and at.startswith(path)
    ]


def _schema(api, schema):
    return api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def _parameter(parameter, *, with_values=True):
    schema = parameter["schema"]
    values = schema.get("items", schema).get("enum", []) if with_values and parameter["name"] != "ordering" else []
    return {"name": parameter["name"], "about": parameter["description"], "values": values}


def _field(name, schema):
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    main = next(kind for kind in kinds if kind != "null")
    return {
        "name": name,
        "shape": _SHAPES[schema.get("format", main)]["null" in kinds],
        "about": schema.get("description", ""),
        "values": [value for value in schema.get("enum", []) if value is not None],
    }
