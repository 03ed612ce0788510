"""What migrations need from the registry, as it was when they were written.

Migrations import nothing else from `partnerships`, so that they keep working when code moves or changes. Do not edit what
is here, and do not import it from code outside of this package.
"""

import json
from hashlib import blake2b

from django.db import models


class NumbersField(models.Field):
    """A list of whole numbers: an array on PostgreSQL, JSON on SQLite. `core.fields.NumbersField` deconstructs to it."""

    def db_type(self, connection):
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value, connection, prepared=False):
        return json.dumps(value) if connection.vendor == "sqlite" and isinstance(value, list) else value

    def from_db_value(self, value, expression, connection):
        return json.loads(value) if isinstance(value, str) else value


def coded(facets):
    """The numbers that facets ("kind:policy") are stored as, sorted."""
    return sorted(int.from_bytes(blake2b(facet.encode(), digest_size=7).digest()) + 1 for facet in facets)
