"""The page for developers, from openapi.yaml. It needs no network and no script."""

import json
from functools import cache

import yaml
from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

DESCRIPTION = settings.BASE_DIR / "openapi.yaml"
_SHAPES = {
    "date": "a day",
    "date-time": "a moment",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


@require_safe
def page(request):
    context = description() | {
        "base": settings.BASE_URL,
        "page_size": settings.API_PAGE_SIZE,
        "most": settings.API_PAGE_SIZE_MAX,
        "rate": settings.API_RATE_ANONYMOUS,
        "rate_person": settings.API_RATE_PERSON,
    }
    return render(request, "public/developers.html", context)


@cache
def description() -> dict:
    """The context of the page: resources, the parameters that all lists share, and errors."""
    api = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
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


def _resource(api, path, found, shared):
    name = found["tags"][0]
    about = {tag["name"]: tag["description"] for tag in api["tags"]}[name]
    page_schema = _schema(api, found["responses"]["200"]["content"]["application/json"]["schema"])
    record = _schema(api, page_schema["properties"]["results"]["items"])
    orderings: list[str] = next((p["schema"]["enum"] for p in found["parameters"] if p["name"] == "ordering"), [])
    return {
        "name": name,
        "title": name.replace("-", " ").capitalize(),
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
    words = _SHAPES[schema.get("format", main)]
    return {
        "name": name,
        "shape": f"{words}, or null" if "null" in kinds else words,
        "about": schema.get("description", ""),
        "values": [value for value in schema.get("enum", []) if value is not None],
    }
