"""Migrations keep working whatever the registry's code becomes."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "partnerships" / "migrations"
FROZEN = "partnerships.migrations._frozen"


@pytest.mark.sqlite
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_imports_only_frozen_code_of_ours(path):
    """Code that moves or changes later can't break a migration then."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module)
    ours = {name for name in imported if name.split(".")[0] in ("partnerships", "equity")}
    assert ours <= ({FROZEN} if path.stem != "_frozen" else set())
