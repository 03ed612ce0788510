"""Each kind of record is described once (`core.record_types`): no module has its own table by kind of record."""

import ast
from pathlib import Path

import pytest
from django.urls import reverse

from partnerships.core import record_types
from partnerships.directory.models import Organization
from partnerships.web.organizations import own

APP = Path(__file__).resolve().parent.parent.parent / "partnerships"
# (module, table) → what its keys are, if they aren't kinds of record.
OTHERS = {
    ("notifications/email_queries.py", "TITLES"): "what an email is about, of which most are no records",
    (
        "reports/redaction.py",
        "_VISIBLE",
    ): "what a report names: seats and what came of meetings are read by other rules",
}


def tables(tree: ast.Module) -> list[str]:
    """The names of a module's dicts with the keys or models of at least three kinds of record."""
    known = {name for one in record_types.all_types() for name in (one.key, one.model.__name__)}
    found = []
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            keys = {key.value if isinstance(key, ast.Constant) else getattr(key, "id", None) for key in node.value.keys}
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found += [ast.unparse(target)] if len(keys & known) >= 3 else []
    return found


@pytest.mark.slow
def test_no_module_keeps_a_table_by_kind():
    found = set()
    for path in APP.rglob("*.py"):
        if not {"migrations", "sample"} & {*path.parts}:
            found |= {(str(path.relative_to(APP)), name) for name in tables(ast.parse(path.read_text()))}
    assert found == OTHERS.keys()


@pytest.mark.parametrize(
    "planted",
    [
        'SAVES = {"organization": 1, "meeting": 2, "plan": 3}',
        "_SHOWN: dict = {Organization: 1, Department: 2, Measure: 3, other: 4}",
    ],
)
def test_a_planted_table_is_found(planted):
    assert len(tables(ast.parse(planted))) == 1
    assert tables(ast.parse('WORDS = {"meeting": 1, "plan": 2, "purpose": 3}')) == []


@pytest.mark.parametrize("kind", record_types.with_undo(), ids=lambda kind: kind.key)
def test_a_kind_with_a_history_says_all_that_undoing_and_its_pages_ask(kind):
    assert [name for name in ("find", "may_write", "may_read_history") if getattr(kind, name) is None] == []
    assert reverse(f"{kind.key}_history", args=["X-1"]).startswith(f"/{kind.addresses}/")
    assert reverse(kind.listed_in)


def test_a_kind_is_registered_once():
    kind = record_types.get("meeting")
    record_types.register(kind)
    with pytest.raises(ValueError, match="meeting"):
        record_types.register(record_types.RecordType(model=kind.model, label="Again", visible_to=kind.visible_to))


@pytest.mark.parametrize("key", ["partnership", "organization"])
def test_every_field_that_people_fill_in_has_an_entry(key):
    kind = record_types.get(key)
    typed = {
        field.name for field in (*kind.model._meta.concrete_fields, *kind.model._meta.many_to_many) if field.editable
    }
    assert typed - {one.name for one in kind.fields} == {"id"}


def test_every_field_that_an_organization_shows_to_readers_is_in_a_section_of_its_page():
    names = (*Organization.PROFILE_FIELDS, *Organization.PRIVATE_FIELDS)
    without = [one.name for one in record_types.get("organization").fields if one.name in names and not one.section]
    assert without == []
    assert {one.section for one in record_types.get("organization").fields} - {""} == {*own.SECTIONS}


@pytest.mark.parametrize("kind", [kind for kind in record_types.all_types() if kind.fields], ids=lambda kind: kind.key)
def test_an_entry_is_of_a_field_that_there_is(kind):
    here = {field.name for field in kind.model._meta.get_fields()}
    assert [one.name for one in kind.fields if one.name not in here] == []
    assert len({one.name for one in kind.fields}) == len(kind.fields)
