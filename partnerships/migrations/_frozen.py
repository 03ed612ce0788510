"""What migrations need from the registry, as it was when they were written.

Migrations import nothing else from `partnerships`, so that they keep working when code moves or changes. Do not edit what
is here, and do not import it from code outside of this package.
"""

import json

from django.db import models
from django.db.migrations.operations.base import Operation


class NumbersField(models.Field):
    """A list of whole numbers: an array on PostgreSQL, JSON on SQLite. `core.fields.NumbersField` deconstructs to it."""

    def db_type(self, connection):
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value, connection, prepared=False):
        return json.dumps(value) if connection.vendor == "sqlite" and isinstance(value, list) else value

    def from_db_value(self, value, expression, connection):
        return json.loads(value) if isinstance(value, str) else value


class CreateModels(Operation):
    """Creates many tables as one operation, much faster than one CreateModel after another, since each of those makes Django
    build the classes of all related models again.
    """

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # a state without built classes only notes what is added
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return "Create models " + ", ".join(operation.name for operation in self.operations)
