"""The recipe for a new field, followed in a copy of the project: it touches few files, and everything else picks it up."""

import pytest

from tests.recipes import fields

pytestmark = pytest.mark.slow
MOST = 5  # product files, with the migration
# Tests of what picks up the field, and tests with tables of all fields of a kind of record. The recipe doesn't touch
# them.
TRIED = (
    "tests/recipes/taken_up.py",
    "tests/records/test_undoing.py::test_each_field_of_a_snapshot_is_tried",
    "tests/directory/test_readers.py",
    "tests/test_canaries.py::test_every_field_of_text_has_its_canary_or_needs_none",
    "tests/api/test_openapi.py",
)


@pytest.mark.parametrize("kind", fields.RECIPE)
def test_the_recipe_touches_few_files_of_the_product(kind):
    assert len(fields.RECIPE[kind]) + len(["its migration"]) <= MOST
    assert not [name for name in fields.RECIPE[kind] if name.startswith("tests/")]


def test_everything_takes_up_a_new_field(tmp_path, prepared):
    fields.follow(tmp_path)
    tables = tmp_path / "prepared" / "prepared-tables"  # prepared before, so that only the new migration runs
    tables.mkdir(parents=True)
    prepared.copy("tables", tables)
    steps = (
        ["makemigrations", "partnerships", "--name", "new_fields"],
        ["migrate"],
        ["spectacular", "--file", "openapi.yaml"],
    )
    for step in steps:
        done = fields.run(tmp_path, "manage.py", *step, VAR_DIR=tables)
        assert done.returncode == 0, done.stderr
    (tables / "done").touch()
    tried = fields.run(tmp_path, "-m", "pytest", "-q", *TRIED, PREPARED=tables.parent)
    assert tried.returncode == 0, tried.stdout[-4000:]
