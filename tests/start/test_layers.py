"""The contracts of pyproject.toml cover every package, and every module that writes."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Modules that take `by` and yet belong below: they only pass it on, or queries ask them too.
NOT_ACTIONS = {
    "assessment/hooks.py",
    "assessment/round_codes.py",
    "core/writing.py",
    "directory/duplicates.py",
    "directory/hooks.py",
    "directory/label_overrides.py",
    "meetings/events.py",
    "notifications/namesakes.py",
    "records/live_texts.py",
    "registry/directory_changes.py",
    "registry/second_records.py",
}


def writes(path: Path) -> bool:
    """Whether a public function of the module takes the keyword `by`."""
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return any(
        argument.arg == "by"
        for function in functions
        if not function.name.startswith("_")
        for argument in function.args.kwonlyargs
    )


@pytest.fixture(scope="module")
def contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def test_every_package_is_in_each_contract(contracts):
    packages = {path.parent.name for path in (ROOT / "partnerships").glob("*/models.py")}
    order, _, _, inside, without_http = contracts
    listed = [order["layers"], inside["containers"], without_http["source_modules"]]
    assert [packages - {name.rpartition(".")[2] for name in names} for names in listed] == [set()] * 3


def test_every_module_that_writes_is_in_the_layer_of_actions(contracts):
    (inside,) = [one for one in contracts if one["name"].startswith("Inside a package")]
    named = set(re.findall(r"\w+", inside["layers"][0]))
    packages = [ROOT / name.replace(".", "/") for name in inside["containers"]]
    writing = {path for package in packages for path in package.glob("*.py") if writes(path)}
    assert len(writing) > 40
    missing = {f"{path.parent.name}/{path.name}" for path in writing if path.stem not in named}
    assert missing == NOT_ACTIONS
