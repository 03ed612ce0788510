"""Words that people read don't make migrations, and everything else about a table does."""

import pytest
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from partnerships.core.autodetector import Autodetector


def operations(*, message="Taken.", fields=("name",), **changes):
    """The operations that lead from the first table to the same one with these changes."""

    def state(message, fields, **arguments):
        field = models.CharField(**{"max_length": 40, "verbose_name": "name", "choices": [("a", "A")]} | arguments)
        constraint = models.UniqueConstraint(fields=fields, name="one", violation_error_message=message)
        columns = [
            ("id", models.AutoField(primary_key=True)),
            ("name", field),
            ("kind", models.CharField(max_length=9)),
        ]
        found = ProjectState()
        found.add_model(ModelState("shelf", "Book", columns, {"constraints": [constraint]}))
        return found

    changes = Autodetector(state("Taken.", ["name"]), state(message, list(fields), **changes))._detect_changes()
    return [type(operation).__name__ for migration in changes.get("shelf", []) for operation in migration.operations]


@pytest.mark.parametrize(
    "texts",
    [
        {"verbose_name": "title"},
        {"help_text": "As printed."},
        {"choices": [("a", "First"), ("b", "Second")]},
        {"error_messages": {"blank": "Type a name."}},
        {"validators": [MaxLengthValidator(30, "Use 30 letters.")]},
        {"message": "Another book has this name."},
    ],
    ids=lambda words: next(iter(words)),
)
def test_words_make_no_migration(texts):
    assert operations(**texts) == []


def test_a_changed_table_makes_one():
    assert operations(max_length=80) == ["AlterField"]
    assert operations(null=True) == ["AlterField"]
    assert operations(fields=("name", "kind")) == ["RemoveConstraint", "AddConstraint"]
