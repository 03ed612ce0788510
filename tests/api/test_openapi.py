"""openapi.yaml describes the API: it equals the generated schema, and its examples are valid."""

from dataclasses import replace

import jsonschema
import pytest
import yaml
from django.conf import settings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from partnerships.api import examples, shapes
from partnerships.api.errors import CODES
from partnerships.api.resources import RESOURCES
from partnerships.core import record_types
from partnerships.core.record_types import Field

COMMITTED = (settings.BASE_DIR / "openapi.yaml").read_text(encoding="utf-8")


def test_a_field_has_the_shape_of_its_type(monkeypatch):
    names = ("title", "starts_on", "backbone_is_shared", "issue_areas")
    kind = replace(record_types.get("partnership"), fields=tuple(Field(name, published="Words.") for name in names))
    monkeypatch.setattr(record_types, "get", {"partnership": kind}.get)
    shape = shapes.record(**shapes.published("partnership"))
    found = [(one["type"], one.get("format")) for one in shape["properties"].values()]
    assert found == [("string", None), (["string", "null"], "date"), ("boolean", None), ("array", None)]
    assert examples.filled(shape, {}) == dict(zip(names, ["", None, False, []], strict=True))


@pytest.mark.slow
@pytest.mark.both
def test_the_committed_file_is_what_the_code_writes():
    found = SchemaGenerator().get_schema(public=True)
    validate_schema(found)
    assert not GENERATOR_STATS
    committed = OpenApiYamlRenderer().render(found).decode()
    assert committed == COMMITTED, "Run: manage.py spectacular --file openapi.yaml"


@pytest.fixture(scope="module")
def described():
    return yaml.safe_load(COMMITTED)


def test_the_examples_fit_the_schemas(described):
    for name, schema in described["components"]["schemas"].items():
        whole = schema | {"components": described["components"]}
        for example in schema.get("examples", []):
            jsonschema.validate(example, whole, format_checker=jsonschema.FormatChecker())
            if name not in ("Problem", "Organization"):
                assert set(schema["properties"]) - {"backbone_hours_per_month"} == set(example)


def test_every_refusal_is_described(described):
    assert set(described["x-errors"]) == set(CODES)
    for path in RESOURCES:
        one = described["paths"][f"/api/v1/{path}/{{id}}/"]["get"]["responses"]
        many = described["paths"][f"/api/v1/{path}/"]["get"]["responses"]
        assert {"200", "304", "400", "401", "403", "404", "405", "406", "429", "500"} == set(one)
        assert {"200", "304", "400", "401", "403", "405", "406", "410", "429", "500"} == set(many)


def test_every_path_allows_the_methods_that_are_described(db, client, described):
    methods = {"get", "post", "put", "patch", "delete"}
    for path, item in described["paths"].items():
        answer = client.options(path.replace("{id}", "P-ABCDEF-7"))
        allowed = {method.strip().lower() for method in answer["Allow"].split(",")} - {"head", "options"}
        assert (path, answer.status_code, allowed) == (path, 204, methods & set(item))
